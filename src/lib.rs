//! mintage compiles a TOML **spec** that lists Kubernetes Secrets by type into validated Kubernetes
//! YAML, and checks finished manifests. Strings of a spec are templates, values may come out of
//! age-encrypted files, and everything is checked as the API server would.
//!
//! This is the compiler behind the program `mintage`, without a file system, terminal, clock or
//! network: what it needs of the machine it asks a [`World`] for.
//!
//! [`compile`] takes specs and [`Options`], and gives Secrets and findings; if there are errors
//! among the findings, nothing should be written. [`to_yaml`] and [`to_json`] write the Secrets.
//! [`check_manifests`] judges every Secret in YAML or JSON files, no matter which tool wrote them.
//! [`render`] writes findings for people or programs; a secret value never appears in them.
//!
//! ```
//! use mintage::{Input, MemoryWorld, Options, SourceMap, compile, to_yaml};
//!
//! let world = MemoryWorld::default().with_file("password.txt", "hunter2\n");
//! let mut sources = SourceMap::new();
//! let spec = "[[opaque]]\nname = 'mysql'\ndata.PW = { file = 'password.txt', trim = true }";
//! let file = sources.add("mintage.toml", spec);
//! let compiled = compile(&[Input { file, world: &world }], &Options::default(), &mut sources);
//! assert!(!compiled.has_errors());
//! assert!(to_yaml(&compiled.secrets).contains(r#"PW: "aHVudGVyMg==""#));
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_macros,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::print_stderr,
        reason = "tests read files, start programs and say what they leave out"
    )
)]

mod age;
mod check;
mod compile;
mod content;
mod diag;
mod emit;
mod encrypted;
mod go;
mod integrations;
mod manifests;
mod os;
mod parallel;
mod secret;
mod source;
mod spec;
mod structure;
mod template;
mod views;
mod world;

/// The command line program, for `main.rs`.
#[doc(hidden)]
pub mod cli;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

#[cfg(test)]
#[allow(unreachable_pub, reason = "tests are read more easily with a plain `pub`")]
#[path = "../tests/unit/mod.rs"]
mod unit;

use crate::diag::diagnostic;
use zeroize::Zeroizing;

use check::finding::Seen;
use compile::budget::Budget;
use compile::judge;
use compile::lints::{self, UnusedFiles};
use compile::resolve::{self, Locked};
use compile::run::Run;
use compile::{environment, expand};
use diag::sink::Sink;
use template::Engine;

pub use compile::options::{InvalidOption, Options};
pub use diag::render::{MessageFormat, RenderOptions, render};
pub use diag::{Diagnostic, Fix, Label, Level};
pub use manifests::{Checked, check_manifests};
pub use secret::Secret;
pub use secret::bytes::SecretBytes;
pub use source::{FileId, SourceMap, Span};
pub use world::{EnvVarError, Escape, Listing, MemoryWorld, ReadError, SpecAbove, World};

/// A spec to compile: its text in a [`SourceMap`], and the world that its paths lead into.
///
/// ```
/// # let (mut sources, world) = (mintage::SourceMap::new(), mintage::MemoryWorld::default());
/// let spec = mintage::Input { file: sources.add("mintage.toml", "version = 1"), world: &world };
/// assert_eq!(sources.name(spec.file), "mintage.toml");
/// ```
#[derive(Clone, Copy)]
pub struct Input<'w> {
    pub file: FileId,
    pub world: &'w dyn World,
}

/// What came of compiling specs.
///
/// ```
/// # let mut sources = mintage::SourceMap::new();
/// let compiled = mintage::compile(&[], &mintage::Options::default(), &mut sources);
/// assert_eq!(compiled.diagnostics[0].message, "the spec produces no Secrets");
/// ```
#[derive(Debug)]
pub struct Compiled {
    /// The Secrets that are complete, in the order of the specs. With errors among the diagnostics,
    /// not to be used.
    pub secrets: Vec<Secret>,
    /// All findings, sorted by position.
    pub diagnostics: Vec<Diagnostic>,
    /// How many Secrets were checked, with those that are not complete.
    pub(crate) checked: usize,
}

impl Compiled {
    /// Whether anything was refused.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// Compiles specs together. What it reads on the way, such as template files, is added to
/// `sources`, where findings point.
///
/// ```
/// use mintage::{Input, MemoryWorld, Options, SourceMap, compile};
///
/// # let (mut sources, world) = (SourceMap::new(), MemoryWorld::default());
/// let spec = "vars.db = 'mysql'\n[[opaque]]\nname = '{{ vars.db }}'\ndata.USER = 'root'";
/// let inputs = [Input { file: sources.add("mintage.toml", spec), world: &world }];
/// let compiled = compile(&inputs, &Options::default(), &mut sources);
/// assert_eq!(compiled.secrets[0].name, "mysql");
/// ```
pub fn compile(inputs: &[Input<'_>], options: &Options, sources: &mut SourceMap) -> Compiled {
    let engine = Engine::within(options.limits.steps);
    let budget = Budget::new(options.limits);
    let mut sink = Sink::new();
    let mut seen = Seen::new();
    let mut secrets = Vec::new();
    let (mut selected, mut any_entry) = (0, false);
    let mut files = options.unused_files.then(UnusedFiles::default);
    for Input { file, world } in inputs {
        let (spec, problems) = spec::parse(*file, sources, options.limits.file);
        let is_sound = problems.is_empty();
        for problem in problems {
            sink.push(problem);
        }
        if let Some(spec) = &spec {
            any_entry |= !spec.entries.is_empty();
            let (world, engine, budget) = (*world, &engine, &budget);
            let (sources, sink) = (&mut *sources, &mut sink);
            let mut run = Run { spec, world, options, engine, budget, sources, sink };
            selected += compile_spec(is_sound, &mut run, &mut seen, &mut secrets);
        }
        match (&mut files, &spec) {
            (Some(files), Some(spec)) if is_sound => files.spec(spec, *world, sources),
            (Some(files), _) => files.broken_spec(),
            (None, _) => {}
        }
    }
    // A path that leads nowhere is often the misspelt one of a file that nothing reads.
    if let Some(files) = files.filter(|_| !sink.has_errors()) {
        files.report(&mut sink);
    }
    if selected == 0 && !sink.has_errors() && !options.allow_empty {
        sink.push(nothing_to_build(options, any_entry));
    }
    Compiled { secrets, diagnostics: sink.finish(&options.lints), checked: selected }
}

/// One spec; `is_sound` if it has no mistakes of its own. Gives how many Secrets were selected, and
/// adds those that are complete.
fn compile_spec(
    is_sound: bool,
    run: &mut Run<'_>,
    seen: &mut Seen,
    secrets: &mut Vec<Secret>,
) -> usize {
    let before = run.sink.errors();
    let settled = match environment::settle(&run.options.environment, run) {
        Ok(settled) => settled,
        Err(diagnostic) => {
            run.report(diagnostic, None);
            return 0;
        }
    };
    let planned = expand::expand(&settled, run);
    let (keyring, is_usable) = environment::identities(&settled, run);
    let locked = if is_usable { run.options.locked } else { Locked::Reported };
    let (resolved, evidence) = resolve::resolve(&planned, &keyring, locked, settled.scope(), run);
    secrets.extend(judge::judge(resolved, run.options.at, seen, run));
    lints::lint(is_sound && run.sink.errors() == before, &evidence, run);
    planned.len()
}

fn nothing_to_build(options: &Options, any_entry: bool) -> Diagnostic {
    if !options.only.is_empty() {
        return diagnostic!(NO_SECRETS, "no Secret matches `--only`").help(
            "match `NAMESPACE/NAME`, or only `NAME` for a Secret without a namespace; `*` does not \
             match `/`",
        );
    }
    diagnostic!(NO_SECRETS, "the spec produces no Secrets")
        .note("with pruning, applying an empty result deletes all existing Secrets")
        .help(match any_entry {
            true => {
                "add the environment to the `environments` of a Secret, or an item to its \
                `for-each`"
            }
            false => "add a Secret, such as `[[opaque]]` or `[[tls]]`",
        })
        .help("pass `--allow-empty` if this is intended")
}

/// Writes Secrets as YAML documents, in the order given: what `mintage build` prints.
///
/// ```
/// let yaml = mintage::to_yaml(&[mintage::Secret::default()]);
/// assert!(yaml.starts_with("apiVersion: v1\nkind: Secret\n"));
/// ```
pub fn to_yaml(secrets: &[Secret]) -> Zeroizing<String> {
    emit::yaml::documents(secrets)
}

/// Writes Secrets as one JSON document, a `v1` `List`: what `mintage build --format json` prints.
///
/// ```
/// assert!(mintage::to_json(&[]).contains("\"kind\": \"List\""));
/// ```
pub fn to_json(secrets: &[Secret]) -> Zeroizing<String> {
    emit::json::list(secrets)
}
