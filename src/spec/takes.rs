//! What the keys of the language take: how it is described, how it is read, and what it is after
//! that. [`table`] makes structs of it.

use toml::de::{DeTable, DeValue};

use super::node::{self, Node};
use super::read::{SpecReader, TomlValue};
use super::record::{Given, Item, Record};
use super::shape::{Field, Shape, Table, integer};
use super::value::{Value, WholeFile};
use crate::diag::diagnostic;
use crate::source::{Span, Spanned};
use crate::structure;

/// What a key takes.
pub(crate) trait Takes {
    /// What it is after reading.
    type Out;
    /// How messages and the schema describe it.
    const SHAPE: Shape;
    /// Reads the value of the key `name`. `None` if it is wrong, which is reported.
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out>;
    /// What walks over a spec see of it.
    fn item(_: &Self::Out) -> Item<'_> {
        Item::Other
    }
}

/// Keys that are a struct after reading: those of a whole table, or a part of them.
pub(crate) trait Keys: Record {
    /// The keys.
    const FIELDS: &'static [Field];
    /// None of them is given yet.
    fn new(span: Span) -> Self;
    /// Where the table is.
    fn span(&self) -> Span;
    /// Every key's name, and where it is written.
    fn keys(&self) -> Vec<(&'static str, Option<Span>)>;
    /// Reads the value of `field`, if it is one of these keys.
    fn read(
        &mut self,
        reader: &mut SpecReader,
        field: &Field,
        key: Span,
        value: &TomlValue<'_>,
    ) -> bool;
}

/// A struct that is a table of its own.
pub(crate) trait TableType: Keys {
    /// Its description.
    const TABLE: &'static Table;
}

/// The one description of a table: `NAME = "as messages call it", "what it is, for the schema"`,
/// and of each key the field of the struct, what it takes, its name in a spec, its documentation,
/// and whether it is `required`. A part of a table has neither name nor description.
macro_rules! table {
    (
        $(#[$attr:meta])*
        $name:ident $(= $title:literal, $doc:literal)? {
            $($field:ident: $takes:ty = $key:expr, $field_doc:literal $(, $required:ident)?;)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            /// Where the table is.
            pub span: $crate::source::Span,
            $(#[doc = $field_doc] pub $field: $crate::spec::takes::GivenOf<$takes>,)*
        }

        const _: () = {
            use $crate::source::Span;
            use $crate::spec::read::{SpecReader, TomlValue};
            use $crate::spec::record::{Given, Item, Record};
            use $crate::spec::shape::Field;
            use $crate::spec::takes::{Keys, Takes};

            impl Record for $name {
                fn items(&self) -> Vec<(&'static str, Span, Item<'_>)> {
                    let mut items = Vec::new();
                    $(
                        if let (Some(key), Some(value)) = (self.$field.key, &self.$field.value) {
                            items.push(($key, key, <$takes as Takes>::item(value)));
                        }
                    )*
                    items.sort_by_key(|(_, key, _)| *key);
                    items
                }
            }

            impl Keys for $name {
                const FIELDS: &'static [Field] = &[$(Field {
                    name: $key,
                    shape: <$takes as Takes>::SHAPE,
                    required: $crate::spec::takes::table!(@required $($required)?),
                    doc: $field_doc,
                    fills: None,
                }),*];

                fn new(span: Span) -> Self {
                    Self { span, $($field: Given::default(),)* }
                }

                fn span(&self) -> Span {
                    self.span
                }

                fn keys(&self) -> Vec<(&'static str, Option<Span>)> {
                    vec![$(($key, self.$field.key)),*]
                }

                fn read(
                    &mut self,
                    reader: &mut SpecReader,
                    field: &Field,
                    key: Span,
                    value: &TomlValue<'_>,
                ) -> bool {
                    $(
                        if field.name == $key {
                            let value = <$takes as Takes>::read(reader, $key, value);
                            self.$field = Given { key: Some(key), value };
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
    };
    (@required required) => { true };
    (@required) => { false };
}
pub(crate) use table;

/// A key that takes this, after reading.
pub(crate) type GivenOf<T> = Given<<T as Takes>::Out>;

/// Something that keys take: what it is after reading, how it is described, what walks see of it,
/// and how it is read.
macro_rules! takes {
    (
        $(#[$attr:meta])*
        $name:ident -> $out:ty, $shape:expr $(, $item:ident)?;
        |$reader:ident, $key:pat_param, $value:ident| $read:expr
    ) => {
        $(#[$attr])*
        pub(crate) enum $name {}

        impl Takes for $name {
            type Out = $out;
            const SHAPE: Shape = $shape;
            fn read(
                $reader: &mut SpecReader,
                $key: &str,
                $value: &TomlValue<'_>,
            ) -> Option<Self::Out> {
                $read
            }
            $(
                fn item(out: &Self::Out) -> Item<'_> {
                    Item::$item(out)
                }
            )?
        }
    };
}

impl SpecReader {
    /// Reads a table.
    pub(crate) fn table<T: TableType>(&mut self, toml: &DeTable<'_>, span: Span) -> T {
        let mut table = T::new(span);
        self.keys(toml, span, T::TABLE, &[], |reader, field, key, value| {
            table.read(reader, field, key, value)
        });
        table
    }
}

takes! {
    /// A string that may be quoted: a template without access to `sources`, such as metadata or a
    /// path.
    Text -> node::Text, Shape::Text, Text;
    |reader, name, value| reader.text(name, &Shape::Text, value, true)
}

takes! {
    /// A list of such strings.
    Texts -> Vec<node::Text>, Shape::Texts, Texts;
    |reader, name, value| reader.list(name, &Shape::Texts, value, |reader, element| {
        reader.text(name, &Shape::Text, element, true)
    })
}

takes! {
    /// A table of such strings.
    TextMap -> Vec<(node::Text, node::Text)>, Shape::TextMap, TextMap;
    |reader, name, value| reader.map(name, &Shape::TextMap, value, |reader, key, element| {
        reader.text(&key.value, &Shape::Text, element, true)
    })
}

takes! {
    /// A string that may be secret: a template with access to `sources`.
    SecretText -> node::Text, Shape::Text, Text;
    |reader, name, value| reader.text(name, &Shape::Text, value, false)
}

/// Such strings that are not templates.
pub(crate) type Plain = Text;
pub(crate) type Plains = Texts;
pub(crate) type PlainMap = TextMap;
pub(crate) type SecretPlain = SecretText;

takes! {
    /// `true` or `false`.
    Bool -> bool, Shape::Bool;
    |reader, name, value| match value.get_ref() {
        DeValue::Boolean(boolean) => {
            reader.visible.push(value.span());
            Some(*boolean)
        }
        _ => reader.wrong_type(name, &Shape::Bool, value),
    }
}

takes! {
    /// The version of the language.
    Version -> (), Shape::Version;
    |reader, name, value| {
        reader.visible.push(value.span());
        let problem = match integer(value.get_ref()) {
            Some(1) => return Some(()),
            Some(_) => diagnostic!(INVALID_VALUE, "the spec says a version of the language that is not known here"),
            None => return reader.wrong_type(name, &Shape::Version, value),
        };
        let span = reader.span(value.span());
        let help = "write `version = 1`, or use a newer mintage";
        reader.problem(problem.at(span, "not known").help(help));
        None
    }
}

takes! {
    /// The structure of a file.
    Format -> Spanned<structure::Format>, Shape::Word(structure::Format::NAMES);
    |reader, name, value| {
        let word = reader.word(name, structure::Format::NAMES, value)?;
        Some(Spanned::new(structure::Format::from_name(&word.value)?, word.span))
    }
}

takes! {
    /// What bytes are decoded from.
    Decode -> (), Shape::Word(&["base64"]);
    |reader, name, value| reader.word(name, &["base64"], value).map(|_| ())
}

takes! {
    /// A table of plain data.
    Data -> Node, Shape::Data, Data;
    |reader, name, value| match value.get_ref() {
        DeValue::Table(_) => reader.node(value, true),
        _ => reader.wrong_type(name, &Shape::Data, value),
    }
}

takes! {
    /// A path into `[vars]`, or plain data itself.
    ForEach -> Node, Shape::ForEach, Data;
    |reader, _, value| reader.node(value, true)
}

takes! {
    /// A tree whose strings are templates with access to `sources`; it is written in a format.
    Tree -> Node, Shape::Tree;
    |reader, _, value| reader.node(value, false)
}

takes! {
    /// A date or a string that is a template with access to `sources`.
    Date -> node::Text, Shape::Date, Text;
    |reader, name, value| match value.get_ref() {
        DeValue::Datetime(date) => {
            reader.visible.push(value.span());
            Some(node::Text { value: date.to_string(), span: reader.span(value.span()) })
        }
        _ => reader.text(name, &Shape::Date, value, true),
    }
}

takes! {
    /// A value. `read_value.rs` says how values are read.
    OneValue -> Value, Shape::Value, Value;
    |reader, name, value| reader.value(name, value)
}

takes! {
    /// A table of values.
    Values -> Vec<(node::Text, Value)>, Shape::Values, Values;
    |reader, name, value| reader.map(name, &Shape::Values, value, |reader, key, value| {
        reader.value(&key.value, value)
    })
}

takes! {
    /// A list of values.
    ValueList -> Vec<Value>, Shape::ValueList;
    |reader, name, value| reader.list(name, &Shape::ValueList, value, |reader, value| {
        reader.value(name, value)
    })
}

takes! {
    /// A list of tables with a source and modifiers.
    DataFrom -> Vec<WholeFile>, Shape::DataFrom, DataFrom;
    |reader, name, value| reader.list(name, &Shape::DataFrom, value, |reader, element| {
        match element.get_ref() {
            DeValue::Table(table) => reader.data_from(table, reader.span(element.span())),
            _ => reader.wrong_type(name, &Shape::DataFrom, element),
        }
    })
}

impl<T: TableType> Takes for T {
    type Out = T;
    const SHAPE: Shape = Shape::Table(T::TABLE);
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<T> {
        match value.get_ref() {
            DeValue::Table(table) => Some(reader.table(table, reader.span(value.span()))),
            _ => reader.wrong_type(name, &Self::SHAPE, value),
        }
    }
    fn item(table: &T) -> Item<'_> {
        Item::Records(vec![table])
    }
}

/// Tables by name.
pub(crate) type Map<T> = Vec<(node::Text, T)>;

impl<T: TableType> Takes for Map<T> {
    type Out = Self;
    const SHAPE: Shape = Shape::Map(T::TABLE);
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self> {
        reader.map(name, &Self::SHAPE, value, |reader, key, element| match element.get_ref() {
            DeValue::Table(table) => Some(reader.table(table, key.span)),
            _ => reader.wrong_type(&key.value, &Shape::Table(T::TABLE), element),
        })
    }
    fn item(map: &Self) -> Item<'_> {
        Item::Records(map.iter().map(|(_, table)| table as &dyn Record).collect())
    }
}

/// A list of tables.
pub(crate) type List<T> = Vec<T>;

impl<T: TableType> Takes for List<T> {
    type Out = Self;
    const SHAPE: Shape = Shape::List(T::TABLE);
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self> {
        reader.list(name, &Self::SHAPE, value, |reader, element| match element.get_ref() {
            DeValue::Table(table) => Some(reader.table(table, reader.span(element.span()))),
            _ => reader.wrong_type(name, &Self::SHAPE, element),
        })
    }
    fn item(list: &Self) -> Item<'_> {
        Item::Records(list.iter().map(|table| table as &dyn Record).collect())
    }
}
