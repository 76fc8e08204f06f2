//! Where the bytes of a data key are kept, and who else uses them.

use crate::source::Span;
use crate::spec::value::How;
use crate::structure::{Format, KeyPath};

/// What a value is read from: how, and the path, as the spec says it once its templates are
/// rendered, or the armored text.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub how: How,
    pub what: String,
    /// The string in the spec, quotes included.
    pub span: Span,
}

impl PartialEq for Read {
    fn eq(&self, other: &Self) -> bool {
        match (self.how, other.how) {
            // The same place, also in a later text of the spec.
            (How::Armor, How::Armor) => self.span.start == other.span.start,
            _ => self.how == other.how && self.what == other.what,
        }
    }
}

impl Eq for Read {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The whole of an age file.
    File(String),
    /// One key of a structured age file, or of an armored text of a source.
    Key { file: Read, format: Option<Format>, key: KeyPath },
    /// The whole of a structured file: `data-from`.
    Keys { file: Read, format: Option<Format> },
    /// The whole of an armored text of the spec, in the string at this place.
    Armor(Span),
    /// A string of the spec without expressions.
    Literal,
    /// Something that has no single place that could be changed.
    Elsewhere(Elsewhere),
}

/// Why a value can't be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    PlainFile(String),
    EnvVar(String),
    /// A template with more in it than one value of a source; the files that it reads.
    Template(Vec<Read>),
    /// The bytes of this file are rendered as a template.
    Rendered(Read),
    /// `concat`; the files that its parts read.
    Joined(Vec<Read>),
    /// `json` and the like.
    Tree(&'static str),
    /// A whole file is decoded before anything is selected in it.
    DecodedFile(Read),
    Registries,
    /// A field that is not secret, such as `token-id`.
    Public,
    /// A template in the path or key fails; building says why.
    Broken,
}

/// A data key of one Secret in one environment, or all keys of a file.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub env: Option<String>,
    /// `NAMESPACE/NAME`.
    pub secret: String,
    /// None for all keys of a file. Of a credential, `SERVER.password`.
    pub data_key: Option<String>,
    /// The registry of a credential.
    pub registry: Option<String>,
    pub held: Held,
    /// Which entry of the spec it is, counted from 0.
    pub entry: usize,
    /// The value in the spec.
    pub span: Option<Span>,
    /// Whether what is held is base64 of the value.
    pub is_base64: bool,
    /// All files that it may read, as the spec says their paths.
    pub files: Vec<String>,
    /// All armored texts of the spec that it may read.
    pub armors: Vec<Span>,
}

impl Held {
    pub(crate) fn read(&self) -> Option<&str> {
        match self {
            Held::File(path) => Some(path),
            Held::Key { file, .. } | Held::Keys { file, .. } if file.how == How::Age => {
                Some(&file.what)
            }
            _ => None,
        }
    }

    /// The armored text of the spec that has the value, with other values or alone.
    pub(crate) fn armor(&self) -> Option<Span> {
        match self {
            Held::Armor(span) => Some(*span),
            Held::Key { file, .. } | Held::Keys { file, .. } if file.how == How::Armor => {
                Some(file.span)
            }
            _ => None,
        }
    }

    /// Whether a change of `self` changes what `other` gives.
    pub(crate) fn touches(&self, other: &Held) -> bool {
        match (self, other) {
            (Held::Literal | Held::Elsewhere(_), _) => false,
            (Held::Key { file, key, .. }, Held::Keys { file: all, .. }) => {
                file == all && key.segments().len() == 1
            }
            (Held::Key { file, key, .. }, Held::Key { file: other, key: other_key, .. }) => {
                file == other && key == other_key
            }
            // A file that one takes whole and another one in parts.
            (Held::File(path), other) => other.read() == Some(path),
            (Held::Key { .. }, Held::File(other)) => self.read() == Some(other),
            // One taken whole or in parts; the same place, also in a later text of the spec.
            (Held::Armor(span), other) | (other @ Held::Key { .. }, Held::Armor(span)) => {
                other.armor().is_some_and(|other| span.start == other.start)
            }
            _ => self == other,
        }
    }
}

impl Use {
    /// Those that use what this one holds besides the Secret itself.
    pub(crate) fn others<'u>(&self, uses: &'u [Use]) -> Vec<&'u Use> {
        // With all keys of a file there is the key itself.
        let is_it = |other: &Use| {
            let is_key = other.data_key == self.data_key || other.data_key.is_none();
            other.secret == self.secret && other.env == self.env && is_key
        };
        let is_other = |other: &&Use| !is_it(other) && self.held.touches(&other.held);
        let mut others: Vec<&Use> = uses.iter().filter(is_other).collect();
        others.dedup_by_key(|other| other.name());
        others
    }

    /// What messages call it: the key, the Secret, the environment.
    pub(crate) fn name(&self) -> String {
        use crate::diag::phrases::code;
        let secret = code(&self.secret);
        let what = match &self.data_key {
            Some(key) => format!("{} of {secret}", code(key)),
            None => secret,
        };
        match &self.env {
            Some(env) => format!("{what} in {}", code(env)),
            None => what,
        }
    }
}
