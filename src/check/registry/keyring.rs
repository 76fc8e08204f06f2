//! The kubelet's keyring: which images the credentials under a registry's key are used for.
//!
//! Source: `pkg/credentialprovider/keyring.go` of Kubernetes (`Add`, `Lookup`, `URLsMatch`,
//! `isDefaultRegistryMatch`), `url.Parse` of Go as far as it matters there, and
//! `reference/normalize.go` of `distribution` for the names of images.

/// Docker Hub, as the names of its images begin once they are complete.
pub(crate) const HUB: &str = "docker.io";
/// The older name of Docker Hub, which is also the kubelet's last resort for its images.
pub(crate) const OLD_HUB: &str = "index.docker.io";
pub(crate) const LIBRARY: &str = "library/";

/// A key of `auths` as the keyring files it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RegistryKey(String);

impl RegistryKey {
    /// Reads a key; `None` where Go can't parse it, upon which the kubelet ignores the entry.
    pub(crate) fn parse(server: &str) -> Option<RegistryKey> {
        let mut schemes = ["https://", "http://"].into_iter();
        let text = schemes.find_map(|scheme| server.strip_prefix(scheme)).unwrap_or(server);
        let url = Url::parse(text)?;
        // The API's path means the host; without the final slash the kubelet does not see it.
        let api = url.path.starts_with("/v2/") || url.path.starts_with("/v1/");
        let path = if api { url.path.get(3..).unwrap_or_default() } else { &url.path };
        Some(RegistryKey(if path == "/" { url.host } else { format!("{}{path}", url.host) }))
    }

    /// Whether the credentials are used for an image, given as a Pod names it.
    pub(crate) fn matches(&self, image: &str) -> bool {
        let Some(image) = repository(image) else { return false };
        let urls = Url::parse(&self.0).zip(Url::parse(&image));
        let found = urls.is_some_and(|(key, image)| key.covers(&image));
        // The fallback is for images that no key of the config fits.
        found || self.0 == OLD_HUB && is_on_hub(&image)
    }

    /// The same for both names of Docker Hub.
    pub(crate) fn registry(self) -> RegistryKey {
        if self.0 == OLD_HUB { RegistryKey(HUB.to_owned()) } else { self }
    }
}

pub(crate) fn matches(server: &str, image: &str) -> bool {
    RegistryKey::parse(server).is_some_and(|key| key.matches(image))
}

/// The complete name of an image, without tag and digest: `docker.io/library/nginx` for `nginx:1`.
pub(crate) fn repository(image: &str) -> Option<String> {
    let (host, path) = match image.split_once('/') {
        Some((host, path)) if is_host(host) => (host, path),
        _ => (HUB, image),
    };
    let host = if host == OLD_HUB { HUB } else { host };
    let path = path.split(['@', ':']).next().unwrap_or_default();
    if path.is_empty() || path.chars().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let library = if host == HUB && !path.contains('/') { LIBRARY } else { "" };
    Some(format!("{host}/{library}{path}"))
}

/// Whether the first part of an image's name is a host, not an organisation on Docker Hub.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.to_lowercase() != part
}

fn is_on_hub(repository: &str) -> bool {
    repository.split('/').next().is_some_and(|host| {
        host == HUB || host == OLD_HUB || !host.is_empty() && !host.contains(['.', ':'])
    })
}

/// What Go makes of `https://` and a text.
struct Url {
    host: String,
    path: String,
}

impl Url {
    fn parse(text: &str) -> Option<Url> {
        if text.chars().any(|c| c.is_ascii_control()) {
            return None;
        }
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        unescape(fragment)?;
        let text = text.split('?').next().unwrap_or_default();
        let (authority, path) = match text.find('/') {
            Some(at) => (text.get(..at)?, text.get(at..)?),
            None => (text, ""),
        };
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let user_fits =
            user.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c));
        if !user_fits || !host_fits(host) {
            return None;
        }
        unescape(user)?;
        Some(Url { host: host.to_owned(), path: unescape(path)? })
    }

    /// `URLsMatch`: the same port, label for label a glob, and a path that begins byte for byte
    /// like this one.
    fn covers(&self, image: &Url) -> bool {
        let ((host, port), (other, other_port)) = (split_port(&self.host), split_port(&image.host));
        port == other_port
            && host.split('.').count() == other.split('.').count()
            && image.path.starts_with(&self.path)
            && host.split('.').zip(other.split('.')).all(|(glob, label)| glob_matches(glob, label))
    }
}

/// Whether Go takes a host. A `%` may only stand for bytes outside ASCII there, which no image has,
/// so it is refused here.
fn host_fits(host: &str) -> bool {
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port_fits = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_number);
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split_once(']').is_some_and(|(address, rest)| {
            address.parse::<std::net::Ipv6Addr>().is_ok() && port_fits(rest)
        });
    }
    let port = host.rfind(':').and_then(|at| host.get(at..)).unwrap_or_default();
    port_fits(port)
        && host.chars().all(|c| {
            !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:<>\"".contains(c)
        })
}

/// `net.SplitHostPort`, with the whole host where there is no port.
fn split_port(host: &str) -> (&str, &str) {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split_once("]:").unwrap_or((host, ""));
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, port),
        _ => (host, ""),
    }
}

/// `filepath.Match` for a label of a host, where only `*` is left of what it knows.
fn glob_matches(glob: &str, label: &str) -> bool {
    // `[::1]` without a port is taken for a class of characters; no label of an image is in one.
    if glob.starts_with('[') {
        return false;
    }
    let Some((start, glob)) = glob.split_once('*') else { return glob == label };
    let (middle, end) = glob.rsplit_once('*').unwrap_or(("", glob));
    let Some(mut rest) = label.strip_prefix(start) else { return false };
    for part in middle.split('*') {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(end)
}

/// `%41` as `A`; `None` for a `%` that begins nothing of the kind. What is no UTF-8 becomes U+FFFD,
/// which matches nothing.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { hex(rest.next()?)? << 4 | hex(rest.next()?)? } else { byte });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
