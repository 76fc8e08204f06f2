//! No input panics, and no message holds a value.

use proptest::prelude::{any, proptest};

use super::cases::texts;
use crate::diag::Diagnostic;
use crate::go::base64;
use crate::manifests::yaml;
use crate::structure::{Format, KeyPath, messages, read, select, write};

/// A value that must be in no message. Keys may be.
const SECRET: &str = "hunter2";

fn all_words(diagnostic: &Diagnostic) -> String {
    format!("{diagnostic:?}")
}

/// Reads, and does everything that may be done with the result.
fn exercise(format: Format, bytes: &[u8]) {
    match read(format, bytes) {
        Err(fault) => {
            all_words(&messages::unreadable("`file`", format, &fault));
        }
        Ok(tree) => {
            let _ = format!("{tree:?}");
            for other in Format::ALL {
                if let Err(fault) = write(other, &tree) {
                    all_words(&messages::unwritable(other, &fault));
                }
            }
            for path in ["a", "a.b[0]", "c[0].a", "x.y.z"] {
                let path = KeyPath::parse(path).expect("a path");
                match select(&tree, &path) {
                    Err(fault) => {
                        all_words(&messages::no_such_key("`file`", &path, &fault));
                    }
                    Ok(node) => {
                        if node.plain_text().is_err() {
                            all_words(&messages::not_a_scalar("`file`", &path, node));
                        }
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::unit::support::tried(2000, module_path!()))]
    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        for format in Format::ALL {
            exercise(format, &bytes);
        }
        if let Err(fault) = base64::decode(&bytes) {
            all_words(&messages::bad_base64("`x`", &fault));
        }
    }
    #[test]
    fn any_string(text in any::<String>()) {
        for format in Format::ALL {
            exercise(format, text.as_bytes());
        }
    }
    #[test]
    fn nearly_json(text in texts(Format::Json)) { exercise(Format::Json, text.as_bytes()); }
    #[test]
    fn nearly_yaml(text in texts(Format::Yaml)) {
        exercise(Format::Yaml, text.as_bytes());
        let _ = yaml::read(&text, 0..text.len());
    }
    #[test]
    fn nearly_toml(text in texts(Format::Toml)) { exercise(Format::Toml, text.as_bytes()); }
    #[test]
    fn nearly_dotenv(text in texts(Format::Dotenv)) { exercise(Format::Dotenv, text.as_bytes()); }
    #[test]
    fn any_path(text in "[a-z.'\"\\[\\]0-9 \\\\é-]{0,12}") {
        match KeyPath::parse(&text) {
            Ok(path) => {
                let again = KeyPath::parse(&path.to_string()).expect("as written");
                assert_eq!(again.to_string(), path.to_string());
            }
            Err(fault) => {
                assert!(text.is_char_boundary(fault.at), "{text}");
                all_words(&messages::bad_key_path(&text, &fault));
            }
        }
    }
}

/// The YAML parser panics at some tags with a comma behind them.
#[test]
fn no_short_flow_collection_panics() {
    let alphabet = ["!", ",", "<", ">", "a", ":", " ", "\n", "\"", "&", "[", "]", "#"];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        let longer = texts.iter().flat_map(|text| alphabet.map(|c| format!("{text}{c}")));
        texts = longer.collect();
        for text in &texts {
            for start in ["[", "{a: ", "- [b, "] {
                let text = format!("{start}{text}]");
                let _ = yaml::read(&text, 0..text.len());
            }
        }
    }
}

#[test]
fn no_message_holds_a_value() {
    let secrets = [
        (Format::Json, format!("{{\"a\": \"{SECRET}\", \"a\": \"{SECRET}\"}}")),
        (Format::Json, format!("{{\"a\": {SECRET}}}")),
        (Format::Json, format!("\"{SECRET}\"")),
        (Format::Toml, format!("a = {SECRET}")),
        (Format::Toml, format!("a = \"{SECRET}\"\na = \"{SECRET}\"")),
        (Format::Toml, format!("a = \"{SECRET}\" {SECRET}")),
        (Format::Yaml, format!("a: {SECRET}\na: {SECRET}")),
        (Format::Yaml, format!("a: !{SECRET} x")),
        (Format::Yaml, format!("a: *{SECRET}")),
        (Format::Yaml, format!("a: [{SECRET}")),
        (Format::Yaml, format!("a: \"\u{85}{SECRET}\"")),
        (Format::Yaml, SECRET.to_owned()),
        (Format::Dotenv, format!("A=\"{SECRET}\n")),
        (Format::Dotenv, SECRET.to_owned()),
        (Format::Dotenv, format!("A='x'{SECRET}")),
        (Format::Dotenv, format!("{SECRET}/=x")),
    ];
    for (format, text) in secrets {
        let fault = read(format, text.as_bytes()).expect_err(&text);
        let words = all_words(&messages::unreadable("`file`", format, &fault));
        assert!(
            !words.contains(SECRET) && !format!("{fault:?}").contains(SECRET),
            "{text}: {words}"
        );
    }
}
