//! Planted secrets: whatever the cases of `tests/ui` hold that is secret bears the mark `hunter2`, and nothing that is printed about a
//! failing run bears it, in any of the ways in which bytes can be written.

use crate::cases;

use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mintage::diag::render::{MessageFormat, Options, render};
use mintage::inspect::{inspect, table};
use mintage::{Input, MemoryWorld, SourceMap, compile};

const MARK: &str = "hunter2";

/// The mark in plain, in hex, and in base64 at each of the three alignments.
fn disguises() -> Vec<String> {
    let hex: String = MARK.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut disguises = vec![MARK.to_owned(), hex];
    for shift in 0..3 {
        let encoded = STANDARD.encode([vec![b' '; shift], MARK.as_bytes().to_vec()].concat());
        // Without the characters that depend on what stands before and after.
        disguises.push(encoded.trim_end_matches('=').chars().skip(shift + 1).take(7).collect());
    }
    disguises
}

fn leak(text: &str) -> Option<String> {
    // Messages may name the kind of line; a key has more behind it.
    let key =
        text.match_indices("AGE-SECRET-KEY-1").any(|(at, start)| text[at + start.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()));
    if key {
        return Some("a secret key".to_owned());
    }
    disguises().into_iter().find(|disguise| text.contains(disguise.as_str()))
}

#[test]
fn no_case_prints_what_is_planted() {
    let formats: [&[&str]; 6] = [
        &[],
        &["--message-format", "short"],
        &["--message-format", "json"],
        &["--message-format", "sarif"],
        &["--message-format", "github"],
        &["--message-format", "text", "--color", "always", "-v"],
    ];
    let failures: String = cases::each(&cases::all(), |case| {
        let arguments = case.lines("args");
        let is_one_of = |commands: &[&str]| arguments.first().is_some_and(|command| commands.contains(&command.as_str()));
        let reads_specs = arguments.is_empty() || is_one_of(&["build", "check", "diff", "list", "show", "use"]);
        // Their results are masked too, unless somebody asks for the values.
        let reveals = arguments.iter().any(|flag| flag == "--reveal" || flag == "--key");
        let masks = is_one_of(&["diff", "list", "show", "use"]);
        // `--set hunter2` is the user's own word, said on the command line.
        let formats = match case.lines("args").first().map(String::as_str) {
            _ if reads_specs => &formats[..],
            // It has no `-v`.
            Some("guard") => &formats[..5],
            _ => &formats[..1],
        };
        let mut found = String::new();
        for more in formats {
            let ran = case.run(more);
            let mut printed = String::from_utf8_lossy(&ran.stderr).into_owned();
            if (masks || ran.status != 0) && !reveals {
                printed.push_str(&String::from_utf8_lossy(&ran.stdout));
            }
            if let Some(disguise) = leak(&printed) {
                found.push_str(&format!("{} {more:?}: {disguise}\n{printed}\n", case.name));
            }
        }
        found
    })
    .concat();
    assert!(failures.is_empty(), "{failures}");
}

/// Compiles a text and renders what is said about it in every format, and how it is listed.
fn said(text: &str) -> String {
    said_in(text, &MemoryWorld::default().with_file("a.txt", "hunter2\n"))
}

fn said_in(text: &str, world: &MemoryWorld) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", text);
    let compiled = compile(&[Input { file, world }], &mintage::Options::default(), &mut sources);
    let said = [MessageFormat::Text, MessageFormat::Short, MessageFormat::Json, MessageFormat::Sarif, MessageFormat::Github]
        .map(|format| render(&compiled.diagnostics, &sources, &Options { format, width: 100, color: false }))
        .concat();
    let secrets = inspect(&[Input { file, world }], &mintage::Options::default(), &mut sources).secrets;
    said + &table::table(&secrets, None) + &table::json(&secrets).to_string()
}

/// The first lines of every case's spec, with its name.
fn specs() -> impl Iterator<Item = (String, Vec<String>)> {
    cases::all().into_iter().filter_map(|case| {
        let spec = String::from_utf8(case.file("mintage.toml")).ok()?;
        Some((case.name.clone(), spec.lines().take(40).map(str::to_owned).collect()))
    })
}

#[test]
fn no_broken_spec_prints_what_is_planted() {
    for (name, lines) in specs() {
        for index in 0..lines.len() {
            for damage in ["", "\"", "'", "]", "\"\"\"", "{{"] {
                let mut damaged = lines.clone();
                damaged[index] = if damage.is_empty() { String::new() } else { format!("{}{damage}", lines[index]) };
                let said = said(&damaged.join("\n"));
                assert_eq!(leak(&said), None, "{name} line {} {damage:?}\n{said}", index + 1);
            }
        }
    }
}

/// A string that starts in the value of one line and ends in another one swallows what stands between.
#[test]
fn no_string_over_lines_prints_what_it_swallowed() {
    for (name, lines) in specs() {
        for first in 0..lines.len() {
            for last in first + 1..lines.len().min(first + 5) {
                for quotes in ["\"\"\"", "'''"] {
                    let mut damaged = lines.clone();
                    damaged[first] = lines[first].replacen('"', quotes, 1);
                    damaged[last].push_str(quotes);
                    let said = said(&damaged.join("\n"));
                    assert_eq!(leak(&said), None, "{name} lines {} to {}\n{said}", first + 1, last + 1);
                }
            }
        }
    }
}

/// Templates with one thing wrong, in every place that takes one: none prints the text around its expressions.
#[test]
fn no_broken_template_prints_its_text() {
    let templates = ["x://{{ vars.u }}:hunter2@{{ vars.h|upper }}", "{% if vars.u %}hunter2{% endif %}{# hunter2 #}{{ 'hunter2' }}"];
    let damages = ["{{", "}}", "{", "}", "%}", "{#", "'", "\\", "|", "@", "\n", " hunter2 "];
    let check = |template: &str| {
        let spec = "[vars]\nu = 'a'\nh = 'b'\n[[opaque]]\nname = 'x'\n";
        let escaped = template.replace('\\', "\\\\");
        let values = format!("{spec}data.A = \"\"\"{escaped}\"\"\"\ndata.B = {{ json = {{ k = '''{template} ''' }} }}\n");
        let file = format!("{spec}data.A = {{ file = 't.j2', template = true }}\n");
        for text in [values, file] {
            let said = said_in(&text, &MemoryWorld::default().with_file("t.j2", template));
            // One that parses says which of its names are missing.
            let broken = said.contains("[template-syntax]");
            assert!(!broken || leak(&said).is_none(), "{template:?}\n{text}\n{said}");
        }
    };
    for template in templates {
        for at in 0..=template.len() {
            damages.iter().for_each(|damage| check(&format!("{}{damage}{}", &template[..at], &template[at..])));
            (at + 1..=template.len().min(at + 3)).for_each(|end| check(&format!("{}{}", &template[..at], &template[end..])));
        }
    }
}

/// A key where a name or a path belongs, as people type, cut and change it.
#[test]
fn no_argument_prints_a_private_key() {
    const DATA: &str = "QQPQPGZZ3RYUWHM7VQK0E9XF5J2N4T8DCL6SAGRYQPZ7X3VW9MK2JHEDTQ";
    let key = format!("AGE-SECRET-KEY-1{DATA}");
    let pem = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{DATA}\n");
    let (first, rest) = key.split_at(40);
    let keys = [
        vec![key.clone()],
        vec![key.to_lowercase()],
        vec![format!("KEY-1{DATA}")],
        vec![key.replace("SECRET", "SERCET")],
        vec![format!("'{key}'")],
        vec![format!("{}.txt", DATA.to_lowercase())],
        vec![pem.clone()],
        vec![pem.replace('\n', " ")],
        vec![first.to_owned(), rest.to_owned()],
    ];
    let places = "build KEY|build -e KEY|build -i KEY|build -iKEY|build --identity=KEY|build --only [KEY|build --at KEY|build --set KEY\
        |build --set x=KEY|build --set KEY=x|build --set-file KEY|build -o no/KEY/a|build -D KEY|build --message-format KEY\
        |build KEY --message-format json|build -e KEY --message-format sarif|build KEY --message-format github|build --KEY|KEY|show KEY\
        |show . KEY|show . x --key KEY|diff . KEY|explain KEY|guard KEY|doctor KEY|install KEY|check --manifests KEY|completions KEY\
        |post-render KEY|build -e KEY --color always";
    let variables = ["MINTAGE_ENV", "MINTAGE_IDENTITY", "MINTAGE_IDENTITY_FILE", "SOPS_AGE_KEY_FILE", "SOURCE_DATE_EPOCH"];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mintage.toml"), "[[opaque]]\nname = 'x'\ndata.A = 'abcdef'\n").unwrap();
    let said = |arguments: &[String], variable: Option<(&str, &String)>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command.args(arguments).current_dir(folder.path()).env_clear().env("HOME", folder.path()).envs(variable);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
        let upper = said.to_ascii_uppercase();
        let shown = (0..DATA.len() - 10).find(|at| upper.contains(&DATA[*at..at + 10]));
        assert_eq!(shown, None, "{arguments:?} {variable:?}: {said}");
        said
    };
    for key in &keys {
        for place in places.split('|') {
            let words = place.split(' ').flat_map(|word| match word {
                "KEY" => key.clone(),
                word => vec![word.replace("KEY", &key.concat())],
            });
            said(&words.collect::<Vec<_>>(), None);
        }
        variables.iter().for_each(|variable| drop(said(&["build".to_owned()], Some((variable, &key.concat())))));
    }
    for place in ["build KEY", "build -e KEY", "build -i KEY", "KEY", "show KEY", "explain KEY"] {
        let words: Vec<String> = place.split(' ').map(|word| word.replace("KEY", &key)).collect();
        assert!(said(&words, None).contains("`MINTAGE_IDENTITY`"), "{place}");
    }
}

/// A crash must not write the memory to the disk. The child is looked at while it waits for its stdin.
#[test]
#[cfg(target_os = "linux")]
fn there_are_no_core_dumps() {
    use std::process::{Command, Stdio};

    let mut command = Command::new("sh");
    // With what the system allows at most, so that it is mintage that lowers it.
    command.args(["-c", "ulimit -c $(ulimit -H -c) && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_mintage"), "post-render"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let core = || -> Option<String> {
        let text = std::fs::read_to_string(&limits).ok()?;
        Some(text.lines().find(|line| line.starts_with("Max core file size"))?.split_whitespace().skip(4).collect::<Vec<_>>().join(" "))
    };
    // The child may not have come that far yet.
    let none = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        core().as_deref() == Some("0 0 bytes")
    });
    assert!(none, "{:?}", core());
    drop(child.stdin.take());
    child.wait().unwrap();
}
