//! Trees and texts to try: made by proptest, or at random but always the same from a small alphabet
//! per format.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::structure::{Format, Tree};

/// Texts that some reader of YAML or dotenv, or some shell, could take for something else.
const AWKWARD: [&str; 40] = [
    "",
    " ",
    "yes",
    "No",
    "on",
    "y",
    "null",
    "~",
    "true",
    "012",
    "0x1F",
    "0o17",
    "1_000",
    "1e3",
    ".5",
    "1:30",
    "2026-01-01",
    "=",
    "<<",
    "- a",
    "a: b",
    "a #b",
    "#",
    "&a",
    "*a",
    "!!str",
    "{{ x }}",
    "'",
    "\"",
    "\\",
    "a\\",
    "$HOME",
    "${X}",
    "`id`",
    "a\nb\n",
    "\n",
    "\ta",
    "a\r\nb",
    "\u{85}\u{2028}\u{feff}",
    "é😀\u{e000}\u{7f}\u{1b}",
];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => proptest::sample::select(&AWKWARD[..]).prop_map(str::to_owned),
        2 => vec(proptest::sample::select(&AWKWARD[..]), 1..4).prop_map(|parts| parts.concat()),
        2 => "[ -~]{0,12}".prop_map(|text| text),
        1 => any::<String>(),
    ]
    .boxed()
}

fn key() -> BoxedStrategy<String> {
    prop_oneof![4 => "[A-Za-z_][A-Za-z0-9_.-]{0,6}".prop_map(|key| key), 1 => text()].boxed()
}

/// Without repeated keys, which no format can hold.
fn table(value: BoxedStrategy<Tree>, key: BoxedStrategy<String>) -> BoxedStrategy<Tree> {
    vec((key, value), 0..5)
        .prop_map(|mut entries| {
            let mut seen = std::collections::HashSet::new();
            entries.retain(|(key, _)| seen.insert(key.clone()));
            Tree::Table(entries)
        })
        .boxed()
}

/// Tables that the format can hold.
pub(super) fn trees(format: Format) -> BoxedStrategy<Tree> {
    if format == Format::Dotenv {
        // A quoted value that ends in a backslash is refused.
        let value = text().prop_map(|text| Tree::string(text.trim_end_matches('\\'))).boxed();
        return table(value, "[A-Za-z_][A-Za-z0-9_.-]{0,6}".boxed());
    }
    let last = if format == Format::Toml { i64::MAX.into() } else { i128::from(u64::MAX) };
    let null = if format == Format::Toml {
        Just(Tree::Bool(false)).boxed()
    } else {
        Just(Tree::Null).boxed()
    };
    // JSON numbers of 2^53 and more that are not whole are refused when read.
    let float = any::<f64>().prop_map(move |float| match format {
        Format::Json if !float.is_finite() || float.abs() >= 9e15 => Tree::Float(0.25),
        _ if float.is_nan() => Tree::Float(-0.0),
        _ => Tree::Float(float),
    });
    let scalar = prop_oneof![
        null,
        any::<bool>().prop_map(Tree::Bool),
        prop_oneof![(-20i128..20), Just(i64::MIN.into()), Just(last)].prop_map(Tree::Integer),
        float,
        text().prop_map(Tree::string),
        text().prop_map(Tree::string),
    ];
    let inner = scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Tree::Array), table(inner, key())]
    });
    table(inner.boxed(), key())
}

/// Pieces out of which texts of a format are made.
pub(super) fn pieces(format: Format) -> &'static [&'static str] {
    match format {
        Format::Dotenv => &[
            "A", "B", "C", "=", "=", "=", "\n", "\n", "\n", "\r\n", " ", "\t", "#", "'", "'", "\"",
            "\"", "\\", "\\n", "\\t", "\\\\", "\\\"", "export ", "x", "y z", "é", "\u{a0}", "`",
            ":", "${A}", "\r", "\u{b}", "\u{85}",
        ],
        Format::Yaml => &[
            "a",
            "b",
            "c: ",
            "d: ",
            "e: ",
            "- ",
            "\n",
            "\n",
            "\n  ",
            "\n    ",
            "\r\n",
            " ",
            "\t",
            "#",
            " #",
            "'",
            "\"",
            "|\n",
            ">-\n",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ": ",
            ":",
            "? ",
            "&a ",
            "*a",
            "!!str ",
            "---",
            "...",
            "%",
            "yes",
            "012",
            "1.5",
            "1e3",
            "12",
            "-",
            "null",
            "~",
            "\\",
            "\\n",
            "<<",
            "=",
            "é",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "2026-01-01",
            "0x1F",
            "1:30",
            ".",
            "_",
            "+1",
            "\u{a0}",
            "@",
            "`",
            ",",
            "!",
            "!a",
            "!<a>",
            "%41",
        ],
        Format::Toml => &[
            "a",
            "b",
            "c.d",
            "=",
            " = ",
            "\n",
            "\n",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            ",",
            "'",
            "\"",
            "'''",
            "\"\"\"",
            "\\",
            "\\n",
            "\\u00e9",
            "#",
            "1",
            "0x1F",
            "1_0",
            "1.5",
            "inf",
            "true",
            "2026-01-01",
            "07:32:00",
            "é",
            "\r\n",
            "\t",
        ],
        _ => &[
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"b\"",
            "\"",
            "\\",
            "\\u00e9",
            "\\ud800",
            "1",
            "-1",
            "0.5",
            "1e3",
            "18446744073709551615",
            "true",
            "null",
            " ",
            "\n",
            "é",
            "\u{feff}",
        ],
    }
}

/// Texts of a format: pieces in any order, of which few are right, and pieces where values belong,
/// of which more are.
pub(super) fn texts(format: Format) -> BoxedStrategy<String> {
    let some = move |most: usize| {
        vec(proptest::sample::select(pieces(format)), 0..most).prop_map(|parts| parts.concat())
    };
    let entry = move |name: &'static str, value: String| match format {
        Format::Json => format!("\"{name}\": {value}"),
        Format::Toml => format!("{name} = {value}\n"),
        Format::Yaml => format!("{name}: {value}\n"),
        _ => format!("{name}={value}\n"),
    };
    let file = move |entries: Vec<String>| {
        if format == Format::Json { format!("{{{}}}", entries.join(",")) } else { entries.concat() }
    };
    prop_oneof![
        some(16),
        (some(5), some(5), some(5)).prop_map(move |(a, b, c)| file(vec![
            entry("V", a),
            entry("W", b),
            entry("X", c)
        ])),
        some(7).prop_map(move |value| file(vec![entry("V", value)])),
        (some(3), some(3)).prop_map(move |(a, b)| file(vec![entry("V", a), entry("W", b)])),
    ]
    .boxed()
}

/// The same `count` values on every run.
pub(super) fn sample<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).expect("the strategy gives a value").current())
        .collect()
}
