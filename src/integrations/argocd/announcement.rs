//! What the user interface of Argo CD offers for an Application: `ParameterAnnouncement` in
//! `reposerver/repository/repository.proto`.

use serde_json::{Value, json};

use crate::spec::Spec;
use crate::spec::node::{Node, NodeKind};

const MAX_LISTED: usize = 40;

/// The parameters that this spec takes, as a JSON list. The values of `[vars]` are not among them:
/// the user interface would write all of them into the Application once one is changed, over those
/// of the chosen environment.
pub(crate) fn json(spec: &Spec) -> String {
    let environments = spec.environments();
    let default = spec.top.default_env.get().map(|text| text.value.as_str());
    let mut announced = Vec::new();
    // Without environments there is nothing to choose.
    if !environments.is_empty() {
        let otherwise = default.map(|name| format!("; {name} if empty")).unwrap_or_default();
        let mut env = json!({
            "name": "env",
            "title": "Environment",
            "tooltip": format!("one of {}{otherwise}", listed(&environments)),
            "required": default.is_none(),
        });
        if let Some(default) = default {
            env["string"] = Value::from(default);
        }
        announced.push(env);
    }
    announced.push(json!({
        "name": "spec",
        "title": "Spec",
        "tooltip": "a spec or its folder, in the Application's folder",
        "string": "mintage.toml",
    }));
    let mut names = Vec::new();
    if let Some(vars) = spec.top.vars.get() {
        strings(vars, "", &mut names);
    }
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let warning = "visible to anyone who can see the Application, so don't put secrets here";
        announced.push(json!({
            "name": "set",
            "title": "Variables",
            "tooltip": format!("strings that override [vars]: {}; {warning}", listed(&names)),
            "collectionType": "map",
        }));
    }
    announced.push(json!({
        "name": "only",
        "title": "Only these Secrets",
        "tooltip": "globs that match NAMESPACE/NAME; all Secrets if empty",
        "collectionType": "array",
    }));
    format!("{:#}\n", Value::Array(announced))
}

fn listed(names: &[&str]) -> String {
    match names.split_at_checked(MAX_LISTED) {
        Some((shown, more)) if !more.is_empty() => {
            format!("{} and {} more", shown.join(", "), more.len())
        }
        _ => names.join(", "),
    }
}

/// The paths of all strings: `--set` makes strings, so that nothing else can be set without another
/// type.
fn strings(node: &Node, path: &str, found: &mut Vec<String>) {
    let NodeKind::Table(entries) = &node.kind else { return };
    for (key, value) in entries {
        let path =
            if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
        match &value.kind {
            NodeKind::String(_) => found.push(path),
            _ => strings(value, &path, found),
        }
    }
}
