//! What messages say about structured files. `what` is how they call the file or value, in code
//! quotes where it is a name.

use super::fault::{Ambiguity, MAX_DEPTH, StructureFault, StructureFaultKind};
use super::format::Format;
use super::key_path::{KeyPath, KeyPathFault, KeyPathFaultKind, Segment};
use super::tree::{Class, NoSuchKey, Tree};
use super::write::{EncodeFault, EncodeFaultKind};
use crate::diag::phrases::{all_of, code, nearest, number, one_of, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::base64::Base64Fault;

pub(crate) fn unreadable(what: &str, format: Format, fault: &StructureFault) -> Diagnostic {
    let title = format.title();
    let place = format!("line {}, column {}", number(fault.line), number(fault.column));
    match &fault.kind {
        StructureFaultKind::NotUtf8 => diagnostic!(NOT_UTF8, "{what} is not UTF-8 at {place}")
            .note(format!("a {title} file is text, and the text is UTF-8"))
            .help(
                "save the file as UTF-8, or leave out `key` and `format` to take its bytes as they \
                 are",
            ),
        StructureFaultKind::Utf16 => diagnostic!(NOT_UTF8, "{what} is UTF-16, not UTF-8")
            .note("PowerShell before version 6 writes UTF-16 with `>`")
            .help("convert it: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`"),
        StructureFaultKind::Syntax => {
            let others = Format::ALL.into_iter().filter(|other| *other != format).map(Format::name);
            diagnostic!(BAD_STRUCTURE, "can't read {what} as {title}: a syntax error ({place})")
                .help(format!(
                    "if the file is not {title}, say what it is with `format = ...`: {}",
                    one_of(others)
                ))
        }
        StructureFaultKind::TopLevel(class) => {
            let class = if *class == Class::Null { "empty" } else { class.with_article() };
            diagnostic!(
                BAD_STRUCTURE,
                "can't read {what} as {title}: the file is {class} instead of a table"
            )
            .note("only a table has keys that values can be chosen by")
            .help(
                "put the value under a key, or leave out `key` and `format` to take the file's \
                 bytes as they are",
            )
        }
        StructureFaultKind::DuplicateKey(key) => diagnostic!(
            BAD_STRUCTURE,
            "can't read {what} as {title}: the key {} stands twice in one table ({place})",
            code(key)
        )
        .note("some readers take the first of two values and some the last")
        .help("remove or rename one of the two"),
        kind => {
            let (problem, why, help) = words(kind);
            diagnostic!(BAD_STRUCTURE, "can't read {what} as {title}: {problem} ({place})")
                .note(why)
                .help(help)
        }
    }
}

/// What is wrong, why that is, and what to write instead.
fn words(kind: &StructureFaultKind) -> (&'static str, &'static str, &'static str) {
    const DIFFER: &str = "there is no standard for dotenv files, and readers differ here";
    match kind {
        StructureFaultKind::TooDeep => (
            "tables and arrays nested deeper than 64 levels",
            "readers of the format have limits",
            "write the value as one string, such as JSON text",
        ),
        StructureFaultKind::BigNumber => (
            "a number that many readers round",
            "integers outside of 64 bits, and JSON numbers of 2^53 and more with a fraction or \
             exponent, come out differently",
            "write it in quotes: a string is kept as it stands",
        ),
        StructureFaultKind::SeveralDocuments => {
            ("a second YAML document", "a source is one table", "make a file of each document")
        }
        StructureFaultKind::Tag => (
            "a tag such as `!!binary`",
            "readers know different tags and ignore the others",
            "remove the tag and quote the value; base64 is decoded by `decode = \"base64\"`",
        ),
        StructureFaultKind::MergeKey => (
            "a merge key `<<`",
            "merging is a part of YAML 1.1 only",
            "write the merged keys out; an alias as a key's whole value is fine",
        ),
        StructureFaultKind::KeyNotText => (
            "a key that is not a string to all readers of YAML",
            "unquoted, `1`, `on`, `null` or a date is not text, and a key has to be",
            "write the key in quotes",
        ),
        StructureFaultKind::Ambiguous(ambiguity) => (
            "an unquoted value that readers of YAML take for different things",
            match ambiguity {
                Ambiguity::BooleanWord => {
                    "`yes`, `no`, `on`, `off`, `y` and `n` are booleans in YAML 1.1 and strings in \
                     YAML 1.2"
                }
                Ambiguity::Spelling => {
                    "booleans and null in other letters than `true`, `false` and `null` would lose \
                     their spelling"
                }
                Ambiguity::Number => {
                    "leading zeros, signs, underscores, colons, exponents and other bases are \
                     numbers in one YAML version only"
                }
                Ambiguity::Date => "a date is a timestamp in YAML 1.1 and a string in YAML 1.2",
                Ambiguity::Special => {
                    "`=` and `<<` have types of their own in YAML 1.1 and are strings in YAML 1.2"
                }
            },
            "write the value in quotes",
        ),
        StructureFaultKind::Alias => (
            "an alias that repeats too much, or itself, or no anchor before it",
            "small files of aliases can expand to gigabytes",
            "write the values out",
        ),
        StructureFaultKind::ReadersDiffer => (
            "a place that YAML 1.1 and YAML 1.2 readers read differently",
            "kubectl and most tools around Kubernetes read YAML 1.1",
            "write values in double quotes on one line, and unusual characters as escapes such as \
             `\\u0085`",
        ),
        StructureFaultKind::NoEquals => (
            "a line without `=`",
            "a line is `KEY=VALUE` or a `#` comment",
            "values of several lines need quotes around them",
        ),
        StructureFaultKind::BadKey => (
            "something other than a key before `=`",
            "a key begins with a letter or `_` and goes on with letters, digits, `_`, `.` and `-`",
            "write `KEY=VALUE`; values of several lines need quotes around them",
        ),
        StructureFaultKind::OpenQuote => (
            "a quote that is never closed",
            "a value in quotes may span lines",
            "close it, or use the other kind of quotes around a value that holds one",
        ),
        StructureFaultKind::AfterQuote => (
            "something behind a quoted value",
            "only a `#` comment may follow, after a blank",
            "put the whole value in one pair of quotes, and write `\\\"` for a double quote inside \
             double quotes",
        ),
        StructureFaultKind::Backslash => (
            "a backslash that some readers take for an escape",
            "known in double quotes are `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\` and `\\$`; in single \
             quotes, none",
            "use double quotes, with `\\\\` for a backslash",
        ),
        StructureFaultKind::NeedsQuotes => (
            "an unquoted value that begins with `#` or a backtick, or holds unusual white space",
            DIFFER,
            "write the value in single quotes",
        ),
        _ => (
            "a carriage return without a line feed",
            DIFFER,
            "end lines with LF or CRLF, and write `\\r` in double quotes for one in a value",
        ),
    }
}

/// A file whose name does not say its structure.
pub(crate) fn unknown_format_of(what: &str) -> Diagnostic {
    diagnostic!(UNKNOWN_FORMAT, "the name of {what} does not say which structure the file has")
        .note(
            "known are `.toml`, `.json`, `.yaml`, `.yml`, `.env` and `.txt`, each also before \
             `.age`",
        )
        .help(format!("add `format = ...`: {}", one_of(Format::ALL.map(Format::name))))
}

pub(crate) fn bad_key_path(text: &str, fault: &KeyPathFault) -> Diagnostic {
    let (problem, help) = match fault.kind {
        KeyPathFaultKind::NoKey => {
            ("a key is missing", "name a key on each side of a dot, such as `root.password`")
        }
        KeyPathFaultKind::NeedsQuotes => (
            "a character that stands only in quoted keys",
            "quote keys that have other characters than letters, digits, `_` and `-`, such as \
             `tls.'my key'`",
        ),
        KeyPathFaultKind::BadQuotes => (
            "a quote is not closed, or TOML does not have the escape",
            "write the key in single quotes, in which a backslash is itself",
        ),
        KeyPathFaultKind::BadIndex => (
            "an index is not a whole number in brackets after a key",
            "write the item's number, from 0, such as `users[0]`",
        ),
        KeyPathFaultKind::NoSeparator => {
            ("a dot is missing", "write a `.` between keys, such as `users[0].name`")
        }
    };
    let at = text.get(..fault.at.start).map_or(0, |before| before.chars().count()) + 1;
    diagnostic!(INVALID_VALUE, "{} is not a path to a key: {problem} at character {at}", code(text))
        .help(help)
}

pub(crate) fn no_such_key(what: &str, path: &KeyPath, fault: &NoSuchKey<'_>) -> Diagnostic {
    let parent = path.before(fault.segment);
    let within = if fault.segment == 0 {
        what.to_owned()
    } else {
        format!("{} of {what}", code(&parent.to_string()))
    };
    let mut rest = path.segments().iter().skip(fault.segment);
    let Some(step) = rest.next() else { return diagnostic!(NO_SUCH_KEY, "{within} has no key") };
    let missing = code(&step.to_string());
    match (step, fault.node) {
        (Segment::Key(key), Tree::Table(entries)) => {
            let found = diagnostic!(NO_SUCH_KEY, "{within} has no key {missing}");
            if let Some(dotted) = dotted(fault.node, key, rest) {
                return found
                    .note("a dot leads into a table unless it is quoted")
                    .help(format!("quote the key: {}", setting(&parent.child(&dotted))));
            }
            if let Some(near) = nearest(key, entries.iter().map(|(name, _)| name.as_str())) {
                let near = code(&parent.child(near).to_string());
                return found.help(format!("did you mean {near}?"));
            }
            let keys = first_keys(fault.node, |_| true);
            match entries.len() - keys.len() {
                0 if keys.is_empty() => found.note("the table is empty"),
                0 => found.help(format!("it has {}", all_of(&keys))),
                more => found.help(format!("it has {} ({} more)", all_of(&keys), number(more))),
            }
        }
        (Segment::Index(_), Tree::Array(items)) => {
            let items = items.len();
            let last = items.checked_sub(1);
            diagnostic!(
                NO_SUCH_KEY,
                "{within} has {}, so there is no {missing}",
                plural(items, "item")
            )
            .maybe_help(last.map(|last| format!("items count from 0, the last one is `[{last}]`")))
        }
        (Segment::Key(_), Tree::Array(_)) => {
            diagnostic!(NO_SUCH_KEY, "{within} is an array, which has no key {missing}")
                .help(format!("name an item first: {}", code(&format!("{parent}[0].{step}"))))
        }
        (Segment::Index(_), Tree::Table(_)) => {
            diagnostic!(NO_SUCH_KEY, "{within} is a table, which has no {missing}")
                .help("name one of its keys after a dot")
        }
        (_, scalar) => {
            let class = scalar.class().with_article();
            let help = if fault.segment == 0 {
                "leave out `key`".to_owned()
            } else {
                format!("write {}", setting(&parent))
            };
            diagnostic!(NO_SUCH_KEY, "{within} is {class}, which has nothing inside").help(help)
        }
    }
}

/// A key whose name is the rest of the path, dots and all: `tls.crt` without quotes is two keys.
fn dotted<'p>(table: &Tree, key: &str, rest: impl Iterator<Item = &'p Segment>) -> Option<String> {
    let mut joined = key.to_owned();
    let mut found = None;
    for next in rest.take(8) {
        let Segment::Key(next) = next else { break };
        joined.push('.');
        joined.push_str(next);
        if table.get(&joined).is_some() {
            found = Some(joined.clone());
        }
    }
    found
}

/// The first keys of a table in alphabetical order, of the values that pass.
fn first_keys(table: &Tree, pass: impl Fn(&Tree) -> bool) -> Vec<String> {
    let passing = table.entries().iter().filter(|(_, value)| pass(value));
    let mut keys: Vec<String> = passing.map(|(key, _)| key.clone()).collect();
    keys.sort_unstable();
    keys.truncate(3);
    keys
}

/// A value of a file that has no plain text. `path` is the whole file if it is empty.
pub(crate) fn not_a_scalar(what: &str, path: &KeyPath, tree: &Tree) -> Diagnostic {
    const WHOLE: &str =
        "for all of it as text, use a template that ends in `| tojson`, `| toyaml` or `| totoml`";
    let class = tree.class();
    let which = if path.segments().is_empty() {
        format!("{what} is")
    } else {
        format!("{} leads to", setting(path))
    };
    let diagnostic =
        diagnostic!(NOT_A_SCALAR, "{which} {}, which has no plain text", class.with_article());
    match class {
        Class::Table => {
            let inside = first_keys(tree, |value| value.plain_text().is_ok());
            let inside: Vec<String> =
                inside.iter().map(|key| path.child(key).to_string()).collect();
            let such_as = (!inside.is_empty())
                .then(|| format!("name a key inside, such as {}", one_of(inside)));
            diagnostic.maybe_help(such_as).help(WHOLE)
        }
        Class::Array if path.segments().is_empty() => diagnostic.help(WHOLE),
        Class::Array => diagnostic
            .help(format!("name one item, such as {}", code(&format!("{path}[0]"))))
            .help(WHOLE),
        Class::Float => diagnostic
            .note("one float can be written in many ways, and a secret has to be exact")
            .help("quote the number in the file, so that it is a string"),
        _ => diagnostic.help("write a string in the file, `\"\"` for an empty one"),
    }
}

/// A path as the spec says it: `key = "a.b"`.
fn setting(path: &KeyPath) -> String {
    let path = path.to_string();
    let quote = if path.contains(['"', '\\']) && !path.contains('\'') { '\'' } else { '"' };
    code(&format!("key = {quote}{path}{quote}"))
}

pub(crate) fn bad_base64(what: &str, fault: &Base64Fault) -> Diagnostic {
    let at = |offset: usize| format!("byte {}", number(offset + 1));
    let (problem, help) = match *fault {
        Base64Fault::Blank { offset } => (
            format!("not base64: a blank at {}", at(offset)),
            "remove blanks and tabs; line breaks may stay",
        ),
        Base64Fault::UrlSafe { offset } => (
            format!("base64 in the URL-safe alphabet, from {} on", at(offset)),
            "write `+` for `-` and `/` for `_`, or encode it with `base64` instead of `base64url`",
        ),
        Base64Fault::Foreign { offset } => (
            format!("not base64: a character outside of the alphabet at {}", at(offset)),
            "if it is not encoded at all, leave the decoding out",
        ),
        Base64Fault::AfterPadding { offset } => (
            format!("not base64: it goes on after its padding at {}", at(offset)),
            "decode the parts one by one, or remove surplus `=`",
        ),
        Base64Fault::MissingPadding { missing: 1 } => {
            ("base64 without its padding".to_owned(), "add one `=` at the end")
        }
        Base64Fault::MissingPadding { .. } => {
            ("base64 without its padding".to_owned(), "add `==` at the end")
        }
        Base64Fault::Truncated => (
            "not base64: the last character encodes nothing".to_owned(),
            "copy it again, it was cut",
        ),
    };
    diagnostic!(BAD_BASE64, "{what} is {problem}")
        .note(
            "the alphabet is `A-Z`, `a-z`, `0-9`, `+` and `/`, padded with `=`, as in a Secret's \
             `data`",
        )
        .help(help)
}

pub(crate) fn unwritable(format: Format, fault: &EncodeFault) -> Diagnostic {
    let subject = if fault.path.segments().is_empty() {
        "the value".to_owned()
    } else {
        code(&fault.path.to_string())
    };
    let title = format.title();
    let (problem, help) = match fault.kind {
        EncodeFaultKind::Null => {
            (format!("{title} has no null"), "leave the key out, or write `\"\"`")
        }
        EncodeFaultKind::NotFinite => {
            ("JSON has no infinity and no NaN".to_owned(), "write it as a string")
        }
        EncodeFaultKind::BigInteger => {
            ("readers would round so large an integer".to_owned(), "write it as a string")
        }
        EncodeFaultKind::TooDeep => (
            format!("it is nested deeper than {MAX_DEPTH} levels"),
            "write the inner part as one string",
        ),
        EncodeFaultKind::TopLevel(class) if format == Format::Text => {
            (format!("it is {}", class.with_article()), "write it as a string")
        }
        EncodeFaultKind::TopLevel(class) => {
            (format!("it is {} instead of a table", class.with_article()), "put it under a key")
        }
        EncodeFaultKind::NotPlain(class) => (
            format!("dotenv holds texts, and it is {}", class.with_article()),
            "write it as a string, or a key for each part of it",
        ),
        EncodeFaultKind::BadKey => (
            "it is not a key to readers of dotenv".to_owned(),
            "begin keys with a letter or `_` and go on with letters, digits, `_`, `.` and `-`",
        ),
        EncodeFaultKind::LastBackslash => (
            "common readers misread a quoted value that ends in a backslash".to_owned(),
            "use another format, or a value of its own for it",
        ),
    };
    diagnostic!(INVALID_VALUE, "{subject} can't be written as {title}: {problem}").help(help)
}
