//! What `mintage recipients` shows: a line for each file, or JSON.

use std::collections::BTreeMap;
use std::iter;

use serde_json::{Value, json};

use super::columns::columns;
use crate::diag::phrases::{number, plural, printable};
use crate::diag::render::json::without_private_keys;
use crate::encrypted::readers::{Audit, Standing, Trust};

/// A file, or an armored text of a spec, and who can read it.
#[derive(Debug)]
pub(crate) struct Audited {
    /// The path, or `SPEC:LINE`.
    pub name: String,
    pub audit: Audit,
    /// The spec whose rules apply, and whom they name for this file. No names: no rule matches.
    pub rules: Option<(String, Option<Vec<String>>)>,
}

fn kinds(audit: &Audit) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for (addressee, count) in &audit.kinds {
        *kinds.entry(addressee.kind()).or_default() += count;
    }
    kinds
}

const HEAD: [&str; 4] = ["FILE", "READERS", "RULES", "LIST"];

pub(crate) fn table(all: &[Audited]) -> String {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<[String; 4]> = iter::once(head).chain(all.iter().map(row)).collect();
    columns(&rows)
}

fn row(audited: &Audited) -> [String; 4] {
    let audit = &audited.audit;
    let rules = match &audited.rules {
        _ if audit.differs() => "differs",
        None | Some((_, None)) => "no rule",
        Some(_) if audit.trust == Trust::NoList || audit.trust == Trust::Unreadable => "possible",
        Some(_) => "ok",
    };
    [audited.name.clone(), readers(audit), rules.to_owned(), list(audit.trust).to_owned()]
        .map(|cell| printable(&cell))
}

/// What is known of the file's list of readers.
fn list(trust: Trust) -> &'static str {
    match trust {
        Trust::NoList => "none",
        Trust::Unreadable => "unreadable",
        Trust::Contradicted => "contradicted",
        Trust::Claimed => "claimed",
        Trust::Verified => "verified",
    }
}

/// Who can read the file, in words, with what is remarkable about it.
fn readers(audit: &Audit) -> String {
    let mut words: Vec<String> = Vec::new();
    match audit.trust {
        Trust::Claimed | Trust::Verified => {
            for (name, standing) in &audit.readers {
                words.push(match standing {
                    Standing::Reader => name.clone(),
                    Standing::Missing => format!("MISSING {name}"),
                    Standing::NotInRules => format!("NOT IN RULES {name}"),
                    Standing::Unknown => name.to_uppercase(),
                    Standing::Former => format!("former {name}"),
                });
            }
        }
        _ => {
            let kinds = kinds(audit);
            words.extend(kinds.iter().map(|(kind, count)| format!("{} {kind}", number(*count))));
        }
    }
    if audit.has_one_reader() {
        words.push("(one reader)".to_owned());
    }
    words.join(", ").replace(", (", " (")
}

pub(crate) fn json(all: &[Audited]) -> Value {
    without_private_keys(Value::Array(all.iter().map(json_of).collect()))
}

fn json_of(audited: &Audited) -> Value {
    let audit = &audited.audit;
    json!({
        "file": audited.name,
        "list": list(audit.trust),
        "readers": audit.named(Standing::Reader),
        "missing": audit.named(Standing::Missing),
        "notInRules": audit.named(Standing::NotInRules),
        "unknown": audit.named(Standing::Unknown),
        "former": audit.named(Standing::Former),
        "recipients": kinds(audit),
        "oneReader": audit.has_one_reader(),
        "rules": audited.rules.as_ref().map(|(spec, _)| spec),
        "expected": audited.rules.as_ref().and_then(|(_, names)| names.as_ref()),
        "differs": audit.differs(),
    })
}

/// What is said at the end.
pub(crate) fn summary(all: &[Audited]) -> String {
    let count = |is: fn(&Audited) -> bool| all.iter().filter(|one| is(one)).count();
    let differ = count(|one| one.audit.differs());
    let mut parts = vec![plural(all.len(), "encrypted file")];
    let no_rule = count(|one| !one.audit.has_rules);
    let no_list = count(|one| matches!(one.audit.trust, Trust::NoList | Trust::Unreadable));
    let one_reader = count(|one| one.audit.has_one_reader());
    for (count, what) in [
        (differ, "not encrypted as the rules say"),
        (no_rule, "without a rule"),
        (no_list, "without a list of readers"),
        (one_reader, "with only one reader"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", number(count)));
        }
    }
    parts.join(", ")
}
