//! Random secrets in what comes through doors: a function's input, an Application's variables, a
//! post-renderer's stdin, a plugin's config; and private keys in arguments and identity files. In
//! texts with up to four slips of a finger, and nothing that is said has six bytes of one.

use crate::case::{Case, Ran};
use crate::support::fewer;
use crate::support::planted_texts::{LISTS, STREAM};
use crate::support::planting::{Dice, Planted, damaged, filled, first_round, rounds};

const SPEC: &str = "[[opaque]]\nname = 'web'\ndata.A = 'SECRET'\n[vars]\nu = 'a'\n";
const FORMATS: [&str; 5] = ["text", "short", "json", "sarif", "github"];

/// What a run says. What a door was given passes through its stdout when all is well, and so does
/// what it makes.
fn said(ran: &Ran, passes_through: bool) -> String {
    if passes_through { ran.stderr.clone() } else { ran.said() }
}

fn no_round_leaks(few: u64, round: fn(&Case, &mut Dice, &Planted) -> (String, String)) {
    let case = Case::new();
    let mut leaks = Vec::new();
    let first = first_round();
    for number in first..first + rounds(fewer(few)) {
        let mut dice = Dice::seeded(number);
        let planted = Planted::random(&mut dice);
        let (said, given) = round(&case, &mut dice, &planted);
        if let Some(part) = planted.leak(said.as_bytes()) {
            leaks.push(format!("round {number}: {part}\n{said}\n--- of ---\n{given}\n"));
        }
    }
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks[..leaks.len().min(5)].concat());
}

/// Through the doors.
fn door(case: &Case, dice: &mut Dice, planted: &Planted) -> (String, String) {
    let format = FORMATS[dice.below(FORMATS.len())];
    case.write("mintage.toml", filled(SPEC, planted));
    match dice.below(5) {
        0 => {
            let list = damaged(&filled(LISTS[dice.below(LISTS.len())], planted), dice);
            let ran = case.args("krm").args(["--message-format", format]).stdin(&list).run();
            // The list comes back, with results in it.
            let text = ran.text();
            let results = text.split_once("\nresults:").map_or("", |(_, results)| results);
            (format!("{}{results}", ran.stderr), list)
        }
        1 => {
            let stream = damaged(&filled(STREAM, planted), dice);
            let run = case.args(["post-render", "--message-format", format]).stdin(&stream);
            (said(&run.run(), true), stream)
        }
        2 => {
            let list = filled(LISTS[0], planted);
            let config = list.split_once("functionConfig:\n").expect("a config").1;
            let config = damaged(&config.replace("\n  ", "\n")[2..], dice);
            case.write("config.yaml", &config);
            case.write("kustomization.yaml", "generators: [config.yaml]\n");
            let doctor = case.args(["doctor", "--message-format", format]).run();
            std::fs::remove_file(case.path("kustomization.yaml")).expect("it is there");
            (said(&doctor, false), config)
        }
        3 => {
            let set =
                r#"[{"name": "set", "map": {"u": "SECRET"}}, {"name": "env", "string": "x"}]"#;
            let set = filled(set, planted);
            let json = damaged(&set, dice).replace('\0', "");
            let run = case.args("argocd generate").env("ARGOCD_APP_PARAMETERS", &json);
            (said(&run.run(), true), json)
        }
        _ => {
            let spec = damaged(&filled(SPEC, planted), dice);
            case.write("mintage.toml", &spec);
            case.write("m.yaml", damaged(&filled(STREAM, planted), dice));
            let command = dice.one_of(&[
                "check -v .",
                "list -v",
                "show web",
                "use web",
                "diff m.yaml",
                "check --manifests m.yaml",
                "guard m.yaml mintage.toml",
            ]);
            let command = format!("{command} --message-format {format}");
            (said(&case.args(command.as_str()).run(), false), spec)
        }
    }
}

#[test]
fn no_door_shows_a_secret() {
    no_round_leaks(100, door);
}

/// An identity with slips in it, where people put one.
fn identity(case: &Case, dice: &mut Dice, planted: &Planted) -> (String, String) {
    let format = FORMATS[dice.below(FORMATS.len())];
    let mut key = format!("AGE-SECRET-KEY-1{}", planted.text);
    if dice.below(3) == 0 {
        key = key.to_lowercase();
    }
    for _ in 0..=dice.below(2) {
        // Anywhere in the head, where a slip could hide what follows.
        let at = dice.below(16);
        match dice.below(3) {
            0 => drop(key.remove(at)),
            1 => key.insert_str(at, dice.one_of(&["-", "_", "1", "x", "K"])),
            _ => key.replace_range(at..=at, dice.one_of(&["-", "_", "E", "i", "1"])),
        }
    }
    case.write(
        "mintage.toml",
        format!(
            "[[opaque]]\nname = 'web'\nannotations.a = '{key}'\ndata.A = {{ \
        file = '{key}' }}\nidentities = ['{key}']\n"
        ),
    );
    case.write("vars.toml", format!("u = '{key}'\n{key} = 'x'\n"));
    case.write("id.txt", format!("# a key\n{key}\n"));
    let place = dice.one_of(&[
        "build -i KEY",
        "build KEY",
        "build -e KEY",
        "build --set u=KEY",
        "build \
        --set KEY=x",
        "show KEY",
        "explain KEY",
        "build -i id.txt",
        "check",
        "list",
        "KEY",
        "build --set-file \
        vars.toml",
        "build --only KEY",
        "build --KEY",
        "diff . KEY",
        "guard id.txt",
    ]);
    let place = format!("{place} --message-format {format}");
    let words: Vec<String> =
        place.split_whitespace().map(|word| word.replace("KEY", &key)).collect();
    (said(&case.args(words.as_slice()).run(), false), format!("{words:?}"))
}

#[test]
fn no_mistyped_identity_shows() {
    // A key's own alphabet, in capitals.
    fn round(case: &Case, dice: &mut Dice, _: &Planted) -> (String, String) {
        const BECH32: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
        let length = [58, 58, 30, 12][dice.below(4)];
        let data = (0..length).map(|_| char::from(BECH32[dice.below(32)])).collect();
        let planted = Planted::new(data);
        let (said, given) = identity(case, dice, &planted);
        let leak = planted.leak(said.to_ascii_uppercase().as_bytes());
        assert_eq!(leak, None, "{given}\n{said}");
        (String::new(), String::new())
    }
    no_round_leaks(100, round);
}

const SPEC_OF_NAMES: &str = r#"
[[opaque]]
name = NAME
namespace = NAME
labels.NAME = NAME
annotations.NAME = NAME
data.NAME = { file = NAME }
[[custom]]
name = 'n'
type = NAME
data.A = 'x'
annotations.a = NAME
[NAME]
"#;
const GOOD_SPEC_OF_NAMES: &str = r#"
[[custom]]
name = 'n'
type = NAME
annotations.a = NAME
data.A = 'x'
"#;
const MANIFEST_OF_NAMES: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: NAME, labels: {NAME: NAME}}
type: NAME
stringData: {NAME: NAME}
NAME: 1
"#;

/// Names out of files, arguments and manifests that a terminal, a log or a CI system would obey.
#[test]
fn nothing_is_obeyed() {
    const NAMES: [&str; 9] = [
        "::error::x",
        "##[error]x",
        "##vso[task.x]y",
        "a\u{1b}[31mb",
        "a\u{9b}31mb",
        "a\u{202e}b\u{2066}c\u{200f}d\u{61c}",
        "a\u{2028}::error::b\u{2029}c\u{85}d",
        "a\n::error::b",
        "a\r::warning::b\u{8}",
    ];
    const PLACES: [&str; 24] = [
        "build NAME",
        "build -e NAME",
        "build -i NAME",
        "NAME",
        "build --NAME",
        "build --only NAME",
        "show NAME",
        "use NAME",
        "explain NAME",
        "guard NAME",
        "doctor NAME",
        "diff NAME",
        "list",
        "show n",
        "show good.toml n",
        "diff good.toml m.yaml",
        "use n",
        "check",
        "diff m.yaml --prune",
        "check --manifests m.yaml",
        "build -v",
        "build --set NAME",
        "list --json",
        "build -D NAME",
    ];
    for (turn, name) in NAMES.into_iter().enumerate() {
        let case = Case::new();
        let literal = serde_json::to_string(name).expect("a string").replace('\u{7f}', "");
        let written = |text: &str| text.replace("NAME", &literal);
        case.write("mintage.toml", written(SPEC_OF_NAMES));
        case.write("good.toml", written(GOOD_SPEC_OF_NAMES));
        case.write("m.yaml", written(MANIFEST_OF_NAMES));
        if !name.contains('/') {
            case.write(
                name,
                "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEAqA57f1Cr1EG8hYS6xXKnc18mQ0fZk3\n",
            );
        }
        for (index, place) in PLACES.iter().enumerate() {
            let words: Vec<String> =
                place.split_whitespace().map(|word| word.replace("NAME", name)).collect();
            let mut runs = vec![words.clone()];
            // One other format each, by turns.
            if !["explain", "NAME"].iter().any(|first| place.starts_with(first)) {
                let format = FORMATS[1 + (index + turn) % (FORMATS.len() - 1)];
                runs.push([words.clone(), vec!["--message-format".into(), format.into()]].concat());
            }
            for words in runs {
                let said = case.args(words.as_slice()).env("GITHUB_ACTIONS", "true").run().said();
                let github = words.last().is_some_and(|format| format == "github");
                for line in said.split(['\n']) {
                    let obeyed = line.chars().any(|c| {
                        c.is_control() && c != '\t'
                            || "\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{2029}".contains(c)
                    });
                    let command = line.trim_start().starts_with("::") && !github;
                    let old = line.contains("##[") || line.contains("##vso[");
                    let inner = line.starts_with("::") && line.matches("::error").count() > 2;
                    assert!(!obeyed && !command && !old && !inner, "{words:?}\n{line:?}\n{said}");
                }
            }
        }
    }
}
