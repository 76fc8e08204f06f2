//! Whether the lines of `known_hosts` are host keys (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT";
//! `hostkeys_foreach_file` in OpenSSH's `hostfile.c`). OpenSSH passes over a line that it can't
//! read and then says that the host is unknown; Go's `knownhosts`, which Flux and Argo CD use,
//! refuses the whole file.

use crate::go::base64::decode_strict;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownHostsFault {
    pub kind: LineFault,
    pub lines: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineFault {
    NoLines,
    ByteOrderMark,
    PrivateKey,
    /// A public key as in `id_ed25519.pub`.
    NoHost,
    /// A marker is unknown or a second one, a hashed host is damaged, or the key is missing,
    /// damaged, or of another type than the line says.
    Invalid,
}

/// Each kind of fault once, in the order of the first lines that have it; lines count from 1.
pub(crate) fn faults(text: &[u8]) -> Vec<KnownHostsFault> {
    let mut found: Vec<KnownHostsFault> = Vec::new();
    let mut any = false;
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        any = true;
        let Some(kind) = fault(line) else { continue };
        match found.iter_mut().find(|fault| fault.kind == kind) {
            Some(fault) => fault.lines.push(index + 1),
            None => found.push(KnownHostsFault { kind, lines: vec![index + 1] }),
        }
        // The lines after it are no hosts either.
        if kind == LineFault::PrivateKey {
            return found;
        }
    }
    if !any {
        found.push(KnownHostsFault { kind: LineFault::NoLines, lines: Vec::new() });
    }
    found
}

/// Types of keys and certificates (`ssh-keygen.1`), in whose place a host may be missing.
pub(crate) fn is_type(word: &[u8]) -> bool {
    let types: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];
    types.iter().any(|start| word.starts_with(start))
}

/// What is wrong with a line that is neither empty nor a comment.
fn fault(line: &[u8]) -> Option<LineFault> {
    if line.starts_with(b"\xef\xbb\xbf") {
        return Some(LineFault::ByteOrderMark);
    }
    if line.starts_with(b"-----BEGIN ") && line.ends_with(b"PRIVATE KEY-----") {
        return Some(LineFault::PrivateKey);
    }
    let mut words =
        line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()).peekable();
    words.next_if(|word| matches!(*word, b"@cert-authority" | b"@revoked"));
    let Some(hosts) = words.next() else { return Some(LineFault::Invalid) };
    let Some(kind) = words.next() else { return Some(LineFault::Invalid) };
    // `ssh-rsa AAAA...` is a key, `ssh-rsa ssh-rsa AAAA...` one of a host with that name.
    if is_type(hosts) && !is_type(kind) {
        return Some(LineFault::NoHost);
    }
    if hosts.starts_with(b"@") || hosts.starts_with(b"|") && !is_hash(hosts) {
        return Some(LineFault::Invalid);
    }
    // As strict as OpenSSH: padding is needed, and unused bits are zero.
    let key = words.next().and_then(decode_strict);
    (!key.is_some_and(|key| is_key(kind, &key))).then_some(LineFault::Invalid)
}

/// `|1|`, salt, `|`, HMAC-SHA1 of the host (`extract_salt` in `hostfile.c`).
fn is_hash(word: &[u8]) -> bool {
    let Some(rest) = word.strip_prefix(b"|1|") else { return false };
    let mut parts = rest.split(|byte| *byte == b'|');
    let mut is_digest =
        || parts.next().and_then(decode_strict).is_some_and(|bytes| bytes.len() == 20);
    is_digest() && is_digest() && parts.next().is_none()
}

/// Whether a key (RFC 4253 section 6.6) is whole and of the type that its line names.
fn is_key(named: &[u8], key: &[u8]) -> bool {
    let Some(parts) = strings(key) else { return false };
    let Some((kind, fields)) = parts.split_first() else { return false };
    // RSA keys are of one type, whatever hash signs with them (RFC 8332).
    let named: &[u8] =
        if matches!(named, b"rsa-sha2-256" | b"rsa-sha2-512") { b"ssh-rsa" } else { named };
    let length_at = |index: usize| fields.get(index).map_or(0, |field| field.len());
    let is_point =
        |curve: &[u8], bytes: usize| fields.first() == Some(&curve) && length_at(1) == bytes;
    named == *kind
        && match *kind {
            b"ssh-ed25519" => fields.len() == 1 && length_at(0) == 32,
            b"ssh-rsa" => fields.len() == 2 && length_at(0) > 0 && length_at(1) >= 64,
            b"ssh-dss" => fields.len() == 4,
            b"ecdsa-sha2-nistp256" => fields.len() == 2 && is_point(b"nistp256", 65),
            b"ecdsa-sha2-nistp384" => fields.len() == 2 && is_point(b"nistp384", 97),
            b"ecdsa-sha2-nistp521" => fields.len() == 2 && is_point(b"nistp521", 133),
            b"sk-ssh-ed25519@openssh.com" => fields.len() == 2 && length_at(0) == 32,
            b"sk-ecdsa-sha2-nistp256@openssh.com" => fields.len() == 3 && is_point(b"nistp256", 65),
            // Certificates and types to come.
            _ => !fields.is_empty(),
        }
}

/// Strings, each with its length before it (RFC 4251 section 5); nothing if one is cut off.
fn strings(mut rest: &[u8]) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (string, after) =
            after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        found.push(string);
        rest = after;
    }
    Some(found)
}
