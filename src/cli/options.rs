//! The flags of every command that reads a spec, and what they become.

use std::cell::OnceCell;
use std::env;
use std::path::PathBuf;

use clap::{Arg, Args};

use super::Exit;
use super::message_options::MessageOptions;
use super::read::read_input;
use crate::age::IdentityInput;
use crate::compile::environment::{Choice, set_flag};
use crate::compile::resolve::Locked;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, Level, codes, diagnostic};
use crate::os::identity_files::{self, GatheredIdentities, IdentityFileFault};
use crate::os::inputs::Inputs;
use crate::os::world::OsWorld;
use crate::secret::Secret;
use crate::source::{FileId, SourceMap, Span};
use crate::spec::node::{Node, Text};
use crate::spec::read_vars;
use crate::views::inspect::select::select;
use crate::views::inspect::{Inspected, Inspection, inspect};
use crate::{Compiled, Input, Options, compile};

/// Options of every command that reads a spec.
#[derive(Debug, Args)]
#[allow(rustdoc::broken_intra_doc_links, reason = "`--help` prints these lines as they are")]
pub struct SpecOptions {
    /// Spec files, or directories with a mintage.toml
    #[arg(value_name = "SPEC", default_value = ".")]
    pub specs: Vec<PathBuf>,
    /// Build for this environment [env: MINTAGE_ENV]
    #[arg(short, long, value_name = "NAME", help_heading = "Spec options")]
    pub env: Option<String>,
    /// Override a value in [vars]; repeatable
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Spec options")]
    pub set: Vec<String>,
    /// Override [vars] with the tables of a TOML file; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Spec options", hide_short_help = true)]
    pub set_file: Vec<PathBuf>,
    /// Decrypt with this identity file or ssh key; `-` for stdin; repeatable
    ///
    /// Without it, mintage uses all that exist of: MINTAGE_IDENTITY (the key itself),
    /// MINTAGE_IDENTITY_FILE, SOPS_AGE_KEY, SOPS_AGE_KEY_FILE,
    /// $XDG_CONFIG_HOME/mintage/identities.txt, $XDG_CONFIG_HOME/sops/age/keys.txt,
    /// ~/.ssh/id_ed25519, ~/.ssh/id_rsa.
    #[arg(short, long = "identity", value_name = "FILE", help_heading = "Spec options")]
    pub identities: Vec<String>,
    /// Allow specs to read files in this directory; repeatable
    #[arg(long, value_name = "DIR", help_heading = "Spec options", hide_short_help = true)]
    pub allow_path: Vec<PathBuf>,
    /// Allow specs to read this environment variable; repeatable
    #[arg(long, value_name = "NAME", help_heading = "Spec options", hide_short_help = true)]
    pub allow_env_var: Vec<String>,
    /// Select Secrets whose NAMESPACE/NAME matches this glob; repeatable
    #[arg(long, value_name = "GLOB", help_heading = "Spec options")]
    pub only: Vec<String>,
    /// Succeed even if the spec produces no Secrets
    #[arg(long, help_heading = "Spec options", hide_short_help = true)]
    pub allow_empty: bool,
    #[command(flatten)]
    pub messages: MessageOptions,
    /// What was gathered: stdin and pipes can be read only once, and some commands compile twice.
    #[arg(skip)]
    pub(crate) gathered: OnceCell<Result<GatheredIdentities, Vec<IdentityFileFault>>>,
    /// What messages call `env` and `set`, which may have been asked for in other ways than by
    /// flags.
    #[arg(skip = ["--env", "--set"])]
    pub asked_by: [&'static str; 2],
    /// A spec that is in no file, which takes the place of all others.
    #[arg(skip)]
    pub inline: Option<InlineSpec>,
}

/// Options of every command about one Secret of a spec.
#[derive(Debug, Args)]
#[command(mut_arg("specs", |arg| and_one_more(arg, "[SPEC] NAME: a spec [default: .], and the \
    NAME or NAMESPACE/NAME of a Secret")))]
pub struct SecretOptions {
    #[command(flatten)]
    spec: SpecOptions,
}

/// The argument for specs of a command that takes one, and something else behind it.
pub fn and_one_more(specs: Arg, help: &'static str) -> Arg {
    specs.value_name("PATH").num_args(1..=2).required(true).default_value(None::<&str>).help(help)
}

impl SecretOptions {
    /// The options of the spec, and the Secret's name.
    pub fn into_spec_and_name(mut self) -> (SpecOptions, String) {
        let name = self.spec.take_last_path().to_string_lossy().into_owned();
        (self.spec, name)
    }
}

/// A spec that a function's config holds.
#[derive(Clone, Debug)]
pub struct InlineSpec {
    pub name: &'static str,
    /// In TOML.
    pub text: String,
    /// The directory that its paths start at.
    pub root: PathBuf,
}

/// A run: what was compiled, and the texts that its findings point into.
pub struct Run {
    pub compiled: Compiled,
    pub sources: SourceMap,
    /// All files that were read.
    pub inputs: Inputs,
}

impl SpecOptions {
    /// Takes the last of the paths, for commands that want something else there; the spec is `.` if
    /// nothing is left.
    pub fn take_last_path(&mut self) -> PathBuf {
        let last = self.specs.pop().unwrap_or_default();
        if self.specs.is_empty() {
            self.specs.push(PathBuf::from("."));
        }
        last
    }

    /// Reads the specs and compiles them; with `unused_files`, the files beside them are looked at
    /// too. What can't even be read is among the findings.
    pub fn compile(&self, locked: Locked, unused_files: bool) -> Run {
        self.compile_only(SourceMap::new(), locked, unused_files, None)
    }

    /// The same, with findings that may point into texts which were read before.
    pub fn compile_with(&self, sources: SourceMap, locked: Locked, unused_files: bool) -> Run {
        self.compile_only(sources, locked, unused_files, None)
    }

    /// The same; with `only`, that Secret alone, whatever the flags say.
    fn compile_only(
        &self,
        mut sources: SourceMap,
        locked: Locked,
        unused_files: bool,
        only: Option<&str>,
    ) -> Run {
        let mut problems = Vec::new();
        let mut read = Inputs::default();
        let specs = self.read_specs(&mut sources, &mut problems, &mut read);
        let mut notes = Vec::new();
        let mut options = self.options(locked, &mut sources, &mut problems, &mut notes, &mut read);
        options.unused_files = unused_files;
        if let Some(pattern) =
            only.and_then(|only| glob::Pattern::new(&glob::Pattern::escape(only)).ok())
        {
            options.only = vec![pattern];
        }
        if self.messages.verbose {
            let terminal = self.messages.terminal();
            specs
                .iter()
                .for_each(|(file, _)| terminal.log(&format!("spec {}", sources.get(*file).name)));
            options
                .identities
                .iter()
                .for_each(|identity| terminal.log(&format!("identity {}", identity.origin)));
        }
        let inputs: Vec<Input<'_>> =
            specs.iter().map(|(file, world)| Input { file: *file, world }).collect();
        if problems.is_empty() {
            let mut compiled = compile(&inputs, &options, &mut sources);
            compiled.diagnostics.append(&mut notes);
            specs.iter().for_each(|(_, world)| read.extend(world.inputs()));
            return Run { compiled, sources, inputs: read };
        }
        Run {
            compiled: Compiled { secrets: Vec::new(), diagnostics: problems },
            sources,
            inputs: read,
        }
    }

    /// Looks into the specs, and says which files were read. What can't even be read is among the
    /// findings.
    pub fn inspect(&self) -> (Inspection, SourceMap, Inputs) {
        let mut sources = SourceMap::new();
        let mut problems = Vec::new();
        let mut read = Inputs::default();
        let specs = self.read_specs(&mut sources, &mut problems, &mut read);
        let options =
            self.options(Locked::LeaveOut, &mut sources, &mut problems, &mut Vec::new(), &mut read);
        let inputs: Vec<Input<'_>> =
            specs.iter().map(|(file, world)| Input { file: *file, world }).collect();
        if problems.is_empty() {
            let inspection = inspect(&inputs, &options, &mut sources);
            specs.iter().for_each(|(_, world)| read.extend(world.inputs()));
            return (inspection, sources, read);
        }
        (Inspection { secrets: Vec::new(), diagnostics: problems }, sources, read)
    }

    /// Looks into the specs for the one Secret of this name. Otherwise everything is said, and how
    /// the command ends is given.
    pub fn inspect_one(&self, name: &str) -> Result<(Inspected, SourceMap, Inputs), Exit> {
        let (inspection, sources, read) = self.inspect();
        let terminal = self.messages.terminal();
        match select(name, &inspection.secrets) {
            Ok(inspected) => Ok((inspected.clone(), sources, read)),
            // It may be one of those that could not be listed.
            Err(_) if !inspection.diagnostics.is_empty() => {
                Err(terminal.report(&inspection.diagnostics, &sources))
            }
            Err(diagnostic) => Err(terminal.report(&[diagnostic], &sources)),
        }
    }

    /// Builds one Secret that was found. Otherwise everything is said, and how the command ends is
    /// given.
    pub fn compile_one(&self, inspected: &Inspected) -> Result<Secret, Exit> {
        let mut run = self.compile_only(SourceMap::new(), Locked::Fail, false, Some(&inspected.id));
        // Lints are for `check`.
        run.compiled.diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
        match run.compiled.secrets.pop() {
            Some(secret) if !run.compiled.has_errors() => Ok(secret),
            _ => Err(self.messages.terminal().report(&run.compiled.diagnostics, &run.sources)),
        }
    }

    fn options(
        &self,
        locked: Locked,
        sources: &mut SourceMap,
        problems: &mut Vec<Diagnostic>,
        notes: &mut Vec<Diagnostic>,
        read: &mut Inputs,
    ) -> Options {
        let mut options = Options {
            environment: self.environment(sources),
            vars: self.vars(sources, problems, read),
            locked,
            allow_empty: self.allow_empty,
            ..Options::default()
        };
        match self
            .gathered
            .get_or_init(|| identity_files::gather(&self.identities, &|name| env::var_os(name)))
        {
            Ok(gathered) => {
                read.extend(gathered.inputs.clone());
                for fault in &gathered.skipped {
                    notes.push(
                        Diagnostic::new(&codes::LEFT_OUT, fault.message()).maybe_help(fault.help()),
                    );
                }
                options.identities = gathered
                    .identities
                    .iter()
                    .map(|found| IdentityInput {
                        origin: found.origin.clone(),
                        bytes: found.bytes.clone(),
                        only_for_ssh: found.only_for_ssh,
                    })
                    .collect();
            }
            Err(faults) => problems.extend(faults.iter().map(|fault| {
                Diagnostic::new(&codes::BAD_IDENTITY, fault.message()).maybe_help(fault.help())
            })),
        }
        for text in &self.only {
            match glob::Pattern::new(text) {
                Ok(pattern) => options.only.push(pattern),
                Err(error) => problems.push(
                    diagnostic!(USAGE, "`--only` does not take {}: {}", code(text), error.msg)
                        .help("write `NAMESPACE/NAME` with `*` for any part of a name"),
                ),
            }
        }
        self.messages.lints(&mut options, problems);
        options
    }

    /// `--env` has to name an environment; `MINTAGE_ENV` is meant for many specs, of which some may
    /// have none.
    fn environment(&self, sources: &mut SourceMap) -> Choice {
        let mut text = |flag: &str, value: &str| {
            let file = sources.add_flag(flag, value);
            Text { value: value.to_owned(), span: Span::new(file, 0..value.len()) }
        };
        match (&self.env, env::var("MINTAGE_ENV")) {
            (Some(name), _) => Choice::Named(text(self.asked_by[0], name)),
            (None, Ok(name)) if !name.is_empty() => Choice::Ambient(text("MINTAGE_ENV", &name)),
            _ => Choice::Default,
        }
    }

    /// `--set-file`, then `--set`.
    fn vars(
        &self,
        sources: &mut SourceMap,
        problems: &mut Vec<Diagnostic>,
        read: &mut Inputs,
    ) -> Vec<Node> {
        let mut vars = Vec::new();
        for path in &self.set_file {
            let Some(file) = read_input(path, "a file of vars", sources, problems, read) else {
                continue;
            };
            match read_vars(file, sources) {
                Ok(node) => vars.push(node),
                Err(diagnostics) => problems.extend(diagnostics),
            }
        }
        for text in &self.set {
            let file = sources.add_flag(self.asked_by[1], text.as_str());
            match set_flag(file, text) {
                Some(node) => vars.push(node),
                None => problems.push(diagnostic!(USAGE, "`--set` takes `KEY=VALUE`").help(
                    "the key is a path into `[vars]`, such as `domain` or `db.host`; the value \
                         is a string",
                )),
            }
        }
        vars
    }

    fn read_specs(
        &self,
        sources: &mut SourceMap,
        problems: &mut Vec<Diagnostic>,
        read: &mut Inputs,
    ) -> Vec<(FileId, OsWorld)> {
        let mut specs = Vec::new();
        if let Some(inline) = &self.inline {
            match OsWorld::new(&inline.root, &self.allow_path, &self.allow_env_var) {
                Ok(world) => {
                    specs.push((sources.add_flag(inline.name, inline.text.as_str()), world))
                }
                Err(error) => {
                    problems.push(Diagnostic::new(&codes::CANNOT_READ, error.to_string()))
                }
            }
            return specs;
        }
        for path in &self.specs {
            let path = if path.is_dir() { path.join("mintage.toml") } else { path.clone() };
            let Some(file) = read_input(&path, "a spec", sources, problems, read) else { continue };
            let root = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => PathBuf::from("."),
            };
            match OsWorld::new(&root, &self.allow_path, &self.allow_env_var) {
                Ok(world) => specs.push((file, world)),
                Err(error) => {
                    problems.push(Diagnostic::new(&codes::CANNOT_READ, error.to_string()))
                }
            }
        }
        specs
    }
}
