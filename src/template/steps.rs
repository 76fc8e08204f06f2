//! The steps that all templates of a run take, counted so that the same run always takes the same
//! number: minijinja's own count, the text itself, and the comparisons that minijinja counts too
//! low. What one template may take is minijinja's limit.

use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::bounds::Shape;
use super::fault::is_name;
use super::{FUEL, TemplateFault, TemplateFaultKind};

/// Most steps of a run.
pub(crate) const MAX_STEPS: usize = 20_000_000;

/// How many bytes one step reads or writes, as minijinja has it.
pub(crate) const STEP_BYTES: usize = 64;

/// How many bytes one step compares.
const COMPARED_BYTES: usize = 1024;

/// What a template takes that failed somewhere in a loop: how far it came is not known.
const FAILED: usize = 1_000;

/// How much of its variables is looked at.
const MAX_NODES: usize = 100_000;

pub(crate) struct Steps {
    most: usize,
    taken: AtomicUsize,
}

impl Steps {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: AtomicUsize::new(0) }
    }

    pub(crate) fn most(&self) -> usize {
        self.most
    }

    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, steps: usize) {
        self.taken.fetch_add(steps, Ordering::Relaxed);
    }

    /// An error once the run has taken all of them.
    pub(crate) fn left(&self) -> Result<(), TemplateFault> {
        if self.taken() <= self.most {
            return Ok(());
        }
        Err(TemplateFault { range: None, why: TemplateFaultKind::Steps(self.most) })
    }
}

pub(crate) fn whole(fuel: u64) -> usize {
    usize::try_from(fuel).unwrap_or(usize::MAX)
}

/// At most what a template took that ended with an error.
pub(crate) fn of_failed(error: &Error, text: &str, shape: Shape, scope: &Value) -> usize {
    match error.kind() {
        ErrorKind::OutOfFuel => whole(FUEL),
        ErrorKind::SyntaxError => 0,
        _ if !shape.is_plain => FAILED,
        _ => {
            let size = named(text, scope);
            let each = 1 + size.nodes + size.bytes / STEP_BYTES;
            shape.tokens.saturating_mul(each).min(whole(FUEL))
        }
    }
}

/// What comparisons take beyond a step each: all bytes of the variables that the template names.
/// Comparisons in loops are more; they have an end in time.
pub(crate) fn of_comparisons(text: &str, shape: Shape, scope: &Value) -> usize {
    if shape.comparisons == 0 {
        return 0;
    }
    let size = named(text, scope);
    size.nodes + shape.comparisons.saturating_mul(size.bytes / COMPARED_BYTES)
}

#[derive(Default)]
struct Size {
    nodes: usize,
    bytes: usize,
}

/// How large the variables are that a template names, `vars.db.host` and the like. A name in its
/// text counts too.
fn named(text: &str, scope: &Value) -> Size {
    let mut size = Size::default();
    for path in text.split(|c| !is_name(c) && c != '.') {
        let mut names = path.split('.');
        let Some(mut value) = names.next().and_then(|name| scope.get_attr(name).ok()) else {
            continue;
        };
        for name in names {
            match value.get_attr(name) {
                Ok(inner) if !inner.is_undefined() => value = inner,
                _ => break,
            }
        }
        measure(&value, &mut size);
    }
    size
}

fn measure(value: &Value, size: &mut Size) {
    size.nodes += 1;
    if let Some(bytes) = value.as_bytes() {
        size.bytes += bytes.len();
        return;
    }
    let is_table = value.kind() == ValueKind::Map;
    if !is_table && value.kind() != ValueKind::Seq {
        return;
    }
    for item in value.try_iter().into_iter().flatten() {
        if size.nodes >= MAX_NODES {
            return;
        }
        match is_table.then(|| value.get_item(&item)) {
            Some(Ok(inner)) => {
                measure(&item, size);
                measure(&inner, size);
            }
            _ => measure(&item, size),
        }
    }
}
