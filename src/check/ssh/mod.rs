//! Private keys for ssh: whether any of the programs that read them (OpenSSH, Go's x/crypto/ssh,
//! libssh2) could.

pub(crate) mod consumers;
pub(crate) mod known_hosts;
pub(crate) mod messages;

use super::finding::{Finding, Spot};
use super::subject::Subject;
use super::tls::{Algorithm, Curve, KeyFault, derive};
use crate::diag::Diagnostic;
use crate::go::pem::{Block, BlockKind, Pem, PemFault};
use crate::secret::kind::KNOWN_HOSTS;
use consumers::Consumer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SshFault {
    NotPem(PemFault),
    /// It is a public key or an ssh certificate: the half that is not secret.
    PublicKey,
    Putty,
    /// The kind of its first block.
    NotAKey(BlockKind),
    Unsupported(Algorithm),
    Damaged,
    /// Not an error, as the two below.
    Encrypted,
    LegacyFormat(LegacyFormat),
    Form(SshFormFault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegacyFormat {
    /// `RSA PRIVATE KEY` and the like, which OpenSSH wrote before 7.8, or PKCS#8.
    Old,
    /// `PRIVATE KEY` with an Ed25519 key, which OpenSSH reads since 9.6 only.
    Pkcs8Ed25519,
}

/// How a key is written down that Go reads and OpenSSH does not. Its own format it takes byte for
/// byte (`MARK_BEGIN` and `MARK_END` in `sshkey.c`), other PEM as far as OpenSSL reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SshFormFault {
    TextBefore,
    LineEnds,
    NoFinalNewline,
    /// An empty line is in the base64 of a key that is not in OpenSSH's own format.
    EmptyLine,
}

/// Errors come first and are at most one.
pub(crate) fn private_key_faults(text: &[u8]) -> Vec<SshFault> {
    let pem = Pem::read(text);
    let Some(block) = pem.blocks.iter().find(|block| block.kind.is_private_key()) else {
        return vec![without_key(text, &pem)];
    };
    let error =
        if block.kind == BlockKind::OpenSshKey { openssh(block) } else { other_format(block) };
    match error {
        Ok(encrypted) => oddities(text, block, encrypted),
        Err(fault) => vec![fault],
    }
}

fn without_key(text: &[u8], pem: &Pem) -> SshFault {
    let start = text.trim_ascii_start();
    if start.starts_with(b"PuTTY-User-Key-File-") {
        return SshFault::Putty;
    }
    // The latter as in RFC 4716.
    if known_hosts::is_type(start) || start.starts_with(b"---- BEGIN SSH2 PUBLIC KEY ----") {
        return SshFault::PublicKey;
    }
    match (pem.blocks.first(), pem.faults.first()) {
        (_, Some(fault)) => SshFault::NotPem(*fault),
        (Some(block), None) if block.kind != BlockKind::PublicKey => SshFault::NotAKey(block.kind),
        // A text without blocks has a fault.
        (Some(_) | None, None) => SshFault::PublicKey,
    }
}

/// OpenSSH's own format (its `PROTOCOL.key`): whether it is encrypted.
fn openssh(block: &Block) -> Result<bool, SshFault> {
    use ssh_key::Error::{AlgorithmUnknown, AlgorithmUnsupported, Encoding};
    match ssh_key::PrivateKey::from_bytes(&block.contents) {
        Ok(key) => Ok(key.is_encrypted()),
        // New kinds of keys, and comments that are not UTF-8, are no concern of ours.
        Err(AlgorithmUnknown | AlgorithmUnsupported { .. }) => Ok(false),
        Err(Encoding(ssh_encoding::Error::CharacterEncoding)) => Ok(false),
        Err(_) => Err(SshFault::Damaged),
    }
}

/// PKCS#1, SEC 1, PKCS#8 and the old DSA form: whether it is encrypted.
fn other_format(block: &Block) -> Result<bool, SshFault> {
    match derive(block) {
        Ok(key) => match key.algorithm() {
            algorithm @ (Algorithm::MlDsa | Algorithm::Ec(Curve::P224)) => {
                Err(SshFault::Unsupported(algorithm))
            }
            _ => Ok(false),
        },
        Err(KeyFault::Encrypted) => Ok(true),
        // Old, but OpenSSH knew it for long.
        Err(KeyFault::Unsupported(Algorithm::Dsa)) => Ok(false),
        Err(KeyFault::Unsupported(algorithm)) => Err(SshFault::Unsupported(algorithm)),
        Err(_) => Err(SshFault::Damaged),
    }
}

fn oddities(text: &[u8], block: &Block, encrypted: bool) -> Vec<SshFault> {
    let is_own = block.kind == BlockKind::OpenSshKey;
    let lax = block.leniencies;
    let form = [
        (is_own && block.range.start > 0, SshFormFault::TextBefore),
        (is_own && (lax.crlf || has_blanks_at_end(text, block)), SshFormFault::LineEnds),
        (is_own && lax.no_final_newline, SshFormFault::NoFinalNewline),
        (!is_own && lax.empty_line, SshFormFault::EmptyLine),
    ];
    let form = form.into_iter().filter_map(|(is_so, fault)| is_so.then_some(SshFault::Form(fault)));
    let legacy = legacy_format(block).map(SshFault::LegacyFormat);
    encrypted.then_some(SshFault::Encrypted).into_iter().chain(legacy).chain(form).collect()
}

/// Whether blanks follow the dashes of the `BEGIN` or `END` line.
fn has_blanks_at_end(text: &[u8], block: &Block) -> bool {
    let is_blank = |at: usize| matches!(text.get(at), Some(b' ' | b'\t'));
    let begin = b"-----BEGIN OPENSSH PRIVATE KEY-----";
    is_blank(block.range.start + begin.len()) || is_blank(block.range.end)
}

fn legacy_format(block: &Block) -> Option<LegacyFormat> {
    let is_ed25519 = || derive(block).is_ok_and(|key| key.algorithm() == Algorithm::Ed25519);
    match block.kind {
        BlockKind::OpenSshKey => None,
        BlockKind::Pkcs8Key if is_ed25519() => Some(LegacyFormat::Pkcs8Ed25519),
        _ => Some(LegacyFormat::Old),
    }
}

pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reader in Consumer::of(subject) {
        let mut add = |mut diagnostic: Diagnostic, key: &str| {
            if let Some(why) = messages::why(reader) {
                diagnostic.notes.insert(0, why.to_owned());
            }
            found.push(Finding::new(diagnostic, Spot::DataKey(key.to_owned())));
        };
        // An empty one is refused by the API server already, or said to be empty.
        let key = subject.value(reader.data_key()).filter(|key| !key.is_empty());
        for fault in key.map(private_key_faults).unwrap_or_default() {
            if reader.minds(fault) {
                add(messages::diagnostic(fault, reader, subject.origin), reader.data_key());
            }
        }
        // The hosts of Argo CD are in a ConfigMap.
        let hosts = subject.value(KNOWN_HOSTS).filter(|hosts| match reader {
            Consumer::Anyone => true,
            Consumer::ArgoCd => false,
            Consumer::Flux { .. } => !hosts.is_empty(),
        });
        for fault in hosts.map(known_hosts::faults).unwrap_or_default() {
            add(messages::known_hosts(&fault, reader, subject.origin), KNOWN_HOSTS);
        }
    }
    found
}
