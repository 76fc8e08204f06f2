//! The sentences for manifests that the API server could not even decode.

use super::fault::{DecodeFault, DecodeFaultKind, Remedy};
use super::{node::JsonNode, yaml::YamlFaultKind};
use crate::check::content::messages::{NOT_DECRYPTED, NOT_REPLACED};
use crate::check::registry::messages::json_problem;
use crate::content::{Content, conflict::RESOLVE};
use crate::diag::phrases::{code, plural};
use crate::diag::{Cause, Diagnostic, diagnostic};
use crate::go::base64::Base64Fault;
use crate::go::json::{JsonFault, JsonProblem};
use crate::structure::messages::bad_base64;

pub(crate) fn decode(fault: &DecodeFault) -> Diagnostic {
    let field = code(&fault.path);
    match &fault.kind {
        DecodeFaultKind::Unknown { parent, name, remedy, .. } => unknown(parent, name, remedy),
        DecodeFaultKind::Duplicate { .. } => {
            diagnostic!(DUPLICATE_FIELD, "the field {field} is set twice")
                .note(
                    "the API server rejects duplicate fields; kubectl silently sends only the last \
                     one",
                )
                .help("remove one")
        }
        DecodeFaultKind::Type { wanted, found, quotes } => {
            let what = if fault.path.is_empty() { "the manifest" } else { &field };
            let diagnostic = diagnostic!(FIELD_TYPE, "{what} is {found}, not {wanted}");
            if *quotes { unquoted(diagnostic, wanted) } else { diagnostic.help(write(wanted)) }
        }
        DecodeFaultKind::Byte => {
            diagnostic!(FIELD_TYPE, "{field} is a list with an item that is not a byte")
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
            "without quotes, YAML does not read `yes`, `no`, `on`, `off`, `y`, `n`, `true`, `null` \
             and numbers as strings",
        )
        .help(match wanted {
            "a base64 string" => {
                "put it in double quotes if it is base64, or move it to `stringData` in double \
                 quotes if it is not"
            }
            _ => "put it in double quotes",
        })
}

fn write(wanted: &str) -> &'static str {
    match wanted {
        "a base64 string" => {
            "write base64 in double quotes, or move the value to `stringData` as plain text"
        }
        "a boolean" => "write `true` or `false`, without quotes",
        "an integer" => "write a whole number, without quotes",
        "a timestamp" => "remove it: the server sets it",
        "a list" => "write each item on its own line, after `- `",
        "a string" => "write it as a string, in double quotes or in a `|` block",
        _ => "write each field on its own indented line: `NAME: VALUE`",
    }
}

fn unknown(parent: &str, name: &str, remedy: &Remedy) -> Diagnostic {
    let of = if parent.is_empty() { "a Secret".to_owned() } else { code(parent) };
    let diagnostic = diagnostic!(UNKNOWN_FIELD, "{of} has no field {}", code(name))
        .note("the API server rejects unknown fields, and field names are case-sensitive");
    match remedy {
        // Said by the fix.
        Remedy::Rename(_) => diagnostic,
        Remedy::Help(help) => diagnostic.help(help),
    }
}

/// Base64 is wrapped after 64 characters at the earliest; a text has a blank before that.
const WRAPPED: usize = 64;

fn base64(field: &str, fault: &Base64Fault) -> Diagnostic {
    let mut diagnostic = bad_base64(field, fault);
    let perhaps_text = "move it to `stringData` if it is not encoded".to_owned();
    match fault {
        Base64Fault::Blank { offset: WRAPPED.. } => {
            let lines = "use a `|` block for multi-line base64: other styles turn line breaks into \
                spaces";
            diagnostic.helps = vec![lines.to_owned(), perhaps_text];
        }
        // A character that base64 does not have is most often that of a text that is not encoded.
        Base64Fault::Foreign { .. } | Base64Fault::Truncated => {
            diagnostic.helps = vec![
                "move the value to `stringData` as plain text, or encode it: `printf %s VALUE | \
                 base64 -w0`"
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

fn stand_in(field: &str, content: Content) -> Diagnostic {
    let (what, why, help) = match content {
        Content::Placeholder => (
            "a placeholder",
            NOT_REPLACED,
            "replace it with the base64 of the real value, or use `stringData` for plain text",
        ),
        Content::Sops => {
            ("encrypted with SOPS", NOT_DECRYPTED, "decrypt the file first: `sops decrypt FILE`")
        }
        _ => ("encrypted with age", NOT_DECRYPTED, "decrypt it first: `mintage decrypt FILE`"),
    };
    diagnostic!(BAD_BASE64, "{field} must be base64, but is {what}").note(why).help(help)
}

pub(crate) fn sops_manifest() -> Diagnostic {
    diagnostic!(SOPS_ENCRYPTED, "the manifest is encrypted with SOPS")
        .note("the API server rejects `sops` and the encrypted values")
        .help(
            "decrypt it first with `sops decrypt FILE`, and pipe it into the same command with `-` \
             instead of the file",
        )
}

pub(crate) fn not_a_secret() -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "the object is not a Secret")
        .note("`--strict` accepts only Secrets")
        .help("remove it from the folder, or run without `--strict`")
}

pub(crate) fn nothing() -> Diagnostic {
    let mut diagnostic =
        diagnostic!(NAME, "the manifest is empty").help("write a Secret, or remove the document");
    diagnostic.causes.push(Cause { field: "metadata.name".into(), reason: "FieldValueRequired" });
    diagnostic
}

pub(crate) fn yaml(kind: YamlFaultKind) -> Diagnostic {
    let quote = "put the string in quotes";
    let (message, help) = match kind {
        YamlFaultKind::ControlCharacter(c) => {
            let message = format!("not YAML: the control character U+{:04X}", u32::from(c));
            return diagnostic!(MANIFEST_SYNTAX, "{message}")
                .help("write it as `\\xNN` or `\\uNNNN` inside double quotes");
        }
        YamlFaultKind::Key(class) => {
            return diagnostic!(MANIFEST_SYNTAX, "a key can't be {class}")
                .note("manifests are converted to JSON, where keys are strings")
                .help("put the key in double quotes, or render the template first if this is one");
        }
        YamlFaultKind::Syntax => (
            "not YAML: this does not match the lines before it",
            "check the indentation, and look for unclosed quotes and for `: ` in unquoted text",
        ),
        YamlFaultKind::Colon => (
            "not YAML: unexpected `: `",
            "put strings that contain `: ` in quotes, or check the indentation",
        ),
        YamlFaultKind::FlowColon => (
            "no space between `:` and `,`, `]` or `}`",
            "add a space after the `:`, or put the string in quotes if the `:` belongs to it",
        ),
        YamlFaultKind::FlowQuestion => ("unquoted `?` inside `{}` or `[]`", quote),
        YamlFaultKind::Quote => {
            ("not YAML: a quote is not closed", "look for the `\"` or `'` that opened it")
        }
        YamlFaultKind::Start => {
            ("not YAML: an unquoted string can't start with this character", quote)
        }
        YamlFaultKind::Anchor => (
            "the alias refers to an undefined anchor",
            "define the anchor above this line: write `&NAME` before its value",
        ),
        YamlFaultKind::Tab => ("not YAML: a tab in the indentation", "indent with spaces"),
        YamlFaultKind::Directive => {
            ("`%` directives are not allowed", "remove it: kubectl can't read directives")
        }
        YamlFaultKind::Aliases => ("too many aliases", "write the values out"),
        YamlFaultKind::Number => {
            ("JSON can't represent this number", "put it in double quotes if it is a string")
        }
        YamlFaultKind::Merge => (
            "the value of the merge key `<<` is not an object",
            "write `<<: *ANCHOR`, where the anchor is an object, or remove it",
        ),
        YamlFaultKind::Tag => {
            ("the value does not match its tag", "remove the tag, and put strings in quotes")
        }
        YamlFaultKind::TooDeep => {
            ("lists and objects are nested more than 200 deep", "reduce the nesting")
        }
    };
    diagnostic!(MANIFEST_SYNTAX, "{message}").help(help)
}

pub(crate) fn json(fault: &JsonFault) -> Diagnostic {
    diagnostic!(MANIFEST_SYNTAX, "not JSON: {}", json_problem(fault.problem)).help(
        match fault.problem {
            JsonProblem::EndsBefore(_) => "close every `{` and `[`",
            _ => "write double quotes around all keys and strings, and no comma after the last",
        },
    )
}

pub(crate) fn conflict() -> Diagnostic {
    diagnostic!(MANIFEST_SYNTAX, "the file has an unresolved merge conflict").help(RESOLVE)
}

pub(crate) fn bad_separator() -> Diagnostic {
    diagnostic!(MANIFEST_SYNTAX, "text follows `---` on the same line")
        .note(
            "kubectl splits its input at such lines, even inside quotes, and allows only a comment \
             after the dashes",
        )
        .help("write `---` on its own line, or indent the line if it is inside a string")
}

/// What stands for the `kind` or `apiVersion` of a Secret, and what it should be.
pub(crate) fn misnamed(at: &JsonNode<'_>, right: &str) -> Diagnostic {
    let said = at.name().map_or(at.class().to_owned(), |name| code(&name));
    diagnostic!(MANIFEST_KIND, "{said} is not the kind or version of a Secret")
        .note("both are case-sensitive")
        .help(format!("write `{right}`"))
}

pub(crate) fn not_an_object(what: &str, class: &str) -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "{what} is {class}, not a manifest")
        .help("write an object that starts with `apiVersion: v1` and `kind: Secret`")
}

pub(crate) fn bad_items(class: &str) -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "`items` must be a list, not {class}")
        .help("start each manifest with `- `, or write it as a separate document after `---`")
}

pub(crate) fn nested_list() -> Diagnostic {
    diagnostic!(MANIFEST_KIND, "a List can't contain another List")
        .note("kubectl unpacks only one level of lists, and fails at a nested one")
        .help("move its items to the outer list, or write each as a separate document after `---`")
}

/// A Secret that does not say what it is: the server knows from the request, kubectl does not.
pub(crate) fn type_meta() -> Diagnostic {
    diagnostic!(TYPE_META, "the Secret has no `apiVersion` or no `kind`")
        .note(
            "the API server adds them on creation, but kubectl, kustomize and server-side apply \
             reject the manifest",
        )
        .help("write both: `apiVersion: v1` and `kind: Secret`")
}

pub(crate) fn renamed(key: &str) -> Diagnostic {
    diagnostic!(YAML_PLAIN, "YAML reads this key as {}", code(key))
        .note(
            "without quotes, YAML does not read `yes`, `no`, `on`, `off`, `y`, `n`, `true` and \
             numbers as strings, even in keys",
        )
        .help("put the key in double quotes")
}

pub(crate) fn null_word(key: &str) -> Diagnostic {
    diagnostic!(YAML_PLAIN, "the value of {} becomes an empty string", code(key))
        .note("YAML reads an unquoted `null` as no value")
        .help("write `\"\"` for an empty value, or put `null` in double quotes")
}

/// Most bytes that the API server reads of a request: `MaxRequestBodyBytes` in
/// `k8s.io/apiserver/pkg/server/config.go`.
pub(crate) const BODY_MAX: usize = 3 * 1024 * 1024;

pub(crate) fn body_too_large(bytes: usize) -> Diagnostic {
    diagnostic!(
        TOO_MUCH_DATA,
        "the manifest is {} as JSON; the limit is {}",
        plural(bytes, "byte"),
        plural(BODY_MAX, "byte")
    )
    .help("split the data into several Secrets, or keep large files out of Secrets")
}
