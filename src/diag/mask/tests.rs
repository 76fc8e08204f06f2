use proptest::prelude::{Strategy, prop, proptest};

use super::mask_broken_toml;

/// The text as it would be quoted, each masked part as `*`.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for range in mask_broken_toml(text) {
        assert!(at <= range.start && range.start < range.end, "{range:?}");
        out.push_str(&text[at..range.start]);
        out.push('*');
        at = range.end;
    }
    out + &text[at..]
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected);
}

#[test]
fn what_is_no_value_is_shown() {
    check("[[tls]]\nname = \"web\"\n", "[[tls]]\nname = \"*\"\n");
    check("[vars.\"x y\"] # c\r\n  port=8080\r\n", "[vars.\"x y\"]*\r\n  port=*\r\n");
    check("a = { age = 'x', \"k\".b = true }", "a = { age = '*', \"k\".b = * }");
    check("a = [\n  'x', # c\n  [1, 2],\n]\nb = 1", "a = [\n  '*', *\n  [*, *],\n]\nb = *");
    check("a = \"\"", "a = \"\"");
}

#[test]
fn unquoted_and_unterminated_values() {
    check("password = hunter2", "password = *");
    check("password = hunter,2\"x", "password = *");
    check("password = \"hunter2", "password = \"*");
    check("pin = 12 34", "pin = *");
    check("x y\nhunter2 =", "*\n*");
    check("password = 'hunter2\nb = 1", "password = '*\nb = *");
    check("password = \"hun\"ter2\"", "password = \"*");
    check("password = \"hun\\\"ter2", "password = \"*");
    check("a = [ \"hunter2\", hunter3", "a = [ \"*\", *");
    check("a = { password = \"hunter2 }", "a = { password = \"*");
    check("a = hunter{b = 2", "a = *");
    check("password \"hunter2\"", "*");
    check("password: hunter2", "*");
    check("hunter2", "*");
    check("# hunter2", "*");
    check("a = 5 # hunter2", "a = * *");
    check("a = ", "a = ");
    check("a == hunter2", "*");
}

#[test]
fn strings_that_look_like_keys() {
    check("a = [\n  \"hunter2 = x\",\n  \"y\"\n]", "a = [\n  \"*\",\n  \"*\"\n]");
    check("\"hunter2 = 'x", "*");
    check("a = [ x\n[\"hunter2\"]\n[[tls]]\nb = 1", "a = [ *\n*\n[[tls]]\nb = *");
    check("a =\n[\"hunter2\"]", "a =\n*");
    check("a = [\n[\"hunter2\"]", "a = [\n[\"*\"]");
}

#[test]
fn base64_and_pem() {
    check("c2VjcmV0cw==", "*");
    check("c2VjcmV0c3M=", "*");
    check("c2VjcmV0c3M=\"\"\"\nx = 1", "*\n*");
    check("key =\n-----BEGIN KEY-----\nMIIE\nc2U=\n-----END KEY-----\n", "key =\n*\n*\n*\n*\n");
    check(&format!("{} = 1", "a".repeat(65)), "*");
}

#[test]
fn multi_line_strings() {
    check(
        "x = \"\"\"\nhunter2 = 1\n\n'''\n\\\"\"\" a\n\"\"\"\ny = 1",
        "x = \"\"\"\n*\n\n*\n*\n\"\"\"\ny = *",
    );
    check("x = '''a''' # c\ny = 1", "x = '''*''' *\ny = *");
    check("x = \"\"\"a\"\"\"\"\"\ny = 1", "x = \"\"\"*\"\"\"\ny = *");
    check("x = \"\"\"\nhunter2\n[tls]\ny = 1", "x = \"\"\"\n*\n*\n*");
    check("a = [ '''x\ny''', 'z' ]", "a = [ '''*\n*''', '*' ]");
}

#[test]
fn quotes_that_nobody_can_pair() {
    // A closing `"""` without its opening one.
    check("a = x\nb\n\"\"\"\nc = 1\n[tls]", "a = *\n*\n*\n*\n*");
    // An opening one that was not closed before the next opens.
    check("a = \"\"\"\ns\nb = \"\"\"\nhunter2 = x\n\"\"\"", "a = \"\"\"\n*\n*\n*\n*");
    check("a = \"\"\"\ns\"\"\"\"\"\"\nhunter2 = 3", "a = \"\"\"\n*\n*");
    // A secret that holds one.
    check("a = \"\"\"\ns\"\"\"t\nhunter2 = 3\n\"\"\"", "a = \"\"\"\n*\n*\n*");
}

#[test]
fn broken_headers_of_the_language_are_shown() {
    check("[[tls]\nname = 1", "[[tls]\nname = *");
    check("[tls hunter2", "[tls *");
    check("[hunter2", "*");
    check("[[opaqe]]", "[[opaqe]]");
    check("x y\n[[opaqe]]\n[vars]", "*\n*\n[vars]");
}

#[test]
fn deep_and_long_texts_take_linear_time() {
    let deep = format!("a = {}\n", "[\n".repeat(200_000));
    assert!(mask_broken_toml(&deep).is_empty());
    mask_broken_toml(&format!("a = {{{}", "a.".repeat(500_000)));
    mask_broken_toml(&format!("a = [{}", "'x',".repeat(200_000)));
}

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    #[test]
    fn every_text_is_scanned(text in r#"([a-zA= \n"'\[\]{},.#\\é\r]|"""|''')*"#) {
        shown(&text);
    }

    /// Up to three slips of the finger in a good spec never show four bytes of a secret.
    #[test]
    fn no_slip_shows_a_secret(slips in prop::collection::vec(slip(), 1..4)) {
        let mut text = GOOD.to_owned();
        for (at, insert) in slips {
            let at = at % text.len();
            match insert {
                Some(insert) => text.insert_str(at, insert),
                None => drop(text.remove(at)),
            }
        }
        let out = shown(&text);
        for secret in SECRETS {
            for part in secret.as_bytes().windows(4) {
                let part = std::str::from_utf8(part).unwrap();
                assert!(!out.contains(part), "{part} in:\n{out}\nof:\n{text}");
            }
        }
    }
}

fn slip() -> impl Strategy<Value = (usize, Option<&'static str>)> {
    const MARKS: &[&str] =
        &["\"", "'", "\"\"\"", "'''", "=", "[", "]", "{", "}", ",", "#", "\\", "\n", ".", "x"];
    (0..10_000usize, prop::option::of(prop::sample::select(MARKS)))
}

const SECRETS: [&str; 6] =
    ["HUNTERONE1", "HUNTERTWO2", "THREE3PW33", "FOUR4PASS4", "5FIVEWORD5", "SIXSIXSIX6"];
const GOOD: &str = r#"
[[opaque]]
name = "a"
data.A = "HUNTERONE1"
data.B = { value = 'HUNTERTWO2', trim = true }
data.C = """
THREE3PW33
c2FOUR4PASS4==
"""
[vars]
list = [ "5FIVEWORD5", "SIXSIXSIX6" ]
long = [
  "HUNTERONE1",
  ["HUNTERTWO2"],
]
[[tls]]
name = 'b'
key = '''
-----BEGIN KEY-----
5FIVEWORD5
SIXSIXSIX6=
-----END KEY-----'''
"#;
