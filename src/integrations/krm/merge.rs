//! What becomes of each item of a list when a function's Secrets join it.
//!
//! In a package of kpt the result is written back to files, and comes again as items the next time.
//! So there each Secret of ours bears an annotation with the function's name: what bears it is
//! replaced, or goes away when the spec no longer makes it. A Secret that does not bear it is
//! somebody else's, and one of the same name is a mistake. In kustomize nothing comes again, and
//! nothing is marked.

use std::collections::{BTreeMap, HashMap};

use super::list::ResourceList;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::manifests::JsonNode;
use crate::secret::Secret;
use crate::source::Span;

/// The annotation of a Secret that a function has put into a package.
pub(crate) const MARK: &str = "mintage.dev/function";

/// Annotations that tie an item to its file, which its successor keeps (functions specification,
/// "internal annotations").
const PLACES: [&str; 4] = [
    "internal.config.kubernetes.io/",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
];

#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Items of this function: the Secret that takes the place of each, or `None` where the spec no
    /// longer makes it.
    pub ours: BTreeMap<usize, Option<Secret>>,
    pub appended: Vec<Secret>,
}

/// Decides. `function` is the name of the function's config.
pub(crate) fn plan(
    list: &ResourceList<'_>,
    secrets: &[Secret],
    function: &str,
) -> Result<Plan, Vec<Diagnostic>> {
    let function = if function.is_empty() { "mintage" } else { function };
    let marking = list.items().iter().any(is_of_a_file);
    let mut plan = Plan::default();
    let mut conflicts = Vec::new();
    let mut places: HashMap<Id<'_>, (usize, &JsonNode<'_>)> = HashMap::new();
    for (index, item) in list.items().iter().enumerate() {
        let Some(id) = Id::of(item) else { continue };
        if annotation(item, MARK) == Some(function) {
            plan.ours.insert(index, None);
        }
        // Of two with one name the first counts.
        places.entry(id).or_insert((index, item));
    }
    for secret in secrets {
        let mut secret = secret.clone();
        if marking {
            secret.annotations.insert(MARK.to_owned(), function.to_owned());
        }
        match places.get(&Id::of_secret(&secret)).copied() {
            None => plan.appended.push(secret),
            Some((index, item)) if plan.ours.contains_key(&index) => {
                keep_place(item, &mut secret);
                plan.ours.insert(index, Some(secret));
            }
            Some((_, item)) => conflicts.push(conflict(list, &secret, item)),
        }
    }
    if conflicts.is_empty() { Ok(plan) } else { Err(conflicts) }
}

#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Id<'n> {
    namespace: Option<&'n str>,
    name: &'n str,
}

impl<'n> Id<'n> {
    pub(crate) fn of(item: &'n JsonNode<'_>) -> Option<Self> {
        let is_secret = item.get("kind").and_then(JsonNode::text) == Some("Secret")
            && item.get("apiVersion").and_then(JsonNode::text) == Some("v1");
        let metadata = item.get("metadata").filter(|_| is_secret)?;
        Some(Self {
            namespace: metadata.get("namespace").and_then(JsonNode::text),
            name: metadata.get("name")?.text()?,
        })
    }

    pub(crate) fn of_secret(secret: &'n Secret) -> Self {
        Self { namespace: secret.namespace.as_deref(), name: &secret.name }
    }
}

fn annotation<'n>(item: &'n JsonNode<'_>, name: &str) -> Option<&'n str> {
    item.get("metadata")?.get("annotations")?.get(name)?.text()
}

/// Whether an item was read from a file that the result is written back to. kustomize gives its
/// items an identifier instead, which is of no use behind its own door.
fn is_of_a_file(item: &JsonNode<'_>) -> bool {
    let has = |name| annotation(item, name).is_some();
    (has("internal.config.kubernetes.io/path") || has("config.kubernetes.io/path"))
        && !has("kustomize.config.k8s.io/id")
}

fn keep_place(item: &JsonNode<'_>, secret: &mut Secret) {
    let annotations = item.get("metadata").and_then(|metadata| metadata.get("annotations"));
    for member in annotations.into_iter().flat_map(JsonNode::members) {
        if PLACES.iter().any(|place| member.key.starts_with(place))
            && let Some(text) = member.value.text()
        {
            secret.annotations.entry(member.key.to_string()).or_insert_with(|| text.to_owned());
        }
    }
}

fn conflict(list: &ResourceList<'_>, secret: &Secret, item: &JsonNode<'_>) -> Diagnostic {
    let name = item.get("metadata").and_then(|metadata| metadata.get("name")).unwrap_or(item);
    let diagnostic = diagnostic!(
        DUPLICATE_SECRET,
        "the `ResourceList` already contains the Secret {}",
        code(&secret.id())
    )
    .at(Span::new(list.file, name.range.clone()), "already exists here")
    .note("another tool created it, so mintage does not replace it");
    match annotation(item, MARK) {
        Some(other) => diagnostic.note(format!("it was created by the function {}", code(other))),
        None => diagnostic,
    }
    .help("remove one of the two, or give each its own name or namespace")
    .about(secret.id())
}
