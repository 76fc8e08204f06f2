//! What an output folder holds, beside what it should hold. Only looks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::overwrite::judge_text;
use super::{Existing, Overwrite, WriteFault, WriteReason, holds, make_private, marker};
use crate::emit::files::OutputFile;
use crate::emit::kustomization::{self, kustomization};
use crate::os::bounded_read::read_at_most;
use crate::secret::bytes::SecretBytes;

/// What has to be done to a folder, paths from it with `/` between.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Files to write, the folder's `kustomization.yaml` as the last.
    pub writes: Vec<Write>,
    /// Files that hold the very bytes already.
    pub same: Vec<String>,
    /// Files of ours that are made no longer.
    pub stale: Vec<String>,
    /// Files and folders that are not ours and stand where ours would.
    pub foreign: Vec<String>,
    /// How many of those can't be overwritten, since they are no regular files or have another
    /// name.
    pub stuck: usize,
    /// Files of ours that are no longer as we wrote them, and would be replaced or removed.
    pub edited: Vec<String>,
    /// The list of what is ours, afterwards.
    pub marker: String,
    /// The list while files change: what was ours and what will be. An interrupted run must not
    /// leave files that nobody owns.
    pub union: String,
    pub old_marker: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Write {
    pub path: String,
    pub bytes: SecretBytes,
    /// It is there already, with something else in it.
    pub replaces: bool,
}

/// What happens to files of ours that are not among those to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaleFiles {
    /// Their Secrets are gone, so they go too.
    Removed,
    /// Only some of the Secrets were asked for: they stay, and stay listed.
    Kept,
}

/// A folder that could not be written or looked at. Nothing in it has changed, but for
/// [`FolderFault::NotPutBack`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FolderFault {
    Write(WriteFault),
    /// Files or folders, by their paths from it, are not as we wrote them and stand where ours
    /// would.
    Foreign {
        folder: PathBuf,
        /// Those that are somebody else's.
        paths: Vec<String>,
        /// How many of those `--force` does not overwrite either.
        stuck: usize,
        /// Those of ours that were changed.
        edited: Vec<String>,
    },
    /// The list of what is ours is not one that mintage wrote.
    Marker {
        path: PathBuf,
        /// It is a regular file, which `--force` overwrites.
        regular: bool,
    },
    /// A change failed, and so did its undoing.
    NotPutBack {
        /// What failed first.
        fault: WriteFault,
        /// Where the old files are.
        backups: PathBuf,
    },
}

enum PathState {
    Nothing,
    Regular(fs::Metadata),
    Other,
}

/// What is looked at, and what may be replaced there.
struct SurveyedFolder<'a> {
    folder: &'a Path,
    /// The same without links.
    real: PathBuf,
    overwrite: Overwrite<'a>,
}

impl Survey {
    /// Compares a folder with the files that it should hold. A folder that is not there is empty.
    ///
    /// # Errors
    /// What can't be looked at, an input of the run among what would be replaced or removed, and a
    /// list that mintage did not write. Foreign files are no error here.
    pub(crate) fn new(
        folder: &Path,
        files: Vec<OutputFile>,
        rest: StaleFiles,
        overwrite: Overwrite<'_>,
    ) -> Result<Self, FolderFault> {
        let place = SurveyedFolder {
            folder,
            real: fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()),
            overwrite,
        };
        let old_marker = read_marker(&place)?;
        let old = match old_marker.as_deref().map(marker::parse) {
            Some(Some(paths)) => paths,
            Some(None) if !matches!(overwrite.existing, Existing::Any) => {
                return Err(FolderFault::Marker { path: folder.join(marker::NAME), regular: true });
            }
            Some(None) | None => Vec::new(),
        };
        let mut kept = if rest == StaleFiles::Kept { kept(&old, &files) } else { Vec::new() };
        // One that somebody has removed meanwhile would make kustomize stumble.
        kept.retain(|path| {
            fs::symlink_metadata(folder.join(path)).is_ok_and(|found| found.is_file())
        });
        let listed: Vec<String> = kept
            .into_iter()
            .map(str::to_owned)
            .chain(files.iter().map(|file| file.path.clone()))
            .collect();
        let kustomization = kustomization(listed.iter().map(String::as_str));
        let list = OutputFile {
            path: kustomization::NAME.to_owned(),
            bytes: kustomization.as_bytes().into(),
        };

        let ours: BTreeSet<&str> = old.iter().copied().collect();
        let mut survey = Self { foreign: other_kustomizations(folder)?, ..Self::default() };
        survey.stuck = survey.foreign.len();
        let mut folders = BTreeMap::new();
        for file in files.into_iter().chain([list]) {
            survey.look_at(&place, file, &ours, &mut folders)?;
        }
        let new: BTreeSet<&str> =
            listed.iter().map(String::as_str).chain([kustomization::NAME]).collect();
        for path in old.iter().filter(|path| !new.contains(**path)) {
            match find(folder, path)? {
                // What has been put there instead is not ours.
                PathState::Regular(found) if is_directory_or_missing(folder, path)? => {
                    place.refuse_input(path, Some(&found))?;
                    if place.is_as_written(path, &found) {
                        survey.stale.push((*path).to_owned())
                    } else {
                        survey.edited.push((*path).to_owned())
                    }
                }
                _ => {}
            }
        }
        let last = [kustomization::NAME].into_iter();
        survey.marker = marker::text(last.clone().chain(listed.iter().map(String::as_str)));
        survey.union = marker::text(
            last.chain(listed.iter().map(String::as_str))
                .chain(survey.stale.iter().map(String::as_str)),
        );
        survey.old_marker = old_marker;
        Ok(survey)
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.writes.is_empty()
            && self.stale.is_empty()
            && !self.is_blocked()
            && self.old_marker.as_ref() == Some(&self.marker)
    }

    /// Whether nothing may be done, because of what is not as we wrote it.
    pub(crate) fn is_blocked(&self) -> bool {
        !self.foreign.is_empty() || !self.edited.is_empty()
    }

    /// Takes away what a laxer mode allows others. What does not belong to us keeps its mode.
    pub(crate) fn make_private(&self, folder: &Path) {
        for path in &self.same {
            let path = folder.join(path);
            let _ = fs::symlink_metadata(&path).and_then(|found| make_private(&path, &found));
        }
    }

    fn look_at(
        &mut self,
        place: &SurveyedFolder<'_>,
        file: OutputFile,
        ours: &BTreeSet<&str>,
        folders: &mut BTreeMap<String, bool>,
    ) -> Result<(), FolderFault> {
        if let Some((namespace, _)) = file.path.split_once('/') {
            let usable = match folders.get(namespace) {
                Some(usable) => *usable,
                None => {
                    let usable = is_directory_or_missing(place.folder, &file.path)?;
                    folders.insert(namespace.to_owned(), usable);
                    if !usable {
                        self.foreign.push(namespace.to_owned());
                        self.stuck += 1;
                    }
                    usable
                }
            };
            if !usable {
                return Ok(());
            }
        }
        let found = find(place.folder, &file.path)?;
        place.refuse_input(&file.path, found.regular())?;
        let (listed, forced) =
            (ours.contains(file.path.as_str()), matches!(place.overwrite.existing, Existing::Any));
        match found {
            PathState::Nothing => {
                self.writes.push(Write { path: file.path, bytes: file.bytes, replaces: false })
            }
            // Somebody else's file with these very bytes is as good as ours: the list was lost on
            // the way.
            PathState::Regular(found)
                if holds(&place.folder.join(&file.path), &found, file.bytes.expose()) =>
            {
                self.same.push(file.path)
            }
            PathState::Regular(found)
                if forced || listed && place.is_as_written(&file.path, &found) =>
            {
                self.writes.push(Write { path: file.path, bytes: file.bytes, replaces: true });
            }
            PathState::Regular(_) if listed => self.edited.push(file.path),
            PathState::Regular(_) => self.foreign.push(file.path),
            PathState::Other => {
                self.foreign.push(file.path);
                self.stuck += 1;
            }
        }
        Ok(())
    }
}

impl PathState {
    fn regular(&self) -> Option<&fs::Metadata> {
        match self {
            Self::Regular(found) => Some(found),
            Self::Nothing | Self::Other => None,
        }
    }
}

impl SurveyedFolder<'_> {
    fn refuse_input(&self, path: &str, found: Option<&fs::Metadata>) -> Result<(), FolderFault> {
        match self.overwrite.inputs.find_at(&self.real.join(path), found) {
            None => Ok(()),
            Some(input) => {
                let target = self.folder.join(path).to_string_lossy().into_owned();
                Err(FolderFault::Write(WriteFault {
                    target,
                    reason: WriteReason::Input(input.clone()),
                }))
            }
        }
    }

    /// Whether a file may be replaced or removed for what it holds.
    fn is_as_written(&self, path: &str, found: &fs::Metadata) -> bool {
        match self.overwrite.existing {
            Existing::Any => true,
            Existing::Ours(_) if path == kustomization::NAME => {
                judge_text(&self.folder.join(path), found, kustomization::is_printed).is_ok()
            }
            Existing::Ours(is_ours) => judge_text(&self.folder.join(path), found, is_ours).is_ok(),
        }
    }
}

/// The files of earlier runs that stay, but for those that this run makes in the other format.
fn kept<'a>(old: &[&'a str], files: &[OutputFile]) -> Vec<&'a str> {
    let stem = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let new: BTreeSet<Option<String>> = files.iter().map(|file| stem(&file.path)).collect();
    old.iter()
        .copied()
        .filter(|path| *path != kustomization::NAME && !new.contains(&stem(path)))
        .collect()
}

/// The text of the list. With `--force`, one that is no text is as good as an empty one.
fn read_marker(place: &SurveyedFolder<'_>) -> Result<Option<String>, FolderFault> {
    let path = place.folder.join(marker::NAME);
    let found = match find(place.folder, marker::NAME)? {
        PathState::Nothing => return Ok(None),
        PathState::Regular(found) => found,
        PathState::Other => return Err(FolderFault::Marker { path, regular: false }),
    };
    place.refuse_input(marker::NAME, Some(&found))?;
    let read =
        File::open(&path).and_then(|file| read_at_most(file, found.len(), marker::MAX_BYTES));
    let bytes = read.map_err(|error| fault(&path, &error))?;
    match bytes.as_ref().and_then(SecretBytes::expose_str) {
        Some(text) => Ok(Some(text.to_owned())),
        None if matches!(place.overwrite.existing, Existing::Any) => Ok(Some(String::new())),
        None => Err(FolderFault::Marker { path, regular: true }),
    }
}

fn other_kustomizations(folder: &Path) -> Result<Vec<String>, FolderFault> {
    let mut found = Vec::new();
    for name in kustomization::OTHER_NAMES {
        if !matches!(find(folder, name)?, PathState::Nothing) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// Whether the namespace's folder of a path can be used: links are not followed, they could lead
/// out.
fn is_directory_or_missing(folder: &Path, path: &str) -> Result<bool, FolderFault> {
    let Some((namespace, _)) = path.split_once('/') else { return Ok(true) };
    match fs::symlink_metadata(folder.join(namespace)) {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(fault(&folder.join(namespace), &error)),
    }
}

fn find(folder: &Path, path: &str) -> Result<PathState, FolderFault> {
    let path = folder.join(path);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => Ok(PathState::Regular(found)),
        Ok(_) => Ok(PathState::Other),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(PathState::Nothing)
        }
        Err(error) => Err(fault(&path, &error)),
    }
}

/// Something that can't be looked at.
fn fault(path: &Path, error: &io::Error) -> FolderFault {
    FolderFault::Write(WriteFault {
        target: path.to_string_lossy().into_owned(),
        reason: WriteReason::of(error),
    })
}
