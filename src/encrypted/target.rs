//! Which value `NAME KEY` means, and where a value that is not there yet goes.

use super::declared::is_named;
use super::held::{Held, Use};
use super::locate::Survey;
use super::{messages, registry};
use crate::diag::phrases::{all_of, code, nearest, shell_word};
use crate::diag::{Diagnostic, diagnostic};
use crate::spec::Entry;
use crate::spec::value::{How, Source};
use crate::structure::{KeyPath, Tree};

pub(crate) enum Target {
    NewSecret,
    /// The Secret is there, the key is not: which entry of the spec it is.
    NewKey(usize),
    Held(Box<Use>),
}

/// What the words of a command mean.
pub(crate) struct Found {
    pub target: Target,
    /// The Secrets that are meant: one, but for namespaces of one entry.
    pub secrets: Vec<String>,
    /// The data key.
    pub key: String,
}

/// Opens a structured file to see its keys.
pub(crate) type OpenKeys<'o> = &'o dyn Fn(&Held) -> Result<Tree, Box<Diagnostic>>;

/// Finds what is meant in the chosen environments.
pub(crate) fn find(
    survey: &Survey,
    entries: &[Entry],
    (name, key): (&str, &str),
    open: OpenKeys<'_>,
) -> Result<Found, Box<Diagnostic>> {
    // `NAME` alone is how a Secret without a namespace is called.
    let is_chosen = |env: &Option<String>| survey.chosen.contains(env);
    let is_exact = survey.secrets.iter().any(|(env, id, _)| id == name && is_chosen(env));
    let is_meant = |id: &str| if is_exact { id == name } else { is_named(id, name) };
    let is_chosen =
        |(env, id, _): &&(Option<String>, String, usize)| is_meant(id) && is_chosen(env);
    let chosen: Vec<_> = survey.secrets.iter().filter(is_chosen).collect();
    let Some((_, _, entry)) = chosen.first() else {
        if let Some(problem) = other_environment(survey, name) {
            return Err(Box::new(problem));
        }
        let (target, key) = (Target::NewSecret, key.to_owned());
        return Ok(Found { target, secrets: vec![name.to_owned()], key });
    };
    let mut secrets: Vec<String> = chosen.iter().map(|(_, id, _)| id.clone()).collect();
    secrets.sort();
    secrets.dedup();
    if secrets.len() > 1 && chosen.iter().any(|(_, _, other)| other != entry) {
        let message = format!("{} is not unique: {}", code(name), all_of(&secrets));
        return Err(Box::new(diagnostic!(USAGE, "{message}").help("write `NAMESPACE/NAME`")));
    }
    let theirs = || {
        let of = |use_: &&Use| secrets.contains(&use_.secret) && survey.chosen.contains(&use_.env);
        survey.uses.iter().filter(of)
    };
    let key = match entries.get(*entry).and_then(|entry| data_key(entry, key)) {
        Some(data_key) => data_key.to_owned(),
        None => registry::whole_key(name, key, theirs())?.unwrap_or_else(|| key.to_owned()),
    };
    let mut found: Vec<Use> =
        theirs().filter(|it| it.data_key.as_deref() == Some(&key)).cloned().collect();
    if found.is_empty() {
        found = in_files(theirs(), &key, open)?;
    }
    let target = match found.first() {
        None => {
            let of_entry = entries.get(*entry);
            match of_entry.and_then(|of| registry::unknown(name, &key, of, theirs())) {
                None => Target::NewKey(*entry),
                Some(problem) => return Err(Box::new(problem)),
            }
        }
        Some(first) if found.iter().all(|it| is_same(it, first)) => {
            Target::Held(Box::new(first.clone()))
        }
        Some(_) => return Err(Box::new(messages::several_places(&key, name, &found))),
    };
    Ok(Found { target, secrets, key })
}

/// The data key that a list's own field of this name fills.
fn data_key(entry: &Entry, field: &str) -> Option<&'static str> {
    let has_data = entry.common.data.list().iter().any(|(name, _)| name.value == field);
    let known = entry.kind.table.fields().find(|known| known.name == field);
    known.and_then(|known| known.fills).filter(|_| !has_data)
}

fn is_same(one: &Use, other: &Use) -> bool {
    one.held == other.held && (one.held != Held::Literal || one.span == other.span)
}

/// The files of `data-from` that have a key.
fn in_files<'u>(
    uses: impl Iterator<Item = &'u Use>,
    key: &str,
    open: OpenKeys<'_>,
) -> Result<Vec<Use>, Box<Diagnostic>> {
    let mut found = Vec::new();
    let mut seen: Vec<(Held, bool)> = Vec::new();
    for use_ in uses.filter(|it| it.data_key.is_none()) {
        let Held::Keys { file, format } = &use_.held else { continue };
        let known = seen.iter().find(|(held, _)| *held == use_.held).map(|(_, has)| *has);
        let has = match known {
            Some(has) => has,
            None => open(&use_.held)?.get(key).is_some(),
        };
        seen.push((use_.held.clone(), has));
        if has {
            let path = KeyPath::default().child(key);
            let held = match file.how {
                How::File => Held::Elsewhere(super::held::Elsewhere::PlainFile(file.what.clone())),
                _ => Held::Key { file: file.clone(), format: *format, key: path },
            };
            found.push(Use { data_key: Some(key.to_owned()), held, ..use_.clone() });
        }
    }
    Ok(found)
}

/// That a Secret is not built in the chosen environment, if it is in another one.
pub(crate) fn other_environment(survey: &Survey, name: &str) -> Option<Diagnostic> {
    let (chosen, others): (Vec<_>, Vec<_>) = survey
        .secrets
        .iter()
        .filter(|(_, id, _)| is_named(id, name))
        .partition(|(env, ..)| survey.chosen.contains(env));
    let mut envs: Vec<&str> = others.iter().filter_map(|(env, ..)| env.as_deref()).collect();
    envs.dedup();
    let first = envs.first().filter(|_| chosen.is_empty())?;
    let here = survey.chosen.iter().flatten();
    let problem = diagnostic!(USAGE, "{} is not built in {}", code(name), all_of(here));
    let problem = problem.note(format!("it is built in {}", all_of(&envs)));
    Some(problem.help(format!("pass {}", code(&format!("-e {}", shell_word(first))))))
}

/// Characters of a new file's name, without its ending: systems allow 255 bytes, and data keys
/// have up to 253.
const LONGEST_NAME: usize = 200;

/// Where the file of a new value of an entry goes: as a template, as paths of the spec are. Beside
/// the other files of the Secret, or in a folder of its own.
pub(crate) fn new_path(entry: Option<&Entry>, name: &str, key: &str) -> String {
    // Names of registries have other characters too.
    let is_usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let file: String = key.chars().map(|c| if is_usable(c) { c } else { '-' }).collect();
    let file = file.trim_start_matches(['.', '-']);
    let cut = |text: &str| text.chars().take(LONGEST_NAME).collect::<String>();
    let name = entry.and_then(|entry| entry.names.name.get()).map_or(name, |text| &text.value);
    let mut folders: Vec<String> = Vec::new();
    if let Some(entry) = entry {
        entry.each_value(&mut |_, value| {
            if let Source::Fetch(fetch) = &value.source
                && fetch.how == How::Age
                && value.modifiers.key.is_none()
                && let Some((folder, _)) = fetch.what.value.rsplit_once('/')
            {
                folders.push(folder.to_owned());
            }
        });
    }
    match folders.first() {
        Some(folder) if folders.iter().all(|other| other == folder) => {
            let is_own = folder.rsplit('/').next() == Some(name);
            if is_own {
                format!("{folder}/{}.age", cut(file))
            } else {
                format!("{folder}/{}.age", cut(&format!("{name}-{file}")))
            }
        }
        _ => format!("secrets/{name}/{}.age", cut(file)),
    }
}

/// Nothing is there under the words of a command.
pub(crate) fn nothing(survey: &Survey, found: &Found, name: &str) -> Diagnostic {
    if matches!(found.target, Target::NewSecret) {
        return messages::no_secret(name, survey.secrets.iter().map(|(_, id, _)| id.as_str()));
    }
    messages::no_key(name, &found.key, keys(survey, found))
}

/// The data keys of the Secrets that are meant.
fn keys<'s>(survey: &'s Survey, found: &Found) -> impl Iterator<Item = &'s str> {
    let uses = survey.uses.iter().filter(|use_| found.secrets.contains(&use_.secret));
    uses.filter_map(|use_| use_.data_key.as_deref())
}

/// A key of a similar name, for a new one that may be a slip. Short keys are all similar.
pub(crate) fn similar_key<'s>(survey: &'s Survey, found: &Found) -> Option<&'s str> {
    nearest(&found.key, keys(survey, found)).filter(|_| found.key.len() > 3)
}

/// A Secret of a similar name, for a new one that may be a slip.
pub(crate) fn similar<'s>(survey: &'s Survey, name: &str) -> Option<&'s str> {
    let own_name = |id: &'s str| id.rsplit('/').next();
    let mut ids = survey.secrets.iter().map(|(_, id, _)| id.as_str()).filter(|id| *id != name);
    let same = ids.clone().find(|id| own_name(id) == name.rsplit('/').next());
    same.or_else(|| nearest(name, &mut ids))
}
