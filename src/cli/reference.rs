//! Commands that print what the program knows: `explain`, `schema` and `completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Exit, terminal::Terminal};
use crate::diag::lint_levels::{self, LintNameError};
use crate::diag::phrases::{code, did_you_mean};
use crate::diag::{codes, diagnostic};
use crate::spec::schema::schema;

/// Explain a check, with a wrong and a right example
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage explain                list every code
  mintage explain tls-pair       one of them")]
pub struct Explain {
    /// Code in brackets after `error` or `warning` [default: list all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub fn run(&self) -> Exit {
        let terminal = Terminal::plain();
        let Some(name) = &self.code else {
            return terminal.print(&list());
        };
        if let Some(found) = codes::find(name) {
            return terminal.print(&found.page());
        }
        if let Some(Some(now)) = codes::former(name) {
            let page = now.page();
            return terminal.print(&format!("`{name}` is now called `{}`.\n\n{page}", now.name));
        }
        let known = codes::ALL.iter().map(|code| code.name);
        let diagnostic = match codes::former(name) {
            Some(gone) => lint_levels::describe(name, LintNameError::Former(gone)),
            None => diagnostic!(UNKNOWN_CODE, "unknown check {}", code(name))
                .maybe_help(did_you_mean(name, known)),
        };
        terminal.fail(diagnostic.help(lint_levels::LIST));
        Exit::Usage
    }
}

fn list() -> String {
    let width = codes::ALL.iter().map(|code| code.name.len()).max().unwrap_or_default();
    codes::ALL
        .iter()
        .map(|code| {
            format!("{:width$}  {:7}  {}\n", code.name, code.usual_level().name(), code.summary)
        })
        .collect()
}

/// Print the JSON Schema of the spec language
#[derive(Debug, Args)]
#[command(after_help = "Example:
  mintage schema > spec.v1.json      first line of the spec: #:schema ./spec.v1.json")]
pub struct Schema {}

impl Schema {
    pub fn run(&self) -> Exit {
        Terminal::plain().print(&schema())
    }
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage completions bash > /etc/bash_completion.d/mintage
  mintage completions zsh > ~/.zfunc/_mintage
  mintage completions fish > ~/.config/fish/completions/mintage.fish")]
pub struct Completions {
    /// Shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(&self, command: &mut Command) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "mintage", &mut script);
        Terminal::plain().print(&String::from_utf8_lossy(&script))
    }
}
