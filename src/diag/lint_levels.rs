//! How much a lint weighs: `-A/-W/-D` of the command line, `[lint]` of the spec, `lint` of a
//! Secret's entry.
//! The nearest to the finding wins: the Secret's entry, then `[lint]`, then the command line. But
//! `-D CODE` always holds. `warnings` means every lint: `-A warnings` and `-W warnings` are weaker
//! than anything that names a code, `-D warnings` makes an error of what would be a warning.

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
    pub(crate) fn set(&mut self, code: &'static Code, level: LintLevel) {
        self.levels.retain(|(known, _)| *known != code);
        self.levels.push((code, level));
    }

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
            LintLevel::Warn if !self.deny_warnings => Some(Level::Warning),
            LintLevel::Warn | LintLevel::Deny => Some(Level::Error),
        }
    }
}

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
pub(crate) fn find(name: &str) -> Result<&'static Code, LintNameError> {
    match codes::find(name) {
        Some(code) if code.is_lint() => Ok(code),
        Some(code) => Err(LintNameError::Fixed(code)),
        None if name == WARNINGS => Err(LintNameError::OnlyOnCommandLine),
        None => Err(codes::former(name).map_or(LintNameError::Unknown, LintNameError::Former)),
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

pub(crate) const LIST: &str = "run `mintage explain` to list all checks";

/// Words a name that does not stand for a lint. The caller adds the place, and what was meant.
pub(crate) fn describe(name: &str, error: LintNameError) -> Diagnostic {
    let name = phrases::code(name);
    match error {
        LintNameError::Unknown => diagnostic!(UNKNOWN_CODE, "unknown check {name}").help(LIST),
        LintNameError::Fixed(code) => {
            diagnostic!(UNKNOWN_CODE, "the level of {name} can't be changed")
                .note(match code.level {
                    Level::Error => "what it finds can never work, so it is always an error",
                    Level::Warning | Level::Note => "it only reports how the run went",
                })
                .help("remove the name")
        }
        LintNameError::Former(Some(now)) => {
            let now = phrases::code(now.name);
            diagnostic!(UNKNOWN_CODE, "the check {name} is now called {now}")
                .help(format!("write {now}"))
        }
        LintNameError::Former(None) => {
            diagnostic!(UNKNOWN_CODE, "the check {name} no longer exists").help("remove the name")
        }
        LintNameError::OnlyOnCommandLine => {
            diagnostic!(UNKNOWN_CODE, "{name} is allowed only on the command line")
                .help("list the checks by name; `mintage explain` shows them all")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LintLevel::{Allow, Deny, Warn};
    use super::*;
    use crate::diag::codes::{AGE_ENCRYPTED, COMMITTED_IDENTITY, LEFT_OUT, NAME};

    #[test]
    fn the_nearest_wins_but_for_a_denying_flag() {
        let (lint, denied) = (&COMMITTED_IDENTITY, &AGE_ENCRYPTED);
        let (error, warning) = (Some(Level::Error), Some(Level::Warning));
        for (code, flags, spec, near, expected) in [
            (lint, &[][..], None, None, warning),
            (lint, &[(Allow, lint.name)], None, None, None),
            (lint, &[(Allow, lint.name)], Some(Warn), None, warning),
            (lint, &[(Allow, lint.name)], Some(Warn), Some(Deny), error),
            (lint, &[], Some(Deny), Some(Allow), None),
            (lint, &[(Warn, lint.name)], Some(Deny), None, error),
            // A denying flag always holds.
            (lint, &[(Deny, lint.name)], Some(Allow), Some(Allow), error),
            (lint, &[(Deny, lint.name), (Allow, lint.name)], None, None, error),
            // All at once.
            (lint, &[(Deny, "warnings")], None, None, error),
            (lint, &[(Deny, "warnings")], Some(Warn), None, error),
            (lint, &[(Deny, "warnings")], Some(Allow), None, None),
            (lint, &[(Deny, "warnings"), (Allow, lint.name)], None, None, None),
            (lint, &[(Allow, "warnings")], None, None, None),
            (lint, &[(Allow, "warnings"), (Warn, lint.name)], None, None, warning),
            // Some are denied unless they are named.
            (denied, &[], None, None, error),
            (denied, &[(Allow, "warnings")], None, None, error),
            (denied, &[(Allow, denied.name)], None, None, None),
            (denied, &[(Warn, denied.name)], None, None, warning),
            (denied, &[], None, Some(Allow), None),
            // Only lints change.
            (&NAME, &[(Allow, "warnings")], Some(Allow), Some(Allow), error),
            (&LEFT_OUT, &[(Deny, "warnings")], None, None, Some(Level::Note)),
        ] {
            let mut levels = LintLevels::default();
            for (level, name) in flags {
                levels.add_flag(*level, name).unwrap();
            }
            if let Some(level) = spec {
                levels.spec.set(code, level);
            }
            assert_eq!(levels.level(code, near), expected, "{flags:?} {spec:?} {near:?}");
        }
    }
}
