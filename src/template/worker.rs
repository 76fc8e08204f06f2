//! The thread that templates are parsed and rendered on, all but the plainest: with a stack for
//! what recurses, and with an end. minijinja counts steps and bytes, but comparing large or shared
//! values costs it one step, and it has places where it panics.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::{thread, time::Duration};

use minijinja::Environment;

use super::TemplateFaultKind;

/// Its name, by which the panic hook knows that a panic is reported otherwise.
pub(crate) const THREAD_NAME: &str = "template";

/// For the longest chain of tokens of [`super::bounds`]; only what is used of it is memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// How much processor time the templates of a run may take together for what is not counted in
/// steps: beyond [`FREE`] for each, and [`STEP_TIME`] for each of its steps.
pub(crate) const MAX_SECONDS: u64 = 2;
const FREE: Duration = Duration::from_millis(5);
/// More than any step takes that minijinja counts.
const STEP_TIME: Duration = Duration::from_nanos(200);
/// How often the time is looked at.
const TICK: Duration = Duration::from_millis(50);

type Job = Box<dyn FnOnce(&Environment<'static>) + Send>;

pub(crate) struct Worker {
    jobs: Option<Sender<Job>>,
    left: Duration,
    /// What the last one took of it.
    last: Duration,
}

impl Default for Worker {
    fn default() -> Self {
        Self { jobs: None, left: Duration::from_secs(MAX_SECONDS), last: Duration::ZERO }
    }
}

impl Worker {
    /// Does something with the environment, unless it takes too long or panics.
    pub(crate) fn run<T: Send + 'static>(
        &mut self,
        env: &Arc<Environment<'static>>,
        work: impl FnOnce(&Environment<'static>) -> T + Send + 'static,
    ) -> Result<T, TemplateFaultKind> {
        let (reply, answer) = channel();
        let job: Job = Box::new(move |env| {
            // The caller may have stopped waiting; then the result is dropped.
            let _ = reply.send(work(env));
        });
        let jobs = match &self.jobs {
            Some(jobs) => jobs,
            None => self.jobs.insert(start(Arc::clone(env)).ok_or(TemplateFaultKind::Engine)?),
        };
        if jobs.send(job).is_err() {
            self.jobs = None;
            return Err(TemplateFaultKind::Engine);
        }
        let start = processor_time();
        let used = || processor_time().saturating_sub(start).saturating_sub(FREE);
        let result = loop {
            match answer.recv_timeout(TICK) {
                Ok(done) => break Ok(done),
                Err(RecvTimeoutError::Timeout) if used() < self.left => {}
                Err(RecvTimeoutError::Timeout) => break Err(TemplateFaultKind::Time),
                Err(RecvTimeoutError::Disconnected) => break Err(TemplateFaultKind::Engine),
            }
        };
        self.last = used().min(self.left);
        self.left -= self.last;
        if result.is_err() {
            // Its thread ended with a panic, or runs on until the program ends.
            self.jobs = None;
        }
        result
    }

    /// Gives back the time of steps that the last template took: their number has a limit of its
    /// own.
    pub(crate) fn counted(&mut self, steps: usize) {
        let time = STEP_TIME.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX));
        self.left += time.min(self.last);
        self.last = Duration::ZERO;
    }
}

#[expect(
    clippy::disallowed_types,
    reason = "what a template gives does not depend on the thread; one that never ends is left \
              behind, for the end of the program"
)]
fn start(env: Arc<Environment<'static>>) -> Option<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    let thread = thread::Builder::new().name(THREAD_NAME.to_owned()).stack_size(STACK_BYTES);
    let run = move || {
        for job in jobs {
            job(&env);
        }
    };
    thread.spawn(run).ok().map(|_| sender)
}

/// What the process has used so far; where the system does not tell, how long it has run.
#[cfg(unix)]
fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[cfg(not(unix))]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "an end for work that does not count its steps; no result depends on it"
)]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use minijinja::value::Value;

    use crate::template::{Engine, TemplateFaultKind as Why};

    /// What hostile templates end with; each ends soon, and none ends the program.
    #[test]
    fn every_template_ends() {
        let numbers = [("high", i64::MAX), ("low", i64::MIN), ("down", -1)];
        let scope = Value::from_pairs(numbers);
        let chain = |part: &str, count: usize| part.repeat(count);
        let elifs = format!("{{% if a %}}{}{{% endif %}}", chain("{% elif a %}", 5_000));
        let nest = "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}\
                    {% set ns.x = [ns.x, ns.x] %}{% endfor %}";
        for (template, why) in [
            (format!("{{{{ {}1 }}}}", chain("-", 30_000)), Why::Tokens),
            (format!("{{{{ {}1 }}}}", chain("not ", 15_000)), Why::Tokens),
            (format!("{{{{ big{} }}}}", chain(".a", 30_000)), Why::Tokens),
            (format!("{{{{ big{} }}}}", chain("|e", 30_000)), Why::Tokens),
            (format!("{{{{ 1{} }}}}", chain("+1", 30_000)), Why::Tokens),
            (elifs, Why::Tokens),
            (format!("{}{{{{ big", chain("x", 70_000)), Why::Lines),
            (format!("{}{{{{ big", chain("\n", 70_000)), Why::Lines),
            (format!("{nest}{{{{ ns.x | tojson | length }}}}"), Why::Fuel),
            (format!("{nest}{{{{ ns.x | toyaml | length }}}}"), Why::Fuel),
            ("{{ range(20000) | join('x' * 200000) | length }}".to_owned(), Why::Fuel),
            ("{{ 'abc'[::-9223372036854775808] }}".to_owned(), Why::Engine),
            ("{{ range(high, low, down) | length }}".to_owned(), Why::Engine),
        ] {
            let fault = Engine::new().render(&template, &scope).unwrap_err();
            // On a slow machine the time ends first.
            let ended = fault.why == why || fault.why == Why::Time;
            assert!(ended, "{:?} for {}", fault.why, template.get(..60).unwrap_or(&template));
        }
    }

    #[test]
    fn comparisons_of_large_values_end() {
        let scope = Value::from_pairs([("big", "x".repeat(4 << 20))]);
        let template = "{% set other = big ~ '' %}{% for i in range(20000) %}\
                        {% if big == other %}{% endif %}{% endfor %}";
        let engine = Engine::new();
        let fault = engine.render(template, &scope).unwrap_err();
        assert_eq!(fault.why, Why::Time);
        // Others that need a thread find no time left; plain ones need none.
        let fault = engine.render(template, &scope).unwrap_err();
        assert_eq!(fault.why, Why::Time);
        assert!(engine.render("{{ big }}", &scope).is_ok());
    }

    /// As deep as the bounds allow: the stack is large enough, in builds without optimisation too.
    #[test]
    fn the_longest_chains_fit_on_the_stack() {
        let scope = Value::from_pairs([("a", "x")]);
        for chain in ["- ", "not ", "+ "] {
            let template = format!("{{{{ {}1 }}}}", chain.repeat(9_900));
            let _ = Engine::new().render(&template, &scope);
        }
        for (start, link) in [("a", "|e"), ("a", ".b"), ("1", "+1"), ("a", "~a"), ("a", "[0]")] {
            let template = format!("{{{{ {start}{} }}}}", link.repeat(3_300));
            let _ = Engine::new().render(&template, &scope);
        }
        let elifs = "{% elif a == 'y' %}".repeat(990);
        let template = format!("{{% if a == 'z' %}}{elifs}{{% endif %}}");
        assert!(Engine::new().render(&template, &scope).is_ok());
        let deep = "{% set ns = namespace(x=[1]) %}{% for i in range(20000) %}\
                    {% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == ns.x }}";
        let _ = Engine::new().render(deep, &scope);
    }
}
