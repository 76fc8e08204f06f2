//! The sentences for bootstrap tokens that would not work.

use super::{
    EXPIRATION, EXTRA_GROUPS, GROUP_PREFIX, GroupFault, ID_LENGTH, NAME_PREFIX, NAMESPACE,
    PartFault, SECRET_LENGTH, TOKEN_ID, TOKEN_SECRET, TokenFault, USAGES,
};
use crate::check::subject::Origin;
use crate::diag::phrases::{all_of, code, number, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::time::TimeFault;

/// The finding for a fault, without a place.
pub(crate) fn diagnostic(fault: &TokenFault, origin: Origin) -> Diagnostic {
    let found = |message: String| diagnostic!(BOOTSTRAP_TOKEN, "{message}");
    match fault {
        TokenFault::Namespace(namespace) => {
            found(format!("a bootstrap token in the namespace {}", code(namespace)))
                .note(format!("Kubernetes looks for bootstrap tokens only in {}", code(NAMESPACE)))
                .help(match origin {
                    Origin::Spec => {
                        format!("write `namespace = \"{NAMESPACE}\"`, or leave the namespace out")
                    }
                    Origin::Manifest => format!("write `namespace: {NAMESPACE}`"),
                })
        }
        TokenFault::Name(name) => found(format!("a bootstrap token can't be named {}", code(name)))
            .note(format!(
                "Kubernetes finds a token by its name: {} and the {ID_LENGTH} characters of its {}",
                code(NAME_PREFIX),
                code(TOKEN_ID)
            ))
            .help(match origin {
                Origin::Spec => "leave the name out: it follows from the id".to_owned(),
                Origin::Manifest => format!("write {} and the id", code(NAME_PREFIX)),
            }),
        TokenFault::Missing(key) => found(format!("a bootstrap token without {}", code(key)))
            .help(format!("give it {}", code(key))),
        TokenFault::Id(fault) => part(TOKEN_ID, ID_LENGTH, *fault, origin),
        TokenFault::IdNotInName => {
            found(format!("{} is another than the id in the Secret's name", code(TOKEN_ID)))
                .note(
                    "Kubernetes finds a token by its name, and then compares the id byte for byte",
                )
                .help(match origin {
                    Origin::Spec => {
                        format!("leave the name out, or write {} and the id", code(NAME_PREFIX))
                    }
                    Origin::Manifest => {
                        format!("write {} and the id of {}", code(NAME_PREFIX), code(TOKEN_ID))
                    }
                })
        }
        TokenFault::Secret(fault) => part(TOKEN_SECRET, SECRET_LENGTH, *fault, origin),
        TokenFault::Usage { key, space } => {
            found(format!("{} is neither `true` nor `false`", code(key)))
                .note(match space {
                    true => "white space stands around it, and Kubernetes compares byte for byte",
                    false => "Kubernetes takes everything but exactly `true` for `false`",
                })
                .help(if *space { trim(origin) } else { "write `true` or `false`, in lower case" })
        }
        TokenFault::NoUsage => found("a bootstrap token that can be used for nothing".into())
            .note(format!("none of {} is `true`", all_of(USAGES.map(|(_, key)| key))))
            .help(match origin {
                Origin::Spec => format!(
                    "give it {} or both in `usages`",
                    one_of(USAGES.map(|(usage, _)| usage))
                ),
                Origin::Manifest => {
                    format!("write `true` into {} or both", one_of(USAGES.map(|(_, key)| key)))
                }
            }),
        TokenFault::Group { number, fault } => group(*number, *fault),
        TokenFault::Expiration(fault) => expiration(*fault, origin),
        TokenFault::Expired => diagnostic!(TOKEN_EXPIRED, "this bootstrap token has ended")
        .note(
            "no node can join with it any more, and the cluster deletes the Secret soon after it \
             is applied",
        )
        .help(match origin {
            Origin::Spec => "make a new token that ends later, or remove this one from the spec",
            Origin::Manifest => "make a new token that ends later, or remove this one",
        }),
    }
}

/// Against a line break at the end of a file.
fn trim(origin: Origin) -> &'static str {
    match origin {
        Origin::Spec => {
            "remove the white space; line breaks at the end of a source go away with `trim = true`"
        }
        Origin::Manifest => {
            "remove the white space, and encode the value anew: `printf %s VALUE | base64`"
        }
    }
}

fn part(key: &str, length: usize, fault: PartFault, origin: Origin) -> Diagnostic {
    let key = code(key);
    let message = match fault {
        PartFault::Empty => format!("{key} is empty"),
        PartFault::Space => format!("{key} has white space around it"),
        PartFault::WholeToken => format!("{key} is a whole token"),
        PartFault::UpperCase => format!("{key} has capital letters"),
        PartFault::Length { right } => format!("{key} does not have {right} characters"),
        PartFault::Character => {
            format!("{key} has other characters than `a` to `z` and `0` to `9`")
        }
    };
    let help = match fault {
        PartFault::Space => trim(origin).into(),
        PartFault::WholeToken => format!(
            "a token is {} `.` {}: write each part by itself",
            code(TOKEN_ID),
            code(TOKEN_SECRET)
        ),
        _ => format!("write {length} characters of `a` to `z` and `0` to `9`"),
    };
    diagnostic!(BOOTSTRAP_TOKEN, "{message}")
        .note(
            "Kubernetes compares it byte for byte with what a joining node sends, and a token has \
             only lower-case letters and digits",
        )
        .help(help)
}

fn group(index: usize, fault: GroupFault) -> Diagnostic {
    let group = format!("group {} in {}", number(index), code(EXTRA_GROUPS));
    let message = match fault {
        GroupFault::Empty => format!("{group} is empty"),
        GroupFault::Space => format!("{group} has white space around it"),
        GroupFault::Prefix => format!("{group} does not start with {}", code(GROUP_PREFIX)),
        GroupFault::Character => {
            format!("{group} has other characters than `a` to `z`, `0` to `9`, `:` and `-`")
        }
        GroupFault::End => format!("{group} does not end with a letter or digit"),
        GroupFault::TooLong => format!("{group} has more than 256 bytes after its prefix"),
    };
    let help = match fault {
        GroupFault::Empty => "remove the comma that nothing stands beside",
        GroupFault::Space => {
            "write nothing but a comma between groups, and no line break at the end"
        }
        GroupFault::Prefix | GroupFault::Character | GroupFault::End | GroupFault::TooLong => {
            "write a group such as `system:bootstrappers:kubeadm:default-node-token`"
        }
    };
    diagnostic!(BOOTSTRAP_TOKEN, "{message}")
        .note("one group that Kubernetes does not take keeps the token from working at all")
        .help(help)
}

fn expiration(fault: TimeFault, origin: Origin) -> Diagnostic {
    let key = code(EXPIRATION);
    let message = match fault {
        TimeFault::Space => format!("{key} has white space around it"),
        TimeFault::LowerCase => format!("{key} has its `T` or `Z` in lower case"),
        TimeFault::DateOnly => format!("{key} is a date without a time"),
        TimeFault::SpaceForT => format!("{key} has a space between date and time"),
        TimeFault::NoSeconds => format!("{key} has no seconds"),
        TimeFault::NoZone => format!("{key} has no time zone"),
        TimeFault::OffsetColon => format!("{key} has no `:` in its offset"),
        TimeFault::OutOfRange(part) => format!("{key} has a {part} that does not exist"),
        TimeFault::Malformed => format!("{key} is not a time"),
    };
    let help = match fault {
        TimeFault::Space => trim(origin),
        TimeFault::LowerCase | TimeFault::SpaceForT => {
            "write `T` between date and time, and `Z` at the end, as in `2030-01-31T00:00:00Z`"
        }
        TimeFault::NoZone | TimeFault::OffsetColon => {
            "write `Z` or an offset such as `+02:00` at the end, as in `2030-01-31T00:00:00Z`"
        }
        _ => "write date and time as in `2030-01-31T00:00:00Z`",
    };
    diagnostic!(BOOTSTRAP_TOKEN, "{message}")
        .note(
            "Kubernetes takes a time that it can't read for one that is over, and deletes the \
             Secret",
        )
        .help(help)
}
