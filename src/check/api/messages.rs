//! The sentences for what the API server refuses.

use super::names::{KeyMisfit, Misfit};
use super::{ANNOTATIONS_MAX, DATA_MAX};
use crate::diag::phrases::{all_of, code, is_invisible, number, one_of, plural};
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::secret::kind::{
    DOCKER_CFG, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON, DOCKER_CONFIG_JSON_KEY,
    SERVICE_ACCOUNT_ANNOTATION,
};

const SUBDOMAIN: &str = "`a` to `z`, `0` to `9`, `-` and `.`; each part between dots starts and \
    ends with a letter or digit; at most 253 bytes";
const NAME: &str = "can contain letters, digits, `-`, `_` and `.`, must start and end with a \
    letter or digit, and is limited to 63 bytes";

pub(crate) fn name_missing() -> Diagnostic {
    diagnostic!(NAME, "the Secret has no name").help("add `name`, in manifests under `metadata`")
}

pub(crate) fn name(name: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(NAME, "{}", misfit_of(&format!("the name {}", code(name)), misfit))
        .note(format!("a Secret's name must be a DNS subdomain: {SUBDOMAIN}"))
}

pub(crate) fn generate_name(prefix: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(NAME, "{}", misfit_of(&format!("`generateName` {}", code(prefix)), misfit))
        .note(format!("the Secret's name starts with it, and must be a DNS subdomain: {SUBDOMAIN}"))
}

pub(crate) fn generated_name(prefix: &str, name: &str, misfit: &Misfit) -> Diagnostic {
    let what = format!("the name {}, made from `generateName` {},", code(name), code(prefix));
    diagnostic!(NAME, "{}", misfit_of(&what, misfit))
        .note(format!("a Secret's name must be a DNS subdomain: {SUBDOMAIN}"))
}

pub(crate) fn namespace(namespace: &str, misfit: &Misfit) -> Diagnostic {
    let what = format!("the namespace {}", code(namespace));
    diagnostic!(NAMESPACE, "{}", misfit_of(&what, misfit)).note(
        "a namespace must be a DNS label: `a` to `z`, `0` to `9` and `-`; it starts and ends with \
         a letter or digit; at most 63 bytes",
    )
}

pub(crate) fn generation() -> Diagnostic {
    diagnostic!(METADATA, "`generation` is negative").help("remove it: the server sets it")
}

pub(crate) fn owner_without(index: usize, field: &str) -> Diagnostic {
    let owner = index + 1;
    match field {
        "apiVersion" => diagnostic!(METADATA, "the `apiVersion` of owner {owner} is not valid")
            .help("copy `apiVersion` from the owner's manifest: `VERSION` or `GROUP/VERSION`"),
        "uid" => diagnostic!(METADATA, "owner {owner} has no `uid`")
            .help("remove `ownerReferences`: an owner's `uid` is known only in the cluster"),
        _ => diagnostic!(METADATA, "owner {owner} has no {}", code(field))
            .help(format!("copy {} from the owner's manifest", code(field))),
    }
}

pub(crate) fn owner_event(index: usize) -> Diagnostic {
    diagnostic!(METADATA, "owner {} is an Event", index + 1)
        .note("Events expire, so they can't own anything")
        .help("remove this owner")
}

pub(crate) fn controllers() -> Diagnostic {
    diagnostic!(METADATA, "more than one owner is the controller")
        .note("only one of `ownerReferences` can have `controller: true`")
        .help("remove `controller` from all but one")
}

pub(crate) fn finalizer(index: usize, name: &str, misfit: &KeyMisfit) -> Diagnostic {
    key(&codes::METADATA, "finalizer", name, misfit)
        .note(format!("it is item {} of `finalizers`", index + 1))
}

pub(crate) fn finalizers_exclude() -> Diagnostic {
    diagnostic!(METADATA, "the finalizers `orphan` and `foregroundDeletion` can't be used together")
        .help("keep one of them")
}

pub(crate) fn finalizer_unqualified(name: &str) -> Diagnostic {
    diagnostic!(METADATA, "the finalizer {} has no domain", code(name))
        .note("without a domain, only `kubernetes`, `orphan` and `foregroundDeletion` are valid")
        .help("write `DOMAIN/NAME`, such as `example.com/cleanup`")
}

pub(crate) fn key(code_: &'static Code, noun: &str, key: &str, misfit: &KeyMisfit) -> Diagnostic {
    let the_key = named(noun, key);
    let (message, note) = match misfit {
        KeyMisfit::Slashes { count } => (
            format!("{the_key} has {} slashes; only one is allowed", number(*count)),
            "it must be `NAME` or `PREFIX/NAME`, such as `example.com/name`".to_owned(),
        ),
        KeyMisfit::Prefix(misfit) => (
            misfit_of(&format!("the prefix in {the_key}"), misfit),
            format!("the prefix must be a DNS subdomain: {SUBDOMAIN}"),
        ),
        KeyMisfit::Name(misfit) => {
            let part = if key.contains('/') { "the name in " } else { "" };
            (misfit_of(&format!("{part}{the_key}"), misfit), format!("the name part {NAME}"))
        }
    };
    Diagnostic::new(code_, message).note(note)
}

pub(crate) fn label_value(key: &str, value: &str, misfit: &Misfit) -> Diagnostic {
    let what = format!("the value {} of the label {}", code(value), code(key));
    diagnostic!(LABEL, "{}", misfit_of(&what, misfit))
        .note(format!("a label value {NAME}; it can be empty"))
        .help("use an annotation instead: its value can be any text")
}

pub(crate) fn annotations_too_large(bytes: usize, largest: &str) -> Diagnostic {
    let (bytes, max) = (plural(bytes, "byte"), number(ANNOTATIONS_MAX));
    diagnostic!(ANNOTATION, "the annotations are {bytes}; the limit is {max}")
        .note(format!(
            "the limit applies to the keys and values of all annotations together; the largest is \
             {}",
            code(largest)
        ))
        .help("shorten the annotation, or move its text into the data of a ConfigMap or Secret")
}

pub(crate) fn data_key(key: &str, misfit: &Misfit) -> Diagnostic {
    diagnostic!(DATA_KEY, "{}", misfit_of(&named("data key", key), misfit)).note(match misfit {
        Misfit::Relative => {
            "data keys become file names when a Pod mounts the Secret, and `.`, `..` and `..data` \
             are already in use there"
        }
        _ => {
            "a data key can contain only letters, digits, `-`, `_` and `.`, up to 253 bytes: it \
             becomes a file name when a Pod mounts the Secret"
        }
    })
}

pub(crate) fn data_too_large(bytes: usize, largest: &str, is_all: bool) -> Diagnostic {
    let least = if is_all { "" } else { "at least " };
    let (bytes, max) = (plural(bytes, "byte"), number(DATA_MAX));
    diagnostic!(TOO_MUCH_DATA, "the data is {least}{bytes}; the limit is {max}")
        .note(format!(
            "the limit applies to all values together, before base64; the largest is {}",
            code(largest)
        ))
        .help("split the data into several Secrets, or keep large files out of Secrets")
}

pub(crate) fn no_account() -> Diagnostic {
    diagnostic!(
        SERVICE_ACCOUNT,
        "a Secret of type `kubernetes.io/service-account-token` does not name a ServiceAccount"
    )
    .help(format!(
        "write the name of a ServiceAccount in the Secret's namespace: as the annotation {}, or as \
         `service-account` in a spec",
        code(SERVICE_ACCOUNT_ANNOTATION)
    ))
}

pub(crate) fn empty(type_: &str, key: &str) -> Diagnostic {
    diagnostic!(MISSING_DATA_KEY, "the value of {} is empty", code(key))
        .note(format!("a Secret of type {} needs a value for it", code(type_)))
        .help("check the content of its source")
}

pub(crate) fn key_missing(type_: &str, key: &str, near: Option<&str>) -> Diagnostic {
    let found =
        diagnostic!(MISSING_DATA_KEY, "a Secret of type {} needs {}", code(type_), code(key))
            .note(format!("Kubernetes requires the data key {} for this type", code(key)));
    let Some(near) = near else { return found.help(format!("add {}", code(key))) };
    let other_type = match near {
        DOCKER_CFG_KEY => DOCKER_CFG,
        DOCKER_CONFIG_JSON_KEY => DOCKER_CONFIG_JSON,
        _ if near.eq_ignore_ascii_case(key) => return found.note("data keys are case-sensitive"),
        _ => return found.help(rename(near, key)),
    };
    found.help(format!(
        "use the type {} if the value is in that form: {} is its data key",
        code(other_type),
        code(near)
    ))
}

/// `near` is a key that was perhaps meant to be one of `keys`, and which.
pub(crate) fn none_of(type_: &str, keys: &[&str], near: Option<(&str, &str)>) -> Diagnostic {
    diagnostic!(MISSING_DATA_KEY, "a Secret of type {} needs {}", code(type_), one_of(keys))
        .note(format!("Kubernetes requires at least one of {}; it can be empty", all_of(keys)))
        .help(match near {
            Some((near, key)) => rename(near, key),
            None => format!("add {}", one_of(keys)),
        })
}

fn rename(near: &str, key: &str) -> String {
    format!("rename the data key {} to {}", code(near), code(key))
}

/// "the label key `a b`", or without the key where that is empty.
fn named(noun: &str, key: &str) -> String {
    if key.is_empty() { format!("the {noun}") } else { format!("the {noun} {}", code(key)) }
}

fn misfit_of(what: &str, misfit: &Misfit) -> String {
    match misfit {
        Misfit::Empty => format!("{what} is empty"),
        Misfit::TooLong { len, max } => {
            format!("{what} is {} long; the limit is {}", plural(*len, "byte"), number(*max))
        }
        Misfit::Character { c, at } => {
            format!("{} is not allowed in {what} (character {})", character(*c), number(*at))
        }
        Misfit::Start(c) => format!("{what} can't start with {}", character(*c)),
        Misfit::End(c) => format!("{what} can't end with {}", character(*c)),
        Misfit::NextToDot('.') => format!("{what} has two dots in a row"),
        Misfit::NextToDot(c) => format!("{what} can't have {} next to a dot", character(*c)),
        Misfit::Dots => format!("dots are not allowed in {what}"),
        Misfit::Relative => format!("{what} can't be `.`, and can't start with `..`"),
    }
}

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
