//! A finding about a Secret before it has a place in a text: specs and finished manifests put the
//! same finding into their own lines.

use crate::diag::Diagnostic;
use crate::source::Span;

/// A part of a Secret that a finding points to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    /// The whole Secret.
    Secret,
    /// `apiVersion`.
    ApiVersion,
    /// `kind`.
    Kind,
    /// The value of `metadata.name`.
    Name,
    /// The value of `metadata.generateName`.
    GenerateName,
    /// The value of `metadata.namespace`.
    Namespace,
    /// The value of `type`.
    Type,
    /// `immutable`.
    Immutable,
    /// The key of a label.
    LabelKey(String),
    /// The value of a label.
    LabelValue(String),
    /// The key of an annotation.
    AnnotationKey(String),
    /// The value of an annotation.
    AnnotationValue(String),
    /// Another field of the metadata, such as `finalizers`.
    Metadata(&'static str),
    /// A finalizer, counted from 0.
    Finalizer(usize),
    /// An owner, counted from 0, and its field.
    Owner(usize, &'static str),
    /// A data key; the whole Secret where the key is not there.
    DataKey(String),
    /// The value of a data key.
    DataValue(String),
    /// A registry inside a docker config, counted from 0, and the key of the spec's `registries`
    /// that is meant.
    Registry {
        /// The data key that holds the config.
        data_key: &'static str,
        /// Which registry.
        index: usize,
        /// Which of its keys.
        field: RegistryField,
    },
}

/// A key of one of the spec's `registries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RegistryField {
    Server,
    Username,
    Password,
}

/// A finding, and the parts of the Secret that it points to.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// What is wrong, without a place.
    pub diagnostic: Diagnostic,
    /// The part to look at first.
    pub at: Spot,
    /// What to say there; may be empty.
    pub label: String,
    /// Further parts and what to say there.
    pub also: Vec<(Spot, String)>,
    /// What to write instead of the part that it points to, where that is certain: see [`Edit`].
    pub edit: Option<Edit>,
}

/// A certain repair of a part of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Another text for the part.
    Text {
        /// The text that the part should have, unquoted.
        value: String,
        /// What the edit does, such as "write the type as Kubernetes does".
        title: String,
    },
    /// `trim = true` for the value, which only specs have.
    Trim {
        /// How to say it, where it can't be made.
        help: String,
    },
}

impl Finding {
    /// A finding about a part.
    pub(crate) fn new(diagnostic: Diagnostic, at: Spot) -> Self {
        Self { diagnostic, at, label: String::new(), also: Vec::new(), edit: None }
    }

    /// With something to say at the part.
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// With another part that belongs to it.
    pub(crate) fn also(mut self, spot: Spot, text: impl Into<String>) -> Self {
        self.also.push((spot, text.into()));
        self
    }

    /// With a certain repair: the text that should stand at the part.
    pub(crate) fn edit(mut self, value: impl Into<String>, title: impl Into<String>) -> Self {
        self.edit = Some(Edit::Text { value: value.into(), title: title.into() });
        self
    }

    /// With `trim = true` as the certain repair, or as a help.
    pub(crate) fn trim(mut self, help: impl Into<String>) -> Self {
        self.edit = Some(Edit::Trim { help: help.into() });
        self
    }

    /// The finding in its text; `locate` says where each part is. An edit that nobody took out
    /// becomes the first help.
    pub(crate) fn place(self, locate: impl Fn(&Spot) -> Span) -> Diagnostic {
        let mut diagnostic = self.diagnostic.at(locate(&self.at), self.label);
        for (spot, text) in self.also {
            diagnostic = diagnostic.also(locate(&spot), text);
        }
        if let Some(Edit::Text { title: help, .. } | Edit::Trim { help }) = self.edit {
            diagnostic.helps.insert(0, help);
        }
        diagnostic
    }
}
