//! `mintage post-render`: a filter that manifests pass through, and that adds Secrets to them.

use clap::Args;
use zeroize::Zeroizing;

use super::Exit;
use super::options::SpecOptions;
use super::session::Session;
use crate::emit::yaml;
use crate::integrations::post_render;
use crate::os::texts::read_stdin;
use crate::secret::Secret;

/// Copy manifests from stdin and append the Secrets (for Helm)
///
/// The input is copied byte for byte, and the spec's Secrets follow. If there is any error, nothing
/// is written.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  helm template shop chart/ | mintage post-render deploy/ -e prod | kubectl apply -f -
  mintage install helm                                           once, for Helm 4
  helm upgrade --install shop chart/ --post-renderer mintage --post-renderer-args deploy/
  helm3 upgrade shop chart/ --post-renderer mintage --post-renderer-args post-render \
  --post-renderer-args deploy/")]
pub struct PostRender {
    #[command(flatten)]
    spec: SpecOptions,
}

impl PostRender {
    pub fn run(&self) -> Exit {
        match read_stdin() {
            Ok(text) => append(&text, &mut Session::open(&self.spec), yaml::documents),
            Err(diagnostic) => self.spec.access.messages.terminal().fail(*diagnostic),
        }
    }
}

/// Prints a text with the Secrets behind it, as `documents` writes them.
pub fn append(
    text: &str,
    session: &mut Session,
    documents: fn(&[Secret]) -> Zeroizing<String>,
) -> Exit {
    let file = session.sources.add_flag("stdin", text);
    session.sources.mask(file, post_render::masked(file, text));
    let mut compiled = session.compile();
    if !compiled.has_errors() {
        compiled.diagnostics.extend(post_render::conflicts(file, text, &compiled.secrets));
    }
    if !compiled.has_errors() {
        let joined = post_render::join(text, &documents(&compiled.secrets));
        let written = session.write_documents(&compiled.secrets, &joined);
        compiled.diagnostics.extend(written.err().map(|diagnostic| *diagnostic));
    }
    session.report(&compiled.diagnostics)
}
