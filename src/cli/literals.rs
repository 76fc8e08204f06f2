//! `mintage encrypt --literals`: every secret that stands in a spec in plain text moves into an age
//! file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use zeroize::Zeroizing;

use super::Exit;
use super::keys::WriteOptions;
use super::session::Session;
use super::value_run::ValueRun;
use crate::diag::phrases::{code, plural};
use crate::diag::{Level, diagnostic};
use crate::encrypted::literals::{self, Move, NewFiles};
use crate::encrypted::trial::Trial;
use crate::os::encrypted_files::Write;
use crate::spec::edit::values::set_tables;
use crate::world::{ReadError, World as _};

pub(crate) fn run(session: Session, path: &Path, dry_run: bool, write: &WriteOptions) -> Exit {
    match moved(session, path, dry_run, write) {
        Ok(()) => Exit::Fine,
        Err(exit) => exit,
    }
}

fn moved(session: Session, path: &Path, dry_run: bool, write: &WriteOptions) -> Result<(), Exit> {
    let mut run = ValueRun::open_in(session, path)?.locked()?;
    let (text, moves, left) = plan(&run)?;
    if moves.is_empty() {
        run.say(match left {
            0 => "the spec has no plaintext secrets",
            _ => "no secret can be moved",
        });
        return say_left(&run, left);
    }
    let name = run.session.sources.name(run.spec.file).to_owned();
    try_out(&mut run, &text, &moves)?;
    for one in &moves {
        run.could_seal(&one.path)?;
    }
    run.could_write_spec()?;
    if dry_run {
        let lines = moves
            .iter()
            .map(|it| format!("{} of {}: {}\n", it.key, it.secret, run.shown(&it.path)));
        let lines: String = lines.collect();
        run.session.print(&lines);
        run.say(&format!("would move {} out of {}", plural(moves.len(), "secret"), code(&name)));
        return say_left(&run, left);
    }
    let mut writes = Vec::new();
    for one in &moves {
        let bytes = run.seal(&one.path, &one.plain, None, write)?;
        writes.push(Write { path: run.on_disk(&one.path), bytes, before: None });
    }
    writes.push(run.write_of_spec(&text));
    run.write(&writes, write)?;
    run.say(&format!("moved {} out of {}", plural(moves.len(), "secret"), code(&name)));
    run.say(match moves.len() {
        1 => "rotate it if the spec was ever committed: it stays in the Git history",
        _ => "rotate them if the spec was ever committed: they stay in the Git history",
    });
    say_left(&run, left)
}

/// The spec's new text, what moved, and how many secrets could not be.
fn plan(run: &ValueRun) -> Result<(Zeroizing<String>, Vec<Move>, usize), Exit> {
    let used = literals::named_files(&run.spec);
    // What is outside is for the rules to refuse.
    let is_free = |path: &str| {
        let read = run.world.read(path, run.file_limit());
        matches!(read, Err(ReadError::NotFound { .. } | ReadError::OutsideRoot(_)))
    };
    let is_taken = |path: &str| used.contains(path) || !is_free(path);
    let mut files = NewFiles::new(&is_taken);
    let (found, literals) = (literals::found(&run.spec), literals::literals(&run.spec));
    let (mut values, mut moves) = (Vec::new(), BTreeMap::new());
    for span in &found {
        if let Some(moved) = literals::movable(span, &literals, &mut files) {
            values.push((moved.span, moved.pairs));
            moves.insert(moved.span, moved.what);
        }
    }
    let (text, unset) =
        set_tables(&run.text, &values).map_err(|fault| run.fail(run.unchangeable(&fault)))?;
    for span in unset {
        moves.remove(&span);
    }
    let left = found.len() - moves.len();
    Ok((text, moves.into_values().collect(), left))
}

/// All Secrets, in all environments, must be as sound as before.
fn try_out(run: &mut ValueRun, text: &str, moves: &[Move]) -> Result<(), Exit> {
    let mut trial = Trial::new();
    for one in moves {
        trial.file(&one.path, &one.plain);
    }
    let secrets: BTreeSet<_> =
        run.survey.secrets.iter().map(|(env, id, _)| (env.clone(), id.clone())).collect();
    let findings = run.findings(&trial, text, &secrets);
    if findings.iter().all(|finding| finding.level != Level::Error) {
        return Ok(());
    }
    let exit = run.session.report(&findings);
    run.say("nothing was written");
    Err(exit)
}

fn say_left(run: &ValueRun, left: usize) -> Result<(), Exit> {
    if left == 0 {
        return Ok(());
    }
    let found =
        diagnostic!(PLAINTEXT_SECRET, "{} can't be moved", plural(left, "plaintext secret"));
    run.fail(
        found
            .note(
                "only whole values can be moved, not parts of templates or trees, `[vars]` and \
                 metadata",
            )
            .help("run `mintage check` to see where they are"),
    );
    Err(Exit::No)
}
