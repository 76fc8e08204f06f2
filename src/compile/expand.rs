//! From entries to Secrets: environments, `for-each`, `namespaces`, and metadata with its templates
//! rendered.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::budget::{Budget, VALUE_BYTES};
use super::environment::{Settled, merge_maps};
use super::options::is_selected;
use super::run::{Place, Run};
use crate::diag::phrases::{code, first_line, nearest};
use crate::diag::{Diagnostic, diagnostic, sink::Sink};
use crate::secret::kind::{
    BOOTSTRAP_NAME_PREFIX, BOOTSTRAP_NAMESPACE, BuiltIn, SERVICE_ACCOUNT_ANNOTATION,
};
use crate::source::{Span, Spanned};
use crate::spec::Entry;
use crate::spec::node::{Node, NodeKind, Text};
use crate::structure::KeyPath;
use crate::template;

/// A Secret of which the metadata is known and the data is not yet.
pub(crate) struct Planned<'s> {
    pub entry: &'s Entry,
    /// `metadata.name`, without a hash suffix.
    pub name: Spanned<String>,
    pub namespace: Option<Spanned<String>>,
    pub labels: TextMap,
    pub annotations: TextMap,
    pub type_: Spanned<String>,
    /// Variables for templates in `data`, `sources` aside.
    pub scope: Value,
    pub item: Option<String>,
    /// Whether a part of the metadata failed, which was reported, or the entry has a mistake.
    pub failed: bool,
}

/// Labels or annotations: by key, where the key stands, and the value.
pub(crate) type TextMap = BTreeMap<String, (Span, Spanned<String>)>;

impl Planned<'_> {
    pub(crate) fn id(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{}/{}", namespace.value, self.name.value),
            None => self.name.value.clone(),
        }
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            entry: self.entry,
            item: self.item.as_deref(),
            secret: Some(self.id()),
            scope: self.scope.clone(),
        }
    }
}

/// Expands every entry that is built in the chosen environment, to the Secrets that are selected.
/// What can't be expanded is reported and left out.
pub(crate) fn expand<'s>(settled: &Settled, run: &mut Run<'s>) -> Vec<Planned<'s>> {
    let mut planned = Vec::new();
    for entry in run.spec.entries.iter().filter(|entry| is_built(entry, settled)) {
        match items(entry, settled) {
            Ok(items) => {
                for item in items {
                    expand_item(entry, settled, &item, run, &mut planned);
                    if run.budget.is_exhausted() {
                        break;
                    }
                }
            }
            Err(diagnostic) => run.report(diagnostic, Some(entry)),
        }
        if run.budget.is_exhausted() {
            return Vec::new();
        }
    }
    planned.retain(|planned| is_selected(&planned.id(), &run.options.only));
    planned
}

fn is_built(entry: &Entry, settled: &Settled) -> bool {
    let environments = entry.common.environments.list();
    environments.is_empty()
        || environments.iter().any(|name| Some(&name.value) == settled.env.as_ref())
}

/// The variables that templates of an entry's values see in this environment, one for each Secret;
/// nothing is reported. `None` when something in its metadata fails, or when it is too much for
/// `budget`, which is not the run's: these Secrets are not built.
pub(crate) fn scopes(
    entry: &Entry,
    settled: &Settled,
    budget: &Budget,
    run: &mut Run<'_>,
) -> Option<Vec<Value>> {
    let mut sink = Sink::new();
    let mut planned = Vec::new();
    if is_built(entry, settled) {
        let mut run = Run { budget, ..run.with_sink(&mut sink) };
        for item in items(entry, settled).ok()? {
            expand_item(entry, settled, &item, &mut run, &mut planned);
            if !run.sink.is_empty() || run.engine.is_half_spent() {
                return None;
            }
        }
    }
    Some(planned.into_iter().map(|planned| planned.scope).collect())
}

/// An item of `for-each`; an entry without one has one item that puts nothing into scope.
#[derive(Default)]
struct EachItem {
    each: Option<Value>,
    label: Option<String>,
}

impl EachItem {
    fn new(index: usize, key: Value, node: &Node, label: String) -> Self {
        let each =
            [("key", key), ("value", template::from_node(node)), ("index", Value::from(index))];
        Self { each: Some(Value::from_pairs(each)), label: Some(label) }
    }
}

/// One after another: a list can have more items than a run may have Secrets.
fn items<'a>(
    entry: &'a Entry,
    settled: &'a Settled,
) -> Result<Box<dyn Iterator<Item = EachItem> + 'a>, Diagnostic> {
    let Some(for_each) = entry.common.for_each.get() else {
        return Ok(Box::new(std::iter::once(EachItem::default())));
    };
    let node = match &for_each.kind {
        NodeKind::String(path) => select_vars(path, for_each.span, settled)?,
        _ => for_each,
    };
    match &node.kind {
        NodeKind::Array(nodes) => Ok(Box::new(nodes.iter().enumerate().map(|(index, node)| {
            let label = match &node.kind {
                NodeKind::String(text) => format!("{} ({})", index + 1, code(text)),
                _ => (index + 1).to_string(),
            };
            EachItem::new(index, Value::from(index), node, label)
        }))),
        NodeKind::Table(entries) => {
            Ok(Box::new(entries.iter().enumerate().map(|(index, (key, node))| {
                EachItem::new(index, Value::from(&*key.value), node, code(&key.value))
            })))
        }
        _ => {
            let class = node.class();
            Err(diagnostic!(FOR_EACH, "`for-each` must be a list or a table, not {class}")
                .at(for_each.span, "")
                .help(
                    "define a list in `[vars]`, such as `tenants = [\"acme\"]`, and write \
                     `for-each = \"vars.tenants\"`",
                ))
        }
    }
}

fn select_vars<'a>(path: &str, span: Span, settled: &'a Settled) -> Result<&'a Node, Diagnostic> {
    let names = KeyPath::parse(path).ok().and_then(|path| path.names()).unwrap_or_default();
    let names = match names.as_slice() {
        [first, names @ ..] if first == "vars" && !names.is_empty() => names,
        // Not quoted: what is no path may be anything, such as a template with a secret in it.
        _ => {
            return Err(diagnostic!(FOR_EACH, "`for-each` is not a path into `[vars]`")
                .at(span, "")
                .help(
                    "write `for-each = \"vars.NAME\"`, where NAME is a list or table in `[vars]`",
                ));
        }
    };
    let mut here = &settled.vars;
    for (depth, name) in names.iter().enumerate() {
        if let Some((_, node)) = here.entries().iter().find(|(key, _)| key.value == *name) {
            here = node;
            continue;
        }
        let above: String = names.iter().take(depth).map(|name| format!("{name}.")).collect();
        let parent = code(format!("vars.{above}").trim_end_matches('.'));
        let known = here.entries().iter().map(|(key, _)| key.value.as_str());
        let (but, help) = match (&here.kind, nearest(name, known)) {
            (_, Some(near)) => {
                (String::new(), format!("write {}", code(&format!("vars.{above}{near}"))))
            }
            (NodeKind::Table(_), None) => {
                (String::new(), format!("define it in `[vars]`: `{above}{name} = [\"...\"]`"))
            }
            _ => (
                format!("is {} and ", here.class()),
                "write the path of a list or table in `[vars]`".to_owned(),
            ),
        };
        let message = format!("{parent} {but}has no key {}", code(name));
        return Err(diagnostic!(FOR_EACH, "{message}").at(span, "").help(help));
    }
    Ok(here)
}

fn expand_item<'s>(
    entry: &'s Entry,
    settled: &Settled,
    item: &EachItem,
    run: &mut Run<'_>,
    planned: &mut Vec<Planned<'s>>,
) {
    let Entry { names, common, own, .. } = entry;
    let is_token = entry.kind.built_in == Some(BuiltIn::BootstrapToken);
    let count = if is_token { 1 } else { names.namespaces.list().len().max(1) };
    // Before anything is rendered: what fails counts too.
    if !run.budget.secrets(count) {
        let span = common.for_each.key.unwrap_or(entry.span);
        return run.report(run.budget.too_many_secrets().at(span, ""), Some(entry));
    }
    let mut variables = settled.variables();
    variables.extend(item.each.clone().map(|each| ("each", each)));
    let scope = Value::from_pairs(variables.clone());
    let place = Place { entry, item: item.label.as_deref(), secret: None, scope };
    let text =
        |run: &mut Run<'_>, text: &Text| Some(Spanned::new(run.text(text, &place)?, text.span));
    // What is a name everywhere is cut where a quote too many made it go on, also where it is only
    // listed.
    let line = |run: &mut Run<'_>, of: &Text| {
        let rendered = run.text(of, &place)?;
        Some(Spanned::new(first_line(&rendered).into_owned(), of.span))
    };

    let name = names.name.get().or(own.token.token_id.get());
    let name = name.and_then(|name| line(run, name));
    let before = run.sink.len();
    let mut annotations = TextMap::new();
    for (key, value) in merge_maps([&settled.annotations, common.annotations.list()]) {
        annotations.extend(text(run, &value).map(|value| (key.value, (key.span, value))));
    }
    let mut labels = TextMap::new();
    for (key, value) in merge_maps([&settled.labels, common.labels.list()]) {
        labels.extend(line(run, &value).map(|value| (key.value, (key.span, value))));
    }
    if let Some(account) = own.service_account.service_account.get()
        && let Some(value) = text(run, account)
    {
        if let Some((span, _)) = annotations.get(SERVICE_ACCOUNT_ANNOTATION) {
            let twice = diagnostic!(CONFLICTING_KEYS, "the service account is set twice")
                .at(*span, "")
                .also(account.span, "this sets the same annotation")
                .help("remove the annotation");
            run.report_at(twice, &place);
        } else {
            annotations.insert(SERVICE_ACCOUNT_ANNOTATION.to_owned(), (account.span, value));
        }
    }
    let type_ = match entry.kind.type_ {
        Some(type_) => Some(Spanned::new(type_.to_owned(), entry.span)),
        None => own.custom.type_.get().and_then(|type_| text(run, type_)),
    };
    let namespaces: Vec<Option<Spanned<String>>> = if is_token {
        vec![Some(Spanned::new(BOOTSTRAP_NAMESPACE.to_owned(), entry.span))]
    } else if names.namespaces.key.is_some() {
        names.namespaces.list().iter().filter_map(|of| line(run, of)).map(Some).collect()
    } else if let Some(namespace) = names.namespace.get().or(settled.namespace.as_ref()) {
        line(run, namespace).into_iter().map(Some).collect()
    } else {
        vec![None]
    };
    let failed = entry.broken || run.sink.len() > before;
    let (Some(mut name), Some(type_)) = (name, type_) else { return };
    if is_token {
        name.value = format!("{BOOTSTRAP_NAME_PREFIX}{}", name.value);
    }
    let texts = labels.iter().chain(&annotations);
    let bytes = texts.map(|(key, (_, text))| VALUE_BYTES + key.len() + text.value.len());
    let bytes: usize = bytes.sum();
    if !run.budget.made(bytes.saturating_mul(namespaces.len())) {
        return run.report(run.budget.too_much_made().at(entry.span, ""), Some(entry));
    }
    for namespace in namespaces {
        let mut secret = vec![("name", Value::from(&*name.value))];
        secret.extend(namespace.as_ref().map(|of| ("namespace", Value::from(&*of.value))));
        let secret = [("secret", Value::from_pairs(secret))];
        planned.push(Planned {
            entry,
            name: name.clone(),
            namespace,
            labels: labels.clone(),
            annotations: annotations.clone(),
            type_: type_.clone(),
            scope: Value::from_pairs(variables.iter().cloned().chain(secret)),
            item: item.label.clone(),
            failed,
        });
    }
}
