//! The sentences for what the API server refuses.

use super::names::{KeyMisfit, Misfit, Place};
use super::{ANNOTATIONS_MAX, DATA_MAX};
use crate::diag::phrases::{all_of, code, is_invisible, number, one_of, plural};
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::secret::kind::{
    DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY,
    SERVICE_ACCOUNT_ANNOTATION,
};

const SUBDOMAIN: &str = "`a` to `z`, `0` to `9`, `-` and `.`, each part between dots starting and \
    ending with a letter or digit, at most 253 bytes";
/// What the names of labels and annotations and the values of labels have.
const NAME: &str = "letters, digits, `-`, `_` and `.`, starts and ends with a letter or digit, and \
    is at most 63 bytes long";

pub(crate) fn name_missing() -> Diagnostic {
    diagnostic!(NAME, "a Secret without a name")
        .help("write a `name`, in manifests under `metadata`")
}

pub(crate) fn name(name: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(NAME, "the name {} {}", code(name), predicate(misfit))
        .note(format!("a Secret's name is a DNS subdomain: {SUBDOMAIN}"))
}

pub(crate) fn generate_name(prefix: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(NAME, "`generateName` {} {}", code(prefix), predicate(misfit)).note(format!(
        "it becomes the start of a Secret's name, which is a DNS subdomain: {SUBDOMAIN}"
    ))
}

/// The name that the server makes of a prefix by appending five characters.
pub(crate) fn generated_name(prefix: &str, name: &str, misfit: &Misfit) -> Diagnostic {
    let (prefix, name) = (code(prefix), code(name));
    diagnostic!(
        NAME,
        "a name such as {name}, made of `generateName` {prefix}, {}",
        predicate(misfit)
    )
    .note(format!("a Secret's name is a DNS subdomain: {SUBDOMAIN}"))
}

pub(crate) fn namespace(namespace: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(NAMESPACE, "the namespace {} {}", code(namespace), predicate(misfit)).note(
        "a namespace is a DNS label: `a` to `z`, `0` to `9` and `-`, starting and ending with a \
         letter or digit, at most 63 bytes",
    )
}

pub(crate) fn generation() -> Diagnostic {
    diagnostic!(METADATA, "`generation` is below zero").help("leave it out: the server counts")
}

pub(crate) fn owner_without(index: usize, field: &str) -> Diagnostic {
    let owner = index + 1;
    match field {
        "apiVersion" => diagnostic!(METADATA, "owner {owner} names no version in `apiVersion`")
            .help(
                "write `apiVersion` as in the owner's own manifest: `VERSION`, or `GROUP/VERSION`",
            ),
        "uid" => diagnostic!(METADATA, "owner {owner} has no `uid`").help(
            "an owner's `uid` is known only in the cluster: leave `ownerReferences` out of \
             manifests",
        ),
        _ => diagnostic!(METADATA, "owner {owner} has no {}", code(field))
            .help(format!("give it {}, as in the owner's own manifest", code(field))),
    }
}

pub(crate) fn owner_event(index: usize) -> Diagnostic {
    diagnostic!(METADATA, "owner {} is an Event", index + 1)
        .note("Events go away by themselves, and can't own anything")
        .help("leave it out")
}

pub(crate) fn controllers() -> Diagnostic {
    diagnostic!(METADATA, "more than one owner is the controller")
        .note("only one of `ownerReferences` may say `controller: true`")
        .help("leave `controller` out of all but one")
}

pub(crate) fn finalizer(index: usize, name: &str, misfit: &KeyMisfit) -> Diagnostic {
    key(&codes::METADATA, "finalizer", name, misfit)
        .note(format!("it is number {} of `finalizers`", index + 1))
}

pub(crate) fn finalizers_exclude() -> Diagnostic {
    diagnostic!(METADATA, "the finalizers `orphan` and `foregroundDeletion` exclude each other")
        .help("keep one of them")
}

pub(crate) fn finalizer_unqualified(name: &str) -> Diagnostic {
    diagnostic!(METADATA, "the finalizer {} has no domain", code(name))
        .note("without a domain only `kubernetes`, `orphan` and `foregroundDeletion` are known")
        .help("write `DOMAIN/NAME`, such as `example.com/cleanup`")
}

/// The key of a label or annotation, or a finalizer.
pub(crate) fn key(code_: &'static Code, noun: &str, key: &str, misfit: &KeyMisfit) -> Diagnostic {
    let the_key = named(noun, key);
    let (message, note) = match misfit {
        KeyMisfit::Slashes { count } => (
            format!("{the_key} has {} slashes; only one is allowed", number(*count)),
            "it is a name, or a DNS subdomain, a slash and a name: `example.com/name`".to_owned(),
        ),
        KeyMisfit::Prefix(misfit) => (
            format!("the prefix in {the_key} {}", predicate(misfit)),
            format!("the prefix is a DNS subdomain: {SUBDOMAIN}"),
        ),
        KeyMisfit::Name(misfit) => {
            let part = if key.contains('/') { "the name in " } else { "" };
            (format!("{part}{the_key} {}", predicate(misfit)), format!("the name in it has {NAME}"))
        }
    };
    Diagnostic::new(code_, message).note(note)
}

pub(crate) fn label_value(key: &str, value: &str, misfit: &Misfit) -> Diagnostic {
    let (value, key) = (code(value), code(key));
    diagnostic!(LABEL, "the value {value} of the label {key} {}", predicate(misfit))
        .note(format!("the value of a label has {NAME}; it may be empty"))
        .help("put it into an annotation, whose values are free")
}

pub(crate) fn annotations_too_large(bytes: usize, largest: &str) -> Diagnostic {
    let (bytes, max) = (plural(bytes, "byte"), number(ANNOTATIONS_MAX));
    diagnostic!(ANNOTATION, "the annotations are {bytes}; the limit is {max}")
        .note(format!(
            "the keys and values of all annotations count together; the largest is {}",
            code(largest)
        ))
        .help("shorten the annotation, or move its text into the data of a ConfigMap or Secret")
}

pub(crate) fn data_key(key: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(DATA_KEY, "{} {}", named("data key", key), predicate(misfit)).note(match misfit {
        Misfit::Relative => {
            "data keys become file names where a Pod mounts the Secret, and those are taken there"
        }
        _ => {
            "a data key has letters, digits, `-`, `_` and `.`, and at most 253 bytes: it becomes a \
             file name where a Pod mounts the Secret"
        }
    })
}

pub(crate) fn data_too_large(bytes: usize, largest: &str, is_all: bool) -> Diagnostic {
    let least = if is_all { "" } else { "at least " };
    let (bytes, max) = (plural(bytes, "byte"), number(DATA_MAX));
    diagnostic!(TOO_MUCH_DATA, "the data is {least}{bytes}; the limit is {max}")
        .note(format!(
            "the values of all data keys count together, before base64; the largest is {}",
            code(largest)
        ))
        .help("split the data into several Secrets, or keep large files out of Secrets")
}

pub(crate) fn no_account() -> Diagnostic {
    diagnostic!(
        SERVICE_ACCOUNT,
        "a Secret of type `kubernetes.io/service-account-token` names no ServiceAccount"
    )
    .help(format!(
        "write the name of a ServiceAccount in the Secret's namespace: as the annotation {}, or as \
         `service-account` in a spec",
        code(SERVICE_ACCOUNT_ANNOTATION)
    ))
}

pub(crate) fn empty(type_: &str, key: &str) -> Diagnostic {
    diagnostic!(MISSING_DATA_KEY, "the value of {} is empty", code(key))
        .note(format!("a Secret of type {} must have a value there", code(type_)))
        .help("check what the source of this value holds")
}

pub(crate) fn key_missing(type_: &str, key: &str, near: Option<&str>) -> Diagnostic {
    let found =
        diagnostic!(MISSING_DATA_KEY, "a Secret of type {} without {}", code(type_), code(key))
            .note(format!("Kubernetes requires the data key {} of this type", code(key)));
    let Some(near) = near else { return found.help(format!("give it {}", code(key))) };
    let other_type = match near {
        DOCKER_CFG_KEY => DOCKER_CFG,
        DOCKER_CONFIG_JSON_KEY => DOCKER_CONFIG_JSON,
        // The repair says it all.
        _ if near.eq_ignore_ascii_case(key) => return found.note("upper and lower case count"),
        _ => return found.help(rename(near, key)),
    };
    found.help(format!(
        "{} is the data key of type {}: if that form is meant, write that type",
        code(near),
        code(other_type)
    ))
}

/// `near` is a key that was perhaps meant to be one of `keys`, and which.
pub(crate) fn none_of(type_: &str, keys: &[&str], near: Option<(&str, &str)>) -> Diagnostic {
    diagnostic!(MISSING_DATA_KEY, "a Secret of type {} without {}", code(type_), one_of(keys))
        .note(format!("Kubernetes requires one of {} at least; it may be empty", all_of(keys)))
        .help(match near {
            Some((near, key)) => rename(near, key),
            None => format!("give it {}", one_of(keys)),
        })
}

fn rename(near: &str, key: &str) -> String {
    format!("rename the data key {} to {}", code(near), code(key))
}

/// "the label key `a b`", or without the key where that is empty.
fn named(noun: &str, key: &str) -> String {
    if key.is_empty() { format!("the {noun}") } else { format!("the {noun} {}", code(key)) }
}

/// What is wrong with a text, as the rest of a sentence about it.
fn predicate(misfit: &Misfit) -> String {
    match misfit {
        Misfit::Empty => "is empty".into(),
        Misfit::TooLong { len, max } => {
            format!("is {} long; the limit is {}", plural(*len, "byte"), number(*max))
        }
        Misfit::Character { c, at } => {
            format!("can't contain {} (character {})", character(*c), number(*at))
        }
        Misfit::Misplaced(c, place) => {
            let place = match place {
                Place::Start => "start with",
                Place::End => "end with",
                Place::AfterDot => "contain a dot followed by",
                Place::BeforeDot => "contain a dot after",
            };
            format!("can't {place} {}", character(*c))
        }
        Misfit::Dots => "can't contain dots".into(),
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
        'A'..='Z' => format!("uppercase `{c}`"),
        '`' => "a backtick".into(),
        _ if is_invisible(c) || c.is_whitespace() => {
            format!("the invisible character U+{:04X}", u32::from(c))
        }
        _ if !c.is_ascii() => format!("`{c}` U+{:04X}", u32::from(c)),
        _ => format!("`{c}`"),
    }
}
