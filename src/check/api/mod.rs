//! The API server's verdict on a Secret that is to be created: every rule of `ValidateSecret`, in
//! its order.
//!
//! Source: `pkg/apis/core/validation/validation.go` (`ValidateSecret`) and
//! `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go` of Kubernetes 1.36. The
//! verdicts are the contract, the server's texts are not.

pub(crate) mod data;
pub(crate) mod messages;
pub(crate) mod metadata;
pub(crate) mod names;
pub(crate) mod object_meta;
pub(crate) mod repair;

use super::finding::{Edit, Finding, Spot};
use super::subject::Subject;
use crate::diag::{Cause, Diagnostic, phrases::code};

pub(crate) const DATA_MAX: usize = 1_048_576;
pub(crate) const ANNOTATIONS_MAX: usize = 262_144;

/// Everything that the API server would refuse a Secret for, were it created. Keys that are not
/// known are judged by their names alone.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut refused = Refused::default();
    metadata::check(subject, &mut refused);
    data::check(subject, &mut refused);
    refused.0
}

const INVALID: &str = "FieldValueInvalid";
const REQUIRED: &str = "FieldValueRequired";
const TOO_LONG: &str = "FieldValueTooLong";

#[derive(Default)]
struct Refused(Vec<Finding>);

impl Refused {
    fn add(&mut self, reason: &'static str, field: &str, at: Spot, found: Diagnostic) -> &mut Self {
        self.0.push(Finding::new(found, at));
        self.again(reason, field);
        self
    }

    fn invalid(&mut self, field: &str, at: Spot, diagnostic: Diagnostic) -> &mut Self {
        self.add(INVALID, field, at, diagnostic)
    }

    /// What should stand at the last finding's place, where that is plain.
    fn repair(&mut self, better: Option<String>) {
        if let (Some(value), Some(last)) = (better, self.0.last_mut()) {
            last.edit = Some(Edit::Text { title: format!("write {}", code(&value)), value });
        }
    }

    /// A cause that says again what the last finding says.
    fn again(&mut self, reason: &'static str, field: &str) {
        if let Some(last) = self.0.last_mut() {
            last.diagnostic.causes.push(Cause { field: field.to_owned(), reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::subject::{Origin, Unknown};
    use crate::secret::Secret;

    fn found(type_: &str, data: &[(&str, &str)], unknown: &[&str], open: bool) -> Vec<Finding> {
        let secret = Secret {
            name: "x".into(),
            type_: type_.into(),
            annotations: [("kubernetes.io/service-account.name".into(), "default".into())].into(),
            data: data.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
            ..Secret::default()
        };
        let unknown = &Unknown { keys: unknown.iter().map(|key| (*key).into()).collect(), open };
        findings(&Subject { unknown, ..Subject::of(&secret, Origin::Spec) })
    }

    fn fields(type_: &str, data: &[(&str, &str)], unknown: &[&str], open: bool) -> Vec<String> {
        let causes = found(type_, data, unknown, open).into_iter();
        causes.flat_map(|one| one.diagnostic.causes).map(|cause| cause.field).collect()
    }

    #[test]
    fn what_is_not_known_counts_as_present_and_good() {
        for (type_, data, unknown) in [
            ("kubernetes.io/tls", Some(("tls.crt", "")), "tls.key"),
            ("kubernetes.io/ssh-auth", None, "ssh-privatekey"),
            ("kubernetes.io/dockerconfigjson", None, ".dockerconfigjson"),
            // Also when a placeholder stands in the data.
            ("kubernetes.io/ssh-auth", Some(("ssh-privatekey", "")), "ssh-privatekey"),
            ("kubernetes.io/dockercfg", Some((".dockercfg", "[")), ".dockercfg"),
        ] {
            assert_eq!(fields(type_, data.as_slice(), &[unknown], false), [""; 0], "{type_}");
        }
        assert_eq!(fields("kubernetes.io/tls", &[], &["tls.key"], false), ["data[tls.crt]"]);
        // The name of a key is judged all the same.
        let names = fields("Opaque", &[("a b", "")], &["a b", "c d"], false);
        assert_eq!(names, ["data[a b]", "data[c d]"]);
        // Where more keys may come, none is missing.
        for (_, name) in crate::secret::kind::built_ins() {
            assert_eq!(fields(name, &[], &[], true), [""; 0], "{name}");
        }
        let ssh = fields("kubernetes.io/ssh-auth", &[("ssh-privatekey", "")], &[], true);
        assert_eq!(ssh, ["data[ssh-privatekey]"]);
    }

    #[test]
    fn too_much_is_too_much_whatever_else_comes() {
        let (large, more) = ("a".repeat(DATA_MAX), ("b", "b"));
        let found = found("Opaque", &[("a", &large), more], &["c"], false);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(one.at, Spot::DataKey("a".into()));
        assert!(one.diagnostic.message.contains("at least 1,048,577 bytes"), "{one:?}");
        assert_eq!(fields("Opaque", &[("a", &large), more], &["a"], false), [""; 0]);
    }
}
