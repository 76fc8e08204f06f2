//! Registry credentials: what makes them useless to the kubelet, keys that it never uses or uses
//! too widely, entries that stand in each other's way, and the logins themselves.

pub(crate) mod decode;
pub(crate) mod keyring;
pub(crate) mod messages;
pub(crate) mod server;

use std::collections::BTreeMap;

use super::content::messages::placeholder;
use super::finding::{Finding, RegistryField, Spot};
use super::{subject::Subject, value};
use crate::content::Content;
use crate::diag::Diagnostic;
use crate::diag::phrases::{code, number};
use decode::{Credentials, DockerForm, RegistryEntry};
use keyring::RegistryKey;

pub(crate) fn findings(subject: &Subject<'_>, key: &'static str, form: DockerForm) -> Vec<Finding> {
    let Some(bytes) = subject.value(key) else { return Vec::new() };
    let Credentials { faults, entries, repeated } = decode::read(bytes, form);
    if !faults.is_empty() {
        let faults = faults.into_iter().map(|fault| messages::credentials(fault, form));
        return faults.map(|fault| Finding::new(fault, Spot::DataKey(key.to_owned()))).collect();
    }
    let mut config = Config { subject, entries: &entries, key, found: Vec::new() };
    config.servers();
    for (dropped, kept) in repeated {
        config.server(kept, messages::repeated(dropped, kept, key), None);
    }
    entries.iter().for_each(|entry| config.login(entry));
    config.found
}

struct Config<'a> {
    subject: &'a Subject<'a>,
    entries: &'a [RegistryEntry],
    key: &'static str,
    found: Vec<Finding>,
}

impl Config<'_> {
    fn servers(&mut self) {
        let mut registries: BTreeMap<RegistryKey, &RegistryEntry> = BTreeMap::new();
        let is_told = self.subject.servers;
        for entry in self.entries {
            let (number, name) = (entry.number, self.name(entry));
            if let Some(never) = server::never(&entry.server) {
                self.server(number, messages::never(&name, &never, is_told), never.certain());
                continue;
            }
            if let Some(right) = server::too_wide(&entry.server) {
                self.server(number, messages::too_wide(&name, is_told), Some(&right));
            }
            if server::is_anyones(&entry.server) {
                self.server(number, messages::anyones(&name), None);
            }
            if let Some(key) = RegistryKey::parse(&entry.server)
                && let Some(first) = registries.insert(key.registry(), entry)
            {
                self.server(number, messages::same(&self.name(first), &name), None);
                let at = self.spot(first.number, RegistryField::Server);
                if let Some(last) = self.found.last_mut().filter(|_| is_told) {
                    // Which stands first in the spec is not known here.
                    last.label = "one".to_owned();
                    last.also.push((at, "the other".to_owned()));
                }
            }
        }
    }

    /// A finding about the key of a registry, and its repair, which only specs have a line for.
    fn server(&mut self, number: usize, diagnostic: Diagnostic, right: Option<&String>) {
        let finding = Finding::new(diagnostic, self.spot(number, RegistryField::Server));
        self.found.push(match right.filter(|_| self.subject.servers) {
            Some(right) => finding.edit(right, messages::edit(right)),
            None => finding,
        });
    }

    fn login(&mut self, entry: &RegistryEntry) {
        // If `auth` was made of the two fields, their faults are told, not those of wrong halves.
        let is_split_wrongly = entry.username.contains(':') && !entry.password.is_empty();
        let (user, password) = match is_split_wrongly {
            true => (entry.username.as_bytes(), entry.password.as_bytes()),
            false => (entry.user(), entry.secret()),
        };
        let name = self.name(entry);
        let is_auth = entry.auth.is_some() && entry.password.is_empty();
        // There may be no login at all, or a token in place of a password.
        let is_meant = !password.is_empty() || !user.is_empty() && !entry.token;
        for (field, noun, bytes) in [
            (RegistryField::Username, "username", user),
            (RegistryField::Password, "password", password),
        ] {
            let (who, at) = (format!("the {noun} for {name}"), self.spot(entry.number, field));
            let origin = self.subject.origin;
            if Content::of(bytes) == Content::Placeholder {
                self.found.push(Finding::new(placeholder(&who, origin), at.clone()));
            }
            // `auth` has no value of its own to trim.
            let can_trim = !(is_auth && field == RegistryField::Password);
            if is_meant {
                self.found.extend(value::space_findings(bytes, &who, origin, can_trim, at));
            }
        }
    }

    /// How an entry is called: `ghcr.io`, or registry 2 in its config where the keys come out of a
    /// secret value, or have a password in front of an `@`.
    fn name(&self, entry: &RegistryEntry) -> String {
        match entry.server.as_str() {
            "" if self.subject.servers => "an empty registry name".to_owned(),
            server if self.subject.servers && !server.contains('@') => code(server),
            _ => format!("registry {} in {}", number(entry.number), code(self.key)),
        }
    }

    /// A field of an entry: its own line where the spec lists registries, else the whole config.
    fn spot(&self, number: usize, field: RegistryField) -> Spot {
        match self.subject.servers {
            true => Spot::Registry { data_key: self.key, index: number.saturating_sub(1), field },
            false => Spot::DataKey(self.key.to_owned()),
        }
    }
}
