//! The shapes that Kubernetes gives to names, label keys and values, and data keys.
//!
//! Sources: `staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go`
//! (`IsDNS1123Subdomain`, `IsDNS1123Label`, `IsConfigMapKey`) and
//! `.../pkg/api/validate/content/kube.go` (`IsLabelKey`, `IsLabelValue`). Lengths are in bytes, as
//! there. Each function gives one fact for each thing that the server objects to, with one
//! exception: of a text that is empty, it gives only that.

/// How a text misses its shape. `Character` is the first that the shape has nowhere, counted from
/// 1; a part between dots starts or ends with what is `NextToDot`; with `Dots` it would be a
/// subdomain; and a file of a `Relative` name would be another directory, or hidden by the kubelet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    Empty,
    TooLong { len: usize, max: usize },
    Character { c: char, at: usize },
    Start(char),
    End(char),
    NextToDot(char),
    Dots,
    Relative,
}

/// How a key of a label or annotation misses `[prefix/]name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyMisfit {
    Slashes { count: usize },
    Prefix(Misfit),
    Name(Misfit),
}

/// Longest DNS subdomain, and longest data key.
pub(crate) const SUBDOMAIN_MAX: usize = 253;
/// Longest DNS label, name of a label or annotation, and label value.
pub(crate) const LABEL_MAX: usize = 63;

/// A DNS subdomain (RFC 1123), as names of Secrets are: labels of `a-z`, `0-9` and `-`, with dots
/// between. A label has no length of its own.
pub(crate) fn subdomain(text: &str) -> Vec<Misfit> {
    length(text, SUBDOMAIN_MAX).into_iter().chain(dns_misfit(text)).collect()
}

/// A DNS label (RFC 1123), as namespaces are: a subdomain without dots.
pub(crate) fn dns_label(text: &str) -> Vec<Misfit> {
    let misfit = if !text.contains('.') {
        dns_misfit(text)
    } else if dns_misfit(text).is_none() {
        Some(Misfit::Dots)
    } else {
        first_character(text, 0, |c| is_dns(c) && c != '.')
    };
    length(text, LABEL_MAX).into_iter().chain(misfit).collect()
}

/// The key of a label: an optional DNS subdomain and `/`, then a name.
pub(crate) fn label_key(key: &str) -> Vec<KeyMisfit> {
    let Some((prefix, name)) = key.split_once('/') else {
        return name_part(key, 0).into_iter().map(KeyMisfit::Name).collect();
    };
    let more = name.matches('/').count();
    if more > 0 {
        return vec![KeyMisfit::Slashes { count: more + 1 }];
    }
    let before = prefix.chars().count() + 1;
    let names = name_part(name, before).into_iter().map(KeyMisfit::Name);
    subdomain(prefix).into_iter().map(KeyMisfit::Prefix).chain(names).collect()
}

/// The key of an annotation: a label key, after every character is turned into its lower case. So
/// upper case is fine in the prefix too, and so are the two characters outside ASCII whose lower
/// case is in it: U+212A (Kelvin sign) and U+0130. Source: `ValidateAnnotations` in
/// `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`.
pub(crate) fn annotation_key(key: &str) -> Vec<KeyMisfit> {
    // Go maps one character to one; Rust's mapping of U+0130 has two, of which the first is Go's.
    let lowered: String = key.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
    let mut found = label_key(&lowered);
    for misfit in &mut found {
        if let KeyMisfit::Prefix(Misfit::Character { c, at })
        | KeyMisfit::Name(Misfit::Character { c, at }) = misfit
        {
            // Told as it was written. A character becomes one character, so that places stay.
            *c = key.chars().nth(at.saturating_sub(1)).unwrap_or(*c);
        }
    }
    found
}

pub(crate) fn label_value(text: &str) -> Vec<Misfit> {
    if text.is_empty() { Vec::new() } else { name_part(text, 0) }
}

/// A key of `data`: letters, digits, `-`, `_` and `.`, as the name of a file that a volume mounts.
pub(crate) fn data_key(key: &str) -> Vec<Misfit> {
    // The kubelet's symlinks are called `..data` and the like.
    let relative = (key == "." || key.starts_with("..")).then_some(Misfit::Relative);
    let character = first_character(key, 0, is_name);
    length(key, SUBDOMAIN_MAX).into_iter().chain(character).chain(relative).collect()
}

pub(crate) fn is_dns(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.')
}

pub(crate) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn length(text: &str, max: usize) -> Option<Misfit> {
    match text.len() {
        0 => Some(Misfit::Empty),
        len => (len > max).then_some(Misfit::TooLong { len, max }),
    }
}

fn first_character(text: &str, before: usize, allowed: impl Fn(char) -> bool) -> Option<Misfit> {
    let (index, c) = text.chars().enumerate().find(|(_, c)| !allowed(*c))?;
    Some(Misfit::Character { c, at: before + index + 1 })
}

/// What keeps a text from being dot-separated labels that start and end with a letter or digit.
fn dns_misfit(text: &str) -> Option<Misfit> {
    let character = first_character(text, 0, is_dns);
    if character.is_some() {
        return character;
    }
    let mut previous = None;
    for c in text.chars() {
        match (previous, c) {
            (None, '-' | '.') => return Some(Misfit::Start(c)),
            (Some('.'), '-' | '.') => return Some(Misfit::NextToDot(c)),
            (Some('-'), '.') => return Some(Misfit::NextToDot('-')),
            _ => previous = Some(c),
        }
    }
    previous.filter(|c| matches!(c, '-' | '.')).map(Misfit::End)
}

/// What keeps a text from being a name of 1 to 63 letters, digits, `-`, `_` and `.` that starts and
/// ends with a letter or digit. `before` characters stand before it.
fn name_part(text: &str, before: usize) -> Vec<Misfit> {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return vec![Misfit::Empty];
    };
    let misfit = match first_character(text, before, is_name) {
        None if !first.is_ascii_alphanumeric() => Some(Misfit::Start(first)),
        None if !last.is_ascii_alphanumeric() => Some(Misfit::End(last)),
        misfit => misfit,
    };
    length(text, LABEL_MAX).into_iter().chain(misfit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotation_keys_are_told_as_written() {
        let key = annotation_key("\u{212a}.Com/AÉ");
        assert_eq!(key, [KeyMisfit::Name(Misfit::Character { c: 'É', at: 8 })]);
    }
}
