//! Filters that manifests pass through, and that add Secrets to them: `mintage post-render`, and
//! kustomize's plugin.

use std::io::{IsTerminal as _, stdin};
use std::path::Path;

use clap::Args;
use zeroize::Zeroizing;

use super::options::{AccessOptions, SpecOptions};
use super::{Exit, function, session::Session, terminal::Terminal};
use crate::compile::budget::Limits;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::emit::yaml;
use crate::integrations::krm::{FunctionConfig, config};
use crate::integrations::post_render;
use crate::manifests::load;
use crate::os::texts::read_stdin;
use crate::secret::Secret;

/// Copy manifests from stdin and append the Secrets (for Helm)
///
/// Copies stdin unchanged to stdout and appends the spec's Secrets. On any error, writes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  helm template shop chart/ | mintage post-render deploy/ -e prod | kubectl apply -f -
  mintage install helm                                           install the plugin for Helm 4, once
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
            Ok(text) => append(&text, &mut Session::open_given(&self.spec), yaml::documents),
            Err(diagnostic) => self.spec.access.messages.plain.terminal().fail(*diagnostic),
        }
    }
}

/// Prints a text with the Secrets behind it, as `documents` writes them.
fn append(
    text: &str,
    session: &mut Session,
    documents: fn(&[Secret]) -> Zeroizing<String>,
) -> Exit {
    let file = session.sources.add_flag("stdin", text);
    session.sources.mask(file, post_render::mask(file, text));
    if text.contains('\0') {
        // What follows it was not read.
        let nul = diagnostic!(CANNOT_READ, "stdin contains a NUL character");
        return session.report(&[nul.help("pass text: YAML and JSON can't contain NUL")]);
    }
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

/// Runs as the old kind of kustomize's plugins, the only one that kubectl runs: a program named by
/// the kind of the config whose file it is called with. A generator has nothing on stdin, a
/// transformer all resources so far, which pass through.
///
/// Source: kustomize, `api/internal/plugins/execplugin/execplugin.go`.
pub fn run_plugin(path: &Path, more: usize) -> Exit {
    if more > 0 {
        return Terminal::plain().fail(extra_arguments());
    }
    let mut session = Session::within(Limits::SHARED, &AccessOptions::default());
    let Some(config) = read_config(path, &mut session) else {
        return session.report(&session.problems);
    };
    let text = if stdin().is_terminal() { Ok(String::new()) } else { read_stdin() };
    match text {
        Ok(text) => {
            function::load(&config, Path::new("."), &mut session);
            append(&text, &mut session, yaml::documents_for_kustomize)
        }
        Err(diagnostic) => session.report(&[*diagnostic]),
    }
}

fn read_config(path: &Path, session: &mut Session) -> Option<FunctionConfig> {
    let file = session.read(path, "the config of a plugin")?;
    let text = session.sources.get(file).text.clone();
    let (read, mask) = match load(file, &text) {
        Ok(documents) => match documents.as_slice() {
            [node] => (config::read(file, &text, node), config::mask(&text, &documents)),
            _ => (Err(vec![config::missing()]), config::mask(&text, &[])),
        },
        Err(diagnostic) => (Err(vec![diagnostic]), config::mask(&text, &[])),
    };
    session.sources.mask(file, mask);
    read.map_err(|found| session.problems.extend(found)).ok()
}

fn extra_arguments() -> Diagnostic {
    diagnostic!(
        USAGE,
        "the plugin accepts one argument, the config; {} adds others",
        code("argsOneLiner")
    )
    .note("a file in the repository cannot grant itself access; only the command line can")
    .help("remove `argsOneLiner` and `argsFromFile`, and use the fields of `spec`")
}
