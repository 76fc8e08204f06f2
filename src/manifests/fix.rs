//! Where the parts of a Secret stand in a manifest, and certain repairs as changes of its text.

use std::{collections::HashSet, ops::Range};

use super::decode::{Decoded, Null};
use super::fault::{DecodeFault, DecodeFaultKind, Remedy};
use super::{messages, read::ManifestText};
use crate::check::finding::{self, Edit, Finding, Locate, Spot};
use crate::diag::{Diagnostic, Fix, codes, phrases::code};
use crate::emit::scalar::{push_quoted, push_scalar};
use crate::source::Span;

pub(crate) struct LocatedSecret<'d> {
    pub source: ManifestText<'d>,
    pub decoded: &'d Decoded,
    /// What stands for the whole Secret: its first field.
    pub head: Range<usize>,
    owners_are_open: bool,
    finalizers_are_open: bool,
    /// Data keys with nothing behind them, not even the word null.
    left_open: HashSet<&'d str>,
}

impl<'d> LocatedSecret<'d> {
    /// What [`Locate::is_told`] asks for every finding is found out once.
    pub(crate) fn new(source: ManifestText<'d>, decoded: &'d Decoded, head: Range<usize>) -> Self {
        let nulls = decoded.nulls.iter();
        let left_open = nulls.filter(|null| null.is_data && !is_null_word(source, null));
        Self {
            source,
            decoded,
            head,
            owners_are_open: decoded.has_fault_in("metadata.ownerReferences["),
            finalizers_are_open: decoded.has_fault_in("metadata.finalizers["),
            left_open: left_open.map(|null| null.key.as_str()).collect(),
        }
    }
}

impl Locate for LocatedSecret<'_> {
    fn span(&self, spot: &Spot) -> Span {
        let places = &self.decoded.places;
        let range = match spot {
            Spot::Secret => None,
            Spot::Registry { data_key, .. } => places.get(&Spot::DataValue((*data_key).to_owned())),
            spot => places.get(spot),
        };
        self.source.span(range.unwrap_or(&self.head))
    }

    /// An edit as a change of the text, where the text says what is edited and nothing else.
    fn fix(&self, spot: &Spot, edit: &Edit) -> Option<Fix> {
        let Edit::Text { value, title } = edit else { return None };
        let old = match spot {
            Spot::GenerateName => &self.decoded.more.generate_name,
            _ => finding::editable(&self.decoded.secret, spot, value)?,
        };
        replace(self.source, self.decoded.places.get(spot)?, old, value, title)
    }

    fn is_told(&self, finding: &Finding) -> bool {
        let (decoded, code) = (self.decoded, finding.diagnostic.code);
        match &finding.at {
            Spot::Name => decoded.is_open("metadata") && decoded.secret.name.is_empty(),
            Spot::Namespace => decoded.is_open("metadata") && decoded.secret.namespace.is_none(),
            Spot::AnnotationKey(_) => {
                decoded.is_open("metadata") && code == &codes::SERVICE_ACCOUNT
            }
            Spot::Owner(..) => self.owners_are_open,
            Spot::Finalizer(_) => self.finalizers_are_open,
            Spot::Type => decoded.is_open("type") && code == &codes::TYPE_MISSPELT,
            // `""` and the word null are meant; nothing at all was left to fill in.
            Spot::DataKey(key) if code == &codes::EMPTY_VALUE => {
                decoded.secret.data.get(key).is_some_and(|value| value.is_empty())
                    && !self.left_open.contains(key.as_str())
            }
            _ => false,
        }
    }
}

pub(crate) fn is_null_word(source: ManifestText<'_>, null: &Null) -> bool {
    source.token(&null.range).eq_ignore_ascii_case("null")
}

impl LocatedSecret<'_> {
    pub(crate) fn decode_fault(&self, fault: &DecodeFault) -> Diagnostic {
        let DecodeFault { range, kind, .. } = fault;
        let (span, mut diagnostic) = (self.source.span(range), messages::decode(fault));
        if let DecodeFaultKind::Duplicate { first } = kind {
            let first = self.source.span(first);
            return self.about(diagnostic.at(span, "the second").also(first, "the first"));
        }
        if let DecodeFaultKind::Unknown { name, remedy: Remedy::Rename(right), .. } = kind {
            let title = format!("write {}", code(right));
            match replace(self.source, range, name, right, &title) {
                Some(fix) => diagnostic.fixes.push(fix),
                None => diagnostic.helps.push(title),
            }
        }
        self.about(diagnostic.at(span, ""))
    }

    pub(crate) fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        let id = self.decoded.secret.id();
        if id.is_empty() { diagnostic } else { diagnostic.about(id) }
    }
}

/// Puts another text where a scalar or key says just `old`, plain or in quotes without escapes.
/// `new` must not be secret.
fn replace(
    source: ManifestText<'_>,
    range: &Range<usize>,
    old: &str,
    new: &str,
    title: &str,
) -> Option<Fix> {
    let token = source.token(range);
    let mut replacement = String::new();
    if inner(token) == Some(old) {
        push_quoted(&mut replacement, new);
    } else if token == old && !old.is_empty() {
        push_scalar(&mut replacement, new);
    } else {
        return None;
    }
    Some(Fix { title: title.to_owned(), span: source.span(range), replacement })
}

/// What stands between quotes, if no escape does.
fn inner(token: &str) -> Option<&str> {
    let between = |quote| token.strip_prefix(quote)?.strip_suffix(quote);
    between('"')
        .filter(|inner| !inner.contains(['\\', '"']))
        .or_else(|| between('\'').filter(|inner| !inner.contains('\'')))
}
