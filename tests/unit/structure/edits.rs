//! Edits of structured files: what is set reads back, by other people's readers too, and everything
//! else stays byte for byte.

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;

use super::cases::{sample, texts, trees};
use super::python::{python, same};
use crate::secret::bytes::SecretBytes;
use crate::structure::edit::{EditFault, EditFaultKind, set, unset};
use crate::structure::{Format, KeyPath, Tree, read, select, write};
use crate::unit::peers;
use crate::unit::support::{assert_linear, thinned};

const FORMATS: [Format; 4] = [Format::Toml, Format::Json, Format::Yaml, Format::Dotenv];

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::from(text)
}

fn changed(
    format: Format,
    text: &str,
    path: &str,
    value: Option<&str>,
) -> Result<String, EditFault> {
    let path = KeyPath::parse(path).expect("a path");
    let out = match value {
        Some(value) => set(format, &bytes(text), &path, &bytes(value))?,
        None => unset(format, &bytes(text), &path)?,
    };
    Ok(out.expose_str().expect("text").to_owned())
}

/// `edits.txt` says at its top what it holds. Each example is tried with both kinds of line breaks.
#[test]
fn edits_by_example() {
    let examples = include_str!("edits.txt");
    let mut failed = Vec::new();
    for example in examples.split("\n#### ").skip(1) {
        let (head, rest) = example.split_once('\n').expect("a heading");
        let (before, after) = rest.split_once("----\n").expect("two texts");
        let words: Vec<&str> = head.splitn(4, ' ').collect();
        let format = Format::from_name(words[0]).expect("a format");
        let value = words.get(3).map(|value| value.replace("\\n", "\n"));
        let value = (words[1] == "set").then_some(value.as_deref().unwrap_or(""));
        for ending in ["\n", "\r\n"] {
            let (before, after) = (before.replace('\n', ending), after.replace('\n', ending));
            // Without a line there is nothing to see its break by. TOML: values with line breaks
            // stand on one line then.
            let is_same = before.is_empty() || after.contains("\"\"\"");
            if ending == "\r\n" && is_same {
                continue;
            }
            let found = match changed(format, &before, words[2], value) {
                Ok(text) => text,
                Err(fault) => format!("{:?}{ending}", fault.kind),
            };
            if found != after {
                failed.push(format!("{head}\n{before}----\n{found}---- expected\n{after}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn many_keys_take_linear_time() {
    type Line = fn(usize) -> String;
    let lines: [(Format, Line); 4] = [
        (Format::Toml, |number| format!("k{number} = \"v\"\n")),
        (Format::Json, |number| format!(",\n\"k{number}\": \"v\"")),
        (Format::Yaml, |number| format!("k{number}: v\n")),
        (Format::Dotenv, |number| format!("k{number}=v\n")),
    ];
    for (format, line) in lines {
        assert_linear(format.title(), 1 << 10, |count| {
            let mut text: String = (0..count).map(line).collect();
            if format == Format::Json {
                text = format!("{{{}}}", text.trim_start_matches(','));
            }
            changed(format, &text, "k7", Some("w")).unwrap();
            changed(format, &text, "new", Some("w")).unwrap();
            changed(format, &text, "k7", None).unwrap();
        });
    }
}

/// Where something may be set: the paths of single values, and new keys in every table.
fn paths(tree: &Tree, path: Option<&KeyPath>, out: &mut Vec<KeyPath>) {
    let root = KeyPath::default();
    let here = path.unwrap_or(&root);
    match tree {
        Tree::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                paths(item, Some(&here.item(index)), out);
            }
        }
        Tree::Table(entries) => {
            for (key, value) in entries {
                paths(value, Some(&here.child(key)), out);
            }
            out.push(here.child("new"));
            out.push(here.child("new 1").child("x"));
        }
        _ => out.push(here.clone()),
    }
}

/// What is left of a text without the bytes that a change touched, from both ends.
fn untouched<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum::<usize>()
    };
    let start = same(&mut before.chars(), &mut after.chars());
    let end = same(&mut before[start..].chars().rev(), &mut after[start..].chars().rev());
    (&before[start..before.len() - end], &after[start..after.len() - end])
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "([a-z\"'#: \\\\]{0,5}\n){0,3}[a-z]?", any::<String>(),]
}

/// Sets and unsets something in a text, and compares everything with what was there before.
fn exercise(format: Format, text: &str, at: Index, value: &str) -> Option<String> {
    let tree = read(format, text.as_bytes()).ok()?;
    let mut all = Vec::new();
    paths(&tree, None, &mut all);
    let path = at.get(&all);
    let edited = match set(format, &bytes(text), path, &bytes(value)) {
        Ok(edited) => edited,
        Err(fault) if matches!(fault.kind, EditFaultKind::Unsafe) => return None,
        Err(_) => return None,
    };
    let edited_tree = read(format, edited.expose()).expect("it was read back");
    let found = select(&edited_tree, path).expect("it was set");
    assert!(*found == Tree::string(value), "{path} in {text}");
    let edited = edited.expose_str().unwrap().to_owned();
    let existed = select(&tree, path).is_ok();
    let (old, new) = untouched(text, &edited);
    // A value is replaced in its place, or something is added and nothing taken.
    assert!(existed || old.is_empty() || old.trim().is_empty(), "{old} became {new} in {text}");
    if !existed && let Ok(back) = unset(format, &bytes(&edited), path) {
        let mut expected = Vec::new();
        let mut left = Vec::new();
        paths(&tree, None, &mut expected);
        paths(&read(format, back.expose()).expect("it was read back"), None, &mut left);
        assert!(expected.iter().all(|path| left.contains(path)), "{path} in {text}");
    }
    Some(edited)
}

proptest! {
    #![proptest_config(crate::unit::support::tried(512, module_path!()))]
    #[test]
    fn written_trees(
        at in any::<Index>(), value in value(), toml in trees(Format::Toml),
        json in trees(Format::Json), yaml in trees(Format::Yaml), dotenv in trees(Format::Dotenv),
    ) {
        for (format, tree) in FORMATS.into_iter().zip([toml, json, yaml, dotenv]) {
            let text = write(format, &tree).expect("the format can hold it");
            let edited = exercise(format, text.expose_str().unwrap(), at, &value);
            // Only dotenv has values that it can't hold.
            prop_assert!(edited.is_some() || format == Format::Dotenv, "{}", format.name());
        }
    }
}

/// Odd texts are edited or refused; what is edited is what Python reads, too.
#[test]
fn python_reads_what_is_edited() {
    let Some(program) = peers::need("python") else { return };
    let values = sample(&value().boxed(), 64);
    for (format, count, least) in [
        (Format::Json, 4_000, 20),
        (Format::Toml, 8_000, 20),
        (Format::Yaml, 8_000, 200),
        (Format::Dotenv, 8_000, 200),
    ] {
        let (count, least) = (count / thinned(4), least / thinned(4));
        let indices = sample(&any::<Index>().boxed(), 64);
        let tried = sample(&texts(format), count).into_iter().enumerate();
        let edited: Vec<(Format, String)> = tried
            .filter_map(|(n, text)| {
                let edited = exercise(format, &text, indices[n % 61], &values[n % 64])?;
                Some((format, edited))
            })
            .collect();
        let mut agreed = 0;
        for ((_, text), found) in edited.iter().zip(python(&program, &edited)) {
            if found.get("error").is_some() {
                continue;
            }
            let tree = read(format, text.as_bytes()).expect("it was read back");
            assert!(same(&tree, &found), "{}: {text:?}\n{tree:?}\n{found}", format.name());
            agreed += 1;
        }
        eprintln!("{}: {agreed} of {}", format.name(), edited.len());
        assert!(agreed >= least, "{}: only {agreed} texts were compared", format.name());
    }
}

#[test]
fn no_fault_holds_a_value() {
    for (format, text, path) in [
        (Format::Toml, "a = \"hunter2\"\n", "a.b"),
        (Format::Yaml, "a: &x hunter2\nb: *x\n", "a"),
        (Format::Json, "{\"a\": \"hunter2\"", "a"),
        (Format::Dotenv, "A='x'hunter2\n", "A"),
        (Format::Dotenv, "A='hunter2'\n", "A.b"),
    ] {
        let fault = changed(format, text, path, Some("hunter2\\ ")).expect_err(text);
        let path = KeyPath::parse(path).unwrap();
        let words = crate::structure::edit::messages::unchanged("`f`", format, &path, &fault);
        assert!(!format!("{fault:?}{words:?}").contains("hunter2"), "{words:?}");
    }
}

/// A document of each format with a comment on every line that can have one.
const COMMENTED: [(Format, &str); 4] = [
    (
        Format::Toml,
        "# 1\nz = 1 # 2\nd.a = 'x' # 3\n# 4\n[a] # 5\nb = \"x\" # 6\nc = { x = 1, y = 'y' } # 7\n# \
         8\n[a.d] # 9\ne = '''\nx''' # 10\n# 11\n[[l]] # 12\na = 1 # 13\n[[l]] # 14\n# 15\n",
    ),
    (
        Format::Json,
        "{\n  \"z\": 1,\n  \"a\": {\n    \"b\": \"x\",\n    \"c\": []\n  },\n  \"d\": {}\n}\n",
    ),
    (
        Format::Yaml,
        "# 1\nz: 1 # 2\nd: {a: 'x', b: \"y\"} # 3\n# 4\na: # 5\n  b: x # 6\n  # 7\n  c: | # 8\n    \
         x\n    y\n  d:\n    e: 'x' # 9\n# 10\nl:\n- a: 1 # 11\n  b: 2 # 12\n- c # 13\n",
    ),
    (Format::Dotenv, "# 1\nz=1 # 2\n\nexport a='x y' # 3\n# 4\nb=\"x\ny\" # 5\nc= \n"),
];

fn comments(format: Format, text: &str) -> Vec<String> {
    if format == Format::Json {
        return Vec::new();
    }
    // No value that is set here has a `#` in it.
    let found = text.lines().filter_map(|line| line.split_once('#'));
    let mut found: Vec<String> = found.map(|(_, text)| text.trim().to_owned()).collect();
    found.sort();
    found
}

/// Every single value with its path.
pub fn leaves(tree: &Tree, path: &KeyPath, out: &mut Vec<(String, String)>) {
    match tree {
        Tree::Table(entries) => {
            entries.iter().for_each(|(key, value)| leaves(value, &path.child(key), out));
        }
        Tree::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| leaves(item, &path.item(n), out));
        }
        leaf => {
            let text = leaf.plain_text().map(|text| text.expose_str().unwrap().to_owned());
            out.push((path.to_string(), text.unwrap_or_default()));
        }
    }
}

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    /// Any sequence of changes keeps every comment and every other value.
    #[test]
    fn sequences(steps in proptest::collection::vec((any::<Index>(), any::<bool>()), 1..10)) {
        let keys = ["z", "a.b", "a.c", "a.c.x", "a.d.e", "a.n", "d.a", "d.b", "d.n", "n.m.o", "b",
            "l[0].a", "l[0].b", "l[0].n", "l[1].a"];
        for (format, text) in COMMENTED {
            let mut text = text.to_owned();
            for (n, (key, is_set)) in steps.iter().enumerate() {
                let path = key.get(&keys);
                let value = ["v", "two words", "line\nline\n", "it's"][n % 4];
                let Ok(edited) = changed(format, &text, path, is_set.then_some(value)) else {
                    continue;
                };
                let of = |text: &str| {
                    let mut all = Vec::new();
                    let tree = read(format, text.as_bytes()).expect("it was read before");
                    leaves(&tree, &KeyPath::default(), &mut all);
                    let path = KeyPath::parse(path).unwrap().to_string();
                    all.retain(|(other, _)| *other != path);
                    all.sort();
                    all
                };
                prop_assert_eq!(of(&text), of(&edited), "{} in\n{}\n{}", path, text, edited);
                prop_assert_eq!(
                    comments(format, &text), comments(format, &edited),
                    "{} in\n{}\n{}", path, text, edited
                );
                text = edited;
            }
        }
    }
}
