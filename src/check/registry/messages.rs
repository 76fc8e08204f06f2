//! The sentences for registry credentials. Keys of registries are told only where they stand in the
//! spec.

use super::decode::{DockerFault, DockerForm};
use super::server::{HUB_KEY, NeverUsed, Reason};
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::json::{JsonFault, JsonProblem, JsonShape};
use crate::secret::kind::{DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY};

pub(crate) fn edit(right: &str) -> String {
    let hub = if right == HUB_KEY { " for Docker Hub" } else { "" };
    format!("write {}{hub}", code(right))
}

/// Where the key may be told and a repair is certain, that is for [`edit`] to say.
pub(crate) fn never(name: &str, never: &NeverUsed, is_told: bool) -> Diagnostic {
    let (why, help) = reason(never.reason);
    let found = diagnostic!(REGISTRY_SERVER, "the kubelet never uses the credentials for {name}");
    let found = found.note(why);
    match never.right.as_ref().filter(|_| is_told) {
        None => found.help(help),
        Some(_) if never.certain().is_some() => found,
        Some(right) => found.help(format!("{} if you mean that host", edit(right))),
    }
}

/// Why a key is never used, and how to find the right one where it can't be told.
fn reason(reason: Reason) -> (&'static str, &'static str) {
    let host = "write the host as in image names, such as `ghcr.io` or `registry.example.com:5000`";
    match reason {
        Reason::Hub => (
            "the kubelet names Docker Hub images `docker.io/...`, no matter which host serves them",
            "write `https://index.docker.io/v1/` for all of Docker Hub, or \
             `docker.io/ORGANIZATION/` for one organization",
        ),
        Reason::Wildcard => (
            "`*` matches exactly one part of a host name between dots, and is the only wildcard",
            "write a `*` for each part that can vary, such as `*.example.com`, or one entry per \
             registry",
        ),
        Reason::Port => {
            ("the port must be the number in image names, which do not contain `:443`", host)
        }
        Reason::Path => (
            "paths are matched by prefix, without wildcards, tags and empty parts; `/v1/` and \
             `/v2/` match the whole registry only with a trailing slash",
            "write the path without tag or wildcard, such as `ghcr.io/acme/`, or only the host, \
             such as `ghcr.io`",
        ),
        Reason::Host => (
            "the kubelet compares it with image names, which start with a lowercase host that has \
             a dot or a port, or is `localhost`; only `https://` or `http://` can precede it",
            host,
        ),
    }
}

pub(crate) fn too_wide(name: &str, is_told: bool) -> Diagnostic {
    let found =
        diagnostic!(REGISTRY_PREFIX, "the credentials for {name} match more than one organization")
            .note("paths are matched by prefix: `acme` also matches `acme-test/app`");
    if is_told { found } else { found.help("end the path with a slash, such as `ghcr.io/acme/`") }
}

pub(crate) fn anyones(name: &str) -> Diagnostic {
    diagnostic!(REGISTRY_PREFIX, "the credentials for {name} match hosts of any owner")
        .note(
            "`*` matches one part of a host name: `*.io` matches `ghcr.io`, `quay.io` and any \
             other `.io` domain",
        )
        .note("if an image names such a host, its owner receives the username and password")
        .help(
            "list each host, or use `*` only below a domain of a single owner, such as \
             `*.registry.example.com`",
        )
}

pub(crate) fn same(first: &str, second: &str) -> Diagnostic {
    diagnostic!(REGISTRY_DUPLICATE, "{first} and {second} are the same registry for the kubelet")
        .note("Kubernetes does not define which of the two it uses first, or whether it uses both")
        .help("keep the entry with the right credentials, and remove the other")
}

pub(crate) fn repeated(dropped: usize, kept: usize, key: &str) -> Diagnostic {
    let (dropped, kept) = (number(dropped), number(kept));
    diagnostic!(
        REGISTRY_DUPLICATE,
        "registries {dropped} and {kept} in {} have the same name",
        code(key)
    )
    .note("in JSON, the last of two equal keys wins; the first is silently dropped")
    .help("remove one")
}

pub(crate) fn credentials(fault: DockerFault, form: DockerForm) -> Diagnostic {
    let (key, other_key, other_type, example) = match form {
        DockerForm::ConfigJson => (
            DOCKER_CONFIG_JSON_KEY,
            DOCKER_CFG_KEY,
            DOCKER_CFG,
            r#"{"auths": {"ghcr.io": {"username": "...", "password": "..."}}}"#,
        ),
        DockerForm::Cfg => (
            DOCKER_CFG_KEY,
            DOCKER_CONFIG_JSON_KEY,
            DOCKER_CONFIG_JSON,
            r#"{"ghcr.io": {"username": "...", "password": "..."}}"#,
        ),
    };
    let key = code(key);
    let registry = |index: usize| format!("registry {} in {key}", number(index));
    let (message, help) = match fault {
        DockerFault::NoRegistry { .. } => (
            format!("{key} does not list any registries"),
            format!("add at least one registry: `{example}`"),
        ),
        DockerFault::OtherForm => (
            format!("{key} is in the format of {}", code(other_key)),
            format!("write `{example}`, or use a Secret of type {}", code(other_type)),
        ),
        DockerFault::AuthsShape(shape) => (
            format!("`auths` in {key} is {}, not an object", shape_name(shape)),
            "write `\"auths\": {\"REGISTRY\": {...}}`".to_owned(),
        ),
        DockerFault::HeadersShape => (
            format!("`HttpHeaders` in {key} is not an object of strings"),
            "remove `HttpHeaders`: it is for the machine that the file comes from".to_owned(),
        ),
        DockerFault::NoCredentials { .. } => (
            format!("{key} lists registries, but no credentials"),
            "add `username` and `password`, or `auth`, to the entry of each registry".to_owned(),
        ),
        DockerFault::Entry { number, field: None, found } => (
            format!("{} is {}, not an object", registry(number), shape_name(found)),
            "write `{\"username\": \"...\", \"password\": \"...\"}` for it".to_owned(),
        ),
        DockerFault::Entry { number, field: Some(field), found } => (
            format!("`{field}` of {} is {}, not a string", registry(number), shape_name(found)),
            "put it in double quotes, or remove it".to_owned(),
        ),
        DockerFault::Auth { number } => (
            format!("`auth` of {} is not base64 of `USERNAME:PASSWORD`", registry(number)),
            "set `auth` to the base64 of `USERNAME:PASSWORD`, or use `username` and `password` \
             instead"
                .to_owned(),
        ),
    };
    let found = diagnostic!(DOCKER_CONFIG, "{message}").help(help);
    match fault {
        DockerFault::NoRegistry { helpers: true }
        | DockerFault::NoCredentials { helpers: true } => found.note(
            "`credsStore` and `credHelpers` name programs of the machine that the file comes from; \
             the kubelet does not run them",
        ),
        _ if fault.breaks_kubelet() => found.note(
            "because of this, the kubelet ignores all pull secrets of the Pod, not only this entry",
        ),
        _ => found,
    }
}

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
            "the API server accepts only a JSON object here in a Secret of type {}",
            code(type_)
        ))
        .help(match fault.problem {
            JsonProblem::ByteOrderMark | JsonProblem::Utf16 => {
                "save its source as UTF-8 without a byte order mark"
            }
            JsonProblem::Blank | JsonProblem::NotAnObject(_) => "check the content of its source",
            _ => {
                "use the content of a Docker `config.json`; in a spec, add `decode = \"base64\"` \
                 if the source is base64"
            }
        })
}

fn shape_name(shape: JsonShape) -> &'static str {
    match shape {
        JsonShape::Object => "an object",
        JsonShape::Array => "a list",
        JsonShape::String => "a string",
        JsonShape::Number => "a number",
        JsonShape::Bool => "a boolean",
        JsonShape::Null => "`null`",
    }
}

pub(crate) fn json_problem(problem: JsonProblem) -> String {
    let noun = match problem {
        JsonProblem::Expected(what) => return format!("expected {what}"),
        JsonProblem::EndsBefore(what) => return format!("it ends where {what} is expected"),
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
