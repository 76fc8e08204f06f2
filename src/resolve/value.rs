//! One value at a time: from what the spec says to bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use minijinja::value::Value as Scope;

use crate::crypt::{DecryptFault, Keyring};
use crate::diag::words::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, codes};
use crate::emit::docker_json::{self, Registry};
use crate::expand::Planned;
use crate::render::{Place, Renderer};
use crate::secret_bytes::SecretBytes;
use crate::source::{FileId, Span, Spanned};
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::record::Record;
use crate::spec::value::{Fetch, From as FileFrom, How, Source, Value, WholeFile};
use crate::spec::{Spec, mask_template};
use crate::structure::{self, Format, KeyPath, StructureFault, Tree};
use crate::template::{self, Engine, Fault, SourceNames, Why};
use crate::world::{ReadError, World};

use super::Locked;
use super::fetch::{FetchFault, Fetched, Wanted};
use super::slot::{Fill, slots, visit_values};
use super::words::fetch_fault;

/// What became of a value.
#[derive(Debug)]
pub enum Got {
    /// Its bytes.
    Bytes(SecretBytes),
    /// It is optional and not there.
    Absent,
    /// Its identity is missing, and this run goes on without.
    Unknown,
    /// It failed, and that was reported.
    Failed,
}

/// Leaves the function with what became of something, unless it has bytes.
macro_rules! bytes {
    ($got:expr) => {
        match $got {
            Got::Bytes(bytes) => bytes,
            other => return other,
        }
    };
}

/// A structured file, parsed at most once.
type Parsed = Rc<Result<Tree, StructureFault>>;

/// What a template sees of a source.
#[derive(Clone)]
enum SourceState {
    Value(Scope),
    Absent,
    Unknown,
    Failed,
}

/// Resolves values; holds what was read and parsed so far.
pub struct Resolver<'r, 'x, 's> {
    spec: &'s Spec,
    /// Variables in which the paths of `[sources]` are rendered.
    scope: Scope,
    world: &'r dyn World,
    keyring: &'r Keyring,
    locked: Locked,
    renderer: &'r mut Renderer<'x>,
    fetched: Fetched,
    parsed: HashMap<(Wanted, Format, bool), Parsed>,
    /// Sources as templates see them, by name.
    sources: BTreeMap<String, SourceState>,
    /// Template files that were added to the texts because something in them failed.
    template_files: HashMap<String, FileId>,
    reported: BTreeSet<Wanted>,
}

impl<'r, 'x, 's> Resolver<'r, 'x, 's> {
    /// A resolver that has read nothing yet. `scope` holds the variables for paths of `[sources]`.
    pub fn new(
        spec: &'s Spec,
        scope: Scope,
        world: &'r dyn World,
        keyring: &'r Keyring,
        locked: Locked,
        renderer: &'r mut Renderer<'x>,
    ) -> Self {
        Self {
            spec,
            scope,
            world,
            keyring,
            locked,
            renderer,
            fetched: Fetched::default(),
            parsed: HashMap::new(),
            sources: BTreeMap::new(),
            template_files: HashMap::new(),
            reported: BTreeSet::new(),
        }
    }

    /// Reports a finding about a Secret.
    pub fn report(&mut self, diagnostic: Diagnostic, place: &Place<'_>) {
        let diagnostic = place.tell(diagnostic);
        self.renderer.report(diagnostic, Some(place.entry));
    }

    /// Reads everything that the plan needs, in two rounds: first what the spec names, then the sources that template files name.
    pub fn prefetch(&mut self, planned: &[Planned<'s>]) {
        let mut wanted = BTreeSet::new();
        let mut names = SourceNames::default();
        let mut template_files = BTreeSet::new();
        for planned in planned {
            for slot in slots(planned) {
                if let Fill::File(file) = &slot.fill {
                    self.want(&file.from, &planned.scope, &mut wanted, &mut names);
                }
                visit_values(&slot.fill, &mut |value| self.want_value(value, &planned.scope, &mut wanted, &mut names, &mut template_files));
            }
        }
        self.want_sources(&names, &mut wanted);
        self.fetched.fetch(wanted, self.world, self.keyring);

        let mut names = SourceNames::default();
        for file in template_files {
            if let Some(Ok(bytes)) = self.fetched.get(&file) {
                let more = self.renderer.engine.source_names(bytes.expose_str().unwrap_or_default());
                names.names.extend(more.names);
                names.any |= more.any;
            }
        }
        let mut wanted = BTreeSet::new();
        self.want_sources(&names, &mut wanted);
        self.fetched.fetch(wanted, self.world, self.keyring);
    }

    fn want_value(
        &self,
        value: &Value,
        scope: &Scope,
        wanted: &mut BTreeSet<Wanted>,
        names: &mut SourceNames,
        template_files: &mut BTreeSet<Wanted>,
    ) {
        let mut in_template = |text: &str| {
            let more = self.renderer.engine.source_names(text);
            names.names.extend(more.names);
            names.any |= more.any;
        };
        match &value.source {
            Source::Template(text) | Source::Base64(text) => in_template(&text.value),
            Source::Tree(_, node) => each_string(node, &mut in_template),
            Source::Fetch(fetch) => {
                if let Some(key) = self.peek(fetch, scope) {
                    if value.modifiers.template {
                        template_files.insert(key.clone());
                    }
                    wanted.insert(key);
                }
            }
            Source::Named(name) => {
                if let Some(name) = self.peek_text(name, scope) {
                    // A source that is a template file itself may name any other.
                    names.any |= value.modifiers.template;
                    names.names.insert(name);
                }
            }
            Source::Literal(_) | Source::Concat(_) => {}
        }
    }

    fn want(&self, from: &FileFrom, scope: &Scope, wanted: &mut BTreeSet<Wanted>, names: &mut SourceNames) {
        match from {
            FileFrom::Fetch(fetch) => wanted.extend(self.peek(fetch, scope)),
            FileFrom::Named(name) => names.names.extend(self.peek_text(name, scope)),
        }
    }

    fn want_sources(&self, names: &SourceNames, wanted: &mut BTreeSet<Wanted>) {
        for (name, file) in &self.spec.sources {
            if let (true, FileFrom::Fetch(fetch)) = (names.any || names.names.contains(&name.value), &file.from) {
                wanted.extend(self.peek(fetch, &self.scope));
            }
        }
    }

    /// What a fetch reads; faults of its template are reported when its value is resolved.
    fn peek(&self, fetch: &Fetch, scope: &Scope) -> Option<Wanted> {
        Some((fetch.how, self.peek_text(&fetch.what, scope)?))
    }

    fn peek_text(&self, text: &Text, scope: &Scope) -> Option<String> {
        self.renderer.engine.render(&text.value, scope).ok()?.expose_str().map(str::to_owned)
    }

    /// The bytes of a value.
    pub fn value(&mut self, value: &Value, scope: &Scope, place: &Place<'_>) -> Got {
        let modifiers = &value.modifiers;
        let bytes = match &value.source {
            Source::Template(text) => bytes!(self.template(text, scope, place)),
            Source::Literal(text) => SecretBytes::from(text.as_str()),
            Source::Base64(text) => {
                let encoded = bytes!(self.template(text, scope, place));
                bytes!(self.decode(&encoded, text.span, place))
            }
            Source::Tree(format, node) => bytes!(self.tree(*format, node, scope, place)),
            Source::Concat(parts) => bytes!(self.concat(parts, scope, place)),
            Source::Fetch(fetch) => {
                let Some(what) = self.renderer.metadata(&fetch.what, scope, place) else { return Got::Failed };
                let wanted = (fetch.how, what);
                let format = modifiers.format.as_ref().map(|format| format.value);
                bytes!(self.fetched_value(&wanted, fetch.what.span, format, value, None, scope, place))
            }
            Source::Named(name) => {
                let Some(source) = self.named(name, scope, place) else { return Got::Failed };
                let FileFrom::Fetch(fetch) = &source.from else { return Got::Failed };
                let Some(what) = self.renderer.metadata(&fetch.what, &self.scope, place) else { return Got::Failed };
                let format = source.format.as_ref().map(|format| format.value);
                bytes!(self.fetched_value(&(fetch.how, what), fetch.what.span, format, value, Some(source), scope, place))
            }
        };
        let bytes = if modifiers.decode { bytes!(self.decode(&bytes, value.span, place)) } else { bytes };
        let bytes = if modifiers.template { bytes!(self.rendered_bytes(&bytes, value, scope, place)) } else { bytes };
        Got::Bytes(if modifiers.trim { trimmed(&bytes) } else { bytes })
    }

    /// What a file gives to a value: all its bytes, or what `key` selects.
    #[allow(clippy::too_many_arguments, reason = "one step of `value`, apart only for length")]
    fn fetched_value(
        &mut self,
        wanted: &Wanted,
        span: Span,
        format: Option<Format>,
        value: &Value,
        source: Option<&WholeFile>,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Got {
        let optional = value.modifiers.optional || source.is_some_and(|source| source.optional);
        let decode = source.is_some_and(|source| source.decode);
        if let Err(got) = self.available(wanted, span, optional, Some(value.span), place) {
            return got;
        }
        let Some(key) = &value.modifiers.key else {
            let Some(Ok(bytes)) = self.fetched.get(wanted) else { return Got::Failed };
            let bytes = bytes.clone();
            return if decode { self.decode(&bytes, span, place) } else { Got::Bytes(bytes) };
        };
        let parsed = match self.parsed(wanted, span, format, decode, place) {
            Ok(parsed) => parsed,
            Err(got) => return got,
        };
        let Ok(tree) = parsed.as_ref() else { return Got::Failed };
        let Some(path_text) = self.renderer.metadata(key, scope, place) else { return Got::Failed };
        let path = match KeyPath::parse(&path_text) {
            Ok(path) => path,
            Err(fault) => {
                self.report(structure::words::bad_key_path(&path_text, &fault).at(key.span, ""), place);
                return Got::Failed;
            }
        };
        match structure::select(tree, &path) {
            Ok(selected) => match selected.plain_text() {
                Ok(bytes) => Got::Bytes(bytes),
                Err(_) => {
                    self.report(structure::words::not_a_scalar(&display(wanted), &path, selected).at(key.span, ""), place);
                    Got::Failed
                }
            },
            Err(_) if value.modifiers.optional => Got::Absent,
            Err(fault) => {
                let file = display(wanted);
                self.report(structure::words::no_such_key(&file, &path, &fault).at(key.span, ""), place);
                Got::Failed
            }
        }
    }

    /// Whether something was read; if not, why not, reported once.
    fn available(&mut self, wanted: &Wanted, span: Span, optional: bool, used: Option<Span>, place: &Place<'_>) -> Result<(), Got> {
        if self.fetched.get(wanted).is_none() {
            // The first round reads all that the spec names; what only shows now is read now.
            self.fetched.fetch(BTreeSet::from([wanted.clone()]), self.world, self.keyring);
        }
        let Some(Err(fault)) = self.fetched.get(wanted) else { return Ok(()) };
        if optional && is_missing(fault) {
            return Err(Got::Absent);
        }
        let (how, what) = wanted;
        let diagnostic = fetch_fault(fault, *how, what);
        let locked = self.locked == Locked::LeaveOut && is_locked(fault);
        let got = if locked { Got::Unknown } else { Got::Failed };
        if !self.reported.insert(wanted.clone()) {
            return Err(got);
        }
        let diagnostic = if locked {
            Diagnostic::new(&codes::LEFT_OUT, format!("{} was not decrypted: {}", display(wanted), diagnostic.message))
                .at(span, "")
                .note("checks that need what is in it were left out")
        } else {
            diagnostic.at(span, "")
        };
        let diagnostic = match used.filter(|used| !(used.file == span.file && used.start <= span.start && span.end <= used.end)) {
            Some(used) => diagnostic.also(used, "needed here"),
            None => diagnostic,
        };
        self.report(diagnostic, place);
        Err(got)
    }

    /// The structure of a file that was read.
    fn parsed(&mut self, wanted: &Wanted, span: Span, format: Option<Format>, decode: bool, place: &Place<'_>) -> Result<Parsed, Got> {
        let Some(format) = format.or_else(|| Format::from_path(&wanted.1)) else {
            self.report(structure::words::unknown_format_of(&display(wanted)).at(span, ""), place);
            return Err(Got::Failed);
        };
        let key = (wanted.clone(), format, decode);
        if let Some(parsed) = self.parsed.get(&key) {
            return if parsed.is_ok() { Ok(Rc::clone(parsed)) } else { Err(Got::Failed) };
        }
        let Some(Ok(bytes)) = self.fetched.get(wanted) else { return Err(Got::Failed) };
        let bytes = bytes.clone();
        let bytes = if decode {
            match self.decode(&bytes, span, place) {
                Got::Bytes(bytes) => bytes,
                other => return Err(other),
            }
        } else {
            bytes
        };
        let parsed = Rc::new(structure::read(format, bytes.expose()));
        self.parsed.insert(key, Rc::clone(&parsed));
        match parsed.as_ref() {
            Ok(_) => Ok(parsed),
            Err(fault) => {
                self.report(structure::words::unreadable(&display(wanted), format, fault).at(span, ""), place);
                Err(Got::Failed)
            }
        }
    }

    /// The source of this name.
    fn named(&mut self, name: &Text, scope: &Scope, place: &Place<'_>) -> Option<&'s WholeFile> {
        let rendered = self.renderer.metadata(name, scope, place)?;
        let spec = self.spec;
        let found = spec.sources.iter().find(|(known, _)| known.value == rendered);
        if found.is_none() {
            self.report(self.unknown_source(&rendered).at(name.span, ""), place);
        }
        found.map(|(_, source)| source)
    }

    fn unknown_source(&self, name: &str) -> Diagnostic {
        let known = || self.spec.sources.iter().map(|(name, _)| name.value.as_str());
        let diagnostic = Diagnostic::new(&codes::UNKNOWN_SOURCE, format!("the spec declares no source {}", code(name)));
        match did_you_mean(name, known()) {
            Some(suggestion) => diagnostic.help(suggestion),
            None if self.spec.sources.is_empty() => diagnostic.help(format!("declare it: `[sources.{name}]` with `age = \"FILE.age\"`")),
            None => diagnostic.help(format!("it declares {}", one_of(known()))),
        }
    }

    /// The entries of a whole file as data keys: `None` if it is not known in this run, `Some(Err)` if it failed.
    #[allow(clippy::type_complexity, reason = "three outcomes, each said above")]
    pub fn whole_file(&mut self, file: &WholeFile, scope: &Scope, place: &Place<'_>) -> Option<Result<Vec<(String, SecretBytes)>, ()>> {
        let (fetch, format, decode, optional, scope) = match &file.from {
            FileFrom::Fetch(fetch) => (fetch, file.format.as_ref(), file.decode, file.optional, scope.clone()),
            FileFrom::Named(name) => match self.named(name, scope, place) {
                Some(WholeFile { from: FileFrom::Fetch(fetch), format, decode, optional, .. }) => {
                    (fetch, format.as_ref(), *decode, file.optional || *optional, self.scope.clone())
                }
                _ => return Some(Err(())),
            },
        };
        let Some(what) = self.renderer.metadata(&fetch.what, &scope, place) else { return Some(Err(())) };
        let wanted = (fetch.how, what);
        let span = fetch.what.span;
        let parsed = self
            .available(&wanted, span, optional, Some(file.span), place)
            .and_then(|()| self.parsed(&wanted, span, format.map(|format| format.value), decode, place));
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(Got::Absent) => return Some(Ok(Vec::new())),
            Err(Got::Unknown) => return None,
            Err(_) => return Some(Err(())),
        };
        let Ok(Tree::Table(entries)) = parsed.as_ref() else {
            let diagnostic =
                Diagnostic::new(&codes::BAD_STRUCTURE, format!("{} is no table, so it has no keys for `data-from`", display(&wanted)));
            self.report(diagnostic.at(span, "").help("give one data key the whole file: `data.KEY = { ... }`"), place);
            return Some(Err(()));
        };
        let mut data = Vec::with_capacity(entries.len());
        let mut failed = false;
        for (key, tree) in entries {
            match tree.plain_text() {
                Ok(bytes) => data.push((key.clone(), bytes)),
                Err(_) => {
                    let path = KeyPath::default().child(key);
                    self.report(structure::words::not_a_scalar(&display(&wanted), &path, tree).at(span, ""), place);
                    failed = true;
                }
            }
        }
        Some(if failed { Err(()) } else { Ok(data) })
    }

    /// A string of metadata: no secrets in scope.
    pub fn metadata(&mut self, text: &Text, scope: &Scope, place: &Place<'_>) -> Option<String> {
        self.renderer.metadata(text, scope, place)
    }

    /// A string without secrets as a value.
    pub fn text(&mut self, text: &Text, scope: &Scope, place: &Place<'_>) -> Got {
        self.metadata(text, scope, place).map_or(Got::Failed, |text| Got::Bytes(SecretBytes::from(text)))
    }

    /// Strings without secrets, joined with commas.
    pub fn joined(&mut self, texts: &[Text], scope: &Scope, place: &Place<'_>) -> Got {
        let texts: Option<Vec<String>> = texts.iter().map(|text| self.metadata(text, scope, place)).collect();
        texts.map_or(Got::Failed, |texts| Got::Bytes(SecretBytes::from(texts.join(","))))
    }

    /// A string of the spec that may use sources.
    fn template(&mut self, text: &Text, scope: &Scope, place: &Place<'_>) -> Got {
        match self.rendered(&text.value, scope, place) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(Ok(got)) => got,
            Err(Err(fault)) => {
                let diagnostic = self.renderer.word(&fault, text, true);
                self.report(diagnostic, place);
                Got::Failed
            }
        }
    }

    /// Renders a template; `Err(Ok)` is what became of a source that it needs, `Err(Err)` its own fault.
    fn rendered(&mut self, text: &str, scope: &Scope, place: &Place<'_>) -> Result<SecretBytes, Result<Got, Fault>> {
        if !Engine::is_template(text) {
            return Ok(SecretBytes::from(text));
        }
        let names = self.renderer.engine.source_names(text);
        let spec = self.spec;
        let needed: Vec<&str> =
            spec.sources.iter().map(|(name, _)| name.value.as_str()).filter(|name| names.any || names.names.contains(*name)).collect();
        let mut values = Vec::new();
        let mut unknown = false;
        for name in &needed {
            match self.source(name, place) {
                SourceState::Value(value) => values.push((*name, value)),
                SourceState::Absent => {}
                SourceState::Unknown => unknown = true,
                SourceState::Failed => return Err(Ok(Got::Failed)),
            }
        }
        if unknown {
            return Err(Ok(Got::Unknown));
        }
        let rendered = if spec.sources.is_empty() {
            self.renderer.engine.render(text, scope)
        } else {
            self.renderer.engine.render(text, &template::with(scope, "sources", Scope::from_pairs(values)))
        };
        rendered.map_err(|mut fault| {
            if let Why::Undefined { parent, name, nearest } = &mut fault.why
                && parent == "sources"
            {
                let known = spec.sources.iter().map(|(name, _)| name.value.as_str());
                *nearest = crate::diag::words::nearest(name, known).map(str::to_owned);
            }
            Err(fault)
        })
    }

    /// A source as templates see it.
    fn source(&mut self, name: &str, place: &Place<'_>) -> SourceState {
        if let Some(state) = self.sources.get(name) {
            return state.clone();
        }
        let state = self.load_source(name, place);
        self.sources.insert(name.to_owned(), state.clone());
        state
    }

    fn load_source(&mut self, name: &str, place: &Place<'_>) -> SourceState {
        let spec = self.spec;
        let Some((_, file)) = spec.sources.iter().find(|(known, _)| known.value == name) else { return SourceState::Failed };
        let FileFrom::Fetch(fetch) = &file.from else { return SourceState::Failed };
        let scope = self.scope.clone();
        let Some(what) = self.renderer.metadata(&fetch.what, &scope, place) else { return SourceState::Failed };
        let wanted = (fetch.how, what);
        let span = fetch.what.span;
        let format = file.format.as_ref().map(|format| format.value).or_else(|| Format::from_path(&wanted.1)).or(Some(Format::Text));
        let parsed =
            self.available(&wanted, span, file.optional, None, place).and_then(|()| self.parsed(&wanted, span, format, file.decode, place));
        match parsed {
            Ok(parsed) => match parsed.as_ref() {
                Ok(tree) => SourceState::Value(template::from_tree(tree)),
                Err(_) => SourceState::Failed,
            },
            Err(Got::Absent) => SourceState::Absent,
            Err(Got::Unknown) => SourceState::Unknown,
            Err(_) => SourceState::Failed,
        }
    }

    /// `template = true`: bytes rendered as a template.
    fn rendered_bytes(&mut self, bytes: &SecretBytes, value: &Value, scope: &Scope, place: &Place<'_>) -> Got {
        let Some(text) = bytes.expose_str() else {
            let diagnostic = Diagnostic::new(&codes::NOT_UTF8, "the template is not UTF-8").at(value.span, "");
            self.report(diagnostic.help("remove `template = true` if these bytes are not a template"), place);
            return Got::Failed;
        };
        match self.rendered(text, scope, place) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(Ok(got)) => got,
            Err(Err(fault)) => {
                let diagnostic = template::diagnostic(&fault, true);
                let diagnostic = match &value.source {
                    Source::Fetch(Fetch { how: How::File, what }) if value.modifiers.key.is_none() && !value.modifiers.decode => {
                        let file = self.template_file(what, text, scope, place);
                        let range = fault.range.unwrap_or(0..0);
                        match file {
                            Some(file) => diagnostic.at(Span::new(file, range), "").also(value.span, "rendered here"),
                            None => diagnostic.at(value.span, ""),
                        }
                    }
                    // The text is decrypted: no line of it is quoted, only its place is told.
                    _ => match fault.range {
                        Some(range) => {
                            let before = text.get(..range.start).unwrap_or_default();
                            let line = before.matches('\n').count() + 1;
                            diagnostic.at(value.span, "").note(format!("in line {line} of the template"))
                        }
                        None => diagnostic.at(value.span, ""),
                    },
                };
                self.report(diagnostic, place);
                Got::Failed
            }
        }
    }

    /// Adds a template file to the texts, so that messages can quote it.
    fn template_file(&mut self, what: &Text, text: &str, scope: &Scope, place: &Place<'_>) -> Option<FileId> {
        let path = self.renderer.metadata(what, scope, place)?;
        if let Some(file) = self.template_files.get(&path) {
            return Some(*file);
        }
        let spec_name = self.renderer.sources.get(self.spec.file).name.clone();
        let name = match spec_name.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/{path}"),
            None => path.clone(),
        };
        let file = self.renderer.sources.add(name, text);
        self.renderer.sources.mask(file, mask_template(text));
        self.template_files.insert(path, file);
        Some(file)
    }

    fn decode(&mut self, bytes: &SecretBytes, span: Span, place: &Place<'_>) -> Got {
        match structure::base64::decode(bytes.expose()) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(fault) => {
                self.report(structure::words::bad_base64("the value", &fault).at(span, ""), place);
                Got::Failed
            }
        }
    }

    fn concat(&mut self, parts: &[Value], scope: &Scope, place: &Place<'_>) -> Got {
        let mut joined: Vec<SecretBytes> = Vec::with_capacity(parts.len());
        let mut worst = None;
        for part in parts {
            match self.value(part, scope, place) {
                Got::Bytes(bytes) => joined.push(bytes),
                Got::Absent => {}
                Got::Unknown => worst = worst.or(Some(Got::Unknown)),
                Got::Failed => worst = Some(Got::Failed),
            }
        }
        if let Some(worst) = worst {
            return worst;
        }
        let mut out = Vec::with_capacity(joined.iter().map(|part| part.len() + 1).sum());
        let last = joined.len().saturating_sub(1);
        for (index, part) in joined.iter().enumerate() {
            out.extend_from_slice(part.expose());
            let text = !part.is_empty() && part.expose_str().is_some();
            if index < last && text && !part.expose().ends_with(b"\n") {
                out.push(b'\n');
            }
        }
        Got::Bytes(SecretBytes::new(out))
    }

    fn tree(&mut self, format: Format, node: &Node, scope: &Scope, place: &Place<'_>) -> Got {
        let tree = match self.tree_of(node, scope, place) {
            Ok(tree) => tree,
            Err(got) => return got,
        };
        match structure::write(format, &tree) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(fault) => {
                self.report(structure::words::unwritable(format, &fault).at(node.span, ""), place);
                Got::Failed
            }
        }
    }

    /// A tree of the spec with its strings rendered; all faults in it are reported.
    fn tree_of(&mut self, node: &Node, scope: &Scope, place: &Place<'_>) -> Result<Tree, Got> {
        Ok(match &node.kind {
            NodeKind::Bool(value) => Tree::Bool(*value),
            NodeKind::Integer(value) => Tree::Integer(i128::from(*value)),
            NodeKind::Float(value) => Tree::Float(*value),
            NodeKind::Datetime(value) => Tree::Datetime(value.clone()),
            NodeKind::String(value) => {
                let text = Text { value: value.clone(), span: node.span };
                match self.template(&text, scope, place) {
                    Got::Bytes(bytes) => Tree::string(bytes.expose_str().unwrap_or_default()),
                    other => return Err(other),
                }
            }
            NodeKind::Array(nodes) => {
                let trees: Vec<Result<Tree, Got>> = nodes.iter().map(|node| self.tree_of(node, scope, place)).collect();
                Tree::Array(trees.into_iter().collect::<Result<_, _>>()?)
            }
            NodeKind::Table(entries) => {
                let trees: Vec<Result<(String, Tree), Got>> =
                    entries.iter().map(|(key, node)| Ok((key.value.clone(), self.tree_of(node, scope, place)?))).collect();
                Tree::Table(trees.into_iter().collect::<Result<_, _>>()?)
            }
        })
    }

    /// The docker config of `registries`.
    pub fn registries(&mut self, data_key: &str, records: &[Record], scope: &Scope, place: &Place<'_>) -> Got {
        let mut registries: Vec<Registry> = Vec::with_capacity(records.len());
        let mut servers: BTreeMap<String, Span> = BTreeMap::new();
        let mut worst: Option<Got> = None;
        for record in records {
            let Some(server) = record.text("server") else { return Got::Failed };
            let Some(name) = self.metadata(server, scope, place) else { return Got::Failed };
            if let Some(first) = servers.insert(name.clone(), server.span) {
                let diagnostic = Diagnostic::new(&codes::DOCKER_CONFIG, format!("the registry {} is listed twice", code(&name)));
                self.report(diagnostic.at(server.span, "the second").also(first, "the first").help("remove one"), place);
                worst = Some(Got::Failed);
            }
            let mut field = |key: &str| -> Option<Spanned<SecretBytes>> {
                let value = record.value(key)?;
                match self.value(value, scope, place) {
                    Got::Bytes(bytes) => Some(Spanned::new(bytes, value.span)),
                    Got::Absent => None,
                    Got::Unknown => {
                        worst.get_or_insert(Got::Unknown);
                        None
                    }
                    Got::Failed => {
                        worst = Some(Got::Failed);
                        None
                    }
                }
            };
            let (username, password, email) = (field("username"), field("password"), field("email"));
            for bytes in [&username, &password, &email].into_iter().flatten() {
                if bytes.value.expose_str().is_none() {
                    let diagnostic = Diagnostic::new(&codes::NOT_UTF8, "a credential of a registry is not UTF-8");
                    self.report(diagnostic.at(bytes.span, "").note("credentials are written into JSON, which is UTF-8"), place);
                    worst = Some(Got::Failed);
                }
            }
            let bytes = |part: Option<Spanned<SecretBytes>>| part.map(|part| part.value);
            registries.push(Registry {
                server: name,
                username: bytes(username).unwrap_or_default(),
                password: bytes(password).unwrap_or_default(),
                email: bytes(email),
            });
        }
        if let Some(worst) = worst {
            return worst;
        }
        let written =
            if data_key == ".dockercfg" { docker_json::docker_cfg(&registries) } else { docker_json::docker_config_json(&registries) };
        // Duplicate servers and bytes that are no text were reported above.
        written.map_or(Got::Failed, Got::Bytes)
    }
}

/// Calls `visit` for every string of a node.
fn each_string(node: &Node, visit: &mut impl FnMut(&str)) {
    match &node.kind {
        NodeKind::String(text) => visit(text),
        NodeKind::Array(nodes) => nodes.iter().for_each(|node| each_string(node, visit)),
        NodeKind::Table(entries) => entries.iter().for_each(|(_, node)| each_string(node, visit)),
        _ => {}
    }
}

fn is_missing(fault: &FetchFault) -> bool {
    matches!(fault, FetchFault::Read(ReadError::NotFound { .. }) | FetchFault::EnvVar(crate::world::EnvVarError::NotSet))
}

/// Whether a fault is only that the identity is somebody else's.
fn is_locked(fault: &FetchFault) -> bool {
    matches!(fault, FetchFault::Decrypt(fault) if matches!(**fault, DecryptFault::NoIdentities { .. } | DecryptFault::NoMatch { .. } | DecryptFault::NoPassphrase(_)))
}

/// What messages call something that was read.
fn display((how, what): &Wanted) -> String {
    match how {
        How::Armor => "the armored text".to_owned(),
        _ => code(what),
    }
}

fn trimmed(bytes: &SecretBytes) -> SecretBytes {
    let exposed = bytes.expose();
    let end = exposed.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    SecretBytes::from(exposed.get(..end).unwrap_or_default())
}
