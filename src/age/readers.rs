//! mintage's own stanza: for which recipients a file is, and for which it once was, by short
//! hashes. Age's own stanzas don't tell: native recipients are anonymous. It stands in the header
//! as
//!
//! ```text
//! -> mintage.dev/readers v1
//! ```
//!
//! with a body of two bytes, the number of current recipients (the high byte first), and eight
//! bytes for each of them and for each former one. The header's MAC covers it, so whoever can open
//! the file knows that it is genuine. Programs that don't know it pass over it.

use age_core::format::Stanza;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::recipient::RecipientHash;

pub(super) const TYPE: &str = "mintage.dev/readers";
const VERSION: &str = "v1";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Readers {
    pub(crate) current: Vec<RecipientHash>,
    pub(crate) former: Vec<RecipientHash>,
}

/// What a header says about its readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Claim {
    #[default]
    None,
    Readers(Readers),
    /// Of a later version, damaged, or said twice: it says nothing.
    Unreadable,
}

impl Claim {
    pub(crate) fn readers(&self) -> Option<&Readers> {
        match self {
            Claim::Readers(readers) => Some(readers),
            Claim::None | Claim::Unreadable => None,
        }
    }

    /// Another stanza of this kind, with what follows its type and with the characters of its body.
    pub(super) fn add(&mut self, arguments: &str, body: &[u8]) {
        let readers = (*self == Claim::None && arguments == VERSION)
            .then(|| STANDARD_NO_PAD.decode(body).ok())
            .flatten()
            .and_then(|body| Readers::read(&body));
        *self = readers.map_or(Claim::Unreadable, Claim::Readers);
    }
}

impl Readers {
    fn read(body: &[u8]) -> Option<Self> {
        let (count, hashes) = body.split_first_chunk::<2>()?;
        let (hashes, rest) = hashes.as_chunks::<8>();
        let (current, former) = hashes.split_at_checked(usize::from(u16::from_be_bytes(*count)))?;
        let readers = Readers { current: current.to_vec(), former: former.to_vec() };
        rest.is_empty().then_some(readers)
    }

    /// `None` if there are more than the stanza can count.
    pub(super) fn stanza(&self) -> Option<Stanza> {
        let count = u16::try_from(self.current.len()).ok()?;
        let mut body = count.to_be_bytes().to_vec();
        body.extend(self.current.iter().chain(&self.former).flatten());
        Some(Stanza { tag: TYPE.to_owned(), args: vec![VERSION.to_owned()], body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stanzas_read_back() {
        for (current, former) in [(0, 0), (1, 0), (0, 1), (3, 2), (400, 5)] {
            let hashes = |count: u64| (0..count).map(u64::to_be_bytes).collect();
            let readers = Readers { current: hashes(current), former: hashes(former) };
            let stanza = readers.stanza().unwrap();
            assert_eq!(Readers::read(&stanza.body), Some(readers));
            assert_eq!(Readers::read(&[&stanza.body[..], b"x"].concat()), None);
        }
        assert_eq!(Readers::read(&[]), None);
        assert_eq!(Readers::read(&[0, 1, 0, 0, 0]), None);
        assert_eq!(Readers::read(&[0, 2, 1, 1, 1, 1, 1, 1, 1, 1]), None);
        let many = Readers { current: vec![[0; 8]; 65_536], former: vec![] };
        assert!(many.stanza().is_none());
    }

    #[test]
    fn claims() {
        let good = STANDARD_NO_PAD.encode([0, 0]);
        let mut claim = Claim::None;
        claim.add("v1", good.as_bytes());
        assert_eq!(claim, Claim::Readers(Readers::default()));
        claim.add("v1", good.as_bytes());
        assert_eq!(claim, Claim::Unreadable);
        claim.add("v1", good.as_bytes());
        assert_eq!(claim, Claim::Unreadable, "two that can't be read are no better than one");
        for (arguments, body) in [("v2", "AAA"), ("", "AAA"), ("v1 x", "AAA"), ("v1", "AAA=")] {
            let mut claim = Claim::None;
            claim.add(arguments, body.as_bytes());
            assert_eq!(claim, Claim::Unreadable, "{arguments} {body}");
        }
    }
}
