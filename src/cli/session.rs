//! A run of a command: what it reads, the identities, what flags mean for the library, and what is
//! said at the end. Commands differ in where specs come from; all of them compile here.

use std::path::{Path, PathBuf};
use std::{env, mem};

use zeroize::Zeroizing;

use super::Exit;
use super::options::{AccessOptions, MessageOptions, SpecOptions};
use super::spec_above::take_spec_above;
use super::terminal::Terminal;
use crate::compile::budget::Limits;
use crate::compile::environment::{Choice, NamedBy, set_flag};
use crate::diag::{
    Diagnostic, Level, codes, diagnostic, phrases::code, render::inert::inert, sink::Sink,
};
use crate::emit::{read_back, yaml};
use crate::encrypted::declared::{Declarations, declared};
use crate::encrypted::look::other_environment;
use crate::os::files::Accept;
use crate::os::inputs::Inputs;
use crate::os::output::{self, WriteFault};
use crate::os::passphrase::Passphrase;
use crate::os::texts::{read_file, shown_name};
use crate::os::world::OsWorld;
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, SourceMap, Span};
use crate::spec::{self, node::Text, read_vars};
use crate::views::inspect::select::select;
use crate::views::inspect::{Inspected, Inspection, inspect};
use crate::{Compiled, Input, Options, compile};

pub struct Session {
    pub terminal: Terminal,
    pub verbose: bool,
    /// All texts that findings may point into.
    pub sources: SourceMap,
    /// All files that were read, which nothing may overwrite.
    pub inputs: Inputs,
    pub options: Options,
    /// What keeps specs from being compiled.
    pub problems: Vec<Diagnostic>,
    /// What deserves a look besides.
    notes: Vec<Diagnostic>,
    specs: Vec<(FileId, OsWorld)>,
    allow_path: Vec<PathBuf>,
    allow_env_var: Vec<String>,
    passphrase: Option<Passphrase>,
}

impl Session {
    /// A run that decrypts nothing and has no spec yet.
    pub fn new(messages: &MessageOptions, mut options: Options) -> Self {
        let mut problems = Vec::new();
        messages.lints(&mut options, &mut problems);
        Self {
            terminal: messages.plain.terminal(),
            verbose: messages.plain.verbose,
            sources: SourceMap::new(),
            inputs: Inputs::default(),
            options,
            problems,
            notes: Vec::new(),
            specs: Vec::new(),
            allow_path: Vec::new(),
            allow_env_var: Vec::new(),
            passphrase: None,
        }
    }

    /// A run with identities, and without a spec yet. Stdin and pipes among the identity files can
    /// be read only once: here.
    pub fn with_access(access: &AccessOptions) -> Self {
        Self::within(Limits::default(), access)
    }

    /// The same within other limits, which the command line can raise.
    pub(crate) fn within(limits: Limits, access: &AccessOptions) -> Self {
        let allow_empty = access.allow_empty;
        let options = Options { allow_empty, limits, ..Options::default() };
        let mut session = Self::new(&access.messages, options);
        for text in &access.limit {
            if !session.options.limits.set(text) {
                session.problems.push(
                    diagnostic!(USAGE, "`--limit` does not accept {}", code(text)).help(
                        "write `--limit secrets=SIZE`, `read=SIZE`, `made=SIZE` or `steps=SIZE`",
                    ),
                );
            }
        }
        session.allow_path.clone_from(&access.allow_path);
        session.allow_env_var.clone_from(&access.allow_env_var);
        let gathered = access.identity.gather(&|text| session.log_verbose(text));
        session.options.identities = gathered.identities;
        session.options.plugins = gathered.plugins;
        session.inputs.extend(gathered.inputs);
        session.notes.extend(gathered.notes);
        session.problems.extend(gathered.problems);
        session.passphrase = gathered.passphrase;
        session
    }

    /// A run that a person typed: where it names no spec and there is none, that of a folder above.
    pub fn open(options: &SpecOptions) -> Self {
        let terminal = options.access.messages.plain.terminal();
        let above = if options.specs.is_empty() { take_spec_above(&terminal) } else { None };
        Self::open_specs(options, &above.into_iter().collect::<Vec<_>>())
    }

    /// A run that another program starts: it reads the specs that it is given.
    pub fn open_given(options: &SpecOptions) -> Self {
        Self::open_specs(options, &[])
    }

    fn open_specs(options: &SpecOptions, unnamed: &[PathBuf]) -> Self {
        let mut session = Self::with_access(&options.access);
        let here = [PathBuf::from(".")];
        let specs = [&options.specs, unnamed, &here].into_iter().find(|specs| !specs.is_empty());
        for path in specs.unwrap_or_default() {
            session.add_spec(path);
        }
        session.choose_environment(NamedBy::Flag, options.env.as_deref());
        for path in &options.set_file {
            session.add_file_of_vars(path);
        }
        for text in &options.set {
            session.set_variable("--set", text);
        }
        session.select(&options.only);
        session
    }

    /// Reads a text that the command line names, and that may be a pipe; `what` says what it is,
    /// with its article. If it can't be read, that is one of the problems.
    pub fn read(&mut self, path: &Path, what: &'static str) -> Option<FileId> {
        self.read_as(path, what, Accept::Pipes)
    }

    /// The same, of a file that was found in a folder or in another file.
    pub fn read_found(&mut self, path: &Path, what: &'static str) -> Option<FileId> {
        self.read_as(path, what, Accept::RegularFiles)
    }

    fn read_as(&mut self, path: &Path, what: &'static str, accept: Accept) -> Option<FileId> {
        let limit = self.options.limits.file;
        match read_file(path, what, accept, limit, &mut self.inputs) {
            Ok(text) => Some(self.sources.add(shown_name(path), text)),
            Err(diagnostic) => {
                self.problems.push(*diagnostic);
                None
            }
        }
    }

    /// Reads a spec that the command line names: a file, or a directory with a `mintage.toml`.
    pub fn add_spec(&mut self, path: &Path) {
        if path.is_dir() {
            return self.add_found_spec(&path.join("mintage.toml"));
        }
        if path.as_os_str() == "-" && !path.exists() {
            return self.problems.push(spec_from_stdin());
        }
        if let Some(file) = self.read(path, "a spec") {
            self.add_text(file, path.parent().unwrap_or(Path::new("")));
        }
    }

    /// Reads a spec that was found in a folder, or that another file names.
    pub fn add_found_spec(&mut self, path: &Path) {
        if let Some(file) = self.read_found(path, "a spec") {
            self.add_text(file, path.parent().unwrap_or(Path::new("")));
        }
    }

    /// Adds a spec whose text was read; its paths start at `root`.
    pub fn add_text(&mut self, file: FileId, root: &Path) {
        match OsWorld::new(root, &self.allow_path, &self.allow_env_var) {
            Ok(world) => {
                let world = world.with_passphrase(self.given_passphrase());
                self.log_verbose(&format!("spec {}", self.sources.get(file).name));
                self.specs.push((file, world));
            }
            Err(diagnostic) => self.problems.push(*diagnostic),
        }
    }

    /// The directory `root` as specs may see it, without variables of the environment.
    pub(crate) fn world(&self, root: &Path) -> Result<OsWorld, Box<Diagnostic>> {
        let world = OsWorld::new(root, &self.allow_path, &[])?;
        Ok(world.with_passphrase(self.given_passphrase()))
    }

    fn given_passphrase(&self) -> Option<SecretBytes> {
        self.passphrase.as_ref().map(|given| given.bytes.clone())
    }

    /// Forgets the specs and what was chosen for them, but not what was read.
    pub fn clear_specs(&mut self) {
        self.specs.clear();
        self.options.vars.clear();
        self.options.only.clear();
    }

    /// `env` has to name an environment. `MINTAGE_ENV` is meant for many specs, of which some may
    /// have none.
    pub(crate) fn choose_environment(&mut self, by: NamedBy, env: Option<&str>) {
        let asked_by = match by {
            NamedBy::Flag => "--env",
            NamedBy::Config => "spec.env",
            NamedBy::Parameter => "the parameter env",
        };
        self.options.environment_by = by;
        let mut text = |asked_by: &str, value: &str| {
            let file = self.sources.add_flag(asked_by, value);
            Text { value: value.to_owned(), span: Span::new(file, 0..value.len()) }
        };
        self.options.environment = match (env, env::var("MINTAGE_ENV")) {
            (Some(name), _) => Choice::Named(text(asked_by, name)),
            (None, Ok(name)) if !name.is_empty() => Choice::Ambient(text("MINTAGE_ENV", &name)),
            _ => Choice::Default,
        };
    }

    fn add_file_of_vars(&mut self, path: &Path) {
        let Some(file) = self.read(path, "a file of vars") else { return };
        match read_vars(file, &mut self.sources) {
            Ok(node) => self.options.vars.push(node),
            Err(diagnostics) => self.problems.extend(diagnostics),
        }
    }

    pub fn set_variable(&mut self, asked_by: &str, text: &str) {
        let file = self.sources.add_flag(asked_by, text);
        match set_flag(file, text) {
            Some(node) => self.options.vars.push(node),
            None => self
                .problems
                .push(diagnostic!(USAGE, "{} must be `KEY=VALUE`", code(asked_by)).help(
                "write KEY as a path into `[vars]`, such as `domain` or `db.host`, and VALUE as a \
                 string",
            )),
        }
    }

    pub fn select(&mut self, globs: &[String]) {
        for text in globs {
            match glob::Pattern::new(text) {
                Ok(pattern) => self.options.only.push(pattern),
                Err(error) => self.problems.push(
                    diagnostic!(USAGE, "the glob {} is not valid: {}", code(text), error.msg)
                        .help("write `NAMESPACE/NAME`, with `*` for any part of a name"),
                ),
            }
        }
    }

    /// Compiles the specs. What can't even be read is among the findings.
    pub fn compile(&mut self) -> Compiled {
        if !self.problems.is_empty() {
            let diagnostics = mem::take(&mut self.problems);
            return Compiled { secrets: Vec::new(), diagnostics, checked: 0 };
        }
        let mut compiled = compile(&inputs(&self.specs), &self.options, &mut self.sources);
        self.finish(&mut compiled.diagnostics);
        compiled
    }

    /// The values that the spec says how to make. What can't even be read is among the findings.
    pub(crate) fn declared(&mut self) -> (Declarations, Vec<Diagnostic>) {
        let input = inputs(&self.specs).into_iter().next();
        match input.filter(|_| self.problems.is_empty()) {
            Some(input) => declared(input, &self.options, &mut self.sources),
            None => (Declarations::default(), mem::take(&mut self.problems)),
        }
    }

    /// The folder of the one spec, as it was named, and the world that it sees.
    pub(crate) fn only_spec(&self) -> Option<(&Path, &OsWorld)> {
        let (file, world) = self.specs.first()?;
        let name = Path::new(&self.sources.get(*file).name);
        Some((name.parent().unwrap_or(Path::new("")), world))
    }

    /// Looks into the specs. What can't even be read is among the findings.
    pub fn inspect(&mut self) -> Inspection {
        if !self.problems.is_empty() {
            return Inspection { secrets: Vec::new(), diagnostics: mem::take(&mut self.problems) };
        }
        let mut inspection = inspect(&inputs(&self.specs), &self.options, &mut self.sources);
        self.finish(&mut inspection.diagnostics);
        inspection
    }

    /// Looks into the specs for the one Secret of this name. Otherwise everything is said, and how
    /// the command ends is given.
    pub fn inspect_one(&mut self, name: &str) -> Result<Inspected, Exit> {
        let mut inspection = self.inspect();
        let is_error = |found: &Diagnostic| found.level == Level::Error;
        match select(name, &inspection.secrets) {
            Ok(inspected) => {
                // What else there is to say is not about this Secret.
                inspection.diagnostics.retain(|found| found.code == &codes::IDENTITY_PERMISSIONS);
                if inspection.diagnostics.is_empty() {
                    return Ok(inspected.clone());
                }
                match self.report(&inspection.diagnostics) {
                    Exit::Fine => Ok(inspected.clone()),
                    exit => Err(exit),
                }
            }
            // It may be one of those that could not be listed.
            Err(_) if inspection.diagnostics.iter().any(is_error) => {
                Err(self.report(&inspection.diagnostics))
            }
            Err(diagnostic) => {
                let elsewhere = self.in_other_environment(name);
                Err(self.report(&[elsewhere.unwrap_or(diagnostic)]))
            }
        }
    }

    /// That a Secret is not built in the chosen environment, if it is in another one.
    pub(crate) fn in_other_environment(&mut self, name: &str) -> Option<Diagnostic> {
        let mut specs = inputs(&self.specs).into_iter();
        specs.find_map(|spec| other_environment(name, spec, &self.options, &mut self.sources))
    }

    /// The first spec and its world, if it could be read.
    pub(crate) fn first_spec(&self) -> Option<(FileId, &OsWorld)> {
        self.specs.first().map(|(file, world)| (*file, world))
    }

    /// What was found besides is among the findings once, at the level that lints give it.
    fn finish(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        if let Some(passphrase) = &self.passphrase {
            passphrase.explain(diagnostics);
        }
        let mut sink = Sink::new();
        for note in self.notes.drain(..) {
            sink.push(note);
        }
        diagnostics.extend(sink.finish(&self.options.lints));
        for (_, world) in &self.specs {
            self.inputs.extend(world.inputs());
        }
    }

    /// The environments of the first spec, and which of them is built if none is named.
    pub(crate) fn environments(&mut self) -> Option<(Vec<String>, Option<String>)> {
        let (file, _) = self.specs.first()?;
        let spec = spec::parse(*file, &mut self.sources, self.options.limits.file).0?;
        let default = match &self.options.environment {
            Choice::Named(name) | Choice::Ambient(name) => Some(&name.value),
            Choice::Default => spec.top.default_env.get().map(|name| &name.value),
        };
        let names = spec.environments().into_iter().map(str::to_owned).collect();
        Some((names, default.cloned()))
    }

    /// What was found before any spec was compiled, and is not about one.
    pub(crate) fn take_notes(&mut self) -> Vec<Diagnostic> {
        mem::take(&mut self.notes)
    }

    fn log_verbose(&self, text: &str) {
        if self.verbose {
            self.terminal.log(text);
        }
    }

    pub fn report(&self, diagnostics: &[Diagnostic]) -> Exit {
        self.terminal.report(diagnostics, &self.sources)
    }

    /// Writes a result to stdout, unless stdout goes to a file that was read.
    pub fn write_stdout(&self, bytes: &[u8]) -> Result<(), WriteFault> {
        output::write_stdout(bytes, &self.inputs)
    }

    /// The same, where nothing else is reported. No line is a command for a CI system.
    pub fn print(&self, text: &str) -> Exit {
        let text = Zeroizing::new(inert(text));
        self.terminal.printed(self.write_stdout(text.as_bytes()))
    }

    /// Writes documents to stdout in which these Secrets are, once they have been read back.
    pub fn write_documents(
        &self,
        secrets: &[Secret],
        text: &Zeroizing<String>,
    ) -> Result<(), Box<Diagnostic>> {
        read_back::check(&yaml::documents(secrets), secrets)
            .map_err(|fault| Box::new(fault.diagnostic()))?;
        self.write_stdout(text.as_bytes()).map_err(|fault| Box::new(fault.diagnostic()))
    }
}

fn inputs(specs: &[(FileId, OsWorld)]) -> Vec<Input<'_>> {
    specs.iter().map(|(file, world)| Input { file: *file, world }).collect()
}

fn spec_from_stdin() -> Diagnostic {
    diagnostic!(USAGE, "a spec can't be read from stdin")
        .note("its paths are relative to its folder, and stdin has none")
        .help("pass a file or a folder; `-` is stdin only for `-i`, and stdout for `-o`")
}
