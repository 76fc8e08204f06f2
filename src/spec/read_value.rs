//! Reads values: the strings, numbers and tables that stand wherever secret bytes go.

use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{FileKeys, UseKeys, VALUE, ValueKeys};
use super::node::Text;
use super::read::{SpecReader, TomlValue};
use super::shape::{Presence, Table, class, integer};
use super::takes::{Given, Keys};
use super::value::{Fetch, How, Modifiers, Source, Value};
use crate::diag::phrases::{code, nearest, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::source::Span;
use crate::structure::Format;

impl SpecReader {
    /// Reads the value of the key `name`.
    pub(crate) fn value(&mut self, name: &str, toml: &TomlValue<'_>) -> Option<Value> {
        let span = self.span(toml.span());
        let simple = |source| Some(Value { span, source, modifiers: Modifiers::default() });
        let not = |class: &str| {
            diagnostic!(WRONG_TYPE, "{} takes a value, not {class}", code(name)).at(span, class)
        };
        let problem = match toml.get_ref() {
            DeValue::String(text) => {
                self.templates.push(toml.span());
                return simple(Source::Template(Text { value: text.to_string(), span }));
            }
            DeValue::Boolean(boolean) => return simple(Source::Literal(boolean.to_string())),
            DeValue::Table(table) if self.is_dotted_mistake(name, table) => return None,
            DeValue::Table(table) => return self.value_table(table, span, &VALUE),
            // 0o755 has two texts, `755` and `493`: the writer has to say which.
            DeValue::Integer(number) if number.radix() != 10 => {
                bare(not("an integer that is not decimal"))
            }
            DeValue::Integer(_) => match integer(toml.get_ref()) {
                Some(number) => return simple(Source::Literal(number.to_string())),
                None => bare(not("an integer of more than 64 bits")),
            },
            DeValue::Float(_) | DeValue::Datetime(_) => bare(not(class(toml.get_ref()))),
            DeValue::Array(_) => not("a list").help(format!(
                "to join values, write `{0} = {{ concat = [...] }}`; for a file that holds a list, \
                 `{0} = {{ json = [...] }}`",
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
        let source_key = self.keys(toml, span, definition, &[], |reader, entry| {
            file.read(reader, entry) || used.read(reader, entry) || value.read(reader, entry)
        });
        if let (Some(key), Some(_)) = (file.sops.key, file.sops.get()) {
            self.problems.push(
                diagnostic!(NOT_YET, "this version of mintage does not read SOPS files yet")
                    .at(key, "not yet")
                    .help(
                        "until then, re-encrypt the file with age: `sops decrypt FILE | age -r \
                         RECIPIENT -o FILE.age`, and write `age = \"FILE.age\"`",
                    ),
            );
        }
        if self.problems.len() > before {
            return None;
        }
        let modifiers = Modifiers {
            key: value.key.get().cloned(),
            format: file.format.value,
            decode: file.decode.value.is_some(),
            template: value.template.value == Some(true),
            trim: value.trim.value == Some(true),
            optional: file.optional.value == Some(true),
            override_: used.override_.value == Some(true),
        };
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
        let value = Value { span, source, modifiers };
        if std::ptr::eq(definition, &VALUE) {
            for (key, name) in conflicts {
                if let (Some(key), Some(why)) = (key, no_sense(name, &value)) {
                    let conflict = diagnostic!(CONFLICTING_KEYS, "{why}").at(key, "");
                    let conflict = conflict.help("remove one of the two");
                    self.problems.push(conflict.also(source_key.unwrap_or(span), ""));
                }
            }
        }
        (self.problems.len() == before).then_some(value)
    }

    /// `data.my.cnf = ...` makes a key `my` with a table in it: TOML's dots are the mistake nearly
    /// everybody makes once.
    fn is_dotted_mistake(&mut self, name: &str, toml: &DeTable<'_>) -> bool {
        let sources = VALUE.names(Presence::Source);
        let mut keys = toml.iter();
        let (Some((key, value)), None) = (keys.next(), keys.next()) else { return false };
        let inner = key.get_ref().as_ref();
        if VALUE.field(inner).is_some() || nearest(inner, sources.iter().copied()).is_some() {
            return false;
        }
        let joined = format!("{name}.{inner}");
        self.problems.push(
            diagnostic!(UNKNOWN_KEY, "a value has no key {}", code(inner))
                .at(self.span(key.span()), "unknown key")
                .note(format!(
                    "in TOML, a dot in a key starts a table: this says the data key {} holds {}",
                    code(name),
                    class(value.get_ref())
                ))
                .help(format!(
                    "if the data key is {}, quote it: `data.{} = ...`",
                    code(&joined),
                    string_literal(&joined)
                ))
                .help(format!("a table has one of {}", one_of(sources))),
        );
        true
    }
}

/// A bare thing of which the plain text is not certain.
fn bare(problem: Diagnostic) -> Diagnostic {
    problem
        .note("a Secret holds bytes, and this can be written as text in more than one way")
        .help("put it in quotes, spelled as the program that reads it expects")
}

/// Why a modifier makes no sense in a value; it is a mistake then, not decoration.
fn no_sense(modifier: &str, value: &Value) -> Option<&'static str> {
    match (modifier, &value.source) {
        ("format", Source::Named(_)) if value.modifiers.key.is_none() => {
            Some("the format of a source is said once, in `[sources]`")
        }
        ("key" | "format", Source::Fetch(_) | Source::Named(_)) => None,
        ("key", _) => Some("`key` selects inside a structured file, and this source is none"),
        ("format", _) => Some("`format` is for a structured file, and this source is none"),
        ("template", Source::Literal(_)) => {
            Some("`value` is the string as it stands; for a template, write the string alone")
        }
        ("template", Source::Tree(..)) => Some("the strings of a tree are templates already"),
        _ => None,
    }
}
