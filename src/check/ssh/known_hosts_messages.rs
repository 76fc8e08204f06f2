//! The sentences for `known_hosts`.

use super::known_hosts::{KnownHostsFault, LineFault};
use super::messages;
use super::readers::Reader;
use crate::check::finding::Origin;
use crate::diag::phrases::numbered;
use crate::diag::{Diagnostic, codes};

/// The finding for a fault, without a place. Hosts and keys are not named: the value may come out of an encrypted file.
pub fn diagnostic(fault: &KnownHostsFault, reader: Reader, origin: Origin) -> Diagnostic {
    let found = |message: String| Diagnostic::new(&codes::KNOWN_HOSTS, message);
    let lines = numbered("line", &fault.lines);
    let field = match (reader, origin) {
        (Reader::Anyone, Origin::Spec) => "`known-hosts`",
        _ => "`known_hosts`",
    };
    let verb = |one: &'static str, more: &'static str| if fault.lines.len() == 1 { one } else { more };
    let scan = "take the line from `ssh-keyscan HOST`, and compare it with what the host's operator publishes";
    let passed_over =
        "OpenSSH passes over such a line and does not know the host; Go's ssh, as in Flux and Argo CD, refuses the whole file";
    match fault.kind {
        LineFault::NoLines => found("`known_hosts` names no host".into())
            .note("ssh then refuses every host, or asks a question that nobody answers")
            .help(match reader {
                Reader::Anyone => format!("give it lines such as `ssh-keyscan HOST` prints, or leave {field} out"),
                _ => "give it lines such as `ssh-keyscan HOST` prints".to_owned(),
            }),
        LineFault::ByteOrderMark => found(format!("{lines} of `known_hosts` {} with a byte order mark", verb("starts", "start")))
            .note("it becomes a part of the host's name, so that the host is not known")
            .help("save it as UTF-8 without BOM"),
        LineFault::PrivateKey => found(format!("{lines} of `known_hosts` {} a private key", verb("starts", "start")))
            .note("`known_hosts` holds the public keys of hosts, one a line")
            .help(format!("give the private key to {}, and to {field} what `ssh-keyscan HOST` prints", messages::field(reader, origin))),
        LineFault::Marker => found(format!("{lines} of `known_hosts` {} with an unknown marker", verb("starts", "start")))
            .note(passed_over)
            .help("the markers are `@cert-authority` and `@revoked`; a host's name has no `@`"),
        LineFault::TwoMarkers => found(format!("{lines} of `known_hosts` {} two markers", verb("has", "have")))
            .note(passed_over)
            .help("write one of `@cert-authority` and `@revoked` a line"),
        LineFault::NoHost => found(format!("{lines} of `known_hosts` {} a key without its host", verb("is", "are")))
            .note("the first word of a line is the host; here it is the type of a key, as in a `.pub` file")
            .help("write the host before it: `git.example.com ssh-ed25519 AAAA...`"),
        LineFault::NoKey => found(format!("{lines} of `known_hosts` {} no key", verb("has", "have")))
            .note("a line is a host, the type of a key and the key; it must not be broken in two")
            .note(passed_over)
            .help(scan),
        LineFault::Hash => found(format!("the hashed host in {lines} of `known_hosts` is damaged"))
            .note("it is `|1|`, a salt, `|` and a hash, each of the two 20 bytes in base64")
            .help("copy it anew, or write the host's plain name"),
        LineFault::VersionOne => found(format!("{lines} of `known_hosts` {} for version 1 of ssh", verb("is", "are")))
            .note("its keys were written as numbers; OpenSSH reads none since 7.6")
            .help(scan),
        LineFault::Base64 => found(format!("the key in {lines} of `known_hosts` is not base64"))
            .note(passed_over)
            .help("copy it anew; hosts are separated by commas without blanks, and what follows the key is a comment"),
        LineFault::OtherType => found(format!("the key in {lines} of `known_hosts` is of another type than the line says"))
            .note("OpenSSH passes over such a line and does not know the host")
            .help(scan),
        LineFault::Damaged => found(format!("the key in {lines} of `known_hosts` is damaged or cut off")).note(passed_over).help(scan),
    }
}
