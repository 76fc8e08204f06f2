//! What the readers reject, and where.

use super::fault::StructureFaultKind::{self, *};
use super::{format::Format, read, toml, tree::Tree, yaml};

fn twice(key: &str) -> StructureFaultKind {
    StructureFaultKind::DuplicateKey(key.into())
}

#[track_caller]
fn rejects<const N: usize>(format: Format, rows: [(&str, usize, usize, StructureFaultKind); N]) {
    for (text, line, column, kind) in rows {
        let fault = read(format, text.as_bytes()).unwrap_err();
        assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind), "{text:.40}");
    }
}

#[test]
fn toml() {
    let rows = [
        ("a = 1\r\nb = x\r\n", 2, 5, Syntax),
        ("a = 1\n[b]\né = 1", 3, 1, Syntax),
        ("a = 1\n\"a\" = 2", 2, 1, twice("a")),
        ("a = 9223372036854775808", 1, 5, BigNumber),
        ("a = \"hunter2\n", 1, 13, Syntax),
    ];
    rejects(Format::Toml, rows);
}

#[test]
fn json() {
    let rows = [
        ("{\"a\": {\"b\": 1,\n \"é\": 2, \"b\": 3}}", 2, 10, twice("b")),
        (r#"{"a": 18446744073709551616}"#, 1, 7, BigNumber),
        (r#"{"a": 1e999}"#, 1, 7, BigNumber),
        ("{\"a\": 1,\n}", 2, 1, Syntax),
        ("{\"a\": 1} x", 1, 10, Syntax),
        ("", 1, 1, Syntax),
        ("{'a': 1}", 1, 2, Syntax),
        (r#"{"a": "\ud800"}"#, 1, 8, Syntax),
        (&"[".repeat(100_000), 1, 65, TooDeep),
    ];
    rejects(Format::Json, rows);
}

#[test]
fn yaml() {
    let rows = [
        ("é: x\nb: [c, On ]", 2, 8, Ambiguous),
        ("a: 012 # pin", 1, 4, Ambiguous),
        ("a: TRUE\r\n", 1, 4, Ambiguous),
        ("a: 18446744073709551616", 1, 4, BigNumber),
        ("a: 1\nb: 2\na: 3", 3, 1, twice("a")),
        // A key without a value may be one.
        ("{a: 1, b, b}", 1, 11, twice("")),
        ("{a: 1, b: 2, b}", 1, 14, twice("")),
        ("{a: 1, b, b: 2}", 1, 11, twice("")),
        ("a: 1\n\"a\": 3", 2, 1, twice("a")),
        ("1: a", 1, 1, KeyNotText),
        ("on: a", 1, 1, KeyNotText),
        ("? [a]\n: b", 1, 3, KeyNotText),
        ("a: !!binary aGk=", 1, 4, Tag),
        ("a: !x [b]", 1, 4, Tag),
        ("a: &a {b: c}\nd:\n  <<: *a", 3, 3, MergeKey),
        ("a: 1\n---\nb: 1", 2, 1, SeveralDocuments),
        ("a: [1", 1, 6, Syntax),
        ("a: *b", 1, 4, Alias),
        ("a: &a [*a]", 1, 8, Alias),
        ("a: \"b\u{85}c\"", 1, 6, ParsersDiffer),
        ("a: b\n\u{feff}c: d", 2, 1, ParsersDiffer),
    ];
    rejects(Format::Yaml, rows);
}

#[test]
fn dotenv() {
    let rows = [
        ("A=1\nhunter2", 2, 1, NoEquals),
        ("A: 1\n", 1, 1, NoEquals),
        ("1A=1", 1, 1, BadKey),
        ("export 1A=1", 1, 8, BadKey),
        ("A B=1", 1, 1, BadKey),
        ("A=1\n A=2", 2, 2, twice("A")),
        ("A='x\ny", 1, 3, OpenQuote),
        ("A=\"x\\", 1, 3, OpenQuote),
        ("A='x'y", 1, 6, AfterQuote),
        ("A='x'#y", 1, 6, AfterQuote),
        ("A='x\\'y'", 1, 5, Backslash),
        ("A=\"x\\d\"", 1, 5, Backslash),
        ("A= #x", 1, 4, NeedsQuotes),
        ("A=`x`", 1, 3, NeedsQuotes),
        ("A=x\u{a0}", 1, 3, NeedsQuotes),
        ("A=x\rB=y", 1, 4, LoneCarriageReturn),
        ("A='x\ry'", 1, 5, LoneCarriageReturn),
    ];
    rejects(Format::Dotenv, rows);
}

#[test]
fn toml_has_line_feeds_and_dates_as_written() {
    let tree =
        toml::read("a = '''x\r\ny'''\r\nb = \"x\\r\\ny\"\r\nd = 1979-05-27 07:32:00Z\n").unwrap();
    assert_eq!(tree.get("a"), Some(&Tree::string("x\ny")));
    assert_eq!(tree.get("b"), Some(&Tree::string("x\r\ny")));
    assert_eq!(tree.get("d"), Some(&Tree::Datetime("1979-05-27 07:32:00Z".into())));
}

#[test]
fn dotenv_has_few_escapes() {
    let text = "# x\n\nA=1 # d\r\nexport B='a\\nb\"$x'#y=\n";
    let text = text.replace("#y=", "") + "C=\"a\\nb\\\"\\\\\\$x$y'\"\nD=a#b\"c\\n\n";
    let values = [("A", "1"), ("B", "a\\nb\"$x"), ("C", "a\nb\"\\$x$y'"), ("D", "a#b\"c\\n")];
    let entries = values.map(|(key, value)| (key.to_owned(), Tree::string(value)));
    assert!(read(Format::Dotenv, text.as_bytes()) == Ok(Tree::Table(entries.to_vec())));
}

#[test]
fn size_and_depth_are_bounded() {
    let mut bomb = String::from("a0: &a0 xxxxxxxxxx\n");
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{alias}, {alias}, {alias}, {alias}]\n"));
    }
    assert_eq!(yaml::read(&bomb).unwrap_err().kind, Alias);
    let deep = format!("a:\n  {}", "- ".repeat(20_000));
    assert_eq!(yaml::read(&deep).unwrap_err().kind, TooDeep);
    let deep = format!("a = {}{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(toml::read(&deep).unwrap_err().kind, TooDeep);
    // The parsers have limits of their own for brackets.
    for (start, bracket) in [("a: ", "["), ("a: ", "{a: "), ("a = ", "["), ("", "a.")] {
        let text = start.to_owned() + &bracket.repeat(100_000);
        yaml::read(&text).map(|_| ()).and(toml::read(&text).map(|_| ())).unwrap_err();
    }
}

/// A dash in a comment is not the dash of the list.
#[test]
fn dashes_in_comments_are_no_lists() {
    for text in ["- # web - old\n  {a: 1,\n   b: 2}\n", "- # a-b\n  \"x\n  y\"\n"] {
        assert!(super::yaml::read(text).is_ok(), "{text}");
    }
    assert!(super::yaml::read("k:\n    -\n#-\n      'x\n   y'\n").is_err());
}
