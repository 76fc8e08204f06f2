//! Private keys in the wrong place: somebody gave the key itself where a name or a path belongs,
//! and messages quote what they were given. Whatever may be a key is masked before anything is
//! printed, so a doubt counts as a key:
//!
//! - a word that begins like `AGE-SECRET-KEY` with up to two mistakes, in any case, and has
//!   something of a key behind it,
//! - 40 or more characters of bech32 in a row, and shorter pieces with many digits among them, as
//!   of a key that was torn in two,
//! - what follows the header of a PEM block.
//!
//! Public keys (`age1...`) are shown if their checksum says that they are whole; so are digests in
//! hexadecimal.

use std::borrow::Cow;
use std::ops::Range;

use crate::age::bech32;

/// What stands for a key, whatever its length.
pub(crate) const MASK: &str = "***";
/// What to say where a key was masked.
pub(crate) const HELP: &str = "pass a key itself in the variable `MINTAGE_IDENTITY`, or the path \
    of its file with `-i`: `***` stands for what looks like a private key, and every user of the \
    machine can see arguments";
const HEAD: &str = "AGE-SECRET-KEY";
/// So many characters of [`HEAD`] may be wrong, missing or too many.
const MISTAKES: usize = 2;
const PLUGIN_HEAD: &str = "AGE-PLUGIN-";
/// So many characters of bech32 in a row are a key.
const KEY_CHARS: usize = 40;
/// A piece of a key in capitals, which names seldom have, and in small letters.
const UPPER_PIECE_CHARS: usize = 16;
const LOWER_PIECE_CHARS: usize = 20;
/// Of bech32's 32 characters nine are digits, so that a piece has some.
const PIECE_DIGITS: usize = 3;
/// So much behind a head tells whether a key follows.
const TAIL_CHARS: usize = 256;
/// What begins a colour.
const ESCAPE: char = '\u{1b}';
/// Nothing shorter is looked at.
const SHORTEST: usize = 12;

/// The text with `***` in the place of everything that may be a private key.
pub(crate) fn hidden(text: &str) -> Cow<'_, str> {
    let ranges = ranges(text);
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

/// Whether something in the text may be a private key.
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
    bech32_runs(text, &mut found);
    pem_blocks(text, &mut found);
    found.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Words that begin like an age identity.
fn age_keys(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let word = at;
        at += 1;
        if !bytes.get(word).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let rest = text.get(word..).unwrap_or_default();
        let starts = word == 0 || !bytes.get(word - 1).is_some_and(u8::is_ascii_alphanumeric);
        let exact = |head: &str| {
            rest.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head)).map(str::len)
        };
        let plugin = exact(PLUGIN_HEAD);
        let Some(head) =
            exact(HEAD).or(plugin).or_else(|| if starts { head_with_mistakes(rest) } else { None })
        else {
            continue;
        };
        let (head, behind) = rest.split_at_checked(head).unwrap_or_default();
        let tail: String = behind
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != ESCAPE)
            .take(TAIL_CHARS)
            .collect();
        let is_key =
            if plugin.is_some() { tail.contains("-1") } else { has_key_behind(head, &tail) };
        if is_key {
            let end = word_end(text, word + head.len());
            found.push(word..end);
            at = end;
        }
    }
}

/// The end of the run of visible characters that goes on at `start`, without the punctuation of a
/// sentence around it.
fn word_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let word = rest.split(|c: char| c.is_whitespace() || c == ESCAPE).next().unwrap_or_default();
    start
        + word
            .trim_end_matches(['`', '\'', '"', '.', ',', ':', ';', '!', '?', ')', ']', '}', '>'])
            .len()
}

/// How long the start of `rest` is that is [`HEAD`] with a few mistakes in it.
fn head_with_mistakes(rest: &str) -> Option<usize> {
    let start: Vec<char> =
        rest.chars().take(HEAD.len() + MISTAKES).map(|c| c.to_ascii_uppercase()).collect();
    let mut left: Vec<char> = HEAD.chars().collect();
    for c in &start {
        left.iter().position(|wanted| wanted == c).map(|at| left.swap_remove(at));
    }
    // Most words are nothing like it, and distances take more time.
    if left.len() > MISTAKES {
        return None;
    }
    let distances = head_distances(&start);
    let lengths = distances.iter().zip(0..).filter(|(distance, _)| **distance <= MISTAKES);
    let (_, length) = lengths.min()?;
    Some(rest.chars().take(length).map(char::len_utf8).sum())
}

/// How many mistakes make [`HEAD`] of the first 0, 1, 2, ... of these characters: one wrong,
/// missing, too many, or two swapped.
fn head_distances(start: &[char]) -> Vec<usize> {
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=start.len()).collect();
    let mut last_wanted = None;
    for (row, wanted) in (1..).zip(HEAD.chars()) {
        let mut this = vec![row];
        for (column, c) in (1..).zip(start) {
            let cost = |row: &[usize], back: usize, more: usize| {
                row.get(column - back).map_or(usize::MAX, |cost| cost + more)
            };
            let mut best = cost(&last, 1, usize::from(wanted != *c))
                .min(cost(&last, 0, 1))
                .min(cost(&this, 1, 1));
            let swapped =
                column > 1 && last_wanted == Some(*c) && start.get(column - 2) == Some(&wanted);
            if swapped {
                best = best.min(cost(&before, 2, 1));
            }
            this.push(best);
        }
        before = std::mem::replace(&mut last, this);
        last_wanted = Some(wanted);
    }
    last
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

/// Runs of letters and digits that are bech32's, with what is joined to them: a key without its
/// head, or with a part of it.
fn bech32_runs(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let joined = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%' | b'+' | b'=')
    };
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let end = at + run;
        if text.get(at..end).is_some_and(is_key_data) {
            let before = bytes
                .get(..at)
                .unwrap_or_default()
                .iter()
                .rev()
                .take_while(|byte| joined(byte) && **byte != b'=')
                .count();
            let after = bytes.get(end..).unwrap_or_default().iter().take_while(joined).count();
            found.push(at - before..end + after);
            at = end + after;
        }
        at = end.max(at) + 1;
    }
}

fn is_key_data(run: &str) -> bool {
    let bytes = run.as_bytes();
    let count = |is: &dyn Fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
    let digits = count(&u8::is_ascii_digit);
    let (upper, lower) = (count(&u8::is_ascii_uppercase), count(&u8::is_ascii_lowercase));
    let one_case = upper == 0 || lower == 0;
    let fits = count(&|byte| is_bech32(*byte));
    if run.len() < UPPER_PIECE_CHARS || is_one_character(bytes) || is_public_key(run) {
        return false;
    }
    // Digests. That 40 characters of a key are all hexadecimal does not happen.
    if one_case && bytes.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    if bytes
        .split(|byte| !is_bech32(*byte))
        .any(|part| part.len() >= KEY_CHARS && !is_one_character(part))
    {
        return true;
    }
    if !one_case || digits < PIECE_DIGITS || upper + lower < PIECE_DIGITS {
        return false;
    }
    // A whole key with a typing error or two, or a piece without.
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
        && bech32::human_part(run).is_ok()
}

/// What follows the header of a PEM block, whole or without its start, and the header with it. In a
/// quoted word to its end, else to the end of the text.
fn pem_blocks(text: &str, found: &mut Vec<Range<usize>>) {
    let upper = text.to_ascii_uppercase();
    let begins =
        upper.match_indices("BEGIN ").map(|(at, begin)| (at, begin.len())).filter(|(at, _)| {
            let before = upper.get(..*at).unwrap_or_default();
            before.trim_end_matches(' ').ends_with("--")
        });
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
        }
    }
}
#[cfg(test)]
mod tests {
    use super::{hidden, is_in};

    const DATA: &str = "QQPQPGZZ3RYUWHM7VQK0E9XF5J2N4T8DCL6SAGRYQPZ7X3VW9MK2JHEDTQ";
    const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn heads_with_mistakes() {
        for head in [
            "AGE-SECRET-KEY-1",
            "age-secret-key-1",
            "Age-Secret-Key-1",
            "AGE-SECRET-KEY-PQ-1",
            "age-secret-key-pq-1",
            "AGE-SECRET-KEY",
            "AGE-SECRE-KEY-1",
            "AEG-SECRET-KEY-1",
            "AGE-SECRET-KEY1",
            "AGESECRETKEY1",
            "AGE_SECRET_KEY_1",
            "AGE\u{2013}SECRET\u{2013}KEY\u{2013}1",
            "GE-SECRET-KEY-1",
            "E-SECRET-KEY-1",
            "XAGE-SECRET-KEYS-1",
            "AGE-SECRT-KY-1",
        ] {
            for data in
                [DATA.to_owned(), DATA.to_lowercase(), "QQP".to_owned(), "7QQ\\nPQP/x=y".to_owned()]
            {
                let shown = hidden(&format!("can't read `{head}{data}`: it is gone")).into_owned();
                assert_eq!(shown, "can't read `***`: it is gone", "{head}{data}");
            }
        }
        assert_eq!(
            hidden("--identity=AGE-SECRET-KEY-1QQ.x,-iage-secret-key-1qq"),
            "--identity=***"
        );
        assert_eq!(hidden("-iage-secret-key-1qq"), "-***");
        assert_eq!(hidden("AGE-PLUGIN-YUBIKEY-1QQQQQ"), "***");
    }

    #[test]
    fn heads_alone_are_words() {
        for text in [
            "the line that begins with `AGE-SECRET-KEY-1` alone",
            "`AGE-SECRET-KEY-PQ-1` is of age 1.3; `AGE-SECRET-KEY-1` and 58 more",
            "AGE-SECRET-KEY-1... and AGE-SECRET-KEY-...",
            "can't read `age-secret-key.txt`, `age-secret-key-production.age`",
            "`AGE_SECRET_KEY_FILE`, `MINTAGE_SECRET_KEY`, STORAGE-SECRET-KEY-1",
            "it is for `age-plugin-yubikey`",
        ] {
            assert_eq!(hidden(text), text);
        }
    }

    #[test]
    fn keys_without_a_head() {
        for (text, expected) in [
            (DATA.to_owned(), "***"),
            (DATA.to_lowercase(), "***"),
            (format!("1{DATA}"), "***"),
            (format!("KEY-1{DATA}"), "***"),
            (format!("/home/me/-KEY-1{DATA}.txt"), "/home/me/***.txt"),
            (format!("--set x={DATA}"), "--set x=***"),
            (format!("AGE%2DSECRET%2DKEY%2D1{DATA}"), "***"),
            // Torn in two, and with a typing error.
            (format!("'{}'", &DATA[..20]), "'***'"),
            (format!("'{}'", DATA[30..].to_lowercase()), "'***'"),
            (DATA.replace("0E", "OE"), "***"),
            (DATA[..41].to_owned() + &DATA[41..].to_lowercase(), "***"),
        ] {
            assert_eq!(hidden(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_public_stays() {
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3efff1b2efff822cd15d6c15efff0f00a08"
            .replace('b', "c");
        for text in [
            RECIPIENT,
            &format!("the native key of `{RECIPIENT}`"),
            &digest,
            &digest[..40],
            &"n".repeat(64),
            "a-name-of-many-words-each-of-which-has-few-characters-and-dashes",
            "web-7f8g9h2k4t/app-9d4c7f6b5c-x2x9z",
            "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDO",
            "deletionGracePeriodSeconds 20240229T083500Z",
            "/usr/share/man/man1/kubernetes",
        ] {
            assert_eq!(hidden(text), text);
        }
        assert!(is_in(&RECIPIENT.replace("ql3", "ql4")), "a mistyped one may be anything");
        assert!(is_in(&RECIPIENT.to_uppercase()));
    }

    #[test]
    fn pem_blocks() {
        for (text, expected) in [
            ("no file `-----BEGIN RSA PRIVATE KEY----- MIIE7x`: gone", "no file `***`: gone"),
            ("'-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END' found\n\nUsage: x", "'***"),
            ("x ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- AAAA", "x ***"),
            ("-----begin private key-----MIIE", "***"),
            ("PRIVATE KEY-----MIIE", "***"),
            ("-----BEGIN OPENSSH PRIVATE KEY b3Blbn", "***"),
        ] {
            assert_eq!(hidden(text), expected, "{text}");
        }
        for text in [
            "between `-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE KEY-----`",
            "leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`",
            "`-----BEGIN OPENSSH PRIVATE KEY-----\n…` is no name",
        ] {
            assert_eq!(hidden(text), text);
        }
    }

    #[test]
    fn no_cut_and_no_mistake_shows_a_key() {
        let key = format!("AGE-SECRET-KEY-1{DATA}");
        let leaks = |text: &str| {
            let shown = hidden(text).to_ascii_uppercase();
            (0..DATA.len() - 12).any(|at| shown.contains(&DATA[at..at + 12]))
        };
        for key in [key.clone(), key.to_lowercase()] {
            for at in 0..key.len() {
                for damage in ["", "b", "-", "O", " ", "1", "\u{e9}"] {
                    let damaged = format!("`{}{damage}{}`", &key[..at], &key[at + 1..]);
                    // Torn near an end, the rest is long enough to be found.
                    let torn = matches!(damage, "-" | " " | "\u{e9}") && at > 20;
                    assert!(torn || !leaks(&damaged), "{damaged}");
                }
                assert!(key.len() - at < 20 || !leaks(&key[at..]), "{}", &key[at..]);
                assert!(!leaks(&key[..at]), "{}", &key[..at]);
            }
        }
    }

    #[test]
    fn time_is_linear() {
        for piece in ["AGE-SECRET-KEY", "-----BEGIN ", "PRIVATE KEY-", "QPZ9", "a ", "`", "-"] {
            let start = std::time::Instant::now();
            hidden(&piece.repeat((1 << 18) / piece.len()));
            assert!(start.elapsed().as_secs() < 30, "{piece}: {:?}", start.elapsed());
        }
    }
}
