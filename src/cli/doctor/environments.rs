//! A spec in each of its environments.

use std::collections::HashMap;
use std::mem;

use super::once::Repeats;
use super::{Report, made};
use crate::Compiled;
use crate::cli::session::Session;
use crate::compile::environment::Choice;
use crate::compile::resolve::Locked;
use crate::diag::{Diagnostic, Level, codes, phrases::all_of, phrases::code};
use crate::source::{SourceMap, Span};
use crate::spec::node::Text;

/// Compiles the spec that the session has, called `name`.
///
/// Of an environment that is not the default, values that can't be decrypted are left out, if the
/// identities are enough for another one: few people can read all of them.
pub(super) fn check(name: &str, session: &mut Session, report: &mut Report) {
    let (all, default) = session.environments().unwrap_or_default();
    let is_declared = default.as_ref().is_none_or(|default| all.contains(default));
    if all.is_empty() || !is_declared {
        return report.compile("spec", name, "", session);
    }
    report.found.extend(session.take_notes());
    let mut compiled: Vec<Compiled> = all.iter().map(|env| compile(env, session)).collect();
    let locked: Vec<bool> = compiled.iter().map(is_locked).collect();
    let opens_one = locked.contains(&true)
        && all.iter().zip(&locked).any(|(env, locked)| !locked && needs_identities(env, session));
    session.options.locked = Locked::LeaveOut;
    for ((env, compiled), locked) in all.iter().zip(&mut compiled).zip(locked) {
        let mut rest = "";
        if opens_one && locked && Some(env) != default.as_ref() {
            *compiled = compile(env, session);
            rest = ", without those that can't be decrypted";
        }
        report.line("spec", &format!("{name}: {env}: {}{rest}", made(compiled)));
    }
    report.found.extend(each_once(&all, compiled, &session.sources));
}

fn compile(env: &str, session: &mut Session) -> Compiled {
    if let Some((file, _)) = session.first_spec() {
        let name = Text { value: env.to_owned(), span: Span::new(file, 0..0) };
        session.options.environment = Choice::Named(name);
    }
    session.compile()
}

/// Whether it is encrypted for others, and all else is right.
fn is_locked(compiled: &Compiled) -> bool {
    let mut errors = compiled.diagnostics.iter().filter(|found| found.level == Level::Error);
    compiled.has_errors() && errors.all(|found| found.code == &codes::NO_MATCHING_IDENTITY)
}

/// Whether the identities of the person who runs this open anything in an environment.
fn needs_identities(env: &str, session: &mut Session) -> bool {
    let identities = mem::take(&mut session.options.identities);
    let without = compile(env, session);
    session.options.identities = identities;
    without.diagnostics.iter().any(|found| found.code == &codes::NO_IDENTITY)
}

/// Each finding once, with the environments that it is in unless it is in all that can be built:
/// after an error, not all is looked at.
fn each_once(all: &[String], compiled: Vec<Compiled>, sources: &SourceMap) -> Vec<Diagnostic> {
    let mut found: Vec<(Diagnostic, Vec<&str>)> = Vec::new();
    let (mut index_of, mut repeats) = (HashMap::new(), Repeats::new(sources));
    let built: Vec<&str> = all
        .iter()
        .zip(&compiled)
        .filter_map(|(env, compiled)| (!compiled.has_errors()).then_some(env.as_str()))
        .collect();
    for (env, compiled) in all.iter().zip(compiled) {
        for one in compiled.diagnostics {
            let index = *index_of.entry(repeats.sameness(&one)).or_insert(found.len());
            match found.get_mut(index) {
                Some((_, envs)) => envs.push(env),
                None => found.push((one, vec![env])),
            }
        }
    }
    let noted = found.into_iter().map(|(one, envs)| {
        let in_built = one.level != Level::Error && envs == built;
        match envs.as_slice() {
            envs if envs.len() == all.len() || in_built => one,
            [env] => one.note(format!("in the environment {}", code(env))),
            envs => one.note(format!("in the environments {}", all_of(envs))),
        }
    });
    noted.collect()
}
