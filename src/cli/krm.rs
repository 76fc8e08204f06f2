//! `mintage krm`: a KRM function, for kustomize and kpt.

use std::path::Path;

use clap::Args;

use super::Exit;
use super::function::FunctionOptions;
use crate::diag::{Diagnostic, Level, diagnostic};
use crate::emit::{read_back, yaml};
use crate::integrations::krm::{self, FunctionConfig, Plan, ResourceList, config};
use crate::os::inputs::Inputs;
use crate::os::output::messages::cannot_write;
use crate::os::{output, stdin};
use crate::source::{FileId, SourceMap};

/// Run as a KRM function: read a ResourceList, write it with the Secrets
///
/// kustomize and kpt call it. `mintage` alone does the same if a ResourceList is piped in. The
/// functionConfig of the list, of kind Mintage, says which spec to compile.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kpt fn eval app/ --exec \"mintage krm\" --fn-config generator.yaml
  kustomize build --enable-alpha-plugins --enable-exec     with the function in a generator's \
  annotation

A generator:
  apiVersion: mintage.dev/v1
  kind: Mintage
  metadata:
    name: secrets
    annotations:
      config.kubernetes.io/function: |
        exec: {path: mintage}
  spec:
    path: .        # a spec, or a directory with a mintage.toml; or `inline:`, the spec itself as \
    YAML
    env: prod

kubectl's kustomize has functions skipped without a word: `mintage install kustomize` brings the \
plugin that it runs.")]
pub struct Krm {
    #[command(flatten)]
    function: FunctionOptions,
}

impl Krm {
    /// The function as it is called without arguments.
    pub fn plain(messages: super::message_options::MessageOptions) -> Self {
        Self { function: FunctionOptions::none(messages) }
    }

    /// Runs the command.
    pub fn run(&self) -> Exit {
        match stdin::read() {
            Ok(text) => self.run_with(&text),
            Err(diagnostic) => {
                self.function.messages.terminal().report(&[*diagnostic], &SourceMap::new())
            }
        }
    }

    /// Runs the command on what was read from stdin.
    pub fn run_with(&self, text: &str) -> Exit {
        let terminal = self.function.messages.terminal();
        let mut sources = SourceMap::new();
        let file = sources.add_flag("stdin", text);
        let list = match ResourceList::read(file, text) {
            Ok(list) => list,
            Err(diagnostic) => {
                sources.mask(file, krm::list::masked(file, text));
                return terminal.report(&[diagnostic], &sources);
            }
        };
        sources.mask(file, list.masked());
        let (plan, mut diagnostics, sources, inputs) = match read_config(file, text, &list) {
            Ok(config) => self.apply(&list, &config, sources),
            Err(diagnostics) => (Plan::default(), diagnostics, sources, Inputs::default()),
        };
        let results = krm::results(&diagnostics, &sources);
        let written = match krm::rewrite(&list, &plan, results.as_ref()) {
            Ok(text) => output::write_stdout_apart(text.as_bytes(), &inputs)
                .map_err(|fault| cannot_write(&fault)),
            Err(krm::rewrite::Unchangeable) => Err(unchangeable()),
        };
        diagnostics.extend(written.err());
        terminal.report(&diagnostics, &sources)
    }

    /// What becomes of the list; with errors, nothing.
    fn apply(
        &self,
        list: &ResourceList<'_>,
        config: &FunctionConfig,
        sources: SourceMap,
    ) -> (Plan, Vec<Diagnostic>, SourceMap, Inputs) {
        let run = self.function.compile(config, Path::new("."), sources);
        let mut diagnostics = run.compiled.diagnostics;
        if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            return (Plan::default(), diagnostics, run.sources, run.inputs);
        }
        let secrets = &run.compiled.secrets;
        if let Err(fault) = read_back::check(&yaml::documents(secrets), secrets) {
            diagnostics.push(fault.diagnostic());
            return (Plan::default(), diagnostics, run.sources, run.inputs);
        }
        let plan = krm::plan(list, secrets, &config.name).unwrap_or_else(|conflicts| {
            diagnostics.extend(conflicts);
            Plan::default()
        });
        (plan, diagnostics, run.sources, run.inputs)
    }
}

fn read_config(
    file: FileId,
    text: &str,
    list: &ResourceList<'_>,
) -> Result<FunctionConfig, Vec<Diagnostic>> {
    let config = list.function_config().ok_or_else(|| vec![config::missing()])?;
    config::read(file, text, config)
}

fn unchangeable() -> Diagnostic {
    diagnostic!(
        RESOURCE_LIST,
        "the `ResourceList` is written in a way that items can't be added to"
    )
    .note("nothing was written")
    .help("write `items` as a plain list, without anchors or tags")
}
