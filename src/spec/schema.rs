//! The JSON Schema of specs (draft 7, which every editor's TOML plugin reads), made from the tables
//! of the language.

use serde_json::{Map, Value, json};

use super::language::{DataFromFile, SourceFile, TopLevel, VALUE, ValueSources};
use super::shape::{Field, Shape, Table};
use super::takes::{Keys, TableType};
use crate::secret::kind;

/// Where the schema of version 1 is published.
const ID: &str = "https://mintage.dev/schemas/spec.v1.json";

/// Where whole files come from.
const FILE_SOURCES: &[&str] = &["file", "age", "armor", "sops", "env-var"];

/// The schema as text, with a last newline.
pub(crate) fn schema() -> String {
    let mut root = object(
        TopLevel::TABLE,
        kind::ALL.iter().map(|kind| (kind.list, list_of(kind.table.doc, &kind.table))),
    );
    let definitions = json!({
        "value": value(),
        "values": { "type": "object", "additionalProperties": { "$ref": "#/definitions/value" } },
        "data-from": one_source(DataFromFile::TABLE, &[FILE_SOURCES, &["source"]].concat()),
    });
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("$id".to_owned(), json!(ID));
    schema.insert("title".to_owned(), json!("mintage spec, version 1"));
    schema.append(&mut root);
    schema.insert("definitions".to_owned(), definitions);
    // Printing a value that was built here can't fail.
    let mut text = serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default();
    text.push('\n');
    text
}

fn object(table: &Table, more: impl Iterator<Item = (&'static str, Value)>) -> Map<String, Value> {
    let mut properties: Map<String, Value> =
        table.fields().map(|field| (field.name.to_owned(), property(field))).collect();
    properties.extend(more.map(|(name, schema)| (name.to_owned(), schema)));
    let required: Vec<&str> =
        table.fields().filter(|field| field.required).map(|field| field.name).collect();
    let mut object = Map::new();
    object.insert("description".to_owned(), json!(table.doc));
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    if table.field("namespaces").is_some() {
        object.insert("not".to_owned(), json!({ "required": ["namespace", "namespaces"] }));
    }
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

fn property(field: &Field) -> Value {
    let mut schema = shape(&field.shape);
    if let Value::Object(object) = &mut schema {
        if object.contains_key("$ref") {
            // Draft 7 ignores everything beside `$ref`.
            return json!({ "description": field.doc, "allOf": [schema] });
        }
        object.insert("description".to_owned(), json!(field.doc));
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    let string = || json!({ "type": "string" });
    match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Version => json!({ "type": "integer", "enum": [1] }),
        Shape::Text => string(),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Texts => json!({ "type": "array", "items": string() }),
        Shape::TextMap => json!({ "type": "object", "additionalProperties": string() }),
        // tombi takes a table without this for one that allows no keys.
        Shape::Tree => json!({ "additionalProperties": true }),
        Shape::Data => json!({ "type": "object", "additionalProperties": true }),
        Shape::ForEach => json!({ "type": ["string", "array", "object"] }),
        Shape::Value => json!({ "$ref": "#/definitions/value" }),
        Shape::Values => json!({ "$ref": "#/definitions/values" }),
        Shape::ValueList => json!({ "type": "array", "items": { "$ref": "#/definitions/value" } }),
        Shape::DataFrom => {
            json!({ "type": "array", "items": { "$ref": "#/definitions/data-from" } })
        }
        Shape::Table(table) => Value::Object(object(table, std::iter::empty())),
        Shape::Map(table) if table.name == SourceFile::TABLE.name => {
            json!({ "type": "object", "additionalProperties": one_source(table, FILE_SOURCES) })
        }
        Shape::Map(table) => {
            let table = Value::Object(object(table, std::iter::empty()));
            json!({ "type": "object", "additionalProperties": table })
        }
        Shape::List(table) => list_of("", table),
        // To taplo a date is a string; to tombi it is a string of this format.
        Shape::Date => json!({ "anyOf": [string(), { "type": "string", "format": "date-time" }] }),
    }
}

fn list_of(doc: &str, table: &Table) -> Value {
    let mut list = Map::new();
    if !doc.is_empty() {
        list.insert("description".to_owned(), json!(doc));
    }
    list.insert("type".to_owned(), json!("array"));
    list.insert("items".to_owned(), Value::Object(object(table, std::iter::empty())));
    Value::Object(list)
}

/// A value: a string, an integer, a boolean, or a table with exactly one source.
fn value() -> Value {
    let names: Vec<&'static str> = ValueSources::FIELDS.iter().map(|field| field.name).collect();
    json!({
        "description": "Secret bytes: a string (a template), an integer, a boolean, or a table \
            with exactly one source and any modifiers.",
        "anyOf": [{ "type": ["string", "integer", "boolean"] }, one_source(&VALUE, &names)],
    })
}

fn one_source(table: &Table, names: &[&str]) -> Value {
    let mut object = object(table, std::iter::empty());
    let one_of: Vec<Value> = names.iter().map(|name| json!({ "required": [name] })).collect();
    object.insert("oneOf".to_owned(), json!(one_of));
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::Format;

    #[test]
    fn formats_are_those_that_are_read() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let source = &schema["properties"]["sources"]["additionalProperties"];
        let formats = &source["properties"]["format"]["enum"];
        assert_eq!(formats.as_array().unwrap().len(), Format::NAMES.len());
    }
}
