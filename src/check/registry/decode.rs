//! Reads registry credentials field by field, as Go decodes them into the kubelet's structures.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use zeroize::Zeroizing;

use super::credentials::{
    Credentials, DockerFault, DockerForm, EntryProblem, Login, RegistryEntry,
};
use crate::go::base64;
use crate::go::json::{self, JsonFault, JsonReader, JsonShape, Token, TokenKind};

/// The state of a walk through the text.
pub(crate) struct Walk<'a> {
    reader: JsonReader<'a>,
    found: Vec<DockerFault>,
    /// How many entries there are.
    entries: usize,
    /// Those that are objects.
    kept: Vec<RegistryEntry>,
    /// Whether one of them has something to log in with.
    credentials: bool,
    /// Whether credential helpers are named.
    helpers: bool,
    /// Whether something looks like the other form.
    other_form: bool,
}

impl<'a> Walk<'a> {
    /// A walk at the start of a text that is JSON.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let reader = JsonReader::new(bytes);
        Self {
            reader,
            found: Vec::new(),
            entries: 0,
            kept: Vec::new(),
            credentials: false,
            helpers: false,
            other_form: false,
        }
    }

    /// What came of it.
    pub(crate) fn verdict(mut self, form: DockerForm) -> Credentials {
        let (entries, repeated) = last_of_each(std::mem::take(&mut self.kept));
        Credentials { faults: self.faults(form), entries, repeated }
    }

    fn faults(self, form: DockerForm) -> Vec<DockerFault> {
        let mut found = self.found;
        let other = match form {
            // `auths` in a `.dockercfg` is read as the name of a registry.
            DockerForm::Cfg if self.other_form => Some(DockerForm::ConfigJson),
            DockerForm::ConfigJson if self.other_form && self.entries == 0 && found.is_empty() => {
                Some(DockerForm::Cfg)
            }
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
        let Some(Token { kind: TokenKind::Key(range), .. }) = self.token()? else {
            return Ok(None);
        };
        let key = self.reader.text(&range);
        Ok(self.token()?.map(|value| (key, value)))
    }

    /// Reads docker's `config.json`.
    pub(crate) fn config_json(&mut self) -> Result<(), JsonFault> {
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

    /// Reads docker's older form.
    pub(crate) fn cfg(&mut self) -> Result<(), JsonFault> {
        if !self.starts_object()? {
            return Ok(());
        }
        while let Some((key, value)) = self.member()? {
            if is_field(&key, "auths") {
                self.other_form = true;
                self.reader.skip(&value)?;
            } else {
                self.entry(key, &value)?;
            }
        }
        Ok(())
    }

    fn starts_object(&mut self) -> Result<bool, JsonFault> {
        Ok(self.token()?.is_some_and(|token| matches!(token.kind, TokenKind::ObjectStart)))
    }

    fn auths(&mut self, value: &Token) -> Result<(), JsonFault> {
        match value.shape() {
            Some(JsonShape::Object) => {
                while let Some((server, entry)) = self.member()? {
                    self.entry(server, &entry)?;
                }
            }
            // Go takes `null` for an empty map, whatever stood there before.
            Some(JsonShape::Null) => {
                self.entries = 0;
                self.kept.clear();
            }
            shape => {
                self.found.extend(shape.map(DockerFault::AuthsShape));
                self.reader.skip(value)?;
            }
        }
        Ok(())
    }

    fn headers(&mut self, value: &Token) -> Result<(), JsonFault> {
        let mut right = matches!(value.shape(), Some(JsonShape::Object | JsonShape::Null));
        if value.shape() == Some(JsonShape::Object) {
            while let Some((_, header)) = self.member()? {
                right &= matches!(header.shape(), Some(JsonShape::String | JsonShape::Null));
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

    fn entry(&mut self, server: Zeroizing<String>, value: &Token) -> Result<(), JsonFault> {
        self.entries += 1;
        if value.shape() != Some(JsonShape::Object) {
            self.problem(value.shape().map(EntryProblem::Shape));
            return self.reader.skip(value);
        }
        // As in Go, the last of equal fields counts, and `null` leaves a field as it was.
        let [mut username, mut password, mut auth]: [Range<usize>; 3] = Default::default();
        let mut has_token = false;
        while let Some((key, value)) = self.member()? {
            let field = ENTRY_FIELDS.into_iter().find(|field| is_field(&key, field));
            match (field, &value.kind) {
                (Some("auth"), TokenKind::String(range)) => auth = range.clone(),
                (Some("username"), TokenKind::String(range)) => username = range.clone(),
                (Some("password"), TokenKind::String(range)) => password = range.clone(),
                (Some(_), TokenKind::String(_) | TokenKind::Null) => {}
                (Some(field), _) => {
                    self.problem(value.shape().map(|found| EntryProblem::Field { field, found }))
                }
                (None, _) => {
                    let token = TOKENS.into_iter().any(|token| is_field(&key, token));
                    has_token |= token
                        && matches!(&value.kind, TokenKind::String(range) if !range.is_empty());
                }
            }
            self.reader.skip(&value)?;
        }
        // The kubelet has no use for tokens, but others who read the file do.
        self.credentials |=
            has_token || [&username, &password, &auth].into_iter().any(|range| !range.is_empty());
        let login = if auth.is_empty() { None } else { Some(login(&self.reader.text(&auth))) };
        let login = login.transpose().unwrap_or_else(|problem| {
            self.problem(Some(problem));
            None
        });
        let [username, password] = [&username, &password].map(|range| self.reader.text(range));
        self.kept.push(RegistryEntry {
            number: self.entries,
            server,
            username,
            password,
            auth: login,
            token: has_token,
        });
        Ok(())
    }

    fn problem(&mut self, problem: Option<EntryProblem>) {
        let number = self.entries;
        self.found.extend(problem.map(|problem| DockerFault::Entry { number, problem }));
    }

    /// Whether a value outside `auths` looks like an entry. Goes past it.
    fn has_login(&mut self, value: &Token) -> Result<bool, JsonFault> {
        let mut login = false;
        if value.shape() == Some(JsonShape::Object) {
            while let Some((key, member)) = self.member()? {
                login |=
                    ["auth", "username", "password"].into_iter().any(|field| is_field(&key, field));
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

/// Whether Go's decoder takes `key` for the field `name`, which is in lower case: it folds case,
/// and two characters outside ASCII fold into it.
fn is_field(key: &str, name: &str) -> bool {
    let folded = key.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    });
    folded.eq(name.chars())
}

/// Go keeps the last of entries with one key. Gives those that are kept, and the numbers of each
/// that is not and of the one in its place.
fn last_of_each(entries: Vec<RegistryEntry>) -> (Vec<RegistryEntry>, Vec<(usize, usize)>) {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut repeated = Vec::new();
    for entry in &entries {
        repeated.extend(
            last.insert(&entry.server, entry.number).map(|dropped| (dropped, entry.number)),
        );
    }
    let numbers: BTreeSet<usize> = last.into_values().collect();
    (entries.into_iter().filter(|entry| numbers.contains(&entry.number)).collect(), repeated)
}

/// User name and password of a non-empty `auth`. Go's decoder does not mind line breaks, nor bits
/// left over at the end.
fn login(auth: &str) -> Result<Login, EntryProblem> {
    // With `=` at the end it must be padded rightly, without it must not be padded.
    let decoded = if auth.trim().ends_with('=') {
        base64::decode(auth.as_bytes()).ok()
    } else {
        base64::decode_unpadded(auth.as_bytes())
    };
    let decoded = decoded.ok_or(EntryProblem::AuthBase64)?;
    let mut parts = decoded.expose().splitn(2, |byte| *byte == b':');
    match (parts.next(), parts.next()) {
        (Some(username), Some(password)) => Ok(Login {
            username: Zeroizing::new(username.to_vec()),
            password: Zeroizing::new(password.to_vec()),
        }),
        _ => Err(EntryProblem::AuthColon),
    }
}

/// What the kubelet makes of the credentials. Nothing for bytes that [`json::object`] refuses: the
/// API server's verdict says that already. Time is linear in the length, but for the search of keys
/// that are there twice, which sorts.
pub(crate) fn read(bytes: &[u8], form: DockerForm) -> Credentials {
    if json::object(bytes).is_err() {
        return Credentials { faults: Vec::new(), entries: Vec::new(), repeated: Vec::new() };
    }
    let mut walk = Walk::new(bytes);
    // The text was read once without a fault, so there is none.
    let _ = match form {
        DockerForm::ConfigJson => walk.config_json(),
        DockerForm::Cfg => walk.cfg(),
    };
    walk.verdict(form)
}

/// What makes the credentials useless.
#[cfg(test)]
pub(crate) fn faults(bytes: &[u8], form: DockerForm) -> Vec<DockerFault> {
    read(bytes, form).faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::json::JsonShape;

    fn json(text: &str) -> Vec<DockerFault> {
        faults(text.as_bytes(), DockerForm::ConfigJson)
    }

    fn cfg(text: &str) -> Vec<DockerFault> {
        faults(text.as_bytes(), DockerForm::Cfg)
    }

    fn entry(number: usize, problem: EntryProblem) -> Vec<DockerFault> {
        vec![DockerFault::Entry { number, problem }]
    }

    #[test]
    fn without_a_registry() {
        for text in [
            "{}",
            "null",
            r#"{"auths":{}}"#,
            r#"{"auths":null}"#,
            r#"{"foo":1}"#,
            r#"{"auths":{"a.io":{"auth":"YTpi"}},"AUTHS":null}"#,
        ] {
            assert_eq!(json(text), [DockerFault::NoRegistry { helpers: false }], "{text}");
        }
        assert_eq!(
            json(r#"{"credsStore":"desktop"}"#),
            [DockerFault::NoRegistry { helpers: true }]
        );
        assert_eq!(cfg("{}"), [DockerFault::NoRegistry { helpers: false }]);
        assert_eq!(
            json(r#"{"auths":{"a.io":{}},"credsStore":"desktop"}"#),
            [DockerFault::NoCredentials { helpers: true }]
        );
    }

    #[test]
    fn the_two_forms_are_told_apart() {
        assert_eq!(
            json(r#"{"ghcr.io":{"auth":"YTpi"}}"#),
            [DockerFault::OtherForm(DockerForm::Cfg)]
        );
        assert_eq!(
            cfg(r#"{"auths":{"ghcr.io":{"auth":"YTpi"}},"credsStore":"x"}"#),
            [DockerFault::OtherForm(DockerForm::ConfigJson)]
        );
        assert_eq!(cfg(r#"{"ghcr.io":{"auth":"YTpi"}}"#), []);
        assert_eq!(
            json(
                r#"{"auths":{"ghcr.io":{"auth":"YTpi"}},"proxies":{"default":{"httpProxy":"x"}}}"#
            ),
            []
        );
    }

    #[test]
    fn one_bad_entry_is_named_by_its_number() {
        let good = r#""a.io":{"username":"u","password":"p"}"#;
        let with = |bad: &str| json(&format!(r#"{{"auths":{{{good},"b.io":{bad}}}}}"#));
        assert_eq!(with(r#"{"auth":"YTpi"}"#), []);
        assert_eq!(with("null"), entry(2, EntryProblem::Shape(JsonShape::Null)));
        assert_eq!(with("[]"), entry(2, EntryProblem::Shape(JsonShape::Array)));
        assert_eq!(
            with(r#"{"password":[1]}"#),
            entry(2, EntryProblem::Field { field: "password", found: JsonShape::Array })
        );
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
        assert_eq!(
            json(r#"{"auths":{"a.io":{"auth":"!"},"a.io":{"auth":"YTpi"}}}"#),
            entry(1, EntryProblem::AuthBase64)
        );
        assert_eq!(
            json(&format!(r#"{{"auths":{{{good}}},"HttpHeaders":{{"a":1}}}}"#)),
            [DockerFault::HeadersShape]
        );
    }

    #[test]
    fn go_folds_more_than_ascii() {
        assert_eq!(json("{\"auth\u{17f}\":[]}"), [DockerFault::AuthsShape(JsonShape::Array)]);
    }
}
