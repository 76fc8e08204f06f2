//! The sentences for manifests that the API server could not even decode.

use super::body_size::BODY_MAX;
use super::decode::{Map, Null};
use super::fault::{DecodeFault, DecodeFaultKind, Remedy};
use super::node::JsonNode;
use super::objects::{HasTypeMeta, Misnomer, Place};
use super::yaml::YamlFaultKind;
use crate::check::content::messages::{NOT_DECRYPTED, NOT_REPLACED};
use crate::content::Content;
use crate::diag::phrases::{code, one_of, plural};
use crate::diag::{Diagnostic, Fix, codes, diagnostic};
use crate::go::base64::Base64Fault;
use crate::go::json::JsonFault;
use crate::structure::messages::bad_base64;

pub(crate) struct LabeledDiagnostic {
    pub diagnostic: Diagnostic,
    pub label: String,
}

impl LabeledDiagnostic {
    /// With a repair, which says what the last help says.
    pub(crate) fn with_fix(mut self, fix: Fix) -> Self {
        self.diagnostic.helps.pop();
        self.diagnostic.fixes.push(fix);
        if self.diagnostic.code == &codes::UNKNOWN_FIELD {
            self.label = "unknown field".to_owned();
        }
        self
    }

    fn new(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, label: String::new() }
    }
}

pub(crate) fn decode(fault: &DecodeFault) -> LabeledDiagnostic {
    let field = code(&fault.path);
    match &fault.kind {
        DecodeFaultKind::Unknown { parent, name, remedy, object } => {
            unknown(parent, name, remedy, *object)
        }
        DecodeFaultKind::Duplicate { .. } => LabeledDiagnostic {
            diagnostic: diagnostic!(DUPLICATE_FIELD, "the field {field} stands there twice")
                .note("the API server refuses that; kubectl sends the last of them without a word")
                .help("remove one"),
            label: "the second".to_owned(),
        },
        DecodeFaultKind::Type { wanted, found, quotes } => {
            let subject = if fault.path.is_empty() { "the manifest".to_owned() } else { field };
            let diagnostic = diagnostic!(FIELD_TYPE, "{subject} is {found}, not {wanted}");
            let is_text = ["stringData.", "metadata.annotations."]
                .iter()
                .any(|parent| fault.path.starts_with(parent));
            LabeledDiagnostic::new(match (quotes, *wanted) {
                (true, "a base64 string") => diagnostic
                    .note(
                        "YAML reads some words and numbers without quotes as something else than \
                         text",
                    )
                    .help(
                        "if it is base64, put it into double quotes; if it is the value itself, do \
                         so under `stringData`",
                    ),
                (true, _) => diagnostic
                    .note(
                        "YAML reads `yes`, `no`, `on`, `off`, `y`, `n`, `true`, `null` and numbers \
                         without quotes as something else than text",
                    )
                    .help("put it into double quotes"),
                (false, "a base64 string") => {
                    diagnostic.help("write base64 here, or the text itself under `stringData`")
                }
                (false, "a string") if ["a number", "a boolean"].contains(found) => {
                    diagnostic.help("write it as text, in double quotes")
                }
                (false, "a string") if is_text => diagnostic
                    .help("write text; a structure goes into one string, for example behind `|`"),
                (_, "a boolean") => diagnostic.help("write `true` or `false`, without quotes"),
                (_, "an integer") => diagnostic.help("write a whole number, without quotes"),
                (_, "a time") => diagnostic.help("leave it out: the server sets it"),
                (_, "a list") => diagnostic.help("write its items behind `- `, a line each"),
                (_, "a number from 0 to 255") => diagnostic
                    .help("write base64 in double quotes, or the text itself under `stringData`"),
                (_, "an object" | "an object of strings" | "an object of base64 strings") => {
                    diagnostic
                        .help("write its fields on lines of their own, `NAME: VALUE`, indented")
                }
                _ => diagnostic.help("write it as one text"),
            })
        }
        DecodeFaultKind::Time => LabeledDiagnostic::new(
            diagnostic!(FIELD_TYPE, "{field} is not a valid timestamp")
                .help("leave it out: the server sets it"),
        ),
        DecodeFaultKind::Byte => LabeledDiagnostic::new(
            diagnostic!(FIELD_TYPE, "{field} is a list with a number that is not a byte")
                .help("write base64 in double quotes, or the text itself under `stringData`"),
        ),
        DecodeFaultKind::Base64(fault) => LabeledDiagnostic::new(base64(&field, fault)),
        DecodeFaultKind::StandIn(content) => LabeledDiagnostic::new(stand_in(&field, *content)),
    }
}

fn unknown(parent: &str, name: &str, remedy: &Remedy, object: bool) -> LabeledDiagnostic {
    let of = if parent.is_empty() { "a Secret".to_owned() } else { code(parent) };
    let why = match remedy.is_of_case(name) {
        true => {
            "the API server refuses fields that it does not know, and upper and lower case count"
        }
        false => "the API server refuses fields that it does not know",
    };
    let diagnostic = diagnostic!(UNKNOWN_FIELD, "{of} has no field {}", code(name)).note(why);
    let help = match remedy {
        Remedy::Rename(near) => {
            return LabeledDiagnostic {
                diagnostic,
                label: format!("did you mean {}?", code(near)),
            };
        }
        Remedy::Merge(near) if object => {
            format!("move what stands under it to {}, which is there too", code(near))
        }
        Remedy::Merge(near) => format!("remove it: {} is there too", code(near)),
        Remedy::IntoMetadata => format!("write it under `metadata`: {} belongs there", code(name)),
        Remedy::OutOfMetadata => {
            format!("write it beside `metadata`, not under it: indent {} less", code(name))
        }
        Remedy::Nest { object, name } => {
            format!(
                "a dot leads into no object: write {} on a line under {}, indented",
                code(name),
                code(object)
            )
        }
        Remedy::Remove(_) if parent.is_empty() && (name == "spec" || name == "sops") => {
            "remove it, or decrypt the file first".to_owned()
        }
        Remedy::Remove(known) => format!("remove it; fields here are {}", one_of(known)),
    };
    LabeledDiagnostic::new(diagnostic.help(help))
}

/// Base64 is wrapped after 64 characters at the earliest; a text has a blank before that.
const WRAPPED: usize = 64;

fn base64(field: &str, fault: &Base64Fault) -> Diagnostic {
    let mut diagnostic = bad_base64(field, fault);
    let text =
        "write the text itself under `stringData`, or encode it: `printf %s VALUE | base64 -w0`";
    let perhaps_text = "if it is not encoded at all, write the text itself under `stringData`";
    match fault {
        // A character that base64 does not have is most often that of a text that is not encoded.
        Base64Fault::Foreign { .. } | Base64Fault::Truncated => {
            diagnostic.helps = vec![text.to_owned()]
        }
        Base64Fault::Blank { offset: 0..WRAPPED } => {
            diagnostic.helps = vec![
                format!("it looks like text that is not encoded: {text}"),
                "if it is base64, remove blanks and tabs; line breaks may stay".to_owned(),
            ];
        }
        Base64Fault::Blank { .. } => {
            diagnostic.helps = vec![
                "write base64 of several lines behind `|`: elsewhere YAML makes blanks of its line \
                 breaks".to_owned(),
                perhaps_text.to_owned(),
            ];
        }
        // So is one with a dash in it, which looks like the other alphabet, and one with a `=` in
        // the middle.
        Base64Fault::UrlSafe { .. }
        | Base64Fault::AfterPadding { .. }
        | Base64Fault::MissingPadding { .. } => {
            diagnostic.helps.insert(0, perhaps_text.to_owned());
        }
    }
    diagnostic
}

/// A value of `data` that is not base64, and would not be of use if it were.
fn stand_in(field: &str, content: Content) -> Diagnostic {
    let error = |what: &str| diagnostic!(BAD_BASE64, "{field} is {what}, which is not base64");
    match content {
        Content::Placeholder => error("a placeholder")
            .note(NOT_REPLACED)
            .help("replace it with the base64 of the real value, or use `stringData` for text"),
        Content::Sops => error("encrypted with SOPS")
            .note(NOT_DECRYPTED)
            .help("decrypt the file first: `sops decrypt FILE`"),
        _ => error("encrypted with age")
            .note(NOT_DECRYPTED)
            .help("decrypt it first: `age -d -i IDENTITY FILE`"),
    }
}

/// A Secret that SOPS encrypted as a whole.
pub(crate) fn sops_manifest() -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(SOPS_ENCRYPTED, "the manifest is encrypted with SOPS")
            .note("the API server refuses `sops` and the encrypted values")
            .help("decrypt it first: `sops decrypt FILE | mintage check --manifests -`"),
    )
}

/// Another object where only Secrets are wanted.
pub(crate) fn not_a_secret() -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(MANIFEST_KIND, "the object is not a Secret")
            .note("`--strict` accepts nothing but Secrets")
            .help("remove it from the folder, or run without `--strict`"),
    )
}

/// A text that is not YAML.
pub(crate) fn yaml(kind: YamlFaultKind) -> LabeledDiagnostic {
    let error = |message: &str| diagnostic!(MANIFEST_SYNTAX, "{message}");
    LabeledDiagnostic::new(match kind {
        YamlFaultKind::Syntax => error("not YAML: this does not fit the lines before it").help(
            "look at the indentation, at quotes that are not closed, and at `: ` inside of \
                 text without quotes",
        ),
        YamlFaultKind::Colon => error("not YAML: a `: ` where none may stand").help(
            "put text that has `: ` in it into quotes; if none is meant, look at the indentation",
        ),
        YamlFaultKind::FlowColon => error("a `:` right before `,`, `]` or `}`")
            .note("without a blank behind it, kubectl makes it a part of the text")
            .help(
                "write a blank behind the `:`; if it belongs to the text, put the text into quotes",
            ),
        YamlFaultKind::FlowQuestion => {
            error("a `?` in a text without quotes, inside of `{}` or `[]`")
                .note("to kubectl a key begins there, which makes no YAML of this")
                .help("put the text into quotes")
        }
        YamlFaultKind::Quote => {
            error("not YAML: a quote is not closed").help("look for the `\"` or `'` that opened it")
        }
        YamlFaultKind::Start => {
            error("not YAML: a text without quotes can't begin with this character")
                .help("put the text into quotes")
        }
        YamlFaultKind::Anchor => error("an alias of an anchor that is not there")
            .help("write `&NAME` before the value that is meant, above this line"),
        YamlFaultKind::Tab => {
            error("not YAML: a tab where only blanks may stand").help("indent with blanks")
        }
        YamlFaultKind::ControlCharacter(c) => {
            error(&format!("not YAML: the control character U+{:04X}", u32::from(c)))
                .help("inside double quotes write it as `\\xNN` or `\\uNNNN`")
        }
        YamlFaultKind::Directive => error("a `%` directive")
            .note("kubectl cuts its input at `---`, which leaves none complete")
            .help("remove it"),
        YamlFaultKind::Aliases => {
            error("aliases make too much of this document").help("write the values out")
        }
        YamlFaultKind::Key(class) => error(&format!("a key that is {class}"))
            .note("manifests become JSON, in which keys are strings")
            .help(
                "put the key into double quotes; a template such as `{{ x }}` has to be rendered \
                 first",
            ),
        YamlFaultKind::Number => error("a number that JSON does not have")
            .help("if it is a text, put it into double quotes"),
        YamlFaultKind::Merge => error("a merge key `<<` with something else than an object")
            .help("write `<<: *ANCHOR` of an object, or remove it"),
        YamlFaultKind::Tag => error("a value that its tag does not fit")
            .help("remove the tag, and put text into double quotes"),
        YamlFaultKind::TooDeep => error("lists and objects are nested too deeply")
            .help("write them flatter: no manifest needs more than 200 levels"),
    })
}

pub(crate) fn json(fault: &JsonFault) -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(
            MANIFEST_SYNTAX,
            "not JSON: {}",
            crate::check::registry::messages::json_problem(fault.problem)
        )
        .help("write double quotes around all keys and strings, and no comma after the last"),
    )
}

/// A line that starts with `---` and goes on.
pub(crate) fn bad_separator() -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(MANIFEST_SYNTAX, "a line starts with `---` and goes on")
            .note(
                "kubectl cuts its input at such lines, also inside of quotes, and takes nothing \
                 but a comment behind the dashes",
            )
            .help("write `---` on a line of its own; inside of a text, indent the line"),
    )
}

/// Why a kind that is nearly right is not.
const LETTERS: &str = "the API server compares kinds letter by letter";

/// An object that no server takes for a Secret, because of what stands at a node.
pub(crate) fn misnamed(misnomer: Misnomer, at: &JsonNode<'_>) -> LabeledDiagnostic {
    let found = |message: String| diagnostic!(MANIFEST_KIND, "{message}");
    let said = code(&at.name().unwrap_or_default());
    LabeledDiagnostic::new(match misnomer {
        Misnomer::Kind => {
            found(format!("there is no kind {said}")).note(LETTERS).help("write `kind: Secret`")
        }
        Misnomer::ListKind => {
            found(format!("there is no kind {said}")).note(LETTERS).help("write `kind: SecretList`")
        }
        Misnomer::ApiVersion => {
            found(format!("there is no kind `Secret` in the `apiVersion` {said}"))
                .help("write `apiVersion: v1`")
        }
        Misnomer::NotText => {
            found(format!("`kind` and `apiVersion` are strings, and this is {}", at.class()))
                .help("write `apiVersion: v1` and `kind: Secret`")
        }
    })
}

pub(crate) fn not_an_object(class: &str, place: Place) -> LabeledDiagnostic {
    let subject = match place {
        Place::Document => "the document",
        Place::Item => "an item of the list",
    };
    LabeledDiagnostic::new(
        diagnostic!(MANIFEST_KIND, "{subject} is {class}, not a manifest")
            .help("write an object: it begins with `apiVersion: v1` and `kind: Secret`"),
    )
}

pub(crate) fn bad_items(class: &str) -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(MANIFEST_KIND, "the `items` of a list are {class}, not a list")
            .help("write each manifest behind `- `, or as a document of its own behind `---`"),
    )
}

pub(crate) fn nested_list() -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(MANIFEST_KIND, "a list inside of a list")
            .note("kubectl opens a list once, and gives up at an item that is a list itself")
            .help(
                "move its items into the outer list, or write them as documents of their own \
                 behind `---`",
            ),
    )
}

/// A Secret that does not say what it is: the server knows from the request, kubectl does not.
pub(crate) fn type_meta(said: HasTypeMeta) -> LabeledDiagnostic {
    let (missing, help) = match (said.kind, said.api_version) {
        (true, _) => ("`apiVersion`", "write `apiVersion: v1`"),
        (_, true) => ("`kind`", "write `kind: Secret`"),
        _ => ("`kind` and `apiVersion`", "write `apiVersion: v1` and `kind: Secret`"),
    };
    LabeledDiagnostic::new(
        diagnostic!(TYPE_META, "a Secret without {missing}")
            .note(
                "the API server fills in what is missing on a create; kubectl, kustomize and \
                 server-side apply refuse such a manifest",
            )
            .help(help),
    )
}

pub(crate) fn renamed(key: &str) -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(YAML_PLAIN, "this key becomes {}", code(key))
            .note(
                "YAML reads `yes`, `no`, `on`, `off`, `y`, `n`, `true` and numbers without quotes \
                 as something else than text, keys too",
            )
            .help("put the key into double quotes"),
    )
}

pub(crate) fn null_word(null: &Null) -> LabeledDiagnostic {
    let key = code(&null.key);
    let whose = match null.map {
        Map::Data | Map::StringData => key,
        Map::Labels => format!("the label {key}"),
        Map::Annotations => format!("the annotation {key}"),
    };
    let diagnostic = diagnostic!(YAML_PLAIN, "the value of {whose} becomes empty");
    LabeledDiagnostic::new(match null.map {
        Map::StringData | Map::Labels | Map::Annotations => diagnostic
            .note(
                "without quotes YAML reads `null` as nothing, of which the API server makes an \
                 empty text, and nobody says so",
            )
            .help("if nothing is meant, write `\"\"`; if the word is meant, write `\"null\"`"),
        Map::Data => diagnostic
            .note(
                "`null` is base64 of three bytes, but without quotes YAML reads it as nothing, and \
                 nobody says so",
            )
            .help("if nothing is meant, write `\"\"`; if it is base64, put it into double quotes"),
    })
}

/// A request that the server does not read to its end.
pub(crate) fn body_too_large(bytes: usize) -> LabeledDiagnostic {
    LabeledDiagnostic::new(
        diagnostic!(
            TOO_MUCH_DATA,
            "the manifest has {} as JSON, and {} are read",
            plural(bytes, "byte"),
            plural(BODY_MAX, "byte")
        )
        .help("split the data into several Secrets, or keep large files out of Secrets"),
    )
}
