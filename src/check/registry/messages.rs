//! The sentences for registry credentials that somebody should look at. Keys of registries are told only where they stand in the spec.

use crate::diag::phrases::{code, number, plural};
use crate::diag::{Diagnostic, codes};
use super::intent::HUB_KEY;
use super::server::{Never, Reason};
use super::{Names, RegistryFault};

/// The repair where a key has a right spelling.
pub fn edit(right: &str) -> String {
    let hub = if right == HUB_KEY { " for Docker Hub" } else { "" };
    format!("write {}{hub}", code(right))
}

/// What to say at two keys for one registry. Which stands first in the spec is not known here.
pub const SAME: (&str, &str) = ("one", "the other");

/// The finding for a fault, without a place. Where the key may be told and a repair is certain, that is for [`edit`] to say.
pub fn diagnostic(fault: &RegistryFault, names: &Names<'_>) -> Diagnostic {
    let name = |index: usize| name(names, index);
    match fault {
        RegistryFault::Never(index, never) => {
            let message = format!("the kubelet never uses the credentials of {}", name(*index));
            let is_repaired = names.told && never.right.is_some() && never.is_certain();
            let help = (!is_repaired).then(|| help(never, names.told));
            Diagnostic::new(&codes::REGISTRY_SERVER, message).note(why(never.reason)).maybe_help(help)
        }
        RegistryFault::TooWide(index, _) => {
            let message = format!("the credentials of {} are for more than one organisation", name(*index));
            let note = match names.server(*index).map(last_part) {
                Some(last) => format!(
                    "a path is compared from its beginning, byte for byte: {} is the beginning of {} too",
                    code(last),
                    code(&format!("{last}-test/app"))
                ),
                None => "a path is compared from its beginning, byte for byte: `acme` is the beginning of `acme-test/app` too".to_owned(),
            };
            let help = (!names.told).then(|| "end the path with a slash: `ghcr.io/acme/`".to_owned());
            Diagnostic::new(&codes::REGISTRY_PREFIX, message).note(note).maybe_help(help)
        }
        RegistryFault::Anyones(index) => {
            let message = format!("the credentials of {} are for hosts of anybody", name(*index));
            Diagnostic::new(&codes::REGISTRY_PREFIX, message)
                .note("a `*` stands for any part of a host between dots: `*.io` is `ghcr.io`, `quay.io` and whatever somebody registers")
                .note("whoever owns a host that an image names is sent the user name and the password")
                .help("name each host, or put the `*` before a domain of one owner, such as `*.registry.example.com`")
        }
        RegistryFault::Token(index) => {
            let message = format!("the kubelet takes no token for {}, and there is no password", name(*index));
            Diagnostic::new(&codes::REGISTRY_HELPER, message)
                .note("it does not read `identitytoken` and `registrytoken`; it logs in with an empty password")
                .help("write a user name and a password or access token that the registry takes instead")
        }
        RegistryFault::NoLogin { numbers, helpers } => no_login(numbers, *helpers, names),
        RegistryFault::Helpers => {
            let message = format!("{} names credential helpers, which the kubelet does not run", code(names.key));
            Diagnostic::new(&codes::REGISTRY_HELPER, message)
                .note("they are programs of the machine that the file comes from; registries that only they know have no credentials here")
                .help("leave `credsStore` and `credHelpers` out")
        }
        RegistryFault::Same(first, second) => {
            let message = format!("{} and {} are one registry to the kubelet", name(*first), name(*second));
            Diagnostic::new(&codes::REGISTRY_DUPLICATE, message)
                .note("it does not say which of the two it uses first, or whether it uses both")
                .help("keep the entry whose credentials are right, and remove the other")
        }
        RegistryFault::Repeated(dropped, kept) => {
            let message = format!("registries {} and {} in {} have the same name", number(*dropped), number(*kept), code(names.key));
            Diagnostic::new(&codes::REGISTRY_DUPLICATE, message)
                .note("of equal keys in JSON the last counts; the first is dropped without a word")
                .help("remove one")
        }
    }
}

/// How an entry is called: `ghcr.io`, or registry 2 in its config.
pub fn name(names: &Names<'_>, index: usize) -> String {
    match names.server(index) {
        Some("") => "an empty registry name".to_owned(),
        Some(server) => code(server),
        None => format!("registry {} in {}", number(index), code(names.key)),
    }
}

fn no_login(numbers: &[usize], helpers: bool, names: &Names<'_>) -> Diagnostic {
    let message = match numbers {
        [only] => format!("{} has neither a user name nor a password", name(names, *only)),
        _ => format!(
            "{} in {} have neither a user name nor a password",
            plural(numbers.len(), "registry").replace("registrys", "registries"),
            code(names.key)
        ),
    };
    let note = if helpers {
        "`credsStore` and `credHelpers` name programs of the machine that the file comes from; the kubelet does not run them"
    } else {
        "the kubelet takes this for a login with an empty name and an empty password"
    };
    let help = if helpers {
        "write `username` and `password` for them, from where the helper keeps them; remove what no Pod pulls from"
    } else {
        "give it a user name and a password, or remove it"
    };
    Diagnostic::new(&codes::REGISTRY_HELPER, message).note(note).help(help)
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
        Reason::HubName => "images of Docker Hub are `docker.io/...` to the kubelet, whatever host serves them",
        Reason::Wildcard => "the only wildcard is `*`, and only in the host",
        Reason::LoneStar => "`*` stands for one part of a host between two dots, and no registry has only one",
        Reason::Port => "the port is no number, and there are no wildcards for it",
        Reason::UpperCase => "upper case counts, and images are named in lower case",
        Reason::Port443 => "the port is compared as text, and images don't say `:443`",
        Reason::ApiPath => "`/v1/` and `/v2/` stand for the whole registry only with the slash at their end",
        Reason::TrailingDot => "images have no dot at the end of the host",
        Reason::Ipv6 => "the kubelet finds an IPv6 address only together with its port",
        Reason::PathStar => "`*` means nothing in a path, which is compared from its beginning",
        Reason::Tag => "images are compared without tag and digest",
        Reason::DoubleSlash => "images have no `//` in their names",
        Reason::OldHubPath => "`index.docker.io` stands for Docker Hub only without a path",
        Reason::Library => "images of Docker Hub without an organisation are `docker.io/library/...` to the kubelet",
        Reason::BareWord => "an image that begins with such a word is one of Docker Hub: a host has a dot or a port, or is `localhost`",
        Reason::NoSubdomains => "`*.` stands for one more part before the host, which images of this registry don't have",
        Reason::Amazon => "`*` stands for one part of a host, and `ACCOUNT.dkr.ecr.REGION.amazonaws.com` has more",
        Reason::Other => "no image has a name that fits it",
    }
}

/// The right spelling, or how to find it.
fn help(never: &Never, told: bool) -> String {
    if let (Some(right), true) = (&never.right, told) {
        return format!("{}, if that is what is meant", edit(right));
    }
    let help = match never.reason {
        Reason::Space => "remove it",
        Reason::HubName | Reason::OldHubPath => {
            "write `https://index.docker.io/v1/` for all of Docker Hub, or `docker.io/ORGANISATION/` for a part"
        }
        Reason::UpperCase => "write it in lower case",
        Reason::Port443 => "leave the port out, unless images say it",
        Reason::ApiPath => "write the host alone, such as `ghcr.io`, or `https://index.docker.io/v1/` for Docker Hub",
        Reason::Wildcard | Reason::LoneStar | Reason::Port | Reason::NoSubdomains => {
            "write a `*` for each part that may vary, such as `*.example.com`, or an entry for each registry"
        }
        Reason::Amazon => "write `*.dkr.ecr.*.amazonaws.com`, or the host itself",
        Reason::PathStar => "end the path with a slash before the `*`: `ghcr.io/acme/`",
        Reason::Tag => "leave the tag or digest out",
        Reason::Library => "write `docker.io/library/IMAGE`",
        Reason::Ipv6 => "write the port that images say, as in `[::1]:5000`",
        Reason::NoHost
        | Reason::Scheme
        | Reason::Percent
        | Reason::TrailingDot
        | Reason::DoubleSlash
        | Reason::BareWord
        | Reason::Other => "write the host as images name it, such as `ghcr.io` or `registry.example.com:5000`",
    };
    help.to_owned()
}
