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
        "bad-structure: can't read `f` as YAML: an unquoted value that readers of YAML take for \
         different things (line 2, column 6)
note: leading zeros, signs, underscores, colons, exponents and other bases are numbers in one YAML \
version only
help: write the value in quotes",
    );
    unreadable(
        Format::Json,
        "{\"a\": 1, \"a\": 2}",
        "bad-structure: can't read `f` as JSON: the key `a` stands twice in one table (line 1, \
         column 10)
note: some readers take the first of two values and some the last
help: remove or rename one of the two",
    );
    unreadable(
        Format::Toml,
        "a = b",
        "bad-structure: can't read `f` as TOML: a syntax error (line 1, column 5)
help: if the file is not TOML, say what it is with `format = ...`: `json`, `yaml`, `dotenv` or \
`text`",
    );
    unreadable(
        Format::Dotenv,
        "# x\nhunter2\n",
        "bad-structure: can't read `f` as dotenv: a line without `=` (line 2, column 1)
note: a line is `KEY=VALUE` or a `#` comment
help: values of several lines need quotes around them",
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
        "no-such-key: `db` of `f` has no key `pasword`\nhelp: did you mean `db.password`?",
    );
    missing(
        "zebra",
        "no-such-key: `f` has no key `zebra`\nhelp: it has `db`, `list` and `tls.crt`",
    );
    missing(
        "tls.crt",
        "no-such-key: `f` has no key `tls`\nnote: a dot leads into a table unless it is \
         quoted\nhelp: quote the key: `key = '\"tls.crt\"'`",
    );
    missing(
        "list[2]",
        "no-such-key: `list` of `f` has 2 items, so there is no `[2]`\nhelp: items count from 0, \
         the last one is `[1]`",
    );
    missing(
        "list.a",
        "no-such-key: `list` of `f` is an array, which has no key `a`\nhelp: name an item first: \
         `list[0].a`",
    );
    missing(
        "db.user.x",
        "no-such-key: `db.user` of `f` is a string, which has nothing inside\nhelp: write `key \
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
        "not-a-scalar: `key = \"db\"` leads to a table, which has no plain text
help: name a key inside, such as `db.password` or `db.user`
help: for all of it as text, use a template that ends in `| tojson`, `| toyaml` or `| totoml`"
    );
    assert_eq!(
        words("db.rate"),
        "not-a-scalar: `key = \"db.rate\"` leads to a float, which has no plain text
note: one float can be written in many ways, and a secret has to be exact
help: quote the number in the file, so that it is a string"
    );
}

#[test]
fn formats_paths_and_base64() {
    let fault = KeyPath::parse("a/b").expect_err("a slash");
    assert_eq!(
        lines(messages::bad_key_path("a/b", &fault)),
        "invalid-value: `a/b` is not a path to a key: a character that stands only in quoted keys \
         at character 2
help: quote keys that have other characters than letters, digits, `_` and `-`, such as `tls.'my \
key'`"
    );
    let fault = base64::decode(b"aGk").expect_err("no padding");
    assert_eq!(
        lines(messages::bad_base64("`f`", &fault)),
        "bad-base64: `f` is base64 without its padding
note: the alphabet is `A-Z`, `a-z`, `0-9`, `+` and `/`, padded with `=`, as in a Secret's `data`
help: add one `=` at the end"
    );
    let tree = read(Format::Json, br#"{"a": [null]}"#).expect("JSON");
    let fault = write(Format::Toml, &tree).expect_err("null");
    assert_eq!(
        lines(messages::unwritable(Format::Toml, &fault)),
        "invalid-value: `a[0]` can't be written as TOML: TOML has no null\nhelp: leave the key \
         out, or write `\"\"`"
    );
}
