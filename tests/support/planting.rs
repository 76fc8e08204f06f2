//! Random secrets, damage to the texts that hold them, and the search for what came through: any
//! six bytes of a secret, plain, or in base64, hexadecimal or percent-encoding.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Where choices come from: a seed, or the bytes that a fuzzer gives.
pub struct Dice {
    state: u64,
    given: Vec<u8>,
}

impl Dice {
    pub fn seeded(seed: u64) -> Self {
        Self { state: seed, given: Vec::new() }
    }

    /// Chooses by these bytes, and by their number once they are used up.
    pub fn given(bytes: &[u8]) -> Self {
        let mut given = bytes.to_vec();
        given.reverse();
        Self { state: bytes.len() as u64, given }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        if let Some(low) = self.given.pop() {
            return u64::from(low) | u64::from(self.given.pop().unwrap_or_default()) << 8;
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

/// How many rounds a property takes: `few`, or what the variable says.
pub fn rounds(few: u64) -> u64 {
    let asked = std::env::var("MINTAGE_PLANTED_ROUNDS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(few)
}

/// The number of the first round, to go on where another run ended.
pub fn first_round() -> u64 {
    let asked = std::env::var("MINTAGE_PLANTED_FIRST").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(0)
}

/// So many bytes of a secret in a row are a leak.
const PART: usize = 6;

pub struct Planted {
    pub text: String,
    parts: HashSet<Vec<u8>>,
    lengths: Vec<usize>,
    /// Whether a part begins with these two bytes.
    heads: Vec<bool>,
}

impl Planted {
    /// A password as generators make them: letters of both cases, and a digit among any three.
    pub fn random(dice: &mut Dice) -> Self {
        const KINDS: [[&str; 3]; 5] = [
            ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"],
            ["bcdfghjkmnpqrstvwxz", "BCDFGHJKLMNPQRSTVWXZ!$%&*+-_~", "0123456789"],
            ["ghjkmnpqr+/", "STUVWXYZ+/", "23456789"],
            ["abcdef", "abcdef", "0123456789"],
            ["ABCDEFGHJKLMNP", "QRSTUVWXYZ", "234567"],
        ];
        let kind = KINDS[dice.below(KINDS.len())];
        let length = 18 + dice.below(16);
        let text = (0..length).map(|at| {
            let alphabet: Vec<char> = kind[at % 3].chars().collect();
            alphabet[dice.below(alphabet.len())]
        });
        Self::new(text.collect())
    }

    pub fn new(text: String) -> Self {
        let bytes = text.as_bytes();
        let mut parts: HashSet<Vec<u8>> = HashSet::new();
        parts.extend(bytes.windows(PART).map(<[u8]>::to_vec));
        for engine in [STANDARD, URL_SAFE] {
            for shift in 0..3 {
                let encoded = engine.encode([vec![b' '; shift], bytes.to_vec()].concat());
                // Without the characters that depend on what stands before and after.
                let own = encoded.trim_end_matches('=').as_bytes();
                let own = own.get(2 * shift..own.len() - 1).unwrap_or_default();
                parts.extend(own.windows(PART * 4 / 3).map(<[u8]>::to_vec));
            }
        }
        for part in bytes.windows(PART) {
            let written = |with: &dyn Fn(&u8) -> String| -> Vec<u8> {
                part.iter().map(with).collect::<String>().into_bytes()
            };
            parts.insert(written(&|byte| format!("{byte:02x}")));
            parts.insert(written(&|byte| format!("{byte:02X}")));
            parts.insert(written(&|byte| match byte {
                byte if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => {
                    char::from(*byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            }));
        }
        let lengths: HashSet<usize> = parts.iter().map(Vec::len).collect();
        let mut heads = vec![false; 1 << 16];
        for part in &parts {
            heads[head(part)] = true;
        }
        Self { text, parts, lengths: lengths.into_iter().collect(), heads }
    }

    /// The first part of it that shows.
    pub fn leak(&self, said: &[u8]) -> Option<String> {
        for at in 0..said.len().saturating_sub(PART - 1) {
            if !self.heads[head(&said[at..])] {
                continue;
            }
            for length in &self.lengths {
                if let Some(part) =
                    said.get(at..at + length).filter(|part| self.parts.contains(*part))
                {
                    return Some(String::from_utf8_lossy(part).into_owned());
                }
            }
        }
        None
    }
}

/// A text with the secret in its places.
pub fn filled(text: &str, planted: &Planted) -> String {
    text.replace("SECRET", &planted.text).replace("BASE64", &STANDARD.encode(&planted.text))
}

fn head(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// What damage puts in.
const MARKS: [&str; 44] = [
    "\"", "'", "\"\"\"", "'''", "=", " = ", "[", "]", "{", "}", "[[", "]]", ",", "#", " #", "\\",
    "\n", "\n\n", "\r", ".", "x", ":", ": ", "- ", "-", "---\n", "|", " |", ">", "&a ", "*a ", "!",
    "!!str ", "?", "? ", "%", "{{", "}}", "{%", "%}", "\t", " ", "  ", "<<: ",
];

/// Up to four slips of a finger.
pub fn damaged(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        slip(&mut chars, dice);
    }
    chars.into_iter().collect()
}

fn slip(chars: &mut Vec<char>, dice: &mut Dice) {
    if chars.is_empty() {
        return;
    }
    let at = place(chars, dice);
    let end = (at + 1 + dice.below(8)).min(chars.len());
    match dice.below(14) {
        0 | 1 => drop(chars.remove(at)),
        2..=4 => drop(chars.splice(at..at, MARKS[dice.below(MARKS.len())].chars())),
        5 => drop(chars.splice(at..=at, MARKS[dice.below(MARKS.len())].chars())),
        6 => {
            let copy = chars[at..end].to_vec();
            drop(chars.splice(at..at, copy));
        }
        7 if at + 1 < chars.len() => chars.swap(at, at + 1),
        8 => drop(chars.drain(at..end)),
        9 => chars.truncate(at),
        10 => drop(chars.drain(..at)),
        // The indentation of a line, and its line break.
        11 | 12 => {
            let start = chars[..at].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
            let blanks = chars[start..].iter().take_while(|c| **c == ' ').count();
            match dice.below(3) {
                0 => drop(chars.splice(start..start, [' '; 2])),
                1 => drop(chars.drain(start..start + blanks.min(2))),
                _ => drop(chars.drain(start..start + blanks)),
            }
        }
        _ => {
            if let Some(line_break) = chars[at..].iter().position(|c| *c == '\n') {
                chars.remove(at + line_break);
            }
        }
    }
}

/// Any place, or one where punctuation stands, which is where damage has consequences.
fn place(chars: &[char], dice: &mut Dice) -> usize {
    let at = dice.below(chars.len());
    if dice.below(2) == 0 {
        return at;
    }
    let is_mark = |c: &char| !c.is_alphanumeric();
    at + chars[at..].iter().position(is_mark).unwrap_or_default()
}
