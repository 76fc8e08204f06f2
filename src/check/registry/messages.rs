//! The sentences for registry credentials. Keys of registries are told only where they stand in the
//! spec.

use super::decode::{DockerFault, DockerForm};
use super::server::{HUB_KEY, NeverUsed, Reason};
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::json::{JsonFault, JsonProblem, JsonShape};
use crate::secret::kind::{DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY};

/// The repair where a key has a right spelling.
pub(crate) fn edit(right: &str) -> String {
    let hub = if right == HUB_KEY { " for Docker Hub" } else { "" };
    format!("write {}{hub}", code(right))
}

/// Where the key may be told and a repair is certain, that is for [`edit`] to say.
pub(crate) fn never(name: &str, never: &NeverUsed, is_told: bool) -> Diagnostic {
    let (why, help) = reason(never.reason);
    let found = diagnostic!(REGISTRY_SERVER, "the kubelet never uses the credentials of {name}");
    let found = found.note(why);
    match never.right.as_ref().filter(|_| is_told) {
        None => found.help(help),
        Some(_) if never.certain().is_some() => found,
        Some(right) => found.help(format!("{}, if that is what is meant", edit(right))),
    }
}

/// Why a key is never used, and how to find the right one where it can't be told.
fn reason(reason: Reason) -> (&'static str, &'static str) {
    let host = "write the host as images name it, such as `ghcr.io` or `registry.example.com:5000`";
    match reason {
        Reason::Hub => (
            "images of Docker Hub are `docker.io/...` to the kubelet, whatever host serves them",
            "write `https://index.docker.io/v1/` for all of Docker Hub, or \
             `docker.io/ORGANISATION/` for a part",
        ),
        Reason::ApiPath => (
            "`/v1/` and `/v2/` stand for the whole registry only with the slash at their end",
            "write the host alone, such as `ghcr.io`, or `https://index.docker.io/v1/` for Docker \
             Hub",
        ),
        Reason::Wildcard => (
            "`*` stands for exactly one part of a host between two dots, and is the only wildcard",
            "write a `*` for each part that may vary, such as `*.example.com`, or an entry for \
             each registry",
        ),
        Reason::Port => (
            "the port has to be the one that images name, as a number; images don't name `:443`",
            host,
        ),
        Reason::BareWord => (
            "an image that begins with such a word is one of Docker Hub: a host has a dot or a \
             port, or is `localhost`",
            host,
        ),
        Reason::Path => (
            "a path is compared from its beginning, byte for byte, and images have no wildcard, \
             tag or empty part there",
            "write the path without tag or wildcard, such as `ghcr.io/acme/`",
        ),
        Reason::Spelling => (
            "the kubelet compares it with the names of images, which begin with a host, in lower \
             case, without white space; only `https://` or `http://` may stand before it",
            host,
        ),
    }
}

pub(crate) fn too_wide(name: &str, is_told: bool) -> Diagnostic {
    let found = diagnostic!(
        REGISTRY_PREFIX,
        "the credentials of {name} are for more than one organisation"
    )
    .note(
        "a path is compared from its beginning, byte for byte: `acme` is the beginning of \
         `acme-test/app` too",
    );
    if is_told { found } else { found.help("end the path with a slash: `ghcr.io/acme/`") }
}

pub(crate) fn anyones(name: &str) -> Diagnostic {
    diagnostic!(REGISTRY_PREFIX, "the credentials of {name} match hosts of any owner")
        .note(
            "a `*` stands for any part of a host between dots: `*.io` is `ghcr.io`, `quay.io`, and \
             any domain that someone registers",
        )
        .note("the owner of a host that an image names receives the user name and the password")
        .help(
            "name each host, or put the `*` before a domain of one owner, such as \
             `*.registry.example.com`",
        )
}

pub(crate) fn same(first: &str, second: &str) -> Diagnostic {
    diagnostic!(REGISTRY_DUPLICATE, "{first} and {second} are one registry to the kubelet")
        .note("it does not say which of the two it uses first, or whether it uses both")
        .help("keep the entry whose credentials are right, and remove the other")
}

pub(crate) fn repeated(dropped: usize, kept: usize, key: &str) -> Diagnostic {
    let (dropped, kept) = (number(dropped), number(kept));
    diagnostic!(
        REGISTRY_DUPLICATE,
        "registries {dropped} and {kept} in {} have the same name",
        code(key)
    )
    .note("of equal keys in JSON the last counts; the first is dropped without a word")
    .help("remove one")
}

/// The finding for a fault in a value of this form, without a place.
pub(crate) fn credentials(fault: DockerFault, form: DockerForm) -> Diagnostic {
    let (config, cfg) =
        ((DOCKER_CONFIG_JSON_KEY, DOCKER_CONFIG_JSON), (DOCKER_CFG_KEY, DOCKER_CFG));
    let ((key, _), (other_key, other_type), example) = match form {
        DockerForm::ConfigJson => {
            (config, cfg, r#"{"auths": {"ghcr.io": {"username": "...", "password": "..."}}}"#)
        }
        DockerForm::Cfg => (cfg, config, r#"{"ghcr.io": {"username": "...", "password": "..."}}"#),
    };
    let key = code(key);
    let registry = |index: usize| format!("registry {} in {key}", number(index));
    let (message, help) = match fault {
        DockerFault::NoRegistry { .. } => (
            format!("{key} holds no registry"),
            format!("give it at least one registry: `{example}`"),
        ),
        DockerFault::OtherForm => (
            format!("{key} has the form of {}", code(other_key)),
            format!("write `{example}`, or make it a Secret of type {}", code(other_type)),
        ),
        DockerFault::AuthsShape(shape) => (
            format!("`auths` in {key} is {}, not an object", shape_name(shape)),
            "write `\"auths\": {\"REGISTRY\": {...}}`".to_owned(),
        ),
        DockerFault::HeadersShape => (
            format!("`HttpHeaders` in {key} is not an object of strings"),
            "leave `HttpHeaders` out: it is for the machine that the file comes from".to_owned(),
        ),
        DockerFault::NoCredentials { .. } => (
            format!("{key} holds registries, but nothing to log in with"),
            "write `username` and `password`, or `auth`, into the entry of each registry"
                .to_owned(),
        ),
        DockerFault::Entry { number, field: None, found } => (
            format!("{} is {}, not an object", registry(number), shape_name(found)),
            "write `{\"username\": \"...\", \"password\": \"...\"}` for it".to_owned(),
        ),
        DockerFault::Entry { number, field: Some(field), found } => (
            format!("`{field}` of {} is {}, not a string", registry(number), shape_name(found)),
            "put it in double quotes, or leave it out".to_owned(),
        ),
        DockerFault::Auth { number } => (
            format!("`auth` of {} is not base64 of `USERNAME:PASSWORD`", registry(number)),
            "encode it anew, or write `username` and `password` instead".to_owned(),
        ),
    };
    let found = diagnostic!(DOCKER_CONFIG, "{message}").help(help);
    match fault {
        DockerFault::NoRegistry { helpers: true }
        | DockerFault::NoCredentials { helpers: true } => found.note(
            "`credsStore` and `credHelpers` name programs of the machine that the file comes from; \
             the kubelet does not run them",
        ),
        _ if fault.breaks_kubelet() => found
            .note("the kubelet drops all pull secrets of the Pod for this, not only this entry"),
        _ => found,
    }
}

/// The finding for a value that the API server does not take as JSON.
pub(crate) fn not_json(type_: &str, key: &str, fault: &JsonFault) -> Diagnostic {
    let key = code(key);
    let message = match fault.problem {
        JsonProblem::Blank => format!("{key} is empty"),
        JsonProblem::NotAnObject(shape) => {
            format!("{key} is {}, not a JSON object", shape_name(shape))
        }
        problem => {
            let (line, column) = (number(fault.line), number(fault.column));
            format!("{key} is not JSON: {} at line {line}, byte {column}", json_problem(problem))
        }
    };
    diagnostic!(DOCKER_CONFIG, "{message}")
        .note(format!(
            "the API server takes only a JSON object here, in a Secret of type {}",
            code(type_)
        ))
        .help(match fault.problem {
            JsonProblem::ByteOrderMark | JsonProblem::Utf16 => {
                "save its source as UTF-8 without a byte order mark"
            }
            JsonProblem::Blank | JsonProblem::NotAnObject(_) => {
                "check what the source of this value holds"
            }
            _ => {
                "JSON has double quotes around all keys and strings, and no comma after the last; \
                 if it is base64, decode it first: `decode = \"base64\"` in a spec"
            }
        })
}

fn shape_name(shape: JsonShape) -> &'static str {
    match shape {
        JsonShape::Object => "an object",
        JsonShape::Array => "an array",
        JsonShape::String => "a string",
        JsonShape::Number => "a number",
        JsonShape::Bool => "a boolean",
        JsonShape::Null => "`null`",
    }
}

/// The problem, as a noun.
pub(crate) fn json_problem(problem: JsonProblem) -> String {
    let noun = match problem {
        JsonProblem::Expected(expected) => {
            return format!("something else than {expected}");
        }
        JsonProblem::EndsBefore(expected) => {
            return format!("the end, instead of {expected}");
        }
        JsonProblem::Blank => "nothing",
        JsonProblem::ByteOrderMark => "a byte order mark",
        JsonProblem::Utf16 => "UTF-16",
        JsonProblem::ControlCharacter => "a control character in a string",
        JsonProblem::BadEscape => "a `\\` that starts no escape",
        JsonProblem::TooDeep => "a nesting deeper than 10,000",
        JsonProblem::NumberTooLarge => "a number that is too large",
        JsonProblem::NotAnObject(shape) => shape_name(shape),
    };
    noun.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::registry::decode::read;
    use crate::go::json::object;

    #[test]
    fn json_faults_are_told_without_the_text() {
        let message = |text: &str| {
            let fault = object(text.as_bytes()).unwrap_err();
            not_json(DOCKER_CFG, DOCKER_CFG_KEY, &fault).message
        };
        assert_eq!(
            message("{\"a\": 1,\n  \"b\" 2}"),
            "`.dockercfg` is not JSON: something else than `:` at line 2, byte 7"
        );
        assert_eq!(
            message("{\"a\": 1"),
            "`.dockercfg` is not JSON: the end, instead of `,` or `}` at line 1, byte 8"
        );
        assert_eq!(message("[]"), "`.dockercfg` is an array, not a JSON object");
        assert_eq!(message(" \n"), "`.dockercfg` is empty");
    }

    #[test]
    fn no_finding_quotes_the_value() {
        let text = r#"{"hunter2.io":{"auth":"hunter2"},"a":{"username":["hunter2"]},"b":"hunter2","c":{"auth":"aHVudGVyMg=="}}"#;
        let faults = read(text.as_bytes(), DockerForm::Cfg).faults;
        assert_eq!(faults.len(), 4);
        for fault in faults {
            let found = format!("{:?}", credentials(fault, DockerForm::Cfg));
            assert!(!found.contains("hunter2"), "{found}");
        }
    }
}
