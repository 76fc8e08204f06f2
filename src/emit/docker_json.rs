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
    /// Password or token.
    pub password: SecretBytes,
    /// Email address; an empty one is left out.
    pub email: Option<SecretBytes>,
}

/// Why registries can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegistryFault {
    /// This field of this server's credentials is not UTF-8, so no JSON string can hold it.
    NotUtf8 {
        server: String,
        /// `username`, `password` or `email`.
        field: &'static str,
    },
    /// Two registries have this server; JSON would keep only one.
    DuplicateServer(String),
}

/// The content of `.dockerconfigjson`: `{"auths":{"SERVER":{...}}}`, compact, servers sorted.
///
/// # Errors
/// [`RegistryFault`], without any value.
pub(crate) fn docker_config_json(registries: &[Registry]) -> Result<SecretBytes, RegistryFault> {
    write(registries, "{\"auths\":", "}")
}

/// The content of `.dockercfg`, the older form: the same without `auths` around it.
///
/// # Errors
/// [`RegistryFault`], without any value.
pub(crate) fn docker_cfg(registries: &[Registry]) -> Result<SecretBytes, RegistryFault> {
    write(registries, "", "")
}

/// A registry whose fields are known to be text.
struct Entry<'a> {
    username: &'a str,
    password: &'a str,
    email: &'a str,
}

fn write(registries: &[Registry], before: &str, after: &str) -> Result<SecretBytes, RegistryFault> {
    let mut entries = BTreeMap::new();
    let mut room = before.len() + after.len() + 2;
    for registry in registries {
        let entry = Entry::of(registry)?;
        room += string_len_max(registry.server.len()) + entry.room();
        if entries.insert(registry.server.as_str(), entry).is_some() {
            return Err(RegistryFault::DuplicateServer(registry.server.clone()));
        }
    }
    // In one piece: growing would leave copies of the passwords in freed memory.
    let mut out = Zeroizing::new(String::with_capacity(room));
    out.push_str(before);
    out.push('{');
    for (index, (server, entry)) in entries.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_string(&mut out, server);
        out.push(':');
        entry.push(&mut out);
    }
    out.push('}');
    out.push_str(after);
    debug_assert!(out.len() <= room);
    Ok(SecretBytes::from(std::mem::take(&mut *out)))
}

impl<'a> Entry<'a> {
    fn of(registry: &'a Registry) -> Result<Self, RegistryFault> {
        let text = |field, bytes: &'a SecretBytes| {
            bytes
                .expose_str()
                .ok_or_else(|| RegistryFault::NotUtf8 { server: registry.server.clone(), field })
        };
        Ok(Self {
            username: text("username", &registry.username)?,
            password: text("password", &registry.password)?,
            email: registry.email.as_ref().map_or(Ok(""), |email| text("email", email))?,
        })
    }

    /// `username:password`, as HTTP basic authentication joins them.
    fn auth_len(&self) -> usize {
        self.username.len() + 1 + self.password.len()
    }

    fn room(&self) -> usize {
        let texts = [self.username, self.password, self.email];
        // 64: the four field names, colons and commas.
        64 + texts.iter().map(|text| string_len_max(text.len())).sum::<usize>()
            + base64_len(self.auth_len())
    }

    fn push(&self, out: &mut String) {
        out.push('{');
        for (field, text) in [
            ("\"username\":", self.username),
            ("\"password\":", self.password),
            ("\"email\":", self.email),
        ] {
            // Go's `omitempty`.
            if !text.is_empty() {
                out.push_str(field);
                push_string(out, text);
                out.push(',');
            }
        }
        let mut auth = Zeroizing::new(String::with_capacity(self.auth_len()));
        auth.extend([self.username, ":", self.password]);
        out.push_str("\"auth\":\"");
        out.extend([base64(auth.as_bytes()).as_str(), "\"}"]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Registry, RegistryFault, docker_cfg, docker_config_json};
    use crate::secret::bytes::SecretBytes;

    fn registry(server: &str, username: &str, password: &str, email: Option<&str>) -> Registry {
        Registry {
            server: server.into(),
            username: username.into(),
            password: password.into(),
            email: email.map(SecretBytes::from),
        }
    }

    #[test]
    fn sorted_compact_and_escaped() {
        let registries = [
            registry("ghcr.io", "u", "p<&", Some("")),
            registry("a.example", "x", "y", Some("x@y.z")),
        ];
        let entries = concat!(
            r#"{"a.example":{"username":"x","password":"y","email":"x@y.z","auth":"eDp5"},"#,
            r#""ghcr.io":{"username":"u","password":"p\u003c\u0026","auth":"dTpwPCY="}}"#
        );
        assert_eq!(docker_cfg(&registries).unwrap().expose_str().unwrap(), entries);
        assert_eq!(
            docker_config_json(&registries).unwrap().expose_str().unwrap(),
            format!("{{\"auths\":{entries}}}")
        );
        assert_eq!(docker_config_json(&[]).unwrap().expose_str().unwrap(), r#"{"auths":{}}"#);
    }

    #[test]
    fn refusals_name_the_field() {
        let mut bad = registry("ghcr.io", "u", "p", None);
        assert_eq!(
            docker_cfg(&[bad.clone(), bad.clone()]),
            Err(RegistryFault::DuplicateServer("ghcr.io".into()))
        );
        bad.password = SecretBytes::new(vec![0xff]);
        assert_eq!(
            docker_cfg(&[bad]),
            Err(RegistryFault::NotUtf8 { server: "ghcr.io".into(), field: "password" })
        );
    }
}
