//! Names that Kubernetes would take, near to ones that it does not. Only offered where the result
//! is plainly what was meant.

use super::names;

/// `Bad_Name` -> `bad-name`: a DNS subdomain.
pub(crate) fn subdomain(text: &str) -> Option<String> {
    let dashed = dashed(text, '-', |c| names::is_dns(c.to_ascii_lowercase()))?.to_ascii_lowercase();
    let labels: Vec<&str> = dashed
        .split('.')
        .map(|label| label.trim_matches('-'))
        .filter(|label| !label.is_empty())
        .collect();
    Some(labels.join(".")).filter(|name| names::subdomain(name).is_empty())
}

/// `Team.A` -> `team-a`: a DNS label.
pub(crate) fn dns_label(text: &str) -> Option<String> {
    subdomain(&text.replace('.', "-")).filter(|name| names::dns_label(name).is_empty())
}

/// `my app` -> `my-app`: the name or the value of a label.
pub(crate) fn label_value(text: &str) -> Option<String> {
    let dashed = dashed(text, '-', names::is_name)?;
    let trimmed = dashed.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    (!trimmed.is_empty() && names::label_value(trimmed).is_empty()).then(|| trimmed.to_string())
}

/// `Example.com/my app` -> `example.com/my-app`: the key of a label or an annotation.
pub(crate) fn label_key(key: &str) -> Option<String> {
    let Some((prefix, rest)) = key.split_once('/') else { return label_value(key) };
    let name = label_value(&rest.replace('/', "-"))?;
    Some(if prefix.is_empty() { name } else { format!("{}/{name}", subdomain(prefix)?) })
}

/// `DB PASSWORD` -> `DB_PASSWORD`, `app/config` -> `app-config`: a data key.
pub(crate) fn data_key(key: &str) -> Option<String> {
    // What looks like a variable stays one.
    let separator = if key.chars().any(|c| c.is_ascii_lowercase()) { '-' } else { '_' };
    let dashed = dashed(key, separator, names::is_name)?;
    let trimmed =
        if names::data_key(&dashed).is_empty() { &dashed } else { dashed.trim_start_matches('.') };
    let has_name = trimmed.chars().any(|c| c.is_ascii_alphanumeric());
    (has_name && names::data_key(trimmed).is_empty()).then(|| trimmed.to_string())
}

/// The text with each run of characters that are not allowed turned into one separator, except at
/// its ends, where they are dropped. Nothing for letters of other alphabets: nobody can say how
/// they are to be transcribed.
fn dashed(text: &str, separator: char, allowed: impl Fn(char) -> bool) -> Option<String> {
    // A longer one is no slip of the pen; what follows a line break hardly belongs to it.
    if !text.is_ascii() || text.len() > names::SUBDOMAIN_MAX || text.trim().contains(['\n', '\r']) {
        return None;
    }
    let parts: Vec<&str> = text.split(|c| !allowed(c)).filter(|part| !part.is_empty()).collect();
    Some(parts.join(separator.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names() {
        let is = |found: Option<String>, right: &str| assert_eq!(found.as_deref(), Some(right));
        is(subdomain("-a..b-."), "a.b");
        is(subdomain(" my secret\n"), "my-secret");
        is(label_value("v1.0+build 7"), "v1.0-build-7");
        is(label_key("Example.com/My App"), "example.com/My-App");
        is(data_key("config/app.json"), "config-app.json");
        is(data_key("..data"), "data");
        let none =
            [subdomain("café"), subdomain("___"), data_key(".."), label_value(&"a".repeat(64))];
        assert_eq!(none, [None, None, None, None]);
    }
}
