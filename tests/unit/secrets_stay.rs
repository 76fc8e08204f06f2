//! Random secrets in every place that the language and manifests have, in texts with up to four
//! slips of a finger: nothing that is said about them has six bytes of one. What is said about the
//! command line and standard input is looked at in `tests/it/secrets_stay.rs`.
//!
//! `MINTAGE_PLANTED_ROUNDS` says how many rounds there are, `MINTAGE_PLANTED_FIRST` which comes
//! first.

use std::io::Write as _;

use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::integrations::guard;
use crate::manifests::secrets;
use crate::unit::support::fewer;
use crate::unit::support::planted_texts::{BUNDLES, MANIFESTS, SPECS};
use crate::unit::support::planting::{Dice, Planted, damaged, filled, first_round, rounds};
use crate::views::compare::text::DiffStyle;
use crate::views::compare::{CompareRules, compare, formats, text};
use crate::views::inspect::{details, inspect, table};
use crate::{Diagnostic, Input, MemoryWorld, Options, SourceMap, check_manifests, compile};

const IDENTITY: &str = include_str!("../age/identity.txt");

fn encrypted(plain: &[u8]) -> Vec<u8> {
    let recipient = "age1cwuc3gahcmextanezt6f0s8jhfkad6xw9tzdmd4jy0pmkencg59s4xda2f";
    let recipient: age::x25519::Recipient = recipient.parse().unwrap();
    let recipients = [&recipient as &dyn age::Recipient];
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).unwrap();
    let mut out = Vec::new();
    let mut writer = encryptor.wrap_output(&mut out).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    out
}

fn in_every_format(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    use MessageFormat::{Github, Json, Sarif, Short, Text};
    let to =
        |format| render(diagnostics, sources, &RenderOptions { format, width: 100, color: false });
    [Text, Short, Json, Sarif, Github].map(to).concat()
}

/// One spec, damaged here or in its file; what is said about it, and its text.
fn spec_round(dice: &mut Dice, planted: &Planted) -> (String, String) {
    let (body, file) = SPECS[dice.below(SPECS.len())];
    let bundle = BUNDLES.iter().find(|(format, _)| *format == file);
    let mut content = filled(bundle.map_or(file, |(_, text)| text), planted);
    let format = bundle.map_or("text", |(format, _)| format);
    // What follows `[vars]` would be vars if the next header went, so they come last.
    let mut spec = filled(
        &format!(
            "default-env = 'dev'\n[environments.dev]\n[sources.s]\nage = 'f.age'\nformat = \
             '{format}'\n[[opaque]]\nname = 'web'\nlabels.a = 'b'\n{body}\n[vars]\nu = 'app'\nh = \
             \"db.example.com\"\n"
        ),
        planted,
    );
    if !content.is_empty() && dice.below(2) == 0 {
        content = damaged(&content, dice);
    } else {
        spec = damaged(&spec, dice);
    }
    let mut world = MemoryWorld::default()
        .with_file("f", content.as_str())
        .with_file("f.age", encrypted(content.as_bytes()));
    world.env_vars.insert("V".to_owned(), content.as_str().into());
    let mut sources = SourceMap::new();
    let input = Input { file: sources.add("mintage.toml", spec.as_str()), world: &world };
    let options = Options::default().identity("id", IDENTITY);
    let compiled = compile(&[input], &options, &mut sources);
    let mut said = in_every_format(&compiled.diagnostics, &sources);
    let listed = inspect(&[input], &options, &mut sources);
    said.push_str(&in_every_format(&listed.diagnostics, &sources));
    said.push_str(&table::table(&listed.secrets, false));
    said.push_str(&table::json(&listed.secrets).to_string());
    for inspected in &listed.secrets {
        said.push_str(&details::text(inspected, false));
        said.push_str(&details::json(inspected, false).to_string());
    }
    (said, format!("{spec}\n--- f ---\n{content}"))
}

fn manifest_round(dice: &mut Dice, planted: &Planted) -> (String, String) {
    let manifest = damaged(&filled(MANIFESTS[dice.below(MANIFESTS.len())], planted), dice);
    let mut said = String::new();
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    let checked = check_manifests(&[file], &Options::default(), &mut sources);
    said.push_str(&in_every_format(&checked.diagnostics, &sources));
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    match secrets(file, &mut sources) {
        Err(diagnostics) => said.push_str(&in_every_format(&diagnostics, &sources)),
        Ok(found) => {
            let comparison = compare(&found, &[], CompareRules { namespace: None, prune: true });
            said.push_str(&text::render(&comparison, DiffStyle::default()));
            said.push_str(&formats::json(&comparison, false));
            said.push_str(&formats::markdown(&comparison));
        }
    }
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    let found = guard::check_file(file, &mut sources);
    said.push_str(&in_every_format(&found, &sources));
    (said, manifest)
}

fn no_round_leaks(few: u64, round: fn(&mut Dice, &Planted) -> (String, String)) {
    let first = first_round();
    let mut leaks = Vec::new();
    for number in first..first + rounds(fewer(few)) {
        let mut dice = Dice::seeded(number);
        let planted = Planted::random(&mut dice);
        let (said, text) = round(&mut dice, &planted);
        if let Some(part) = planted.leak(said.as_bytes()) {
            let lines: Vec<&str> = said.lines().filter(|line| line.contains(&part)).collect();
            let line: String = lines.first().unwrap_or(&"").chars().take(600).collect();
            leaks.push(format!("round {number}: {part}\n{line}\n--- of ---\n{text}\n"));
        }
    }
    let shown = leaks.iter().take(12).map(String::as_str).collect::<String>();
    assert!(leaks.is_empty(), "{} leaks\n{shown}", leaks.len());
}

#[test]
fn no_damaged_spec_shows_a_secret() {
    no_round_leaks(600, spec_round);
}

#[test]
fn no_damaged_manifest_shows_a_secret() {
    no_round_leaks(1500, manifest_round);
}
