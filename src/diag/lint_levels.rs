//! How much a lint weighs: `-A/-W/-D` of the command line, `[lint]` of the spec, `lint` of a
//! Secret's entry.
//!
//! The nearest to the finding wins: the Secret's entry, then `[lint]`, then the command line. But a
//! `-D CODE` of the command line always holds. `warnings` on the command line means every lint at
//! once: `-A warnings` and `-W warnings` are weaker than anything that names a code, and `-D
//! warnings` makes an error of whatever would be a warning in the end. A few lints are denied
//! unless something names them ([`Code::denied`]).

use super::{Code, Diagnostic, Level, codes, phrases};
use crate::diag::diagnostic;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LintLevel {
    Allow,
    Warn,
    Deny,
}

/// The levels that one place sets, by code: `[lint]`, or `lint` of a Secret's entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct LintTable {
    levels: Vec<(&'static Code, LintLevel)>,
}

impl LintTable {
    /// Sets the level of a code, and gives the level that was set before, if any.
    pub(crate) fn set(&mut self, code: &'static Code, level: LintLevel) -> Option<LintLevel> {
        if let Some((_, old)) = self.levels.iter_mut().find(|(known, _)| *known == code) {
            return Some(std::mem::replace(old, level));
        }
        self.levels.push((code, level));
        None
    }

    /// The level of a code, if this table says something about it.
    pub(crate) fn get(&self, code: &Code) -> Option<LintLevel> {
        self.levels.iter().find(|(known, _)| *known == code).map(|(_, level)| *level)
    }
}

/// All levels that hold for one spec, but for those of a Secret's own entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct LintLevels {
    /// `-A/-W/-D CODE`.
    flags: LintTable,
    /// `-A warnings` or `-W warnings`.
    all: Option<LintLevel>,
    /// `-D warnings`.
    deny_warnings: bool,
    pub spec: LintTable,
    /// Whether finished manifests are checked: there, what the API server takes is at most a
    /// warning, so that its level can be set too.
    pub for_manifests: bool,
}

impl LintLevels {
    /// Takes one `-A`, `-W` or `-D` of the command line, a code or `warnings`. Of several for one
    /// code the last counts, unless one was `-D`.
    ///
    /// # Errors
    /// When no lint has this name.
    pub(crate) fn add_flag(&mut self, level: LintLevel, name: &str) -> Result<(), LintNameError> {
        if name == WARNINGS {
            match level {
                LintLevel::Deny => self.deny_warnings = true,
                LintLevel::Allow | LintLevel::Warn => self.all = Some(level),
            }
            return Ok(());
        }
        let code = match find(name) {
            Err(LintNameError::Fixed(code)) if self.for_manifests && code.beyond_server => code,
            found => found?,
        };
        if self.flags.get(code) != Some(LintLevel::Deny) {
            self.flags.set(code, level);
        }
        Ok(())
    }

    /// The level of a finding with this code, `near` being what its Secret's entry says; `None`
    /// when it is allowed. Codes that are not lints keep their level.
    pub(crate) fn level(&self, code: &Code, near: Option<LintLevel>) -> Option<Level> {
        if !(code.is_lint() || self.for_manifests && code.beyond_server) {
            return Some(code.level);
        }
        let flag = self.flags.get(code);
        if flag == Some(LintLevel::Deny) {
            return Some(Level::Error);
        }
        let usual = if code.denied { LintLevel::Deny } else { self.all.unwrap_or(LintLevel::Warn) };
        match near.or(self.spec.get(code)).or(flag).unwrap_or(usual) {
            LintLevel::Allow => None,
            LintLevel::Warn if self.deny_warnings => Some(Level::Error),
            LintLevel::Warn => Some(Level::Warning),
            LintLevel::Deny => Some(Level::Error),
        }
    }
}

/// What the command line calls all lints together.
const WARNINGS: &str = "warnings";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LintNameError {
    Unknown,
    Fixed(&'static Code),
    /// A lint had this name; what it is called now, unless it is gone.
    Former(Option<&'static Code>),
    /// `warnings`, where only codes may stand.
    OnlyOnCommandLine,
}

/// The lint with this name, as `[lint]` and a Secret's `lint` write it.
///
/// # Errors
/// When no lint has this name.
pub(crate) fn find(name: &str) -> Result<&'static Code, LintNameError> {
    match codes::find(name) {
        Some(code) if code.is_lint() => Ok(code),
        Some(code) => Err(LintNameError::Fixed(code)),
        None if name == WARNINGS => Err(LintNameError::OnlyOnCommandLine),
        None => Err(match codes::former(name) {
            Some(now) => LintNameError::Former(now),
            None => LintNameError::Unknown,
        }),
    }
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    codes::ALL.iter().filter(|code| code.is_lint()).map(|code| code.name)
}

/// Words a name on the command line that does not stand for a lint.
pub(crate) fn describe_flag(name: &str, error: LintNameError) -> Diagnostic {
    let mut diagnostic = describe(name, error);
    if error == LintNameError::Unknown {
        diagnostic.helps.splice(..0, phrases::did_you_mean(name, names()));
    }
    diagnostic
}

/// Words a name that does not stand for a lint. The caller adds the place, and what was meant.
pub(crate) fn describe(name: &str, error: LintNameError) -> Diagnostic {
    match error {
        LintNameError::Unknown => {
            diagnostic!(UNKNOWN_CODE, "there is no check {}", phrases::code(name))
                .help(format!("checks whose level can be set: {}", phrases::all_of(names())))
        }
        LintNameError::Fixed(code) => {
            let message = format!("the level of {} can't be changed", phrases::code(code.name));
            diagnostic!(UNKNOWN_CODE, "{message}")
                .note(match code.level {
                    Level::Error => "it finds what could not work, so it is always an error",
                    Level::Warning | Level::Note => "it only tells about the run",
                })
                .help(format!("checks whose level can be set: {}", phrases::all_of(names())))
        }
        LintNameError::Former(Some(now)) => {
            let (name, now) = (phrases::code(name), phrases::code(now.name));
            diagnostic!(UNKNOWN_CODE, "the check {name} is now called {now}")
                .help(format!("write {now}"))
        }
        LintNameError::Former(None) => {
            diagnostic!(UNKNOWN_CODE, "the check {} no longer exists", phrases::code(name))
                .help("remove the name")
        }
        LintNameError::OnlyOnCommandLine => diagnostic!(
            UNKNOWN_CODE,
            "{} stands for all lints on the command line only",
            phrases::code(name)
        )
        .help(format!("name the checks: {}", phrases::all_of(names()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::{COMMITTED_IDENTITY as LINT, NAME as ERROR};

    fn levels(flags: &[(LintLevel, &str)], spec: Option<LintLevel>) -> LintLevels {
        let mut levels = LintLevels::default();
        flags.iter().for_each(|(level, name)| levels.add_flag(*level, name).unwrap());
        spec.map(|level| levels.spec.set(&LINT, level));
        levels
    }

    #[test]
    fn the_nearest_wins() {
        use LintLevel::{Allow, Deny, Warn};
        let name = LINT.name;
        let level =
            |flags: &[(LintLevel, &str)], spec, near| levels(flags, spec).level(&LINT, near);
        assert_eq!(level(&[], None, None), Some(Level::Warning));
        assert_eq!(level(&[(Allow, name)], None, None), None);
        assert_eq!(level(&[(Allow, name)], Some(Warn), None), Some(Level::Warning));
        assert_eq!(level(&[(Allow, name)], Some(Warn), Some(Deny)), Some(Level::Error));
        assert_eq!(level(&[], Some(Deny), Some(Allow)), None);
        assert_eq!(level(&[(Warn, name)], Some(Deny), None), Some(Level::Error));
    }

    #[test]
    fn a_denying_flag_always_holds() {
        use LintLevel::{Allow, Deny};
        assert_eq!(
            levels(&[(Deny, LINT.name)], Some(Allow)).level(&LINT, Some(Allow)),
            Some(Level::Error)
        );
        assert_eq!(
            levels(&[(Deny, LINT.name), (Allow, LINT.name)], None).level(&LINT, None),
            Some(Level::Error)
        );
    }

    #[test]
    fn all_warnings_at_once() {
        use LintLevel::{Allow, Deny, Warn};
        assert_eq!(levels(&[(Deny, "warnings")], None).level(&LINT, None), Some(Level::Error));
        assert_eq!(
            levels(&[(Deny, "warnings")], Some(Warn)).level(&LINT, None),
            Some(Level::Error)
        );
        assert_eq!(levels(&[(Deny, "warnings")], Some(Allow)).level(&LINT, None), None);
        assert_eq!(
            levels(&[(Deny, "warnings"), (Allow, LINT.name)], None).level(&LINT, None),
            None
        );
        assert_eq!(levels(&[(Allow, "warnings")], None).level(&LINT, None), None);
        assert_eq!(
            levels(&[(Allow, "warnings"), (Warn, LINT.name)], None).level(&LINT, None),
            Some(Level::Warning)
        );
    }

    #[test]
    fn some_lints_are_denied_unless_they_are_named() {
        use LintLevel::{Allow, Warn};
        let denied = &codes::AGE_ENCRYPTED;
        let level = |flags: &[(LintLevel, &str)], near| levels(flags, None).level(denied, near);
        assert_eq!(level(&[], None), Some(Level::Error));
        assert_eq!(level(&[(Allow, "warnings")], None), Some(Level::Error));
        assert_eq!(level(&[(Allow, denied.name)], None), None);
        assert_eq!(level(&[(Warn, denied.name)], None), Some(Level::Warning));
        assert_eq!(level(&[], Some(Allow)), None);
    }

    #[test]
    fn only_lints_change() {
        let mut levels = LintLevels::default();
        assert_eq!(levels.add_flag(LintLevel::Allow, "name"), Err(LintNameError::Fixed(&ERROR)));
        assert_eq!(levels.add_flag(LintLevel::Allow, "nmae"), Err(LintNameError::Unknown));
        let former = |name| find(name).unwrap_err();
        assert_eq!(former("unused-var"), LintNameError::Former(Some(&codes::UNUSED)));
        assert_eq!(former("registry-helper"), LintNameError::Former(None));
        assert_eq!(find("warnings"), Err(LintNameError::OnlyOnCommandLine));
        levels.spec.set(&ERROR, LintLevel::Allow);
        levels.add_flag(LintLevel::Allow, "warnings").unwrap();
        assert_eq!(levels.level(&ERROR, Some(LintLevel::Allow)), Some(Level::Error));
        assert_eq!(levels.level(&codes::LEFT_OUT, None), Some(Level::Note));
    }

    #[test]
    fn names_that_are_no_lint_are_explained() {
        let unknown = describe_flag("commited-identity", LintNameError::Unknown);
        assert_eq!(unknown.message, "there is no check `commited-identity`");
        assert_eq!(unknown.helps[0], "did you mean `committed-identity`?");
        assert_eq!(
            describe("name", LintNameError::Fixed(&ERROR)).message,
            "the level of `name` can't be changed"
        );
    }
}
