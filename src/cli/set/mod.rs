//! `mintage set`: one value of one Secret, into whatever holds it.

mod names;
mod plan;

use std::collections::BTreeSet;

use clap::Args;
use zeroize::Zeroizing;

use crate::cli::Exit;
use crate::cli::keys::{KeySession, WriteOptions};
use crate::cli::options::{SpecOptions, and_two_more};
use crate::cli::value_input::ValueOptions;
use crate::cli::value_run::ValueRun;
use crate::diag::phrases::{all_of, code, one_of};
use crate::diag::{Diagnostic, Level, codes, diagnostic};
use crate::encrypted::generate;
use crate::encrypted::held::{Held, Use};
use crate::encrypted::locate::Survey;
use crate::encrypted::target::{self, Found, Target};
use crate::encrypted::trial::Trial;
use crate::os::encrypted_files::Write;
use crate::os::texts::no_file;
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::{self, Kind};
use crate::spec::value::How;
use crate::structure::messages::unknown_format_of;
use crate::world::{ReadError, World as _};
pub(crate) use plan::place_of;
use plan::{Plan, base64};

/// Set one value of one Secret, and encrypt it
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_two_more(arg)),
    override_usage = "mintage set [OPTIONS] [SPEC] <NAME> <KEY>",
    after_help = "Reads the value from a prompt or stdin, and stores it where the spec reads it.

Examples:
  mintage set mysql MYSQL_PASSWORD                    ask for the value
  mintage set mysql MYSQL_PASSWORD --generate=hex:64  use a random value
  mintage set -e prod shop/tls tls.key --from-file new.key
  pass show mysql | mintage set mysql MYSQL_PASSWORD"
)]
pub struct Set {
    #[command(flatten)]
    value: ValueOptions,
    /// Store a new value in the spec, as armored text
    #[arg(long)]
    inline: bool,
    /// Add a new Secret to this list [default: opaque]
    #[arg(long = "type", value_name = "LIST")]
    type_: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    spec: SpecOptions,
}

impl Set {
    pub fn run(mut self) -> Exit {
        let (name, key) = match self.spec.take_name_and_key("set") {
            Ok(both) => both,
            Err(exit) => return exit,
        };
        if let Some(problem) = self.value_as_argument(&key) {
            return KeySession::new(&self.spec.access.messages.plain).fail(problem);
        }
        match self.set(&name, &key) {
            Ok(()) => Exit::Fine,
            Err(exit) => exit,
        }
    }

    /// `mintage set NAME KEY=VALUE`, which is not repeated; or `mintage set NAME KEY VALUE`: a spec
    /// called `NAME` does not exist.
    fn value_as_argument(&self, key: &str) -> Option<Diagnostic> {
        if key.contains('=') {
            return Some(
                diagnostic!(USAGE, "KEY contains `=`, which is not allowed in a data key")
                    .help(LEAVE_OUT_VALUE),
            );
        }
        let spec = self.spec.specs.first()?;
        if !matches!(spec.try_exists(), Ok(false)) {
            return None;
        }
        let text = spec.to_string_lossy();
        if self.value.is_random() && generate::parse(&text).is_some() {
            let help = format!("write `--generate={text}`, with `=`");
            return Some(no_file(spec).note(THREE_ARGUMENTS).help(help));
        }
        Some(no_file(spec).note(THREE_ARGUMENTS).help(LEAVE_OUT_VALUE))
    }

    fn set(&self, name: &str, key: &str) -> Result<(), Exit> {
        let mut run = ValueRun::open(&self.spec)?;
        if self.value.reads_stdin()
            && self.spec.access.identity.identities.iter().any(|it| it == "-")
        {
            let problem = diagnostic!(USAGE, "both the identity and the value come from stdin");
            return Err(run.fail(problem.help("pass the value with `--from-file FILE`")));
        }
        // What can't be set is said before anybody types a secret.
        self.check(&run, &run.find(name, key)?)?;
        let what = format!("{} of {}", code(key), code(name));
        let value = self.value.read(&what, &run.session.terminal);
        let value = value.map_err(|problem| run.fail(*problem))?;
        // From here to the last write no other run changes the spec or its files.
        run = run.locked()?;
        let found = run.find(name, key)?;
        let list = self.check(&run, &found)?;
        self.store(&mut run, &found, list, &value)
    }

    /// Whether the value can be set; gives the list of a new Secret.
    fn check(&self, run: &ValueRun, found: &Found) -> Result<&'static Kind, Exit> {
        let wanted = self.type_.as_deref().unwrap_or(kind::OPAQUE);
        let known = kind::ALL.iter().find(|it| it.list == wanted || it.type_ == Some(wanted));
        let Some(list) = known else {
            let lists = kind::ALL.iter().map(|kind| kind.list);
            let problem = diagnostic!(USAGE, "{} is not a list of Secrets", code(wanted));
            return Err(run.fail(problem.help(format!("use {}", one_of(lists)))));
        };
        let name = format!("{} of {}", code(&found.key), all_of(&found.secrets));
        if let Target::Held(use_) = &found.target {
            match &use_.held {
                Held::Elsewhere(why) => return Err(run.elsewhere(&name, why)),
                Held::Key { file, format: None, .. } => {
                    let is_armor = file.how == How::Armor;
                    let name = if is_armor { "armor".to_owned() } else { run.shown(&file.what) };
                    return Err(run.fail(unknown_format_of(&code(&name))));
                }
                _ => {}
            }
        }
        if self.type_.is_some() && !matches!(found.target, Target::NewSecret) {
            let secret = all_of(&found.secrets);
            let problem = diagnostic!(USAGE, "`--type` is for new Secrets, and {secret} exists");
            return Err(run.fail(problem.help("leave out `--type`")));
        }
        let is_new = matches!(found.target, Target::NewSecret);
        if is_new && found.secrets.iter().any(|id| id.starts_with('/')) {
            let problem =
                diagnostic!(USAGE, "the namespace of {} is empty", all_of(&found.secrets));
            return Err(run.fail(problem.help("write `NAME` or `NAMESPACE/NAME`")));
        }
        let faults = names::faults(found);
        if !faults.is_empty() {
            return Err(run.session.report(&faults));
        }
        let is_new_list = is_new && !can_be_added(list);
        if is_new_list {
            let problem = diagnostic!(USAGE, "`set` can't add a Secret to {}", code(list.list));
            let help = format!("write the `[[{}]]` entry in the spec first", list.list);
            return Err(run.fail(problem.help(help)));
        }
        Ok(list)
    }

    fn store(
        &self,
        run: &mut ValueRun,
        found: &Found,
        list: &'static Kind,
        value: &SecretBytes,
    ) -> Result<(), Exit> {
        let mut trial = Trial::new();
        let mut plan = Plan::default();
        let use_ = match &found.target {
            Target::Held(use_) if use_.held == Held::Literal => {
                self.plan_new(run, found, list, value, &mut plan, &trial)?
            }
            Target::Held(use_) => {
                let stored = if use_.is_base64 { base64(value) } else { value.clone() };
                self.plan_change(run, use_, &stored, &mut plan, &trial)?;
                Use::clone(use_)
            }
            Target::NewKey(_) | Target::NewSecret => {
                self.plan_new(run, found, list, value, &mut plan, &trial)?
            }
        };
        let text = plan
            .spec
            .as_ref()
            .map_or_else(|| Zeroizing::new(run.text.clone()), |(_, trial)| trial.clone());
        if let Some(file) = &plan.file {
            trial.file(&file.path, &file.plain);
        }
        let (_, survey) = run.look_again(&text)?;
        let others: Vec<Use> = use_.others(&survey.uses).into_iter().cloned().collect();
        let involved: BTreeSet<_> = others
            .iter()
            .chain([&use_])
            .map(|use_| (use_.env.clone(), use_.secret.clone()))
            .collect();
        let mut findings = run.findings(&trial, &text, &involved);
        tolerate_incomplete(&mut findings, matches!(found.target, Target::NewSecret));
        if !findings.is_empty() {
            let exit = run.session.report(&findings);
            if findings.iter().any(|finding| finding.level == Level::Error) {
                run.say("nothing was written");
                return Err(exit);
            }
        }
        // The encrypted file comes first: a spec never names one that is not there.
        let mut writes = Vec::new();
        if let Some(file) = plan.file {
            let path = run.on_disk(&file.path);
            writes.push(Write { path, bytes: file.bytes, before: file.before });
        }
        writes.extend(plan.spec.iter().map(|(text, _)| run.write_of_spec(text)));
        run.write(&writes, &self.write)?;
        said(run, &use_, &others);
        say_missing(run, &use_, &survey);
        if matches!(found.target, Target::NewSecret)
            && let Some(similar) = target::similar(&run.survey, &use_.secret)
        {
            run.say(&format!("this is a new Secret; there is also {}", code(similar)));
        }
        if matches!(found.target, Target::NewKey(_))
            && let Some(similar) = target::similar_key(&run.survey, found)
        {
            run.say(&format!("this is a new key; there is also {}", code(similar)));
        }
        Ok(())
    }
}

const THREE_ARGUMENTS: &str = "if there are three arguments, the first is a spec";
const LEAVE_OUT_VALUE: &str =
    "leave out the value: `mintage set` asks for it, or reads it from stdin";

/// Whether an entry of this list can have a single value.
fn can_be_added(list: &Kind) -> bool {
    use kind::BuiltIn::{BootstrapToken, DockerCfg, DockerConfigJson, ServiceAccountToken};
    let others = [BootstrapToken, DockerCfg, DockerConfigJson, ServiceAccountToken];
    list.built_in.is_some_and(|built_in| !others.contains(&built_in))
}

/// A new Secret of several required values gets them one after another.
fn tolerate_incomplete(findings: &mut [Diagnostic], is_new: bool) {
    for finding in findings.iter_mut().filter(|_| is_new) {
        if [&codes::MISSING_KEY, &codes::MISSING_DATA_KEY].contains(&finding.code) {
            finding.level = Level::Warning;
        }
    }
}

/// Items of a `for-each` and environments that read a file of their own for the same key.
fn say_missing(run: &ValueRun, use_: &Use, survey: &Survey) {
    let is_sibling = |other: &&Use| {
        let is_key = other.entry == use_.entry && other.data_key == use_.data_key;
        is_key && other.held != use_.held
    };
    let mut missing = Vec::new();
    for other in survey.uses.iter().filter(is_sibling) {
        if let Held::File(path) = &other.held
            && matches!(run.world.read(path, run.file_limit()), Err(ReadError::NotFound { .. }))
        {
            missing.push(other.name());
        }
    }
    missing.dedup();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        run.say(&format!("these have no value yet: {missing}"));
    }
}

fn said(run: &ValueRun, use_: &Use, others: &[Use]) {
    let place = match &use_.held {
        Held::File(path) => code(&run.shown(path)),
        Held::Key { file, key, .. } => {
            let (key, is_armor) = (code(&key.to_string()), file.how == How::Armor);
            let name = if is_armor { run.armor_name(file.span) } else { run.shown(&file.what) };
            format!("{key} in {}", code(&name))
        }
        _ => code(run.session.sources.name(run.spec.file)),
    };
    run.say(&format!("set {}: {place}", use_.name()));
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(Use::name).collect();
        run.say(&format!("the same value is used by {}", names.join(", ")));
    }
}
