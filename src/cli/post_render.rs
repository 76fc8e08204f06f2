//! `mintage post-render`: a filter that manifests pass through, and that adds Secrets to them.

use clap::Args;

use super::Exit;
use super::options::SpecOptions;
use crate::compile::resolve::Locked;
use crate::diag::Diagnostic;
use crate::emit::{read_back, yaml};
use crate::integrations::post_render;
use crate::os::inputs::Inputs;
use crate::os::output::messages::cannot_write;
use crate::os::{output, stdin};
use crate::secret::Secret;
use crate::source::SourceMap;

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
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let text = match stdin::read() {
            Ok(text) => text,
            Err(diagnostic) => return terminal.report(&[*diagnostic], &SourceMap::new()),
        };
        let mut sources = SourceMap::new();
        let file = sources.add_flag("stdin", text.as_str());
        sources.mask(file, post_render::masked(file, &text));
        let mut run = self.spec.compile_with(sources, Locked::Fail, false);
        if !run.compiled.has_errors() {
            run.compiled.diagnostics.extend(post_render::conflicts(
                file,
                &text,
                &run.compiled.secrets,
            ));
        }
        if !run.compiled.has_errors() {
            run.compiled.diagnostics.extend(write(&text, &run.compiled.secrets, &run.inputs).err());
        }
        terminal.report(&run.compiled.diagnostics, &run.sources)
    }
}

/// The text with the Secrets behind it, once these have been read back.
fn write(text: &str, secrets: &[Secret], inputs: &Inputs) -> Result<(), Diagnostic> {
    read_back::check(&yaml::documents(secrets), secrets).map_err(|fault| fault.diagnostic())?;
    output::write_stdout_apart(
        post_render::join(text, &yaml::documents(secrets)).as_bytes(),
        inputs,
    )
    .map_err(|fault| cannot_write(&fault))
}
