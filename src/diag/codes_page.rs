//! The pages of the codes as Markdown: for `mintage explain`, and all of them as `docs/codes.md`.

use super::codes::Code;
use super::{Level, phrases};

pub(crate) fn page(code: &Code) -> String {
    format!(
        "# {}\n\n{} ({})\n\n{}",
        code.name,
        phrases::capitalized(code.summary),
        level(code),
        code.explanation
    )
}

/// All codes: a table, then the page of each. `docs/codes.md` holds this text.
#[cfg(test)]
pub(crate) fn all() -> String {
    let mut out = String::from(
        "# Every check\n\n\
         <!-- Made from src/diag/codes.rs and src/diag/explain: UPDATE=1 cargo test --lib explain \
         -->\n\n\
         `mintage explain CODE` prints the same pages. What is an error stays one, unless its page \
         says otherwise; levels of\nwarnings are set in `[lint]`, in a Secret's `lint`, or with \
         `-A`, `-W` and `-D`.\n\n\
         | code | level | finds |\n|---|---|---|\n",
    );
    for code in super::codes::ALL {
        out.push_str(&format!(
            "| [`{0}`](#{0}) | {1} | {2} |\n",
            code.name,
            code.usual_level().name(),
            code.summary.replace('|', "\\|")
        ));
    }
    for code in super::codes::ALL {
        out.push('\n');
        out.push_str(&one_deeper(&page(code)));
    }
    out
}

fn level(code: &Code) -> &'static str {
    match code.level {
        Level::Warning if code.denied => "error; `[lint]`, `-A` and `-W` change that",
        Level::Warning => "warning; `[lint]`, `-A`, `-W` and `-D` change that",
        Level::Error => "error",
        Level::Note => "note",
    }
}

/// Markdown with every heading one level deeper; what stands in fences is no heading.
#[cfg(test)]
fn one_deeper(markdown: &str) -> String {
    let mut fenced = false;
    let mut out = String::with_capacity(markdown.len() + 16);
    for line in markdown.lines() {
        fenced ^= line.starts_with("```");
        if line.starts_with('#') && !fenced {
            out.push('#');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_move_and_comments_stay() {
        assert_eq!(
            one_deeper("# a\n```sh\n# no heading\n```\n## b\n"),
            "## a\n```sh\n# no heading\n```\n### b\n"
        );
    }
}
