//! Asking before somebody new can read a file. A pull request that adds a name to `[recipients]`
//! must not become access to secrets by the next edit of an unsuspecting colleague.

use std::collections::BTreeMap;

use super::store::{Gained, ReaderChange};
use crate::diag::phrases::{all_of, code, first_few, plural};
use crate::diag::{Diagnostic, diagnostic};

/// Whoever can answer a question.
pub(crate) trait Ask {
    /// `about` is shown before the question, a line each. `None`: there is no terminal to ask on.
    fn yes_or_no(&self, about: &[String], question: &str) -> Option<bool>;
}

/// What is said before files are written, in order, and what has to be confirmed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What is only told.
    pub lines: Vec<String>,
    /// Who would be able to read what; nothing to confirm if empty.
    pub questions: Vec<String>,
}

impl Notice {
    /// What the changes of files mean for who can read them: `path`, and its change.
    pub(crate) fn of(changes: &[(&str, &ReaderChange)]) -> Self {
        let mut notice = Notice::default();
        // Files with the same change are one line.
        let mut new_files: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        let mut gained: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        let mut perhaps: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        let mut removed: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        for (path, change) in changes {
            let (kind, names) = match &change.gained {
                Gained::Nobody => (None, &[][..]),
                Gained::NewFile(names) => (Some(&mut new_files), names.as_slice()),
                Gained::These(names) => (Some(&mut gained), names.as_slice()),
                Gained::Perhaps(names) => (Some(&mut perhaps), names.as_slice()),
            };
            if let Some(kind) = kind {
                kind.entry(names).or_default().push(path);
            }
            if !change.removed.is_empty() {
                removed.entry(&change.removed).or_default().push(path);
            }
        }
        for (names, paths) in new_files {
            notice.lines.push(format!("{} can read {}", all_of(names), files(&paths)));
        }
        for (names, paths) in removed {
            let could = format!("{} can no longer read {}", all_of(names), files(&paths));
            let values = if paths.len() == 1 { "its values" } else { "their values" };
            notice.lines.push(format!("{could}, but could until now: change {values} too"));
        }
        for (names, paths) in gained {
            notice.questions.push(format!(
                "{} will be able to read {} from now on",
                all_of(names),
                files(&paths)
            ));
        }
        for (names, paths) in perhaps {
            let unknown = match paths.len() {
                1 => "mintage can't tell who can read it now",
                _ => "mintage can't tell who can read them now",
            };
            let (names, files) = (all_of(names), files(&paths));
            notice.questions.push(format!("{names} will be able to read {files}; {unknown}"));
        }
        notice
    }

    /// Says it all, and asks if there is something to confirm, unless `yes` says that it is. `say`
    /// is called at most once.
    pub(crate) fn confirm(
        &self,
        yes: bool,
        ask: &dyn Ask,
        say: &dyn Fn(&[String]),
    ) -> Result<(), Box<Diagnostic>> {
        let mut lines = self.lines.clone();
        if yes {
            lines.extend_from_slice(&self.questions);
        }
        if !lines.is_empty() {
            say(&lines);
        }
        if yes || self.questions.is_empty() {
            return Ok(());
        }
        let mut refused = match ask.yes_or_no(&self.questions, "Let them read it?") {
            Some(true) => return Ok(()),
            Some(false) => diagnostic!(NEW_READERS, "new readers were not confirmed"),
            None => diagnostic!(
                NEW_READERS,
                "new readers must be confirmed, and there is no terminal to ask on"
            )
            .help("pass `--yes` if all of them may read it"),
        };
        for line in &self.questions {
            refused = refused.note(line.clone());
        }
        Err(Box::new(refused.note("nothing was written")))
    }
}

/// Before the path of a spec: not the spec, but a text in it.
pub(crate) const ARMORED_TEXT: &str = "armored text in ";

fn files(paths: &[&str]) -> String {
    let shown = |path: &str| match path.strip_prefix(ARMORED_TEXT) {
        Some(spec) => format!("the {ARMORED_TEXT}{}", code(spec)),
        None => code(path),
    };
    match paths {
        [one] => shown(one),
        several => {
            let list = first_few(several.iter().map(|path| shown(path)).collect());
            format!("{} ({list})", plural(several.len(), "file"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    struct Answers(Option<bool>);

    impl Ask for Answers {
        fn yes_or_no(&self, _about: &[String], _question: &str) -> Option<bool> {
            self.0
        }
    }

    fn names(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_who_is_new_is_asked_about() {
        let new = ReaderChange { gained: Gained::NewFile(names("alice ci")), removed: vec![] };
        let same = ReaderChange { gained: Gained::Nobody, removed: names("bob") };
        let more = ReaderChange { gained: Gained::These(names("mallory")), removed: vec![] };
        let said = RefCell::new(Vec::new());
        let say = |lines: &[String]| said.borrow_mut().extend_from_slice(lines);
        let confirm = |changes: &[(&str, &ReaderChange)], yes, answer| {
            said.borrow_mut().clear();
            Notice::of(changes).confirm(yes, &Answers(answer), &say).map_err(|found| found.message)
        };
        assert_eq!(confirm(&[("a.age", &new), ("b.age", &same)], false, None), Ok(()));
        assert!(said.borrow().iter().any(|line| line == "`alice` and `ci` can read `a.age`"));
        assert!(said.borrow().iter().any(|line| line.contains("`bob` can no longer read")));
        let changes = [("a.age", &more), ("b.age", &more)];
        assert!(confirm(&changes, false, None).unwrap_err().contains("no terminal"));
        assert!(confirm(&changes, false, Some(false)).is_err());
        assert_eq!(confirm(&changes, false, Some(true)), Ok(()));
        assert_eq!(confirm(&changes, true, None), Ok(()));
        assert!(said.borrow()[0].contains("`mallory` will be able to read 2 files"));
    }
}
