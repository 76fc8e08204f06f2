//! The sentences for what the API server refuses.

use super::names::{KeyMisfit, Misfit, Place};
use super::repair;
use super::violation::{ANNOTATIONS_MAX, DATA_MAX, Rule, Violation};
use crate::check::registry::messages;
use crate::check::subject::Origin;
use crate::diag::phrases::{all_of, code, is_invisible, number, one_of, plural};
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::secret::kind::{
    DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY,
    SERVICE_ACCOUNT_ANNOTATION,
};

/// The finding for a violation, without a place. `None` for one that says again what another
/// violation of the same Secret says.
pub(crate) fn diagnostic(violation: &Violation, origin: Origin) -> Option<Diagnostic> {
    Some(match &violation.rule {
        Rule::NameMissing => diagnostic!(NAME, "a Secret without a name").help(match origin {
            Origin::Spec => "write `name = \"...\"`",
            Origin::Manifest => "write `name: ...` under `metadata`",
        }),
        Rule::Name { name, misfit } => misfit_of(&codes::NAME, "the name", name, misfit)
            .note(format!("a Secret's name is a DNS subdomain: {SUBDOMAIN}")),
        Rule::GenerateName { name, misfit } => {
            misfit_of(&codes::NAME, "`generateName`", name, misfit).note(format!(
                "it becomes the start of a Secret's name, which is a DNS subdomain: {SUBDOMAIN}"
            ))
        }
        Rule::GeneratedName { told: true, .. } => return None,
        Rule::GeneratedName { prefix, name, misfit, .. } => diagnostic!(
            NAME,
            "a name made of `generateName` {} {}",
            code(prefix),
            predicate(misfit)
        )
        .note(format!(
            "the server appends five characters, which gives a name such as {}",
            code(name)
        ))
        .note(format!("a Secret's name is a DNS subdomain: {SUBDOMAIN}")),
        Rule::Generation => diagnostic!(METADATA, "`generation` is below zero")
            .help("leave it out: the server counts"),
        Rule::OwnerVersion { index } => owner(*index, "names no version in `apiVersion`").help(
            "write `apiVersion` as in the owner's own manifest: `VERSION`, or `GROUP/VERSION`",
        ),
        Rule::OwnerEmpty { index, field } => owner(*index, &format!("has no {}", code(field)))
            .help(match *field {
                "uid" => {
                    "an owner's `uid` is known only in the cluster: leave `ownerReferences` out of \
                     manifests"
                        .to_owned()
                }
                _ => format!("give it {}, as in the owner's own manifest", code(field)),
            }),
        Rule::OwnerEvent { index } => owner(*index, "is an Event")
            .note("Events go away by themselves, and can't own anything")
            .help("leave it out"),
        Rule::Controllers => diagnostic!(METADATA, "more than one owner is the controller")
            .note("only one of `ownerReferences` may say `controller: true`")
            .help("leave `controller` out of all but one"),
        Rule::Finalizer { index, name, misfit } => {
            key_misfit(&codes::METADATA, &FINALIZER, name, misfit)
                .note(format!("it is number {} of `finalizers`", index + 1))
        }
        Rule::FinalizersExclude => diagnostic!(
            METADATA,
            "the finalizers `orphan` and `foregroundDeletion` exclude each other"
        )
        .help("keep one of them"),
        Rule::FinalizerUnqualified { first: false, .. } => return None,
        Rule::FinalizerUnqualified { name, .. } => diagnostic!(
            METADATA,
            "the finalizer {} has no domain",
            code(name)
        )
        .note("without a domain only `kubernetes`, `orphan` and `foregroundDeletion` are known")
        .help("write `DOMAIN/NAME`, such as `example.com/cleanup`"),
        Rule::Namespace { namespace, misfit } => {
            misfit_of(&codes::NAMESPACE, "the namespace", namespace, misfit)
                .note(format!("a namespace is a DNS label: {DNS_LABEL}"))
        }
        Rule::LabelKey { key, misfit } => key_misfit(&codes::LABEL, &LABEL, key, misfit),
        Rule::LabelValue { key, value, misfit } => label_value(key, value, misfit),
        Rule::AnnotationKey { key, misfit } => {
            key_misfit(&codes::ANNOTATION, &ANNOTATION, key, misfit)
        }
        Rule::AnnotationsTooLarge { bytes, largest } => {
            let message = format!(
                "the annotations have {}, and {} are allowed",
                plural(*bytes, "byte"),
                number(ANNOTATIONS_MAX)
            );
            diagnostic!(ANNOTATION, "{message}")
                .note(format!(
                    "the keys and values of all annotations count together; the largest is {}",
                    code(largest)
                ))
                .help(
                    "shorten the annotation, or move its text into the data of a ConfigMap or \
                     Secret",
                )
        }
        Rule::DataKey { key, misfit } => data_key(key, misfit),
        Rule::DataTooLarge { bytes, largest, at_least } => {
            let least = if *at_least { "at least " } else { "" };
            let message = format!(
                "the data has {least}{}, and {} are allowed",
                plural(*bytes, "byte"),
                number(DATA_MAX)
            );
            diagnostic!(TOO_MUCH_DATA, "{message}")
                .note(format!(
                    "the values of all data keys count together, before base64; the largest is {}",
                    code(largest)
                ))
                .help("split the data into several Secrets, or keep large files out of Secrets")
        }
        Rule::ServiceAccountMissing => diagnostic!(
            SERVICE_ACCOUNT,
            "a Secret of type `kubernetes.io/service-account-token` names no ServiceAccount"
        )
        .note(format!(
            "Kubernetes takes the ServiceAccount from the annotation {}",
            code(SERVICE_ACCOUNT_ANNOTATION)
        ))
        .help(match origin {
            Origin::Spec => "write `service-account = \"...\"`, the name of a ServiceAccount in \
                the Secret's namespace"
                .to_owned(),
            Origin::Manifest => {
                format!(
                    "write the annotation {}, with the name of a ServiceAccount in the Secret's \
                     namespace",
                    code(SERVICE_ACCOUNT_ANNOTATION)
                )
            }
        }),
        Rule::KeyMissing { type_, key, instead } => key_missing(type_, key, instead.as_deref()),
        Rule::NoneOf { first: false, .. } => return None,
        Rule::NoneOf { type_, keys, instead, .. } => diagnostic!(
            MISSING_DATA_KEY,
            "a Secret of type {} without {}",
            code(type_),
            one_of(*keys)
        )
        .note(format!("Kubernetes requires one of {} at least; it may be empty", all_of(*keys)))
        .help(match instead {
            Some((near, key)) => format!("rename the data key {} to {}", code(near), code(key)),
            None => format!("give it {}", one_of(*keys)),
        }),
        Rule::EmptyValue { type_, key } => {
            diagnostic!(MISSING_DATA_KEY, "the value of {} is empty", code(key))
                .note(format!("a Secret of type {} must have a value there", code(type_)))
                .help("check what the source of this value holds")
        }
        Rule::NotJsonObject { type_, key, fault } => messages::not_json(type_, key, fault, origin),
    })
}

/// What the part that a violation is about should say instead, where that is plain.
pub(crate) fn better(violation: &Violation) -> Option<String> {
    match &violation.rule {
        Rule::Name { name, .. } => repair::subdomain(name),
        // What follows a prefix stands apart from it.
        Rule::GenerateName { name, .. } => {
            repair::subdomain(name).map(|prefix| format!("{prefix}-"))
        }
        Rule::GeneratedName { told: false, prefix, .. } => {
            repair::subdomain(prefix).map(|prefix| format!("{prefix}-"))
        }
        Rule::Namespace { namespace, .. } => repair::dns_label(namespace),
        Rule::LabelKey { key, .. }
        | Rule::AnnotationKey { key, .. }
        | Rule::Finalizer { name: key, .. } => repair::label_key(key),
        Rule::LabelValue { value, .. } => repair::label_value(value),
        Rule::DataKey { key, .. } => repair::data_key(key),
        Rule::KeyMissing { key, instead: Some(near), .. } if near.eq_ignore_ascii_case(key) => {
            Some((*key).to_owned())
        }
        _ => None,
    }
}

/// What a DNS subdomain has.
const SUBDOMAIN: &str = "`a` to `z`, `0` to `9`, `-` and `.`, each part between dots starting and \
    ending with a letter or digit, at most 253 bytes";
/// What a DNS label has.
const DNS_LABEL: &str =
    "`a` to `z`, `0` to `9` and `-`, starting and ending with a letter or digit, at most 63 bytes";
/// What the names of labels and annotations and the values of labels have.
const NAME: &str = "letters, digits, `-`, `_` and `.`, starts and ends with a letter or digit, and \
    is at most 63 bytes long";

/// `the name `Bad_Name` can't have ...`
fn misfit_of(code_: &'static Code, what: &str, text: &str, misfit: &Misfit) -> Diagnostic {
    let message = match misfit {
        Misfit::Empty => format!("{what} is empty"),
        _ => format!("{what} {} {}", code(text), predicate(misfit)),
    };
    Diagnostic::new(code_, message)
}

/// What is wrong with a text, as the rest of a sentence about it.
fn predicate(misfit: &Misfit) -> String {
    match misfit {
        Misfit::Empty => "is empty".into(),
        Misfit::TooLong { bytes, max } => {
            format!("has {}, and {} are allowed", plural(*bytes, "byte"), number(*max))
        }
        Misfit::Character { c, at } => {
            format!("can't have {}, its character {}", character(*c), number(*at))
        }
        Misfit::Misplaced { c, place: Place::Start, .. } => {
            format!("can't start with {}", character(*c))
        }
        Misfit::Misplaced { c, place: Place::End, .. } => {
            format!("can't end with {}", character(*c))
        }
        Misfit::Misplaced { c, at, place: Place::AfterDot } => {
            format!("can't have {} after a dot, at character {}", character(*c), number(*at))
        }
        Misfit::Misplaced { c, at, place: Place::BeforeDot } => {
            format!("can't have {} before a dot, at character {}", character(*c), number(*at))
        }
        Misfit::Dots => "can't have dots".into(),
        Misfit::Relative => "can't be `.`, and can't start with `..`".into(),
    }
}

/// A character, in words if it can't be seen.
fn character(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '\n' => "a line break".into(),
        '\r' => "a carriage return".into(),
        '\t' => "a tab".into(),
        'A'..='Z' => format!("the capital `{c}`"),
        '`' => "a backtick".into(),
        _ if is_invisible(c) || c.is_whitespace() => {
            format!("the invisible character U+{:04X}", u32::from(c))
        }
        _ if !c.is_ascii() => format!("`{c}` (U+{:04X})", u32::from(c)),
        _ => format!("`{c}`"),
    }
}

/// What messages call a qualified name, and what they say if there is nothing.
struct Noun(&'static str, &'static str);

const LABEL: Noun = Noun("label key", "a label with an empty key");
const ANNOTATION: Noun = Noun("annotation key", "an annotation with an empty key");
const FINALIZER: Noun = Noun("finalizer", "a finalizer is empty");

fn owner(index: usize, predicate: &str) -> Diagnostic {
    diagnostic!(METADATA, "owner {} {predicate}", index + 1)
}

/// The key of a label or annotation.
fn key_misfit(
    code_: &'static Code,
    Noun(noun, empty): &Noun,
    key: &str,
    misfit: &KeyMisfit,
) -> Diagnostic {
    let has_prefix = key.contains('/');
    let quoted = code(key);
    let message = match misfit {
        KeyMisfit::Slashes { count } => {
            format!("the {noun} {quoted} has {} slashes, and one is allowed", number(*count))
        }
        KeyMisfit::Prefix(Misfit::Empty) => {
            format!("nothing stands before the slash in the {noun} {quoted}")
        }
        KeyMisfit::Name(Misfit::Empty) if has_prefix => {
            format!("nothing stands after the slash in the {noun} {quoted}")
        }
        KeyMisfit::Name(Misfit::Empty) => (*empty).to_owned(),
        KeyMisfit::Prefix(misfit) => {
            format!("the prefix in the {noun} {quoted} {}", predicate(misfit))
        }
        KeyMisfit::Name(misfit) if has_prefix => {
            format!("the name in the {noun} {quoted} {}", predicate(misfit))
        }
        KeyMisfit::Name(misfit) => format!("the {noun} {quoted} {}", predicate(misfit)),
    };
    let note = match misfit {
        KeyMisfit::Prefix(_) => format!("the prefix is a DNS subdomain: {SUBDOMAIN}"),
        KeyMisfit::Name(_) => format!("the name in it has {NAME}"),
        KeyMisfit::Slashes { .. } => {
            "it is a name, or a DNS subdomain, a slash and a name: `example.com/name`".into()
        }
    };
    Diagnostic::new(code_, message).note(note)
}

fn label_value(key: &str, value: &str, misfit: &Misfit) -> Diagnostic {
    let message =
        format!("the value {} of the label {} {}", code(value), code(key), predicate(misfit));
    let help = "put it into an annotation, whose values are free";
    diagnostic!(LABEL, "{message}")
        .note(format!("the value of a label has {NAME}; it may be empty"))
        .help(help)
}

fn data_key(key: &str, misfit: &Misfit) -> Diagnostic {
    let message = match misfit {
        Misfit::Empty => "a data key is empty".into(),
        Misfit::Relative if key.chars().all(|c| c == '.') && key.len() < 3 => {
            format!("the data key can't be {}", code(key))
        }
        Misfit::Relative => format!("the data key {} can't start with `..`", code(key)),
        _ => format!("the data key {} {}", code(key), predicate(misfit)),
    };
    let note = match misfit {
        Misfit::Relative => {
            "data keys become file names where a Pod mounts the Secret, and those are taken there"
        }
        _ => {
            "a data key has letters, digits, `-`, `_` and `.`, and at most 253 bytes: it becomes a \
             file name where a Pod mounts the Secret"
        }
    };
    diagnostic!(DATA_KEY, "{message}").note(note)
}

fn key_missing(type_: &str, key: &str, instead: Option<&str>) -> Diagnostic {
    let found =
        diagnostic!(MISSING_DATA_KEY, "a Secret of type {} without {}", code(type_), code(key))
            .note(format!("Kubernetes requires the data key {} of this type", code(key)));
    let other_type = match instead {
        Some(DOCKER_CFG_KEY) => Some(DOCKER_CFG),
        Some(DOCKER_CONFIG_JSON_KEY) => Some(DOCKER_CONFIG_JSON),
        _ => None,
    };
    match (instead, other_type) {
        (Some(near), Some(other)) => found.help(format!(
            "{} is the data key of type {}: if that form is meant, write that type",
            code(near),
            code(other)
        )),
        // The repair says it all.
        (Some(near), None) if near.eq_ignore_ascii_case(key) => {
            found.note("upper and lower case count")
        }
        (Some(near), None) => {
            found.help(format!("rename the data key {} to {}", code(near), code(key)))
        }
        (None, _) => found.help(format!("give it {}", code(key))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::api::object_meta::MoreMetadata;
    use crate::check::api::violations;
    use crate::check::subject::Unknown;
    use crate::secret::Secret;

    fn lines(secret: &Secret) -> Vec<String> {
        let found = violations(secret, &MoreMetadata::default(), &Unknown::default());
        found
            .iter()
            .filter_map(|violation| Some((diagnostic(violation, Origin::Spec)?, better(violation))))
            .flat_map(|(found, better)| {
                std::iter::once(found.message).chain(better).chain(found.helps)
            })
            .collect()
    }

    fn named(name: &str) -> Secret {
        Secret { name: name.into(), type_: "Opaque".into(), ..Secret::default() }
    }

    #[test]
    fn the_character_and_the_better_name_are_told() {
        assert_eq!(
            lines(&named("Bad_Name")),
            ["the name `Bad_Name` can't have the capital `B`, its character 1", "bad-name"]
        );
        assert_eq!(lines(&named("a-")), ["the name `a-` can't end with `-`", "a"]);
        assert_eq!(
            lines(&named("a\u{200b}b")),
            ["the name `a\\u200bb` can't have the invisible character U+200B, its character 2"]
        );
        assert_eq!(lines(&named("")), ["a Secret without a name", "write `name = \"...\"`"]);
    }

    #[test]
    fn labels_and_annotations() {
        let mut secret = named("a");
        secret.labels.insert("app".into(), "My App".into());
        secret.labels.insert("a/b/c".into(), String::new());
        secret.annotations.insert("/a".into(), String::new());
        secret.annotations.insert(String::new(), String::new());
        assert_eq!(
            lines(&secret),
            [
                "the label key `a/b/c` has 2 slashes, and one is allowed",
                "a/b-c",
                "the value `My App` of the label `app` can't have a space, its character 3",
                "My-App",
                "put it into an annotation, whose values are free",
                "an annotation with an empty key",
                "nothing stands before the slash in the annotation key `/a`",
                "a",
            ]
        );
    }

    #[test]
    fn one_cause_one_finding() {
        let mut secret = Secret { type_: "kubernetes.io/basic-auth".into(), ..named("a") };
        secret.data.insert("pasword".into(), "hunter2".into());
        assert_eq!(
            lines(&secret),
            [
                "a Secret of type `kubernetes.io/basic-auth` without `username` or `password`",
                "rename the data key `pasword` to `password`"
            ]
        );
    }
}
