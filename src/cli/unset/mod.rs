//! `mintage unset`: removes one value of one Secret, and what held it if nothing else needs that.

mod cut;
mod shared;

use std::collections::BTreeSet;

use clap::Args;
use zeroize::Zeroizing;

use crate::age::addressees;
use crate::cli::Exit;
use crate::cli::keys::WriteOptions;
use crate::cli::options::{SpecOptions, and_two_more};
use crate::cli::set::place_of;
use crate::cli::value_run::{Old, ValueRun};
use crate::diag::phrases::{all_of, code, first_few};
use crate::diag::{Level, diagnostic};
use crate::encrypted::held::{Held, Use};
use crate::encrypted::messages::required;
use crate::encrypted::target::{self, Target};
use crate::encrypted::trial::Trial;
use crate::os::encrypted_files::{Write, check_deletable, delete};
use crate::secret::kind::Kind;
use crate::source::Span;
use crate::spec::edit::values;
use crate::spec::value::How;
use cut::{Armor, Bundle};
use shared::{confirm, may_need, needs, reader, reads};

/// Remove one value of one Secret
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_two_more(arg)),
    mut_arg("yes", |arg| arg.help("Don't ask before others lose the value or get access")),
    override_usage = "mintage unset [OPTIONS] [SPEC] <NAME> <KEY>",
    after_help = "Removes the value from the spec or from its structured file. If the value has an \
age file of its own, and nothing else uses that file, the file is deleted. Files that a Secret or \
another spec with errors may use are kept. Asks first if other Secrets lose the value too.

Examples:
  mintage unset mysql MYSQL_PASSWORD
  mintage unset -e prod shop/mysql MYSQL_PASSWORD"
)]
pub struct Unset {
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    spec: SpecOptions,
}

/// What is going to change.
#[derive(Default)]
struct Plan {
    /// The spec's new text, and the same with what a trial can open.
    spec: Option<(Zeroizing<String>, Zeroizing<String>)>,
    bundles: Vec<Bundle>,
    armors: Vec<Armor>,
    deleted: Vec<String>,
    /// What stays, as messages call it, and why.
    kept: Vec<(String, String)>,
    /// What a spec calls an age file, and is none.
    foreign: Vec<String>,
}

impl Unset {
    pub fn run(mut self) -> Exit {
        let (name, key) = match self.spec.take_name_and_key("unset") {
            Ok(both) => both,
            Err(exit) => return exit,
        };
        match self.unset(&name, &key) {
            Ok(()) => Exit::Fine,
            Err(exit) => exit,
        }
    }

    fn unset(&self, name: &str, key: &str) -> Result<(), Exit> {
        let mut run = ValueRun::open(&self.spec)?.locked()?;
        let found = run.find(name, key)?;
        let Target::Held(use_) = found.target else {
            return Err(run.fail(target::nothing(&run.survey, &found, name)));
        };
        let is_in_spec = run.survey.uses.iter().any(|other| is_the_value(other, &use_));
        let mut trial = Trial::new();
        let plan = match is_in_spec {
            true => self.plan_in_spec(&mut run, &use_, &trial)?,
            false => self.plan_in_bundle(&mut run, &use_, &trial)?,
        };
        let changed: Vec<Use> = match is_in_spec {
            true => with_same_span(&run, &use_),
            false => use_.others(&run.survey.uses).into_iter().cloned().collect(),
        };
        try_out(&mut run, &plan, &mut trial, &use_, &changed)?;
        // Items of a `for-each`, namespaces and environments that were not named.
        let is_named = |other: &Use| {
            found.secrets.contains(&other.secret) && run.survey.chosen.contains(&other.env)
        };
        let others = changed.iter().filter(|other| other.name() != use_.name());
        let (named, unnamed): (Vec<&Use>, Vec<&Use>) = others.partition(|other| is_named(other));
        let mut about = Vec::new();
        if !unnamed.is_empty() {
            let names = first_few(unnamed.iter().map(|other| other.name()).collect());
            about.push(format!("this also removes {names}"));
        }
        if !is_in_spec {
            about.extend(shared_bundles(&mut run, &plan));
        }
        confirm(&run, &about, self.write.yes)?;
        self.write(&mut run, &plan)?;
        run.say(&format!("removed {}", use_.name()));
        if !named.is_empty() {
            let names: Vec<String> = named.iter().map(|other| other.name()).collect();
            run.say(&format!("this also changes {}", names.join(", ")));
        }
        for (name, why) in &plan.kept {
            run.say(&format!("kept {name}: {why}"));
        }
        for path in &plan.foreign {
            run.say(&format!("kept {}: it is not an age file", code(&run.shown(path))));
        }
        Ok(())
    }

    /// The value goes from the spec, and what only it used goes too.
    fn plan_in_spec(&self, run: &mut ValueRun, use_: &Use, trial: &Trial) -> Result<Plan, Exit> {
        let mut plan = Plan::default();
        let key = use_.data_key.clone().unwrap_or_default();
        let field = |kind: &Kind| kind.field_of(&key);
        let path = match use_.span {
            Some(_) => place_of(run, use_, field)?,
            None => {
                // A field that is no value, such as `registries`.
                let problem = diagnostic!(USAGE, "{} is not a single value", use_.name());
                return Err(run.fail(problem.help("remove it from the spec in an editor")));
            }
        };
        let gone = with_same_span(run, use_);
        let mut other_specs = None;
        for one in &gone {
            let mut others = run.survey.uses.iter().filter(|other| other.span != use_.span);
            let why = match others.any(|other| needs(run, other, &one.held)) {
                true => Some(USED),
                false if may_need(run, &one.held) => Some(MAY_BE_USED),
                false => None,
            };
            match (&one.held, why) {
                (Held::File(path), Some(why)) => keep(&mut plan, &run.shown(path), why),
                (Held::File(path), None) if reads(run, path) => {
                    keep(&mut plan, &run.shown(path), USED);
                }
                (Held::File(path), None) => match run.read_if_there(path)? {
                    Some(old) if addressees(old.expose()).is_some() => {
                        match reader(run, &mut other_specs, path) {
                            Some(spec) => keep(&mut plan, &run.shown(path), &spec),
                            None => push(&mut plan.deleted, path),
                        }
                    }
                    Some(_) => push(&mut plan.foreign, path),
                    None => {}
                },
                (Held::Key { file, .. }, Some(why)) if file.how.is_encrypted() => {
                    let is_armor = file.how == How::Armor;
                    let name =
                        if is_armor { run.armor_name(file.span) } else { run.shown(&file.what) };
                    keep(&mut plan, &name, why);
                }
                (Held::Key { file, format: Some(format), key }, _) => {
                    // What stands in the value itself goes with it.
                    let is_inside = one.span.is_some_and(|span| {
                        span.start <= file.span.start && file.span.end <= span.end
                    });
                    let other_spec = match file.how {
                        How::Age => reader(run, &mut other_specs, &file.what),
                        _ => None,
                    };
                    if let Some(spec) = other_spec {
                        keep(&mut plan, &run.shown(&file.what), &spec);
                    } else if file.how == How::Age || !is_inside {
                        let is_meant = one.name() == use_.name();
                        self.cut(run, &mut plan, (file, *format, key), is_meant)?;
                    }
                }
                _ => {}
            }
        }
        let (text, for_trial) = self.with_armors(run, &plan, trial)?;
        let without = |text: &str| {
            values::remove_value(text, &path).map_err(|fault| run.fail(run.unchangeable(&fault)))
        };
        plan.spec = Some((without(&text)?, without(&for_trial)?));
        Ok(plan)
    }

    /// The spec with the armored texts that lost keys, and the same for a trial.
    fn with_armors(
        &self,
        run: &mut ValueRun,
        plan: &Plan,
        trial: &Trial,
    ) -> Result<(Zeroizing<String>, Zeroizing<String>), Exit> {
        let (mut sealed, mut tried) = (Vec::new(), Vec::new());
        for Armor { span, claim, plain } in &plan.armors {
            let old = Old { claim, armored: true, all_new: false };
            sealed.push((*span, run.seal_armor(plain, Some(old), &self.write)?));
            tried.push((*span, trial.armor(plain)));
        }
        let text = |armors: &[(Span, String)]| {
            let new: Vec<_> = armors.iter().map(|(span, text)| (*span, text.as_str())).collect();
            run.with_armor(&new).map_err(|problem| run.fail(*problem))
        };
        Ok((text(&sealed)?, text(&tried)?))
    }

    /// A key of a file of `data-from`.
    fn plan_in_bundle(&self, run: &mut ValueRun, use_: &Use, trial: &Trial) -> Result<Plan, Exit> {
        let mut plan = Plan::default();
        match &use_.held {
            Held::Key { file, format: Some(format), key } => {
                self.cut(run, &mut plan, (file, *format, key), true)?;
                if !plan.armors.is_empty() {
                    plan.spec = Some(self.with_armors(run, &plan, trial)?);
                }
                Ok(plan)
            }
            Held::Elsewhere(why) => Err(run.elsewhere(&use_.name(), why)),
            _ => {
                let problem = diagnostic!(USAGE, "{} can't be removed alone", use_.name());
                Err(run.fail(problem.help("remove it from the spec in an editor")))
            }
        }
    }

    /// First the spec, so that it never names what is gone.
    fn write(&self, run: &mut ValueRun, plan: &Plan) -> Result<(), Exit> {
        let mut writes: Vec<Write> =
            plan.spec.iter().map(|(text, _)| run.write_of_spec(text)).collect();
        for bundle in &plan.bundles {
            writes.push(Write {
                path: run.on_disk(&bundle.path),
                bytes: bundle.bytes.clone(),
                before: Some(bundle.old.expose().to_vec()),
            });
        }
        for path in &plan.deleted {
            let checked = check_deletable(&run.on_disk(path));
            checked.map_err(|problem| run.fail(problem.note("nothing was written")))?;
        }
        run.write(&writes, &self.write)?;
        for path in &plan.deleted {
            if let Err(problem) = delete(&run.on_disk(path)) {
                let problem = problem.note("the spec no longer uses it");
                return Err(run.fail(problem.help("delete it with `rm`")));
            }
            let path = code(&run.shown(path));
            run.say(&format!("deleted {path}, which nothing else in the spec uses"));
        }
        Ok(())
    }
}

fn try_out(
    run: &mut ValueRun,
    plan: &Plan,
    trial: &mut Trial,
    use_: &Use,
    changed: &[Use],
) -> Result<(), Exit> {
    for bundle in &plan.bundles {
        trial.file(&bundle.path, &bundle.plain);
    }
    let text = plan.spec.as_ref().map_or(&run.text, |(_, text)| text).clone();
    let reads_bundle = |it: &&Use| {
        let is_it = |path: &String| plan.bundles.iter().any(|of| run.is_same_file(&of.path, path));
        let is_armor = |span: &Span| plan.armors.iter().any(|armor| armor.span == *span);
        it.files.iter().any(is_it) || it.armors.iter().any(is_armor)
    };
    let readers = run.survey.uses.iter().filter(reads_bundle);
    let involved: BTreeSet<_> = changed
        .iter()
        .chain([use_])
        .chain(readers)
        .map(|it| (it.env.clone(), it.secret.clone()))
        .collect();
    let mut findings = run.findings(trial, &text, &involved);
    let is_custom =
        run.spec.entries.get(use_.entry).is_some_and(|entry| entry.kind.built_in.is_none());
    for finding in &mut findings {
        required(finding, use_.registry.is_some(), is_custom);
    }
    if findings.is_empty() {
        return Ok(());
    }
    let exit = run.session.report(&findings);
    if findings.iter().any(|finding| finding.level == Level::Error) {
        let errors = findings.iter().filter(|finding| finding.level == Level::Error);
        let ids: BTreeSet<&str> = errors.filter_map(|finding| finding.secret.as_deref()).collect();
        match ids.is_empty() {
            true => run.say("nothing was written"),
            false => {
                run.say(&format!("nothing was written: the value is needed by {}", all_of(ids)))
            }
        }
        return Err(exit);
    }
    Ok(())
}

fn is_the_value(other: &Use, use_: &Use) -> bool {
    other.secret == use_.secret && other.env == use_.env && other.data_key == use_.data_key
}

/// Every Secret that has the value from the same place in the spec: items of a `for-each`,
/// namespaces, environments.
fn with_same_span(run: &ValueRun, use_: &Use) -> Vec<Use> {
    run.survey.uses.iter().filter(|other| other.span == use_.span).cloned().collect()
}

/// What other specs of the repository lose with keys of structured files.
fn shared_bundles(run: &mut ValueRun, plan: &Plan) -> Vec<String> {
    let mut others = None;
    let shared = plan.bundles.iter().filter_map(|bundle| {
        let spec = reader(run, &mut others, &bundle.path)?;
        Some(format!("this removes the key from {}, and {spec}", code(&bundle.path)))
    });
    shared.collect()
}

const USED: &str = "something else uses it";
const MAY_BE_USED: &str = "the spec has errors, so something else may use it";

fn keep(plan: &mut Plan, name: &str, why: &str) {
    let name = code(name);
    if !plan.kept.iter().any(|(known, _)| *known == name) {
        plan.kept.push((name, why.to_owned()));
    }
}

fn push(list: &mut Vec<String>, path: &str) {
    if !list.iter().any(|known| known == path) {
        list.push(path.to_owned());
    }
}
