//! Private keys in the wrong place: somebody gave the key itself where a name or a path belongs,
//! and messages quote what they were given. Whatever may be a key is masked before anything is
//! printed, so a doubt counts as a key:
//!
//! - a word that contains `AGE-SECRET-KEY` in any case, and has something of a key after it,
//! - 40 or more characters of bech32 in a row, and shorter pieces with many digits among them, as
//!   of a key that was torn in two,
//! - what follows the header of a PEM block, and 60 or more characters of base64 in a row, as of a
//!   block without its header.
//!
//! Public keys (`age1...`) are shown if their checksum says that they are whole; so are those of
//! ssh and digests in hexadecimal.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

use crate::age::bech32_text::human_part;

pub(crate) const MASK: &str = "***";
pub(crate) const HELP: &str = "set `MINTAGE_IDENTITY` to the key, or pass its file with `-i FILE`: \
    `***` hides what looks like a private key, and other users of the machine can see arguments";
const HEAD: &str = "AGE-SECRET-KEY";
const PLUGIN_HEAD: &str = "AGE-PLUGIN-";
/// The letters of the head, how many of them may be wrong, and how many dashes and ones are looked
/// at for its end.
const HEAD_LETTERS: &str = "AGESECRETKEY";
const WRONG_LETTERS: usize = 3;
const MARKS_IN_HEAD: usize = 8;
/// Fewest characters behind a mistyped head that are taken for a piece of a key.
const SHORTEST_TAIL: usize = 4;
/// The same for one in small letters without digits.
const LOWER_TAIL: usize = 8;
/// So many characters of bech32 in a row are a key.
const KEY_CHARS: usize = 40;
/// A piece of a key in capitals, which names seldom have, and in small letters.
const UPPER_PIECE_CHARS: usize = 16;
const LOWER_PIECE_CHARS: usize = 20;
/// Of bech32's 32 characters nine are digits, so that a piece has some.
const PIECE_DIGITS: usize = 3;
/// So many characters of base64 in a row are a line of a PEM block, which has 64, or 70 of
/// OpenSSH's.
const BASE64_CHARS: usize = 60;
/// So many capitals and small letters are among them, which paths seldom have.
const BASE64_LETTERS: usize = 12;
/// How what OpenSSH encodes begins: its private keys, and its public ones.
const SSH_PRIVATE: &str = "b3BlbnNzaC1rZXktdjE";
const SSH_PUBLIC: &str = "AAAA";
/// So much behind a head tells whether a key follows.
const TAIL_CHARS: usize = 256;
const ESCAPE: char = '\u{1b}';
/// Nothing shorter is looked at.
const SHORTEST: usize = 12;

/// The text with `***` in the place of everything that may be a private key.
pub(crate) fn hidden(text: &str) -> Cow<'_, str> {
    masked(text, &ranges(text))
}

/// The text with `***` in the place of these ranges, which are in order and apart from each other.
pub(crate) fn masked<'t>(text: &'t str, ranges: &[Range<usize>]) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut at = 0;
    for range in ranges {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(MASK);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

pub(crate) fn is_in(text: &str) -> bool {
    !ranges(text).is_empty()
}

/// The parts of a text that may be private keys, in order and apart from each other.
pub(crate) fn ranges(text: &str) -> Vec<Range<usize>> {
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let mut found = Vec::new();
    age_keys(text, &mut found);
    mistyped_keys(text, &mut found);
    bech32_runs(text, &mut found);
    pem_blocks(text, &mut found);
    base64_lines(text, &mut found);
    merged(found)
}

/// Sorted, without empty ones, those that touch or overlap as one.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|later, earlier| {
        let touches = later.start <= earlier.end;
        if touches {
            earlier.end = earlier.end.max(later.end);
        }
        touches
    });
    ranges
}

/// Words with the head of an age identity.
fn age_keys(text: &str, found: &mut Vec<Range<usize>>) {
    let upper = text.to_ascii_uppercase();
    for known in [HEAD, "-SECRET-KEY", PLUGIN_HEAD] {
        let mut done = 0;
        for (start, _) in upper.match_indices(known) {
            if start < done {
                continue;
            }
            let end = start + known.len();
            let (head, rest) = (text.get(start..end), text.get(end..).unwrap_or_default());
            let tail: String = rest.chars().take_while(is_visible).take(TAIL_CHARS).collect();
            let is_key = match known {
                PLUGIN_HEAD => tail.contains("-1"),
                _ => has_key_behind(head.unwrap_or_default(), &tail),
            };
            if is_key {
                done = word_end(text, end);
                found.push(start..done);
            }
        }
    }
}

/// Words with a head that is nearly that of an age identity, and something of a key behind it.
fn mistyped_keys(text: &str, found: &mut Vec<Range<usize>>) {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    for word in runs(text, is_of_word) {
        let token = text.get(word.clone()).unwrap_or_default();
        let ends = token.match_indices(['1', '-', '_']).map(|(at, _)| at).take(MARKS_IN_HEAD);
        let is_key = |at: usize| {
            let (head, tail) = token.split_at(at);
            let behind = tail.trim_start_matches(['1', '-', '_']);
            let is_separated =
                tail.len() > behind.len() && tail.trim_end_matches(behind).contains('1');
            is_nearly_head(head) && is_piece(behind, head, is_separated)
        };
        if ends.into_iter().any(is_key) {
            found.push(word.start..word_end(text, word.start));
        }
    }
}

/// Whether a head ends as that of an identity does, up to three wrong letters.
fn is_nearly_head(head: &str) -> bool {
    let letters: Vec<char> = head.chars().filter(char::is_ascii_alphanumeric).collect();
    (HEAD_LETTERS.len() - WRONG_LETTERS..=HEAD_LETTERS.len() + WRONG_LETTERS).any(|length| {
        let end = letters.len().checked_sub(length).and_then(|start| letters.get(start..));
        let end = end.map(|end| end.iter().collect::<String>().to_ascii_uppercase());
        end.is_some_and(|end| strsim::osa_distance(&end, HEAD_LETTERS) <= WRONG_LETTERS)
    })
}

/// Whether a word behind a head may belong to a key: in capitals as the head is, behind the `1` of
/// bech32, or with digits in it.
fn is_piece(tail: &str, head: &str, is_separated: bool) -> bool {
    let tail = tail.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let lower = |text: &str| text.bytes().filter(u8::is_ascii_lowercase).count();
    let digits = tail.bytes().filter(u8::is_ascii_digit).count();
    let in_capitals = lower(head) <= WRONG_LETTERS && lower(tail) == 0;
    tail.len() >= SHORTEST_TAIL
        && tail.bytes().all(is_bech32)
        && digits < tail.len()
        && (digits >= 2
            || in_capitals && (is_separated || digits > 0)
            || is_separated && tail.len() >= LOWER_TAIL)
}

fn is_visible(c: &char) -> bool {
    !c.is_whitespace() && *c != ESCAPE
}

/// The end of the run of visible characters that goes on at `start`, without the punctuation of a
/// sentence around it.
fn word_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let word = rest.split(|c| !is_visible(&c)).next().unwrap_or_default();
    let marks = |c| "`'\".,:;!?)]}>".contains(c);
    start + word.trim_end_matches(marks).len()
}

/// Whether what follows a head may belong to a key. Messages name the head alone,
/// `age-secret-key.txt` is the name of a file, and `AGE_SECRET_KEY_FILE` that of a variable.
fn has_key_behind(head: &str, tail: &str) -> bool {
    let is_mark = |c: char| !c.is_ascii_alphanumeric();
    let mut rest = tail.split('`').next().unwrap_or_default().trim_start_matches(is_mark);
    // The `PQ-` of `AGE-SECRET-KEY-PQ-1`.
    if let (Some("pq" | "PQ"), Some(behind)) = (rest.get(..2), rest.get(2..))
        && behind.starts_with(is_mark)
    {
        rest = behind.trim_start_matches(is_mark);
    }
    let separated = rest.strip_prefix('1');
    if !separated.unwrap_or(rest).contains(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let piece = |run: &str| {
        run.len() >= SHORTEST
            && run.bytes().filter(u8::is_ascii_digit).count() >= 2
            && run.bytes().all(is_bech32)
    };
    let in_capitals = head.contains('-') && head.contains(|c: char| c.is_ascii_uppercase());
    separated.is_some() || in_capitals || rest.split(is_mark).any(piece)
}

/// Of bech32, or the `1` between its parts.
fn is_bech32(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && !matches!(byte.to_ascii_lowercase(), b'b' | b'i' | b'o')
}

/// Where bytes of a kind stand in a row.
fn runs(text: &str, is_in: fn(&u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let chunks = text.as_bytes().chunk_by(move |one, next| is_in(one) == is_in(next));
    chunks.filter_map(move |chunk| {
        let start = at;
        at += chunk.len();
        chunk.first().is_some_and(is_in).then_some(start..at)
    })
}

/// Runs of letters and digits that are bech32's, with what is joined to them: a key without its
/// head, or with a part of it.
fn bech32_runs(text: &str, found: &mut Vec<Range<usize>>) {
    let joined = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_%+=".contains(*byte);
    let mut done = 0;
    for run in runs(text, u8::is_ascii_alphanumeric) {
        if run.start < done || !text.get(run.clone()).is_some_and(is_key_data) {
            continue;
        }
        let (before, rest) = text.as_bytes().split_at(run.start);
        let before = before.iter().rev().take_while(|byte| joined(byte) && **byte != b'=').count();
        done = run.start + rest.iter().take_while(joined).count();
        found.push(run.start - before..done);
    }
}

fn is_key_data(run: &str) -> bool {
    let bytes = run.as_bytes();
    if run.len() < UPPER_PIECE_CHARS || is_one_character(bytes) || is_public_key(run) {
        return false;
    }
    let count = |is: &dyn Fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
    let digits = count(&u8::is_ascii_digit);
    let (upper, lower) = (count(&u8::is_ascii_uppercase), count(&u8::is_ascii_lowercase));
    let one_case = upper == 0 || lower == 0;
    // Digests. That 40 characters of a key are all hexadecimal does not happen.
    if one_case && bytes.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let mut parts = bytes.split(|byte| !is_bech32(*byte));
    if parts.any(|part| part.len() >= KEY_CHARS && !is_one_character(part)) {
        return true;
    }
    if !one_case || digits < PIECE_DIGITS || upper + lower < PIECE_DIGITS {
        return false;
    }
    // A whole key with a typing error or two, or a piece without.
    let fits = count(&|byte| is_bech32(*byte));
    let piece = if lower == 0 { UPPER_PIECE_CHARS } else { LOWER_PIECE_CHARS };
    (run.len() >= KEY_CHARS && fits + run.len() / 10 >= run.len())
        || (run.len() >= piece && fits == run.len())
}

/// As in names that are too long on purpose.
fn is_one_character(run: &[u8]) -> bool {
    run.iter().all(|byte| Some(byte) == run.first())
}

/// A whole recipient, which anybody may see.
fn is_public_key(run: &str) -> bool {
    run.starts_with("age1")
        && !run.contains(|c: char| c.is_ascii_uppercase())
        && human_part(run).is_some()
}

/// What follows the header of a PEM block, whole or without its start, and the header with it. In a
/// quoted word to its end, else to the end of the text.
fn pem_blocks(text: &str, found: &mut Vec<Range<usize>>) {
    let upper = text.to_ascii_uppercase();
    let begins = upper.match_indices("BEGIN ").filter(|(at, _)| {
        upper.get(..*at).unwrap_or_default().trim_end_matches(' ').ends_with("--")
    });
    let begins = begins.map(|(at, begin)| (at, begin.len()));
    let keys = upper.match_indices("PRIVATE KEY-").map(|(at, key)| (at, key.len() - 1));
    let mut places: Vec<(usize, usize)> = begins.chain(keys).collect();
    places.sort_unstable();
    let (mut quoted, mut counted, mut done) = (false, 0, 0);
    for (at, length) in places {
        if at < done {
            continue;
        }
        quoted ^= text.get(counted..at).unwrap_or_default().matches('`').count() % 2 == 1;
        counted = at;
        let before = text.get(..at).unwrap_or_default().trim_end_matches(' ');
        let start = if before.ends_with('-') { before.trim_end_matches('-').len() } else { at };
        let tick = if quoted { text.get(at..).and_then(|rest| rest.find('`')) } else { None };
        let end = tick.map_or(text.len(), |tick| at + tick);
        // The label ends with dashes; without them it may hold anything.
        let inside = text.get(at + length..end).unwrap_or_default();
        let behind = inside.split_once("--").map_or(inside, |(_, behind)| behind);
        if behind.contains(|c: char| c.is_ascii_alphanumeric()) {
            found.push(start..end);
            done = end;
        } else {
            // Nor does anything else in this label begin a key.
            done = end - behind.len();
        }
    }
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(byte)
}

/// Lines of a PEM block without its header, and the lines that follow.
fn base64_lines(text: &str, found: &mut Vec<Range<usize>>) {
    let mut done = 0;
    for line in runs(text, is_base64) {
        if line.start >= done && text.get(line.clone()).is_some_and(is_base64_of_key) {
            let rest = text.as_bytes().iter().skip(line.start);
            let more = rest.take_while(|byte| is_base64(byte) || b"\r\n\\".contains(byte));
            done = line.start + more.count();
            found.push(line.start..done);
        }
    }
}

fn is_base64_of_key(line: &str) -> bool {
    let count = |is: fn(&u8) -> bool| line.bytes().filter(is).count();
    line.contains(SSH_PRIVATE)
        || (line.len() >= BASE64_CHARS
            && !line.starts_with(SSH_PUBLIC)
            && count(u8::is_ascii_uppercase) >= BASE64_LETTERS
            && count(u8::is_ascii_lowercase) >= BASE64_LETTERS
            && count(u8::is_ascii_digit) >= PIECE_DIGITS)
}
