//! Registry credentials as `kubectl create secret docker-registry` writes them (kubectl
//! `create_secret_docker.go`).

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::encode::{base64, base64_len};
use crate::go::json::write::{push_string, string_len_max};
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registry {
    /// The key under `auths`, for example `ghcr.io` or `https://index.docker.io/v1/`.
    pub server: String,
    pub username: SecretBytes,
    pub password: SecretBytes,
    /// Email address; an empty one is left out.
    pub email: Option<SecretBytes>,
}

/// The content of `.dockerconfigjson`: `{"auths":{"SERVER":{...}}}`, compact, servers sorted.
/// `None` if a server has two registries, or a value is not UTF-8.
pub(crate) fn docker_config_json(registries: &[Registry]) -> Option<SecretBytes> {
    write(registries, "{\"auths\":", "}")
}

/// The content of `.dockercfg`, the older form: the same without `auths` around it.
pub(crate) fn docker_cfg(registries: &[Registry]) -> Option<SecretBytes> {
    write(registries, "", "")
}

fn write(registries: &[Registry], before: &str, after: &str) -> Option<SecretBytes> {
    let by_server: BTreeMap<&str, &Registry> =
        registries.iter().map(|registry| (registry.server.as_str(), registry)).collect();
    if by_server.len() < registries.len() {
        return None;
    }
    // In one piece: growing would leave copies of the passwords in freed memory. 96: the field
    // names, colons, commas and braces.
    let text = |bytes: &SecretBytes| string_len_max(bytes.len());
    let room = |registry: &Registry| {
        let auth = base64_len(registry.username.len() + 1 + registry.password.len());
        let email = registry.email.as_ref().map_or(0, text);
        let server = string_len_max(registry.server.len());
        96 + server + text(&registry.username) + text(&registry.password) + email + auth
    };
    let room = before.len() + after.len() + 2 + registries.iter().map(room).sum::<usize>();
    let mut out = Zeroizing::new(String::with_capacity(room));
    out.extend([before, "{"]);
    for (index, (server, registry)) in by_server.into_iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        push_string(&mut out, server);
        out.push_str(":{");
        let username = registry.username.expose_str()?;
        let password = registry.password.expose_str()?;
        let email = registry.email.as_ref().map_or(Some(""), SecretBytes::expose_str)?;
        for (field, text) in [("username", username), ("password", password), ("email", email)] {
            // Go's `omitempty`.
            if !text.is_empty() {
                out.extend(["\"", field, "\":"]);
                push_string(&mut out, text);
                out.push(',');
            }
        }
        // As HTTP basic authentication joins them.
        let mut auth = Zeroizing::new(String::with_capacity(username.len() + 1 + password.len()));
        auth.extend([username, ":", password]);
        out.extend(["\"auth\":\"", &base64(auth.as_bytes()), "\"}"]);
    }
    out.extend(["}", after]);
    debug_assert!(out.len() <= room);
    Some(SecretBytes::from(std::mem::take(&mut *out)))
}
