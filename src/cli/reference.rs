//! Commands that print what the program knows: `explain`, `schema` and `completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use super::Exit;
use super::terminal::Terminal;
use crate::diag::codes_page::page;
use crate::diag::lint_levels::{self, LintNameError};
use crate::diag::phrases::{code, nearest};
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
        let diagnostic = match (codes::find(name), codes::former(name)) {
            (Some(found), _) => return terminal.print(&page(found)),
            (None, Some(Some(now))) => {
                let text = format!("`{name}` is now named `{}`.\n\n{}", now.name, page(now));
                return terminal.print(&text);
            }
            (None, Some(None)) => lint_levels::describe(name, LintNameError::Former(None)),
            (None, None) => diagnostic!(UNKNOWN_CODE, "unknown check {}", code(name)).maybe_help(
                nearest(name, codes::ALL.iter().map(|code| code.name))
                    .map(|nearest| format!("did you mean {}?", code(nearest))),
            ),
        };
        let diagnostic = diagnostic.help("run `mintage explain` to list all checks");
        terminal.fail(diagnostic);
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
