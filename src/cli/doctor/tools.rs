//! kubectl on the `PATH`: whether the kustomize in it runs plugins. It is asked for its own
//! version, and for nothing of a cluster.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::plugin::on_path;
use super::{Report, messages};

/// The first minor version of kubectl whose kustomize knows `--enable-alpha-plugins`: 1.20 still
/// had kustomize 2.0.3 of 2019.
const FIRST_MINOR: u32 = 21;

pub(crate) fn check(report: &mut Report) {
    let Some(kubectl) = on_path("kubectl") else { return };
    let mut command = Command::new(&kubectl);
    command
        .args(["version", "--client", "--output=json"])
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let Some(version) = command
        .output()
        .ok()
        .and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok())
    else {
        return;
    };
    let word = |field: &str| version.pointer(field).and_then(Value::as_str);
    let Some(client) = word("/clientVersion/gitVersion") else { return };
    report.line("kubectl", format!("{} {client}", kubectl.display()));
    let minor = word("/clientVersion/minor")
        .and_then(|minor| minor.trim_end_matches('+').parse::<u32>().ok());
    if minor.is_some_and(|minor| minor < FIRST_MINOR) {
        report.found.push(messages::old_kubectl(client));
    }
}
