//! What an output folder holds, beside what it should hold. Only looks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::{fs, io};

use super::folder::{FolderFault, Rest};
use super::{WriteFault, WriteReason, holds, make_private, marker};
use crate::emit::files::OutputFile;
use crate::emit::kustomization::{self, kustomization};
use crate::os::bounded_read::read_at_most;
use crate::secret::bytes::SecretBytes;

/// What has to be done to a folder, paths from it with `/` between.
#[derive(Debug, Default)]
pub struct Survey {
    /// Files to write, the folder's `kustomization.yaml` as the last.
    pub writes: Vec<Write>,
    /// Files that hold the very bytes already.
    pub same: Vec<String>,
    /// Files of ours that are made no longer.
    pub stale: Vec<String>,
    /// Files and folders that are not ours and stand where ours would.
    pub foreign: Vec<String>,
    /// The list of what is ours, afterwards.
    pub marker: String,
    /// The list while files change: what was ours and what will be. An interrupted run must not leave files that nobody owns.
    pub union: String,
    /// The list as it is.
    pub old_marker: Option<String>,
}

/// A file to write.
#[derive(Debug)]
pub struct Write {
    /// Its path.
    pub path: String,
    /// What it will hold.
    pub bytes: SecretBytes,
    /// It is there already, with something else in it.
    pub replaces: bool,
}

/// What stands at a path.
enum Found {
    Nothing,
    Regular(fs::Metadata),
    Other,
}

impl Survey {
    /// Compares a folder with the files that it should hold. A folder that is not there is empty.
    ///
    /// # Errors
    /// What can't be looked at, and a list that mintage did not write. Foreign files are no error here.
    pub fn new(folder: &Path, files: Vec<OutputFile>, rest: Rest) -> Result<Self, FolderFault> {
        let old_marker = read_marker(folder)?;
        let old = match &old_marker {
            Some(text) => marker::parse(text).ok_or_else(|| FolderFault::Marker(folder.join(marker::NAME)))?,
            None => Vec::new(),
        };
        let mut kept = if rest == Rest::Kept { kept(&old, &files) } else { Vec::new() };
        // One that somebody has removed meanwhile would make kustomize stumble.
        kept.retain(|path| fs::symlink_metadata(folder.join(path)).is_ok_and(|found| found.is_file()));
        let listed: Vec<String> = kept.into_iter().map(str::to_owned).chain(files.iter().map(|file| file.path.clone())).collect();
        let kustomization = kustomization(listed.iter().map(String::as_str));
        let list = OutputFile { path: kustomization::NAME.to_owned(), bytes: kustomization.as_bytes().into() };

        let ours: BTreeSet<&str> = old.iter().copied().collect();
        let mut survey = Self { foreign: other_kustomizations(folder)?, ..Self::default() };
        let mut folders = BTreeMap::new();
        for file in files.into_iter().chain([list]) {
            survey.look_at(folder, file, &ours, &mut folders)?;
        }
        survey.foreign.dedup();
        let new: BTreeSet<&str> = listed.iter().map(String::as_str).chain([kustomization::NAME]).collect();
        for path in old.iter().filter(|path| !new.contains(**path)) {
            match find(folder, path)? {
                // What has been put there instead is not ours.
                Found::Regular(_) if is_directory_or_missing(folder, path)? => survey.stale.push((*path).to_owned()),
                _ => {}
            }
        }
        let last = [kustomization::NAME].into_iter();
        survey.marker = marker::text(last.clone().chain(listed.iter().map(String::as_str)));
        survey.union = marker::text(last.chain(listed.iter().map(String::as_str)).chain(survey.stale.iter().map(String::as_str)));
        survey.old_marker = old_marker;
        Ok(survey)
    }

    /// Whether nothing has to be done.
    pub fn is_clean(&self) -> bool {
        self.writes.is_empty() && self.stale.is_empty() && self.foreign.is_empty() && self.old_marker.as_ref() == Some(&self.marker)
    }

    /// Takes away what a laxer mode allows others. What does not belong to us keeps its mode.
    pub fn make_private(&self, folder: &Path) {
        for path in &self.same {
            let path = folder.join(path);
            let _ = fs::symlink_metadata(&path).and_then(|found| make_private(&path, &found));
        }
    }

    fn look_at(
        &mut self,
        folder: &Path,
        file: OutputFile,
        ours: &BTreeSet<&str>,
        folders: &mut BTreeMap<String, bool>,
    ) -> Result<(), FolderFault> {
        if let Some((namespace, _)) = file.path.split_once('/') {
            let usable = match folders.get(namespace) {
                Some(usable) => *usable,
                None => {
                    let usable = is_directory_or_missing(folder, &file.path)?;
                    folders.insert(namespace.to_owned(), usable);
                    usable
                }
            };
            if !usable {
                self.foreign.push(namespace.to_owned());
                return Ok(());
            }
        }
        match find(folder, &file.path)? {
            Found::Nothing => self.writes.push(Write { path: file.path, bytes: file.bytes, replaces: false }),
            // Somebody else's file with these very bytes is as good as ours: the list was lost on the way.
            Found::Regular(found) if holds(&folder.join(&file.path), &found, file.bytes.expose()) => self.same.push(file.path),
            Found::Regular(_) if ours.contains(file.path.as_str()) => {
                self.writes.push(Write { path: file.path, bytes: file.bytes, replaces: true });
            }
            Found::Regular(_) | Found::Other => self.foreign.push(file.path),
        }
        Ok(())
    }
}

/// The files of earlier runs that stay, but for those that this run makes in the other format.
fn kept<'a>(old: &[&'a str], files: &[OutputFile]) -> Vec<&'a str> {
    let stem = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let new: BTreeSet<Option<String>> = files.iter().map(|file| stem(&file.path)).collect();
    old.iter().copied().filter(|path| *path != kustomization::NAME && !new.contains(&stem(path))).collect()
}

fn read_marker(folder: &Path) -> Result<Option<String>, FolderFault> {
    let path = folder.join(marker::NAME);
    let damaged = || FolderFault::Marker(path.clone());
    let found = match find(folder, marker::NAME)? {
        Found::Nothing => return Ok(None),
        Found::Regular(found) => found,
        Found::Other => return Err(damaged()),
    };
    let read = File::open(&path).and_then(|file| read_at_most(file, found.len(), marker::MAX_BYTES));
    let bytes = read.map_err(|error| fault(&path, &error))?.ok_or_else(damaged)?;
    Ok(Some(bytes.expose_str().ok_or_else(damaged)?.to_owned()))
}

fn other_kustomizations(folder: &Path) -> Result<Vec<String>, FolderFault> {
    let mut found = Vec::new();
    for name in kustomization::OTHER_NAMES {
        if !matches!(find(folder, name)?, Found::Nothing) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// Whether the namespace's folder of a path can be used: links are not followed, they could lead out.
fn is_directory_or_missing(folder: &Path, path: &str) -> Result<bool, FolderFault> {
    let Some((namespace, _)) = path.split_once('/') else { return Ok(true) };
    match fs::symlink_metadata(folder.join(namespace)) {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(fault(&folder.join(namespace), &error)),
    }
}

fn find(folder: &Path, path: &str) -> Result<Found, FolderFault> {
    let path = folder.join(path);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => Ok(Found::Regular(found)),
        Ok(_) => Ok(Found::Other),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Found::Nothing),
        Err(error) => Err(fault(&path, &error)),
    }
}

/// Something that can't be looked at.
fn fault(path: &Path, error: &io::Error) -> FolderFault {
    FolderFault::Write(WriteFault { target: path.to_string_lossy().into_owned(), reason: WriteReason::of(error) })
}
