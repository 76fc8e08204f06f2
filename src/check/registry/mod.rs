//! Lints about registry credentials that the kubelet can read: keys that it never uses or uses too
//! widely, entries that stand in each other's way.

pub(crate) mod credentials;
pub(crate) mod decode;
pub(crate) mod intent;
pub(crate) mod keyring;
pub(crate) mod messages;
pub(crate) mod server;

use std::collections::BTreeMap;

use super::finding::{Finding, RegistryField, Spot};
use super::subject::Subject;
use credentials::Credentials;
use keyring::RegistryKey;
use server::NeverUsed;

/// What somebody should look at. Entries are numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegistryFault {
    /// A key that the kubelet never uses.
    Never(usize, NeverUsed),
    /// A key that covers more than the organisation it names, and the key that does not.
    TooWide(usize, String),
    /// A key that covers registries of other owners.
    Anyones(usize),
    /// Two keys for one registry.
    Same(usize, usize),
    /// One key twice, of which the first entry is dropped.
    Repeated(usize, usize),
}

impl RegistryFault {
    /// The entry to point to.
    fn number(&self) -> usize {
        match self {
            RegistryFault::Never(number, _)
            | RegistryFault::TooWide(number, _)
            | RegistryFault::Anyones(number)
            | RegistryFault::Same(_, number)
            | RegistryFault::Repeated(_, number) => *number,
        }
    }
}

/// What there is to say about credentials that the kubelet reads; nothing where something is wrong
/// with them that comes first.
pub(crate) fn faults(config: &Credentials) -> Vec<RegistryFault> {
    let mut found = Vec::new();
    if !config.faults.is_empty() {
        return found;
    }
    let mut registries: BTreeMap<RegistryKey, usize> = BTreeMap::new();
    for entry in &config.entries {
        match server::never(&entry.server) {
            Some(never) => found.push(RegistryFault::Never(entry.number, never)),
            None => {
                let wide = server::too_wide(&entry.server);
                found.extend(wide.map(|right| RegistryFault::TooWide(entry.number, right)));
                found.extend(
                    server::is_anyones(&entry.server)
                        .then_some(RegistryFault::Anyones(entry.number)),
                );
                let first = RegistryKey::parse(&entry.server)
                    .and_then(|key| registries.insert(key.registry(), entry.number));
                found.extend(first.map(|first| RegistryFault::Same(first, entry.number)));
            }
        }
    }
    found.extend(
        config.repeated.iter().map(|(dropped, kept)| RegistryFault::Repeated(*dropped, *kept)),
    );
    found
}

/// The findings about the credentials under a data key.
pub(crate) fn findings(
    subject: &Subject<'_>,
    config: &Credentials,
    key: &'static str,
) -> Vec<Finding> {
    let finding = |fault: RegistryFault| {
        let place = spot(subject, key, fault.number(), RegistryField::Server);
        let names = Names::new(config, key, subject.servers);
        let finding = Finding::new(messages::diagnostic(&fault, &names), place);
        match &fault {
            RegistryFault::Same(first, _) if subject.servers => {
                let (one, other) = messages::SAME;
                finding.label(one).also(spot(subject, key, *first, RegistryField::Server), other)
            }
            RegistryFault::Never(_, never @ NeverUsed { right: Some(right), .. })
                if subject.servers && never.is_certain() =>
            {
                finding.edit(right, messages::edit(right))
            }
            RegistryFault::TooWide(_, right) if subject.servers => {
                finding.edit(right, messages::edit(right))
            }
            _ => finding,
        }
    };
    faults(config).into_iter().map(finding).collect()
}

/// The part that stands for a field of an entry: its own line where the spec lists registries, else
/// the whole config.
pub(crate) fn spot(
    subject: &Subject<'_>,
    data_key: &'static str,
    number: usize,
    field: RegistryField,
) -> Spot {
    if subject.servers {
        Spot::Registry { data_key, index: number.saturating_sub(1), field }
    } else {
        Spot::DataKey(data_key.to_owned())
    }
}

/// How entries are called.
pub(crate) struct Names<'a> {
    config: &'a Credentials,
    /// The data key that holds the config.
    pub key: &'static str,
    /// Whether the keys of entries may be told. Those that come out of a secret value are not.
    pub told: bool,
}

impl<'a> Names<'a> {
    /// The names of the entries of a config.
    pub(crate) fn new(config: &'a Credentials, key: &'static str, told: bool) -> Self {
        Self { config, key, told }
    }

    /// The key of an entry, if it may be told: not one with a password in front of its `@`.
    pub(crate) fn server(&self, number: usize) -> Option<&'a str> {
        let entry = self.config.entries.iter().find(|entry| entry.number == number)?;
        self.told.then_some(entry.server.as_str()).filter(|server| !server.contains('@'))
    }
}

#[cfg(test)]
mod tests {
    use super::credentials::DockerForm;
    use super::decode::read;
    use super::server::Reason;
    use super::*;
    use crate::check::api::object_meta::MoreMetadata;
    use crate::check::finding::Edit;
    use crate::check::subject::{Origin, Unknown};
    use crate::secret::Secret;

    fn found(text: &str) -> Vec<RegistryFault> {
        faults(&read(text.as_bytes(), DockerForm::Cfg))
    }

    #[test]
    fn entries_in_each_others_way() {
        assert_eq!(found(r#"{"ghcr.io":{"auth":"YTpi"},"quay.io":{"auth":"YTpi"}}"#), []);
        assert_eq!(
            found(r#"{"ghcr.io":{"auth":"YTpi"},"https://ghcr.io/v2/":{"auth":"YTpi"}}"#),
            [RegistryFault::Same(1, 2)]
        );
        assert_eq!(
            found(r#"{"docker.io":{"auth":"YTpi"},"https://index.docker.io/v1/":{"auth":"YTpi"}}"#),
            [RegistryFault::Same(1, 2)]
        );
        assert_eq!(
            found(r#"{"ghcr.io":{"auth":"YTpi"},"ghcr.io":{"auth":"YTpi"}}"#),
            [RegistryFault::Repeated(1, 2)]
        );
    }

    #[test]
    fn lines_of_the_spec_are_pointed_to_and_repaired() {
        let config = read(br#"{"GHCR.IO":{"auth":"YTpi"},"quay.io/acme":{"auth":"YTpi"},"x:443":{"auth":"YTpi"}}"#, DockerForm::Cfg);
        let (secret, more, unknown) =
            (Secret::default(), MoreMetadata::default(), Unknown::default());
        let mut subject = Subject {
            secret: &secret,
            more: &more,
            unknown: &unknown,
            origin: Origin::Spec,
            at: None,
            hashed: false,
            servers: true,
        };
        let text_of = |edit| match edit {
            Edit::Text { value, .. } => Some(value),
            Edit::Trim { .. } => None,
        };
        let edits = |subject: &Subject<'_>| -> Vec<(Spot, Option<String>)> {
            let found = findings(subject, &config, ".dockercfg").into_iter();
            found.map(|finding| (finding.at, finding.edit.and_then(text_of))).collect()
        };
        let server =
            |index| Spot::Registry { data_key: ".dockercfg", index, field: RegistryField::Server };
        let right = |text: &str| Some(text.to_owned());
        assert_eq!(
            edits(&subject),
            [(server(0), right("ghcr.io")), (server(1), right("quay.io/acme/")), (server(2), None)]
        );
        subject.servers = false;
        let whole = (Spot::DataKey(".dockercfg".into()), None);
        assert_eq!(edits(&subject), [whole.clone(), whole.clone(), whole]);
    }

    #[test]
    fn a_key_that_is_never_used_has_no_other_fault() {
        let never = NeverUsed { reason: Reason::ApiPath, right: Some("ghcr.io".into()) };
        assert_eq!(
            found(r#"{"ghcr.io/v2":{"auth":"YTpi"},"ghcr.io":{"auth":"YTpi"}}"#),
            [RegistryFault::Never(1, never)]
        );
    }
}
