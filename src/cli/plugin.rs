//! The old kind of kustomize's plugins: a program named by the kind of the config that it is called
//! with, the only one that kubectl runs.
//!
//! Source: kustomize, `api/internal/plugins/execplugin/execplugin.go`.

use std::io::{IsTerminal as _, stdin};
use std::path::Path;

use super::Exit;
use super::options::AccessOptions;
use super::post_render::append;
use super::session::Session;
use super::{function, terminal::Terminal};
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::emit::yaml;
use crate::integrations::krm::{FunctionConfig, config};
use crate::manifests::{self, load};
use crate::os::texts::read_stdin;

/// Runs the plugin with its config's file. A generator has nothing on stdin, a transformer all
/// resources so far, which pass through.
pub fn run(path: &Path, more: usize) -> Exit {
    if more > 0 {
        return Terminal::plain().fail(extra_arguments());
    }
    let mut session = Session::with_access(&AccessOptions::default());
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
    let (read, harmless) = match load(file, &text) {
        Ok(documents) => match documents.as_slice() {
            [node] => (config::read(file, &text, node), config::harmless(node)),
            _ => (Err(vec![config::missing()]), Vec::new()),
        },
        Err(diagnostic) => (Err(vec![diagnostic]), Vec::new()),
    };
    session.sources.mask(file, manifests::all_but(&text, harmless));
    read.map_err(|found| session.problems.extend(found)).ok()
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
