//! The sentences for registry credentials that nobody can use. They name entries by number: their names come out of a secret value.

use crate::check::subject::Origin;
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, codes};
use crate::go::json::{Expected, JsonFault, JsonProblem, Shape};
use crate::secret::kind::{DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY};
use super::credentials::{DockerFault, EntryProblem, Form};

/// The finding for a fault in a value of this form, without a place.
pub fn diagnostic(fault: DockerFault, form: Form) -> Diagnostic {
    let (key, _) = names(form);
    let found = |message: String| Diagnostic::new(&codes::DOCKER_CONFIG, message);
    match fault {
        DockerFault::NoRegistry { helpers } => {
            noted(found(format!("{key} holds no registry")), helpers.then_some(HELPERS)).help(match form {
                Form::ConfigJson => {
                    "give it at least one registry: `{\"auths\": {\"ghcr.io\": {\"username\": \"...\", \"password\": \"...\"}}}`"
                }
                Form::Cfg => "give it at least one registry: `{\"ghcr.io\": {\"username\": \"...\", \"password\": \"...\"}}`",
            })
        }
        DockerFault::OtherForm(other) => {
            let (other_key, other_type) = names(other);
            found(format!("{key} has the form of {other_key}"))
                .note(match form {
                    Form::ConfigJson => "here the registries belong under `auths`, and the kubelet looks for them nowhere else",
                    Form::Cfg => "here the registries are at the top, so that the kubelet takes `auths` for the name of one",
                })
                .help(match form {
                    Form::ConfigJson => {
                        format!("put the registries into `{{\"auths\": {{...}}}}`, or make it a Secret of type {other_type}")
                    }
                    Form::Cfg => format!("make it a Secret of type {other_type}"),
                })
        }
        DockerFault::AuthsShape(shape) => found(format!("`auths` in {key} is {}, not an object", shape_name(shape)))
            .note(WHOLE)
            .help("write `\"auths\": {\"REGISTRY\": {...}}`"),
        DockerFault::HeadersShape => found(format!("`HttpHeaders` in {key} is not an object of strings"))
            .note(WHOLE)
            .help("leave `HttpHeaders` out: it is for the machine that the file comes from"),
        DockerFault::NoCredentials { helpers } => {
            noted(found(format!("{key} holds registries, but nothing to log in with")), helpers.then_some(HELPERS))
                .help("write `username` and `password`, or `auth`, into the entry of each registry")
        }
        DockerFault::Entry { number: index, problem } => entry(index, problem, key),
    }
}

/// The finding for a value that the API server does not take as JSON.
pub(crate) fn not_json(type_: &str, key: &str, fault: &JsonFault, origin: Origin) -> Diagnostic {
    let place = format!("line {}, byte {}", number(fault.line), number(fault.column));
    let message = match fault.problem {
        JsonProblem::Blank => format!("{} is empty", code(key)),
        JsonProblem::NotAnObject(shape) => format!("{} is {}, not a JSON object", code(key), shape_name(shape)),
        JsonProblem::NumberTooLarge => format!("{} holds a number that is too large, at {place}", code(key)),
        problem => format!("{} is not JSON: {} at {place}", code(key), json_problem(problem)),
    };
    let help = match fault.problem {
        JsonProblem::ByteOrderMark => "save the file without a byte order mark: as `UTF-8`, not `UTF-8 with BOM`",
        JsonProblem::ControlCharacter => "write line breaks and tabs in strings as `\\n` and `\\t`",
        JsonProblem::Expected(Expected::Key | Expected::KeyOrEnd | Expected::ValueOrEnd | Expected::Value) if fault.offset > 0 => {
            "JSON has double quotes around all keys and strings, and no comma after the last"
        }
        JsonProblem::Expected(Expected::Value | Expected::Word) => match origin {
            Origin::Spec => "if the source is base64, decode it: `decode = \"base64\"`",
            Origin::Manifest => "if it is base64 once more, encode the JSON once only",
        },
        _ => "check what the source of this value holds",
    };
    Diagnostic::new(&codes::DOCKER_CONFIG, message)
        .note(format!("the API server takes only a JSON object here, in a Secret of type {}", code(type_)))
        .help(help)
}

/// Why one fault is worse than it looks.
const WHOLE: &str = "the kubelet drops all pull secrets of the Pod for this, not only this entry";
/// Why credential helpers are no credentials.
const HELPERS: &str = "`credsStore` and `credHelpers` name programs of the machine that the file comes from; the kubelet does not run them";

/// Data key and type of a form, in code quotes.
fn names(form: Form) -> (String, String) {
    let (key, type_) = match form {
        Form::ConfigJson => (DOCKER_CONFIG_JSON_KEY, DOCKER_CONFIG_JSON),
        Form::Cfg => (DOCKER_CFG_KEY, DOCKER_CFG),
    };
    (code(key), code(type_))
}

fn entry(index: usize, problem: EntryProblem, key: String) -> Diagnostic {
    let entry = format!("registry {} in {key}", number(index));
    let (message, help) = match problem {
        EntryProblem::Shape(shape) => {
            (format!("{entry} is {}, not an object", shape_name(shape)), "write `{\"username\": \"...\", \"password\": \"...\"}` for it")
        }
        EntryProblem::Field { field, found } => {
            (format!("{} of {entry} is {}, not a string", code(field), shape_name(found)), "put it in double quotes, or leave it out")
        }
        EntryProblem::AuthBase64 => {
            (format!("`auth` of {entry} is not base64"), "write base64 of `USERNAME:PASSWORD`, or `username` and `password` instead")
        }
        EntryProblem::AuthColon => (
            format!("`auth` of {entry} has no `:` in it once decoded"),
            "write base64 of `USERNAME:PASSWORD`, or `username` and `password` instead",
        ),
    };
    let whole = DockerFault::Entry { number: index, problem }.breaks_kubelet();
    noted(Diagnostic::new(&codes::DOCKER_CONFIG, message), whole.then_some(WHOLE)).help(help)
}

fn noted(found: Diagnostic, note: Option<&str>) -> Diagnostic {
    match note {
        Some(note) => found.note(note),
        None => found,
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Object => "an object",
        Shape::Array => "an array",
        Shape::String => "a string",
        Shape::Number => "a number",
        Shape::Bool => "a boolean",
        Shape::Null => "`null`",
    }
}

/// The problem, as a noun.
pub fn json_problem(problem: JsonProblem) -> String {
    match problem {
        JsonProblem::Blank => "nothing".into(),
        JsonProblem::ByteOrderMark => "a byte order mark".into(),
        JsonProblem::Expected(expected) => format!("something else than {}", expected_name(expected)),
        JsonProblem::EndsBefore(expected) => format!("the end, instead of {}", expected_name(expected)),
        JsonProblem::ControlCharacter => "a control character in a string".into(),
        JsonProblem::BadEscape => "a `\\` that starts no escape".into(),
        JsonProblem::TooDeep => "a nesting deeper than 10,000".into(),
        JsonProblem::NumberTooLarge => "a number that is too large".into(),
        JsonProblem::NotAnObject(shape) => shape_name(shape).into(),
    }
}

fn expected_name(expected: Expected) -> &'static str {
    match expected {
        Expected::Value => "a value",
        Expected::ValueOrEnd => "a value or `]`",
        Expected::Key => "a key in double quotes",
        Expected::KeyOrEnd => "a key in double quotes or `}`",
        Expected::Colon => "`:`",
        Expected::CommaOrBrace => "`,` or `}`",
        Expected::CommaOrBracket => "`,` or `]`",
        Expected::Digit => "a digit",
        Expected::Word => "`true`, `false` or `null`",
        Expected::Quote => "the `\"` that closes a string",
        Expected::End => "the end",
    }
}

#[cfg(test)]
mod tests {
    use crate::check::registry::decode::faults;
    use crate::go::json::object;
    use super::*;

    #[test]
    fn json_faults_are_told_without_the_text() {
        let message = |text: &str| {
            object(text.as_bytes())
                .err()
                .map(|fault| not_json(DOCKER_CFG, DOCKER_CFG_KEY, &fault, Origin::Spec).message)
                .unwrap_or_default()
        };
        assert_eq!(message("{\"a\": 1,\n  \"b\" 2}"), "`.dockercfg` is not JSON: something else than `:` at line 2, byte 7");
        assert_eq!(message("{\"a\": 1"), "`.dockercfg` is not JSON: the end, instead of `,` or `}` at line 1, byte 8");
        assert_eq!(message("[]"), "`.dockercfg` is an array, not a JSON object");
        assert_eq!(message(" \n"), "`.dockercfg` is empty");
    }

    #[test]
    fn no_finding_quotes_the_value() {
        let text = r#"{"hunter2.io":{"auth":"hunter2"},"a":{"username":["hunter2"]},"b":"hunter2","c":{"auth":"aHVudGVyMg=="}}"#;
        let cfg = faults(text.as_bytes(), Form::Cfg);
        assert_eq!(cfg.len(), 4);
        let json = faults(format!("{{\"auths\":{text}}}").as_bytes(), Form::ConfigJson);
        assert_eq!(json, cfg);
        for fault in cfg {
            let found = format!("{:?}", diagnostic(fault, Form::Cfg));
            assert!(!found.contains("hunter2"), "{found}");
        }
    }
}
