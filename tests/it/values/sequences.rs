//! Any sequence of `set`, `unset`, `edit` and `rekey` keeps every other value and every comment, of
//! the spec and of all files, whatever the ways in which they are written.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::Keys;
use crate::support::planting::Dice;
use crate::support::thinned;

/// Comments are `#c` and a number; no value has a `#`.
const SPEC: &str = r##"#c1 "quoted" 'too'
#c2

[vars]#c3
names = [ #c4
  "red", #c5
  "blue",
] #c6

[environments.dev] #c7
vars.stage = "dev"
[environments.prod]
	vars.stage = "prod" #c8

[sources] #c9
bundle = { age = "bundle-{{ vars.stage }}.toml.age" } #c10
[sources.y] #c11
age = "y.yaml.age"
	#c12
#c13
[[opaque]] #c14
name = "one" #c15
data.A = { age = "one-a.age" } #c16
data.B = { source = "bundle", key = "b.c" } #c17
data."c.d" = "{{ sources.y.list[0].k }}" #c18
data.E = """
two
  lines
""" #c19
data.F = { concat = ["x", { age = "one-a.age" }] } #c20
data.G = { source = "bundle", key = "tables[1].pw" } #c21

[[opaque]] #c22
name = "two-{{ each.value }}"
for-each = "vars.names" #c23
[opaque.data] #c24
#c25
A = { age = "two-{{ each.value }}.age" } #c26
B = { armor = '''
    ARMOR
''', format = "yaml", key = "deep.er.b" } #c27
	#c28

[[opaque]]
name = "three" #c29
environments = ["prod"]
data-from = [{ age = "e.env.age" }] #c30
labels = { a = "b", "c/d" = "e" } #c31
# the end of an entry #c32

[[basic-auth]] #c33
name = "four"
username = "u" #c34
password = { age = "four.json.age", key = "p", trim = true } #c35

[[opaque]] #c36
name = "five"
lint.allow = ["plaintext-secret"] #c37
[opaque.data.extra] #c38
value = "x" #c39
[opaque.data."dotted.extra"]
base64 = "eQ=="
#c40"##;

const BUNDLE: &str = "#c41\n[b] #c42\nc = \"ENV-bc\" #c43\nd = 'other'\n\n#c44\n[[tables]] #c45\n\
    pw = \"ENV-t0\"\n[[tables]]\npw = \"\"\"\nENV-t1\"\"\" #c46\n#c47\n";
const YAML: &str = "#c48\nlist: #c49\n- k: y-k #c50\n  #c51\n  l: | #c52\n    block\n    of text\n\
    top: 'y-top' #c53\nflow: {a: \"b\", c: [1, 2]} #c54\n";
const FILES: [(&str, &str); 9] = [
    ("bundle-dev.toml.age", BUNDLE),
    ("bundle-prod.toml.age", BUNDLE),
    ("y.yaml.age", YAML),
    ("e.env.age", "#c55\nexport E1=e-1 #c56\n\nE2='e 2' #c57\n#c58\nE3=\"e\n3\" #c59\n"),
    ("one-a.age", "one-a"),
    ("two-red.age", "two-red"),
    ("two-blue.age", "two-blue"),
    ("four.json.age", "{\n  \"o\": [1, {\"x\": \"y\"}],\n  \"p\": \"four-p\"\n}\n"),
    ("inside", "#c60\ndeep:\n  er: #c61\n    b: inside-b #c62\n"),
];

const TARGETS: [(&str, &str); 16] = [
    ("one", "A"),
    ("one", "B"),
    ("one", "c.d"),
    ("one", "E"),
    ("one", "F"),
    ("one", "G"),
    ("one", "NEW"),
    ("two-red", "A"),
    ("two-blue", "B"),
    ("two-red", "NEW"),
    ("three", "E1"),
    ("three", "E2"),
    ("three", "E3"),
    ("three", "top"),
    ("four", "password"),
    ("six", "K"),
];

type Values = BTreeMap<(String, String), String>;

struct Desk {
    keys: Keys,
    value: usize,
}

impl Desk {
    fn new(ending: &str) -> Self {
        let keys = Keys::new("");
        let bob = keys.case.args("keygen -o bob.txt").succeeds().text();
        let rules = keys.rules() + "";
        let rules =
            rules.replace("\n\n[[encrypt]]", &format!("\nbob = \"{}\"\n\n[[encrypt]]", bob.trim()));
        let spec = format!("{rules}{SPEC}");
        for (path, text) in FILES {
            let env = path.trim_start_matches("bundle-").split('.').next().unwrap_or_default();
            let text = text.replace("ENV", env).replace('\n', ending);
            let name = if path == "inside" { "inside.age" } else { path };
            let armor = if path == "inside" { "--armor" } else { "--anonymous" };
            let run = keys.case.args("encrypt - -o").args([name, armor]);
            run.args(["-r", &keys.recipient]).stdin(text).succeeds();
        }
        let armor = keys.case.read("inside.age");
        fs::remove_file(keys.case.path("inside.age")).unwrap();
        let spec = spec.replace("ARMOR", &armor.trim().replace('\n', "\n    "));
        keys.case.write("mintage.toml", spec.replace('\n', ending));
        keys.run("rekey --all --yes").succeeds();
        Self { keys, value: 0 }
    }

    fn values(&self) -> Values {
        let of = |env: &str| {
            let built = self.keys.built(&format!("-e {env}"));
            let env = env.to_owned();
            built.into_iter().map(move |(key, value)| ((env.clone(), key), value))
        };
        of("dev").chain(of("prod")).collect()
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.keys.case.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let bytes = fs::read(&path).unwrap();
                        found.insert(path.display().to_string(), bytes);
                    }
                }
            }
        }
        found
    }

    /// All comments of the spec, and of the files that have some.
    fn comments(&self) -> Vec<String> {
        let mut texts = vec![self.keys.case.read("mintage.toml")];
        for path in ["bundle-dev.toml.age", "bundle-prod.toml.age", "y.yaml.age", "e.env.age"] {
            texts.push(self.keys.run("decrypt").args([path]).succeeds().text());
        }
        if texts[0].contains("ARMOR") || texts[0].contains("BEGIN AGE") {
            let run = self.keys.run("edit two-red B -e dev").env("EDITOR", "cat");
            texts.push(run.run().text());
        }
        let mut found: Vec<String> = Vec::new();
        for text in &texts {
            let comments = text.split("#c").skip(1);
            found.extend(
                comments
                    .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>()),
            );
        }
        found.sort();
        found
    }

    /// A change of a value in the words of a command; gives the new value.
    fn change(
        &mut self,
        command: &str,
        env: &str,
        target: (&str, &str),
        old: &str,
    ) -> (i32, String) {
        self.value += 1;
        let value = format!("value {}'s", self.value);
        let (name, key) = target;
        let run = self.keys.run(command).args(["-e", env, name, key]).stdin(&value);
        let editor = self.keys.case.outside("bin/editor");
        let script =
            format!("#!/bin/sh\nsed -i \"s/{}/value {}'s/\" \"$1\"\n", old.trim(), self.value);
        fs::write(&editor, script).unwrap();
        fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
        let ran = run.env("EDITOR", editor).run();
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        if ran.stderr.contains("these have no value yet") {
            let other = if name == "two-red" { "two-blue" } else { "two-red" };
            let run = self.keys.run("set").args(["-e", env, other, key]);
            run.stdin("of the other item").succeeds();
        }
        (ran.code.expect("a status"), value)
    }
}

/// The entry that a Secret comes out of.
fn entry(secret: &str) -> &str {
    if secret.starts_with("two-") { "two" } else { secret }
}

fn sequence(seed: u64, ending: &str) -> usize {
    let mut dice = Dice::seeded(seed);
    let mut desk = Desk::new(ending);
    let (mut all, mut comments, mut done) = (desk.values(), desk.comments(), 0);
    assert!(all.len() > 25 && comments.len() == 69, "{} {}", all.len(), comments.len());
    for step in 0..12 {
        let (name, key) = TARGETS[dice.below(TARGETS.len())];
        let env = dice.one_of(&["dev", "prod"]);
        let command = dice.one_of(&["set", "set", "unset", "edit", "rekey"]);
        let files = desk.files();
        let full = format!("{name}/{key}");
        let at = (env.to_owned(), full);
        let old = all.get(&at).cloned();
        let what = format!("seed {seed}, step {step}: {command} -e {env} {name} {key}");
        let (status, new) = match command {
            "rekey" => {
                let text = desk.keys.case.read("mintage.toml");
                let (one, both) = ("to = [\"me\"]", "to = [\"me\", \"bob\"]");
                let is_both = text.contains(both);
                let text = if is_both { text.replace(both, one) } else { text.replace(one, both) };
                desk.keys.case.write("mintage.toml", text);
                let code = desk.keys.run("rekey --yes").run().code.expect("a status");
                assert_eq!(code, 0, "{what}");
                (code, String::new())
            }
            _ => desk.change(command, env, (name, key), old.as_deref().unwrap_or("none")),
        };
        let now = desk.values();
        if status != 0 {
            assert_eq!(desk.files(), files, "{what}");
        }
        match (command, status) {
            ("set", 0) => assert_eq!(now.get(&at), Some(&new), "{what}"),
            ("unset", 0) => assert_eq!(now.get(&at), None, "{what}"),
            _ => {}
        }
        let old = old.unwrap_or_default();
        for (other, before) in &all {
            let after = now.get(other);
            if after == Some(before) || *other == at {
                continue;
            }
            // What has the value in it has the new one now; what was removed stood in one place.
            let is_shared = !old.is_empty() && before.contains(&old);
            let is_changed = after.is_some_and(|it| *it == before.replace(&old, &new));
            let (secret, data_key) = other.1.split_once('/').unwrap();
            let is_entry = entry(secret) == entry(name) && data_key == key;
            // One file for all items, or one for each.
            let is_item = command != "edit" && is_entry;
            assert!((is_shared && is_changed) || is_item, "{what}: {other:?}: {before} {after:?}");
        }
        for other in now.keys().filter(|other| !all.contains_key(*other)) {
            let (secret, data_key) = other.1.split_once('/').unwrap();
            assert!(entry(secret) == entry(name) && data_key == key, "{what}: {other:?}");
        }
        let found = desk.comments();
        let lost: Vec<_> = comments.iter().filter(|it| !found.contains(*it)).collect();
        // The comments of an armored text go with it.
        let is_armor = command == "unset" && name.starts_with("two") && key == "B";
        assert!(lost.is_empty() || is_armor && status == 0, "{what}: {lost:?}");
        done += usize::from(status == 0);
        (all, comments) = (now, found);
    }
    done
}

#[test]
fn everything_else_stays() {
    let mut done = 0;
    for seed in 0..16 / thinned(8) as u64 {
        done += sequence(seed, if seed % 2 == 0 { "\n" } else { "\r\n" });
    }
    eprintln!("{done} changes");
    assert!(done > 5, "{done}");
}
