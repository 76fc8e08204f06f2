//! Templates: minijinja, strict and bounded, with faults that never quote a value.

pub(crate) mod bounds;
pub(crate) mod data;
pub(crate) mod fault;
pub(crate) mod filters;
pub(crate) mod lexer;
pub(crate) mod messages;
pub(crate) mod shown;
pub(crate) mod steps;
pub(crate) mod uses;
pub(crate) mod worker;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use zeroize::Zeroizing;

use crate::secret::bytes::SecretBytes;

use bounds::Shape;
use steps::{STEP_BYTES, Steps};
use worker::Worker;

pub(crate) use data::{from_node, from_tree};
pub(crate) use fault::{TemplateFault, TemplateFaultKind};
pub(crate) use messages::diagnostic;
pub(crate) use steps::MAX_STEPS;
pub(crate) use uses::UsePath;

/// Steps a template may take; minijinja also charges one for 64 bytes that it moves, so this bounds
/// memory too (64 MB).
pub(crate) const FUEL: u64 = 1_000_000;

/// Largest text a template may give, in bytes: four times what a Secret can hold.
pub(crate) const MAX_OUTPUT_BYTES: usize = 4 * 1024 * 1024;

pub(crate) struct Engine {
    env: Arc<Environment<'static>>,
    worker: Mutex<Worker>,
    /// Of all templates of the run.
    steps: Steps,
}

#[derive(Debug, Default)]
pub(crate) struct SourceNames {
    names: BTreeSet<String>,
    /// One is named by something computed: it may be any.
    any: bool,
}

impl SourceNames {
    pub(crate) fn is_empty(&self) -> bool {
        !self.any && self.names.is_empty()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.any || self.names.contains(name)
    }
}

impl Engine {
    pub(crate) fn new() -> Self {
        Self::within(MAX_STEPS)
    }

    /// Undefined is an error, nothing is escaped, the last newline stays, no environment, no
    /// includes. For a run whose templates take at most `steps` together.
    pub(crate) fn within(steps: usize) -> Self {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| AutoEscape::None);
        if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
            env.set_syntax(syntax);
        }
        // With debug information on, errors hold the values of variables.
        env.set_debug(false);
        env.set_fuel(Some(FUEL));
        env.set_formatter(|out, _, value| out.write_str(&plain_text(value)?).map_err(Error::from));
        env.remove_global("debug");
        env.remove_filter("pprint");
        filters::add(&mut env);
        Self { env: Arc::new(env), worker: Mutex::default(), steps: Steps::new(steps) }
    }

    pub(crate) fn is_template(text: &str) -> bool {
        text.contains("{{") || text.contains("{%") || text.contains("{#")
    }

    pub(crate) fn parses(&self, text: &str) -> bool {
        matches!(self.with(text, |env, text| env.template_from_str(text).is_ok()), Ok(true))
    }

    /// The one way to minijinja: does something with a template that is within bounds.
    fn with<T: Send + 'static>(
        &self,
        text: &str,
        work: impl FnOnce(&Environment<'static>, &str) -> T + Send + 'static,
    ) -> Result<T, TemplateFault> {
        self.with_shape(bounds::shape(text)?, text, work)
    }

    fn with_shape<T: Send + 'static>(
        &self,
        shape: Shape,
        text: &str,
        work: impl FnOnce(&Environment<'static>, &str) -> T + Send + 'static,
    ) -> Result<T, TemplateFault> {
        self.steps.add(1 + text.len() / STEP_BYTES);
        if shape.is_plain {
            return Ok(work(&self.env, text));
        }
        let text = Zeroizing::new(text.to_owned());
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let done = worker.run(&self.env, move |env| work(env, &text));
        done.map_err(|why| TemplateFault { range: None, why })
    }

    /// Whether a half of the steps was taken. What is only a lint stops then.
    pub(crate) fn is_half_spent(&self) -> bool {
        self.steps.taken() > self.steps.most() / 2
    }

    /// Pays for work on a template outside of minijinja, such as a look at each of many sources.
    pub(crate) fn pay(&self, steps: usize) {
        self.steps.add(steps);
    }

    /// Renders `text` with the variables of `scope`, a map.
    pub(crate) fn render(&self, text: &str, scope: &Value) -> Result<SecretBytes, TemplateFault> {
        if !Self::is_template(text) {
            return Ok(SecretBytes::from(text));
        }
        self.steps.left()?;
        let variables = scope.clone();
        let shape = bounds::shape(text)?;
        let rendered = self.with_shape(shape, text, move |env, text| {
            let captured = env.template_from_str(text)?.render_captured(variables)?;
            let fuel = captured.state().fuel_levels().map_or(0, |(consumed, _)| consumed);
            Ok((SecretBytes::from(captured.into_output()), fuel))
        })?;
        let (output, fuel) = match rendered {
            Ok((output, fuel)) => (Ok(output), steps::whole(fuel)),
            Err(error) => {
                let fuel = steps::of_failed(&error, text, shape, scope);
                (Err(fault::translate(text, scope, &error)), fuel)
            }
        };
        if !shape.is_plain {
            self.worker.lock().unwrap_or_else(PoisonError::into_inner).counted(fuel);
        }
        self.steps.add(fuel + steps::of_comparisons(text, shape, scope));
        self.steps.left()?;
        let output = output?;
        if output.len() > MAX_OUTPUT_BYTES {
            return Err(TemplateFault { range: None, why: TemplateFaultKind::Output });
        }
        Ok(output)
    }

    /// Which sources the template names; nothing for one that does not parse.
    pub(crate) fn source_names(&self, text: &str) -> SourceNames {
        let mut found = SourceNames::default();
        if self.steps.left().is_err() {
            return found;
        }
        self.steps.add(text.len() / STEP_BYTES);
        if !text.contains("sources") {
            return found;
        }
        for path in self.uses(text).unwrap_or_default() {
            match path.as_slice() {
                [root] => found.any |= root == "sources",
                [root, name, ..] if root == "sources" => {
                    found.names.insert(name.clone());
                }
                _ => {}
            }
        }
        found
    }
}

/// The one text of a value: strings as they are, integers in decimal, `true` and `false`. What has
/// no such text is an error in our own words.
fn plain_text(value: &Value) -> Result<String, Error> {
    let no_text = |marker: &'static str| Err(Error::new(ErrorKind::InvalidOperation, marker));
    match value.kind() {
        ValueKind::String => Ok(value.as_str().unwrap_or_default().to_owned()),
        ValueKind::Bool => Ok(if value.is_true() { "true" } else { "false" }.to_owned()),
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        // Rust's shortest form that reads back as the same float.
        ValueKind::Number => Ok(format!("{:?}", f64::try_from(value.clone()).unwrap_or(f64::NAN))),
        ValueKind::Bytes => match value.as_bytes().map(std::str::from_utf8) {
            Some(Ok(text)) => Ok(text.to_owned()),
            _ => no_text(fault::BYTES),
        },
        ValueKind::None => no_text(fault::NONE),
        ValueKind::Seq | ValueKind::Iterable => no_text(fault::LIST),
        ValueKind::Map => no_text(fault::TABLE),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        _ => no_text(fault::OTHER),
    }
}

/// The scope with one more variable.
pub(crate) fn with(scope: &Value, name: &str, value: Value) -> Value {
    let keys = scope.try_iter().into_iter().flatten();
    let variables = keys.filter_map(|key| scope.get_item(&key).ok().map(|value| (key, value)));
    Value::from_pairs(variables.chain([(Value::from(name), value)]))
}
