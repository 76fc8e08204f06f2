//! What makes registry credentials useless although the API server takes them: the kubelet's view of a `.dockerconfigjson` or `.dockercfg`.
//!
//! Source: `pkg/credentialprovider/config.go` and `secrets/secrets.go` of Kubernetes. One field of a wrong type, or one `auth` that does not
//! decode, makes the kubelet drop all the credentials, those of other registries and of other pull secrets too. Field names match in any case there.
//!
//! Facts name no registry, since the names come out of a secret value; they count entries instead.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::go_json::{self, JsonFault, Reader, Shape, Token, TokenKind};

/// Which of docker's two forms a value is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"auths": {"REGISTRY": {...}}}`, for `kubernetes.io/dockerconfigjson`.
    ConfigJson,
    /// `{"REGISTRY": {...}}`, for `kubernetes.io/dockercfg`.
    Cfg,
}

/// Why registry credentials are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockerFault {
    /// There is not one registry in it.
    NoRegistry {
        /// Whether credential helpers stand there, which the kubelet does not run.
        helpers: bool,
    },
    /// It has docker's other form than the one given here.
    OtherForm(Form),
    /// `auths` is something else than an object.
    AuthsShape(Shape),
    /// `HttpHeaders` is something else than an object of strings.
    HeadersShape,
    /// There are registries, but for none of them anything to log in with.
    NoCredentials {
        /// Whether credential helpers stand there, which the kubelet does not run.
        helpers: bool,
    },
    /// One entry is useless.
    Entry {
        /// Which, counted from 1.
        number: usize,
        /// Why.
        problem: EntryProblem,
    },
}

/// Why the entry of a registry is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryProblem {
    /// It is something else than an object.
    Shape(Shape),
    /// A field that must be a string is something else.
    Field {
        /// The field: `username`, `password`, `email` or `auth`.
        field: &'static str,
        /// What it is.
        found: Shape,
    },
    /// `auth` is not base64.
    AuthBase64,
    /// `auth` decodes to something without a `:`.
    AuthColon,
}

impl DockerFault {
    /// Whether it makes the kubelet fail with an error, for every image of the Pod, instead of only finding no credentials here.
    pub fn breaks_kubelet(self) -> bool {
        match self {
            DockerFault::NoRegistry { .. } | DockerFault::OtherForm(_) | DockerFault::NoCredentials { .. } => false,
            DockerFault::Entry { problem: EntryProblem::Shape(Shape::Null), .. } => false,
            DockerFault::AuthsShape(_) | DockerFault::HeadersShape | DockerFault::Entry { .. } => true,
        }
    }
}

/// What makes the credentials useless. Nothing for bytes that [`go_json::object`] refuses: the API server's verdict says that already.
/// Time is linear in the length.
pub fn faults(bytes: &[u8], form: Form) -> Vec<DockerFault> {
    if go_json::object(bytes).is_err() {
        return Vec::new();
    }
    let mut walk =
        Walk { reader: Reader::new(bytes), found: Vec::new(), entries: 0, credentials: false, helpers: false, other_form: false };
    // The text was read once without a fault, so there is none.
    let _ = match form {
        Form::ConfigJson => walk.config_json(),
        Form::Cfg => walk.cfg(),
    };
    walk.verdict(form)
}

struct Walk<'a> {
    reader: Reader<'a>,
    found: Vec<DockerFault>,
    /// How many entries there are.
    entries: usize,
    /// Whether one of them has something to log in with.
    credentials: bool,
    /// Whether credential helpers are named.
    helpers: bool,
    /// Whether something looks like the other form.
    other_form: bool,
}

impl Walk<'_> {
    fn verdict(self, form: Form) -> Vec<DockerFault> {
        let mut found = self.found;
        let other = match form {
            // `auths` in a `.dockercfg` is read as the name of a registry.
            Form::Cfg if self.other_form => Some(Form::ConfigJson),
            Form::ConfigJson if self.other_form && self.entries == 0 && found.is_empty() => Some(Form::Cfg),
            _ => None,
        };
        if let Some(other) = other {
            // What else is wrong follows from it.
            return vec![DockerFault::OtherForm(other)];
        }
        if !found.is_empty() {
            return found;
        }
        if self.entries == 0 {
            found.push(DockerFault::NoRegistry { helpers: self.helpers });
        } else if !self.credentials {
            found.push(DockerFault::NoCredentials { helpers: self.helpers });
        }
        found
    }

    /// The next token inside a text that is known to be complete.
    fn token(&mut self) -> Result<Option<Token>, JsonFault> {
        self.reader.next()
    }

    /// The next key of an object, and the first token of its value; `None` at the object's end.
    fn member(&mut self) -> Result<Option<(Zeroizing<String>, Token)>, JsonFault> {
        let Some(Token { kind: TokenKind::Key(range), .. }) = self.token()? else { return Ok(None) };
        let key = self.reader.text(&range);
        Ok(self.token()?.map(|value| (key, value)))
    }

    fn config_json(&mut self) -> Result<(), JsonFault> {
        if !self.starts_object()? {
            return Ok(());
        }
        while let Some((key, value)) = self.member()? {
            if is_field(&key, "auths") {
                self.auths(&value)?;
            } else if is_field(&key, "httpheaders") {
                self.headers(&value)?;
            } else if is_helpers(&key) {
                self.helpers = true;
                self.reader.skip(&value)?;
            } else {
                self.other_form |= self.has_login(&value)?;
            }
        }
        Ok(())
    }

    fn cfg(&mut self) -> Result<(), JsonFault> {
        if !self.starts_object()? {
            return Ok(());
        }
        while let Some((key, value)) = self.member()? {
            if is_field(&key, "auths") {
                self.other_form = true;
                self.reader.skip(&value)?;
            } else {
                self.entry(&value)?;
            }
        }
        Ok(())
    }

    fn starts_object(&mut self) -> Result<bool, JsonFault> {
        Ok(self.token()?.is_some_and(|token| matches!(token.kind, TokenKind::ObjectStart)))
    }

    fn auths(&mut self, value: &Token) -> Result<(), JsonFault> {
        match value.shape() {
            Some(Shape::Object) => {
                while let Some((_, entry)) = self.member()? {
                    self.entry(&entry)?;
                }
            }
            // Go takes `null` for an empty map, whatever stood there before.
            Some(Shape::Null) => self.entries = 0,
            shape => {
                self.found.extend(shape.map(DockerFault::AuthsShape));
                self.reader.skip(value)?;
            }
        }
        Ok(())
    }

    fn headers(&mut self, value: &Token) -> Result<(), JsonFault> {
        let mut right = matches!(value.shape(), Some(Shape::Object | Shape::Null));
        if value.shape() == Some(Shape::Object) {
            while let Some((_, header)) = self.member()? {
                right &= matches!(header.shape(), Some(Shape::String | Shape::Null));
                self.reader.skip(&header)?;
            }
        } else {
            self.reader.skip(value)?;
        }
        if !right {
            self.found.push(DockerFault::HeadersShape);
        }
        Ok(())
    }

    fn entry(&mut self, value: &Token) -> Result<(), JsonFault> {
        self.entries += 1;
        if value.shape() != Some(Shape::Object) {
            self.problem(value.shape().map(EntryProblem::Shape));
            return self.reader.skip(value);
        }
        // As in Go, the last of equal fields counts, and `null` leaves a field as it was.
        let mut auth: Option<Range<usize>> = None;
        while let Some((key, value)) = self.member()? {
            let field = ENTRY_FIELDS.into_iter().find(|field| is_field(&key, field));
            match (field, &value.kind) {
                (Some("auth"), TokenKind::String(range)) => auth = Some(range.clone()),
                (Some("username" | "password"), TokenKind::String(range)) => self.credentials |= !range.is_empty(),
                (Some(_), TokenKind::String(_) | TokenKind::Null) => {}
                (Some(field), _) => self.problem(value.shape().map(|found| EntryProblem::Field { field, found })),
                (None, _) => {
                    // The kubelet has no use for tokens, but others who read the file do.
                    let token = TOKENS.into_iter().any(|token| is_field(&key, token));
                    self.credentials |= token && matches!(&value.kind, TokenKind::String(range) if !range.is_empty());
                }
            }
            self.reader.skip(&value)?;
        }
        if let Some(range) = auth.filter(|range| !range.is_empty()) {
            self.credentials = true;
            let problem = auth_problem(&self.reader.text(&range));
            self.problem(problem);
        }
        Ok(())
    }

    fn problem(&mut self, problem: Option<EntryProblem>) {
        let number = self.entries;
        self.found.extend(problem.map(|problem| DockerFault::Entry { number, problem }));
    }

    /// Whether a value outside `auths` looks like an entry. Goes past it.
    fn has_login(&mut self, value: &Token) -> Result<bool, JsonFault> {
        let mut login = false;
        if value.shape() == Some(Shape::Object) {
            while let Some((key, member)) = self.member()? {
                login |= ["auth", "username", "password"].into_iter().any(|field| is_field(&key, field));
                self.reader.skip(&member)?;
            }
        } else {
            self.reader.skip(value)?;
        }
        Ok(login)
    }
}

const ENTRY_FIELDS: [&str; 4] = ["username", "password", "email", "auth"];
const TOKENS: [&str; 2] = ["identitytoken", "registrytoken"];

fn is_helpers(key: &str) -> bool {
    is_field(key, "credsstore") || is_field(key, "credhelpers")
}

/// Whether Go's decoder takes `key` for the field `name`, which is in lower case: it folds case, and two characters outside ASCII fold into it.
fn is_field(key: &str, name: &str) -> bool {
    let folded = key.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    });
    folded.eq(name.chars())
}

/// What the kubelet has against a non-empty `auth`. Go's decoder does not mind line breaks, nor bits left over at the end.
fn auth_problem(auth: &str) -> Option<EntryProblem> {
    // With `=` at the end it must be padded rightly, without it must not be padded.
    let padding = if auth.trim().ends_with('=') { DecodePaddingMode::RequireCanonical } else { DecodePaddingMode::RequireNone };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding).with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&STANDARD, config);
    let mut text = Zeroizing::new(Vec::with_capacity(auth.len()));
    text.extend(auth.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    let mut decoded = Zeroizing::new(vec![0; text.len()]);
    let Ok(length) = engine.decode_slice(text.as_slice(), decoded.as_mut_slice()) else {
        return Some(EntryProblem::AuthBase64);
    };
    let colon = decoded.iter().take(length).any(|byte| *byte == b':');
    (!colon).then_some(EntryProblem::AuthColon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Vec<DockerFault> {
        faults(text.as_bytes(), Form::ConfigJson)
    }

    fn cfg(text: &str) -> Vec<DockerFault> {
        faults(text.as_bytes(), Form::Cfg)
    }

    fn entry(number: usize, problem: EntryProblem) -> Vec<DockerFault> {
        vec![DockerFault::Entry { number, problem }]
    }

    #[test]
    fn without_a_registry() {
        for text in
            ["{}", "null", r#"{"auths":{}}"#, r#"{"auths":null}"#, r#"{"foo":1}"#, r#"{"auths":{"a.io":{"auth":"YTpi"}},"AUTHS":null}"#]
        {
            assert_eq!(json(text), [DockerFault::NoRegistry { helpers: false }], "{text}");
        }
        assert_eq!(json(r#"{"credsStore":"desktop"}"#), [DockerFault::NoRegistry { helpers: true }]);
        assert_eq!(cfg("{}"), [DockerFault::NoRegistry { helpers: false }]);
        assert_eq!(json(r#"{"auths":{"a.io":{}},"credsStore":"desktop"}"#), [DockerFault::NoCredentials { helpers: true }]);
    }

    #[test]
    fn the_two_forms_are_told_apart() {
        assert_eq!(json(r#"{"ghcr.io":{"auth":"YTpi"}}"#), [DockerFault::OtherForm(Form::Cfg)]);
        assert_eq!(cfg(r#"{"auths":{"ghcr.io":{"auth":"YTpi"}},"credsStore":"x"}"#), [DockerFault::OtherForm(Form::ConfigJson)]);
        assert_eq!(cfg(r#"{"ghcr.io":{"auth":"YTpi"}}"#), []);
        assert_eq!(json(r#"{"auths":{"ghcr.io":{"auth":"YTpi"}},"proxies":{"default":{"httpProxy":"x"}}}"#), []);
    }

    #[test]
    fn one_bad_entry_is_named_by_its_number() {
        let good = r#""a.io":{"username":"u","password":"p"}"#;
        let with = |bad: &str| json(&format!(r#"{{"auths":{{{good},"b.io":{bad}}}}}"#));
        assert_eq!(with(r#"{"auth":"YTpi"}"#), []);
        assert_eq!(with("null"), entry(2, EntryProblem::Shape(Shape::Null)));
        assert_eq!(with("[]"), entry(2, EntryProblem::Shape(Shape::Array)));
        assert_eq!(with(r#"{"password":[1]}"#), entry(2, EntryProblem::Field { field: "password", found: Shape::Array }));
        assert_eq!(with(r#"{"auth":"YWI="}"#), entry(2, EntryProblem::AuthColon));
        assert_eq!(with(r#"{"auth":"YTpi="}"#), entry(2, EntryProblem::AuthBase64));
        assert_eq!(with(r#"{"auth":"a:b"}"#), entry(2, EntryProblem::AuthBase64));
        assert_eq!(with(r#"{"auth":"YT\npi\n"}"#), []);
        assert_eq!(with(r#"{"auth":"!","auth":"YTpi"}"#), []);
        assert_eq!(with(r#"{"auth":"!","Auth":""}"#), []);
        assert_eq!(with(r#"{"auth":null}"#), []);
        // Without padding, and with bits left over.
        assert_eq!(with(r#"{"auth":"dTo"}"#), []);
        assert_eq!(with(r#"{"auth":"dTp="}"#), []);
        assert_eq!(json(r#"{"auths":{"a.io":{"auth":"!"},"a.io":{"auth":"YTpi"}}}"#), entry(1, EntryProblem::AuthBase64));
        assert_eq!(json(&format!(r#"{{"auths":{{{good}}},"HttpHeaders":{{"a":1}}}}"#)), [DockerFault::HeadersShape]);
    }

    #[test]
    fn go_folds_more_than_ascii() {
        assert_eq!(json("{\"auth\u{17f}\":[]}"), [DockerFault::AuthsShape(Shape::Array)]);
    }
}
