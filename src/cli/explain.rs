//! `mintage explain`: why a check exists.

use clap::Args;

use super::Exit;
use super::terminal::Terminal;
use crate::diag::codes_page::page;
use crate::diag::phrases::{code, nearest};
use crate::diag::{Diagnostic, codes};
use crate::source::SourceMap;

/// Say why a check exists, with a wrong and a right example
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage explain                list every code
  mintage explain tls-pair       one of them")]
pub struct Explain {
    /// The code in brackets behind `error` or `warning`; without one, all are listed
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Exit {
        let Some(name) = &self.code else {
            return terminal.print(&list());
        };
        match codes::find(name) {
            Some(found) => terminal.print(&page(found)),
            None => {
                let known = codes::ALL.iter().map(|code| code.name);
                let diagnostic = Diagnostic::new(
                    &codes::UNKNOWN_CODE,
                    format!("there is no check {}", code(name)),
                )
                .maybe_help(
                    nearest(name, known).map(|nearest| format!("did you mean {}?", code(nearest))),
                )
                .help("`mintage explain` lists all of them");
                terminal.report(&[diagnostic], &SourceMap::new());
                Exit::Usage
            }
        }
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
