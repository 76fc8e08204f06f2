//! Credentials of registries: from their values to the JSON that the kubelet reads.

use std::collections::BTreeMap;

use minijinja::value::Value as Scope;

use super::resolver::{Got, Resolver};
use crate::compile::render::Place;
use crate::content::Content;
use crate::diag::diagnostic;
use crate::diag::phrases::code;
use crate::emit::docker_json::{self, Registry};
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::DOCKER_CFG_KEY;
use crate::source::{Span, Spanned};
use crate::spec::language::RegistryTable;
use crate::spec::record::Given;
use crate::spec::value::Value;

impl Resolver<'_, '_, '_> {
    /// The docker config of `registries`, and for each registry in the order of the config its
    /// index in the list.
    pub(crate) fn registries(
        &mut self,
        data_key: &str,
        tables: &[RegistryTable],
        scope: &Scope,
        place: &Place<'_>,
    ) -> (Got, Vec<usize>) {
        match self.credentials(tables, scope, place) {
            Ok(registries) => {
                let written = if data_key == DOCKER_CFG_KEY {
                    docker_json::docker_cfg(&registries)
                } else {
                    docker_json::docker_config_json(&registries)
                };
                let mut order: Vec<usize> = (0..registries.len()).collect();
                order.sort_by_key(|index| registries.get(*index).map(|registry| &registry.server));
                // Duplicate servers and bytes that are no text were reported before.
                (written.map_or(Got::Failed, Got::Bytes), order)
            }
            Err(got) => (got, Vec::new()),
        }
    }

    /// The values of `registries`, or what became of the worst of them.
    fn credentials(
        &mut self,
        tables: &[RegistryTable],
        scope: &Scope,
        place: &Place<'_>,
    ) -> Result<Vec<Registry>, Got> {
        let mut registries: Vec<Registry> = Vec::with_capacity(tables.len());
        let mut servers: BTreeMap<String, Span> = BTreeMap::new();
        let mut worst: Option<Got> = None;
        for table in tables {
            let Some(server) = table.server.get() else { return Err(Got::Failed) };
            let Some(name) = self.metadata(server, scope, place) else { return Err(Got::Failed) };
            if let Some(first) = servers.insert(name.clone(), server.span) {
                let diagnostic =
                    diagnostic!(DOCKER_CONFIG, "the registry {} is listed twice", code(&name));
                self.report(
                    diagnostic
                        .at(server.span, "the second")
                        .also(first, "the first")
                        .help("remove one"),
                    place,
                );
                worst = Some(Got::Failed);
            }
            if table.username.get().is_none() || table.password.get().is_none() {
                // The reader missed it and said so.
                worst = Some(Got::Failed);
            }
            let mut field = |part: &Given<Value>| -> Option<Spanned<SecretBytes>> {
                let value = part.get()?;
                match self.value(value, scope, place) {
                    Got::Bytes(bytes) => Some(Spanned::new(bytes, value.span)),
                    Got::Absent => None,
                    Got::Unknown => {
                        worst.get_or_insert(Got::Unknown);
                        None
                    }
                    Got::Failed => {
                        worst = Some(Got::Failed);
                        None
                    }
                }
            };
            let (username, password, email) =
                (field(&table.username), field(&table.password), field(&table.email));
            for (bytes, part) in
                [(&username, &table.username), (&password, &table.password), (&email, &table.email)]
            {
                let (Some(bytes), Some(value)) = (bytes, part.get()) else { continue };
                if bytes.value.expose_str().is_none() {
                    let content = Content::of(bytes.value.expose());
                    if content.is_age_file() {
                        // That it is no text follows from it.
                        self.note_ciphertext(bytes.value.expose(), value, (scope, place), false);
                        worst = Some(Got::Failed);
                        continue;
                    }
                    let encoding = match content {
                        Content::Utf16 => "UTF-16, not UTF-8",
                        _ => "not UTF-8",
                    };
                    let diagnostic =
                        diagnostic!(NOT_UTF8, "a credential of a registry is {encoding}");
                    self.report(
                        diagnostic
                            .at(bytes.span, "")
                            .note("credentials are written into JSON, which is UTF-8"),
                        place,
                    );
                    worst = Some(Got::Failed);
                }
            }
            let bytes = |part: Option<Spanned<SecretBytes>>| part.map(|part| part.value);
            registries.push(Registry {
                server: name,
                username: bytes(username).unwrap_or_default(),
                password: bytes(password).unwrap_or_default(),
                email: bytes(email),
            });
        }
        worst.map_or(Ok(registries), Err)
    }
}
