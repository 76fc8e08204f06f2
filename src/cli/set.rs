//! `mintage set`: one value of one Secret, into whatever holds it.

use std::collections::BTreeSet;

use clap::Args;
use zeroize::Zeroizing;

use super::Exit;
use super::keys::WriteOptions;
use super::options::{SpecOptions, and_two_more};
use super::trial::Trial;
use super::value_input::ValueOptions;
use super::value_run::{Old, ValueRun, is_armored};
use crate::age::{Claim, dedent_armor};
use crate::diag::phrases::{all_of, code, one_of};
use crate::diag::{Diagnostic, Level, codes, diagnostic};
use crate::encrypted::held::{Held, Use};
use crate::encrypted::messages;
use crate::encrypted::target::{self, Found, Target};
use crate::os::encrypted_files::Write;
use crate::os::lock::FolderLock;
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::{self, Kind};
use crate::spec::edit::values::{self, NewEntry};
use crate::spec::edit::{armor_value, replace_armor, string_literal};
use crate::spec::value::How;
use crate::structure::edit::messages::unchanged;
use crate::structure::edit::{self, EditFault};
use crate::structure::messages::unknown_format_of;
use crate::structure::{Format, KeyPath};

/// Set one value of one Secret, encrypted, without opening an editor
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_two_more(arg)),
    override_usage = "mintage set [OPTIONS] [SPEC] <NAME> <KEY>",
    after_help = "The value comes from a prompt, or from stdin. It goes where the spec reads it from: \
  its own age file, one key of a structured age file, or an armored text in the spec. A value that \
  is not there yet gets a new age file.

Examples:
  mintage set mysql MYSQL_PASSWORD                    asks for the value
  mintage set mysql MYSQL_PASSWORD --generate=hex:64  makes one
  mintage set -e prod shop/tls tls.key --from-file new.key
  pass show mysql | mintage set mysql MYSQL_PASSWORD"
)]
pub struct Set {
    #[command(flatten)]
    spec: SpecOptions,
    #[command(flatten)]
    value: ValueOptions,
    /// Keep a new value in the spec itself, as armored text
    #[arg(long, help_heading = "Value options")]
    inline: bool,
    /// The list that a new Secret goes to [default: opaque]
    #[arg(long = "type", value_name = "LIST", help_heading = "Value options")]
    type_: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

/// What is going to be written.
#[derive(Default)]
struct Plan {
    /// The spec's new text, and the same with what a trial can open.
    spec: Option<(Zeroizing<String>, Zeroizing<String>)>,
    file: Option<PlannedFile>,
}

struct PlannedFile {
    path: String,
    before: Option<Vec<u8>>,
    bytes: Vec<u8>,
    plain: SecretBytes,
}

impl Set {
    pub fn run(mut self) -> Exit {
        let key = self.spec.take_last_path().to_string_lossy().into_owned();
        let name = self.spec.take_last_path().to_string_lossy().into_owned();
        match self.set(&name, &key) {
            Ok(()) => Exit::Fine,
            Err(exit) => exit,
        }
    }

    fn set(&self, name: &str, key: &str) -> Result<(), Exit> {
        let mut run = ValueRun::open(&self.spec)?;
        if self.value.reads_stdin() && self.spec.access.identities.iter().any(|it| it == "-") {
            let problem = diagnostic!(USAGE, "both the identity and the value come from stdin");
            return Err(run.fail(problem.help("pass the value with `--from-file FILE`")));
        }
        // What can't be set is said before anybody types a secret.
        self.check(&run, &run.find(name, key)?)?;
        let what = format!("{} of {}", code(key), code(name));
        let value = self.value.read(&what, &run.session.terminal);
        let value = value.map_err(|problem| run.fail(*problem))?;
        // From here to the last write no other run changes the spec or its files.
        let _lock = FolderLock::of(&run.root);
        run = run.reread()?;
        let found = run.find(name, key)?;
        let list = self.check(&run, &found)?;
        self.store(&mut run, &found, list, &value)
    }

    /// Whether the value can be set; gives the list of a new Secret.
    fn check(&self, run: &ValueRun, found: &Found) -> Result<&'static Kind, Exit> {
        let wanted = self.type_.as_deref().unwrap_or("opaque");
        let known = kind::ALL.iter().find(|it| it.list == wanted || it.type_ == Some(wanted));
        let Some(list) = known else {
            let lists = kind::ALL.iter().map(|kind| kind.list);
            let problem = diagnostic!(USAGE, "{} is not a list of Secrets", code(wanted));
            return Err(run.fail(problem.help(format!("use {}", one_of(lists)))));
        };
        let name = format!("{} of {}", code(&found.key), all_of(&found.secrets));
        if let Target::Held(use_) = &found.target {
            match &use_.held {
                Held::Elsewhere(why) => return Err(run.fail(messages::elsewhere(&name, why))),
                Held::Key { file: (How::Armor, _), .. } => {
                    return Err(run.fail(
                        diagnostic!(USAGE, "{name} is in a structured armored text of the spec")
                            .help("move the text to an age file: `age = \"FILE.age\"`"),
                    ));
                }
                Held::Key { file, format: None, .. } => {
                    return Err(run.fail(unknown_format_of(&code(&file.1))));
                }
                _ => {}
            }
        }
        if self.type_.is_some() && !matches!(found.target, Target::NewSecret) {
            let secret = all_of(&found.secrets);
            let problem = diagnostic!(USAGE, "`--type` is for new Secrets, and {secret} exists");
            return Err(run.fail(problem.help("leave out `--type`")));
        }
        let is_new_list = matches!(found.target, Target::NewSecret) && !can_be_added(list);
        if is_new_list {
            let problem = diagnostic!(USAGE, "`set` can't add a Secret to {}", code(list.list));
            return Err(run.fail(problem.help("write the entry in the spec first")));
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
        let text = plan.spec.as_ref().map_or_else(
            || Zeroizing::new(run.text.clone()),
            |(_, trial)| trial.clone(),
        );
        if let Some(file) = &plan.file {
            trial.file(&file.path, &file.plain);
        }
        let (_, survey) = run.look_again(&text)?;
        let others: Vec<Use> =
            ValueRun::others(&survey, &use_).into_iter().cloned().collect();
        let involved: BTreeSet<_> = others
            .iter()
            .chain([&use_])
            .map(|use_| (use_.env.clone(), use_.secret.clone()))
            .collect();
        let mut findings = trial.findings(run, &text, &involved);
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
        if matches!(found.target, Target::NewSecret)
            && let Some(similar) = target::similar(&run.survey, &use_.secret)
        {
            run.say(&format!("this is a new Secret; there is also {}", code(similar)));
        }
        Ok(())
    }

    /// A value that an age file or an armored text holds.
    fn plan_change(
        &self,
        run: &mut ValueRun,
        use_: &Use,
        value: &SecretBytes,
        plan: &mut Plan,
        trial: &Trial,
    ) -> Result<(), Exit> {
        match &use_.held {
            Held::File(path) => {
                let old = run.read_if_there(path)?;
                let opened = match &old {
                    Some(old) => run.decrypt_if_possible(path, old.expose())?,
                    None => None,
                };
                if old.is_some() && opened.is_none() {
                    run.say(&format!(
                        "no identity opens {}: its old value is replaced unread",
                        code(path)
                    ));
                }
                let claim = opened.as_ref().map_or(&Claim::None, |opened| &opened.claim);
                let armored = old.as_ref().is_some_and(|old| is_armored(old.expose()));
                let before = old.as_ref().map(|_| Old { claim, armored });
                let bytes = run.seal(path, value, before, &self.write)?;
                plan.file = Some(planned(path, old, bytes, value));
            }
            Held::Key { file: (_, path), format, key } => {
                let format = format.unwrap_or(Format::Text);
                let old = run.read_if_there(path)?;
                let opened = match &old {
                    Some(old) => {
                        let opened = run.decrypt(path, old.expose());
                        Some(opened.map_err(|problem| run.fail(*problem))?)
                    }
                    None => None,
                };
                let text = opened.as_ref().map_or_else(SecretBytes::default, |it| it.plain.clone());
                let plain = edit::set(format, &text, key, value)
                    .map_err(|fault| run.fail(unchanged(&code(path), format, key, &fault)))?;
                let before =
                    opened.as_ref().map(|it| Old { claim: &it.claim, armored: it.armored });
                let bytes = run.seal(path, &plain, before, &self.write)?;
                plan.file = Some(planned(path, old, bytes, &plain));
            }
            Held::Armor(span) => {
                let token = span.start..span.end;
                let text = run.text.get(token.clone()).unwrap_or_default().to_owned();
                let armor = crate::structure::read(
                    Format::Toml,
                    format!("a = {text}\n").as_bytes(),
                );
                let armor = armor.ok().and_then(|tree| tree.get("a")?.plain_text().ok());
                let armor = armor.unwrap_or_default();
                let armor = dedent_armor(armor.expose_str().unwrap_or_default());
                let opened = run.decrypt_if_possible("armor", armor.as_bytes())?;
                if opened.is_none() {
                    run.say("no identity opens the armored text: its old value is replaced unread");
                }
                let armored = run.seal_armor(value, opened.as_ref(), &self.write)?;
                let edited = |armored: &str| {
                    replace_armor(&run.text, token.clone(), armored)
                        .map_err(|kind| run.fail(in_spec(run, &kind.into())))
                };
                plan.spec = Some((edited(&armored)?, edited(&trial.armor(value))?));
            }
            Held::Keys { .. } | Held::Literal | Held::Elsewhere(_) => return Err(Exit::Usage),
        }
        Ok(())
    }

    /// A value that is not there yet, or stands in the spec as it is.
    fn plan_new(
        &self,
        run: &mut ValueRun,
        found: &Found,
        list: &'static Kind,
        value: &SecretBytes,
        plan: &mut Plan,
        trial: &Trial,
    ) -> Result<Use, Exit> {
        let path = self.new_path(run, found);
        let (in_spec_now, for_trial) = if self.inline {
            let armored = run.seal_armor(value, None, &self.write)?;
            (armor_value(&run.text, &armored), armor_value(&run.text, &trial.armor(value)))
        } else {
            let literal = format!("{{ age = {} }}", string_literal(&path));
            (literal.clone(), literal)
        };
        let text = new_text(run, found, list, &in_spec_now)?;
        let trial_text = new_text(run, found, list, &for_trial)?;
        let (spec, survey) = run.look_again(&text)?;
        let open = |_: &Held| Ok(crate::structure::Tree::Null);
        let name = found.secrets.first().map(String::as_str).unwrap_or_default();
        let again = target::find(&survey, &spec.entries, (name, &found.key), &open);
        let again = again.map_err(|problem| run.fail(*problem))?;
        let Target::Held(use_) = again.target else {
            let what = format!("{} of {}", code(&found.key), code(name));
            let problem = diagnostic!(USAGE, "{what} can't be added to the spec");
            return Err(run.fail(problem.help("write it in the spec: `data.KEY = \"...\"`")));
        };
        if let Held::File(path) = &use_.held {
            if run.read_if_there(path)?.is_some() {
                let problem = diagnostic!(FOREIGN_FILES, "{} exists already", code(path))
                    .note("the spec does not read it as this value")
                    .help("remove the file, or write the value in the spec yourself");
                return Err(run.fail(problem));
            }
            let bytes = run.seal(path, value, None, &self.write)?;
            plan.file = Some(planned(path, None, bytes, value));
        }
        plan.spec = Some((text, trial_text));
        Ok(*use_)
    }

    fn new_path(&self, run: &ValueRun, found: &Found) -> String {
        let entry = match &found.target {
            Target::NewSecret => None,
            Target::NewKey(entry) => run.spec.entries.get(*entry),
            Target::Held(use_) => run.spec.entries.get(use_.entry),
        };
        let name = found.secrets.first().map(String::as_str).unwrap_or_default();
        target::new_path(entry, name.rsplit('/').next().unwrap_or(name), &found.key)
    }
}

/// Whether an entry of this list can have a single value.
fn can_be_added(list: &Kind) -> bool {
    use kind::BuiltIn::{BootstrapToken, DockerCfg, DockerConfigJson, ServiceAccountToken};
    let others = [BootstrapToken, DockerCfg, DockerConfigJson, ServiceAccountToken];
    list.built_in.is_some_and(|built_in| !others.contains(&built_in))
}

/// The spec with a value, as TOML writes it, for what was found.
fn new_text(
    run: &ValueRun,
    found: &Found,
    list: &'static Kind,
    value: &str,
) -> Result<Zeroizing<String>, Exit> {
    let text = &run.text;
    let field = |kind: &Kind| {
        let fields = kind.table.fields();
        let mut filling = fields.filter(|field| field.fills == Some(&*found.key));
        filling.next().map(|field| field.name)
    };
    let edited = match &found.target {
        Target::NewSecret => {
            let id = found.secrets.first().map(String::as_str).unwrap_or_default();
            let (namespace, name) = match id.split_once('/') {
                Some((namespace, name)) => (Some(namespace), name),
                None => (None, id),
            };
            let field = field(list);
            let data_key = found.key.as_str();
            let new = NewEntry { list: list.list, name, namespace, field, data_key, value };
            values::add_entry(text, &new)
        }
        Target::NewKey(entry) => {
            let Some(entry) = run.spec.entries.get(*entry) else { return Err(Exit::Usage) };
            let path = values::entry_path(&run.spec, entry);
            let path = values::value_path(&path, field(entry.kind), &found.key);
            values::set_value(text, &path, value)
        }
        Target::Held(use_) => {
            let path = place_of(run, use_, field)?;
            values::set_value(text, &path, &with_override(run, use_, value))
        }
    };
    edited.map_err(|fault| run.fail(in_spec(run, &fault)))
}

/// Where in the spec a value stands.
pub(crate) fn place_of(
    run: &ValueRun,
    use_: &Use,
    field: impl Fn(&Kind) -> Option<&'static str>,
) -> Result<KeyPath, Exit> {
    let Some(entry) = run.spec.entries.get(use_.entry) else { return Err(Exit::Usage) };
    let by_span = use_.span.and_then(|span| values::path_at(&run.text, span));
    let entry_path = values::entry_path(&run.spec, entry);
    let key = use_.data_key.as_deref().unwrap_or_default();
    Ok(by_span.unwrap_or_else(|| values::value_path(&entry_path, field(entry.kind), key)))
}

/// `override = true` stays: without it the value would be an error.
fn with_override(run: &ValueRun, use_: &Use, value: &str) -> String {
    let entry = run.spec.entries.get(use_.entry);
    let key = use_.data_key.as_deref().unwrap_or_default();
    let old = entry.and_then(|entry| entry.value_of(key));
    match (old, value.strip_suffix(" }")) {
        (Some(old), Some(open)) if old.modifiers.override_ => format!("{open}, override = true }}"),
        _ => value.to_owned(),
    }
}

pub(crate) fn in_spec(run: &ValueRun, fault: &EditFault) -> Diagnostic {
    let name = code(run.session.sources.name(run.spec.file));
    let problem = diagnostic!(USAGE, "can't change only this value in {name}");
    match fault.place {
        Some((line, column)) => problem.note(format!("see line {line}, column {column}")),
        None => problem,
    }
    .help("change the spec in an editor, and write `{ age = \"FILE.age\" }` for the value")
}

fn planned(
    path: &str,
    old: Option<SecretBytes>,
    bytes: Vec<u8>,
    plain: &SecretBytes,
) -> PlannedFile {
    let before = old.map(|old| old.expose().to_vec());
    PlannedFile { path: path.to_owned(), before, bytes, plain: plain.clone() }
}

fn base64(value: &SecretBytes) -> SecretBytes {
    use base64::Engine as _;
    SecretBytes::from(base64::engine::general_purpose::STANDARD.encode(value.expose()))
}

/// A new Secret of several required values gets them one after another.
fn tolerate_incomplete(findings: &mut [Diagnostic], is_new: bool) {
    for finding in findings.iter_mut().filter(|_| is_new) {
        if [&codes::MISSING_KEY, &codes::MISSING_DATA_KEY].contains(&finding.code) {
            finding.level = Level::Warning;
        }
    }
}

fn said(run: &ValueRun, use_: &Use, others: &[Use]) {
    let place = match &use_.held {
        Held::File(path) => code(path),
        Held::Key { file, key, .. } => {
            format!("{} in {}", code(&key.to_string()), code(&file.1))
        }
        _ => code(run.session.sources.name(run.spec.file)),
    };
    run.say(&format!("set {}: {place}", use_.name()));
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(Use::name).collect();
        run.say(&format!("the same value is used by {}", names.join(", ")));
    }
}
