//! Registry keys that the kubelet never uses, and keys that it uses for more than was meant.
//!
//! What a key is meant for is read leniently, as a person would: a scheme, white space, upper case,
//! the path of the registry's API, tags and port 443 are left out, and other names of Docker Hub
//! are Docker Hub. Then [`registry_key`] has the word: if the key fits no image of that registry,
//! the credentials are never used. The reason is found last, for the words; a right spelling is
//! offered only if it would be used.

use super::intent::{Meant, split, without_scheme};
use super::keyring::{self, HUB, LIBRARY, OLD_HUB};

/// Registries where the first part of an image's path is somebody: a key with that part alone is a
/// key for that somebody.
const SHARED_HOSTS: [&str; 13] = [
    HUB,
    "ghcr.io",
    "quay.io",
    "registry.gitlab.com",
    "gcr.io",
    "public.ecr.aws",
    "codeberg.org",
    "registry.digitalocean.com",
    "docker.cloudsmith.io",
    "nvcr.io",
    "icr.io",
    "ccr.ccs.tencentyun.com",
    "registry.heroku.com",
];
/// Ends of the hosts of such registries that have one for each region: Google's two, IBM's,
/// Oracle's and Scaleway's.
const SHARED_DOMAINS: [&str; 5] =
    [".gcr.io", "-docker.pkg.dev", ".icr.io", ".ocir.io", ".scw.cloud"];

/// Why a key is never used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It names no host.
    NoHost,
    /// White space or a control character stands in it.
    Space,
    /// It starts with something else than `https://` or `http://` in lower case.
    Scheme,
    /// A `%` stands in it.
    Percent,
    /// It is a name of Docker Hub that its images don't have.
    HubName,
    /// `?` or `[` stand in the host, which are no wildcards here.
    Wildcard,
    /// It is a `*` for whole hosts, and a `*` stands for one part between dots.
    LoneStar,
    /// The port is no number.
    Port,
    /// Upper case.
    UpperCase,
    /// Port 443, which images don't say.
    Port443,
    /// `/v1` or `/v2` without the slash that ends it.
    ApiPath,
    /// A dot at the end of the host.
    TrailingDot,
    /// An IPv6 address without a port.
    Ipv6,
    /// A `*` in the path.
    PathStar,
    /// A tag or digest.
    Tag,
    /// A path that holds `//`.
    DoubleSlash,
    /// A path after `index.docker.io`, which stands for Docker Hub only alone.
    OldHubPath,
    /// A word without a dot or port, which images have for an organisation on Docker Hub.
    BareWord,
    /// A `*.` before a registry that has no subdomains.
    NoSubdomains,
    /// A `*` for the hosts of Amazon's registries, which have more parts.
    Amazon,
    /// Something else.
    Other,
}

/// A key that is never used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NeverUsed {
    /// Why.
    pub reason: Reason,
    /// A spelling that is used for what was probably meant.
    pub right: Option<String>,
}

impl NeverUsed {
    /// Whether the right spelling is certain to be what was meant.
    pub(crate) fn is_certain(&self) -> bool {
        use Reason::{Amazon, NoSubdomains, Percent, Port, Port443, Wildcard};
        !matches!(self.reason, Amazon | NoSubdomains | Percent | Port | Port443 | Wildcard)
    }
}

/// Why the kubelet never uses a key for the images that it is meant for; `None` for a key that it
/// uses.
pub(crate) fn never(server: &str) -> Option<NeverUsed> {
    let meant = Meant::read(server);
    if meant.images().iter().any(|image| keyring::matches(server, image)) {
        return None;
    }
    let right = meant
        .right()
        .filter(|right| meant.images().iter().any(|image| keyring::matches(right, image)));
    Some(NeverUsed { reason: reason(&meant, server), right })
}

/// The path of a key that covers more than the organisation it names: the key with a slash at its
/// end would not.
///
/// Only for registries of many tenants, and only for a path of one part: there, and nowhere else,
/// that part is sure to be somebody. A path of two parts begins other images too, but those of the
/// same somebody, so that nobody else sees the credentials; and where it is a repository, which is
/// more often than not, it would not fit that any more with a slash.
pub(crate) fn too_wide(server: &str) -> Option<String> {
    let meant = Meant::read(server);
    let shared = SHARED_HOSTS.contains(&meant.host.as_str())
        || SHARED_DOMAINS.iter().any(|domain| meant.host.ends_with(domain));
    let library = meant.is_hub() && LIBRARY.trim_end_matches('/') == meant.path;
    let organisation = !meant.path.is_empty() && !meant.path.contains('/') && !library;
    // A query or fragment ends the path, so that nothing can be put behind it.
    let plain = !server.ends_with('/') && !server.contains(['?', '#']);
    (shared && organisation && plain && never(server).is_none()).then(|| format!("{server}/"))
}

/// Whether a key has a `*` where the owner of a host stands: `*.io` is everybody's. Of other ends
/// than those of two letters, which are countries', and the oldest one, it may be a private
/// network.
pub(crate) fn is_anyones(server: &str) -> bool {
    let host = Meant::read(server).host;
    let mut ends = host.rsplit('.');
    let (Some(end), Some(owner)) = (ends.next(), ends.next()) else { return false };
    let is_address = host.contains(|c: char| c.is_ascii_digit())
        && host.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '.'));
    let is_public = end.len() == 2 || end == "com";
    let covers = end.contains('*') || is_public && owner.contains('*');
    covers && !is_address && never(server).is_none()
}

/// Why the key is never used. What catches the eye first comes first.
fn reason(meant: &Meant, server: &str) -> Reason {
    let rest = without_scheme(server);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (_, port) = split(authority);
    let scheme = !server.starts_with("https://")
        && !server.starts_with("http://")
        && rest.len() != server.len();
    if meant.host.is_empty() {
        Reason::NoHost
    } else if server.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Reason::Space
    } else if scheme {
        Reason::Scheme
    } else if server.contains('%') {
        Reason::Percent
    } else if meant.host == "*" {
        Reason::LoneStar
    } else if meant.host.contains(['?', '[']) && !meant.host.starts_with('[')
        || meant.host.starts_with('[') && !meant.host.contains(':')
    {
        Reason::Wildcard
    } else if server.chars().any(char::is_uppercase) {
        Reason::UpperCase
    } else if meant.alias && authority != OLD_HUB && port.is_empty() {
        Reason::HubName
    } else if port == "443" {
        Reason::Port443
    } else if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        Reason::Port
    } else if path == "v1" || path == "v2" {
        Reason::ApiPath
    } else if authority.ends_with('.') {
        Reason::TrailingDot
    } else if meant.host.starts_with('[') {
        Reason::Ipv6
    } else if path.contains('*') {
        Reason::PathStar
    } else if path.contains(['@', ':']) {
        Reason::Tag
    } else if path.contains("//") || path.starts_with('/') {
        Reason::DoubleSlash
    } else if meant.alias {
        Reason::OldHubPath
    } else if meant.is_amazon() {
        Reason::Amazon
    } else if authority.starts_with("*.") {
        Reason::NoSubdomains
    } else if !meant.host.contains('.') && meant.port.is_empty() {
        Reason::BareWord
    } else {
        Reason::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::registry::intent::HUB_KEY;

    #[test]
    fn reasons_and_right_spellings() {
        use Reason::*;
        for (server, reason, right) in [
            ("https://index.docker.io/v1", ApiPath, Some(HUB_KEY)),
            ("https://registry-1.docker.io/v2/", HubName, Some(HUB_KEY)),
            ("hub.docker.com", HubName, Some(HUB_KEY)),
            ("*.docker.io", HubName, Some(HUB_KEY)),
            ("docker", HubName, Some(HUB_KEY)),
            ("docker.io:443", Port443, Some(HUB_KEY)),
            ("DOCKER.IO", UpperCase, Some(HUB_KEY)),
            ("index.docker.io/library", OldHubPath, Some("docker.io/library")),
            ("https://index.docker.io/v1/library", OldHubPath, Some("docker.io/library")),
            ("", NoHost, None),
            ("https://", NoHost, None),
            ("*", LoneStar, None),
            ("https://ghcr.io/v2", ApiPath, Some("ghcr.io")),
            ("ghcr.io/org/app:v1", Tag, Some("ghcr.io/org/app")),
            ("ghcr.io/org/*", PathStar, Some("ghcr.io/org/")),
            ("ghcr.io/*", PathStar, Some("ghcr.io")),
            ("gh?r.io", Wildcard, None),
            ("[g]hcr.io", Wildcard, None),
            ("HTTPS://ghcr.io", Scheme, Some("ghcr.io")),
            ("oci://ghcr.io/org/", Scheme, Some("ghcr.io/org/")),
            ("//ghcr.io", Scheme, Some("ghcr.io")),
            ("https:ghcr.io", Scheme, Some("ghcr.io")),
            ("https:/ghcr.io", Scheme, Some("ghcr.io")),
            (" ghcr.io", Space, Some("ghcr.io")),
            ("ghcr.io:*", Port, Some("ghcr.io")),
            ("ghcr.io//org", DoubleSlash, Some("ghcr.io/org")),
            ("ghcr.io/Org", UpperCase, Some("ghcr.io/org")),
            ("*.ghcr.io", NoSubdomains, Some("ghcr.io")),
            ("ghcr.io.", TrailingDot, Some("ghcr.io")),
            ("ghcr.io%2Forg", Percent, Some("ghcr.io/org")),
            ("*.amazonaws.com", Amazon, Some("*.dkr.ecr.*.amazonaws.com")),
            ("[::1]", Ipv6, None),
            ("myreg", BareWord, None),
        ] {
            let found = never(server).unwrap_or_else(|| panic!("{server} is used"));
            assert_eq!((found.reason, found.right.as_deref()), (reason, right), "{server}");
        }
    }

    #[test]
    fn keys_that_are_used() {
        for server in [
            "ghcr.io",
            "registry.example.com:5000",
            "*.example.com",
            "*.example.com:5000",
            "*:5000",
            "localhost",
            "myreg:5000",
            "[::1]:5000",
            "[::1]:443",
            "docker.io/org",
            "docker.io/library/",
            // An organisation, as far as the name tells.
            "docker.io/nginx",
            "ghcr.io/org/app/",
            "https://ghcr.io/v2/org",
            "user@ghcr.io",
            "ghcr.io?x=1",
            "123.dkr.ecr.us-east-1.amazonaws.com",
            "*.dkr.ecr.us-*-1.amazonaws.com",
        ] {
            assert_eq!(never(server), None, "{server}");
        }
    }

    #[test]
    fn organisations_end_with_a_slash() {
        for (server, right) in [
            ("ghcr.io/org", Some("ghcr.io/org/")),
            ("https://ghcr.io/v2/org", Some("https://ghcr.io/v2/org/")),
            ("docker.io/org", Some("docker.io/org/")),
            ("eu.gcr.io/project", Some("eu.gcr.io/project/")),
            ("ghcr.io/org/", None),
            ("ghcr.io/org/app", None),
            ("ghcr.io", None),
            ("docker.io/library", None),
            ("registry.example.com/app", None),
            ("ghcr.io/Org", None),
            ("registry.digitalocean.com/acme", Some("registry.digitalocean.com/acme/")),
            ("fra.ocir.io/acme", Some("fra.ocir.io/acme/")),
            ("europe-docker.pkg.dev/acme", Some("europe-docker.pkg.dev/acme/")),
            ("acme.azurecr.io/app", None),
        ] {
            assert_eq!(too_wide(server).as_deref(), right, "{server}");
        }
    }

    #[test]
    fn stars_for_the_hosts_of_anybody() {
        for server in
            ["*.io", "https://*.com", "registry.*", "ghcr.*", "*.*.*", "a*.io:5000", "*.io/acme/"]
        {
            assert!(is_anyones(server), "{server}");
        }
        for server in [
            "*.example.com",
            "*.azurecr.io",
            "*.dkr.ecr.*.amazonaws.com",
            "*.internal",
            "*.lan",
            "registry.*.svc",
            "*:5000",
            "10.0.0.*",
            "ghcr.io",
            "localhost",
            // Of these there is something else to say.
            "*",
            "*.ghcr.io",
        ] {
            assert!(!is_anyones(server), "{server}");
        }
        assert!(keyring::matches("*.io", "ghcr.io/acme/app"));
        assert!(keyring::matches("ghcr.*", "ghcr.example/acme/app"));
    }

    /// Two parts: what else they begin is the same owner's, and a slash would leave out what they
    /// name.
    #[test]
    fn repositories_are_left_alone() {
        use super::keyring::matches;
        for host in
            ["ghcr.io", "docker.io", "registry.gitlab.com", "quay.io", "europe-docker.pkg.dev"]
        {
            let (key, image) =
                (format!("{host}/acme/app"), |path: &str| format!("{host}/{path}:1"));
            assert_eq!(too_wide(&key), None, "{key}");
            assert!(
                matches(&key, &image("acme/app")) && matches(&key, &image("acme/app-test")),
                "{key}"
            );
            assert!(
                !matches(&key, &image("acme-test/app"))
                    && !matches(&format!("{key}/"), &image("acme/app")),
                "{key}"
            );
        }
    }
}
