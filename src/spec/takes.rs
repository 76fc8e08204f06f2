//! What the keys of the language take: how it is described, how it is read, and what it is after
//! that. [`table`] makes structs of it.

use toml::de::DeValue;

use super::node::{Node, Text};
use super::read::{SpecReader, TomlEntry, TomlValue};
use super::shape::{Field, Key, Shape, Table, integer};
use super::value::Value;
use crate::diag::diagnostic;
use crate::source::{Span, Spanned};
use crate::structure::Format;

pub(crate) trait Takes {
    /// What it is after reading.
    type Out;
    const SHAPE: Shape;
    /// Reads the value of a key. `None` if it is wrong, which is reported.
    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<Self::Out>;
}

/// A key that a table may have.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub key: Option<Span>,
    /// What it holds; nothing if that is wrong, which was reported.
    pub value: Option<T>,
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self { key: None, value: None }
    }
}

impl<T> Given<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

impl<T> Given<Vec<T>> {
    /// The elements; none where the key is not given.
    pub(crate) fn list(&self) -> &[T] {
        self.value.as_deref().unwrap_or_default()
    }
}

/// A part of a spec that walks stop at.
#[derive(Clone, Copy)]
pub(crate) enum Part<'s> {
    Text(&'s Text),
    Data(&'s Node),
    /// A value, an element of `data-from` or a source.
    Value(&'s Value),
}

/// What a walk calls for each part, with the key that it stands under.
pub(crate) type Visit<'v, 's> = &'v mut dyn FnMut(&'s str, Part<'s>);

pub(crate) trait Walk {
    fn walk<'s>(&'s self, _key: &'s str, _visit: Visit<'_, 's>) {}
}

impl Walk for () {}
impl Walk for i64 {}
impl Walk for bool {}
impl Walk for Spanned<Format> {}

macro_rules! part {
    ($($type_:ty => $part:expr;)*) => {$(
        impl Walk for $type_ {
            fn walk<'s>(&'s self, key: &'s str, visit: Visit<'_, 's>) {
                visit(key, $part(self));
            }
        }
    )*};
}
part! { Text => Part::Text; Node => Part::Data; Value => Part::Value; }

impl<T: Walk> Walk for (Text, T) {
    fn walk<'s>(&'s self, _: &'s str, visit: Visit<'_, 's>) {
        self.1.walk(&self.0.value, visit);
    }
}

impl<T: Walk> Walk for Vec<T> {
    fn walk<'s>(&'s self, key: &'s str, visit: Visit<'_, 's>) {
        for element in self {
            element.walk(key, visit);
        }
    }
}

impl<T: Walk> Walk for Given<T> {
    fn walk<'s>(&'s self, key: &'s str, visit: Visit<'_, 's>) {
        if let Some(value) = &self.value {
            value.walk(key, visit);
        }
    }
}

/// Keys that are a struct after reading: those of a whole table, or a part of them.
pub(crate) trait Keys: Walk + Default {
    const FIELDS: &'static [Field];
    /// Reads the value of a key, if it is one of these.
    fn read(&mut self, reader: &mut SpecReader, entry: &TomlEntry<'_>) -> bool;
}

/// A struct that is a table of its own.
pub(crate) trait TableType: Keys {
    const TABLE: &'static Table;
}

/// The one description of tables: `NAME = "as messages call it", "what it is, for the schema"`,
/// and of each key the field of the struct, what it takes, its name in a spec, its documentation,
/// and its [`Presence`](super::shape::Presence) if it is not optional. A part of a table has
/// neither name nor description.
macro_rules! table {
    ($(
        $(#[$attr:meta])*
        $name:ident $(= $title:literal, $doc:literal)? {
            $($field:ident: $takes:ty = $key:expr, $field_doc:literal $(, $presence:ident)?;)*
        }
    )*) => {$(
        $(#[$attr])*
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name {
            $(#[doc = $field_doc] pub $field: $crate::spec::takes::GivenOf<$takes>,)*
        }

        const _: () = {
            use $crate::spec::read::{SpecReader, TomlEntry};
            use $crate::spec::shape::{Field, Key};
            use $crate::spec::takes::{Given, Keys, Takes, Visit, Walk};

            impl Walk for $name {
                fn walk<'s>(&'s self, _: &'s str, visit: Visit<'_, 's>) {
                    $(self.$field.walk($key, visit);)*
                }
            }

            impl Keys for $name {
                const FIELDS: &'static [Field] = &[$(Field {
                    name: $key,
                    shape: <$takes as Takes>::SHAPE,
                    presence: $crate::spec::takes::table!(@presence $($presence)?),
                    doc: $field_doc,
                    fills: None,
                }),*];

                fn read(&mut self, reader: &mut SpecReader, entry: &TomlEntry<'_>) -> bool {
                    $(
                        if entry.field.name == $key {
                            let at = reader.span(entry.value.span());
                            let shape = &entry.field.shape;
                            let key = Key { name: $key, is_chosen: false, shape, at };
                            let value = <$takes as Takes>::read(reader, key, entry.value);
                            self.$field = Given { key: Some(entry.key), value };
                            return true;
                        }
                    )*
                    false
                }
            }

            $(
                impl $crate::spec::takes::TableType for $name {
                    const TABLE: &'static $crate::spec::shape::Table =
                        &$crate::spec::shape::Table {
                            name: $title,
                            doc: $doc,
                            fields: &[Self::FIELDS],
                        };
                }
            )?
        };
    )*};
    (@presence) => { $crate::spec::shape::Presence::Optional };
    (@presence $presence:ident) => { $crate::spec::shape::Presence::$presence };
}
pub(crate) use table;

pub(crate) type GivenOf<T> = Given<<T as Takes>::Out>;
pub(crate) type List<T> = Vec<T>;
/// A table with free names.
pub(crate) type Map<T> = Vec<(Text, T)>;

impl<T: Takes> Takes for List<T> {
    type Out = Vec<T::Out>;
    const SHAPE: Shape = Shape::List(&T::SHAPE);
    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<Self::Out> {
        let DeValue::Array(array) = value.get_ref() else { return reader.wrong_type(key, value) };
        let mut elements = Vec::new();
        for element in array.iter() {
            let key = Key { at: reader.span(element.span()), ..key };
            elements.extend(T::read(reader, key, element));
        }
        // Without any that is right, nobody can tell what is missing.
        (!elements.is_empty() || array.is_empty()).then_some(elements)
    }
}

impl<T: Takes> Takes for Map<T> {
    type Out = Vec<(Text, T::Out)>;
    const SHAPE: Shape = Shape::Map(&T::SHAPE);
    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<Self::Out> {
        let mut entries = Vec::new();
        for (name, element) in reader.table(key, value)? {
            let name = reader.key(name);
            let key = Key { name: &name.value, is_chosen: true, shape: &T::SHAPE, at: name.span };
            if let Some(element) = T::read(reader, key, element) {
                entries.push((name, element));
            }
        }
        Some(entries)
    }
}

impl<T: TableType> Takes for T {
    type Out = T;
    const SHAPE: Shape = Shape::Table(T::TABLE);
    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<T> {
        let toml = reader.table(key, value)?;
        let mut table = T::default();
        reader.keys(toml, key.at, T::TABLE, &[], |reader, entry| table.read(reader, entry));
        Some(table)
    }
}

impl Takes for Value {
    type Out = Self;
    const SHAPE: Shape = Shape::Value;
    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<Value> {
        if key.is_chosen && reader.is_dotted_data_key(key.name, value) {
            return None;
        }
        reader.value(key.name, value)
    }
}

/// Something that keys take: what it is after reading, how it is described, and how it is read.
macro_rules! takes {
    ($(
        $(#[$attr:meta])*
        $name:ident -> $out:ty, $described:expr;
        |$reader:ident, $key:pat_param, $value:ident| $read:expr;
    )*) => {$(
        $(#[$attr])*
        pub(crate) enum $name {}

        impl Takes for $name {
            type Out = $out;
            const SHAPE: Shape = $described;
            fn read(
                $reader: &mut SpecReader,
                $key: Key<'_>,
                $value: &TomlValue<'_>,
            ) -> Option<Self::Out> {
                $read
            }
        }
    )*};
}
pub(crate) use takes;

takes! {
    /// A string that may be quoted: plain, or a template without access to `sources`, such as
    /// metadata or a path.
    PublicText -> Text, Shape::Text;
    |reader, key, value| reader.text(key, value, true);
    /// A string that may be secret, or a template with access to `sources`.
    SecretText -> Text, Shape::Text;
    |reader, key, value| reader.text(key, value, false);
    /// One public string or several.
    PublicTexts -> Vec<Text>, Shape::Texts;
    |reader, key, value| match value.get_ref() {
        DeValue::Array(array) if !array.is_empty() => {
            let texts = array.iter().map(|element| reader.text(key, element, true));
            // Every one that is wrong is reported.
            let texts: Vec<Option<Text>> = texts.collect();
            texts.into_iter().collect()
        }
        DeValue::String(_) => reader.text(key, value, true).map(|text| vec![text]),
        _ => reader.wrong_type(key, value),
    };
    Date -> Text, Shape::Date;
    |reader, key, value| match value.get_ref() {
        DeValue::Datetime(date) => {
            reader.visible.push(value.span());
            Some(Text { value: date.to_string(), span: reader.span(value.span()) })
        }
        _ => reader.text(key, value, true),
    };
    Bool -> bool, Shape::Bool;
    |reader, key, value| match value.get_ref() {
        DeValue::Boolean(boolean) => {
            reader.visible.push(value.span());
            Some(*boolean)
        }
        _ => reader.wrong_type(key, value),
    };
    Version -> (), Shape::Version;
    |reader, key, value| {
        reader.visible.push(value.span());
        let Some(version) = integer(value.get_ref()) else {
            return reader.wrong_type(key, value);
        };
        if version != 1 {
            reader.problems.push(
                diagnostic!(INVALID_VALUE, "unknown spec version `{version}`")
                    .at(reader.span(value.span()), "")
                    .help("write `version = 1`, or upgrade mintage"),
            );
        }
        (version == 1).then_some(())
    };
    FormatName -> Spanned<Format>, Shape::Word(Format::NAMES);
    |reader, key, value| {
        let word = reader.word(key, Format::NAMES, value)?;
        Some(Spanned::new(Format::from_name(&word.value)?, word.span))
    };
    Decode -> (), Shape::Word(&["base64"]);
    |reader, key, value| reader.word(key, &["base64"], value).map(|_| ());
    Data -> Node, Shape::Data;
    |reader, key, value| reader.table(key, value).and_then(|_| reader.node(value, true));
    ForEach -> Node, Shape::ForEach;
    |reader, _, value| reader.node(value, true);
    /// A tree whose strings are templates with access to `sources`; it is written in a format.
    Tree -> Node, Shape::Tree;
    |reader, _, value| reader.node(value, false);
}
