//! The identities of a run: those of the person who runs it, and those that the spec names.

use super::environment::Settled;
use super::resolve;
use super::run::Run;
use crate::age::{self, IdentityInput, Keyring};
use crate::diag::diagnostic;

/// The keyring of a spec: the user's identities, then its own; and whether all of them can be used.
pub(crate) fn identities(settled: &Settled, run: &mut Run<'_>) -> (Keyring, bool) {
    let before = run.sink.errors();
    let mut inputs = run.options.identities.clone();
    for text in &settled.identities {
        let path = match run.engine.render(&text.value, &settled.scope()) {
            Ok(path) => path.expose_str().unwrap_or_default().to_owned(),
            Err(fault) => {
                run.report(run.word(&fault, text, false), None);
                continue;
            }
        };
        run.report(
            diagnostic!(COMMITTED_IDENTITY, "an identity is committed beside the spec")
                .at(text.span, "anyone who can read the repository can decrypt what it opens")
                .help(
                    "keep identities outside of the repository and name them with `-i` or \
                     `MINTAGE_IDENTITY_FILE`",
                )
                .help(
                    "for a development key that opens nothing of value, write `lint.allow = \
                     [\"committed-identity\"]` at the top of the spec",
                ),
            None,
        );
        match run.world.read(&path) {
            Ok(bytes) => inputs.push(IdentityInput {
                origin: format!("`identities` of the spec: {path}"),
                bytes,
                only_for_ssh: false,
            }),
            Err(error) => {
                run.report(resolve::read_error(&error, &path).at(text.span, ""), None);
            }
        }
    }
    let (keyring, bad) = Keyring::load(inputs);
    for bad in bad {
        let mut diagnostic = age::messages::bad_identity(&bad);
        let text = settled.identities.iter().find(|text| bad.origin.ends_with(&text.value));
        if let Some(text) = text {
            diagnostic = diagnostic.at(text.span, "");
        }
        run.report(diagnostic, None);
    }
    (keyring, run.sink.errors() == before)
}
