//! The sentences for manifests that the API server could not even decode.

use super::fault::{DecodeFault, DecodeFaultKind, Remedy};
use super::node::JsonNode;
use super::yaml::YamlFaultKind;
use crate::check::content::messages::{NOT_DECRYPTED, NOT_REPLACED};
use crate::check::registry::messages::json_problem;
use crate::content::Content;
use crate::diag::phrases::{code, one_of, plural};
use crate::diag::{Cause, Diagnostic, diagnostic};
use crate::go::base64::Base64Fault;
use crate::go::json::JsonFault;
use crate::structure::messages::bad_base64;

/// What keeps the server from decoding a field.
pub(crate) fn decode(fault: &DecodeFault) -> Diagnostic {
    let field = code(&fault.path);
    match &fault.kind {
        DecodeFaultKind::Unknown { parent, name, remedy, .. } => unknown(parent, name, remedy),
        DecodeFaultKind::Duplicate { .. } => {
            diagnostic!(DUPLICATE_FIELD, "the field {field} stands there twice")
                .note("the API server refuses that; kubectl sends the last of them without a word")
                .help("remove one")
        }
        DecodeFaultKind::Type { wanted, found, quotes } => {
            let what = if fault.path.is_empty() { "the manifest" } else { &field };
            let diagnostic = diagnostic!(FIELD_TYPE, "{what} is {found}, not {wanted}");
            if *quotes { unquoted(diagnostic, wanted) } else { diagnostic.help(write(wanted)) }
        }
        DecodeFaultKind::Byte => {
            diagnostic!(FIELD_TYPE, "{field} is a list with a number that is not a byte")
                .help(write("a base64 string"))
        }
        DecodeFaultKind::Base64(fault) => base64(&field, fault),
        DecodeFaultKind::StandIn(content) => stand_in(&field, *content),
    }
}

/// A word or number that quotes would make a string.
fn unquoted(diagnostic: Diagnostic, wanted: &str) -> Diagnostic {
    diagnostic
        .note(
            "YAML reads `yes`, `no`, `on`, `off`, `y`, `n`, `true`, `null` and numbers without \
             quotes as something else than text",
        )
        .help(match wanted {
            "a base64 string" => {
                "if it is base64, put it into double quotes; if it is the value itself, do so \
                 under `stringData`"
            }
            _ => "put it into double quotes",
        })
}

/// How to write what is wanted.
fn write(wanted: &str) -> &'static str {
    match wanted {
        "a base64 string" | "a number from 0 to 255" => {
            "write base64 in double quotes, or the text itself under `stringData`"
        }
        "a boolean" => "write `true` or `false`, without quotes",
        "an integer" => "write a whole number, without quotes",
        "a timestamp" => "leave it out: the server sets it",
        "a list" => "write its items behind `- `, a line each",
        "a string" => "write it as one text, in double quotes, or in lines behind `|`",
        _ => "write its fields on lines of their own, `NAME: VALUE`, indented",
    }
}

fn unknown(parent: &str, name: &str, remedy: &Remedy) -> Diagnostic {
    let of = if parent.is_empty() { "a Secret".to_owned() } else { code(parent) };
    let diagnostic = diagnostic!(UNKNOWN_FIELD, "{of} has no field {}", code(name)).note(
        "the API server refuses fields that it does not know, and upper and lower case count",
    );
    let help = match remedy {
        // Said by the fix.
        Remedy::Rename(_) => return diagnostic,
        Remedy::Merge(near) => {
            format!("remove it, or move what it holds to {}, which is there too", code(near))
        }
        Remedy::IntoMetadata => format!("write it under `metadata`: {} belongs there", code(name)),
        Remedy::OutOfMetadata => {
            format!("write it beside `metadata`, not under it: indent {} less", code(name))
        }
        Remedy::Remove(known) => format!("remove it; fields here are {}", one_of(known)),
    };
    diagnostic.help(help)
}

/// Base64 is wrapped after 64 characters at the earliest; a text has a blank before that.
const WRAPPED: usize = 64;

fn base64(field: &str, fault: &Base64Fault) -> Diagnostic {
    let mut diagnostic = bad_base64(field, fault);
    let perhaps_text =
        "if it is not encoded at all, write the text itself under `stringData`".to_owned();
    match fault {
        Base64Fault::Blank { offset: WRAPPED.. } => {
            let lines = "write base64 of several lines behind `|`: elsewhere YAML makes blanks of \
                its line breaks";
            diagnostic.helps = vec![lines.to_owned(), perhaps_text];
        }
        // A character that base64 does not have is most often that of a text that is not encoded.
        Base64Fault::Foreign { .. } | Base64Fault::Truncated => {
            diagnostic.helps = vec![
                "write the text itself under `stringData`, or encode it: `printf %s VALUE | base64 \
                 -w0`"
                    .to_owned(),
            ];
        }
        // So may one be with a blank, a dash or a `=` in it.
        Base64Fault::Blank { .. }
        | Base64Fault::UrlSafe { .. }
        | Base64Fault::AfterPadding { .. }
        | Base64Fault::MissingPadding { .. } => diagnostic.helps.insert(0, perhaps_text),
    }
    diagnostic
}

/// A value of `data` that is not base64, and would not be of use if it were.
fn stand_in(field: &str, content: Content) -> Diagnostic {
    let (what, why, help) = match content {
        Content::Placeholder => (
            "a placeholder",
            NOT_REPLACED,
            "replace it with the base64 of the real value, or use `stringData` for text",
        ),
        Content::Sops => {
            ("encrypted with SOPS", NOT_DECRYPTED, "decrypt the file first: `sops decrypt FILE`")
        }
        _ => ("encrypted with age", NOT_DECRYPTED, "decrypt it first: `age -d -i IDENTITY FILE`"),
    };
    diagnostic!(BAD_BASE64, "{field} is {what}, which is not base64").note(why).help(help)
}

/// A Secret that SOPS encrypted as a whole.
pub(crate) fn sops_manifest() -> Diagnostic {
    diagnostic!(SOPS_ENCRYPTED, "the manifest is encrypted with SOPS")
        .note("the API server refuses `sops` and the encrypted values")
        .help("decrypt it first: `sops decrypt FILE | mintage check --manifests -`")
}

/// Another object where only Secrets are wanted.
pub(crate) fn not_a_secret() -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "the object is not a Secret")
        .note("`--strict` accepts nothing but Secrets")
        .help("remove it from the folder, or run without `--strict`")
}

pub(crate) fn nothing() -> Diagnostic {
    let mut diagnostic = diagnostic!(NAME, "a manifest that holds nothing")
        .help("write a Secret, or remove the document");
    diagnostic.causes.push(Cause { field: "metadata.name".into(), reason: "FieldValueRequired" });
    diagnostic
}

/// A text that is not YAML.
pub(crate) fn yaml(kind: YamlFaultKind) -> Diagnostic {
    let quote = "put the text into quotes";
    let (message, help) = match kind {
        YamlFaultKind::ControlCharacter(c) => {
            let message = format!("not YAML: the control character U+{:04X}", u32::from(c));
            return diagnostic!(MANIFEST_SYNTAX, "{message}")
                .help("inside double quotes write it as `\\xNN` or `\\uNNNN`");
        }
        YamlFaultKind::Key(class) => {
            return diagnostic!(MANIFEST_SYNTAX, "a key that is {class}")
                .note("manifests become JSON, in which keys are strings")
                .help("put the key into double quotes; render templates such as `{{ x }}` first");
        }
        YamlFaultKind::Syntax => (
            "not YAML: this does not fit the lines before it",
            "look at the indentation, at quotes that are not closed, and at `: ` inside of text \
             without quotes",
        ),
        YamlFaultKind::Colon => (
            "not YAML: a `: ` where none may stand",
            "put text that has `: ` in it into quotes; if none is meant, look at the indentation",
        ),
        YamlFaultKind::FlowColon => (
            "a `:` right before `,`, `]` or `}`",
            "write a blank behind the `:`; if it belongs to the text, put the text into quotes",
        ),
        YamlFaultKind::FlowQuestion => {
            ("a `?` in a text without quotes, inside of `{}` or `[]`", quote)
        }
        YamlFaultKind::Quote => {
            ("not YAML: a quote is not closed", "look for the `\"` or `'` that opened it")
        }
        YamlFaultKind::Start => {
            ("not YAML: a text without quotes can't begin with this character", quote)
        }
        YamlFaultKind::Anchor => {
            ("an alias of an anchor that is not there", "write `&NAME` before the value above it")
        }
        YamlFaultKind::Tab => ("not YAML: a tab where only blanks may stand", "indent with blanks"),
        YamlFaultKind::Directive => ("a `%` directive", "remove it: kubectl can't read directives"),
        YamlFaultKind::Aliases => ("too many aliases", "write the values out"),
        YamlFaultKind::Number => {
            ("a number that JSON does not have", "if it is text, put it into quotes")
        }
        YamlFaultKind::Merge => (
            "a merge key `<<` with something else than an object",
            "write `<<: *ANCHOR` of an object, or remove it",
        ),
        YamlFaultKind::Tag => {
            ("a value that its tag does not fit", "remove the tag, and put text into quotes")
        }
        YamlFaultKind::TooDeep => {
            ("lists and objects are nested more than 200 deep", "write them flatter")
        }
    };
    diagnostic!(MANIFEST_SYNTAX, "{message}").help(help)
}

pub(crate) fn json(fault: &JsonFault) -> Diagnostic {
    diagnostic!(MANIFEST_SYNTAX, "not JSON: {}", json_problem(fault.problem))
        .help("write double quotes around all keys and strings, and no comma after the last")
}

/// A line that starts with `---` and goes on.
pub(crate) fn bad_separator() -> Diagnostic {
    diagnostic!(MANIFEST_SYNTAX, "a line starts with `---` and goes on")
        .note(
            "kubectl cuts its input at such lines, also inside of quotes, and takes nothing but a \
             comment behind the dashes",
        )
        .help("write `---` on a line of its own; inside of a text, indent the line")
}

/// What stands for the `kind` or `apiVersion` of a Secret, and what it should be.
pub(crate) fn misnamed(at: &JsonNode<'_>, right: &str) -> Diagnostic {
    let said = at.name().map_or(at.class().to_owned(), |name| code(&name));
    diagnostic!(MANIFEST_KIND, "{said} is not the kind or version of a Secret")
        .note("the API server compares both letter by letter")
        .help(format!("write `{right}`"))
}

pub(crate) fn not_an_object(what: &str, class: &str) -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "{what} is {class}, not a manifest")
        .help("write an object: it begins with `apiVersion: v1` and `kind: Secret`")
}

pub(crate) fn bad_items(class: &str) -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "the `items` of a list are {class}, not a list")
        .help("write each manifest behind `- `, or as a document of its own behind `---`")
}

pub(crate) fn nested_list() -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "a list inside of a list")
        .note("kubectl opens a list once, and gives up at an item that is a list itself")
        .help("move its items into the outer list, or write each as a document behind `---`")
}

/// A Secret that does not say what it is: the server knows from the request, kubectl does not.
pub(crate) fn type_meta() -> Diagnostic {
    diagnostic!(TYPE_META, "a Secret without `apiVersion` or `kind`")
        .note(
            "the API server fills in what is missing on a create; kubectl, kustomize and \
             server-side apply refuse such a manifest",
        )
        .help("write both: `apiVersion: v1` and `kind: Secret`")
}

pub(crate) fn renamed(key: &str) -> Diagnostic {
    diagnostic!(YAML_PLAIN, "this key becomes {}", code(key))
        .note(
            "YAML reads `yes`, `no`, `on`, `off`, `y`, `n`, `true` and numbers without quotes as \
             something else than text, keys too",
        )
        .help("put the key into double quotes")
}

pub(crate) fn null_word(key: &str) -> Diagnostic {
    diagnostic!(YAML_PLAIN, "the value of {} becomes empty", code(key))
        .note("without quotes YAML reads `null` as nothing")
        .help("if nothing is meant, write `\"\"`; otherwise put `null` into double quotes")
}

/// Most bytes that the API server reads of a request: `MaxRequestBodyBytes` in
/// `k8s.io/apiserver/pkg/server/config.go`.
pub(crate) const BODY_MAX: usize = 3 * 1024 * 1024;

pub(crate) fn body_too_large(bytes: usize) -> Diagnostic {
    diagnostic!(
        TOO_MUCH_DATA,
        "the manifest has {} as JSON, and {} are read",
        plural(bytes, "byte"),
        plural(BODY_MAX, "byte")
    )
    .help("split the data into several Secrets, or keep large files out of Secrets")
}
