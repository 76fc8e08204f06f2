//! What the key of a registry is meant for, read as a person would read it, and images that it
//! should be used for.

use super::keyring::{HUB, OLD_HUB};

/// Docker Hub as every tool knows it.
pub(crate) const HUB_KEY: &str = "https://index.docker.io/v1/";
/// Hosts that people write for Docker Hub.
const HUB_NAMES: [&str; 10] = [
    HUB,
    OLD_HUB,
    "registry-1.docker.io",
    "registry.docker.io",
    "auth.docker.io",
    "hub.docker.com",
    "registry.hub.docker.com",
    "docker.com",
    "docker",
    "dockerhub",
];
/// Registries without registries on subdomains.
const SINGLE_HOSTS: [&str; 6] =
    [HUB, "ghcr.io", "quay.io", "mcr.microsoft.com", "public.ecr.aws", "registry.gitlab.com"];

/// What a key is meant for.
pub(crate) struct Meant {
    /// In lower case, with its wildcards.
    pub(crate) host: String,
    /// What images say; empty where they say none.
    pub(crate) port: String,
    /// Without a slash at its start.
    pub(crate) path: String,
    /// Whether it says [`OLD_HUB`] or another name of Docker Hub than [`HUB`].
    pub(crate) alias: bool,
}

impl Meant {
    /// Reads a key.
    pub(crate) fn read(server: &str) -> Meant {
        let text = server.trim().to_lowercase().replace("%2f", "/");
        let text = text.split('#').next().unwrap_or_default();
        let text = without_scheme(text);
        let (authority, path) = text.split_once('/').unwrap_or((text, ""));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        // A `?` in the host is meant as a wildcard where it would leave no host.
        let authority = match authority.split_once('?') {
            Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
            _ => authority,
        };
        let (host, port) = split(authority);
        let host = host.trim_end_matches('.');
        // An IPv6 address is found with its port only, so images have to say it.
        let left_out = port == "443" && !host.starts_with('[') || port == "*";
        let port = if left_out { "" } else { port };
        let alias = HUB_NAMES.contains(&host) && host != HUB || host == "*.docker.io";
        let single =
            host.strip_prefix("*.").filter(|rest| SINGLE_HOSTS.contains(rest)).unwrap_or(host);
        let host = if alias { HUB } else { single };
        Meant { host: host.to_owned(), port: port.to_owned(), path: meant_path(path), alias }
    }

    /// Whether it is Docker Hub.
    pub(crate) fn is_hub(&self) -> bool {
        self.host == HUB && self.port.is_empty()
    }

    /// Whether it means the registries of Amazon, `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, with too
    /// few or too many parts.
    pub(crate) fn is_amazon(&self) -> bool {
        let rest = [".amazonaws.com", ".amazonaws.com.cn"]
            .iter()
            .find_map(|domain| self.host.strip_suffix(domain));
        rest.is_some_and(|rest| rest.contains('*') && rest.split('.').count() != 4)
    }

    /// Images that the key should be used for, any one of which is enough.
    pub(crate) fn images(&self) -> Vec<String> {
        let host = match self.host.strip_prefix('[') {
            // An address has no parts with wildcards.
            Some(_) => self.host.clone(),
            None if self.is_amazon() => self
                .host
                .rfind("amazonaws")
                .and_then(|at| self.host.get(at..))
                .map_or_else(String::new, |domain| format!("1.dkr.ecr.x.{domain}")),
            None => self.host.replace(['*', '?'], "x"),
        };
        // Only a host makes an image one of a registry of its own.
        if host.is_empty() || self.host == "*" && self.port.is_empty() {
            return Vec::new();
        }
        let host = if self.port.is_empty() { host } else { format!("{host}:{}", self.port) };
        if self.path.is_empty() {
            vec![format!("{host}/x/y")]
        } else {
            vec![
                format!("{host}/{}", self.path),
                format!("{host}/{}/x", self.path.trim_end_matches('/')),
            ]
        }
    }

    /// How the key should be written.
    pub(crate) fn right(&self) -> Option<String> {
        if self.is_hub() && self.path.is_empty() {
            return Some(HUB_KEY.to_owned());
        }
        if self.is_amazon() {
            let domain = self.host.rfind("amazonaws").and_then(|at| self.host.get(at..))?;
            return Some(format!("*.dkr.ecr.*.{domain}"));
        }
        if self.host.is_empty() || self.host.contains(['?', '[']) {
            return None;
        }
        let port = if self.port.is_empty() { String::new() } else { format!(":{}", self.port) };
        let slash = if self.path.is_empty() { "" } else { "/" };
        Some(format!("{}{port}{slash}{}", self.host, self.path))
    }
}

/// The path that is meant: without that of the API, without tag, digest, query, wildcards and empty
/// parts.
fn meant_path(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let path = ["v1", "v2"]
        .into_iter()
        .find_map(|api| {
            path.strip_prefix(api).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .unwrap_or(path);
    let path = path.split(['@', ':']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let kept: Vec<&str> = parts.iter().copied().take_while(|part| !part.contains('*')).collect();
    // `org/*` means what is below, so the slash stays.
    let below = !kept.is_empty() && (kept.len() < parts.len() || path.ends_with('/'));
    format!("{}{}", kept.join("/"), if below { "/" } else { "" })
}

/// The text after `https://` and the like, however it is misspelt.
pub(crate) fn without_scheme(text: &str) -> &str {
    let after = |(scheme, rest): (&'_ str, &'_ str)| {
        let known = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let is_scheme = !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        is_scheme && (known || rest.starts_with("//"))
    };
    let text = text.trim_start();
    match text.split_once(':').filter(|parts| after(*parts)) {
        Some((_, rest)) => rest.trim_start_matches('/'),
        None => text.strip_prefix("//").unwrap_or(text),
    }
}

/// Host and port as they stand.
pub(crate) fn split(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}
