//! What else uses a value that is removed: other values of the spec, other specs, and the question
//! before they lose it.

use crate::cli::Exit;
use crate::cli::value_run::ValueRun;
use crate::diag::diagnostic;
use crate::diag::phrases::code;
use crate::encrypted::consent::Ask as _;
use crate::encrypted::held::{Elsewhere, Held, Use};
use crate::os::paths::real_path;
use crate::os::prompt::Tty;
use crate::os::reading_specs::{ReadingSpec, other_specs};
use crate::spec::value::Source;
use crate::template::Engine;

/// Asks before a value goes that was not named.
pub(super) fn confirm(run: &ValueRun, about: &[String], yes: bool) -> Result<(), Exit> {
    if about.is_empty() {
        return Ok(());
    }
    if yes {
        about.iter().for_each(|line| run.say(line));
        return Ok(());
    }
    let mut refused = match Tty.yes_or_no(about, "Remove the value?") {
        Some(true) => return Ok(()),
        Some(false) => diagnostic!(USAGE, "the removal was not confirmed"),
        None => {
            diagnostic!(USAGE, "the removal must be confirmed, and there is no terminal to ask on")
                .help("pass `--yes` to remove it anyway")
        }
    };
    for line in about {
        refused = refused.note(line.clone());
    }
    Err(run.fail(refused.note("nothing was written")))
}

/// Whether a `[sources.NAME]` of the spec may read a file: its path is compared as it is written,
/// and one with a template may be any.
pub(super) fn reads(run: &ValueRun, path: &str) -> bool {
    run.spec.sources().iter().any(|(_, source)| match &source.source {
        Source::Fetch(fetch) => {
            run.is_same_file(&fetch.what.value, path) || Engine::is_template(&fetch.what.value)
        }
        _ => false,
    })
}

/// Whether Secrets that could not be made out, or a path that could not, may be about what is held.
pub(super) fn may_need(run: &ValueRun, held: &Held) -> bool {
    let is_unknown = |other: &Use| other.held == Held::Elsewhere(Elsewhere::Broken);
    let is_stored = held.read().is_some() || held.armor().is_some();
    is_stored && (!run.problems.is_empty() || run.survey.uses.iter().any(is_unknown))
}

/// Whether a value would lack something without what is held.
pub(super) fn needs(run: &ValueRun, other: &Use, held: &Held) -> bool {
    let (path, armor) = (held.read(), held.armor());
    if path.is_none() && armor.is_none() {
        return held.touches(&other.held);
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

/// Which other spec of the repository reads a file, by its text.
pub(super) fn reader(
    run: &mut ValueRun,
    others: &mut Option<Vec<ReadingSpec>>,
    path: &str,
) -> Option<String> {
    let real = real_path(&run.on_disk(path))?;
    let others = others.get_or_insert_with(|| other_specs(&run.path, &mut run.session.sources));
    let spec = others.iter().find(|spec| spec.reads(&real))?;
    let name = code(&spec.name);
    Some(match spec.broken {
        None => format!("{name} reads it too"),
        Some(_) => format!("{name} has errors, and may read it"),
    })
}
