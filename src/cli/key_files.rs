//! The encrypted files that `recipients` and `rekey` are about: each with its header and the rules
//! for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::keys::KeySession;
use super::spec_above::spec_above;
use crate::age::header::Header;
use crate::age::messages::{Encrypted, decrypt_fault};
use crate::age::{DecryptFault, FileFault, Recipient};
use crate::diag::Diagnostic;
use crate::diag::phrases::{all_of, code, first_few};
use crate::encrypted::armored::{ArmoredText, age_files, armored_texts};
use crate::encrypted::head;
use crate::encrypted::readers::Audit;
use crate::encrypted::rules::Key;
use crate::encrypted::{Audience, Rules};
use crate::os::age_files::{Place, find};
use crate::os::encrypted_files::read_head;
use crate::os::paths::{folder_of, from_here, real_folder, real_path};
use crate::os::reading_specs::read_spec;
use crate::os::rule_files::{RuleFile, Ruled, SpecAtWork};
use crate::os::sandbox::SpecPath;
use crate::os::texts::shown_name;
use crate::parallel::in_parallel;

/// An age file, or an armored text in a spec.
pub(crate) struct Found {
    /// As messages call it: the path, or `SPEC:LINE`.
    pub name: String,
    /// The file, or the spec that the text is in.
    pub path: PathBuf,
    /// The string of the spec; nothing for a file.
    pub armored: Option<ArmoredText>,
    pub header: Header,
    /// The spec with the rules for it, if there is one.
    pub rules: Option<Arc<RuleFile>>,
    /// Whom they name; nothing if no rule matches.
    pub ruled: Option<Ruled>,
}

impl Found {
    pub(crate) fn audience(&self) -> Option<&Audience> {
        self.ruled.as_ref().map(|ruled| &*ruled.audience)
    }

    pub(crate) fn audit(&self, opened: bool) -> Audit {
        let rules: Option<&Rules> = self.rules.as_ref().map(|file| &file.rules);
        Audit::of(&self.header, opened, rules, self.audience())
    }

    /// Why it can't be opened, at its place.
    pub(crate) fn fault(&self, fault: &DecryptFault) -> Diagnostic {
        fault_of(&self.name, self.armored.as_ref(), fault)
    }
}

fn fault_of(name: &str, armored: Option<&ArmoredText>, fault: &DecryptFault) -> Diagnostic {
    match armored {
        None => decrypt_fault(Encrypted::Argument(name), fault),
        Some(text) => decrypt_fault(Encrypted::Armor, fault).at(text.span, ""),
    }
}

/// Files, and the specs that read each, as far as these are among the paths.
type Files = BTreeMap<PathBuf, Vec<SpecAtWork>>;

/// What was found of encrypted files.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Those with a header, and without doubt about the rules for them.
    pub found: Vec<Found>,
    /// How many are left out; why, is among the session's problems.
    pub left_out: usize,
}

impl Gathered {
    fn add(&mut self, found: Option<Found>) {
        match found {
            Some(found) => self.found.push(found),
            None => self.left_out += 1,
        }
    }
}

/// Everything encrypted that the paths name.
pub(crate) fn gather(paths: &[PathBuf], session: &mut KeySession) -> Gathered {
    let mut found = Gathered::default();
    let mut files: Files = BTreeMap::new();
    for place in find(paths, &mut session.problems) {
        match place {
            Place::File(path) => {
                files.entry(path).or_default();
            }
            Place::Spec(path) => in_spec(&path, session, &mut files, &mut found),
        }
    }
    let files: Vec<(PathBuf, Vec<SpecAtWork>)> = files.into_iter().collect();
    let headers = in_parallel(&files, 16, |(path, _)| {
        read_head(path).map(|read| head::header(&read.bytes, read.is_whole))
    });
    for ((path, readers), header) in files.into_iter().zip(headers) {
        match header {
            Ok(header) => {
                let name = shown_name(&path);
                found.add(judged(name, (path, None), header, &readers, session));
            }
            Err(problem) => {
                session.problems.push(*problem);
                found.left_out += 1;
            }
        }
    }
    found.found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// Nothing encrypted is there; the spec may be in a folder above.
pub(crate) fn none_found(paths: &[PathBuf]) -> String {
    let places = all_of(paths.iter().map(|path| shown_name(path)));
    let found = format!("found no encrypted files in {places}");
    let is_default = matches!(paths, [only] if only == Path::new("."));
    match spec_above().filter(|_| is_default) {
        Some(spec) => {
            let folder = spec.parent().map(shown_name).unwrap_or_default();
            format!("{found}: pass {} for those of {}", code(&folder), code(&shown_name(&spec)))
        }
        None => found,
    }
}

/// Says which files will be closed to the person who writes them, as far as that is known without
/// a passphrase, a plugin or a command.
pub(crate) fn lost<'f>(
    session: &KeySession,
    files: impl Iterator<Item = (&'f str, &'f Audience)>,
) -> Option<String> {
    if session.keyring.has_commands() {
        return None;
    }
    let own = session.keyring.recipients(&|_| None).ok()?;
    let own: Vec<String> = own.into_iter().collect::<Result<_, _>>().ok()?;
    let own: Vec<_> = own.iter().filter_map(|text| Recipient::parse(text).ok()).collect();
    let is_own = |key: &Key| own.iter().any(|recipient| recipient.hash() == key.hash);
    let lost = files.filter(|(_, audience)| !audience.keys.iter().any(is_own));
    let lost: Vec<String> = lost.map(|(name, _)| code(name)).collect();
    let is_known = !own.is_empty() && !lost.is_empty();
    is_known.then(|| format!("none of your identities can decrypt {} after this", first_few(lost)))
}

/// The armored texts of a spec, and further files that it reads.
fn in_spec(path: &Path, session: &mut KeySession, files: &mut Files, found: &mut Gathered) {
    // One with rules is read for those too, which reports what is wrong as well.
    let spec = match read_spec(path, &mut session.sources) {
        Ok(spec) => spec,
        Err(problems) => return session.problems.extend(problems),
    };
    let folder = folder_of(path);
    let real_folder = real_folder(path).unwrap_or_default();
    let reader = SpecAtWork::new(Rules::of(&spec), path);
    for inside in age_files(&spec) {
        let typed = SpecPath::new(inside);
        let path = typed.on_disk(folder);
        let Some(real) = real_path(&path).filter(|real| real.is_file()) else { continue };
        // What lies elsewhere has rules of its own, and a run of its own.
        if !real.starts_with(&real_folder) {
            continue;
        }
        let is_linked = real != typed.on_disk(&real_folder);
        let path = if is_linked { from_here(&real) } else { path };
        let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
        files.entry(path).or_default().extend(reader.clone());
    }
    let spec_name = shown_name(path);
    for text in armored_texts(&spec) {
        let header = head::header(text.text.as_bytes(), true);
        let (line, _) = session.sources.position(spec.file, text.span.start);
        let name = format!("{spec_name}:{line}");
        let place = (path.to_owned(), Some(text));
        found.add(judged(name, place, header, reader.as_slice(), session));
    }
}

/// One with the rules for it, if its header can be read and no specs contradict each other.
fn judged(
    name: String,
    (path, armored): (PathBuf, Option<ArmoredText>),
    header: Result<Header, FileFault>,
    readers: &[SpecAtWork],
    session: &mut KeySession,
) -> Option<Found> {
    let header = match header {
        Ok(header) => header,
        Err(fault) => {
            let fault = fault_of(&name, armored.as_ref(), &DecryptFault::File(fault));
            session.problems.push(fault);
            return None;
        }
    };
    let rules = session.rules.of(&path, readers, &mut session.sources).ok()?;
    if let Some(file) = &rules {
        session.keyring.name_recipients(file.rules.recipients());
    }
    let ruled = rules.as_ref().and_then(|rules| session.rules.ruled(rules, &path));
    Some(Found { name, path, armored, header, rules, ruled })
}
