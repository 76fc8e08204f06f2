//! Messages about the order of certificates in a chain.

use super::lints::Holder;
use crate::check::tls::chain::ChainFault;
use crate::diag::phrases::numbered;
use crate::diag::{Diagnostic, codes, diagnostic};

const ORDER: &str = "the server's certificate comes first, each next one is the issuer of the one \
    before it (RFC 8446 section 4.4.2)";

/// The finding for a fault, without a place.
pub(crate) fn chain(fault: &ChainFault, holder: Holder) -> Diagnostic {
    let found = |message: String| diagnostic!(TLS_CHAIN, "{message}");
    let (count, key) = (holder.count, holder.data_key);
    match fault {
        ChainFault::Unreadable { position } => {
            found(format!("{} can't be read", holder.certificate(*position)))
                .note(
                    "its PEM is in order, but what it encodes is no certificate; Go sends it to \
                     clients as it is, OpenSSL refuses the file",
                )
                .help("copy it anew; `openssl x509 -noout -text -in CERT` shows what is in it")
        }
        ChainFault::Repeated { positions } => found(format!(
            "{} of {count} in `{key}` {} there before",
            named(positions),
            is_are(positions, "stands", "stand")
        ))
        .note(
            "each next one has to issue the one before it (RFC 5246 section 7.4.2), and some \
             clients go by that",
        )
        .help(format!("remove {}", named(positions))),
        ChainFault::LeafNotFirst { leaf, order } => found(format!(
            "the first certificate in `{key}` is an issuer's; the server's own is certificate \
             {leaf} of {count}"
        ))
        .note(ORDER)
        .note("servers take the first one for their own")
        .help(match order {
            Some(order) => format!("put them in this order: {}", in_order(order)),
            None => format!("move certificate {leaf} to the top of `{key}`"),
        }),
        ChainFault::Order { order } => {
            found(format!("the certificates in `{key}` are out of order"))
                .note(ORDER)
                .note("browsers sort them, some other clients refuse the chain")
                .help(format!("put them in this order: {}", in_order(order)))
        }
        ChainFault::Gap { namesake: Some(namesake), .. } => found(format!(
            "certificate 1 of {count} in `{key}` is not signed with the key of certificate \
             {namesake}"
        ))
        .note(
            "the issuer's name is the same, but its key identifier is another: the authority has \
             changed its key",
        )
        .help(format!(
            "put the issuer's certificate of that time in the place of certificate {namesake}"
        )),
        ChainFault::Gap { namesake: None, rest } => found(format!(
            "the issuer of certificate 1 of {count} is missing in `{key}`"
        ))
        .note(match rest.as_slice() {
            [only] => format!("certificate {only} did not issue it"),
            _ => "none of the others issued it".to_owned(),
        })
        .note(ORDER)
        .help(
            "put the issuer's certificate after the first: the issuer has a file with the whole \
             chain",
        ),
        ChainFault::Unrelated { positions, open_end } => {
            let found = found(format!(
                "{} of {count} in `{key}` {} not belong to the chain",
                named(positions),
                is_are(positions, "does", "do")
            ))
            .note(ORDER);
            match open_end {
                Some(end) => found
                    .note(format!(
                        "the chain ends with certificate {end}, whose issuer is not there"
                    ))
                    .help(format!(
                        "put the issuer of certificate {end} after it, or remove {}",
                        named(positions)
                    )),
                None => found.help(format!("remove {}", named(positions))),
            }
        }
        ChainFault::Incomplete => found(format!(
            "`{key}` holds the server's certificate without its issuer"
        ))
        .note(
            "it says where to fetch the issuer (authorityInfoAccess): browsers do that, Go, curl \
             and Java refuse the connection",
        )
        .help(format!(
            "append the certificates of the issuers to {}; with ACME, give `fullchain.pem` for \
             `cert.pem`",
            holder.field()
        ))
        .help(format!(
            "if clients trust the issuer itself, put its certificate into {}, or {}",
            holder.authorities(),
            holder.origin.allow(&codes::TLS_CHAIN)
        )),
    }
}

fn named(positions: &[usize]) -> String {
    numbered("certificate", positions)
}

fn is_are<'a>(positions: &[usize], one: &'a str, more: &'a str) -> &'a str {
    if positions.len() == 1 { one } else { more }
}

fn in_order(positions: &[usize]) -> String {
    positions.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
