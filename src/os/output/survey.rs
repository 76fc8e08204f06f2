//! What an output folder holds, beside what it should hold. Only looks.
//!
//! The folder has a list of the files that mintage made: `.mintage`, a path a line. Names only,
//! nothing that depends on a value.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::{fs, io};

use super::changes::{Changes, LIST, OutputFolder, StaleFiles};
use super::{Existing, WriteFault, WriteReason, holds, messages, overwrite::judge_text};
use crate::diag::Diagnostic;
use crate::emit::kustomization::{self, kustomization};
use crate::emit::{file_name::is_file_name, files::OutputFile};
use crate::os::files::{self, Accept, ReadFault};
use crate::secret::bytes::SecretBytes;

/// More than a list of 50,000 files with the longest names, in bytes.
const MAX_LIST_BYTES: usize = 32 << 20;

/// What has to be done to a folder, paths from it with `/` between.
#[derive(Default)]
pub(super) struct Survey {
    pub changes: Changes,
    /// Files to write, the folder's `kustomization.yaml` as the last.
    pub writes: Vec<OutputFile>,
    /// The list of what is ours, before and afterwards.
    pub old_list: Option<String>,
    pub list: String,
    /// The list while files change: what was ours and what will be. An interrupted run must not
    /// leave files that nobody owns.
    pub list_meanwhile: String,
}

enum PathState {
    Nothing,
    Regular(Metadata),
    Other,
}

impl OutputFolder<'_> {
    /// Compares the folder with the files that it should hold. A folder that is not there is empty.
    /// Foreign files are no error here.
    pub(super) fn survey(&self, files: Vec<OutputFile>) -> Result<Survey, Box<Diagnostic>> {
        let mut survey = Survey { old_list: self.read_list()?, ..Survey::default() };
        let old_list = survey.old_list.clone();
        let ours: BTreeSet<&str> = match old_list.as_deref().map(parse) {
            Some(Some(paths)) => paths,
            Some(None) if !self.forced() => {
                return Err(messages::foreign_list(&self.path.join(LIST), true).into());
            }
            _ => BTreeSet::new(),
        };
        let mut listed: Vec<String> = Vec::new();
        if self.stale == StaleFiles::Kept {
            // In another format, a Secret is written anew.
            let new: BTreeSet<&str> = files.iter().map(|file| stem(&file.path)).collect();
            let kept = old_list.as_deref().unwrap_or_default().lines().filter(|path| {
                ours.contains(path) && *path != kustomization::NAME && !new.contains(stem(path))
            });
            for path in kept {
                // One that somebody has removed meanwhile would make kustomize stumble.
                if let PathState::Regular(_) = self.find(path)? {
                    listed.push(path.to_owned());
                }
            }
        }
        listed.extend(files.iter().map(|file| file.path.clone()));
        for name in kustomization::OTHER_NAMES {
            if !matches!(self.find(name)?, PathState::Nothing) {
                survey.block(name);
            }
        }
        let kustomization = OutputFile {
            path: kustomization::NAME.to_owned(),
            bytes: kustomization(listed.iter().map(String::as_str)).as_bytes().into(),
        };
        for file in files.into_iter().chain([kustomization]) {
            let is_ours = ours.contains(file.path.as_str());
            self.look_at(file, is_ours, &mut survey)?;
        }
        listed.insert(0, kustomization::NAME.to_owned());
        let new: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
        for path in old_list.iter().flat_map(|list| list.lines()) {
            if ours.contains(path)
                && !new.contains(path)
                && self.has_folder_of(path)?
                // What has been put there instead is not ours.
                && let PathState::Regular(found) = self.find(path)?
            {
                self.refuse_input(path)?;
                if self.may_replace(path, &found)? {
                    survey.changes.removed.push(path.to_owned());
                } else {
                    survey.changes.foreign.push(path.to_owned());
                }
            }
        }
        survey.list = list(&listed);
        listed.extend_from_slice(&survey.changes.removed);
        survey.list_meanwhile = list(&listed);
        Ok(survey)
    }

    /// Decides about a file to write, which may be one of ours already.
    fn look_at(
        &self,
        file: OutputFile,
        is_ours: bool,
        survey: &mut Survey,
    ) -> Result<(), Box<Diagnostic>> {
        if let Some((namespace, _)) = file.path.split_once('/')
            && !self.has_folder_of(&file.path)?
        {
            survey.block(namespace);
            return Ok(());
        }
        let found = self.find(&file.path)?;
        self.refuse_input(&file.path)?;
        let changes = &mut survey.changes;
        match found {
            PathState::Nothing => {
                changes.created.push(file.path.clone());
                survey.writes.push(file);
            }
            // Somebody else's file with these very bytes is as good as ours: the list was lost on
            // the way.
            PathState::Regular(found)
                if holds(&self.path.join(&file.path), &found, file.bytes.expose()) =>
            {
                changes.same.push(file.path);
            }
            PathState::Regular(found)
                if self.may_replace(&file.path, &found)? && (is_ours || self.forced()) =>
            {
                changes.replaced.push(file.path.clone());
                survey.writes.push(file);
            }
            PathState::Regular(_) => changes.foreign.push(file.path),
            PathState::Other => survey.block(&file.path),
        }
        Ok(())
    }

    fn forced(&self) -> bool {
        matches!(self.overwrite.existing, Existing::Any)
    }

    /// Whether a file may be replaced or removed for what it holds.
    fn may_replace(&self, path: &str, found: &Metadata) -> Result<bool, WriteFault> {
        let file = self.path.join(path);
        let judged = if path == kustomization::NAME && !self.forced() {
            judge_text(&file, found, kustomization::is_printed)
        } else {
            self.overwrite.judge_content(&file, found)
        };
        match judged {
            Err(WriteReason::Encrypted) => Err(WriteReason::Encrypted.at(&file)),
            judged => Ok(judged.is_ok()),
        }
    }

    fn refuse_input(&self, path: &str) -> Result<(), WriteFault> {
        let path = self.path.join(path);
        self.overwrite.refuse_input(&path).map_err(|reason| reason.at(&path))
    }

    /// Whether the namespace's folder of a path can be used: links are not followed, they could
    /// lead out.
    fn has_folder_of(&self, path: &str) -> Result<bool, WriteFault> {
        let Some((namespace, _)) = path.split_once('/') else { return Ok(true) };
        let path = self.path.join(namespace);
        match fs::symlink_metadata(&path) {
            Ok(found) => Ok(found.is_dir()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(WriteReason::of(&error).at(&path)),
        }
    }

    fn find(&self, path: &str) -> Result<PathState, WriteFault> {
        let path = self.path.join(path);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(PathState::Regular(found)),
            Ok(_) => Ok(PathState::Other),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(PathState::Nothing)
            }
            Err(error) => Err(WriteReason::of(&error).at(&path)),
        }
    }

    /// The text of the list. With `--force`, one that is no text is as good as an empty one.
    fn read_list(&self) -> Result<Option<String>, Box<Diagnostic>> {
        let path = self.path.join(LIST);
        match self.find(LIST)? {
            PathState::Nothing => return Ok(None),
            PathState::Regular(_) => {}
            PathState::Other => return Err(messages::foreign_list(&path, false).into()),
        }
        self.refuse_input(LIST)?;
        let bytes = match files::read(&path, Accept::RegularFiles, MAX_LIST_BYTES) {
            Ok((bytes, _)) => Some(bytes),
            Err(ReadFault::TooLarge) => None,
            Err(fault) => return Err(WriteReason::of(&fault.into_io()).at(&path).into()),
        };
        match bytes.as_ref().and_then(SecretBytes::expose_str) {
            Some(text) => Ok(Some(text.to_owned())),
            None if self.forced() => Ok(Some(String::new())),
            None => Err(messages::foreign_list(&path, true).into()),
        }
    }
}

impl Survey {
    fn block(&mut self, path: &str) {
        if !self.changes.foreign.iter().any(|known| known == path) {
            self.changes.foreign.push(path.to_owned());
            self.changes.stuck = true;
        }
    }
}

fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

fn list(paths: &[String]) -> String {
    let head = "# Generated by mintage: the files in this folder that mintage manages, and removes \
        when their Secrets are removed.\n";
    head.to_owned() + &paths.iter().map(|path| format!("{path}\n")).collect::<String>()
}

/// The paths in a list. `None` if there is a line that mintage has not written: what is named there
/// must never be removed.
fn parse(text: &str) -> Option<BTreeSet<&str>> {
    let ours = |path: &str| path == kustomization::NAME || is_file_name(path);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| ours(line).then_some(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::{list, parse};

    #[test]
    fn nothing_but_our_own_files() {
        let paths = ["aux_.json", "kustomization.yaml", "shop/db.yaml"];
        let text = list(&paths.map(str::to_owned));
        assert_eq!(parse(&text), Some(paths.into()));
        assert_eq!(parse(&text.replace('\n', "\r\n")), Some(paths.into()));
        let others = "../a.yaml /etc/passwd a/../b.yaml shop .mintage README.md";
        for line in others.split(' ').chain(["a.yaml ", "\0"]) {
            assert_eq!(parse(&format!("a.yaml\n{line}\n")), None, "{line:?}");
        }
    }
}
