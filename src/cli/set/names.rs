//! Whether Kubernetes takes the names of what `set` would add: said before anyone types a value,
//! and about the arguments, since nothing of it is in the spec yet.

use crate::check::api::names::{Misfit, data_key, dns_label, subdomain};
use crate::check::api::{messages, repair};
use crate::diag::{Diagnostic, phrases::code};
use crate::encrypted::target::{Found, Target};

pub(super) fn faults(found: &Found) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let is_new = matches!(found.target, Target::NewSecret);
    for id in found.secrets.iter().filter(|_| is_new) {
        let (namespace, name) = match id.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, id.as_str()),
        };
        if let Some(namespace) = namespace {
            let fault = |misfit: &Misfit| messages::namespace(namespace, misfit);
            faults.extend(each(&dns_label(namespace), fault, repair::dns_label(namespace)));
        }
        let fault = |misfit: &Misfit| messages::name(name, misfit);
        faults.extend(each(&subdomain(name), fault, repair::subdomain(name)));
    }
    if is_new || matches!(found.target, Target::NewKey(_)) {
        let key = &found.key;
        let fault = |misfit: &Misfit| messages::data_key(key, misfit);
        faults.extend(each(&data_key(key), fault, repair::data_key(key)));
    }
    faults
}

fn each(
    misfits: &[Misfit],
    fault: impl Fn(&Misfit) -> Diagnostic,
    right: Option<String>,
) -> Vec<Diagnostic> {
    let help = right.map(|right| format!("write {}", code(&right)));
    misfits.iter().map(|misfit| fault(misfit).maybe_help(help.clone())).collect()
}
