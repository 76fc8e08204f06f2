//! Where the parts of a Secret stand in a manifest, and certain repairs as changes of its text.

use std::ops::Range;

use zeroize::Zeroizing;

use super::decode::{Decoded, Null};
use super::fault::{DecodeFault, DecodeFaultKind, Remedy};
use super::messages;
use super::read::ManifestText;
use crate::check::finding::{Edit, Finding, Locate, Spot};
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, Fix, codes};
use crate::emit::scalar::push_scalar;
use crate::go::base64::{self, Base64Fault};
use crate::source::Span;

/// A Secret of a manifest, and the text that it was decoded from.
pub(crate) struct LocatedSecret<'d> {
    pub source: ManifestText<'d>,
    pub decoded: &'d Decoded,
    /// What stands for the whole Secret: its first field.
    pub head: Range<usize>,
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
        let secret = &self.decoded.secret;
        let old = match spot {
            Spot::Name => &secret.name,
            Spot::GenerateName => &self.decoded.more.generate_name,
            Spot::Namespace => secret.namespace.as_ref()?,
            Spot::Type => &secret.type_,
            Spot::LabelKey(key) if !secret.labels.contains_key(value) => key,
            Spot::LabelValue(key) => secret.labels.get(key)?,
            Spot::AnnotationKey(key) if !secret.annotations.contains_key(value) => key,
            Spot::DataKey(key) if !secret.data.contains_key(value) => key,
            _ => return None,
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
            Spot::Owner(..) => decoded.has_fault_in("metadata.ownerReferences["),
            Spot::Finalizer(_) => decoded.has_fault_in("metadata.finalizers["),
            Spot::Type => decoded.is_open("type") && code == &codes::TYPE_MISSPELT,
            // `""` and the word null are meant; nothing at all was left to fill in.
            Spot::DataKey(key) if code == &codes::EMPTY_VALUE => {
                let is_left_open =
                    |null: &Null| null.is_data && null.key == *key && !self.is_null_word(null);
                decoded.secret.data.get(key).is_some_and(|value| value.is_empty())
                    && !decoded.nulls.iter().any(is_left_open)
            }
            _ => false,
        }
    }
}

impl LocatedSecret<'_> {
    /// Whether a null is written out as a word.
    pub(crate) fn is_null_word(&self, null: &Null) -> bool {
        self.source.token(&null.range).eq_ignore_ascii_case("null")
    }

    /// The diagnostic of what keeps the server from decoding the Secret.
    pub(crate) fn decode_fault(&self, fault: &DecodeFault) -> Diagnostic {
        let span = self.source.span(&fault.range);
        let mut diagnostic = messages::decode(fault);
        diagnostic = match &fault.kind {
            DecodeFaultKind::Duplicate { first } => {
                diagnostic.at(span, "the second").also(self.source.span(first), "the first")
            }
            _ => diagnostic.at(span, ""),
        };
        self.about(or_fix(diagnostic, self.decode_fix(fault)))
    }

    pub(crate) fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        let id = self.decoded.secret.id();
        if id.is_empty() { diagnostic } else { diagnostic.about(id) }
    }

    /// A certain repair of what can't be decoded. Nothing that may be secret is written into it.
    fn decode_fix(&self, fault: &DecodeFault) -> Option<Fix> {
        let DecodeFault { range, kind, .. } = fault;
        match kind {
            DecodeFaultKind::Unknown { name, remedy: Remedy::Rename(right), .. } => {
                replace(self.source, range, name, right, &format!("write {}", code(right)))
            }
            DecodeFaultKind::Type { quotes: true, .. } if self.decoded.harmless.contains(range) => {
                quote(self.source, range, "put it into double quotes")
            }
            DecodeFaultKind::Base64(Base64Fault::MissingPadding { missing }) => {
                pad(self.source, range, *missing)
            }
            _ => None,
        }
    }

    /// A key that YAML does not read as text.
    pub(crate) fn renamed(&self, range: &Range<usize>, key: &str) -> Diagnostic {
        let diagnostic = messages::renamed(key).at(self.source.span(range), "");
        or_fix(diagnostic, quote(self.source, range, "put the key into double quotes"))
    }
}

/// The fix instead of the last help, which says the same.
fn or_fix(mut diagnostic: Diagnostic, fix: Option<Fix>) -> Diagnostic {
    if let Some(fix) = fix {
        diagnostic.helps.pop();
        diagnostic.fixes.push(fix);
    }
    diagnostic
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
    let replacement = if token == old && !old.is_empty() {
        let mut plain = String::new();
        push_scalar(&mut plain, new);
        plain
    } else if inner(token) == Some(old) {
        quoted(new)?
    } else {
        return None;
    };
    Some(Fix { title: title.to_owned(), span: source.span(range), replacement })
}

/// Puts quotes around a plain scalar, which makes a string of it. Not around an anchor or a tag
/// before it.
fn quote(source: ManifestText<'_>, range: &Range<usize>, title: &str) -> Option<Fix> {
    let token = source.token(range);
    let is_plain = !token.is_empty() && !token.starts_with(['&', '*', '!']);
    let replacement = quoted(token).filter(|_| is_plain)?;
    Some(Fix { title: title.to_owned(), span: source.span(range), replacement })
}

/// Adds the padding of a base64 scalar that lacks `missing` characters. Where it then is no text,
/// it may well not be base64 at all, as most words are not, and nothing is certain.
fn pad(source: ManifestText<'_>, range: &Range<usize>, missing: usize) -> Option<Fix> {
    let token = source.token(range);
    // In a block the end of the scalar is not that of its text.
    if token.trim_end() != token || token.contains('\n') || token.starts_with(['|', '>']) {
        return None;
    }
    let padding = "=".repeat(missing);
    let padded = Zeroizing::new(format!("{}{padding}", inner(token).unwrap_or(token)));
    base64::decode(padded.as_bytes()).ok()?.expose_str()?;
    let end = range.end - usize::from(inner(token).is_some());
    let title = "add the padding".to_owned();
    Some(Fix { title, span: source.span(&(end..end)), replacement: padding })
}

/// What stands between quotes, if no escape does.
fn inner(token: &str) -> Option<&str> {
    let between = |quote| token.strip_prefix(quote)?.strip_suffix(quote);
    between('"')
        .filter(|inner| !inner.contains(['\\', '"']))
        .or_else(|| between('\'').filter(|inner| !inner.contains('\'')))
}

/// In double quotes, where that needs no escape.
fn quoted(text: &str) -> Option<String> {
    let simple = text.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'));
    simple.then(|| format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn fixed(
        text: &str,
        fix: impl Fn(ManifestText<'_>, &Range<usize>) -> Option<Fix>,
    ) -> Option<(usize, String)> {
        let file = SourceMap::new().add("a.yaml", "");
        let fix = fix(ManifestText { file, text }, &(0..text.len()))?;
        Some((fix.span.start, fix.replacement))
    }

    #[test]
    fn only_plain_scalars_are_quoted() {
        let quoted = |text: &str| fixed(text, |source, range| quote(source, range, ""));
        assert_eq!(quoted("yes"), Some((0, "\"yes\"".to_owned())));
        for token in ["", "&anchor yes", "!!int 12", "*anchor", "\"12\""] {
            assert_eq!(quoted(token), None, "{token}");
        }
    }

    #[test]
    fn padding_is_certain_where_it_makes_a_text() {
        let padded = |text: &str, missing| fixed(text, |source, range| pad(source, range, missing));
        assert_eq!(padded("aHVudGVyMg", 2), Some((10, "==".to_owned())));
        assert_eq!(padded("'aHVudGVyMg'", 2), Some((11, "==".to_owned())));
        assert_eq!(padded("hunter2", 1), None, "a word");
        assert_eq!(padded("|\n  aHVudGVyMg\n", 2), None);
    }
}
