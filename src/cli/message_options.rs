//! The flags of every command that reports findings: format, colour, levels of lints, and the time
//! for expiry checks, which is the only use of a clock. It never changes what is rendered.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::terminal::{Color, Terminal};
use crate::Options;
use crate::diag::lint_levels::{self, LintLevel};
use crate::diag::phrases::code;
use crate::diag::render::MessageFormat;
use crate::diag::{Diagnostic, diagnostic};
use crate::go::time;

/// How findings are shown, and how much they weigh.
#[derive(Clone, Debug, Default, Args)]
pub struct MessageOptions {
    /// Make a lint an error; `warnings` for all
    #[arg(short = 'D', long = "deny", value_name = "CODE", help_heading = "Message options")]
    pub deny: Vec<String>,
    /// Make a lint a warning
    #[arg(
        short = 'W',
        long = "warn",
        value_name = "CODE",
        help_heading = "Message options",
        hide_short_help = true
    )]
    pub warn: Vec<String>,
    /// Turn a lint off
    #[arg(short = 'A', long = "allow", value_name = "CODE", help_heading = "Message options")]
    pub allow: Vec<String>,
    /// Check expiry as of this date (RFC 3339 or YYYY-MM-DD) [default: now]
    /// [env: SOURCE_DATE_EPOCH]
    #[arg(long, value_name = "DATE", help_heading = "Message options", hide_short_help = true)]
    pub at: Option<String>,
    /// Print messages in this format
    #[arg(
        long,
        value_enum,
        default_value_t = MessageFormat::Text,
        value_name = "FORMAT",
        help_heading = "Message options"
    )]
    pub message_format: MessageFormat,
    /// Colour messages
    #[arg(
        long,
        value_enum,
        default_value_t = Color::Auto,
        value_name = "WHEN",
        help_heading = "Message options",
        hide_short_help = true
    )]
    pub color: Color,
    /// Print errors only
    #[arg(short, long, help_heading = "Message options")]
    pub quiet: bool,
    /// Print which specs and identities are used
    #[arg(short, long, help_heading = "Message options", hide_short_help = true)]
    pub verbose: bool,
}

impl MessageOptions {
    /// What these flags are for the library: levels of lints and the time for expiry checks.
    pub fn lints(&self, options: &mut Options, problems: &mut Vec<Diagnostic>) {
        match seconds(self.at.as_deref()) {
            Ok(at) => options.at = at,
            Err(diagnostic) => problems.push(*diagnostic),
        }
        for (level, names) in [
            (LintLevel::Allow, &self.allow),
            (LintLevel::Warn, &self.warn),
            (LintLevel::Deny, &self.deny),
        ] {
            for name in names {
                if let Err(error) = options.lints.add_flag(level, name) {
                    problems.push(lint_levels::describe_flag(name, error));
                }
            }
        }
    }

    /// The terminal as these options want it.
    pub fn terminal(&self) -> Terminal {
        Terminal::new(self.color, self.message_format, self.quiet)
    }
}

/// Seconds of Unix time: those of the flag, of `SOURCE_DATE_EPOCH`, or now. `None` if the clock is
/// before 1970.
fn seconds(flag: Option<&str>) -> Result<Option<i64>, Box<Diagnostic>> {
    if let Some(text) = flag {
        let with_time =
            if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        return match time::parse(with_time.as_bytes()) {
            Some(time) => Ok(Some(time.seconds)),
            None => Err(usage(
                format!("`--at` does not take {}", code(text)),
                "write a date such as `2030-01-31` or `2030-01-31T12:00:00Z`",
            )),
        };
    }
    if let Some(text) = env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) {
        return match text.to_str().and_then(|text| text.parse().ok()) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(usage(
                "`SOURCE_DATE_EPOCH` is not a number".to_owned(),
                "it holds the seconds since 1970, such as `date +%s` prints",
            )),
        };
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Ok(now.and_then(|now| i64::try_from(now.as_secs()).ok()))
}

fn usage(message: String, help: &str) -> Box<Diagnostic> {
    Box::new(diagnostic!(USAGE, "{message}").help(help))
}
