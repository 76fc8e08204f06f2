//! The identities of a run: those of the person who runs it, and those that the spec names.

use minijinja::value::Value;

use super::environment::Settled;
use super::options::Options;
use super::render::Renderer;
use super::resolve;
use crate::age::{self, IdentityInput, Keyring};
use crate::diag::diagnostic;
use crate::world::World;

/// The keyring of a spec: the user's identities, then its own; and whether all of them can be used.
pub(crate) fn identities(
    settled: &Settled,
    scope: &Value,
    world: &dyn World,
    options: &Options,
    renderer: &mut Renderer<'_>,
) -> (Keyring, bool) {
    let before = renderer.sink.errors();
    let mut inputs = options.identities.clone();
    for text in &settled.identities {
        let path = match renderer.engine.render(&text.value, scope) {
            Ok(path) => path.expose_str().unwrap_or_default().to_owned(),
            Err(fault) => {
                let diagnostic = renderer.word(&fault, text, false);
                renderer.report(diagnostic, None);
                continue;
            }
        };
        let lint = diagnostic!(COMMITTED_IDENTITY, "an identity is committed beside the spec")
            .at(text.span, "anyone who can read the repository can decrypt what it opens")
            .help(
                "keep identities outside of the repository and name them with `-i` or \
                     `MINTAGE_IDENTITY_FILE`",
            )
            .help(
                "for a development key that opens nothing of value, write `lint.allow = \
                     [\"committed-identity\"]` at the top of the spec",
            );
        renderer.report(lint, None);
        match world.read(&path) {
            Ok(bytes) => inputs.push(IdentityInput {
                origin: format!("`identities` of the spec: {path}"),
                bytes,
                only_for_ssh: false,
            }),
            Err(error) => {
                let diagnostic = resolve::read_error(&error, &path).at(text.span, "");
                renderer.report(diagnostic, None);
            }
        }
    }
    let (keyring, bad) = Keyring::load(inputs);
    for bad in bad {
        let span = settled
            .identities
            .iter()
            .find(|text| bad.origin.ends_with(&text.value))
            .map(|text| text.span);
        let diagnostic = age::messages::bad_identity(&bad);
        let diagnostic = match span {
            Some(span) => diagnostic.at(span, ""),
            None => diagnostic,
        };
        renderer.report(diagnostic, None);
    }
    (keyring, renderer.sink.errors() == before)
}
