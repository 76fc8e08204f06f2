//! `mintage encrypt --literals`: every secret that stands in a spec in plain text moves into an age
//! file of its own.

use std::collections::BTreeSet;
use std::path::Path;

use zeroize::Zeroizing;

use super::Exit;
use super::keys::WriteOptions;
use super::session::Session;
use super::value_run::ValueRun;
use crate::diag::phrases::{code, plural};
use crate::diag::{Level, diagnostic};
use crate::encrypted::literals::{self, Move, Moved};
use crate::encrypted::trial::Trial;
use crate::os::encrypted_files::Write;
use crate::source::Span;
use crate::spec::Entry;
use crate::spec::edit::values::set_values;
use crate::world::{ReadError, World as _};

/// More than any spec has.
const MAX_MOVES: usize = 10_000;

pub(crate) fn run(session: Session, path: &Path, dry_run: bool, write: &WriteOptions) -> Exit {
    match moved(session, path, dry_run, write) {
        Ok(()) => Exit::Fine,
        Err(exit) => exit,
    }
}

fn moved(session: Session, path: &Path, dry_run: bool, write: &WriteOptions) -> Result<(), Exit> {
    let mut run = ValueRun::open_in(session, path)?.locked()?;
    let (text, moves, left) = plan(&mut run)?;
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
        let lines = moves.iter().map(|it| format!("{} of {}: {}\n", it.key, it.secret, it.path));
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
    run.say("rotate them if the spec was ever committed: they stay in the Git history");
    say_left(&run, left)
}

/// The spec's new text, what moved, and how many secrets could not be.
fn plan(run: &mut ValueRun) -> Result<(Zeroizing<String>, Vec<Move>, usize), Exit> {
    let mut text = Zeroizing::new(run.text.clone());
    let mut used = literals::named_files(&run.spec);
    let mut moves = all_at_once(run, &mut text, &mut used);
    let mut left = 0;
    while moves.len() < MAX_MOVES {
        // Places move with every change, so the text is read anew.
        let spec = run.parse(&text)?;
        let found = literals::found(&spec);
        let mut changed = None;
        for one in found.iter().skip(left) {
            let moved = movable(run, *one, &used);
            changed = moved.and_then(|moved| Some((moved.out_of(&text)?, moved.what)));
            if changed.is_some() {
                break;
            }
            left += 1;
        }
        let Some((without, what)) = changed else { break };
        text = without;
        used.insert(what.path.clone());
        moves.push(what);
    }
    Ok((text, moves, left))
}

/// Moves all that are written as single values, which most are: a spec may have thousands.
fn all_at_once(run: &ValueRun, text: &mut Zeroizing<String>, used: &mut Used) -> Vec<Move> {
    let (mut values, mut moves) = (Vec::new(), Vec::new());
    let mut now_used = used.clone();
    for one in literals::found(&run.spec).into_iter().take(MAX_MOVES) {
        if let Some(moved) = movable(run, one, &now_used) {
            now_used.insert(moved.what.path.clone());
            values.push((moved.span, moved.literal));
            moves.push(moved.what);
        }
    }
    match set_values(text, &values) {
        Ok(without) => {
            (*text, *used) = (without, now_used);
            moves
        }
        // One by one.
        Err(_) => Vec::new(),
    }
}

/// The paths that are in use.
type Used = BTreeSet<String>;

fn movable(run: &ValueRun, one: (Span, Option<&Entry>), used: &Used) -> Option<Moved> {
    let is_there = |path: &str| {
        let read = run.world.read(path, run.file_limit());
        !matches!(read, Err(ReadError::NotFound { .. }))
    };
    literals::movable(one, &mut |path| used.contains(path) || is_there(path))
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
