//! What holds the bytes of each data key of a spec, in every environment. Nothing is decrypted.

use minijinja::value::Value as Scope;

use super::held::{Elsewhere, Held, Read, Use};
use super::registry;
use super::spelling::use_one_spelling;
use crate::compile::environment::{self, Choice, Settled};
use crate::compile::expand::{self, Planned};
use crate::compile::resolve::{Fill, slots};
use crate::compile::run::Run;
use crate::diag::Diagnostic;
use crate::spec::node::Text;
use crate::spec::value::{How, Source, Value};
use crate::structure::{Format, KeyPath};
use crate::template::Engine;

/// The Secrets of a spec and what their keys come out of.
pub(crate) struct Survey {
    /// The environments that count: the chosen one, or all if none is chosen. One without a name if
    /// the spec has none.
    pub chosen: Vec<Option<String>>,
    /// By environment: the Secrets that are built, by their entries.
    pub secrets: Vec<(Option<String>, String, usize)>,
    pub uses: Vec<Use>,
}

/// Looks at all environments. The error is about the environment that was chosen; what is wrong
/// with Secrets is reported to the run.
pub(crate) fn survey(run: &mut Run<'_>) -> Result<Survey, Diagnostic> {
    let all: Vec<Option<String>> = match run.spec.environments() {
        names if names.is_empty() => vec![None],
        names => names.into_iter().map(|name| Some(name.to_owned())).collect(),
    };
    let is_open = matches!(run.options.environment, Choice::Default)
        && run.spec.top.default_env.get().is_none()
        && all.iter().any(Option::is_some);
    let chosen = match is_open {
        true => all.clone(),
        false => vec![environment::settle(&run.options.environment, run)?.env],
    };
    let mut survey = Survey { chosen, secrets: Vec::new(), uses: Vec::new() };
    for env in all {
        let choice = match &env {
            None => Choice::Default,
            Some(name) => {
                let span = crate::source::Span::new(run.spec.file, 0..0);
                Choice::Named(Text { value: name.clone(), span })
            }
        };
        let Ok(settled) = environment::settle(&choice, run) else { continue };
        for planned in expand::expand(&settled, run) {
            let entries = &run.spec.entries;
            let entry = entries.iter().position(|entry| std::ptr::eq(entry, planned.entry));
            let Some(entry) = entry else { continue };
            survey.secrets.push((env.clone(), planned.id(), entry));
            uses(&planned, entry, &settled, run, &mut survey.uses);
        }
    }
    use_one_spelling(&mut survey.uses, run.world);
    Ok(survey)
}

fn uses(
    planned: &Planned<'_>,
    entry: usize,
    settled: &Settled,
    run: &Run<'_>,
    found: &mut Vec<Use>,
) {
    let finder = Finder { run, scope: &planned.scope, settled };
    let of = |data_key: Option<&str>, held, values: &[&Value]| {
        let (armors, files): (Vec<Read>, Vec<Read>) =
            finder.reads(values).into_iter().partition(|read| read.how == How::Armor);
        Use {
            env: settled.env.clone(),
            secret: planned.id(),
            data_key: data_key.map(str::to_owned),
            registry: None,
            held,
            entry,
            span: None,
            is_base64: false,
            files: files.into_iter().map(|read| read.what).collect(),
            armors: armors.into_iter().map(|read| read.span).collect(),
        }
    };
    let of_value = |key: &str, value: &Value| Use {
        span: Some(value.span),
        is_base64: value.modifiers.decode,
        ..of(Some(key), finder.value(value), &parts(value))
    };
    for slot in slots(planned) {
        match slot.fill {
            Fill::Value(key, value) => found.push(of_value(key, value)),
            Fill::File(value) => {
                let span = Some(value.span);
                found.push(Use { span, ..of(None, finder.file(value), &parts(value)) });
            }
            Fill::Registries(key, tables) => {
                found.push(of(Some(key), Held::Elsewhere(Elsewhere::Registries), &[]));
                for table in tables {
                    let Some(server) = table.server.get() else { continue };
                    let Some(server) = finder.render(server, finder.scope) else { continue };
                    for (field, value) in table.credentials() {
                        let use_ = of_value(&registry::key(&server, field), value);
                        found.push(Use { registry: Some(server.clone()), ..use_ });
                    }
                }
            }
            Fill::Texts(key, _) => {
                found.push(of(Some(key), Held::Elsewhere(Elsewhere::Public), &[]));
            }
            Fill::Usage(_) => {}
        }
    }
}

/// A value with all that it is made of.
fn parts(value: &Value) -> Vec<&Value> {
    let mut parts = Vec::new();
    value.each_part(&mut |part| parts.push(part));
    parts
}

struct Finder<'f, 'r> {
    run: &'f Run<'r>,
    scope: &'f Scope,
    settled: &'f Settled,
}

impl Finder<'_, '_> {
    fn value(&self, value: &Value) -> Held {
        let reads = || self.files(value);
        let elsewhere = |why| Held::Elsewhere(why);
        match &value.source {
            Source::Literal(_) | Source::Base64(_) => Held::Literal,
            Source::Template(text) if !Engine::is_template(&text.value) => Held::Literal,
            Source::Template(text) => match self.sole_expression(&text.value) {
                Some(held) => held,
                None => elsewhere(Elsewhere::Template(reads())),
            },
            Source::Concat(_) => elsewhere(Elsewhere::Joined(reads())),
            Source::Tree(format, _) => elsewhere(Elsewhere::Tree(format.title())),
            Source::Fetch(_) | Source::Named(_) => self.fetched(value),
        }
    }

    /// A value that takes a file, or a key of it.
    fn fetched(&self, value: &Value) -> Held {
        let broken = Held::Elsewhere(Elsewhere::Broken);
        let Some((file, read)) = self.read(value) else { return broken };
        if value.modifiers.template {
            return Held::Elsewhere(Elsewhere::Rendered(read));
        }
        let Source::Fetch(fetch) = &file.source else { return broken };
        match read.how {
            How::File => return Held::Elsewhere(Elsewhere::PlainFile(read.what)),
            How::EnvVar => return Held::Elsewhere(Elsewhere::EnvVar(read.what)),
            How::Age | How::Armor => {}
        }
        if matches!(value.source, Source::Named(_)) && file.modifiers.decode {
            return Held::Elsewhere(Elsewhere::DecodedFile(read));
        }
        let Some(key) = &value.modifiers.key else {
            return match read.how {
                How::Armor => Held::Armor(fetch.what.span),
                _ => Held::File(read.what),
            };
        };
        let Some(key) = self.render(key, self.scope).and_then(|key| KeyPath::parse(&key).ok())
        else {
            return broken;
        };
        Held::Key { format: self.format(value, file, &read), file: read, key }
    }

    /// All keys of a file.
    fn file(&self, value: &Value) -> Held {
        match self.read(value) {
            None => Held::Elsewhere(Elsewhere::Broken),
            Some((_, read)) if read.how == How::EnvVar => {
                Held::Elsewhere(Elsewhere::EnvVar(read.what))
            }
            Some((file, read)) if value.modifiers.decode || file.modifiers.decode => {
                Held::Elsewhere(Elsewhere::DecodedFile(read))
            }
            Some((file, read)) => {
                Held::Keys { format: self.format(value, file, &read), file: read }
            }
        }
    }

    fn format(&self, value: &Value, file: &Value, read: &Read) -> Option<Format> {
        let said = value.modifiers.format.as_ref().or(file.modifiers.format.as_ref());
        said.map(|format| format.value).or_else(|| Format::from_path(&read.what))
    }

    /// What a value reads: where the spec says the file, and what it is.
    fn read<'v>(&'v self, value: &'v Value) -> Option<(&'v Value, Read)> {
        let (file, scope) = match &value.source {
            Source::Named(name) => {
                (self.source(&self.render(name, self.scope)?)?, self.settled.scope())
            }
            _ => (value, self.scope.clone()),
        };
        let Source::Fetch(fetch) = &file.source else { return None };
        let what = self.render(&fetch.what, &scope)?;
        Some((file, Read { how: fetch.how, what, span: fetch.what.span }))
    }

    fn source(&self, name: &str) -> Option<&Value> {
        let sources = self.run.spec.sources();
        sources.iter().find(|(known, _)| known.value == name).map(|(_, file)| file)
    }

    fn render(&self, text: &Text, scope: &Scope) -> Option<String> {
        let bytes = self.run.engine.render(&text.value, scope).ok()?;
        bytes.expose_str().map(str::to_owned)
    }

    /// `{{ sources.NAME.key }}` alone: the key of the source's file.
    fn sole_expression(&self, template: &str) -> Option<Held> {
        let inside = template.strip_prefix("{{")?.strip_suffix("}}")?;
        let path = KeyPath::parse(&as_key_path(inside.trim())?).ok()?;
        let names = path.segments();
        let (first, rest) = names.split_first()?;
        let (name, key) = rest.split_first()?;
        if first.name() != Some("sources") {
            return None;
        }
        let file = self.source(name.name()?)?;
        let Source::Fetch(fetch) = &file.source else { return None };
        let what = self.render(&fetch.what, &self.settled.scope())?;
        let read = Read { how: fetch.how, what, span: fetch.what.span };
        if !read.how.is_encrypted() || file.modifiers.decode {
            return None;
        }
        if key.is_empty() {
            return match read.how {
                How::Armor => Some(Held::Armor(read.span)),
                _ => Some(Held::File(read.what)),
            };
        }
        let format = self.format(file, file, &read);
        Some(Held::Key { format, file: read, key: KeyPath::of(key) })
    }

    /// The files and armored texts that values may read. A file that is rendered may name any
    /// source.
    fn reads(&self, values: &[&Value]) -> Vec<Read> {
        let (mut found, mut named, mut renders) = (Vec::new(), Vec::new(), false);
        for value in values {
            renders |= value.modifiers.template;
            match &value.source {
                Source::Template(text) | Source::Base64(text) => {
                    named.push(self.run.engine.source_names(&text.value));
                }
                Source::Tree(_, node) => node.each_string("", &mut |_, text, _| {
                    named.push(self.run.engine.source_names(text));
                }),
                _ => found.extend(self.read(value).map(|(_, read)| read)),
            }
        }
        for (name, file) in self.run.spec.sources() {
            if renders || named.iter().any(|names| names.contains(&name.value)) {
                found.extend(self.read(file).map(|(_, read)| read));
            }
        }
        found.retain(|read| read.how != How::EnvVar);
        found
    }

    /// The files and armored texts that a value reads.
    fn files(&self, value: &Value) -> Vec<Read> {
        let mut files = Vec::new();
        let mut push = |read: Read| {
            let is_same = |known: &Read| known.how == read.how && known.what == read.what;
            if !files.iter().any(is_same) {
                files.push(read);
            }
        };
        value.each_part(&mut |part| match &part.source {
            Source::Template(text) => {
                let named = self.run.engine.source_names(&text.value);
                for (name, file) in self.run.spec.sources() {
                    if named.contains(name.value.as_str())
                        && let Some((_, read)) = self.read(file)
                    {
                        push(read);
                    }
                }
            }
            _ => {
                if let Some((_, read)) = self.read(part) {
                    push(read);
                }
            }
        });
        files
    }
}

/// A template's `a.b["c"][0]` as a key path: `a.b."c"[0]`. None where it is more than that.
fn as_key_path(expression: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(at) = rest.find(['[', '\'', '"']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside = from.strip_prefix('[')?;
        let quote = inside.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let Some(quote) = quote else {
            let (number, after) = inside.split_once(']')?;
            out.push_str(&format!("[{number}]"));
            rest = after;
            continue;
        };
        let (name, after) = inside.get(1..)?.split_once(quote)?;
        if name.contains('\\') {
            return None;
        }
        out.push_str(&format!(".{quote}{name}{quote}"));
        rest = after.strip_prefix(']')?;
    }
    out.push_str(rest);
    let is_plain = |c: char| c.is_alphanumeric() || "._[]'\"-".contains(c) || c == ' ';
    // A blank would part words of an expression; only quoted keys may have some.
    let has_words = rest.contains(' ') || rest.contains('-') || rest.contains('|');
    (!has_words && out.chars().all(is_plain)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::as_key_path;

    #[test]
    fn only_paths_are_paths() {
        for (expression, path) in [
            ("sources.db.root", "sources.db.root"),
            ("sources.db['a b'].c[0]", "sources.db.'a b'.c[0]"),
            ("sources[\"db\"].x", "sources.\"db\".x"),
        ] {
            assert_eq!(as_key_path(expression).as_deref(), Some(path));
        }
        for other in ["sources.a | urlencode", "sources.a ~ 'b'", "a.b-c", "a if b", "sources.a(1)"]
        {
            assert_eq!(as_key_path(other), None, "{other}");
        }
    }
}
