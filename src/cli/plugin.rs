//! The old kind of kustomize's plugins: a program named by the kind of the config that it is called
//! with, the only one that kubectl runs.
//!
//! Source: kustomize, `api/internal/plugins/execplugin/execplugin.go`.

use std::io::{IsTerminal as _, stdin as standard_input};
use std::path::Path;

use super::Exit;
use super::function::FunctionOptions;
use super::message_options::MessageOptions;
use super::read::read_text;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::emit::{read_back, yaml};
use crate::integrations::krm::{FunctionConfig, config};
use crate::integrations::post_render;
use crate::manifests::{self, load};
use crate::os::inputs::Inputs;
use crate::os::output::messages::cannot_write;
use crate::os::{output, stdin};
use crate::secret::Secret;
use crate::source::SourceMap;

/// Runs the plugin with its config's file. A generator has nothing on stdin, a transformer all
/// resources so far, which pass through.
pub fn run(path: &Path, more: usize, messages: MessageOptions) -> Exit {
    let terminal = messages.terminal();
    if more > 0 {
        return terminal.report(&[extra_arguments()], &SourceMap::new());
    }
    let mut sources = SourceMap::new();
    let mut problems = Vec::new();
    let config = read_config(path, &mut sources, &mut problems);
    let Some(config) = config else { return terminal.report(&problems, &sources) };
    let text = if standard_input().is_terminal() { Ok(String::new()) } else { stdin::read() };
    let text = match text {
        Ok(text) => text,
        Err(diagnostic) => return terminal.report(&[*diagnostic], &sources),
    };
    let file = sources.add_flag("stdin", text.as_str());
    sources.mask(file, post_render::masked(file, &text));
    let mut run = FunctionOptions::none(messages).compile(&config, Path::new("."), sources);
    if !run.compiled.has_errors() {
        run.compiled.diagnostics.extend(post_render::conflicts(file, &text, &run.compiled.secrets));
    }
    if !run.compiled.has_errors() {
        run.compiled.diagnostics.extend(write(&text, &run.compiled.secrets, &run.inputs).err());
    }
    terminal.report(&run.compiled.diagnostics, &run.sources)
}

fn read_config(
    path: &Path,
    sources: &mut SourceMap,
    problems: &mut Vec<Diagnostic>,
) -> Option<FunctionConfig> {
    let file = read_text(path, "the config of a plugin", sources, problems)?;
    let text = sources.get(file).text.clone();
    let (read, harmless) = match load(file, &text) {
        Ok(documents) => match documents.as_slice() {
            [node] => (config::read(file, &text, node), config::harmless(node)),
            _ => (Err(vec![config::missing()]), Vec::new()),
        },
        Err(diagnostic) => (Err(vec![diagnostic]), Vec::new()),
    };
    sources.mask(file, manifests::all_but(&text, harmless));
    read.map_err(|found| problems.extend(found)).ok()
}

fn extra_arguments() -> Diagnostic {
    diagnostic!(
        USAGE,
        "the plugin takes one argument, the config; {} gives it more",
        code("argsOneLiner")
    )
    .note("a file in the repository cannot grant itself access; only the command line can")
    .help("remove `argsOneLiner` and `argsFromFile`, and use the fields of `spec`")
}

/// The text with the Secrets behind it, once these have been read back.
fn write(text: &str, secrets: &[Secret], inputs: &Inputs) -> Result<(), Diagnostic> {
    read_back::check(&yaml::documents(secrets), secrets).map_err(|fault| fault.diagnostic())?;
    output::write_stdout_apart(
        post_render::join(text, &yaml::documents_for_kustomize(secrets)).as_bytes(),
        inputs,
    )
    .map_err(|fault| cannot_write(&fault))
}
