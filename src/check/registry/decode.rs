//! Reads a `.dockerconfigjson` or `.dockercfg` as the kubelet does, and says what makes it useless
//! although the API server takes it.
//!
//! Source: `pkg/credentialprovider/config.go` and `secrets/secrets.go` of Kubernetes. One field of
//! a wrong type, or one `auth` that does not decode, makes the kubelet drop all the credentials,
//! those of other registries and of other pull secrets too. Facts name no registry, since the names
//! come out of a secret value; they count entries instead.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use zeroize::Zeroizing;

use crate::go::base64;
use crate::go::json::{self, JsonFault, JsonReader, JsonShape, Token, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DockerForm {
    /// `{"auths": {"REGISTRY": {...}}}`, for `kubernetes.io/dockerconfigjson`.
    ConfigJson,
    /// `{"REGISTRY": {...}}`, for `kubernetes.io/dockercfg`.
    Cfg,
}

/// Why registry credentials are of no use. Entries are counted from 1; `helpers` tells whether
/// credential helpers stand there, which the kubelet does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DockerFault {
    NoRegistry { helpers: bool },
    OtherForm,
    AuthsShape(JsonShape),
    HeadersShape,
    NoCredentials { helpers: bool },
    Entry { number: usize, field: Option<&'static str>, found: JsonShape },
    Auth { number: usize },
}

impl DockerFault {
    /// Whether the kubelet fails for every image of the Pod, not only finds no credentials here.
    pub(crate) fn breaks_kubelet(self) -> bool {
        match self {
            Self::NoRegistry { .. } | Self::OtherForm | Self::NoCredentials { .. } => false,
            Self::Entry { field, found, .. } => field.is_some() || found != JsonShape::Null,
            Self::AuthsShape(_) | Self::HeadersShape | Self::Auth { .. } => true,
        }
    }
}

/// The entry of a registry, as the kubelet decodes it. Has no `Debug`: it holds secrets.
pub(crate) struct RegistryEntry {
    pub number: usize,
    pub server: Zeroizing<String>,
    pub username: Zeroizing<String>,
    pub password: Zeroizing<String>,
    /// User name and password out of `auth`, which goes before the other two.
    pub auth: Option<[Zeroizing<Vec<u8>>; 2]>,
    /// Whether there is an `identitytoken` or `registrytoken`, of which the kubelet knows nothing.
    pub token: bool,
}

impl RegistryEntry {
    pub(crate) fn user(&self) -> &[u8] {
        self.auth.as_ref().map_or(self.username.as_bytes(), |[username, _]| username)
    }

    pub(crate) fn secret(&self) -> &[u8] {
        self.auth.as_ref().map_or(self.password.as_bytes(), |[_, password]| password)
    }
}

#[derive(Default)]
pub(crate) struct Credentials {
    pub faults: Vec<DockerFault>,
    pub entries: Vec<RegistryEntry>,
    /// Of keys that are there twice: the entry that is dropped, and the one that counts.
    pub repeated: Vec<(usize, usize)>,
}

/// What the kubelet makes of the credentials. Nothing for bytes that [`json::object`] refuses: the
/// API server's verdict says that already.
pub(crate) fn read(bytes: &[u8], form: DockerForm) -> Credentials {
    if json::object(bytes).is_err() {
        return Credentials::default();
    }
    let (reader, found) = (JsonReader::new(bytes), Credentials::default());
    let mut walk =
        Walk { reader, found, count: 0, has_login: false, helpers: false, other_form: false };
    let end = walk.config(form);
    debug_assert!(end.is_ok(), "the text was read once without a fault");
    walk.finish(form)
}

struct Walk<'a> {
    reader: JsonReader<'a>,
    found: Credentials,
    count: usize,
    has_login: bool,
    helpers: bool,
    other_form: bool,
}

impl Walk<'_> {
    fn finish(self, form: DockerForm) -> Credentials {
        let Walk { mut found, count, has_login, helpers, other_form, .. } = self;
        // `auths` in a `.dockercfg` is read as the name of a registry.
        let only = form == DockerForm::Cfg || count == 0 && found.faults.is_empty();
        if other_form && only {
            // What else is wrong follows from it.
            found.faults = vec![DockerFault::OtherForm];
        } else if found.faults.is_empty() && count == 0 {
            found.faults.push(DockerFault::NoRegistry { helpers });
        } else if found.faults.is_empty() && !has_login {
            found.faults.push(DockerFault::NoCredentials { helpers });
        }
        // Go keeps the last of entries with one key.
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in &found.entries {
            let dropped = last.insert(&entry.server, entry.number);
            found.repeated.extend(dropped.map(|dropped| (dropped, entry.number)));
        }
        let kept: BTreeSet<usize> = last.into_values().collect();
        found.entries.retain(|entry| kept.contains(&entry.number));
        found
    }

    fn members(
        &mut self,
        value: &Token,
        mut each: impl FnMut(&mut Self, Zeroizing<String>, &Token) -> Result<(), JsonFault>,
    ) -> Result<(), JsonFault> {
        if value.shape() != Some(JsonShape::Object) {
            return self.reader.skip(value);
        }
        while let Some(Token { kind: TokenKind::Key(range), .. }) = self.reader.next()? {
            let key = self.reader.text(&range);
            if let Some(value) = self.reader.next()? {
                each(self, key, &value)?;
            }
        }
        Ok(())
    }

    fn config(&mut self, form: DockerForm) -> Result<(), JsonFault> {
        let Some(start) = self.reader.next()? else { return Ok(()) };
        self.members(&start, |walk, key, value| {
            let is_auths = is_field(&key, "auths");
            match form {
                DockerForm::Cfg if is_auths => {
                    walk.other_form = true;
                    walk.reader.skip(value)
                }
                DockerForm::Cfg => walk.entry(key, value),
                DockerForm::ConfigJson if is_auths => walk.auths(value),
                DockerForm::ConfigJson if is_field(&key, "httpheaders") => walk.headers(value),
                DockerForm::ConfigJson => {
                    walk.helpers |= is_field(&key, "credsstore") || is_field(&key, "credhelpers");
                    // What looks like an entry outside of `auths`.
                    walk.members(value, |walk, key, member| {
                        let fields = ["auth", "username", "password"];
                        walk.other_form |= fields.iter().any(|field| is_field(&key, field));
                        walk.reader.skip(member)
                    })
                }
            }
        })
    }

    fn auths(&mut self, value: &Token) -> Result<(), JsonFault> {
        match value.shape() {
            Some(JsonShape::Object) | None => {}
            // Go takes `null` for an empty map, whatever stood there before.
            Some(JsonShape::Null) => {
                self.count = 0;
                self.found.entries.clear();
            }
            Some(shape) => self.found.faults.push(DockerFault::AuthsShape(shape)),
        }
        self.members(value, Self::entry)
    }

    fn headers(&mut self, value: &Token) -> Result<(), JsonFault> {
        let mut is_right = matches!(value.shape(), Some(JsonShape::Object | JsonShape::Null));
        self.members(value, |walk, _, header| {
            is_right &= matches!(header.shape(), Some(JsonShape::String | JsonShape::Null));
            walk.reader.skip(header)
        })?;
        if !is_right {
            self.found.faults.push(DockerFault::HeadersShape);
        }
        Ok(())
    }

    fn entry(&mut self, server: Zeroizing<String>, value: &Token) -> Result<(), JsonFault> {
        self.count += 1;
        let number = self.count;
        if value.shape() != Some(JsonShape::Object) {
            self.wrong_shape(None, value);
            return self.reader.skip(value);
        }
        // As in Go, the last of equal fields counts, and `null` leaves a field as it was.
        let [mut username, mut password, mut auth]: [Range<usize>; 3] = Default::default();
        let mut token = false;
        self.members(value, |walk, key, value| {
            let mut fields = ["username", "password", "email", "auth"].into_iter();
            let field = fields.find(|field| is_field(&key, field));
            match (field, &value.kind) {
                (Some("auth"), TokenKind::String(range)) => auth = range.clone(),
                (Some("username"), TokenKind::String(range)) => username = range.clone(),
                (Some("password"), TokenKind::String(range)) => password = range.clone(),
                (Some(_), TokenKind::String(_) | TokenKind::Null) => {}
                (Some(field), _) => walk.wrong_shape(Some(field), value),
                (None, TokenKind::String(range)) => {
                    let mut tokens = ["identitytoken", "registrytoken"].into_iter();
                    token |= tokens.any(|name| is_field(&key, name)) && !range.is_empty();
                }
                (None, _) => {}
            }
            walk.reader.skip(value)
        })?;
        // The kubelet has no use for tokens, but others who read the file do.
        self.has_login |= token || !username.is_empty() || !password.is_empty() || !auth.is_empty();
        let login = login(&self.reader.text(&auth));
        if login.is_none() && !auth.is_empty() {
            self.found.faults.push(DockerFault::Auth { number });
        }
        let [username, password] = [username, password].map(|range| self.reader.text(&range));
        let entry = RegistryEntry { number, server, username, password, auth: login, token };
        self.found.entries.push(entry);
        Ok(())
    }

    fn wrong_shape(&mut self, field: Option<&'static str>, value: &Token) {
        let number = self.count;
        let fault = value.shape().map(|found| DockerFault::Entry { number, field, found });
        self.found.faults.extend(fault);
    }
}

/// Go's decoder folds case; `name` is in lower case, into which two characters outside ASCII fold.
fn is_field(key: &str, name: &str) -> bool {
    let folded = key.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    });
    folded.eq(name.chars())
}

/// Go's decoder does not mind line breaks, nor bits left over at the end.
fn login(auth: &str) -> Option<[Zeroizing<Vec<u8>>; 2]> {
    // With `=` at the end it must be padded rightly, without it must not be padded.
    let decoded = match auth.trim().ends_with('=') {
        true => base64::decode(auth.as_bytes()).ok()?,
        false => base64::decode_unpadded(auth.as_bytes())?,
    };
    let mut parts = decoded.expose().splitn(2, |byte| *byte == b':');
    let (username, password) = (parts.next()?, parts.next()?);
    Some([username, password].map(|part| Zeroizing::new(part.to_vec())))
}
