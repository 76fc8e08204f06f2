//! What the API server refuses: which field, and by which rule.

use std::fmt;

use super::names::{KeyMisfit, Misfit};
use crate::go::json::JsonFault;

/// Most bytes that the values of `data` may have together.
pub(crate) const DATA_MAX: usize = 1_048_576;
/// Most bytes that the keys and values of all annotations may have together.
pub(crate) const ANNOTATIONS_MAX: usize = 262_144;

/// One thing that the API server refuses. Holds no byte of a data value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// What it is about.
    pub field: FieldPath,
    /// Which rule, and how it is broken.
    pub rule: Rule,
}

impl Violation {
    /// The type of cause that the API server would give.
    pub(crate) fn kind(&self) -> CauseType {
        match self.rule {
            Rule::NameMissing
            | Rule::ServiceAccountMissing
            | Rule::KeyMissing { .. }
            | Rule::NoneOf { .. }
            | Rule::EmptyValue { .. } => CauseType::Required,
            Rule::AnnotationsTooLarge { .. } | Rule::DataTooLarge { .. } => CauseType::TooLong,
            Rule::Name { .. }
            | Rule::GenerateName { .. }
            | Rule::GeneratedName { .. }
            | Rule::Generation
            | Rule::OwnerVersion { .. }
            | Rule::OwnerEmpty { .. }
            | Rule::OwnerEvent { .. }
            | Rule::Controllers
            | Rule::Finalizer { .. }
            | Rule::FinalizersExclude
            | Rule::FinalizerUnqualified { .. }
            | Rule::Namespace { .. }
            | Rule::LabelKey { .. }
            | Rule::LabelValue { .. }
            | Rule::AnnotationKey { .. }
            | Rule::DataKey { .. }
            | Rule::NotJsonObject { .. } => CauseType::Invalid,
        }
    }
}

/// The API server's types of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum CauseType {
    /// A value that is not allowed.
    Invalid,
    /// Nothing where something must be.
    Required,
    /// Too many bytes.
    TooLong,
}

impl CauseType {
    /// As in the `reason` of the server's answer.
    pub(crate) fn name(self) -> &'static str {
        match self {
            CauseType::Invalid => "FieldValueInvalid",
            CauseType::Required => "FieldValueRequired",
            CauseType::TooLong => "FieldValueTooLong",
        }
    }
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The Secret has no name.
    NameMissing,
    /// The name is no DNS subdomain.
    Name {
        /// The name.
        name: String,
        /// Why not.
        misfit: Misfit,
    },
    /// A `generateName` that is no DNS subdomain.
    GenerateName {
        /// The prefix.
        name: String,
        /// Why not.
        misfit: Misfit,
    },
    /// The name that is made of a `generateName` is no DNS subdomain.
    GeneratedName {
        /// The prefix.
        prefix: String,
        /// The name, with `x` for random characters.
        name: String,
        /// Why not.
        misfit: Misfit,
        /// Whether there is a [`Rule::GenerateName`] too, which says the same.
        told: bool,
    },
    /// A `generation` below zero.
    Generation,
    /// An owner whose `apiVersion` names no version.
    OwnerVersion {
        /// Which, counted from 0.
        index: usize,
    },
    /// An owner with an empty field.
    OwnerEmpty {
        /// Which, counted from 0.
        index: usize,
        /// The field.
        field: &'static str,
    },
    /// An owner that is an Event.
    OwnerEvent {
        /// Which, counted from 0.
        index: usize,
    },
    /// More than one owner is the controller.
    Controllers,
    /// A finalizer that is no qualified name.
    Finalizer {
        /// Which, counted from 0.
        index: usize,
        /// It.
        name: String,
        /// Why not.
        misfit: KeyMisfit,
    },
    /// `orphan` and `foregroundDeletion` at once.
    FinalizersExclude,
    /// A finalizer without a domain that is none of Kubernetes' own.
    FinalizerUnqualified {
        /// Which, counted from 0.
        index: usize,
        /// It.
        name: String,
        /// Whether nothing else was said about it.
        first: bool,
    },
    /// The namespace is no DNS label.
    Namespace {
        /// The namespace.
        namespace: String,
        /// Why not.
        misfit: Misfit,
    },
    /// A label's key.
    LabelKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: KeyMisfit,
    },
    /// A label's value.
    LabelValue {
        /// The label's key.
        key: String,
        /// The value.
        value: String,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// An annotation's key.
    AnnotationKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: KeyMisfit,
    },
    /// All annotations together are larger than [`ANNOTATIONS_MAX`].
    AnnotationsTooLarge {
        /// How large, in bytes.
        bytes: usize,
        /// The key of the largest.
        largest: String,
    },
    /// A key of `data`.
    DataKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// All values together are larger than [`DATA_MAX`].
    DataTooLarge {
        /// How large, in bytes.
        bytes: usize,
        /// The key of the largest.
        largest: String,
        /// Whether there are values that are not known, and not counted.
        at_least: bool,
    },
    /// A token without the annotation that names its service account, or with an empty one.
    ServiceAccountMissing,
    /// A data key that the type requires.
    KeyMissing {
        /// The type.
        type_: &'static str,
        /// The key.
        key: &'static str,
        /// A key of the Secret that was perhaps meant to be it.
        instead: Option<String>,
    },
    /// None of several data keys of which the type requires one. The server reports it at each of
    /// them.
    NoneOf {
        /// The type.
        type_: &'static str,
        /// The keys.
        keys: &'static [&'static str],
        /// A key of the Secret that was perhaps meant to be one of them, and which.
        instead: Option<(String, &'static str)>,
        /// Whether this is the first of the reports.
        first: bool,
    },
    /// A data key whose value must not be empty, and is.
    EmptyValue {
        /// The type.
        type_: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A value that must be a JSON object, and is not.
    NotJsonObject {
        /// The type.
        type_: &'static str,
        /// Its key.
        key: &'static str,
        /// Why not.
        fault: JsonFault,
    },
}

/// A part of a Secret. Its `Display` is the path that the API server gives as the `field` of a
/// cause; it is not made safe for a terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FieldPath {
    /// `metadata.name`.
    Name,
    /// `metadata.generateName`.
    GenerateName,
    /// `metadata.namespace`.
    Namespace,
    /// `metadata.generation`.
    Generation,
    /// `metadata.ownerReferences`.
    Owners,
    /// A field of an element of `metadata.ownerReferences`; the server does not say of which.
    Owner(&'static str),
    /// `metadata.finalizers`.
    Finalizers,
    /// `metadata.finalizers[INDEX]`.
    Finalizer(usize),
    /// `metadata.labels`: all of them, or one that the rule names.
    Labels,
    /// `metadata.annotations`: all of them, or one that the rule names.
    Annotations,
    /// `metadata.annotations[KEY]`.
    Annotation(String),
    /// `data`, all of it.
    Data,
    /// `data[KEY]`.
    DataKey(String),
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldPath::Name => f.write_str("metadata.name"),
            FieldPath::GenerateName => f.write_str("metadata.generateName"),
            FieldPath::Namespace => f.write_str("metadata.namespace"),
            FieldPath::Generation => f.write_str("metadata.generation"),
            FieldPath::Owners => f.write_str("metadata.ownerReferences"),
            FieldPath::Owner(field) => write!(f, "metadata.ownerReferences.{field}"),
            FieldPath::Finalizers => f.write_str("metadata.finalizers"),
            FieldPath::Finalizer(index) => write!(f, "metadata.finalizers[{index}]"),
            FieldPath::Labels => f.write_str("metadata.labels"),
            FieldPath::Annotations => f.write_str("metadata.annotations"),
            FieldPath::Annotation(key) => write!(f, "metadata.annotations[{key}]"),
            FieldPath::Data => f.write_str("data"),
            FieldPath::DataKey(key) => write!(f, "data[{key}]"),
        }
    }
}
