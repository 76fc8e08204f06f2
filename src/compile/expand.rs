//! From entries to Secrets: environments, `for-each`, `namespaces`, and metadata with its templates
//! rendered.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::environment::{Settled, merge_maps};
use super::render::{Place, Renderer};
use crate::diag::phrases::{code, did_you_mean, first_line};
use crate::diag::sink::Sink;
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind::{
    BOOTSTRAP_NAME_PREFIX, BOOTSTRAP_NAMESPACE, Own, SERVICE_ACCOUNT_ANNOTATION,
};
use crate::source::{Span, Spanned};
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::{Entry, Spec};
use crate::structure::KeyPath;
use crate::template;

/// A Secret of which the metadata is known and the data is not yet.
pub(crate) struct Planned<'s> {
    /// The entry it comes from.
    pub entry: &'s Entry,
    /// `metadata.name`, without a hash suffix.
    pub name: Spanned<String>,
    /// `metadata.namespace`.
    pub namespace: Option<Spanned<String>>,
    /// `metadata.labels`: by key, where the key stands, and the value.
    pub labels: TextMap,
    /// `metadata.annotations`, likewise.
    pub annotations: TextMap,
    /// `type`.
    pub type_: Spanned<String>,
    /// Variables for templates in `data`, `sources` aside.
    pub scope: Value,
    /// The item of `for-each`, for messages.
    pub item: Option<String>,
    /// Whether a part of the metadata failed, which was reported, or the entry has a mistake.
    pub failed: bool,
}

impl Planned<'_> {
    /// `NAMESPACE/NAME` or the name.
    pub(crate) fn id(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{}/{}", namespace.value, self.name.value),
            None => self.name.value.clone(),
        }
    }
}

/// Expands every entry that is built in the chosen environment. What can't be expanded is reported
/// and left out.
pub(crate) fn expand<'s>(
    spec: &'s Spec,
    settled: &Settled,
    renderer: &mut Renderer<'_>,
) -> Vec<Planned<'s>> {
    let mut planned = Vec::new();
    for entry in spec.entries.iter().filter(|entry| is_built(entry, settled)) {
        match items(entry, settled) {
            Ok(items) => {
                for item in items {
                    expand_item(entry, settled, &item, renderer, &mut planned);
                }
            }
            Err(diagnostic) => renderer.report(diagnostic, Some(entry)),
        }
    }
    planned
}

/// Whether an entry is built in the chosen environment.
fn is_built(entry: &Entry, settled: &Settled) -> bool {
    let environments = entry.common.environments.list();
    environments.is_empty()
        || environments.iter().any(|name| Some(&name.value) == settled.env.as_ref())
}

/// The variables that templates of an entry's values see in this environment, one for each Secret;
/// nothing is reported. `None` when something in its metadata fails.
pub(crate) fn scopes(
    entry: &Entry,
    settled: &Settled,
    renderer: &mut Renderer<'_>,
) -> Option<Vec<Value>> {
    let mut sink = Sink::new();
    let mut silent = Renderer {
        engine: renderer.engine,
        sources: &mut *renderer.sources,
        sink: &mut sink,
        lint: renderer.lint,
    };
    let mut planned = Vec::new();
    if is_built(entry, settled) {
        for item in items(entry, settled).ok()? {
            expand_item(entry, settled, &item, &mut silent, &mut planned);
        }
    }
    sink.is_empty().then(|| planned.into_iter().map(|planned| planned.scope).collect())
}

/// An item of `for-each`; an entry without one has one item that puts nothing into scope.
struct EachItem {
    each: Option<Value>,
    label: Option<String>,
}

fn items(entry: &Entry, settled: &Settled) -> Result<Vec<EachItem>, Diagnostic> {
    let Some(for_each) = entry.common.for_each.get() else {
        return Ok(vec![EachItem { each: None, label: None }]);
    };
    let node = match &for_each.kind {
        NodeKind::String(path) => select_vars(path, for_each.span, settled)?,
        _ => for_each,
    };
    let item = |index: usize, key: Value, node: &Node, label: String| EachItem {
        each: Some(Value::from_pairs([
            ("key", key),
            ("value", template::from_node(node)),
            ("index", Value::from(index)),
        ])),
        label: Some(label),
    };
    match &node.kind {
        NodeKind::Array(nodes) => Ok(nodes
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let label = match &node.kind {
                    NodeKind::String(text) => format!("{index} ({})", code(text)),
                    _ => index.to_string(),
                };
                item(index, Value::from(index), node, label)
            })
            .collect()),
        NodeKind::Table(entries) => Ok(entries
            .iter()
            .enumerate()
            .map(|(index, (key, node))| {
                item(index, Value::from(key.value.as_str()), node, code(&key.value))
            })
            .collect()),
        _ => Err(diagnostic!(FOR_EACH, "`for-each` takes a list or a table, not {}", node.class())
            .at(for_each.span, "")
            .help(
                "give it a list of `[vars]`, such as `tenants = [\"acme\"]` and `for-each \
             = \"vars.tenants\"`",
            )),
    }
}

/// The node of `[vars]` that a path such as `vars.tenants` leads to.
fn select_vars<'a>(path: &str, span: Span, settled: &'a Settled) -> Result<&'a Node, Diagnostic> {
    let bad = |message: String| diagnostic!(FOR_EACH, "{message}");
    let names = KeyPath::parse(path).ok().and_then(|path| path.names());
    let names = match names.as_deref() {
        Some([first, names @ ..]) if first == "vars" && !names.is_empty() => names.to_vec(),
        _ => {
            // Not quoted: what is no path may be anything, such as a template with a secret in it.
            return Err(bad("`for-each` is not a path into `[vars]`".to_owned())
                .at(span, "")
                .help("write `for-each = \"vars.NAME\"`: a list or table of `[vars]`"));
        }
    };
    let mut here = &settled.vars;
    for (index, name) in names.iter().enumerate() {
        here = match here.get(name) {
            Some(node) => node,
            None => {
                let parent = std::iter::once("vars")
                    .chain(names.iter().take(index).map(String::as_str))
                    .collect::<Vec<_>>()
                    .join(".");
                let known: Vec<&str> = match &here.kind {
                    NodeKind::Table(entries) => {
                        entries.iter().map(|(key, _)| key.value.as_str()).collect()
                    }
                    _ => Vec::new(),
                };
                return Err(bad(format!("{} has no {}", code(&parent), code(name)))
                    .at(span, did_you_mean(name, known).unwrap_or_default())
                    .help(format!("define it in `[vars]`: `{name} = [\"...\"]`")));
            }
        };
    }
    Ok(here)
}

fn expand_item<'s>(
    entry: &'s Entry,
    settled: &Settled,
    item: &EachItem,
    renderer: &mut Renderer<'_>,
    planned: &mut Vec<Planned<'s>>,
) {
    let Entry { names, common, own, .. } = entry;
    let mut variables = vec![("vars", settled.vars_value.clone())];
    variables.extend(settled.env.as_deref().map(|env| ("env", Value::from(env))));
    variables.extend(item.each.clone().map(|each| ("each", each)));
    let scope = Value::from_pairs(variables.clone());
    let place = Place { entry, item: item.label.as_deref(), secret: None };
    let text = |renderer: &mut Renderer<'_>, text: &Text| {
        renderer.metadata(text, &scope, &place).map(|value| Spanned::new(value, text.span))
    };

    let (name, is_token) = match own {
        Own::BootstrapToken(own) => (own.token_id.get(), true),
        _ => (names.name.get(), false),
    };
    // What is a name everywhere is cut where a quote too many made it go on, also where it is only
    // listed.
    let line = |renderer: &mut Renderer<'_>, of: &Text| {
        text(renderer, of).map(|text| Spanned::new(first_line(&text.value).into_owned(), text.span))
    };
    let name = name.and_then(|name| line(renderer, name));
    let before = renderer.sink.len();
    let mut annotations = map(
        renderer,
        &text,
        merge_maps([settled.annotations.as_slice(), common.annotations.list()].into_iter()),
    );
    let labels = map(
        renderer,
        &line,
        merge_maps([settled.labels.as_slice(), common.labels.list()].into_iter()),
    );
    if let Own::ServiceAccount(own) = own
        && let Some(account) = own.service_account.get()
    {
        service_account(renderer, account, &text, &mut annotations, &place);
    }
    let type_ = match own {
        Own::Custom(own) => own.type_.get().and_then(|type_| text(renderer, type_)),
        _ => entry.kind.type_.map(|type_| Spanned::new(type_.to_owned(), entry.span)),
    };
    let mut namespaces: Vec<Option<Spanned<String>>> = Vec::new();
    if is_token {
        namespaces.push(Some(Spanned::new(BOOTSTRAP_NAMESPACE.to_owned(), entry.span)));
    } else if names.namespaces.key.is_some() {
        let rendered = names.namespaces.list().iter().map(|namespace| line(renderer, namespace));
        namespaces.extend(rendered.flatten().map(Some));
    } else if let Some(namespace) = names.namespace.get().or(settled.namespace.as_ref()) {
        namespaces.extend(line(renderer, namespace).map(Some));
    } else {
        namespaces.push(None);
    }
    let failed = entry.broken || renderer.sink.len() > before;
    let (Some(mut name), Some(type_)) = (name, type_) else { return };
    if is_token {
        name.value = format!("{BOOTSTRAP_NAME_PREFIX}{}", name.value);
    }
    for namespace in namespaces {
        let mut secret = vec![("name", Value::from(name.value.as_str()))];
        secret.extend(
            namespace
                .as_ref()
                .map(|namespace| ("namespace", Value::from(namespace.value.as_str()))),
        );
        let variables = variables.iter().cloned().chain([("secret", Value::from_pairs(secret))]);
        planned.push(Planned {
            entry,
            name: name.clone(),
            namespace,
            labels: labels.clone(),
            annotations: annotations.clone(),
            type_: type_.clone(),
            scope: Value::from_pairs(variables),
            item: item.label.clone(),
            failed,
        });
    }
}

/// Labels or annotations: by key, where the key stands, and the value.
pub(crate) type TextMap = BTreeMap<String, (Span, Spanned<String>)>;

fn map(
    renderer: &mut Renderer<'_>,
    text: &impl Fn(&mut Renderer<'_>, &Text) -> Option<Spanned<String>>,
    entries: Vec<(Text, Text)>,
) -> TextMap {
    entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.value, (key.span, text(renderer, &value)?))))
        .collect()
}

/// `service-account` becomes an annotation, which the annotations must not say otherwise.
fn service_account(
    renderer: &mut Renderer<'_>,
    account: &Text,
    text: &impl Fn(&mut Renderer<'_>, &Text) -> Option<Spanned<String>>,
    annotations: &mut TextMap,
    place: &Place<'_>,
) {
    let Some(value) = text(renderer, account) else { return };
    if let Some((span, _)) = annotations.get(SERVICE_ACCOUNT_ANNOTATION) {
        let diagnostic = diagnostic!(CONFLICTING_KEYS, "the service account is said twice")
            .at(*span, "")
            .also(account.span, "this becomes the same annotation")
            .help("remove the annotation");
        renderer.report(diagnostic, Some(place.entry));
        return;
    }
    annotations.insert(SERVICE_ACCOUNT_ANNOTATION.to_owned(), (account.span, value));
}
