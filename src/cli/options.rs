//! The flags that commands share, as clap reads them.

use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, path::PathBuf};

use clap::{Arg, Args, ColorChoice};

use super::{Exit, identities::IdentityOptions, terminal::Terminal};
use crate::Options;
use crate::diag::lint_levels::{self, LintLevel};
use crate::diag::{Diagnostic, diagnostic, phrases::code, render::MessageFormat};
use crate::go::time;

#[derive(Debug, Args)]
#[allow(rustdoc::broken_intra_doc_links, reason = "`--help` prints these lines as they are")]
#[command(next_help_heading = "Spec options")]
pub struct SpecOptions {
    /// Spec files, or folders with a mintage.toml [default: .]
    #[arg(value_name = "SPEC", help_heading = None::<&str>)]
    pub specs: Vec<PathBuf>,
    /// Build for this environment [env: MINTAGE_ENV]
    #[arg(short, long, value_name = "NAME")]
    pub env: Option<String>,
    /// Override a value in [vars]; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Override [vars] with the tables of a TOML file; repeatable
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub set_file: Vec<PathBuf>,
    /// Select Secrets whose NAMESPACE/NAME matches this glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    #[command(flatten)]
    pub access: AccessOptions,
}

/// What a run may decrypt and read, which only the command line can say.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Spec options")]
pub struct AccessOptions {
    #[command(flatten)]
    pub identity: IdentityOptions,
    /// Also allow specs to read files in this folder; repeatable
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    pub allow_path: Vec<PathBuf>,
    /// Allow specs to read this environment variable; repeatable
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub allow_env_var: Vec<String>,
    /// Succeed even if the spec produces no Secrets
    #[arg(long, hide_short_help = true)]
    pub allow_empty: bool,
    /// Raise a limit of the run: secrets, read, made, steps or scrypt; SIZE may end with K, M or G
    #[arg(long, value_name = "NAME=SIZE", hide_short_help = true)]
    pub limit: Vec<String>,
    #[command(flatten)]
    pub messages: MessageOptions,
}

impl SpecOptions {
    /// Takes the last of the paths, for commands that want something else there.
    pub fn take_last_path(&mut self) -> PathBuf {
        self.specs.pop().unwrap_or_default()
    }

    /// Takes the last two, a Secret and one of its keys, for `command`.
    pub fn take_name_and_key(&mut self, command: &str) -> Result<(String, String), Exit> {
        let problem = match self.specs.len() {
            0 | 1 => "the key of the value is missing",
            2 | 3 => {
                let key = self.take_last_path().to_string_lossy().into_owned();
                let name = self.take_last_path().to_string_lossy().into_owned();
                return Ok((name, key));
            }
            _ => "there are too many arguments",
        };
        let problem = diagnostic!(USAGE, "{problem}").help(format!(
            "write `mintage {command} NAME KEY`, or `mintage {command} SPEC NAME KEY`"
        ));
        Err(self.access.messages.plain.terminal().fail(problem))
    }
}

/// The argument for specs of a command that takes one, and something else behind it.
pub fn and_one_more(specs: Arg, name: &'static str, help: &'static str) -> Arg {
    specs.value_name(name).num_args(1..=2).required(true).help(help)
}

/// The same for a command that takes a Secret and one of its keys.
pub fn and_two_more(specs: Arg) -> Arg {
    specs
        .value_names(["NAME", "KEY"])
        // Options may come between them, and clap would show a value that is one too many.
        .num_args(1..)
        .required(true)
        .default_value(None::<&str>)
        .help(
            "NAME is a Secret, or NAMESPACE/NAME; KEY is one of its data keys; a SPEC can come \
             first [default: .]",
        )
}

#[derive(Debug, Args)]
#[command(mut_arg("specs", |arg| and_one_more(arg, "NAME", "[SPEC] is a spec [default: .]; NAME is \
    the name of a Secret, or NAMESPACE/NAME")))]
pub struct SecretOptions {
    #[command(flatten)]
    spec: SpecOptions,
}

impl SecretOptions {
    pub fn into_spec_and_name(mut self) -> (SpecOptions, String) {
        let name = self.spec.take_last_path().to_string_lossy().into_owned();
        (self.spec, name)
    }
}

/// How findings are shown, and how much they weigh.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Message options")]
pub struct MessageOptions {
    /// Make a lint an error (`warnings`: every warning)
    #[arg(short = 'D', long = "deny", value_name = "CODE")]
    pub deny: Vec<String>,
    /// Make a lint a warning
    #[arg(short = 'W', long = "warn", value_name = "CODE", hide_short_help = true)]
    pub warn: Vec<String>,
    /// Turn a lint off
    #[arg(short = 'A', long = "allow", value_name = "CODE")]
    pub allow: Vec<String>,
    /// Check expiry as of this date (RFC 3339 or YYYY-MM-DD) [default: now]
    /// [env: SOURCE_DATE_EPOCH]
    #[arg(long, value_name = "DATE", hide_short_help = true)]
    pub at: Option<String>,
    #[command(flatten)]
    pub plain: PlainMessages,
}

/// How messages are shown.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Message options")]
pub struct PlainMessages {
    /// Print messages in this format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub message_format: MessageFormat,
    /// Color messages
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", hide_short_help = true)]
    pub color: ColorChoice,
    /// Print errors only
    #[arg(short, long)]
    pub quiet: bool,
    /// Print which specs and identities are used
    #[arg(short, long, hide_short_help = true)]
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
}

impl PlainMessages {
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
                format!("`--at` is {}, which is not a date", code(text)),
                "write a date such as `2030-01-31` or `2030-01-31T12:00:00Z`",
            )),
        };
    }
    if let Some(text) = env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) {
        return match text.to_str().and_then(|text| text.parse().ok()) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(usage(
                "`SOURCE_DATE_EPOCH` is not a number".to_owned(),
                "set it to seconds since 1970, as `date +%s` prints them",
            )),
        };
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Ok(now.and_then(|now| i64::try_from(now.as_secs()).ok()))
}

fn usage(message: String, help: &str) -> Box<Diagnostic> {
    Box::new(diagnostic!(USAGE, "{message}").help(help))
}
