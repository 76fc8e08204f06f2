//! What messages say: the place and the way out, never a value.

use crate::diag::Diagnostic;
use crate::go::base64;
use crate::structure::{Format, KeyPath, messages, read, select, write};

/// Message, notes and helps, a line each.
fn lines(diagnostic: Diagnostic) -> String {
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let helps = diagnostic.helps.iter().map(|help| format!("help: {help}"));
    std::iter::once(format!("{}: {}", diagnostic.code.name, diagnostic.message))
        .chain(notes)
        .chain(helps)
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn unreadable(format: Format, text: &str, expected: &str) {
    let fault = read(format, text.as_bytes()).expect_err(text);
    assert_eq!(lines(messages::unreadable("`f`", format, &fault)), expected);
}

#[test]
fn files() {
    unreadable(
        Format::Yaml,
        "user: x\npin: 012\n",
        "bad-structure: can't parse `f` as YAML: the unquoted value is ambiguous in YAML (line 2, \
         column 6)
note: YAML 1.1 and 1.2 differ in words such as `yes` and `True`, numbers such as `0127`, `1e3` and \
`1:30`, dates, and `=`
help: write the value in quotes",
    );
    unreadable(
        Format::Json,
        "{\"a\": 1, \"a\": 2}",
        "bad-structure: can't parse `f` as JSON: duplicate key `a` (line 1, column 10)
note: some parsers use the first value, others the last
help: remove or rename one of the two",
    );
    unreadable(
        Format::Toml,
        "a = b",
        "bad-structure: can't parse `f` as TOML: syntax error (line 1, column 5)
help: set `format` to `json`, `yaml`, `dotenv` or `text` if the file is not TOML",
    );
    unreadable(
        Format::Dotenv,
        "# x\nhunter2\n",
        "bad-structure: can't parse `f` as dotenv: the line has no `=` (line 2, column 1)
note: each line must be `KEY=VALUE` or a `#` comment
help: write `KEY=VALUE`, with quotes around multi-line values",
    );
}

const FILE: &str =
    "db: {user: a, password: b, rate: 1.5, more: {x: z}}\nlist: [a, b]\ntls.crt: x\n";

#[track_caller]
fn missing(path: &str, expected: &str) {
    let tree = read(Format::Yaml, FILE.as_bytes()).expect("YAML");
    let path = KeyPath::parse(path).expect("a path");
    assert_eq!(
        lines(messages::no_such_key(
            "`f`",
            &path,
            &select(&tree, &path).expect_err("nothing there")
        )),
        expected
    );
}

#[test]
fn keys() {
    missing(
        "db.pasword",
        "no-such-key: `db` in `f` has no key `pasword`\nhelp: did you mean `db.password`?",
    );
    missing(
        "zebra",
        "no-such-key: `f` has no key `zebra`\nhelp: it has `db`, `list` and `tls.crt`",
    );
    missing(
        "tls.crt",
        "no-such-key: `f` has no key `tls`\nnote: a dot separates keys unless it is \
         quoted\nhelp: quote the key: `key = '\"tls.crt\"'`",
    );
    missing(
        "list[2]",
        "no-such-key: `list` in `f` is a list, which has no `[2]`\nhelp: it has 2 items, \
         counted from 0",
    );
    missing(
        "list.a",
        "no-such-key: `list` in `f` is a list, which has no `a`\nhelp: select an item first: \
         `list[0].a`",
    );
    missing(
        "db.user.x",
        "no-such-key: `db.user` in `f` is a string, which has no `x`\nhelp: write `key \
         = \"db.user\"`",
    );
}

#[test]
fn values_without_plain_text() {
    let tree = read(Format::Yaml, FILE.as_bytes()).expect("YAML");
    let words = |path: &str| {
        let path = KeyPath::parse(path).expect("a path");
        lines(messages::not_a_scalar("`f`", &path, select(&tree, &path).expect("there")))
    };
    assert_eq!(
        words("db"),
        "not-a-scalar: `key = \"db\"` is a table, which can't be used as a value
help: select a part of it, such as `db.user`
help: use a template that ends in `| tojson`, `| toyaml` or `| totoml` for all of it"
    );
    assert_eq!(
        words("db.rate"),
        "not-a-scalar: `key = \"db.rate\"` is a float, which can't be used as a value
note: a float can be written in more than one way, and a secret must be exact
help: quote the number in the file, so that it is a string"
    );
}

#[test]
fn formats_paths_and_base64() {
    let fault = KeyPath::parse("a/b").expect_err("a slash");
    assert_eq!(
        lines(messages::bad_key_path("a/b", &fault)),
        "invalid-value: `a/b` is not a valid key path: an unexpected character at character 2
help: write `.` between keys, and quote keys that contain other characters than letters, digits, \
`_` and `-`, such as `tls.'my key'`"
    );
    let fault = base64::decode(b"aGk").expect_err("no padding");
    assert_eq!(
        lines(messages::bad_base64("`f`", &fault)),
        "bad-base64: `f` is base64, but its padding is missing
note: base64 consists of `A-Z`, `a-z`, `0-9`, `+` and `/`, padded with `=`
help: add `=` at the end"
    );
    let tree = read(Format::Json, br#"{"a": [null]}"#).expect("JSON");
    let fault = write(Format::Toml, &tree).expect_err("null");
    assert_eq!(
        lines(messages::unwritable(Format::Toml, &fault)),
        "invalid-value: `a[0]` can't be written as TOML: TOML has no null\nhelp: remove the \
         key, or write `\"\"`"
    );
}
