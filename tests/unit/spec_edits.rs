//! Edits of a spec's text: only what was meant changes.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;

use crate::source::{SourceMap, Span};
use crate::spec::edit::values::{
    NewEntry, add_entry, entry_path, path_at, remove_value, set_tables, set_value,
};
use crate::spec::edit::{armor_value, replace_armor};
use crate::spec::{Spec, parse};
use crate::structure::{Format, KeyPath, Tree, read, select};
use crate::unit::structure::edits::leaves;
use crate::unit::support::assert_linear;

fn edited(head: &str, text: &str) -> String {
    let words: Vec<&str> = head.splitn(3, ' ').collect();
    let path = || KeyPath::parse(words[1]).expect("a path");
    let out = match words[0] {
        "set" => set_value(text, &path(), words[2]),
        "unset" => remove_value(text, &path()),
        _ => {
            let words: Vec<&str> = head.splitn(5, ' ').collect();
            let [_, list, name, data_key, value] = words[..] else { panic!("{head}") };
            let field = None;
            let new = NewEntry { list, name, namespace: None, field, data_key, value };
            add_entry(text, &new)
        }
    };
    out.map_or_else(|fault| format!("{:?}\n", fault.kind), |text| text.to_string())
}

#[test]
fn edits_by_example() {
    let mut failed = Vec::new();
    for example in include_str!("spec_edits.txt").split("\n#### ").skip(1) {
        let (head, rest) = example.split_once('\n').expect("a heading");
        let (before, after) = rest.split_once("----\n").expect("two texts");
        for ending in ["\n", "\r\n"] {
            let (before, after) = (before.replace('\n', ending), after.replace('\n', ending));
            let found = edited(head, &before);
            if found != after && !(before.is_empty() && ending == "\r\n") {
                failed.push(format!("{head}\n{found}---- expected\n{after}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

const ARMOR: &str =
    "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\nbmV3\n-----END AGE ENCRYPTED FILE-----\n";

/// Where each of the texts stands.
fn spans(text: &str, literals: &[&str]) -> Vec<Span> {
    let file = SourceMap::new().add("a", text);
    let at = |literal: &&str| text.find(literal).expect("a literal");
    literals.iter().map(|it| Span::new(file, at(it)..at(it) + it.len())).collect()
}

#[test]
fn many_values_are_set_at_once() {
    let table = || vec![("n", "1".to_owned()), ("m", "true".to_owned())];
    let set = |text: &str, literals: &[&str]| {
        let values: Vec<_> = spans(text, literals).into_iter().map(|it| (it, table())).collect();
        set_tables(text, &values).unwrap()
    };
    for (text, literals, expected) in [
        (
            "[[a]]\nb.c = \"x\" # c\nd = [ { e = 'y' }, \"z\" ]\n",
            &["\"x\"", "'y'", "\"z\""][..],
            "[[a]]\nb.c = { n = 1, m = true } # c\nd = [ { e = { n = 1, m = true } }, { n = 1, m = \
             true } ]\n",
        ),
        (
            "[[a]]\r\n[a.x.y] # h\r\n # c\r\n\tp = 1 # p\r\n\tq = 2 # q\r\n[a.x.z]\r\nr = 3\r\n",
            &["[a.x.y]", "[a.x.z]"],
            "[[a]]\r\n[a.x.y] # h\r\n # c\r\n\tn = 1\r\n\tm = true # p\r\n\t# q\r\n[a.x.z]\r\nn = \
             1\r\nm = true\r\n",
        ),
        (
            "[a]\nx.'Y 1'.p = 1\nb = 2\nx.\"Y 1\".q = \"\"\"\nz\"\"\"\nc = \"w\"\n",
            &["'Y 1'", "\"w\""],
            "[a]\nx.\"Y 1\".n = 1\nx.\"Y 1\".m = true\nb = 2\nc = { n = 1, m = true }\n",
        ),
    ] {
        let (out, left) = set(text, literals);
        assert_eq!((out.as_str(), left.len()), (expected, 0));
    }
    let (out, left) = set("a = { b.c = 1 }\nd = 2\n", &["b", "2"]);
    assert_eq!(out.as_str(), "a = { b.c = 1 }\nd = { n = 1, m = true }\n");
    assert_eq!(left.len(), 1);
    let inner = [(spans("[a]\n[a.b]\nc = 1\n", &["[a]"])[0], table())];
    assert!(set_tables("[a]\n[a.b]\nc = 1\n", &inner).is_err());

    for value in ["data.K = \"x\"", "[opaque.data.K]\nvalue = 1", "data.K.value = \"x\""] {
        assert_linear(value, 1 << 8, |count| {
            let entry = |number| format!("[[opaque]]\nname = \"n{number}\"\n{value}\n");
            let text: String = (0..count).map(entry).collect();
            let file = SourceMap::new().add("a", text.as_str());
            let token = match value {
                "data.K = \"x\"" => "\"x\"",
                "data.K.value = \"x\"" => "K.",
                _ => "[opaque.data.K]",
            };
            let places = text.match_indices(token);
            let values: Vec<_> =
                places.map(|(at, _)| (Span::new(file, at..at + 1), table())).collect();
            assert_eq!(values.len(), count);
            assert!(set_tables(&text, &values).unwrap().1.is_empty());
        });
    }
}

fn parsed(text: &str) -> Spec {
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", text);
    let (spec, problems) = parse(file, &mut sources, 1 << 20);
    assert!(problems.is_empty(), "{problems:?}");
    spec.expect("no problems")
}

#[test]
fn armor_keeps_its_lines() {
    for (before, after) in [
        (
            "a = \"\"\"\n  -----BEGIN AGE ENCRYPTED FILE-----\n  b2xk\n  -----END AGE ENCRYPTED \
             FILE-----\n\"\"\" # c\nb = 1\n",
            "a = \"\"\"\n  -----BEGIN AGE ENCRYPTED FILE-----\n  YWdl\n  bmV3\n  -----END AGE \
             ENCRYPTED FILE-----\n\"\"\" # c\nb = 1\n",
        ),
        (
            "a = '''-----BEGIN AGE ENCRYPTED FILE-----\r\nb2xk\r\n-----END AGE ENCRYPTED \
             FILE-----'''\r\n",
            "a = '''-----BEGIN AGE ENCRYPTED FILE-----\r\nYWdl\r\nbmV3\r\n-----END AGE ENCRYPTED \
             FILE-----'''\r\n",
        ),
        (
            "a = \"-----BEGIN AGE ENCRYPTED FILE-----\\nb2xk\\n-----END AGE ENCRYPTED \
             FILE-----\\n\"",
            "a = \"-----BEGIN AGE ENCRYPTED FILE-----\\nYWdl\\nbmV3\\n-----END AGE ENCRYPTED \
             FILE-----\\n\"",
        ),
    ] {
        let start = before.find(['"', '\'']).unwrap();
        let end = before.rfind(['"', '\'']).unwrap() + 1;
        let found = replace_armor(before, start..end, ARMOR).unwrap();
        assert_eq!(found.as_str(), after);
    }
    assert!(replace_armor("a = \"x\"", 4..7, ARMOR).is_err());
}

#[test]
fn armor_reads_back() {
    for text in ["[[opaque]]\nname = \"a\"\n", "[[opaque]]\r\nname = \"a\"\r\n"] {
        let path = KeyPath::parse("opaque[0].data.K").unwrap();
        let text = set_value(text, &path, &armor_value(text, ARMOR)).unwrap();
        let tree = read(Format::Toml, text.as_bytes()).unwrap();
        let armor = select(&tree, &path.child("armor")).unwrap();
        assert!(*armor == Tree::string(ARMOR));
    }
}

/// Values of every way to write them, with a comment on every line.
const SPEC: &str = r#"#:schema ../schemas/spec.v1.json
# 0
[vars] # 1
a = "x" # 2
# 3
[[opaque]] # 4
name = "one" # 5
data.A = "a" # 6
data.B = { value = "b", trim = true } # 7
data."c.d" = """ # 8
c""" # 9

# 10
[[tls]] # 11
name = "two" # 12
cert = { file = "cert" } # 13
key = { value = "k" } # 14
data = { X = "x", "y.z" = 1 } # 15
[[opaque]] # 16
name = "three" # 17
[opaque.labels] # 18
l = "l" # 19
[opaque.data] # 20
A = "a" # 21
[opaque.data.B] # 22
value = "b" # 23
[[basic-auth]] # 24
name = "four" # 25
password.value = "p" # 26
"#;

#[test]
fn values_are_found_by_their_place() {
    let spec = parsed(SPEC);
    for entry in &spec.entries {
        let mut found = 0;
        entry.each_value(&mut |_, value| {
            let start = value.span.start;
            if let Some(path) = path_at(SPEC, Span::new(spec.file, start..start)) {
                assert!(path.to_string().starts_with(&entry_path(&spec, entry).to_string()));
                found += 1;
            }
        });
        let entry = &entry.names.name.get().unwrap().value;
        assert!(found > 0 || entry == "four", "{entry}: {found}");
    }
}

fn comments(text: &str) -> Vec<String> {
    // No value has a `#` in it.
    let lines = text.lines().filter_map(|line| line.split_once('#'));
    let mut comments: Vec<String> = lines.map(|(_, text)| text.trim().to_owned()).collect();
    comments.sort();
    comments
}

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    /// Any sequence of changes keeps every comment but those in the value itself, and every other
    /// value.
    #[test]
    fn sequences(steps in vec((any::<Index>(), any::<Index>(), any::<bool>()), 1..8)) {
        let mut text = SPEC.to_owned();
        let mut expected = read(Format::Toml, text.as_bytes()).unwrap();
        let entries = ["opaque[0]", "opaque[1]", "tls[0]", "basic-auth[0]"];
        let keys = ["data.A", "data.B", "data.\"c.d\"", "data.X", "data.N", "key", "password"];
        let values = ["\"s\"", "{ age = \"x.age\" }", "{ value = 'v', trim = true }"];
        for (n, (entry, key, is_set)) in steps.into_iter().enumerate() {
            let path = format!("{}.{}", entry.get(&entries), key.get(&keys));
            let path = KeyPath::parse(&path).unwrap();
            let exists = select(&expected, &path).is_ok();
            let mut comments_before = comments(&text);
            let out = match is_set {
                true => set_value(&text, &path, values[n % 3]),
                false => remove_value(&text, &path),
            };
            prop_assert_eq!(out.is_ok(), exists || is_set, "{} in\n{}", path, text);
            let Ok(out) = out else { continue };
            let tree = read(Format::Toml, out.as_bytes()).unwrap();
            prop_assert_eq!(select(&tree, &path).is_ok(), is_set);
            let others = |tree: &Tree| {
                let mut all = Vec::new();
                leaves(tree, &KeyPath::default(), &mut all);
                let under = path.to_string();
                all.retain(|(other, _)| !other.starts_with(&under));
                all.sort();
                all
            };
            prop_assert_eq!(others(&expected), others(&tree), "{} in\n{}", path, text);
            text = out.to_string();
            let after = comments(&text);
            // What stands in a string of several lines is no comment.
            comments_before.retain(|comment| comment != "8");
            prop_assert!(
                comments_before.iter().all(|comment| after.contains(comment)),
                "{} in\n{}", path, text
            );
            expected = tree;
        }
    }
}
