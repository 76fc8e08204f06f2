//! Registry keys that the kubelet never uses, and keys that it uses for more than was meant.
//!
//! What a key is meant for is read leniently, as a person would: a scheme, white space, upper case,
//! the path of the registry's API, tags and port 443 are left out, and other names of Docker Hub
//! are Docker Hub. Then the keyring has the word: if the key fits no image of that registry, the
//! credentials are never used. A right spelling is offered only if it would be used.

use super::keyring::{self, HUB, LIBRARY};

pub(crate) const HUB_KEY: &str = "https://index.docker.io/v1/";
/// Public registries: without registries on subdomains, and where the first part of an image's path
/// is somebody.
const PUBLIC: [&str; 5] = [HUB, "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws"];
const AMAZON: &str = "*.dkr.ecr.*.amazonaws.com";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Hub,
    Wildcard,
    /// A port that images don't say, or none where they have to say it.
    Port,
    Path,
    Host,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NeverUsed {
    pub reason: Reason,
    pub right: Option<String>,
}

impl NeverUsed {
    /// The right spelling, if it is certain to be what was meant.
    pub(crate) fn certain(&self) -> Option<&String> {
        self.right.as_ref().filter(|_| !matches!(self.reason, Reason::Wildcard | Reason::Port))
    }
}

/// Why the kubelet never uses a key for the images that it is meant for, if so.
pub(crate) fn never(server: &str) -> Option<NeverUsed> {
    let meant = Meant::read(server);
    let is_used = |key: &str| meant.images().iter().any(|image| keyring::matches(key, image));
    if is_used(server) {
        return None;
    }
    let right = meant.right().filter(|right| is_used(right));
    Some(NeverUsed { reason: meant.reason(server), right })
}

/// A key that covers more than the organisation it names, with a slash at its end, so that it does
/// not.
///
/// Only for public registries, and only for a path of one part: there, and nowhere else, that part
/// is sure to be somebody. A path of two parts begins other images too, but those of the same
/// somebody; and where it is a repository, as it mostly is, it would not fit that with a slash.
pub(crate) fn too_wide(server: &str) -> Option<String> {
    let meant = Meant::read(server);
    let is_library = meant.host == HUB && meant.path == LIBRARY.trim_end_matches('/');
    let is_organisation = PUBLIC.contains(&meant.host.as_str())
        && !meant.path.is_empty()
        && !meant.path.contains('/')
        && !is_library;
    // A query or fragment ends the path, so that nothing can be put behind it.
    let is_plain = !server.ends_with('/') && !server.contains(['?', '#']);
    (is_organisation && is_plain && never(server).is_none()).then(|| format!("{server}/"))
}

/// Whether a key has a `*` where the owner of a host stands: `*.io` is everybody's. Of other ends
/// than those of two letters, which are countries', and `com`, it may be a private network.
pub(crate) fn is_anyones(server: &str) -> bool {
    let host = Meant::read(server).host;
    let mut ends = host.rsplit('.');
    let (Some(end), Some(owner)) = (ends.next(), ends.next()) else { return false };
    let is_address = host.contains(|c: char| c.is_ascii_digit())
        && host.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '.'));
    let is_public = end.len() == 2 || end == "com";
    (end.contains('*') || is_public && owner.contains('*'))
        && !is_address
        && never(server).is_none()
}

struct Meant {
    /// In lower case, with its wildcards.
    host: String,
    /// What images say; empty where they say none.
    port: String,
    /// Without a slash at its start.
    path: String,
    /// Whether it says another name of Docker Hub than [`HUB`].
    is_alias: bool,
}

impl Meant {
    fn read(server: &str) -> Meant {
        let text = server.trim().to_lowercase();
        let text = without_scheme(text.split(['#', '?']).next().unwrap_or_default());
        let (authority, path) = text.split_once('/').unwrap_or((text, ""));
        let (host, port) = split(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        let host = host.trim_end_matches('.');
        // An IPv6 address is found with its port only, so images have to say it.
        let left_out = port == "443" && !host.starts_with('[') || port == "*";
        let is_alias = host.ends_with(".docker.io")
            || matches!(host, "docker.com" | "hub.docker.com" | "registry.hub.docker.com");
        let is_amazon = host.contains('*')
            && host.ends_with(".amazonaws.com")
            && host.split('.').count() != AMAZON.split('.').count();
        let single = host.strip_prefix("*.").filter(|rest| PUBLIC.contains(rest));
        let host = match (is_alias, is_amazon) {
            (true, _) => HUB,
            (_, true) => AMAZON,
            _ => single.unwrap_or(host),
        };
        let port = if left_out { "" } else { port };
        Meant { host: host.to_owned(), port: port.to_owned(), path: meant_path(path), is_alias }
    }

    fn registry(&self) -> String {
        let colon = if self.port.is_empty() { "" } else { ":" };
        format!("{}{colon}{}", self.host, self.port)
    }

    /// Images that the key should be used for, any one of which is enough.
    fn images(&self) -> Vec<String> {
        // Only a host makes an image one of a registry of its own.
        if self.host.is_empty() || self.host == "*" && self.port.is_empty() {
            return Vec::new();
        }
        let registry = self.registry().replace('*', "x");
        match self.path.trim_end_matches('/') {
            "" => vec![format!("{registry}/x/y")],
            path => vec![format!("{registry}/{}", self.path), format!("{registry}/{path}/x")],
        }
    }

    fn right(&self) -> Option<String> {
        let registry = self.registry();
        match self.path.as_str() {
            _ if self.host.is_empty() || self.host.contains('[') => None,
            "" if registry == HUB => Some(HUB_KEY.to_owned()),
            "" => Some(registry),
            path => Some(format!("{registry}/{path}")),
        }
    }

    /// What catches the eye first comes first.
    fn reason(&self, server: &str) -> Reason {
        let rest = without_scheme(server);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = split(authority);
        let is_ipv6 = host.starts_with('[') && host.contains(':');
        let has_scheme = rest.len() < server.len();
        let is_known = ["https://", "http://"].iter().any(|scheme| server.starts_with(scheme));
        if has_scheme && !is_known
            || server.contains(|c: char| c.is_whitespace() || c.is_uppercase() || c == '%')
        {
            Reason::Host
        } else if self.is_alias && port.is_empty() {
            Reason::Hub
        } else if !is_ipv6 && host.contains(['*', '?', '[']) {
            Reason::Wildcard
        } else if is_ipv6 || !port.is_empty() {
            Reason::Port
        } else if !path.is_empty() {
            Reason::Path
        } else {
            Reason::Host
        }
    }
}

/// The path that is meant: without that of the API, without tag, digest, wildcards and empty parts.
fn meant_path(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let api = ["v1", "v2"].into_iter().find_map(|api| path.strip_prefix(api));
    let path = api.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    let path = path.split(['@', ':']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let kept: Vec<&str> = parts.iter().copied().take_while(|part| !part.contains('*')).collect();
    // `org/*` means what is below, so the slash stays.
    let is_below = !kept.is_empty() && (kept.len() < parts.len() || path.ends_with('/'));
    format!("{}{}", kept.join("/"), if is_below { "/" } else { "" })
}

/// The text after `https://` and the like, however it is misspelt.
fn without_scheme(text: &str) -> &str {
    let text = text.trim_start();
    match text.split_once(':') {
        Some((scheme, rest))
            if scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'))
                && (rest.starts_with("//")
                    || ["http", "https"].iter().any(|name| scheme.eq_ignore_ascii_case(name))) =>
        {
            rest.trim_start_matches('/')
        }
        _ => text.strip_prefix("//").unwrap_or(text),
    }
}

fn split(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_spellings() {
        for (servers, right) in [
            ("https://index.docker.io/v1/library", Some("docker.io/library")),
            ("https://ghcr.io/v2 ghcr.io:* *.ghcr.io", Some("ghcr.io")),
            ("ghcr.io/org/app:v1", Some("ghcr.io/org/app")),
            ("ghcr.io/org/* oci://ghcr.io/org/", Some("ghcr.io/org/")),
            ("docker [g]hcr.io ghcr.io%2Forg [::1]", None),
        ] {
            for server in servers.split(' ') {
                let found = never(server).unwrap_or_else(|| panic!("{server} is used"));
                assert_eq!(found.right.as_deref(), right, "{server}");
            }
        }
    }

    #[test]
    fn organisations_end_with_a_slash() {
        for server in ["ghcr.io/org", "https://ghcr.io/v2/org"] {
            assert_eq!(too_wide(server), Some(format!("{server}/")));
        }
        for server in "ghcr.io/org/ ghcr.io/org/app ghcr.io docker.io/library \
            registry.example.com/app ghcr.io/Org"
            .split(' ')
        {
            assert_eq!(too_wide(server), None, "{server}");
        }
    }

    #[test]
    fn stars_for_the_hosts_of_anybody() {
        for server in "*.io https://*.com registry.* ghcr.* *.*.* a*.io:5000 *.io/acme/".split(' ')
        {
            assert!(is_anyones(server), "{server}");
        }
        // Of the last two there is something else to say.
        for server in "*.example.com *.dkr.ecr.*.amazonaws.com *.internal registry.*.svc *:5000 \
            10.0.0.* ghcr.io localhost * *.ghcr.io"
            .split(' ')
        {
            assert!(!is_anyones(server), "{server}");
        }
    }
}
