//! Why a file was not decrypted, in words.

use super::{Encrypted, GIVE_IDENTITY, bad_identity, memory, not_age, origin};
use crate::age::{
    Addressee, Addressees, Damage, DecryptFault, IdentityInfo, IdentityKind, PassphraseOf,
};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) fn decrypt_fault(subject: Encrypted<'_>, fault: &DecryptFault) -> Diagnostic {
    match fault {
        DecryptFault::NotAge(looks) => not_age::not_age(subject, *looks),
        DecryptFault::Damaged(damage) => damaged(subject, *damage),
        DecryptFault::NoIdentities { addressees } => no_identities(subject, addressees),
        DecryptFault::NoMatch { addressees, tried } => no_match(subject, addressees, tried),
        DecryptFault::WrongPassphrase(of) => {
            diagnostic!(PASSPHRASE, "the passphrase of {} is wrong", passphrase_of(subject, of))
                .help(match of {
                    PassphraseOf::File => {
                        format!(
                            "`age -d {}` checks a passphrase without mintage",
                            subject.argument()
                        )
                    }
                    PassphraseOf::IdentityFile(_) | PassphraseOf::SshKey(_) => {
                        "run mintage again: it asks once a run for each passphrase".to_owned()
                    }
                })
        }
        DecryptFault::NoPassphrase(of) => no_passphrase(subject, of),
        DecryptFault::WorkFactor { required, cap } => diagnostic!(
            AGE_WORK_FACTOR,
            "the passphrase of {} would take too much work to check",
            subject.name()
        )
        .note(format!(
            "it asks for scrypt with N = 2^{required}, which takes {}; mintage does at most \
             2^{cap}, {}",
            memory(*required),
            memory(*cap)
        ))
        .help(
            "encrypt it again, for a recipient (`age -r RECIPIENT`), or with age's own work factor \
             of 18 (`age -p`)",
        ),
        DecryptFault::BadIdentity(bad) => bad_identity(bad)
            .note(format!("it was needed for {}, which no other identity opens", subject.name())),
        DecryptFault::TooLarge { limit } => diagnostic!(
            TOO_LARGE,
            "{} decrypts to more than {}",
            subject.name(),
            plural(*limit, "byte")
        )
        .note("a Secret holds at most 1 MiB in all"),
    }
}

fn passphrase_of(subject: Encrypted<'_>, of: &PassphraseOf) -> String {
    match of {
        PassphraseOf::File => subject.name(),
        PassphraseOf::IdentityFile(from) => format!("the identity file {}", origin(from)),
        PassphraseOf::SshKey(from) => format!("the ssh key {}", origin(from)),
    }
}

fn no_passphrase(subject: Encrypted<'_>, of: &PassphraseOf) -> Diagnostic {
    let message = format!(
        "{} needs a passphrase, and there is no terminal to ask for it",
        passphrase_of(subject, of)
    );
    let diagnostic = diagnostic!(PASSPHRASE, "{message}");
    match of {
        PassphraseOf::File => diagnostic.note("passphrases are read from a terminal only").help(
            "for machines, encrypt it for a recipient instead (`age -r RECIPIENT`) and give them \
             the identity",
        ),
        PassphraseOf::IdentityFile(_) | PassphraseOf::SshKey(_) => diagnostic
            .note(format!(
                "it is needed for {}, which no other identity opens; passphrases are read from a \
                 terminal only",
                subject.name()
            ))
            .help(format!(
                "run mintage in a terminal, or give an identity without a passphrase \
                 {GIVE_IDENTITY}"
            )),
    }
}

fn damaged(subject: Encrypted<'_>, damage: Damage) -> Diagnostic {
    let what = match damage {
        Damage::ArmorCut => "its armor does not end",
        Damage::Armor => "its armor is not what age writes",
        Damage::TextAfterArmor => "text follows its armor",
        Damage::HeaderCut => "it breaks off in its header",
        Damage::Header => "its header does not follow the format",
        Damage::HeaderTooLong => "its header is longer than 1 MiB",
        Damage::LineBreaks => "its line breaks were converted",
        Damage::HeaderMac => "its header was altered",
        Damage::Stanza => "what it holds for one of the identities does not open",
        Damage::NoPayload => "it breaks off after its header",
        Damage::Payload => "its content is cut off or altered",
    };
    let diagnostic = diagnostic!(AGE_DAMAGED, "{} is damaged: {what}", subject.name());
    match damage {
        Damage::ArmorCut => diagnostic
            .note("an armor ends with the line `-----END AGE ENCRYPTED FILE-----`")
            .help(AGAIN),
        Damage::Armor => diagnostic
            .note(
                "an armor has base64 in lines of 64 characters, of which only the last may be \
                 shorter",
            )
            .help(AGAIN),
        Damage::TextAfterArmor => diagnostic.help(
            "leave nothing after `-----END AGE ENCRYPTED FILE-----`; one value has one age file",
        ),
        Damage::LineBreaks => diagnostic
            .note(
                "something turned each LF into CRLF, as git does with `core.autocrlf`: a binary \
                 age file does not survive that",
            )
            .help("write `*.age binary` into `.gitattributes` and check the file out again")
            .help("or encrypt it with `age --armor`, which survives it"),
        Damage::HeaderCut
        | Damage::Header
        | Damage::HeaderTooLong
        | Damage::HeaderMac
        | Damage::Stanza
        | Damage::NoPayload
        | Damage::Payload => diagnostic
            .note(
                "age files are all or nothing: a single altered byte shows, and no part of one is \
                 used",
            )
            .help(AGAIN),
    }
}

const AGAIN: &str = "take the file again from where it was whole, such as an older commit, or \
    encrypt the value again";

fn no_identities(subject: Encrypted<'_>, addressees: &Addressees) -> Diagnostic {
    let diagnostic = diagnostic!(
        NO_IDENTITY,
        "{} is encrypted, and no identity was given to decrypt it",
        subject.name()
    )
    .note(encrypted_for(addressees));
    if !can_help(addressees) {
        return diagnostic.help(not_openable(addressees));
    }
    let ssh = addressees
        .has_ssh()
        .then(|| "an ssh key is an identity too: `-i ~/.ssh/id_ed25519`".to_owned());
    diagnostic.help(format!("give one {GIVE_IDENTITY}")).maybe_help(ssh)
}

const LISTED: usize = 6;

fn no_match(subject: Encrypted<'_>, addressees: &Addressees, tried: &[IdentityInfo]) -> Diagnostic {
    let mut diagnostic =
        diagnostic!(NO_MATCHING_IDENTITY, "none of the identities opens {}", subject.name())
            .note(encrypted_for(addressees));
    if addressees.has_x25519() {
        diagnostic = diagnostic
            .note("native recipients are anonymous: the file does not tell whose they are");
    }
    for info in tried.iter().take(LISTED) {
        diagnostic = diagnostic.note(tried_identity(info));
    }
    if tried.len() > LISTED {
        diagnostic = diagnostic.note(format!("and {} more", tried.len() - LISTED));
    }
    if !can_help(addressees) {
        return diagnostic.help(not_openable(addressees));
    }
    let mine = tried
        .iter()
        .find(|info| info.kind == IdentityKind::X25519)
        .and_then(|info| info.public.as_deref());
    let mine = mine.map_or("you".to_owned(), code);
    diagnostic
        .help(format!("give the identity that it is encrypted for {GIVE_IDENTITY}"))
        .help(format!("or ask a person who can open it to encrypt it for {mine} as well"))
}

fn tried_identity(info: &IdentityInfo) -> String {
    let from = origin(&info.origin);
    let public = info.public.as_deref().map(code).unwrap_or_default();
    match &info.kind {
        IdentityKind::X25519 => format!("tried {from}: the native key of {public}"),
        IdentityKind::Ssh { kind, .. } => format!("tried {from}: the {kind} key {public}"),
        IdentityKind::LockedFile => {
            format!("not opened: {from}, a file of native keys with a passphrase")
        }
        IdentityKind::Plugin(name) => {
            format!(
                "left out {from}: an identity of `age-plugin-{}`; mintage runs no plugins",
                crate::diag::phrases::visible(name)
            )
        }
        IdentityKind::PostQuantum => {
            format!("left out {from}: a post-quantum identity, which mintage can't use yet")
        }
    }
}

/// Whether an identity of a kind that mintage has can open the file.
fn can_help(addressees: &Addressees) -> bool {
    addressees.has_x25519() || addressees.has_ssh()
}

fn not_openable(addressees: &Addressees) -> String {
    let why = if addressees.0.contains_key(&Addressee::PostQuantum) {
        "mintage can't open files for post-quantum keys yet"
    } else {
        "mintage runs no age plugins, so it opens only files for native and ssh keys"
    };
    format!("{why}: encrypt it for a native recipient (`age-keygen` makes one) as well")
}

fn encrypted_for(addressees: &Addressees) -> String {
    let mut parts: Vec<String> = addressees
        .0
        .iter()
        .take(LISTED)
        .map(|(addressee, count)| addressee_words(addressee, *count))
        .collect();
    if addressees.0.len() > LISTED {
        parts.push(plural(addressees.0.len() - LISTED, "other kind"));
    }
    match parts.as_slice() {
        [] => "it has no recipients".to_owned(),
        [only] => format!("it is encrypted for {only}"),
        [firsts @ .., last] => format!("it is encrypted for {} and {last}", firsts.join(", ")),
    }
}

fn addressee_words(addressee: &Addressee, count: usize) -> String {
    match addressee {
        Addressee::X25519 => format!("{} (`age1...`)", plural(count, "native recipient")),
        Addressee::Ssh { kind, tag } => {
            format!("the {kind} key whose SHA-256 begins with {}", code(tag))
        }
        Addressee::Passphrase => "anyone who knows its passphrase".to_owned(),
        Addressee::PostQuantum => {
            format!("{} (`age1pq1...`)", plural(count, "post-quantum recipient"))
        }
        Addressee::Other(kind) => {
            let by = match kind.as_str() {
                "piv-p256" => ", of `age-plugin-yubikey` or `age-plugin-se`",
                "p256tag" | "mlkem768p256tag" => ", of a key in hardware",
                _ => "",
            };
            format!("{} of the kind {}{by}", plural(count, "recipient"), code(kind))
        }
    }
}
