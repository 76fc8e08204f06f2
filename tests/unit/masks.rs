//! What quoted lines show of texts that can't be read, row by row.

use crate::diag::mask::as_shown;
use crate::manifests::mask::mask;
use crate::spec::mask::mask_broken;

#[test]
fn of_broken_toml_words_of_the_language_are_shown() {
    for (text, expected) in [
        ("[[tls]]\nname = \"web\" x\n", "[[tls]]\nname = *\n"),
        ("[vars]\r\n  name=80 80\r\n", "[vars]\r\n  name=*\r\n"),
        ("data.PASSWORD = \"hun\"ter2\"", "data.PASSWORD = *"),
        ("my-password = hunter2\nb = 1", "*\n*"),
        ("name hunter2", "*"),
        ("[[tls]\n[tls hunter2\n[hunter2]", "[[tls]\n[tls *\n*"),
        ("name = \"\"\"\ns\"\"\"t\nhunter2 = 3\n\"\"\"", "name = *\n*\n*\n*"),
        // Lines of base64, and of PEM.
        ("key =\n-----BEGIN KEY-----\nc2U=\nname==", "key =\n*\n*\n*"),
    ] {
        assert_eq!(as_shown(text, &mask_broken(text)), expected, "{text}");
    }
}

#[test]
fn of_manifests_only_what_is_harmless_is_shown() {
    for (text, harmless, expected) in [
        (
            "kind: Secret # pin\ndata:\n  pass: aGVsbG8=\n  - x\n",
            &["Secret", "pass"][..],
            "kind: Secret *\ndata:\n  pass: *\n  - *\n",
        ),
        ("{\"data\": {\"pass\": \"x\"}}", &["\"pass\""], "{\"*\": {\"pass\": \"*\"}}"),
        ("data:\n hunter: 2\nname: x", &[], "data:\n *\nname: *"),
        // A comment is hidden to its end.
        ("a: {b} # [c: {d}]\n", &["a"], "a: {*\n"),
    ] {
        let place = |part: &&str| text.find(part).map(|at| at..at + part.len()).unwrap();
        let mask = mask(text, harmless.iter().map(place).collect());
        assert_eq!(as_shown(text, &mask), expected, "{text}");
    }
}
