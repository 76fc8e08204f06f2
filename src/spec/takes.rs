//! What the keys of the language take: how it is described, how it is read, and what it is after
//! that. [`table`] makes structs of it.

use toml::de::{DeTable, DeValue};

use super::node::{self, Node};
use super::read::{SpecReader, TomlValue};
use super::record::{Item, Record};
use super::shape::{Field, Shape, Table, integer};
use crate::diag::{Diagnostic, codes};
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
    fn read(&mut self, reader: &mut SpecReader, field: &Field, key: Span, value: &TomlValue<'_>);
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
            $(
                #[doc = $field_doc]
                pub $field: $crate::spec::record::Given<<$takes as $crate::spec::takes::Takes>::Out>,
            )*
        }

        impl $crate::spec::record::Record for $name {
            fn items(
                &self,
            ) -> Vec<(&'static str, $crate::source::Span, $crate::spec::record::Item<'_>)> {
                let mut items = Vec::new();
                $(
                    if let (Some(key), Some(value)) = (self.$field.key, &self.$field.value) {
                        items.push(
                            ($key, key, <$takes as $crate::spec::takes::Takes>::item(value)),
                        );
                    }
                )*
                items.sort_by_key(|(_, key, _)| *key);
                items
            }
        }

        impl $crate::spec::takes::Keys for $name {
            const FIELDS: &'static [$crate::spec::shape::Field] = &[$(
                $crate::spec::shape::Field {
                    name: $key,
                    shape: <$takes as $crate::spec::takes::Takes>::SHAPE,
                    required: $crate::spec::takes::table!(@required $($required)?),
                    doc: $field_doc,
                    fills: None,
                }
            ),*];

            fn new(span: $crate::source::Span) -> Self {
                Self { span, $($field: $crate::spec::record::Given::default(),)* }
            }

            fn span(&self) -> $crate::source::Span {
                self.span
            }

            fn keys(&self) -> Vec<(&'static str, Option<$crate::source::Span>)> {
                vec![$(($key, self.$field.key)),*]
            }

            fn read(
                &mut self,
                reader: &mut $crate::spec::read::SpecReader,
                field: &$crate::spec::shape::Field,
                key: $crate::source::Span,
                value: &$crate::spec::read::TomlValue<'_>,
            ) {
                $(
                    if field.name == $key {
                        let value =
                            <$takes as $crate::spec::takes::Takes>::read(reader, $key, value);
                        self.$field = $crate::spec::record::Given { key: Some(key), value };
                    }
                )*
            }
        }

        $(
            impl $crate::spec::takes::TableType for $name {
                const TABLE: &'static $crate::spec::shape::Table = &$crate::spec::shape::Table {
                    name: $title,
                    doc: $doc,
                    fields: &[<Self as $crate::spec::takes::Keys>::FIELDS],
                };
            }
        )?
    };
    (@required required) => { true };
    (@required) => { false };
}
pub(crate) use table;

impl SpecReader {
    /// Reads a table.
    pub(crate) fn table<T: TableType>(&mut self, toml: &DeTable<'_>, span: Span) -> T {
        let mut table = T::new(span);
        self.keys(toml, span, T::TABLE, &[], |reader, field, key, value| {
            table.read(reader, field, key, value);
        });
        table
    }
}

/// A string that may be quoted: a template without access to `sources`, such as metadata or a path.
pub(crate) enum Text {}

/// A string that may be quoted and is not a template.
pub(crate) type Plain = Text;

impl Takes for Text {
    type Out = node::Text;
    const SHAPE: Shape = Shape::Text;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        reader.text(name, &Self::SHAPE, value, true)
    }
    fn item(text: &Self::Out) -> Item<'_> {
        Item::Text(text)
    }
}

/// A string that may be secret: a template with access to `sources`.
pub(crate) enum SecretText {}

/// A string that may be secret and is not a template.
pub(crate) type SecretPlain = SecretText;

impl Takes for SecretText {
    type Out = node::Text;
    const SHAPE: Shape = Shape::Text;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        reader.text(name, &Self::SHAPE, value, false)
    }
    fn item(text: &Self::Out) -> Item<'_> {
        Item::Text(text)
    }
}

/// A list of strings such as [`Text`].
pub(crate) enum Texts {}

/// A list of strings such as [`Plain`].
pub(crate) type Plains = Texts;

impl Takes for Texts {
    type Out = Vec<node::Text>;
    const SHAPE: Shape = Shape::Texts;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        reader.list(name, &Self::SHAPE, value, |reader, element| {
            reader.text(name, &Shape::Text, element, true)
        })
    }
    fn item(texts: &Self::Out) -> Item<'_> {
        Item::Texts(texts)
    }
}

/// A table of strings such as [`Text`].
pub(crate) enum TextMap {}

/// A table of strings such as [`Plain`].
pub(crate) type PlainMap = TextMap;

impl Takes for TextMap {
    type Out = Vec<(node::Text, node::Text)>;
    const SHAPE: Shape = Shape::TextMap;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        reader.map(name, &Self::SHAPE, value, |reader, key, element| {
            reader.text(&key.value, &Shape::Text, element, true)
        })
    }
    fn item(map: &Self::Out) -> Item<'_> {
        Item::TextMap(map)
    }
}

impl Takes for bool {
    type Out = bool;
    const SHAPE: Shape = Shape::Bool;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<bool> {
        let DeValue::Boolean(boolean) = value.get_ref() else {
            return reader.wrong_type(name, &Self::SHAPE, value);
        };
        reader.visible.push(value.span());
        Some(*boolean)
    }
}

/// The version of the language.
pub(crate) enum Version {}

impl Takes for Version {
    type Out = ();
    const SHAPE: Shape = Shape::Version;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<()> {
        reader.visible.push(value.span());
        match integer(value.get_ref()) {
            Some(1) => return Some(()),
            Some(_) => {}
            None => return reader.wrong_type(name, &Self::SHAPE, value),
        }
        reader.problem(
            Diagnostic::new(
                &codes::INVALID_VALUE,
                "the spec says a version of the language that is not known here",
            )
            .at(reader.span(value.span()), "not known")
            .help("write `version = 1`, or use a newer mintage"),
        );
        None
    }
}

/// The structure of a file.
pub(crate) enum Format {}

impl Takes for Format {
    type Out = Spanned<structure::Format>;
    const SHAPE: Shape = Shape::Word(structure::Format::NAMES);
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        let word = reader.word(name, structure::Format::NAMES, value)?;
        structure::Format::from_name(&word.value).map(|format| Spanned::new(format, word.span))
    }
}

/// What bytes are decoded from.
pub(crate) enum Decode {}

impl Takes for Decode {
    type Out = ();
    const SHAPE: Shape = Shape::Word(&["base64"]);
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<()> {
        reader.word(name, &["base64"], value).map(|_| ())
    }
}

/// A table of plain data.
pub(crate) enum Data {}

impl Takes for Data {
    type Out = Node;
    const SHAPE: Shape = Shape::Data;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Node> {
        match value.get_ref() {
            DeValue::Table(_) => reader.node(value, true),
            _ => reader.wrong_type(name, &Self::SHAPE, value),
        }
    }
    fn item(node: &Node) -> Item<'_> {
        Item::Data(node)
    }
}

/// A path into `[vars]`, or plain data itself.
pub(crate) enum ForEach {}

impl Takes for ForEach {
    type Out = Node;
    const SHAPE: Shape = Shape::ForEach;
    fn read(reader: &mut SpecReader, _: &str, value: &TomlValue<'_>) -> Option<Node> {
        reader.node(value, true)
    }
    fn item(node: &Node) -> Item<'_> {
        Item::Data(node)
    }
}

/// A tree whose strings are templates with access to `sources`; it is written in a format.
pub(crate) enum Tree {}

impl Takes for Tree {
    type Out = Node;
    const SHAPE: Shape = Shape::Tree;
    fn read(reader: &mut SpecReader, _: &str, value: &TomlValue<'_>) -> Option<Node> {
        reader.node(value, false)
    }
}

/// A date or a string that is a template with access to `sources`.
pub(crate) enum Date {}

impl Takes for Date {
    type Out = node::Text;
    const SHAPE: Shape = Shape::Date;
    fn read(reader: &mut SpecReader, name: &str, value: &TomlValue<'_>) -> Option<Self::Out> {
        let DeValue::Datetime(date) = value.get_ref() else {
            return reader.text(name, &Self::SHAPE, value, true);
        };
        reader.visible.push(value.span());
        Some(node::Text { value: date.to_string(), span: reader.span(value.span()) })
    }
    fn item(text: &Self::Out) -> Item<'_> {
        Item::Text(text)
    }
}

/// A table of values. How values are read is said in [`super::read_value`].
pub(crate) enum Values {}

/// A list of values.
pub(crate) enum ValueList {}

/// `data-from`: a list of tables with a source and modifiers.
pub(crate) enum DataFrom {}

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
