//! What a new value changes: an age file, the spec, or both.

use zeroize::Zeroizing;

use super::Set;
use crate::age::Claim;
use crate::cli::Exit;
use crate::cli::value_run::{Old, ValueRun, is_armored};
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::held::{Held, Use};
use crate::encrypted::target::{self, Found, Target};
use crate::encrypted::trial::Trial;
use crate::encrypted::{Opened, changed, registry};
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::Kind;
use crate::source::Span;
use crate::spec::edit::values::{self, NewEntry};
use crate::spec::edit::{armor_value, string_literal};
use crate::spec::value::How;
use crate::structure::edit;
use crate::structure::edit::messages::unchanged;
use crate::structure::{Format, KeyPath};

/// What is going to be written.
#[derive(Default)]
pub(super) struct Plan {
    /// The spec's new text, and the same with what a trial can open.
    pub(super) spec: Option<(Zeroizing<String>, Zeroizing<String>)>,
    pub(super) file: Option<PlannedFile>,
}

pub(super) struct PlannedFile {
    pub(super) path: String,
    pub(super) before: Option<Vec<u8>>,
    pub(super) bytes: Vec<u8>,
    pub(super) plain: SecretBytes,
}

impl Set {
    /// A value that an age file or an armored text holds.
    pub(super) fn plan_change(
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
                        "no identity can decrypt {}: its old value is replaced unread",
                        code(&run.shown(path))
                    ));
                }
                let claim = opened.as_ref().map_or(&Claim::None, |opened| &opened.claim);
                let armored = old.as_ref().is_some_and(|old| is_armored(old.expose()));
                let format = Format::from_path(path);
                let all_new = is_all_new(format, opened.as_ref(), value);
                let before = old.as_ref().map(|_| Old { claim, armored, all_new });
                let bytes = run.seal(path, value, before, &self.write)?;
                plan.file = Some(planned(path, old, bytes, value));
            }
            Held::Key { file, format, key } if file.how == How::Armor => {
                let format = format.unwrap_or(Format::Text);
                let opened = run.open_armor(file.span).map_err(|problem| run.fail(*problem))?;
                let plain = edit::set(format, &opened.plain, key, value);
                let plain = plain
                    .map_err(|fault| run.fail(unchanged(&code("armor"), format, key, &fault)))?;
                let all_new = is_all_new(Some(format), Some(&opened), &plain);
                let old = Old { claim: &opened.claim, armored: true, all_new };
                plan.spec = Some(self.plan_armor(run, (file.span, &plain), old, trial)?);
            }
            Held::Key { file, format, key } => {
                let (path, format) = (&file.what, format.unwrap_or(Format::Text));
                let old = run.read_if_there(path)?;
                let opened = match &old {
                    Some(old) => {
                        let opened = run.decrypt(path, old.expose());
                        Some(opened.map_err(|problem| run.fail(*problem))?)
                    }
                    None => None,
                };
                let text = opened.as_ref().map_or_else(SecretBytes::default, |it| it.plain.clone());
                let name = code(&run.shown(path));
                let plain = edit::set(format, &text, key, value)
                    .map_err(|fault| run.fail(unchanged(&name, format, key, &fault)))?;
                let before = opened.as_ref().map(|it| Old {
                    claim: &it.claim,
                    armored: it.armored,
                    all_new: is_all_new(Some(format), Some(it), &plain),
                });
                let bytes = run.seal(path, &plain, before, &self.write)?;
                plan.file = Some(planned(path, old, bytes, &plain));
            }
            Held::Armor(span) => {
                let opened = run.decrypt_if_possible("armor", run.armor(*span).as_bytes())?;
                if opened.is_none() {
                    run.say(
                        "no identity can decrypt the armored text: its value is replaced unread",
                    );
                }
                let claim = opened.as_ref().map_or(&Claim::None, |opened| &opened.claim);
                let all_new = is_all_new(None, opened.as_ref(), value);
                let old = Old { claim, armored: true, all_new };
                plan.spec = Some(self.plan_armor(run, (*span, value), old, trial)?);
            }
            Held::Keys { .. } | Held::Literal | Held::Elsewhere(_) => return Err(Exit::Usage),
        }
        Ok(())
    }

    /// The spec with another armored text, and the same for a trial.
    fn plan_armor(
        &self,
        run: &mut ValueRun,
        (span, plain): (Span, &SecretBytes),
        old: Old<'_>,
        trial: &Trial,
    ) -> Result<(Zeroizing<String>, Zeroizing<String>), Exit> {
        let armored = run.seal_armor(plain, Some(old), &self.write)?;
        let edited = |armored: &str| {
            run.with_armor(&[(span, armored)]).map_err(|problem| run.fail(*problem))
        };
        Ok((edited(&armored)?, edited(&trial.armor(plain))?))
    }

    /// A value that is not there yet, or stands in the spec as it is.
    pub(super) fn plan_new(
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
                return Err(run.fail(taken(run, path)));
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

/// Whether who could read the old text knows no value of the new one. A text that can't be read is
/// taken to be another one.
fn is_all_new(format: Option<Format>, old: Option<&Opened>, new: &SecretBytes) -> bool {
    old.is_none_or(|old| changed::every_value(format, &old.plain, new))
}

/// The file of a new value is there, and may hold another one.
fn taken(run: &ValueRun, path: &str) -> Diagnostic {
    let problem = diagnostic!(FOREIGN_FILES, "{} already exists", code(&run.shown(path)));
    let reads = |other: &&Use| other.files.iter().any(|file| run.is_same_file(file, path));
    match run.survey.uses.iter().find(reads) {
        Some(other) => problem
            .note(format!("the spec reads it for {}", other.name()))
            .help("correct NAME or KEY, or write the new value in the spec with another path"),
        None => problem
            .note("the spec does not read it as this value")
            .help("move the file away, or write the value in the spec yourself"),
    }
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
            let secrets = &found.secrets;
            let theirs = run.survey.uses.iter().filter(|use_| secrets.contains(&use_.secret));
            let path = registry::place(text, &found.key, theirs).unwrap_or_else(|| {
                let path = values::entry_path(&run.spec, entry);
                values::value_path(&path, field(entry.kind), &found.key)
            });
            values::set_value(text, &path, value)
        }
        Target::Held(use_) => {
            let path = place_of(run, use_, field)?;
            values::set_value(text, &path, &with_override(run, use_, value))
        }
    };
    edited.map_err(|fault| run.fail(run.unchangeable(&fault)))
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

fn planned(
    path: &str,
    old: Option<SecretBytes>,
    bytes: Vec<u8>,
    plain: &SecretBytes,
) -> PlannedFile {
    let before = old.map(|old| old.expose().to_vec());
    PlannedFile { path: path.to_owned(), before, bytes, plain: plain.clone() }
}

pub(super) fn base64(value: &SecretBytes) -> SecretBytes {
    use base64::Engine as _;
    SecretBytes::from(base64::engine::general_purpose::STANDARD.encode(value.expose()))
}
