//! What must not be committed: Secrets whose values anybody can read, private keys, age identities
//! and tokens of known services.

use std::ops::Range;

use crate::content::{pem::has_private_key, tokens::token_in};
use crate::diag::{Diagnostic, diagnostic, mask::Mask, phrases::code};
use crate::manifests::{ManifestText, open_secrets};
use crate::source::{FileId, SourceMap, Span};

const MANIFESTS: [&str; 3] = [".yaml", ".yml", ".json"];

/// Looks through a file that is about to be committed. Nothing of its text is quoted afterwards but
/// names of fields.
pub(crate) fn check_file(file: FileId, sources: &mut SourceMap) -> Vec<Diagnostic> {
    let source = sources.get(file);
    let (text, name) = (&source.text, &source.name);
    let mut found = Vec::new();
    let mut mask = Mask::default();
    let mut covered: Vec<Range<usize>> = Vec::new();
    if MANIFESTS.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending)) {
        let open = open_secrets(ManifestText { file, text });
        for secret in open.secrets {
            found.push(
                committed_secret(&secret.id)
                    .at(Span::new(file, secret.key), "anyone can read this value"),
            );
            covered.push(secret.document);
        }
        found
            .extend(open.unread.into_iter().map(|at| unread(name).at(Span::new(file, at..at), "")));
        mask = open.mask;
    }
    // A key in a document that is told is the same mistake.
    let shapes = shapes(text)
        .into_iter()
        .filter(|(range, _)| !covered.iter().any(|covered| covered.contains(&range.start)));
    found.extend(shapes.map(|(range, kind)| shape(kind).at(Span::new(file, range), "")));
    found.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span.start));
    sources.mask(file, mask);
    found
}

/// Private keys and tokens, and where their first lines are.
fn shapes(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let begins: Vec<usize> = text.match_indices("-----BEGIN ").map(|(at, _)| at).collect();
    for (index, at) in begins.iter().enumerate() {
        let end = begins.get(index + 1).copied().unwrap_or(text.len());
        if text.get(*at..end).is_some_and(|block| has_private_key(block) && has_body(block)) {
            found.push((line_from(text, *at), "a private key"));
        }
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(kind) = token_in(line) {
            found.push((line_from(text, at + (line.len() - line.trim_start().len())), kind));
        }
        at += line.len();
    }
    found
}

/// Fewest characters of base64 that a private key's first line has.
const FIRST_LINE: usize = 24;

/// Whether base64 follows the first line, line breaks written out or not. A program's text only
/// speaks of keys.
fn has_body(block: &str) -> bool {
    let body = block.splitn(3, "-----").nth(2).unwrap_or_default();
    let body =
        body.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\\' | 'n' | 'r'));
    body.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .take(FIRST_LINE)
        .count()
        == FIRST_LINE
}

fn line_from(text: &str, at: usize) -> Range<usize> {
    let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    at..at + line.trim_end().len()
}

fn committed_secret(id: &str) -> Diagnostic {
    let which =
        if id.is_empty() { "a Secret".to_owned() } else { format!("the Secret {}", code(id)) };
    diagnostic!(COMMITTED_SECRET, "{which} is about to be committed in plain text")
        .note("base64 is not encryption")
        .help(
            "keep the values in age files and let mintage build the Secret, or encrypt it with \
             SOPS or Sealed Secrets",
        )
        .help(ROTATE)
        .help(EXCEPT)
}

/// Something with the shape of a secret; `kind` has its article.
fn shape(kind: &str) -> Diagnostic {
    diagnostic!(COMMITTED_SECRET, "{kind} is about to be committed")
        .help(if kind == "an age identity" {
            "move it out of the repository, and pass it with `-i` or `MINTAGE_IDENTITY_FILE`"
        } else {
            "encrypt it with `mintage encrypt FILE`, and delete the original"
        })
        .help(ROTATE)
        .help(EXCEPT)
}

const ROTATE: &str = "rotate the secret if it was ever pushed: it stays in the Git history";
const EXCEPT: &str = "pass `--except GLOB` if it protects nothing of value";

fn unread(name: &str) -> Diagnostic {
    diagnostic!(
        LEFT_OUT,
        "a Secret in {} is not valid YAML, so its values were not checked",
        code(name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<usize> {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        let found = check_file(file, &mut sources);
        let start = |found: &Diagnostic| found.primary.as_ref().unwrap().span.start;
        found.iter().map(|found| sources.get(file).position(start(found)).0).collect()
    }

    #[test]
    fn keys_anywhere_and_one_finding_a_secret() {
        let identity = "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"
            .get(..16 + 58)
            .unwrap();
        let key = "-----BEGIN OPENSSH PRIVATE \
            KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END OPENSSH PRIVATE \
            KEY-----\n";
        let secret = "kind: Secret\nmetadata: {name: a}\nstringData:\n  key: ";
        for (name, text, lines) in [
            ("a.txt", format!("# key\n{identity}\n\n{key}"), &[2, 4][..]),
            ("a.txt", key.replace("PRIVATE", "PUBLIC"), &[]),
            ("a.rs", "if x == \"-----BEGIN PRIVATE KEY-----\" { a_name(1, 2, 3, 4) }".into(), &[]),
            ("a.rs", format!("let key = {key:?};"), &[1]),
            ("a.txt", "AGE-SECRET-KEY-1...".into(), &[]),
            ("a.yaml", format!("{secret}{identity}\n---\nx: {identity}\n"), &[4, 6]),
            // Not a file of manifests: only the shapes count.
            ("a.md", format!("{secret}hunter2\n"), &[]),
        ] {
            assert_eq!(found(name, &text), lines, "{name}: {text}");
        }
    }
}
