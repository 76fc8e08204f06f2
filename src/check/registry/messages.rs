//! The sentences for registry credentials that somebody should look at. Keys of registries are told
//! only where they stand in the spec.

use super::credentials::{DockerFault, DockerForm, EntryProblem};
use super::intent::HUB_KEY;
use super::server::{NeverUsed, Reason};
use super::{Names, RegistryFault};
use crate::check::subject::Origin;
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::json::{Expected, JsonFault, JsonProblem, JsonShape};
use crate::secret::kind::{DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY};

/// The repair where a key has a right spelling.
pub(crate) fn edit(right: &str) -> String {
    let hub = if right == HUB_KEY { " for Docker Hub" } else { "" };
    format!("write {}{hub}", code(right))
}

/// What to say at two keys for one registry. Which stands first in the spec is not known here.
pub(crate) const SAME: (&str, &str) = ("one", "the other");

/// The finding for a fault, without a place. Where the key may be told and a repair is certain,
/// that is for [`edit`] to say.
pub(crate) fn diagnostic(fault: &RegistryFault, names: &Names<'_>) -> Diagnostic {
    let name = |index: usize| name(names, index);
    match fault {
        RegistryFault::Never(index, never) => {
            let message = format!("the kubelet never uses the credentials of {}", name(*index));
            let is_repaired = names.told && never.right.is_some() && never.is_certain();
            let help = (!is_repaired).then(|| help(never, names.told));
            diagnostic!(REGISTRY_SERVER, "{message}").note(why(never.reason)).maybe_help(help)
        }
        RegistryFault::TooWide(index, _) => {
            let message =
                format!("the credentials of {} are for more than one organisation", name(*index));
            let note = match names.server(*index).map(last_part) {
                Some(last) => format!(
                    "a path is compared from its beginning, byte for byte: {} is the beginning of \
                     {} too",
                    code(last),
                    code(&format!("{last}-test/app"))
                ),
                None => "a path is compared from its beginning, byte for byte: `acme` is the \
                    beginning of `acme-test/app` too"
                    .to_owned(),
            };
            let help =
                (!names.told).then(|| "end the path with a slash: `ghcr.io/acme/`".to_owned());
            diagnostic!(REGISTRY_PREFIX, "{message}").note(note).maybe_help(help)
        }
        RegistryFault::Anyones(index) => {
            let message = format!("the credentials of {} match hosts of any owner", name(*index));
            diagnostic!(REGISTRY_PREFIX, "{message}")
                .note(
                    "a `*` stands for any part of a host between dots: `*.io` is `ghcr.io`, \
                     `quay.io`, and any domain that someone registers",
                )
                .note(
                    "the owner of a host that an image names receives the user name and the \
                     password",
                )
                .help(
                    "name each host, or put the `*` before a domain of one owner, such as \
                     `*.registry.example.com`",
                )
        }
        RegistryFault::Same(first, second) => {
            let message =
                format!("{} and {} are one registry to the kubelet", name(*first), name(*second));
            diagnostic!(REGISTRY_DUPLICATE, "{message}")
                .note("it does not say which of the two it uses first, or whether it uses both")
                .help("keep the entry whose credentials are right, and remove the other")
        }
        RegistryFault::Repeated(dropped, kept) => {
            let message = format!(
                "registries {} and {} in {} have the same name",
                number(*dropped),
                number(*kept),
                code(names.key)
            );
            diagnostic!(REGISTRY_DUPLICATE, "{message}")
                .note("of equal keys in JSON the last counts; the first is dropped without a word")
                .help("remove one")
        }
    }
}

/// How an entry is called: `ghcr.io`, or registry 2 in its config.
pub(crate) fn name(names: &Names<'_>, index: usize) -> String {
    match names.server(index) {
        Some("") => "an empty registry name".to_owned(),
        Some(server) => code(server),
        None => format!("registry {} in {}", number(index), code(names.key)),
    }
}

fn last_part(server: &str) -> &str {
    server.rsplit('/').next().unwrap_or(server)
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::NoHost => "it names no host",
        Reason::Space => "white space stands in it, and images have none in their names",
        Reason::Scheme => "only `https://` and `http://` may stand before the host, in lower case",
        Reason::Percent => "images have no `%` in their names",
        Reason::HubName => {
            "images of Docker Hub are `docker.io/...` to the kubelet, whatever host serves them"
        }
        Reason::Wildcard => "the only wildcard is `*`, and only in the host",
        Reason::LoneStar => {
            "`*` stands for one part of a host between two dots, and no registry has only one"
        }
        Reason::Port => "the port is not a number, and wildcards don't match it",
        Reason::UpperCase => "upper case counts, and images are named in lower case",
        Reason::Port443 => "the port is compared as text, and images don't say `:443`",
        Reason::ApiPath => {
            "`/v1/` and `/v2/` stand for the whole registry only with the slash at their end"
        }
        Reason::TrailingDot => "images have no dot at the end of the host",
        Reason::Ipv6 => "the kubelet finds an IPv6 address only together with its port",
        Reason::PathStar => "`*` means nothing in a path, which is compared from its beginning",
        Reason::Tag => "images are compared without tag and digest",
        Reason::DoubleSlash => "images have no `//` in their names",
        Reason::OldHubPath => "`index.docker.io` stands for Docker Hub only without a path",
        Reason::BareWord => {
            "an image that begins with such a word is one of Docker Hub: a host has a dot or a \
             port, or is `localhost`"
        }
        Reason::NoSubdomains => {
            "`*.` stands for one more part before the host, which images of this registry don't \
             have"
        }
        Reason::Amazon => {
            "`*` stands for one part of a host, and `ACCOUNT.dkr.ecr.REGION.amazonaws.com` has more"
        }
        Reason::Other => "no image has a name that fits it",
    }
}

/// The right spelling, or how to find it.
fn help(never: &NeverUsed, told: bool) -> String {
    if let (Some(right), true) = (&never.right, told) {
        return format!("{}, if that is what is meant", edit(right));
    }
    let help = match never.reason {
        Reason::Space => "remove it",
        Reason::HubName | Reason::OldHubPath => {
            "write `https://index.docker.io/v1/` for all of Docker Hub, or \
             `docker.io/ORGANISATION/` for a part"
        }
        Reason::UpperCase => "write it in lower case",
        Reason::Port443 => "leave the port out, unless images say it",
        Reason::ApiPath => {
            "write the host alone, such as `ghcr.io`, or `https://index.docker.io/v1/` for Docker \
             Hub"
        }
        Reason::Wildcard | Reason::LoneStar | Reason::Port | Reason::NoSubdomains => {
            "write a `*` for each part that may vary, such as `*.example.com`, or an entry for \
             each registry"
        }
        Reason::Amazon => "write `*.dkr.ecr.*.amazonaws.com`, or the host itself",
        Reason::PathStar => "end the path with a slash before the `*`: `ghcr.io/acme/`",
        Reason::Tag => "leave the tag or digest out",
        Reason::Ipv6 => "write the port that images say, as in `[::1]:5000`",
        Reason::NoHost
        | Reason::Scheme
        | Reason::Percent
        | Reason::TrailingDot
        | Reason::DoubleSlash
        | Reason::BareWord
        | Reason::Other => {
            "write the host as images name it, such as `ghcr.io` or `registry.example.com:5000`"
        }
    };
    help.to_owned()
}

/// The finding for a fault in a value of this form, without a place.
pub(crate) fn credentials(fault: DockerFault, form: DockerForm) -> Diagnostic {
    let (key, _) = names(form);
    let found = |message: String| diagnostic!(DOCKER_CONFIG, "{message}");
    match fault {
        DockerFault::NoRegistry { helpers } => {
            noted(found(format!("{key} holds no registry")), helpers.then_some(HELPERS)).help(
                match form {
                    DockerForm::ConfigJson => {
                        "give it at least one registry: \
                         `{\"auths\": {\"ghcr.io\": \
                         {\"username\": \"...\", \"password\": \"...\"}}}`"
                    }
                    DockerForm::Cfg => {
                        "give it at least one registry: \
                         `{\"ghcr.io\": {\"username\": \"...\", \"password\": \"...\"}}`"
                    }
                },
            )
        }
        DockerFault::OtherForm(other) => {
            let (other_key, other_type) = names(other);
            found(format!("{key} has the form of {other_key}"))
                .note(match form {
                    DockerForm::ConfigJson => {
                        "here the registries belong under `auths`, and the kubelet looks for them \
                         nowhere else"
                    }
                    DockerForm::Cfg => {
                        "here the registries are at the top, so that the kubelet takes `auths` for \
                         the name of one"
                    }
                })
                .help(match form {
                    DockerForm::ConfigJson => {
                        format!(
                            "put the registries into `{{\"auths\": {{...}}}}`, or make it a Secret \
                             of type {other_type}"
                        )
                    }
                    DockerForm::Cfg => format!("make it a Secret of type {other_type}"),
                })
        }
        DockerFault::AuthsShape(shape) => {
            found(format!("`auths` in {key} is {}, not an object", shape_name(shape)))
                .note(WHOLE)
                .help("write `\"auths\": {\"REGISTRY\": {...}}`")
        }
        DockerFault::HeadersShape => {
            found(format!("`HttpHeaders` in {key} is not an object of strings"))
                .note(WHOLE)
                .help("leave `HttpHeaders` out: it is for the machine that the file comes from")
        }
        DockerFault::NoCredentials { helpers } => noted(
            found(format!("{key} holds registries, but nothing to log in with")),
            helpers.then_some(HELPERS),
        )
        .help("write `username` and `password`, or `auth`, into the entry of each registry"),
        DockerFault::Entry { number: index, problem } => entry(index, problem, key),
    }
}

/// The finding for a value that the API server does not take as JSON.
pub(crate) fn not_json(type_: &str, key: &str, fault: &JsonFault, origin: Origin) -> Diagnostic {
    let place = format!("line {}, byte {}", number(fault.line), number(fault.column));
    let message = match fault.problem {
        JsonProblem::Blank => format!("{} is empty", code(key)),
        JsonProblem::NotAnObject(shape) => {
            format!("{} is {}, not a JSON object", code(key), shape_name(shape))
        }
        JsonProblem::NumberTooLarge => {
            format!("{} holds a number that is too large, at {place}", code(key))
        }
        problem => format!("{} is not JSON: {} at {place}", code(key), json_problem(problem)),
    };
    let help = match fault.problem {
        JsonProblem::ByteOrderMark => {
            "save the file without a byte order mark: as `UTF-8`, not `UTF-8 with BOM`"
        }
        JsonProblem::Utf16 => "convert the file: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`",
        JsonProblem::ControlCharacter => "write line breaks and tabs in strings as `\\n` and `\\t`",
        JsonProblem::Expected(
            Expected::Key | Expected::KeyOrEnd | Expected::ValueOrEnd | Expected::Value,
        ) if fault.offset > 0 => {
            "JSON has double quotes around all keys and strings, and no comma after the last"
        }
        JsonProblem::Expected(Expected::Value | Expected::Word) => match origin {
            Origin::Spec => "if the source is base64, decode it: `decode = \"base64\"`",
            Origin::Manifest => "if it is base64 once more, encode the JSON once only",
        },
        _ => "check what the source of this value holds",
    };
    diagnostic!(DOCKER_CONFIG, "{message}")
        .note(format!(
            "the API server takes only a JSON object here, in a Secret of type {}",
            code(type_)
        ))
        .help(help)
}

/// Why one fault is worse than it looks.
const WHOLE: &str = "the kubelet drops all pull secrets of the Pod for this, not only this entry";
/// Why credential helpers are no credentials.
const HELPERS: &str = "`credsStore` and `credHelpers` name programs of the machine that the file \
    comes from; the kubelet does not run them";

/// Data key and type of a form, in code quotes.
fn names(form: DockerForm) -> (String, String) {
    let (key, type_) = match form {
        DockerForm::ConfigJson => (DOCKER_CONFIG_JSON_KEY, DOCKER_CONFIG_JSON),
        DockerForm::Cfg => (DOCKER_CFG_KEY, DOCKER_CFG),
    };
    (code(key), code(type_))
}

fn entry(index: usize, problem: EntryProblem, key: String) -> Diagnostic {
    let entry = format!("registry {} in {key}", number(index));
    let (message, help) = match problem {
        EntryProblem::Shape(shape) => (
            format!("{entry} is {}, not an object", shape_name(shape)),
            "write `{\"username\": \"...\", \"password\": \"...\"}` for it",
        ),
        EntryProblem::Field { field, found } => (
            format!("{} of {entry} is {}, not a string", code(field), shape_name(found)),
            "put it in double quotes, or leave it out",
        ),
        EntryProblem::AuthBase64 => (
            format!("`auth` of {entry} is not base64"),
            "write base64 of `USERNAME:PASSWORD`, or `username` and `password` instead",
        ),
        EntryProblem::AuthColon => (
            format!("`auth` of {entry} has no `:` in it once decoded"),
            "write base64 of `USERNAME:PASSWORD`, or `username` and `password` instead",
        ),
    };
    let whole = DockerFault::Entry { number: index, problem }.breaks_kubelet();
    noted(diagnostic!(DOCKER_CONFIG, "{message}"), whole.then_some(WHOLE)).help(help)
}

fn noted(found: Diagnostic, note: Option<&str>) -> Diagnostic {
    match note {
        Some(note) => found.note(note),
        None => found,
    }
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
    match problem {
        JsonProblem::Blank => "nothing".into(),
        JsonProblem::ByteOrderMark => "a byte order mark".into(),
        JsonProblem::Utf16 => "UTF-16".into(),
        JsonProblem::Expected(expected) => {
            format!("something else than {}", expected_name(expected))
        }
        JsonProblem::EndsBefore(expected) => {
            format!("the end, instead of {}", expected_name(expected))
        }
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
mod credentials_messages_tests {
    use super::*;
    use crate::check::registry::decode::faults;
    use crate::go::json::object;

    #[test]
    fn json_faults_are_told_without_the_text() {
        let message = |text: &str| {
            object(text.as_bytes())
                .err()
                .map(|fault| not_json(DOCKER_CFG, DOCKER_CFG_KEY, &fault, Origin::Spec).message)
                .unwrap_or_default()
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
        let cfg = faults(text.as_bytes(), DockerForm::Cfg);
        assert_eq!(cfg.len(), 4);
        let json = faults(format!("{{\"auths\":{text}}}").as_bytes(), DockerForm::ConfigJson);
        assert_eq!(json, cfg);
        for fault in cfg {
            let found = format!("{:?}", credentials(fault, DockerForm::Cfg));
            assert!(!found.contains("hunter2"), "{found}");
        }
    }
}
