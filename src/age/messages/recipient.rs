//! What is wrong with a recipient, in words.

use crate::age::{BadRecipient, SshRecipientProblem};
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) fn bad_recipient(name: &str, bad: &BadRecipient) -> Diagnostic {
    let diagnostic = |what: &str| diagnostic!(RECIPIENT, "the recipient {} {what}", code(name));
    match bad {
        BadRecipient::Empty => diagnostic("is empty").help(WRITE),
        BadRecipient::SecretKey => diagnostic("is a secret key")
            .note("anyone who can read the spec can now decrypt every file encrypted for it")
            .help(
                "write its public half: `age-keygen -y FILE` prints it, `ssh-keygen -y -f FILE` \
                 for ssh keys",
            )
            .help(
                "if the spec was ever committed, make a new key, and encrypt again what was \
                 encrypted for this one",
            ),
        BadRecipient::Blanks => diagnostic("has blanks before or after it").help("leave them out"),
        BadRecipient::Several => diagnostic("is more than one")
            .help("give each recipient a name of its own; a rule's `to` lists several names"),
        BadRecipient::Case => diagnostic("is not in lower case")
            .help("age writes recipients in lower case: `age1...`"),
        BadRecipient::Character(c) => diagnostic(&format!(
            "has a {}, which no age recipient has",
            code(&c.to_string())
        ))
        .note("after `age1` come digits and lower-case letters, without `1`, `b`, `i` and `o`")
        .help("copy it again as a whole"),
        BadRecipient::Mistyped => diagnostic("has a wrong or missing character")
            .note("the last six characters are a checksum, and it does not fit")
            .help("copy it again as a whole; a native one has 62 characters"),
        BadRecipient::Ssh(problem) => ssh(problem, diagnostic),
        BadRecipient::Unknown => diagnostic("is nothing that age can encrypt for").help(WRITE),
    }
}

const WRITE: &str = "write a public key: `age1...`, as `age-keygen` prints it, or a line of an ssh \
    `.pub` file, `ssh-ed25519 AAAA...`";

fn ssh(problem: &SshRecipientProblem, diagnostic: impl Fn(&str) -> Diagnostic) -> Diagnostic {
    match problem {
        SshRecipientProblem::Kind(kind) => {
            diagnostic(&format!("is an ssh key of the kind {}", code(kind)))
                .note("of ssh keys, age knows ssh-ed25519 and ssh-rsa only")
                .help("use a native key (`age-keygen`) or `ssh-keygen -t ed25519`")
        }
        SshRecipientProblem::Damaged => diagnostic("is an ssh public key that does not parse")
            .help("copy the line of the `.pub` file again as a whole"),
        SshRecipientProblem::TooShort(bits) => {
            diagnostic(&format!("is an RSA key of {} bits", number(*bits)))
                .note("age refuses RSA keys of fewer than 2,048 bits")
                .help("use a native key (`age-keygen`) or `ssh-keygen -t ed25519`")
        }
        SshRecipientProblem::TooLong(bits) => {
            diagnostic(&format!("is an RSA key of {} bits", number(*bits)))
                .note("RSA keys of more than 4,096 bits are not supported")
                .help("use a native key (`age-keygen`) or `ssh-keygen -t ed25519`")
        }
    }
}
