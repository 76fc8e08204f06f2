//! Reads values: the strings, numbers and tables that stand wherever secret bytes go.

use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::generate::Generate;
use super::language::{FileKeys, SOURCE, SourceKeys, UseKeys, VALUE, ValueKeys};
use super::node::Text;
use super::read::{SpecReader, TomlValue};
use super::shape::{Presence, Table, class, integer};
use super::takes::{Given, Keys};
use super::value::{Fetch, How, Modifiers, REENCRYPT_SOPS, Source, Value};
use crate::diag::phrases::{code, nearest, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::source::Span;
use crate::structure::{self, Format, KeyPath};

impl SpecReader {
    pub(crate) fn value(&mut self, name: &str, toml: &TomlValue<'_>) -> Option<Value> {
        let span = self.span(toml.span());
        let simple = |source| {
            Some(Value { span, source, modifiers: Modifiers::default(), generate: Vec::new() })
        };
        let not = |why: &str| diagnostic!(WRONG_TYPE, "{} {why}", code(name)).at(span, "");
        let problem = match toml.get_ref() {
            DeValue::String(text) => {
                self.templates.push(toml.span());
                return simple(Source::Template(Text { value: text.to_string(), span }));
            }
            DeValue::Boolean(boolean) => return simple(Source::Literal(boolean.to_string())),
            DeValue::Table(table) => return self.value_table(table, span, &VALUE),
            // 0o755 has two texts, `755` and `493`: the writer has to say which.
            DeValue::Integer(number) if number.radix() != 10 => {
                bare(not("must be a decimal integer"))
            }
            DeValue::Integer(_) => match integer(toml.get_ref()) {
                Some(number) => return simple(Source::Literal(number.to_string())),
                None => bare(not("does not fit in 64 bits")),
            },
            DeValue::Float(_) | DeValue::Datetime(_) => {
                bare(not(&format!("can't be {}", class(toml.get_ref()))))
            }
            DeValue::Array(_) => not("can't be a list").help(format!(
                "write `{0} = {{ concat = [...] }}` to join values, or `{0} = {{ json = [...] }}` \
                 for a JSON list",
                key_literal(name)
            )),
        };
        self.problems.push(problem);
        None
    }

    /// Reads a table that says where bytes come from. A source is placed at its name, all else at
    /// its table.
    pub(crate) fn value_table(
        &mut self,
        toml: &DeTable<'_>,
        span: Span,
        definition: &'static Table,
    ) -> Option<Value> {
        let before = self.problems.len();
        let (mut file, mut used, mut value) =
            (FileKeys::default(), UseKeys::default(), ValueKeys::default());
        let (is_source, mut keys) = (std::ptr::eq(definition, &SOURCE), SourceKeys::default());
        let source_key = self.keys(toml, span, definition, &[], |reader, entry| {
            (is_source && keys.read(reader, entry))
                || file.read(reader, entry)
                || used.read(reader, entry)
                || value.read(reader, entry)
        });
        if let (Some(key), Some(_)) = (file.sops.key, file.sops.get()) {
            self.problems.push(
                diagnostic!(NOT_YET, "this version of mintage does not read SOPS files yet")
                    .at(key, "")
                    .help(REENCRYPT_SOPS),
            );
        }
        if self.problems.len() > before {
            return None;
        }
        let generate_key = value.generate.key.or(keys.generate.key);
        let generate = self.generated(&value, &keys);
        let modifiers = Modifiers {
            key: value.key.get().cloned(),
            format: file.format.value,
            decode: file.decode.value.is_some(),
            template: value.template.value == Some(true),
            trim: value.trim.value == Some(true),
            optional: file.optional.value == Some(true),
            override_: used.override_.value == Some(true),
        };
        let optional = file.optional.key.filter(|_| file.optional.value == Some(true));
        let conflicts =
            [(file.format.key, "format"), (value.key.key, "key"), (value.template.key, "template")];
        let fetch = |how, what: Given<Text>| Some(Source::Fetch(Fetch { how, what: what.value? }));
        let tree = |format, tree: Given<_>| Some(Source::Tree(format, tree.value?));
        let source = fetch(How::File, file.file)
            .or(fetch(How::Age, file.age))
            .or(fetch(How::Armor, file.armor))
            .or(fetch(How::EnvVar, file.env_var))
            .or(used.source.value.map(Source::Named))
            .or(value.value.value.map(|text| Source::Literal(text.value)))
            .or(value.base64.value.map(Source::Base64))
            .or(tree(Format::Json, value.json))
            .or(tree(Format::Yaml, value.yaml))
            .or(tree(Format::Toml, value.toml))
            .or(tree(Format::Dotenv, value.dotenv))
            .or(value.concat.value.map(Source::Concat))?;
        let value = Value { span, source, modifiers, generate };
        if let (Some(key), Some(source)) = (generate_key, &source_key) {
            self.check_generate(key, source, optional, &value.source);
        }
        if std::ptr::eq(definition, &VALUE) {
            for (key, name) in conflicts {
                if let (Some(key), Some(source), Some((why, help))) =
                    (key, &source_key, no_sense(name, &value))
                {
                    let message =
                        format!("{} can't be used with {}", code(name), code(&source.value));
                    self.problems.push(
                        diagnostic!(CONFLICTING_KEYS, "{message}{why}")
                            .at(key, "")
                            .also(source.span, "")
                            .help(help.unwrap_or_else(|| format!("remove {}", code(name)))),
                    );
                }
            }
        }
        (self.problems.len() == before).then_some(value)
    }

    /// `data.my.cnf = ...` makes a data key `my` with a table in it: TOML's dots are the mistake
    /// nearly everybody makes once.
    pub(crate) fn is_dotted_data_key(&mut self, name: &str, toml: &TomlValue<'_>) -> bool {
        let DeValue::Table(toml) = toml.get_ref() else { return false };
        let sources = VALUE.names(Presence::Source);
        let mut keys = toml.iter();
        let (Some((key, _)), None) = (keys.next(), keys.next()) else { return false };
        let inner = key.get_ref().as_ref();
        if VALUE.field(inner).is_some() || nearest(inner, sources.iter().copied()).is_some() {
            return false;
        }
        let joined = format!("{name}.{inner}");
        self.problems.push(
            diagnostic!(UNKNOWN_KEY, "a value has no key {}", code(inner))
                .at(self.span(key.span()), "")
                .note(format!(
                    "in TOML, a dot in a key makes a table, so this sets {} in the data key {}",
                    code(inner),
                    code(name)
                ))
                .help(format!(
                    "quote it if the data key is {}: `data.{} = ...`",
                    code(&joined),
                    string_literal(&joined)
                ))
                .help(format!("use one of {}", one_of(sources))),
        );
        true
    }
}

impl SpecReader {
    /// What a value or source says is to be generated, for which keys.
    pub(crate) fn generated(&mut self, value: &ValueKeys, keys: &SourceKeys) -> Vec<Generate> {
        let mut all: Vec<Generate> = value.generate.get().cloned().into_iter().collect();
        for (path, generate) in keys.generate.list() {
            if let Err(fault) = KeyPath::parse(&path.value) {
                let problem = structure::messages::bad_key_path(&path.value, &fault);
                self.problems.push(problem.at(path.span, ""));
                continue;
            }
            all.push(Generate { key: Some(path.clone()), ..generate.clone() });
        }
        all
    }

    /// Only an age file is written by `mintage generate`, and only what must be there.
    pub(crate) fn check_generate(
        &mut self,
        generate: Span,
        key: &Text,
        optional: Option<Span>,
        source: &Source,
    ) {
        let problem = match source {
            Source::Fetch(Fetch { how: How::Age, .. }) => match optional {
                None => return,
                Some(optional) => {
                    diagnostic!(CONFLICTING_KEYS, "`generate` can't be used with `optional`")
                        .at(generate, "")
                        .also(optional, "")
                        .note("what `generate` describes has to be there for a build")
                        .help("remove one of the two")
                }
            },
            source => {
                let message = format!("`generate` can't be used with {}", code(&key.value));
                let diagnostic = diagnostic!(CONFLICTING_KEYS, "{message}")
                    .at(generate, "")
                    .also(key.span, "")
                    .note("generated values are stored in age files");
                match source {
                    Source::Named(name) => diagnostic.help(format!(
                        "move it to `[sources.{}]`: `generate.\"KEY\" = {{ ... }}`",
                        key_literal(&name.value)
                    )),
                    _ => diagnostic.help("write `age = \"FILE.age\"`, or remove `generate`"),
                }
            }
        };
        self.problems.push(problem);
    }
}

/// A bare thing of which the plain text is not certain.
fn bare(problem: Diagnostic) -> Diagnostic {
    problem
        .note("its text form is ambiguous, and a Secret stores exact bytes")
        .help("put it in quotes, in the form that the program expects")
}

/// Why a modifier makes no sense with the source of a value, and what to do but to remove it; it is
/// a mistake then, not decoration.
fn no_sense(modifier: &str, value: &Value) -> Option<(&'static str, Option<String>)> {
    Some(match (modifier, &value.source) {
        ("format", Source::Named(name)) if value.modifiers.key.is_none() => {
            ("", Some(format!("move `format` to `[sources.{}]`", key_literal(&name.value))))
        }
        ("key" | "format", Source::Fetch(_) | Source::Named(_)) => return None,
        ("key", _) => (": it selects a value from a structured file", None),
        ("format", _) => (": it is for structured files", None),
        ("template", Source::Literal(_)) => {
            let help = "write `\"...\"` instead of `{ value = \"...\" }` for a template";
            (", which is a literal string", Some(help.to_owned()))
        }
        ("template", Source::Tree(..)) => (", whose strings are already templates", None),
        _ => return None,
    })
}
