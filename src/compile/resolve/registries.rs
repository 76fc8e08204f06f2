//! Credentials of registries: from their values to the JSON that the kubelet reads.

use std::collections::BTreeMap;

use super::resolver::{Got, Missing, Resolver};
use crate::compile::run::Place;
use crate::content::Content;
use crate::diag::{diagnostic, phrases::code};
use crate::emit::docker_json::{self, Registry};
use crate::secret::{bytes::SecretBytes, kind::DOCKER_CFG_KEY};
use crate::source::Span;
use crate::spec::{language::RegistryTable, value::Value};

impl Resolver<'_, '_> {
    /// The docker config of `registries`, and for each registry in the order of the config its
    /// index in the list.
    pub(crate) fn registries(
        &mut self,
        data_key: &str,
        tables: &[RegistryTable],
        place: &Place<'_>,
    ) -> Got<(SecretBytes, Vec<usize>)> {
        let mut registries: Vec<Registry> = Vec::with_capacity(tables.len());
        let mut servers: BTreeMap<String, Span> = BTreeMap::new();
        let mut worst = Missing::Absent;
        for table in tables {
            let server = table.server.get().ok_or(Missing::Failed)?;
            let name = self.run.text(server, place).ok_or(Missing::Failed)?;
            if let Some(first) = servers.insert(name.clone(), server.span) {
                let twice = diagnostic!(DOCKER_CONFIG, "the registry {} is set twice", code(&name))
                    .at(server.span, "the second")
                    .also(first, "the first")
                    .help("remove one");
                self.run.report_at(twice, place);
                worst = Missing::Failed;
            }
            if table.username.get().is_none() || table.password.get().is_none() {
                // The reader missed it and said so.
                worst = Missing::Failed;
            }
            let mut credential = |value: Option<&Value>| match self.text_value(value?, place) {
                Ok(bytes) => Some(bytes),
                Err(missing) => {
                    worst = worst.max(missing);
                    None
                }
            };
            registries.push(Registry {
                server: name,
                username: credential(table.username.get()).unwrap_or_default(),
                password: credential(table.password.get()).unwrap_or_default(),
                email: credential(table.email.get()),
            });
        }
        if worst > Missing::Absent {
            return Err(worst);
        }
        let mut order: Vec<usize> = (0..registries.len()).collect();
        order.sort_by_key(|index| registries.get(*index).map(|registry| &registry.server));
        let written = if data_key == DOCKER_CFG_KEY {
            docker_json::docker_cfg(&registries)
        } else {
            docker_json::docker_config_json(&registries)
        };
        // Duplicate servers and bytes that are no text were reported before.
        Ok((written.ok_or(Missing::Failed)?, order))
    }

    fn text_value(&mut self, value: &Value, place: &Place<'_>) -> Got {
        let bytes = self.value(value, place)?;
        if bytes.expose_str().is_some() {
            return Ok(bytes);
        }
        if Content::of(bytes.expose()).is_age_file() {
            // That it is not text follows from it.
            self.note_ciphertext(&bytes, value, place, false);
            return Err(Missing::Failed);
        }
        let problem = diagnostic!(NOT_UTF8, "a credential of a registry is not UTF-8")
            .at(value.span, "")
            .note("credentials are stored as JSON, which must be UTF-8")
            .help("check its source, or add `decode = \"base64\"` if it is base64");
        self.fail(problem, place)
    }
}
