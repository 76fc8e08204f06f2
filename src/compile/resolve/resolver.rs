//! What resolving holds: everything read and parsed so far. Files as values see them: there or not,
//! parsed, with their keys.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use minijinja::value::Value as Scope;

use super::fetch::{Fetched, Wanted, display, fetch};
use super::messages::{GENERATE, fetch_fault};
use crate::age::Keyring;
use crate::compile::options::Locked;
use crate::compile::run::{Place, Run};
use crate::diag::phrases::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, Span};
use crate::spec::generate::Generate;
use crate::spec::node::Text;
use crate::spec::value::{Source, Value};
use crate::structure::{self, Format, Tree};

pub(crate) type Got<T = SecretBytes> = Result<T, Missing>;

/// Why something is not there; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    /// It is optional.
    Absent,
    /// Its identity is missing, and this run goes on without.
    Unknown,
    /// That was reported.
    Failed,
}

/// What a run read and decrypted, for lints that look at a spec as a whole.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub fetched: Fetched,
    /// Who asked for each thing first.
    pub uses: BTreeMap<Wanted, ValueUse>,
    /// Values as they came out of age files, in the order of the spec; what was rendered or joined
    /// is not among them.
    pub decrypted: Vec<Decrypted>,
}

/// Where something that is read is written in the spec.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueUse {
    pub span: Span,
    pub entry: Span,
}

#[derive(Debug)]
pub(crate) struct Decrypted {
    pub from: Wanted,
    /// The value, and the table of its entry.
    pub used: ValueUse,
    /// The key that `data-from` made of it.
    pub data_key: Option<String>,
    pub bytes: SecretBytes,
}

pub(crate) struct Reading {
    pub wanted: Wanted,
    pub span: Span,
    pub format: Option<Format>,
    /// Whether it is decoded before anything is selected from it.
    pub decode: bool,
    pub optional: bool,
    /// What `mintage generate` makes in it.
    pub generate: Vec<Generate>,
    /// The value, where that is not the place of the path.
    pub used: Option<Span>,
}

pub(crate) struct Resolver<'r, 'x> {
    pub run: &'r mut Run<'x>,
    pub keyring: &'r Keyring,
    pub locked: Locked,
    /// Variables in which the paths of `[sources]` are rendered.
    pub scope: Scope,
    pub evidence: Evidence,
    /// Each file parsed once, by its number in what was fetched, and by whether it was decoded;
    /// nothing for what does not parse.
    pub parsed: HashMap<(usize, Format, bool), Option<Rc<Tree>>>,
    pub sources: BTreeMap<String, Got<Scope>>,
    /// Template files that were added to the texts because something in them failed.
    pub template_files: HashMap<String, FileId>,
    pub reported: BTreeSet<Wanted>,
    /// Files that were looked at for values of SOPS.
    pub looked_at: BTreeSet<Wanted>,
}

impl<'x> Resolver<'_, 'x> {
    pub(crate) fn fail<T>(&mut self, diagnostic: Diagnostic, place: &Place<'_>) -> Got<T> {
        self.run.report_at(diagnostic, place);
        Err(Missing::Failed)
    }

    pub(crate) fn note_decrypted(
        &mut self,
        from: &Wanted,
        span: Span,
        data_key: Option<&str>,
        bytes: &SecretBytes,
        place: &Place<'_>,
    ) {
        if from.0.is_encrypted() {
            self.evidence.decrypted.push(Decrypted {
                from: from.clone(),
                used: ValueUse { span, entry: place.entry.span },
                data_key: data_key.map(str::to_owned),
                bytes: bytes.clone(),
            });
        }
    }

    pub(crate) fn reading(&mut self, value: &Value, place: &Place<'_>) -> Got<Reading> {
        let mut place = place.clone();
        let file = match &value.source {
            Source::Named(name) => {
                let file = self.named(name, &place)?;
                place.scope = self.scope.clone();
                file
            }
            _ => value,
        };
        let Source::Fetch(fetch) = &file.source else { return Err(Missing::Failed) };
        let what = self.run.text(&fetch.what, &place).ok_or(Missing::Failed)?;
        Ok(Reading {
            wanted: (fetch.how, what),
            span: fetch.what.span,
            format: file.modifiers.format.as_ref().map(|format| format.value),
            decode: file.modifiers.decode,
            optional: value.modifiers.optional || file.modifiers.optional,
            generate: [value.generate.as_slice(), file.generate.as_slice()].concat(),
            used: Some(value.span),
        })
    }

    fn named(&mut self, name: &Text, place: &Place<'_>) -> Got<&'x Value> {
        let rendered = self.run.text(name, place).ok_or(Missing::Failed)?;
        let sources = self.run.spec.sources();
        if let Some((_, source)) = sources.iter().find(|(known, _)| known.value == rendered) {
            return Ok(source);
        }
        let known = || sources.iter().map(|(name, _)| name.value.as_str());
        let help = match did_you_mean(&rendered, known()) {
            Some(suggestion) => suggestion,
            None if sources.is_empty() => {
                format!("declare it: `[sources.{rendered}]` with `age = \"FILE.age\"`")
            }
            None => format!("use {}", one_of(known())),
        };
        let message = format!("the spec does not declare the source {}", code(&rendered));
        self.fail(diagnostic!(UNKNOWN_SOURCE, "{message}").at(name.span, "").help(help), place)
    }

    pub(crate) fn fetch(&mut self, wanted: Vec<Wanted>) {
        let Run { world, budget, .. } = *self.run;
        fetch(&mut self.evidence.fetched, wanted, world, self.keyring, budget);
    }

    pub(crate) fn bytes(&mut self, reading: &Reading, place: &Place<'_>) -> Got {
        let Reading { wanted, span, .. } = reading;
        if self.evidence.fetched.number(wanted).is_none() {
            // What the spec names was read ahead; what only shows now is read now.
            self.fetch(vec![wanted.clone()]);
        }
        let used = ValueUse { span: *span, entry: place.entry.span };
        self.evidence.uses.entry(wanted.clone()).or_insert(used);
        let fault = match self.evidence.fetched.get(wanted) {
            Some(Ok(bytes)) => {
                let bytes = bytes.clone();
                return if reading.decode { self.decode(&bytes, *span, place) } else { Ok(bytes) };
            }
            Some(Err(fault)) => fault,
            None => return Err(Missing::Failed),
        };
        let missing = match self.locked {
            _ if reading.optional && fault.is_missing() => return Err(Missing::Absent),
            Locked::Reported if fault.is_locked() => return Err(Missing::Failed),
            Locked::LeaveOut if fault.is_locked() => Missing::Unknown,
            _ => Missing::Failed,
        };
        let mut diagnostic = fetch_fault(fault, wanted, self.run.budget);
        if !self.reported.insert(wanted.clone()) {
            return Err(missing);
        }
        if missing == Missing::Unknown {
            diagnostic = Diagnostic::new(&codes::LEFT_OUT, diagnostic.message)
                .note("checks that need its content were skipped")
                .help("pass an identity with `-i FILE` to run them");
        }
        if fault.is_missing() && !reading.generate.is_empty() {
            diagnostic = diagnostic.help(GENERATE);
        }
        diagnostic = diagnostic.at(*span, "");
        if let Some(used) = reading.used
            && !(used.file == span.file && used.start <= span.start && span.end <= used.end)
        {
            diagnostic = diagnostic.also(used, "needed here");
        }
        self.run.report_at(diagnostic, place);
        Err(missing)
    }

    pub(crate) fn tree(&mut self, reading: &Reading, place: &Place<'_>) -> Got<Rc<Tree>> {
        let Reading { wanted, span, decode, .. } = reading;
        let Some(format) = reading.format.or_else(|| Format::from_path(&wanted.1)) else {
            // What can't be read is said first.
            let generate = reading.generate.clone();
            let of = wanted.clone();
            self.bytes(&Reading { wanted: of, decode: false, generate, ..*reading }, place)?;
            let unknown = structure::messages::unknown_format_of(&display(wanted));
            return self.fail(unknown.at(*span, ""), place);
        };
        let number = self.evidence.fetched.number(wanted);
        let known = number.and_then(|number| self.parsed.get(&(number, format, *decode)));
        if let Some(Some(tree)) = known {
            return Ok(Rc::clone(tree));
        }
        let bytes = self.bytes(reading, place)?;
        let number = self.evidence.fetched.number(wanted).ok_or(Missing::Failed)?;
        let key = (number, format, *decode);
        if self.parsed.contains_key(&key) || self.refuse_ciphertext(wanted, &bytes, *span, place) {
            return Err(Missing::Failed);
        }
        match structure::read(format, bytes.expose()) {
            Ok(tree) => {
                self.pay(tree.weight(), *span, place)?;
                tree.each_doubtful_key(&mut |key| self.run.sources.unname(key));
                let tree = Rc::new(tree);
                self.parsed.insert(key, Some(Rc::clone(&tree)));
                Ok(tree)
            }
            Err(fault) => {
                self.parsed.insert(key, None);
                let unreadable = structure::messages::unreadable(&display(wanted), format, &fault);
                self.fail(unreadable.at(*span, ""), place)
            }
        }
    }

    pub(crate) fn whole_file(
        &mut self,
        file: &Value,
        place: &Place<'_>,
    ) -> Got<Vec<(String, SecretBytes)>> {
        let reading = self.reading(file, place)?;
        let Reading { wanted, span, .. } = &reading;
        let tree = self.tree(&reading, place)?;
        let Tree::Table(entries) = tree.as_ref() else {
            let message =
                format!("{} is not a table, so it has no keys for `data-from`", display(wanted));
            let diagnostic = diagnostic!(BAD_STRUCTURE, "{message}").at(*span, "");
            let help = "set one data key to the whole file: `data.KEY = { ... }`";
            return self.fail(diagnostic.help(help), place);
        };
        self.note_sops_file(wanted, *span, place);
        let mut data = Vec::with_capacity(entries.len());
        for (key, tree) in entries {
            match tree.plain_text() {
                Ok(bytes) => {
                    let bytes = self.paid(bytes, file.span, place)?;
                    self.note_decrypted(wanted, file.span, Some(key), &bytes, place);
                    data.push((key.clone(), bytes));
                }
                Err(_) => {
                    let path = structure::KeyPath::default().child(key);
                    let problem = structure::messages::not_a_scalar(&display(wanted), &path, tree);
                    self.run.report_at(problem.at(*span, ""), place);
                }
            }
        }
        if data.len() == entries.len() { Ok(data) } else { Err(Missing::Failed) }
    }

    pub(crate) fn decode(&mut self, bytes: &SecretBytes, span: Span, place: &Place<'_>) -> Got {
        base64::decode(bytes.expose()).or_else(|fault| {
            let problem = structure::messages::bad_base64("the value", &fault);
            self.fail(problem.at(span, ""), place)
        })
    }
}
