//! The limits of a run: what counts, once, and in which order.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::world::{EnvVarError, Listing, ReadError, World};
use crate::{Compiled, Input, MemoryWorld, Options, SecretBytes, SourceMap, compile};

/// Counts how often a file is read.
#[derive(Default)]
struct CountingWorld {
    inner: MemoryWorld,
    reads: Mutex<BTreeMap<String, usize>>,
}

impl CountingWorld {
    fn with_file(mut self, path: &str, bytes: &[u8]) -> Self {
        self.inner = self.inner.with_file(path, bytes);
        self
    }

    fn reads(&self) -> usize {
        self.reads.lock().unwrap().values().sum()
    }
}

impl World for CountingWorld {
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError> {
        *self.reads.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        self.inner.read(path, limit)
    }

    fn file_id(&self, path: &str) -> String {
        self.inner.file_id(path)
    }

    fn list(&self, suffix: &str) -> Option<Listing> {
        self.inner.list(suffix)
    }

    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError> {
        self.inner.env_var(name)
    }

    fn passphrase(&self, what: &str) -> Option<SecretBytes> {
        self.inner.passphrase(what)
    }
}

fn run(spec: &str, world: &dyn World, limits: &[&str]) -> Compiled {
    let mut options = Options::default();
    for limit in limits {
        assert!(options.limits.set(limit), "{limit}");
    }
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", spec);
    compile(&[Input { file, world }], &options, &mut sources)
}

fn errors(compiled: &Compiled) -> Vec<&str> {
    let errors = compiled.diagnostics.iter().filter(|one| one.level == crate::Level::Error);
    errors.map(|one| one.message.as_str()).collect()
}

#[test]
fn paths_of_one_file_are_read_and_counted_once() {
    let world = CountingWorld::default().with_file("a/f.json", br#"{"key": "hunter2hunter2"}"#);
    let paths = ["a/f.json", "./a/f.json", "a/../a/f.json", "b/../a//f.json"];
    let mut spec = "[[opaque]]\nname = 'x'\n".to_owned();
    for (index, path) in paths.iter().enumerate() {
        spec.push_str(&format!("data.f{index} = {{ file = '{path}' }}\n"));
        spec.push_str(&format!("data.k{index} = {{ file = '{path}', key = 'key' }}\n"));
    }
    let compiled = run(&spec, &world, &["read=30"]);
    assert_eq!(errors(&compiled), [""; 0]);
    assert_eq!(compiled.secrets[0].data.len(), 8);
    assert_eq!(world.reads(), 1);
}

/// Whatever the threads do, the limit is exceeded by the same file, and what comes after it is not
/// even read.
#[test]
fn files_are_counted_in_the_order_of_the_spec() {
    let mut spec = "[[opaque]]\nname = 'x'\n".to_owned();
    for index in (0..500).rev() {
        spec.push_str(&format!("data.k{index} = {{ age = '{index}.age' }}\n"));
    }
    for _ in 0..5 {
        let mut world = CountingWorld::default();
        for index in 0..500 {
            world = world.with_file(&format!("{index}.age"), &[b'x'; 1000]);
        }
        let compiled = run(&spec, &world, &["read=100000"]);
        let limit = compiled.diagnostics.iter().find(|one| one.code() == "run-limit").unwrap();
        let start = limit.primary.as_ref().unwrap().span.start;
        assert!(spec[start..].starts_with("'399.age'"), "{}", &spec[start..start + 9]);
        assert!(world.reads() <= 101, "{}", world.reads());
    }
}

#[test]
fn steps_of_all_templates_are_counted() {
    let world = MemoryWorld::default().with_file("big.txt", vec![b'x'; 200_000]);
    let spec = |template: &str| {
        format!(
            "vars.l = [{}]\nsources.big = {{ file = 'big.txt', format = 'text' }}\n\
             [[opaque]]\nfor-each = 'vars.l'\nname = 's{{{{ each.index }}}}'\n\
             data.A = '''{template}'''\n",
            "1,".repeat(20)
        )
    };
    for (template, steps) in [
        // Plain ones that compare, hash, or have a large text.
        ("{% if sources.big == sources.big %}x{% endif %}y", 6_000),
        ("{{ sources.big | sha256 }}", 40_000),
        ("{{ sources.big | length }}", 40_000),
        (&format!("{{# {} #}}x", "long\n".repeat(10_000)), 10_000),
        ("{% for i in range(1000) %}{{ i }}{% endfor %}", 40_000),
    ] {
        let spec = spec(template);
        let refused = run(&spec, &world, &[&format!("steps={steps}")]);
        let expected = format!("the templates take more than {} steps", with_commas(steps));
        assert_eq!(errors(&refused), [expected], "{}", template.get(..40).unwrap_or(template));
        let again = run(&spec, &world, &[&format!("steps={steps}")]);
        assert_eq!(refused.diagnostics, again.diagnostics);
        assert_eq!(errors(&run(&spec, &world, &["steps=1G"])), [""; 0]);
    }
    let cheap = spec("{% if vars.l == each.value %}a{% else %}{{ secret.name }}{% endif %}");
    assert_eq!(errors(&run(&cheap, &world, &["steps=50000"])), [""; 0]);
}

fn with_commas(number: usize) -> String {
    crate::diag::phrases::number(number)
}

/// A list of millions costs nothing before its Secrets are counted; those that fail count too.
#[test]
fn secrets_are_counted_before_they_are_made() {
    let world = MemoryWorld::default();
    let spec = format!(
        "vars.l = [{}]\n[[opaque]]\nfor-each = 'vars.l'\nname = '{{{{ nope }}}}'\ndata.A = 'x'\n",
        "1,".repeat(200)
    );
    let found = run(&spec, &world, &["secrets=100"]);
    let expected = ["unknown variable `nope`", "the specs produce more than 100 Secrets"];
    let mut errors = errors(&found);
    errors.sort_unstable();
    assert_eq!(errors, [expected[1], expected[0]]);
}

/// The lint expands environments that were not chosen: it gives up where that is too much.
#[test]
fn other_environments_have_a_limit_too() {
    let mut world = MemoryWorld::default();
    for name in ["a", "b"] {
        world = world.with_file(&format!("{name}.j2"), "{{ vars.used }} text");
    }
    let spec = "default-env = 'a'\n[environments.a]\nvars.l = [1]\n\
                [environments.b]\nvars.l = [1, 2, 3]\n\
                [vars]\nused = 'x'\nunused = 'y'\n\
                [[opaque]]\nfor-each = 'vars.l'\nname = 's{{ each.index }}'\n\
                data.A = { file = '{{ env }}.j2', template = true }\n";
    let lints = |limit: &str| {
        let compiled = run(spec, &world, &[limit]);
        assert_eq!(errors(&compiled), [""; 0]);
        compiled.diagnostics.iter().filter(|one| one.code() == "unused").count()
    };
    assert_eq!(lints("secrets=10"), 1);
    assert_eq!(lints("secrets=3"), 0);
}
