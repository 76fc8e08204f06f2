//! `mintage unset`: removes one value of one Secret, and what held it if nothing else needs that.

mod cut;

use std::collections::BTreeSet;

use clap::Args;
use zeroize::Zeroizing;

use super::Exit;
use super::keys::WriteOptions;
use super::options::{SpecOptions, and_two_more};
use super::set::place_of;
use super::value_run::{Old, ValueRun};
use crate::age::addressees;
use crate::diag::phrases::{all_of, code};
use crate::diag::{Level, diagnostic};
use crate::encrypted::held::{Held, Use};
use crate::encrypted::target::{self, Target};
use crate::encrypted::trial::Trial;
use crate::os::encrypted_files::{Write, check_deletable, delete};
use crate::secret::kind::Kind;
use crate::source::Span;
use crate::spec::edit::values;
use crate::spec::value::{How, Source};
use crate::template::Engine;
use cut::{Armor, Bundle};

/// Remove one value of one Secret
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_two_more(arg)),
    override_usage = "mintage unset [OPTIONS] [SPEC] <NAME> <KEY>",
    after_help = "Removes the value from the spec or from its structured file. If the value has an \
age file of its own, and nothing else in the spec uses that file, the file is deleted.

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
    /// As messages call it.
    kept: Vec<String>,
    /// What a spec calls an age file, and is none.
    foreign: Vec<String>,
}

impl Unset {
    pub fn run(mut self) -> Exit {
        let key = self.spec.take_last_path().to_string_lossy().into_owned();
        let name = self.spec.take_last_path().to_string_lossy().into_owned();
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
        self.write(&mut run, &plan)?;
        run.say(&format!("removed {}", use_.name()));
        let others: Vec<String> =
            changed.iter().filter(|other| other.name() != use_.name()).map(Use::name).collect();
        if !others.is_empty() {
            run.say(&format!("this also changes {}", others.join(", ")));
        }
        for name in &plan.kept {
            run.say(&format!("kept {name}: something else uses it"));
        }
        for path in &plan.foreign {
            run.say(&format!("kept {}: it is not an age file", code(path)));
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
        for one in &gone {
            let mut others = run.survey.uses.iter().filter(|other| other.span != use_.span);
            let is_used = others.any(|other| needs(run, other, &one.held));
            match &one.held {
                Held::File(path) if is_used || reads(run, path) => {
                    push(&mut plan.kept, &code(path));
                }
                Held::File(path) => match run.read_if_there(path)? {
                    Some(old) if addressees(old.expose()).is_some() => {
                        push(&mut plan.deleted, path);
                    }
                    Some(_) => push(&mut plan.foreign, path),
                    None => {}
                },
                Held::Key { file, .. } if is_used && file.how.is_encrypted() => {
                    let is_armor = file.how == How::Armor;
                    let name = if is_armor { run.armor_name(file.span) } else { file.what.clone() };
                    push(&mut plan.kept, &code(&name));
                }
                Held::Key { file, format: Some(format), key } => {
                    // What stands in the value itself goes with it.
                    let is_inside = one.span.is_some_and(|span| {
                        span.start <= file.span.start && file.span.end <= span.end
                    });
                    if file.how == How::Age || !is_inside {
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
            Held::Elsewhere(why) => {
                Err(run.fail(crate::encrypted::messages::elsewhere(&use_.name(), why)))
            }
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
            run.say(&format!("deleted {}, which nothing else in the spec uses", code(path)));
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
    let findings = run.findings(trial, &text, &involved);
    if findings.is_empty() {
        return Ok(());
    }
    let exit = run.session.report(&findings);
    if findings.iter().any(|finding| finding.level == Level::Error) {
        let errors = findings.iter().filter(|finding| finding.level == Level::Error);
        let ids: BTreeSet<&str> = errors.filter_map(|finding| finding.secret.as_deref()).collect();
        match ids.is_empty() {
            true => run.say("nothing was written"),
            false => run.say(&format!("nothing was written: needed by {}", all_of(ids))),
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

/// Whether a `[sources.NAME]` of the spec may read a file: its path is compared as it is written,
/// and one with a template may be any.
fn reads(run: &ValueRun, path: &str) -> bool {
    run.spec.sources().iter().any(|(_, source)| match &source.source {
        Source::Fetch(fetch) => {
            run.is_same_file(&fetch.what.value, path) || Engine::is_template(&fetch.what.value)
        }
        _ => false,
    })
}

/// Whether a value would lack something without what is held. A Secret that could not be made out
/// may need anything.
fn needs(run: &ValueRun, other: &Use, held: &Held) -> bool {
    let (path, armor) = (held.read(), held.armor());
    if path.is_none() && armor.is_none() {
        return held.touches(&other.held);
    }
    if !run.problems.is_empty() {
        return true;
    }
    let reads = || match path {
        Some(path) => other.files.iter().any(|file| run.is_same_file(file, path)),
        None => other.armors.iter().any(|span| Some(*span) == armor),
    };
    match (held, &other.held) {
        (Held::Key { key, .. }, Held::Key { key: other, .. }) => key == other && reads(),
        (Held::Key { key, .. }, Held::Keys { .. }) => key.segments().len() == 1 && reads(),
        _ => reads(),
    }
}

fn push(list: &mut Vec<String>, path: &str) {
    if !list.iter().any(|known| known == path) {
        list.push(path.to_owned());
    }
}
