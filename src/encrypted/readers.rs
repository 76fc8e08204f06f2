//! Who can read an age file, as far as its header tells, against who should by the rules. Needs no
//! identity: the file's own list of its readers is a claim then, which anyone may have written. It
//! is believed only as far as it fits the real stanzas.

use std::collections::BTreeMap;

use super::rules::{Audience, Key, Rules};
use crate::age::header::Header;
use crate::age::{Addressee, Claim, Readers, RecipientHash};

/// How far the list of readers in a file can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// There is none: another tool wrote the file, or it was written with `--anonymous`.
    NoList,
    /// Of a later version, or damaged.
    Unreadable,
    /// It does not fit the stanzas: their number, or their kinds.
    Contradicted,
    /// It fits the stanzas; nothing says that it is genuine.
    Claimed,
    /// An identity opened the file, so that its MAC was checked.
    Verified,
}

/// What one key, or all keys of a person, are to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It can read the file, and should.
    Reader,
    /// It should, and can't.
    Missing,
    /// It can, and by the rules should not.
    NotInRules,
    /// It can, and is nobody's in `[recipients]`.
    Unknown,
    /// It could read an earlier version, and so knows what has not changed since.
    Former,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Audit {
    /// How many stanzas there are of each kind.
    pub kinds: BTreeMap<Addressee, usize>,
    pub trust: Trust,
    /// By name: people of `[recipients]`, then keys that are nobody's.
    pub readers: Vec<(String, Standing)>,
    /// Without a list that can be believed: whether the stanzas can be those of the rules.
    pub fits: bool,
    pub has_rules: bool,
}

impl Audit {
    /// `opened`: an identity opens the file, so that what its header says is genuine.
    pub(crate) fn of(
        header: &Header,
        opened: bool,
        rules: Option<&Rules>,
        audience: Option<&Audience>,
    ) -> Self {
        let trust = trust(header, opened, rules);
        let list = match trust {
            Trust::Claimed | Trust::Verified => header.claim.readers(),
            _ => None,
        };
        Audit {
            kinds: header.addressees.0.clone(),
            trust,
            readers: readers(list, rules, audience),
            fits: audience.is_none_or(|audience| can_be_for(header, &audience.keys)),
            has_rules: audience.is_some(),
        }
    }

    /// Whether the file is encrypted for others than the rules ask for, or may be. Former readers
    /// are no difference: nothing but new values helps against them.
    pub(crate) fn differs(&self) -> bool {
        let is_wrong =
            |standing: Standing| !matches!(standing, Standing::Reader | Standing::Former);
        match self.trust {
            Trust::Contradicted => true,
            _ if !self.has_rules => false,
            Trust::Claimed | Trust::Verified => {
                self.readers.iter().any(|(_, standing)| is_wrong(*standing))
            }
            Trust::NoList | Trust::Unreadable => !self.fits,
        }
    }

    pub(crate) fn named(&self, standing: Standing) -> Vec<&str> {
        let of = self.readers.iter().filter(|(_, one)| *one == standing);
        of.map(|(name, _)| name.as_str()).collect()
    }

    /// Whether a single key opens the file: if it is lost, so is the file.
    pub(crate) fn has_one_reader(&self) -> bool {
        let can = [Standing::Reader, Standing::NotInRules, Standing::Unknown];
        match self.trust {
            Trust::Claimed | Trust::Verified => {
                self.readers.iter().filter(|(_, standing)| can.contains(standing)).count() == 1
            }
            _ => self.kinds.values().sum::<usize>() == 1,
        }
    }
}

fn trust(header: &Header, opened: bool, rules: Option<&Rules>) -> Trust {
    let readers = match &header.claim {
        Claim::None => return Trust::NoList,
        Claim::Unreadable => return Trust::Unreadable,
        Claim::Readers(readers) => readers,
    };
    match claim_fits(header, readers, rules) {
        false => Trust::Contradicted,
        true if opened => Trust::Verified,
        true => Trust::Claimed,
    }
}

/// Whether a file with these stanzas can be for these readers. Of keys that `[recipients]` has, the
/// kinds are known.
fn claim_fits(header: &Header, readers: &Readers, rules: Option<&Rules>) -> bool {
    let known = |hash: &RecipientHash| {
        let person = rules?.person(hash)?;
        person.keys.iter().find(|key| key.hash == *hash).cloned()
    };
    let keys: Vec<Key> = readers
        .current
        .iter()
        .map(|hash| known(hash).unwrap_or(Key { hash: *hash, addressee: None }))
        .collect();
    can_be_for(header, &keys)
}

/// The same where nothing is known of the keys: as many as there are stanzas.
pub(crate) fn can_be_list(header: &Header, readers: &Readers) -> bool {
    claim_fits(header, readers, None)
}

/// Whether the stanzas can be those of these keys: as many, and of their kinds. A key whose kind is
/// not known may be of any; plugins may also write several stanzas for a key.
fn can_be_for(header: &Header, keys: &[Key]) -> bool {
    let mut left = header.addressees.0.clone();
    let mut free = 0;
    for key in keys {
        let Some(addressee) = &key.addressee else {
            free += 1;
            continue;
        };
        match left.get_mut(addressee) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return false,
        }
    }
    left.retain(|_, count| *count > 0);
    let others = |only_plugins: bool| -> usize {
        let of =
            left.iter().filter(|(kind, _)| !only_plugins || matches!(kind, Addressee::Other(_)));
        of.map(|(_, count)| *count).sum()
    };
    let (all, of_plugins) = (others(false), others(true));
    all == free || (free > 0 && all == of_plugins && all > free)
}

/// People and keys with what they are to the file; nobody without a list.
fn readers(
    list: Option<&Readers>,
    rules: Option<&Rules>,
    audience: Option<&Audience>,
) -> Vec<(String, Standing)> {
    let Some(list) = list else { return Vec::new() };
    let wanted = audience.map(Audience::hashes);
    let mut of_people: BTreeMap<&str, Standing> = BTreeMap::new();
    let mut of_nobody: Vec<(String, Standing)> = Vec::new();
    let mut note = |hash: &RecipientHash, standing: Standing| {
        match rules.and_then(|rules| rules.person(hash)) {
            Some(person) => {
                let worst = of_people.entry(&person.name).or_insert(standing);
                // A person whose keys differ is what is worst: a missing key, or one too many.
                if matters(standing) > matters(*worst) {
                    *worst = standing;
                }
            }
            None if standing == Standing::Former => {
                of_nobody.push((super::rules::unknown(hash), standing));
            }
            None => of_nobody.push((super::rules::unknown(hash), Standing::Unknown)),
        }
    };
    for hash in &list.current {
        let should = wanted.as_ref().is_none_or(|wanted| wanted.contains(hash));
        note(hash, if should { Standing::Reader } else { Standing::NotInRules });
    }
    for hash in wanted.iter().flatten().filter(|hash| !list.current.contains(hash)) {
        note(hash, Standing::Missing);
    }
    for hash in list.former.iter().filter(|hash| !list.current.contains(hash)) {
        note(hash, Standing::Former);
    }
    let people = of_people.into_iter().map(|(name, standing)| (name.to_owned(), standing));
    people.chain(of_nobody).collect()
}

fn matters(standing: Standing) -> u8 {
    match standing {
        Standing::Former => 0,
        Standing::Reader => 1,
        Standing::Unknown => 2,
        Standing::NotInRules => 3,
        Standing::Missing => 4,
    }
}
