//! The JSON Schema of specs (draft 7, which every editor's TOML plugin reads), made from the tables
//! of the language.

use serde_json::{Value, json};

use super::language::{DATA_FROM, TopLevel, VALUE};
use super::shape::{Field, Presence, Shape, Table};
use super::takes::TableType;
use crate::secret::kind;

/// The schema of version 1 as text, with a last newline.
pub(crate) fn schema() -> String {
    let mut root = object(TopLevel::TABLE);
    for kind in kind::ALL {
        let doc = kind.table.doc;
        root["properties"][kind.list] =
            json!({ "description": doc, "type": "array", "items": object(&kind.table) });
    }
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://mintage.dev/schemas/spec.v1.json",
        "title": "mintage spec, version 1",
    });
    if let (Value::Object(schema), Value::Object(root)) = (&mut schema, &mut root) {
        schema.append(root);
    }
    schema["definitions"]["data-from"] = object(&DATA_FROM);
    schema["definitions"]["value"] = json!({
        "description": "Secret bytes: a string (a template), an integer, a boolean, or a table \
            with exactly one source and any modifiers.",
        "anyOf": [{ "type": ["string", "integer", "boolean"] }, object(&VALUE)],
    });
    // Printing a value that was built here can't fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn object(table: &Table) -> Value {
    let mut object = json!({ "description": table.doc, "type": "object", "properties": {} });
    for field in table.fields() {
        object["properties"][field.name] = property(field);
    }
    let (required, (_, choices)) = (table.names(Presence::Required), table.choices());
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    if table.field("namespaces").is_some() {
        object["not"] = json!({ "required": ["namespace", "namespaces"] });
    }
    object["additionalProperties"] = json!(false);
    if !choices.is_empty() {
        let one_of = choices.iter().map(|name| json!({ "required": [name] }));
        object["oneOf"] = one_of.collect();
    }
    object
}

fn property(field: &Field) -> Value {
    let mut schema = shape(&field.shape);
    if schema.get("$ref").is_some() {
        // Draft 7 ignores everything beside `$ref`.
        return json!({ "description": field.doc, "allOf": [schema] });
    }
    schema["description"] = json!(field.doc);
    schema
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::True => json!({ "type": "boolean", "enum": [true] }),
        Shape::Integer(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Texts => json!({
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            ]
        }),
        Shape::Version => json!({ "type": "integer", "enum": [1] }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        // To taplo a date is a string; to tombi it is a string of this format.
        Shape::Date => json!({
            "anyOf": [{ "type": "string" }, { "type": "string", "format": "date-time" }]
        }),
        // tombi takes a table without this for one that allows no keys.
        Shape::Tree => json!({ "additionalProperties": true }),
        Shape::Data => json!({ "type": "object", "additionalProperties": true }),
        Shape::ForEach => json!({ "type": ["string", "array", "object"] }),
        Shape::Value => json!({ "$ref": "#/definitions/value" }),
        Shape::Table(table) if std::ptr::eq(*table, &DATA_FROM) => {
            json!({ "$ref": "#/definitions/data-from" })
        }
        Shape::Table(table) => object(table),
        Shape::List(element) => json!({ "type": "array", "items": shape(element) }),
        Shape::Map(element) => json!({ "type": "object", "additionalProperties": shape(element) }),
    }
}
