//! Many files of finished manifests at once.

use super::judge::{Rules, judge};
use super::read::ManifestText;
use crate::Options;
use crate::diag::{Diagnostic, Level, diagnostic, phrases::plural, sink::Sink};
use crate::parallel::in_parallel;
use crate::source::{FileId, SourceMap};

/// What came of checking finished manifests.
///
/// ```
/// # use mintage::{Options, SourceMap, check_manifests};
/// let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n\
///     apiVersion: v1\nkind: Secret\nmetadata: {name: web}\n";
/// let mut sources = SourceMap::new();
/// let file = sources.add("all.yaml", text);
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// assert_eq!((checked.secrets, checked.others), (1, 1));
/// assert!(checked.diagnostics.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct Checked {
    /// All findings, sorted by position.
    pub diagnostics: Vec<Diagnostic>,
    /// How many Secrets were judged.
    pub secrets: usize,
    /// How many other objects were passed over.
    pub others: usize,
    /// How many Secrets were passed over because SOPS encrypted them.
    pub encrypted: usize,
}

impl Checked {
    /// Whether anything was refused.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// Judges the Secrets in files of finished manifests, several files at a time. Of the options,
/// levels of lints, `at` and `allow_empty` count.
///
/// The texts are YAML or JSON, read as kubectl reads them and judged as the API server would.
///
/// ```
/// use mintage::{Options, SourceMap, check_manifests};
///
/// let mut sources = SourceMap::new();
/// let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\ndata: {a: hunter2}\n";
/// let file = sources.add("secret.yaml", text);
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// assert_eq!(checked.diagnostics[0].code(), "bad-base64");
/// ```
pub fn check_manifests(files: &[FileId], options: &Options, sources: &mut SourceMap) -> Checked {
    let judged = in_parallel(files, 1, |file| {
        let rules = Rules {
            at: options.at,
            pass_over_encrypted: options.pass_over_encrypted.contains(file),
            refuse_others: options.only_secrets,
        };
        (*file, judge(ManifestText { file: *file, text: &sources.get(*file).text }, rules))
    });
    let mut sink = Sink::new();
    let mut checked = Checked::default();
    for (file, judged) in judged {
        checked.secrets += judged.secrets;
        checked.others += judged.others;
        checked.encrypted += judged.encrypted;
        sources.mask(file, judged.mask);
        judged.diagnostics.into_iter().for_each(|diagnostic| sink.push(diagnostic));
    }
    if checked.secrets + checked.encrypted == 0 && !sink.has_errors() && !options.allow_empty {
        let others = match checked.others {
            0 => String::new(),
            others => format!(", only {}", plural(others, "other object")),
        };
        sink.push(
            diagnostic!(NO_SECRETS, "no Secrets in the manifests{others}")
                .note("checking nothing would always succeed")
                .help(
                    "pass files or folders that contain Secrets, or `--allow-empty` if there may \
                     be none",
                ),
        );
    }
    let mut levels = options.lints.clone();
    levels.for_manifests = true;
    checked.diagnostics = sink.finish(&levels);
    checked
}
