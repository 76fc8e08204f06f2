//! `mintage krm`: a KRM function, for kustomize and kpt.

use std::path::Path;

use clap::Args;

use super::{Exit, function, options::AccessOptions, session::Session};
use crate::Compiled;
use crate::compile::budget::Limits;
use crate::diag::{Diagnostic, Level, diagnostic};
use crate::emit::{read_back, yaml};
use crate::integrations::krm::{self, Plan, ResourceList, config};
use crate::os::texts::read_stdin;

/// Run as a KRM function: read a ResourceList, write it with the Secrets
///
/// kustomize and kpt run this command. `mintage` without a command does the same if a ResourceList
/// is piped in. The list's functionConfig (kind Mintage) names the spec to compile.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kpt fn eval app/ --exec \"mintage krm\" --fn-config generator.yaml
  kustomize build --enable-alpha-plugins --enable-exec     with the function in a generator's \
  annotation

A config:
  apiVersion: mintage.dev/v1
  kind: Mintage
  metadata:
    name: secrets
    annotations:
      config.kubernetes.io/function: |
        exec: {path: mintage}
  spec:
    path: .        # a spec or its folder; or `inline:`, the spec as YAML
    env: prod

`kubectl kustomize` silently skips functions. `mintage install kustomize` installs a plugin that
it runs.")]
pub struct Krm {
    #[command(flatten)]
    access: AccessOptions,
}

impl Krm {
    pub fn run(&self) -> Exit {
        match read_stdin() {
            Ok(text) => run(&text, &self.access),
            Err(diagnostic) => self.access.messages.plain.terminal().fail(*diagnostic),
        }
    }
}

pub fn run(text: &str, access: &AccessOptions) -> Exit {
    let mut session = Session::within(Limits::SHARED, access);
    let file = session.sources.add_flag("stdin", text);
    let list = match ResourceList::read(file, text) {
        Ok(list) => list,
        Err(diagnostic) => {
            session.sources.mask(file, krm::list::mask(file, text));
            return session.report(&[diagnostic]);
        }
    };
    session.sources.mask(file, list.mask());
    let (plan, mut diagnostics) =
        apply(&list, &mut session).unwrap_or_else(|diagnostics| (Plan::default(), diagnostics));
    let results = krm::results(&diagnostics, &session.sources);
    let written = match krm::rewrite(&list, &plan, results) {
        Some(text) => session.write_stdout(text.expose()).map_err(|fault| fault.diagnostic()),
        None => Err(unwritable()),
    };
    diagnostics.extend(written.err());
    session.report(&diagnostics)
}

/// What becomes of the list, and what else was found; or what is wrong.
fn apply(
    list: &ResourceList<'_>,
    session: &mut Session,
) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
    let config = list.function_config().ok_or_else(|| vec![config::missing()])?;
    let config = config::read(list.file, list.text, config)?;
    function::load(&config, Path::new("."), session);
    let Compiled { secrets, mut diagnostics, .. } = session.compile();
    if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(diagnostics);
    }
    let plan = match read_back::check(&yaml::documents(&secrets), &secrets) {
        Ok(()) => krm::plan(list, &secrets, &config.name),
        Err(fault) => Err(vec![fault.diagnostic()]),
    };
    match plan {
        Ok(plan) => Ok((plan, diagnostics)),
        Err(found) => {
            diagnostics.extend(found);
            Err(diagnostics)
        }
    }
}

fn unwritable() -> Diagnostic {
    diagnostic!(RESOURCE_LIST, "the `ResourceList` contains a number that JSON can't represent")
        .note("nothing was written")
        .help("write the number in decimal, or put it in quotes if it is a string")
}
