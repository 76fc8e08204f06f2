//! What messages say about structured files. `what` is how they call the file or value, in code
//! quotes where it is a name.

use super::fault::{MAX_DEPTH, StructureFault, StructureFaultKind};
use super::format::Format;
use super::key_path::{KeyPath, KeyPathFault, KeyPathFaultKind, Segment};
use super::tree::{NoSuchKey, Tree};
use super::write::{EncodeFault, EncodeFaultKind};
use crate::content::conflict::RESOLVE;
use crate::diag::key_names::is_key;
use crate::diag::phrases::{code, nearest, number, one_of, plural, some_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::base64::Base64Fault;

const UNCHANGED: &str = "remove `key` and `format` to use the file's bytes unchanged";
const MULTI_LINE: &str = "write `KEY=VALUE`, with quotes around multi-line values";

pub(crate) fn unreadable(what: &str, format: Format, fault: &StructureFault) -> Diagnostic {
    let title = format.title();
    let place = format!("line {}, column {}", number(fault.line), number(fault.column));
    let (problem, why, help) = match &fault.kind {
        StructureFaultKind::NotUtf8 => {
            return diagnostic!(NOT_UTF8, "{what} is not UTF-8 at {place}")
                .note(format!("{title} files must be UTF-8"))
                .help(format!("save the file as UTF-8, or {UNCHANGED}"));
        }
        StructureFaultKind::Utf16 => {
            return diagnostic!(NOT_UTF8, "{what} is UTF-16, not UTF-8")
                .note("PowerShell before version 6 writes UTF-16 with `>`")
                .help("convert it: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`");
        }
        StructureFaultKind::Syntax => {
            let others = Format::ALL.into_iter().filter(|other| *other != format);
            let others = one_of(others.map(Format::name));
            return diagnostic!(
                BAD_STRUCTURE,
                "can't parse {what} as {title}: syntax error ({place})"
            )
            .help(format!("set `format` to {others} if the file is not {title}"));
        }
        StructureFaultKind::Conflict => {
            return diagnostic!(
                BAD_STRUCTURE,
                "can't parse {what} as {title}: it has an unresolved merge conflict ({place})"
            )
            .help(RESOLVE);
        }
        StructureFaultKind::TopLevel(class) => {
            let class = if *class == Tree::Null.class() { "empty" } else { class };
            return diagnostic!(
                BAD_STRUCTURE,
                "can't parse {what} as {title}: the file is {class}, not a table"
            )
            .note("only a table has keys to select values by")
            .help(format!("put the value under a key, or {UNCHANGED}"));
        }
        StructureFaultKind::DuplicateKey(key) => {
            let key = if is_key(key) { format!(" {}", code(key)) } else { String::new() };
            return diagnostic!(
                BAD_STRUCTURE,
                "can't parse {what} as {title}: duplicate key{key} ({place})"
            )
            .note("some parsers use the first value, others the last")
            .help("remove or rename one of the two");
        }
        StructureFaultKind::TooDeep => (
            "tables and lists are nested deeper than 64 levels",
            "other parsers limit the depth too",
            "write the inner part as one string, such as JSON text",
        ),
        StructureFaultKind::TooManyValues => (
            "it has more than 1,000,000 values",
            "the limit keeps the memory of a run small",
            "split the file, or use it whole with `format = \"text\"`",
        ),
        StructureFaultKind::BigNumber => (
            "many parsers would round the number",
            "they keep integers of 64 bits, and JSON numbers with a fraction or exponent below \
             2^53",
            "write it in quotes: a string is kept unchanged",
        ),
        StructureFaultKind::SeveralDocuments => (
            "a second YAML document starts here",
            "a source is one document",
            "write each document to a file of its own",
        ),
        StructureFaultKind::Tag => (
            "tags such as `!!binary` are not supported",
            "parsers know different tags, and ignore the others",
            "remove the tag and quote the value; to decode base64, set `decode = \"base64\"`",
        ),
        StructureFaultKind::MergeKey => (
            "the merge key `<<` is not supported",
            "only YAML 1.1 has merge keys",
            "write out the merged keys; an alias as the whole value of a key is allowed",
        ),
        StructureFaultKind::KeyNotText => (
            "the key is not a string in every version of YAML",
            "without quotes, YAML does not read `1`, `on`, `null` and dates as strings",
            "write the key in quotes",
        ),
        StructureFaultKind::Ambiguous => (
            "the unquoted value is ambiguous in YAML",
            "YAML 1.1 and 1.2 differ in words such as `yes` and `True`, numbers such as `0127`, \
             `1e3` and `1:30`, dates, and `=`",
            "write the value in quotes",
        ),
        StructureFaultKind::Alias => (
            "the alias has no anchor before it, contains itself, or expands to too much data",
            "small files of aliases can expand to gigabytes",
            "write the values out",
        ),
        StructureFaultKind::ParsersDiffer => (
            "parsers of YAML 1.1 and YAML 1.2 read this place differently",
            "kubectl and most tools around Kubernetes use YAML 1.1",
            "write values in double quotes on one line, and unusual characters as escapes such as \
             `\\u0085`",
        ),
        StructureFaultKind::NoEquals => {
            ("the line has no `=`", "each line must be `KEY=VALUE` or a `#` comment", MULTI_LINE)
        }
        StructureFaultKind::BadKey => (
            "the part before `=` is not a valid key",
            "a key starts with a letter or `_`, and contains only letters, digits, `_`, `.` and \
             `-`",
            MULTI_LINE,
        ),
        StructureFaultKind::OpenQuote => (
            "the quote is never closed",
            "a quoted value can span lines",
            "close it, or use the other kind of quotes around a value that contains one",
        ),
        StructureFaultKind::AfterQuote => (
            "something follows the quoted value",
            "only a `#` comment can follow, after a space",
            "put the whole value in one pair of quotes, and write `\\\"` for a double quote inside \
             double quotes",
        ),
        StructureFaultKind::Backslash => (
            "some parsers read the backslash as an escape",
            "double quotes allow `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\` and `\\$`; single quotes \
             allow no escapes",
            "use double quotes, with `\\\\` for a backslash",
        ),
        StructureFaultKind::NeedsQuotes => (
            "the unquoted value starts with `#` or a backtick, or contains unusual whitespace",
            "dotenv has no standard, and parsers differ here",
            "write the value in single quotes",
        ),
        StructureFaultKind::LoneCarriageReturn => (
            "a carriage return has no line feed after it",
            "dotenv has no standard, and parsers differ here",
            "end lines with LF or CRLF; in a value, write `\\r` in double quotes",
        ),
    };
    diagnostic!(BAD_STRUCTURE, "can't parse {what} as {title}: {problem} ({place})")
        .note(why)
        .help(help)
}

pub(crate) fn unknown_format_of(what: &str) -> Diagnostic {
    diagnostic!(UNKNOWN_FORMAT, "can't tell the format of {what} from its name")
        .note(
            "the known extensions are `.toml`, `.json`, `.yaml`, `.yml`, `.env` and `.txt`, also \
             before `.age`",
        )
        .help(format!("set `format` to {}", one_of(Format::ALL.map(Format::name))))
}

pub(crate) fn bad_key_path(text: &str, fault: &KeyPathFault) -> Diagnostic {
    let (problem, help) = match fault.kind {
        KeyPathFaultKind::NoKey => (
            "a key is missing",
            "write a key before an index and on each side of a dot, such as `root.users[0]`",
        ),
        KeyPathFaultKind::Unexpected => (
            "an unexpected character",
            "write `.` between keys, and quote keys that contain other characters than letters, \
             digits, `_` and `-`, such as `tls.'my key'`",
        ),
        KeyPathFaultKind::BadQuotes => (
            "an unclosed quote or unknown escape",
            "use single quotes inside the path, where a backslash is literal",
        ),
        KeyPathFaultKind::BadIndex => (
            "an invalid index",
            "write the item's number, from 0, in brackets after a key, such as `users[0]`",
        ),
    };
    let at = text.get(..fault.at).map_or(0, |before| before.chars().count()) + 1;
    let path = code(text);
    diagnostic!(INVALID_VALUE, "{path} is not a valid key path: {problem} at character {at}")
        .help(help)
}

pub(crate) fn no_such_key(what: &str, path: &KeyPath, fault: &NoSuchKey<'_>) -> Diagnostic {
    let parent = path.before(fault.segment);
    let within = match fault.segment {
        0 => what.to_owned(),
        _ => format!("{} in {what}", code(&parent.to_string())),
    };
    let rest = path.segments().get(fault.segment..).unwrap_or_default();
    let Some(step) = rest.first() else { return diagnostic!(NO_SUCH_KEY, "{within} has no key") };
    let missing = code(&step.to_string());
    match (step, fault.node) {
        (Segment::Key(key), Tree::Table(entries)) => {
            let found = diagnostic!(NO_SUCH_KEY, "{within} has no key {missing}");
            // `tls.crt` without quotes is two keys.
            let names: Option<Vec<&str>> = rest.iter().map(Segment::name).collect();
            let dotted = names.unwrap_or_default().join(".");
            if fault.node.get(&dotted).is_some() {
                return found
                    .note("a dot separates keys unless it is quoted")
                    .help(format!("quote the key: {}", setting(&parent.child(&dotted))));
            }
            let mut keys: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
            if let Some(near) = nearest(key, keys.iter().copied()) {
                let near = code(&parent.child(near).to_string());
                return found.help(format!("did you mean {near}?"));
            }
            if keys.is_empty() {
                return found.note("the table is empty");
            }
            keys.sort_unstable();
            found.help(format!("it has {}", some_of(&keys)))
        }
        (step, node) => {
            let class = node.class();
            let help = match (step, node) {
                (Segment::Index(_), Tree::Array(items)) => {
                    format!("it has {}, counted from 0", plural(items.len(), "item"))
                }
                (Segment::Key(_), Tree::Array(_)) => {
                    format!("select an item first: {}", code(&format!("{parent}[0].{step}")))
                }
                (_, Tree::Table(_)) => "select one of its keys after a dot".to_owned(),
                _ if fault.segment == 0 => "remove `key`".to_owned(),
                _ => format!("write {}", setting(&parent)),
            };
            diagnostic!(NO_SUCH_KEY, "{within} is {class}, which has no {missing}").help(help)
        }
    }
}

/// A value of a file that can't be written as bytes. `path` is the whole file if it is empty.
pub(crate) fn not_a_scalar(what: &str, path: &KeyPath, tree: &Tree) -> Diagnostic {
    let is_file = path.segments().is_empty();
    let which = if is_file { what.to_owned() } else { setting(path) };
    let class = tree.class();
    let found = diagnostic!(NOT_A_SCALAR, "{which} is {class}, which can't be used as a value");
    let inside = match tree {
        Tree::Table(entries) => {
            let mut keys = entries.iter().filter(|(_, value)| value.plain_text().is_ok());
            keys.next().map(|(key, _)| path.child(key).to_string())
        }
        Tree::Array(_) => (!is_file).then(|| format!("{path}[0]")),
        Tree::Float(_) => {
            return found
                .note("a float can be written in more than one way, and a secret must be exact")
                .help("quote the number in the file, so that it is a string");
        }
        _ => return found.help("write a string in the file, `\"\"` for an empty one"),
    };
    found
        .maybe_help(inside.map(|inside| format!("select a part of it, such as {}", code(&inside))))
        .help("use a template that ends in `| tojson`, `| toyaml` or `| totoml` for all of it")
}

/// A path as the spec says it: `key = "a.b"`.
fn setting(path: &KeyPath) -> String {
    let path = path.to_string();
    let quote = if path.contains(['"', '\\']) && !path.contains('\'') { '\'' } else { '"' };
    code(&format!("key = {quote}{path}{quote}"))
}

pub(crate) fn bad_base64(what: &str, fault: &Base64Fault) -> Diagnostic {
    let byte = |offset: usize| number(offset + 1);
    let (problem, help) = match *fault {
        Base64Fault::Blank { offset } => (
            format!("is not base64: it has a space at byte {}", byte(offset)),
            "remove spaces and tabs; line breaks are allowed",
        ),
        Base64Fault::UrlSafe { offset } => (
            format!("uses the URL-safe base64 alphabet from byte {} on", byte(offset)),
            "replace `-` with `+` and `_` with `/`, or encode it with `base64` instead of \
             `base64url`",
        ),
        Base64Fault::Foreign { offset } => (
            format!("is not base64: the character at byte {} is not in the alphabet", byte(offset)),
            "remove the decoding if the value is not encoded",
        ),
        Base64Fault::AfterPadding { offset } => (
            format!("is not base64: data follows the padding at byte {}", byte(offset)),
            "remove the extra `=`, or, if these are several base64 values in a row, encode them as \
             one",
        ),
        Base64Fault::MissingPadding { missing } => (
            "is base64, but its padding is missing".to_owned(),
            if missing == 1 { "add `=` at the end" } else { "add `==` at the end" },
        ),
        Base64Fault::Truncated => (
            "is not base64: its last character is incomplete".to_owned(),
            "copy it again: the end was cut off",
        ),
    };
    diagnostic!(BAD_BASE64, "{what} {problem}")
        .note("base64 consists of `A-Z`, `a-z`, `0-9`, `+` and `/`, padded with `=`")
        .help(help)
}

pub(crate) fn unwritable(format: Format, fault: &EncodeFault) -> Diagnostic {
    let is_whole = fault.path.segments().is_empty();
    let subject = if is_whole { "the value".into() } else { code(&fault.path.to_string()) };
    let title = format.title();
    let (problem, help) = match fault.kind {
        EncodeFaultKind::Null => {
            (format!("{title} has no null"), "remove the key, or write `\"\"`")
        }
        EncodeFaultKind::NotFinite => {
            ("JSON has no infinity and no NaN".to_owned(), "write it as a string")
        }
        EncodeFaultKind::BigInteger => {
            ("many parsers would round the integer".to_owned(), "write it as a string")
        }
        EncodeFaultKind::TooDeep => (
            format!("it is nested deeper than {MAX_DEPTH} levels"),
            "write the inner part as one string",
        ),
        EncodeFaultKind::NotString(class) => (
            format!("it is {class}, and {title} values are strings"),
            "write it as a string, or write one key for each part",
        ),
        EncodeFaultKind::NotTable(class) => {
            (format!("it is {class}, not a table"), "put it under a key")
        }
        EncodeFaultKind::BadKey => (
            "it is not a valid dotenv key".to_owned(),
            "start the key with a letter or `_`, and use only letters, digits, `_`, `.` and `-`",
        ),
        EncodeFaultKind::LastBackslash => (
            "common parsers misread a quoted value that ends in a backslash".to_owned(),
            "use another format, or move it to a data key of its own",
        ),
    };
    diagnostic!(INVALID_VALUE, "{subject} can't be written as {title}: {problem}").help(help)
}
