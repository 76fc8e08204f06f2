//! mintage compiles a TOML **spec** that lists Kubernetes Secrets by type into validated Kubernetes YAML. Strings are templates, values
//! may come out of age-encrypted files, and nothing is given out unless everything is valid.
//!
//! The library is the whole compiler without a file system, terminal or clock: a [`World`] answers for the files.
//!
//! ```
//! use mintage::{Input, MemoryWorld, Options, SourceMap, compile, emit};
//!
//! let world = MemoryWorld::default().with_file("password.txt", "hunter2\n");
//! let mut sources = SourceMap::new();
//! let file = sources.add(
//!     "mintage.toml",
//!     r#"
//!         [[opaque]]
//!         name = "mysql"
//!         data.MYSQL_ROOT_PASSWORD = { file = "password.txt", trim = true }
//!     "#,
//! );
//! let compiled = compile(&[Input { file, world: &world }], &Options::default(), &mut sources);
//! assert!(!compiled.has_errors());
//! let yaml = emit::yaml::documents(&compiled.secrets);
//! assert!(yaml.contains(r#"MYSQL_ROOT_PASSWORD: "aHVudGVyMg==""#));
//! ```

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

pub mod age;
pub mod check;
pub mod cli;
pub mod compile;
pub mod content;
pub mod diag;
pub mod emit;
pub mod go;
pub mod integrations;
pub mod manifests;
pub mod os;
pub mod secret;
pub mod source;
pub mod spec;
pub mod structure;
pub mod template;
#[cfg(test)]
#[path = "../tests/unit/mod.rs"]
mod unit;
pub mod views;
pub mod world;

use age::{IdentityInput, Keyring};
use compile::environment::{self, Choice};
use compile::expand;
use compile::judge::{self, Seen};
use compile::lints::{self, UnusedFiles};
use compile::render::Renderer;
use compile::resolve::{self, Locked};
use diag::lint_levels::LintLevels;
use diag::phrases::one_of;
use diag::sink::Sink;
use diag::{Diagnostic, Level, codes};
use spec::Spec;
use spec::node::Node;
use template::Engine;

pub use manifests::{Checked, check_manifests};
pub use secret::Secret;
pub use secret::bytes::SecretBytes;
pub use source::{FileId, SourceMap};
pub use world::{MemoryWorld, World};

/// A spec to compile: its text in a [`SourceMap`], and the world that its paths lead into.
#[derive(Clone, Copy)]
pub struct Input<'w> {
    /// The text.
    pub file: FileId,
    /// Where its files are.
    pub world: &'w dyn World,
}

/// What the person who runs the tool wants.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The environment to build for.
    pub environment: Choice,
    /// Tables over `[vars]`, in order.
    pub vars: Vec<Node>,
    /// Identities of the person who runs the tool; those of a spec come on top.
    pub identities: Vec<IdentityInput>,
    /// What to do about an age file that no identity opens.
    pub locked: Locked,
    /// Globs over `NAMESPACE/NAME`, or names where there is no namespace; empty means all.
    pub only: Vec<glob::Pattern>,
    /// Levels of lints from the command line.
    pub lints: LintLevels,
    /// No Secret at all is fine.
    pub allow_empty: bool,
    /// Look for age files below the roots that no spec reads, which takes a walk through all directories there.
    pub unused_files: bool,
    /// The time for expiry checks, in seconds of Unix time; without it they are not made. Never changes what is rendered.
    pub at: Option<i64>,
}

/// What came of a run.
#[derive(Debug)]
pub struct Compiled {
    /// The Secrets that are complete, in the order of the specs. With errors among the diagnostics, not to be used.
    pub secrets: Vec<Secret>,
    /// All findings, sorted by position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether anything was refused.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// Compiles specs together: parse, choose the environment, expand, resolve, judge.
pub fn compile(inputs: &[Input<'_>], options: &Options, sources: &mut SourceMap) -> Compiled {
    let engine = Engine::new();
    let mut sink = Sink::new();
    let mut seen = Seen::new();
    let mut secrets = Vec::new();
    let mut selected = 0;
    let mut files = options.unused_files.then(UnusedFiles::default);
    for input in inputs {
        let (spec, problems) = spec::parse(input.file, sources);
        let mut sound = problems.is_empty();
        problems.into_iter().for_each(|problem| sink.push(problem));
        if let Some(spec) = &spec {
            let mut renderer = Renderer { engine: &engine, sources: &mut *sources, sink: &mut sink, lint: &spec.lint };
            selected += compile_spec(spec, sound, input.world, options, &mut renderer, &mut seen, &mut secrets);
        } else {
            sound = false;
        }
        match (&mut files, &spec) {
            (Some(files), Some(spec)) if sound => files.spec(spec, input.world, sources),
            (Some(files), _) => files.broken_spec(),
            (None, _) => {}
        }
    }
    // A path that leads nowhere is often the misspelt one of a file that nothing reads.
    if let Some(files) = files.filter(|_| !sink.has_errors()) {
        files.report(&mut sink);
    }
    if selected == 0 && !sink.has_errors() && !options.allow_empty {
        sink.push(nothing_to_build(options));
    }
    Compiled { secrets, diagnostics: sink.finish(&options.lints) }
}

/// One spec; `sound` if it has no mistakes of its own. Gives how many Secrets were selected, and adds those that are complete.
fn compile_spec(
    spec: &Spec,
    sound: bool,
    world: &dyn World,
    options: &Options,
    renderer: &mut Renderer<'_>,
    seen: &mut Seen,
    secrets: &mut Vec<Secret>,
) -> usize {
    let before = renderer.sink.errors();
    let settled = match environment::settle(spec, &options.environment, &options.vars) {
        Ok(settled) => settled,
        Err(diagnostic) => {
            renderer.report(diagnostic, None);
            return 0;
        }
    };
    let mut planned = expand::expand(spec, &settled, renderer);
    planned.retain(|planned| is_selected(&planned.id(), &options.only));
    let scope = settled.scope();
    let (keyring, usable) = identities(&settled, &scope, world, options, renderer);
    let locked = if usable { options.locked } else { Locked::Reported };
    let (resolved, evidence) = resolve::resolve(spec, &planned, world, &keyring, locked, scope, renderer);
    secrets.extend(judge::judge(resolved, options.at, seen, renderer));
    let sound = sound && renderer.sink.errors() == before;
    let subject = lints::LintContext { spec, sound, evidence: &evidence, world, vars: &options.vars };
    lints::lint(&subject, renderer);
    planned.len()
}

/// The keyring of a spec: the user's identities, then its own; and whether all of them can be used.
fn identities(
    settled: &environment::Settled,
    scope: &minijinja::value::Value,
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
        let lint = Diagnostic::new(&codes::COMMITTED_IDENTITY, "an identity is committed beside the spec")
            .at(text.span, "whoever can read the repository can decrypt what it opens")
            .help("keep identities outside of the repository and name them with `-i` or `MINTAGE_IDENTITY_FILE`")
            .help(
                "for a development key that opens nothing of value, write `lint.allow = [\"committed-identity\"]` at the top of the spec",
            );
        renderer.report(lint, None);
        match world.read(&path) {
            Ok(bytes) => inputs.push(IdentityInput { origin: format!("`identities` of the spec: {path}"), bytes, only_for_ssh: false }),
            Err(error) => {
                let diagnostic = resolve::read_error(&error, &path).at(text.span, "");
                renderer.report(diagnostic, None);
            }
        }
    }
    let (keyring, bad) = Keyring::load(inputs);
    for bad in bad {
        let span = settled.identities.iter().find(|text| bad.origin.ends_with(&text.value)).map(|text| text.span);
        let diagnostic = age::messages::bad_identity(&bad);
        let diagnostic = match span {
            Some(span) => diagnostic.at(span, ""),
            None => diagnostic,
        };
        renderer.report(diagnostic, None);
    }
    (keyring, renderer.sink.errors() == before)
}

/// Whether `--only` selects the Secret that is called `id`; without globs it selects all.
fn is_selected(id: &str, only: &[glob::Pattern]) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    only.is_empty() || only.iter().any(|pattern| pattern.matches_with(id, options))
}

fn nothing_to_build(options: &Options) -> Diagnostic {
    if options.only.is_empty() {
        Diagnostic::new(&codes::NO_SECRETS, "there is no Secret to build")
            .note("with pruning on, applying an empty result deletes what was there")
            .help(format!("add a list of Secrets, such as {}", one_of(["[[opaque]]", "[[tls]]"])))
            .help("if nothing is meant, pass `--allow-empty`")
    } else {
        Diagnostic::new(&codes::NO_SECRETS, "no Secret matches `--only`")
            .help("globs match `NAMESPACE/NAME`, or the name alone where a Secret has no namespace; `*` does not match a `/`")
    }
}
