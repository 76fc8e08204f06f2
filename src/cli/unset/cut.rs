//! Keys that go from structured files and armored texts.

use super::{Plan, Unset};
use crate::age::Claim;
use crate::cli::Exit;
use crate::cli::value_run::{Old, ValueRun};
use crate::diag::phrases::code;
use crate::encrypted::held::Read;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::value::How;
use crate::structure::edit::messages::unchanged;
use crate::structure::{Format, KeyPath, edit};

/// A structured file that lost keys.
pub(super) struct Bundle {
    pub(super) path: String,
    pub(super) old: SecretBytes,
    pub(super) plain: SecretBytes,
    pub(super) bytes: Vec<u8>,
}

/// A structured armored text that lost keys.
pub(super) struct Armor {
    pub(super) span: Span,
    pub(super) claim: Claim,
    pub(super) plain: SecretBytes,
}

impl Unset {
    /// A structured file or armored text without a key. One that does not open is an error where it
    /// is meant, and else stays as it is.
    pub(super) fn cut(
        &self,
        run: &mut ValueRun,
        plan: &mut Plan,
        (file, format, key): (&Read, Format, &KeyPath),
        is_meant: bool,
    ) -> Result<(), Exit> {
        match file.how {
            How::Age => self.cut_file(run, plan, (&file.what, format, key), is_meant),
            How::Armor => cut_armor(run, plan, (file.span, format, key), is_meant),
            How::File | How::EnvVar => Ok(()),
        }
    }

    fn cut_file(
        &self,
        run: &mut ValueRun,
        plan: &mut Plan,
        (path, format, key): (&str, Format, &KeyPath),
        is_meant: bool,
    ) -> Result<(), Exit> {
        let Some(old) = run.read_if_there(path)? else { return Ok(()) };
        let opened = match run.decrypt(path, old.expose()) {
            Ok(opened) => opened,
            Err(problem) if is_meant => return Err(run.fail(*problem)),
            Err(_) => {
                run.say(&format!(
                    "left {} unchanged: no identity can decrypt it",
                    code(&run.shown(path))
                ));
                return Ok(());
            }
        };
        let known = plan.bundles.iter().position(|bundle| bundle.path == path);
        let text = known.and_then(|at| plan.bundles.get(at)).map(|bundle| bundle.plain.clone());
        let text = text.unwrap_or(opened.plain);
        let plain = match edit::unset(format, &text, key) {
            Ok(plain) => plain,
            // It was not there.
            Err(fault) if fault.kind == edit::EditFaultKind::Missing => return Ok(()),
            Err(fault) => {
                let name = code(&run.shown(path));
                return Err(run.fail(unchanged(&name, format, key, &fault)));
            }
        };
        let before = Old { claim: &opened.claim, armored: opened.armored, all_new: false };
        let bytes = run.seal(path, &plain, Some(before), &self.write)?;
        if let Some(at) = known {
            plan.bundles.remove(at);
        }
        plan.bundles.push(Bundle { path: path.to_owned(), old, plain, bytes });
        Ok(())
    }
}

fn cut_armor(
    run: &mut ValueRun,
    plan: &mut Plan,
    (span, format, key): (Span, Format, &KeyPath),
    is_meant: bool,
) -> Result<(), Exit> {
    let known = plan.armors.iter().position(|armor| armor.span == span);
    let armor = match known.map(|at| plan.armors.swap_remove(at)) {
        Some(armor) => armor,
        None => match run.open_armor(span) {
            Ok(opened) => Armor { span, claim: opened.claim, plain: opened.plain },
            Err(problem) if is_meant => return Err(run.fail(*problem)),
            Err(_) => {
                let name = code(&run.armor_name(span));
                run.say(&format!("left {name} unchanged: no identity can decrypt it"));
                return Ok(());
            }
        },
    };
    match edit::unset(format, &armor.plain, key) {
        Ok(plain) => plan.armors.push(Armor { plain, ..armor }),
        // It was not there.
        Err(fault) if fault.kind == edit::EditFaultKind::Missing => {
            if known.is_some() {
                plan.armors.push(armor);
            }
        }
        Err(fault) => return Err(run.fail(unchanged(&code("armor"), format, key, &fault))),
    }
    Ok(())
}
