//! What of a template's text a message may show: the expressions, without the strings in them. The
//! text around them, comments and raw blocks are values.
//!
//! Of a template that does not parse, nobody knows which words are expressions: where a brace is
//! missing, what follows is text. So nothing is shown from the first error on, and before it only
//! operators and words that are known to be harmless.

use std::ops::Range;

use super::lexer::{OPENING_BYTES, next_open, plain_tag, token_length};
use super::{Engine, fault::FILTERS};
use crate::diag::key_names::is_template_name;

/// The variables that are always in scope, which are the words of most templates; tags, operators
/// and constants.
const WORDS: &str = "vars each sources secret env if endif for endfor in else elif set endset and \
    or not is defined none true false loop autoescape block break call continue do endautoescape \
    endblock endcall endfilter endmacro endwith extends filter from import include macro with";

impl Engine {
    /// The parts of `text` that a message may show, in order. `known` says which names are shown
    /// even if the template does not parse.
    pub(crate) fn shown(&self, text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
        if !Self::is_template(text) {
            return Vec::new();
        }
        let error = self.with(text, |env, text| env.template_from_str(text).err());
        // An error without a place may be anywhere.
        let place = |error: minijinja::Error| error.range().map_or(0, |range| range.start);
        let error = error.map_or(Some(0), |error| error.map(place));
        let mut scanner = Scanner { text, error, known, shown: Vec::new() };
        // What can't be scanned to its end is masked from there on.
        let _ = scanner.template();
        scanner.shown
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// Where the first error is, in a template that does not parse.
    error: Option<usize>,
    known: &'a dyn Fn(&str) -> bool,
    shown: Vec<Range<usize>>,
}

impl Scanner<'_> {
    /// Scans as minijinja's lexer does. `None`: it was not understood.
    fn template(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(open) = next_open(self.text, at) {
            // `{{-` and `{{+` say what becomes of the white space before.
            let sign = usize::from(self.rest(open + OPENING_BYTES)?.starts_with(['-', '+']));
            let inside = open + OPENING_BYTES + sign;
            let rest = self.rest(inside)?;
            at = match (self.rest(open)?.as_bytes().get(1)?, plain_tag(rest, "raw", false)) {
                (b'#', _) => inside + rest.find("#}")? + "#}".len(),
                (b'%', Some(length)) => {
                    self.show(open..inside + length)?;
                    self.raw_block(inside + length)?
                }
                (b'%', None) => self.expression(open..inside, "%}")?,
                _ => self.expression(open..inside, "}}")?,
            };
        }
        Some(())
    }

    fn rest(&self, at: usize) -> Option<&str> {
        self.text.get(at..)
    }

    /// Shows a harmless part: all that comes before the first error, and the one that has it.
    fn show(&mut self, range: Range<usize>) -> Option<()> {
        if self.error.is_some_and(|error| range.start > error) {
            return None;
        }
        let is_last = self.error.is_some_and(|error| range.end > error);
        match self.shown.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.shown.push(range),
        }
        (!is_last).then_some(())
    }

    /// From behind `{% raw %}` to behind `{% endraw %}`.
    fn raw_block(&mut self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let tag = at + self.rest(at)?.find("{%")?;
            at = tag + OPENING_BYTES;
            if let Some(length) = plain_tag(self.rest(at)?, "endraw", true) {
                self.show(tag..at + length)?;
                return Some(at + length);
            }
        }
    }

    /// An expression or a tag, from its opening mark to behind its end.
    fn expression(&mut self, open: Range<usize>, close: &str) -> Option<usize> {
        let (tokens, end) = self.tokens(open.end, close);
        let are_names = self.error.is_none() && self.are_names(&tokens);
        self.show(open)?;
        for token in tokens {
            let text = self.text.get(token.clone())?;
            if text.starts_with(['"', '\'']) {
                self.show(token.start..token.start + 1)?;
                // An error inside of the string hides its end too.
                if self.error.is_some_and(|error| token.end > error) {
                    return None;
                }
                self.show(token.end - 1..token.end)?;
                continue;
            }
            let is_short = !is_number(text) || text.len() <= LONGEST_NUMBER;
            if !is_word(text) || are_names && is_short || self.is_known(text) {
                self.show(token)?;
            }
        }
        let Range { start, end } = end?;
        self.show(start..end)?;
        Some(end)
    }

    /// The tokens of an expression or a tag, and its closing mark, if it was understood so far.
    fn tokens(&self, from: usize, close: &str) -> (Vec<Range<usize>>, Option<Range<usize>>) {
        let (mut tokens, mut brackets, mut at) = (Vec::new(), 0_usize, from);
        while let Some(rest) = self.rest(at)
            && let Some(first) = rest.chars().next()
        {
            let sign = usize::from(first == '-' || first == '+');
            if brackets == 0 && rest.get(sign..).is_some_and(|rest| rest.starts_with(close)) {
                return (tokens, Some(at..at + sign + close.len()));
            }
            let Some(length) = token_length(rest, first) else { break };
            brackets = match first {
                '(' | '[' | '{' => brackets + 1,
                ')' | ']' | '}' if brackets == 0 => break,
                ')' | ']' | '}' => brackets - 1,
                _ => brackets,
            };
            tokens.push(at..at + length);
            at += length;
        }
        (tokens, None)
    }

    /// Whether what is not known looks like names, also together: a password without quotes may be
    /// many words for the parser, as `qZ7h+9+X5h|Y`.
    fn are_names(&self, tokens: &[Range<usize>]) -> bool {
        let words = tokens.iter().filter_map(|token| self.text.get(token.clone()));
        let unknown: String = words.filter(|text| is_word(text) && !self.is_known(text)).collect();
        unknown.is_empty() || is_template_name(&unknown)
    }

    fn is_known(&self, word: &str) -> bool {
        WORDS.split(' ').any(|known| known == word)
            || (self.known)(word)
            || FILTERS.split(' ').any(|filter| filter == word)
    }
}

/// Digits of a number that is shown.
const LONGEST_NUMBER: usize = 9;

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

fn is_number(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::Engine;
    use crate::diag::mask::{Mask, as_shown};
    use crate::unit::support::assert_linear;

    /// The name `u` is known.
    fn shown(text: &str) -> String {
        let shown = Engine::new().shown(text, &|name| name == "u");
        as_shown(text, &Mask::showing(shown))
    }

    #[test]
    fn of_a_template_that_parses_expressions_are_shown() {
        for (text, expected) in [
            ("plain", "*"),
            ("a{{ b.c }}d", "*{{ b.c }}*"),
            ("{{- b|upper -}}d", "{{- b|upper -}}*"),
            ("{% if x == 'hunter2' %}hunter2{% endif %}", "{% if x == '*' %}*{% endif %}"),
            ("{{ 'a }} hunter2' }}", "{{ '*' }}"),
            (r"{{ 'a\'}} hunter2' ~ b }}", "{{ '*' ~ b }}"),
            ("{{ {'a': {'b': c}} }}hunter2", "{{ {'*': {'*': c}} }}*"),
            ("{# {{ hunter2 }} #}{{ a }}", "*{{ a }}"),
            ("{%- raw -%}{{ hunter2 }}{%- endraw -%}{{ a }}", "{%- raw -%}*{%- endraw -%}{{ a }}"),
            ("{{ a\n  | upper }}", "{{ a\n  | upper }}"),
            ("{{ Qx7Zp9Kd2 }}{{ vars.dbName[:12] }}", "{{ * }}{{ vars.dbName[:12] }}"),
            ("{{ qZ7h+9+X5hY8pZ2j }}{{ vars.port+10 }}", "{{ *+*+* }}{{ vars.port+10 }}"),
            ("{{ qZ7h | X5h ~ pZ2 }}{{ u | X5h }}", "{{ * | * ~ * }}{{ u | X5h }}"),
            ("{{ 900000 }}{{ 4929123412341234 }}", "{{ 900000 }}{{ * }}"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn from_the_first_error_on_nothing_is_shown() {
        for (text, expected) in [
            ("postgres://{{ vars.u }:hunter2@db/{{ vars.h }}", "*{{ vars.u *"),
            ("{% if vars.x }hunter2{% endif %}", "{% if vars.* *"),
            ("{{ vars.u hunter2 }}", "{{ vars.u *"),
            ("{{ vars.uhunter2@db/{{ vars.h }}", "{{ vars.*"),
            ("{{ vars.u | }}hunter2{{ vars.h }}", "{{ vars.u | }}*"),
            ("{{hunter2}", "{{*"),
            ("{{ vars.u", "{{ vars.u"),
            ("{{ vars.x", "{{ vars.*"),
            ("{{ vars.u }}{% hunter2 %}", "{{ vars.u }}{% *"),
            ("{% include 'hunter2' %}", "{% include*"),
            ("{{ 'a }} hunter2 {{ 'b' }}", "{{ '*'*"),
            ("{{ vars.u }} {{ 'hunter2", "{{ vars.u }}*{{ *"),
            ("{# hunter2 {{ vars.u }}", "*"),
            ("{% raw %}hunter2{{ vars.u }}", "{% raw %}*"),
            ("{% raw %}hunter2{% endraw }", "{% raw %}*"),
            ("{{ vars.u }}{# hunter2 #}{{ vars.h + hunter2", "{{ vars.u }}*{{ vars.* + *"),
            ("{{{ hunter2 }}}", "{{{ * }*"),
            ("{{ vars.u hunter2{% endif %}", "{{ vars.u *"),
            ("{{ ä }}", "{{ *"),
            ("{% if vars.u %}hunter2", "{% if vars.u %}*"),
        ] {
            let shown = shown(text);
            assert!(!shown.contains("hunter"), "{text}: {shown}");
            assert_eq!(shown, expected, "{text}");
        }
    }

    /// Whatever is wrong, and wherever: of a template that does not parse, no text around
    /// expressions is shown.
    #[test]
    fn no_damage_shows_the_text_around() {
        let templates = [
            "hunter2{{ vars.u }}:hunter2@{{ 'hunter2' | upper }}hunter2\nhunter2",
            "{% if vars.x %}hunter2{% else %}hunter2{% endif %}{# hunter2 #}\
             {{ {'hunter2': 1}['hunter2'] }}",
            "{% raw %}hunter2{{ hunter2 }}{% endraw %}\
             {%- for x in vars.l -%}hunter2{{ x }}{% endfor %}",
        ];
        let engine = Engine::new();
        let check = |damaged: String| {
            if !engine.parses(&damaged) {
                let shown = shown(&damaged);
                assert!(!shown.contains("hunter"), "{damaged:?}: {shown:?}");
            }
        };
        let damages =
            r#"{{ }} {% %} {# #} { } ' " \ | % - @ {%raw%} hunter2 '{{"#.split(' ').chain(["\n"]);
        for template in templates {
            for at in 0..=template.len() {
                for damage in damages.clone() {
                    check(format!("{}{damage}{}", &template[..at], &template[at..]));
                }
                for end in at + 1..=template.len().min(at + 12) {
                    check(format!("{}{}", &template[..at], &template[end..]));
                }
                check(template[..at].to_owned());
                check(template[at..].to_owned());
            }
        }
    }

    #[test]
    fn time_is_linear() {
        for piece in
            ["{{}}", "{%%}", "{", "{{ a }}", "{# #}", "{{ 'a' }}", "{% raw %}{% endraw %}", "a+"]
        {
            assert_linear(piece, 1 << 14, |size| {
                Engine::new().shown(&piece.repeat(size / piece.len()), &|_| true);
            });
        }
    }
}
