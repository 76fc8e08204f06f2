//! A look at a spec before it is changed: what holds its values, and the keys that open them.

use super::locate::{self, Survey};
use super::target;
use crate::age::Keyring;
use crate::compile::environment::{self, Choice};
use crate::compile::{budget::Budget, run::Run};
use crate::diag::{Diagnostic, Level, sink::Sink};
use crate::source::{SourceMap, Span};
use crate::spec::{self, Spec, node::Text};
use crate::template::Engine;
use crate::world::World;
use crate::{Input, Options};

pub(crate) struct Look {
    pub survey: Survey,
    /// The person's identities, and the spec's own.
    pub keyring: Keyring,
    /// What is wrong with Secrets of the spec, so that they are not in the survey.
    pub problems: Vec<Diagnostic>,
}

pub(crate) fn look(
    spec: &Spec,
    world: &dyn World,
    options: &Options,
    sources: &mut SourceMap,
) -> Result<Look, Box<Diagnostic>> {
    let engine = Engine::new();
    let budget = Budget::new(options.limits);
    let mut sink = Sink::new();
    let (engine, budget) = (&engine, &budget);
    let mut run = Run { spec, world, options, engine, budget, sources, sink: &mut sink };
    let survey = locate::survey(&mut run)?;
    let choice = match survey.chosen.first() {
        Some(Some(env)) => {
            Choice::Named(Text { value: env.clone(), span: Span::new(spec.file, 0..0) })
        }
        _ => Choice::Default,
    };
    let settled = environment::settle(&choice, &run)?;
    // What a spec's own identities have to be warned about is for `check`.
    let mut unsaid = Sink::new();
    let (keyring, _) = environment::identities(&settled, &mut run.with_sink(&mut unsaid));
    let mut problems = sink.finish(&options.lints);
    problems.retain(|problem| problem.level == Level::Error);
    Ok(Look { survey, keyring, problems })
}

/// That a Secret of a spec is not built in the chosen environment, if it is in another one.
pub(crate) fn other_environment(
    name: &str,
    input: Input<'_>,
    options: &Options,
    sources: &mut SourceMap,
) -> Option<Diagnostic> {
    let spec = spec::parse(input.file, sources, options.limits.file).0?;
    let looked = look(&spec, input.world, options, sources).ok()?;
    target::other_environment(&looked.survey, name)
}
