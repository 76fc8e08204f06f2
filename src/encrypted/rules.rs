//! For whom the file of a path is encrypted: `[recipients]` and `[[encrypt]]` of one spec.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::age::{Addressee, Recipient, RecipientHash, RecipientKind};
use crate::source::Span;
use crate::spec::Spec;

/// Who may read the encrypted files below the folder of a spec.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    people: Vec<Person>,
    /// The first of the people who has a key: teams may have thousands.
    by_hash: BTreeMap<RecipientHash, usize>,
    rules: Vec<Rule>,
    /// All recipients, as the spec has them.
    recipients: Vec<String>,
}

/// A name of `[recipients]` and its keys.
#[derive(Debug)]
pub(crate) struct Person {
    pub name: String,
    pub keys: Vec<Key>,
}

/// A recipient, as the header of a file shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub hash: RecipientHash,
    /// What its stanza says; nothing where a plugin decides.
    pub addressee: Option<Addressee>,
}

#[derive(Debug)]
struct Rule {
    pattern: glob::Pattern,
    audience: Arc<Audience>,
}

/// Whom a file is encrypted for: who they are by name, and all their keys, each once.
#[derive(Debug, Default)]
pub(crate) struct Audience {
    pub names: Vec<String>,
    pub recipients: Vec<Recipient>,
    pub keys: Vec<Key>,
    /// The rule.
    pub span: Option<Span>,
}

/// Why nobody is to read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleFault {
    /// No spec on the way up has `[recipients]` or `[[encrypt]]`.
    MissingTables,
    /// The spec has recipients, and no rule.
    MissingRules,
    /// No rule is for this path.
    Unmatched,
}

impl Key {
    fn of(recipient: &Recipient) -> Self {
        Key { hash: recipient.hash(), addressee: Addressee::of(recipient) }
    }
}

impl Rules {
    /// The rules of a spec; none where it has neither `[recipients]` nor `[[encrypt]]`. What is
    /// wrong with them was reported when the spec was read.
    pub(crate) fn of(spec: &Spec) -> Option<Self> {
        if spec.top.recipients.key.is_none() && spec.top.encrypt.key.is_none() {
            return None;
        }
        let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut people = Vec::new();
        let mut all = Vec::new();
        for (name, keys) in spec.top.recipients.list() {
            let keys: Vec<&str> = keys.iter().map(|key| key.value.as_str()).collect();
            let recipients = keys.iter().filter_map(|key| Recipient::parse(key).ok());
            let known = recipients.map(|recipient| Key::of(&recipient)).collect();
            people.push(Person { name: name.value.clone(), keys: known });
            all.extend(keys.iter().map(|key| (*key).to_owned()));
            texts.insert(&name.value, keys);
        }
        let mut rules = Vec::new();
        for rule in spec.top.encrypt.list() {
            let path = rule.path.get();
            let Some(pattern) = path.and_then(|path| glob::Pattern::new(&path.value).ok()) else {
                continue;
            };
            let mut audience = Audience { span: path.map(|path| path.span), ..Audience::default() };
            let (mut names, mut hashes) = (BTreeSet::new(), BTreeSet::new());
            for to in rule.to.list() {
                if names.insert(to.value.as_str()) {
                    audience.names.push(to.value.clone());
                    let texts = texts.get(to.value.as_str());
                    audience.add(texts.map_or(&[], Vec::as_slice), &mut hashes);
                }
            }
            rules.push(Rule { pattern, audience: Arc::new(audience) });
        }
        let mut by_hash = BTreeMap::new();
        for (at, person) in people.iter().enumerate() {
            for key in &person.keys {
                by_hash.entry(key.hash).or_insert(at);
            }
        }
        Some(Rules { people, by_hash, rules, recipients: all })
    }

    /// For whom the file at `path` is, which starts at the folder of the spec and has `/` between
    /// its parts. The first rule that matches wins.
    pub(crate) fn audience(&self, path: &str) -> Result<&Arc<Audience>, RuleFault> {
        let options =
            glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
        if self.rules.is_empty() {
            return Err(RuleFault::MissingRules);
        }
        let rule = self.rules.iter().find(|rule| rule.pattern.matches_with(path, options));
        rule.map(|rule| &rule.audience).ok_or(RuleFault::Unmatched)
    }

    /// All recipients of `[recipients]`, whether a rule names them or not.
    pub(crate) fn recipients(&self) -> impl Iterator<Item = &str> {
        self.recipients.iter().map(String::as_str)
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    /// Whose key this is: by the name in `[recipients]`.
    pub(crate) fn person(&self, hash: &RecipientHash) -> Option<&Person> {
        self.people.get(*self.by_hash.get(hash)?)
    }

    /// What messages call a key.
    pub(crate) fn name(&self, hash: &RecipientHash) -> String {
        match self.person(hash) {
            Some(person) => person.name.clone(),
            None => unknown(hash),
        }
    }
}

/// Whether a path, with `/` between its parts, is one that Git or mintage itself reads: inside of a
/// `.git`, by whatever name a file system knows that, or a spec.
pub(crate) fn is_reserved(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    path.split('/').any(|part| plain_name(part) == ".git" || part.eq_ignore_ascii_case("git~1"))
        || plain_name(last) == "mintage.toml"
}

/// A name as file systems compare it that ignore case, or dots and spaces at the end, or characters
/// that nobody sees: those of Windows and macOS. What follows a colon is a stream of the file.
///
/// Source: Git 2.51, `is_ntfs_dotgit` in `path.c` and `next_hfs_char` in `utf8.c`.
fn plain_name(name: &str) -> String {
    let is_ignored = |c: char| {
        matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}')
            || c == '\u{feff}'
    };
    let name: String = name.chars().filter(|c| !is_ignored(*c)).collect();
    let name = name.split(':').next().unwrap_or_default();
    name.trim_end_matches(['.', ' ']).to_lowercase()
}

/// What messages call a key that no name stands for.
pub(crate) fn unknown(hash: &RecipientHash) -> String {
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("unknown key {hex}")
}

impl Audience {
    /// Further keys; those that are there already are left out.
    fn add(&mut self, texts: &[&str], known: &mut BTreeSet<RecipientHash>) {
        for recipient in texts.iter().filter_map(|text| Recipient::parse(text).ok()) {
            if known.insert(recipient.hash()) {
                self.keys.push(Key::of(&recipient));
                self.recipients.push(recipient);
            }
        }
    }

    /// For these recipients, whatever rules say.
    pub(crate) fn of(texts: &[String]) -> Self {
        let (mut audience, mut hashes) = (Audience::default(), BTreeSet::new());
        for text in texts {
            audience.add(&[text], &mut hashes);
        }
        audience.names = audience.recipients.iter().map(Recipient::shown).collect();
        audience
    }

    /// Whose key this is: of those that the rule names first, then of all.
    pub(crate) fn name(&self, hash: &RecipientHash, rules: &Rules) -> String {
        let is_theirs = |person: &&Person| {
            self.names.contains(&person.name) && person.keys.iter().any(|key| key.hash == *hash)
        };
        if let Some(person) = rules.people().iter().find(is_theirs) {
            return person.name.clone();
        }
        // That of no rule has recipients without names.
        let own = self.recipients.iter().find(|one| self.span.is_none() && one.hash() == *hash);
        own.map_or_else(|| rules.name(hash), Recipient::shown)
    }

    /// Whether a program runs to encrypt for them.
    pub(crate) fn needs_plugins(&self) -> bool {
        let is_plugin = |one: &Recipient| matches!(one.kind(), RecipientKind::Plugin(_));
        self.recipients.iter().any(is_plugin)
    }

    pub(crate) fn hashes(&self) -> Vec<RecipientHash> {
        self.keys.iter().map(|key| key.hash).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::spec::parse;

    const ALICE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const CI: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

    fn rules(text: &str) -> Option<Rules> {
        let mut sources = SourceMap::new();
        let file = sources.add("mintage.toml", text);
        Rules::of(&parse(file, &mut sources, 10_000).0.unwrap())
    }

    #[test]
    fn the_first_rule_wins() {
        let text = format!(
            "[recipients]\nalice = \"{ALICE}\"\nci = [\"{CI}\", \"{ALICE}\"]\n\
             [[encrypt]]\npath = \"prod/**\"\nto = [\"ci\"]\n\
             [[encrypt]]\npath = \"*.age\"\nto = [\"alice\", \"ci\", \"alice\"]\n"
        );
        let rules = rules(&text).unwrap();
        let names = |path: &str| rules.audience(path).map(|found| found.names.join(" "));
        assert_eq!(names("prod/a/b.age").as_deref(), Ok("ci"));
        assert_eq!(names("a.age").as_deref(), Ok("alice ci"));
        assert_eq!(names("dev/a.age"), Err(RuleFault::Unmatched));
        // alice's key is also one of ci's.
        assert_eq!(rules.audience("a.age").unwrap().recipients.len(), 2);
        let hash = Recipient::parse(CI).unwrap().hash();
        assert_eq!(rules.name(&hash), "ci");
        assert!(rules.name(&[0; 8]).ends_with("0000000000000000"));
    }

    #[test]
    fn many_names_take_linear_time() {
        let keys: Vec<String> = (0..4096)
            .map(|_| crate::age::generate_identity(crate::age::NewIdentity::X25519).recipient)
            .collect();
        crate::unit::support::assert_linear("names", 1 << 9, |count| {
            let keys = keys.iter().take(count).enumerate();
            let lines: String = keys.map(|(at, key)| format!("n{at} = \"{key}\"\n")).collect();
            let to: Vec<String> = (0..count).map(|at| format!("\"n{at}\"")).collect();
            let to = to.join(", ");
            let text = format!("[recipients]\n{lines}[[encrypt]]\npath = \"**\"\nto = [{to}]\n");
            let mut sources = SourceMap::new();
            let file = sources.add("mintage.toml", text.as_str());
            let rules = Rules::of(&parse(file, &mut sources, 1 << 20).0.unwrap()).unwrap();
            let audience = rules.audience("a.age").unwrap();
            assert_eq!(audience.keys.len(), count);
            assert!(audience.hashes().iter().all(|hash| rules.person(hash).is_some()));
        });
    }

    #[test]
    fn no_file_is_inside_of_git() {
        for path in [
            ".git/hooks/x.age",
            "a/.GIT/x",
            ".git./x",
            ".git /x",
            ".g\u{200c}it/x",
            "git~1/x",
            ".git::$INDEX_ALLOCATION/x",
            ".git",
            "a/mintage.toml",
            "MINTAGE.TOML",
        ] {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["secrets/x.age", ".github/x.age", ".gitx/a", "a.git/x", "mintage.toml.age"] {
            assert!(!is_reserved(path), "{path}");
        }
    }

    #[test]
    fn specs_without_tables_have_no_rules() {
        assert!(rules("[[opaque]]\nname = 'a'\n").is_none());
        let only = rules(&format!("recipients.alice = '{ALICE}'")).unwrap();
        assert_eq!(only.audience("a.age").unwrap_err(), RuleFault::MissingRules);
    }
}
