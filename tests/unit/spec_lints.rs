//! Lints about a spec as a whole: what they find does not depend on what is built, and what they
//! call unused can go.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::compile::environment::Choice;
use crate::diag::lint_levels::LintLevel;
use crate::diag::{Diagnostic, codes};
use crate::os::world::OsWorld;
use crate::source::Span;
use crate::spec::node::Text;
use crate::{Compiled, Input, MemoryWorld, Options, SourceMap, World, compile, emit};

fn compiled(spec: &str, world: &dyn World, options: &Options) -> Compiled {
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", spec);
    compile(&[Input { file, world }], options, &mut sources)
}

fn messages(compiled: &Compiled) -> Vec<String> {
    compiled
        .diagnostics
        .iter()
        .map(|one: &Diagnostic| format!("{}: {}", one.code.name, one.message))
        .collect()
}

fn said(spec: &str, world: &dyn World) -> Vec<String> {
    messages(&compiled(spec, world, &Options::default()))
}

/// A spec with one template, and the variables that it may use.
fn with_template(template: &str, vars: &str) -> String {
    format!(
        "default-env = \"dev\"\n[environments.dev]\n{vars}\n[[opaque]]\nname = \"app\"\ndata.X = \
         {template:?}\n"
    )
}

#[test]
fn a_spec_without_its_unused_variables_gives_the_same() {
    // A variable a line, so that one can be left out.
    let vars = [
        "vars.a.b.c = \"1\"",
        "vars.a.b.d = \"2\"",
        "vars.a.e = \"3\"",
        "vars.list = [{ x = \"4\" }]",
        "vars.key = \"b\"",
        "vars.n = 2",
    ];
    let paths = ["vars.a.b.c", "vars.a.b.d", "vars.a.e", "vars.list", "vars.key", "vars.n"];
    let mut reported = 0;
    for template in [
        "{{ vars.a.b.c }}",
        "{{ vars['a']['b'].d }}",
        "{{ vars.a['b'].d }}",
        "{{ vars.a[vars.key].c }}",
        "{{ vars | tojson }}",
        "{{ vars.a.b | tojson }}",
        "{{ vars.list[0].x }}",
        "{% for x in vars.list %}{{ x.x }}{% endfor %}",
        "{% for k, v in vars.a.b | items %}{{ k }}{{ v }}{% endfor %}",
        "{% for vars in vars.list %}{{ vars.x }}{% endfor %}",
        "{% set t = vars.a %}{{ t.b.c }}",
        "{% set vars = vars.a %}{{ vars.e }}",
        "{% with vars = vars.a.b %}{{ vars.d }}{% endwith %}",
        "{% with t = vars %}{{ t.a.e }}{% endwith %}",
        "{% filter indent(vars.n) %}a\nb{% endfilter %}",
        "{% set x | indent(vars.n) %}a\nb{% endset %}{{ x }}",
        "{{ 'yes' if vars.a.e == '3' else vars.key }}",
        "{{ 'yes' if vars.nowhere is defined else 'no' }}",
        "{{ env }}",
        "{{ [vars.key, vars.a.e] | join(',') }}",
        "{{ {'x': vars.a.b}.x.c }}",
        "{{ vars.a.b.c ~ vars.n }}",
    ] {
        let world = MemoryWorld::default();
        let all = compiled(&with_template(template, &vars.join("\n")), &world, &Options::default());
        assert!(!all.has_errors(), "{template}: {:?}", messages(&all));
        let unused: Vec<String> = messages(&all)
            .iter()
            .filter_map(|text| text.strip_prefix("unused: `")?.split('`').next().map(str::to_owned))
            .collect();
        reported += unused.len();
        let is_unused = |path: &str| {
            unused.iter().any(|unused| path == unused || path.starts_with(&format!("{unused}.")))
        };
        let left: Vec<&str> = vars
            .iter()
            .zip(paths)
            .filter(|(_, path)| !is_unused(path))
            .map(|(line, _)| *line)
            .collect();
        let less =
            compiled(&with_template(template, &left.join("\n")), &world, &Options::default());
        assert!(!less.has_errors(), "{template} without {unused:?}: {:?}", messages(&less));
        assert_eq!(
            emit::yaml::documents(&all.secrets).as_str(),
            emit::yaml::documents(&less.secrets).as_str(),
            "{template} without {unused:?}"
        );
        // And the other way: what is left is not found to be unused.
        assert!(
            !messages(&less).iter().any(|text| text.starts_with("unused")),
            "{template}: {:?}",
            messages(&less)
        );
    }
    assert!(reported > 40, "{reported}");
}

#[test]
fn unused_parts_do_not_depend_on_what_is_built() {
    let spec = "[vars]\nused = 1\nleft = 1\n[environments.a]\n[environments.b]\nvars.only_b = \
        2\n[sources.s]\nfile = \"s.toml\"\n\
        [[opaque]]\nname = \"x-{{ env }}\"\ndata.A = \"{{ vars.used }}\"\n\
        [[opaque]]\nname = \"y\"\nenvironments = [\"b\"]\ndata.A \
        = \"{{ vars.only_b }}{{ sources.s.k }}\"\n";
    let world = MemoryWorld::default().with_file("s.toml", "k = 1\n");
    for env in ["a", "b"] {
        for only in [&[][..], &["x-*"]] {
            let mut sources = SourceMap::new();
            let flag = sources.add("--env", env);
            let file = sources.add("mintage.toml", spec);
            let options = Options {
                environment: Choice::Named(Text {
                    value: env.to_owned(),
                    span: Span::new(flag, 0..1),
                }),
                only: only.iter().map(|glob| glob::Pattern::new(glob).unwrap()).collect(),
                ..Options::default()
            };
            let compiled = compile(&[Input { file, world: &world }], &options, &mut sources);
            assert_eq!(messages(&compiled), ["unused: `vars.left` is not used"], "{env} {only:?}");
        }
    }
}

#[test]
fn what_can_not_be_looked_into_may_use_anything() {
    let spec = |value: &str| {
        format!(
            "vars.a = 1\nsources.s.file = \"s.toml\"\n[[opaque]]\nname = \"x\"\ndata.A = {value}\n"
        )
    };
    let world = || {
        MemoryWorld::default()
            .with_file("s.toml", "k = \"{{ vars.a }}\"\n")
            .with_file("t.j2", "{{ vars.a }}")
            .with_file("b.j2", "e3sgdmFycy5hIH19")
    };
    let both = ["unused: `vars.a` is not used", "unused: the source `s` is not used"];
    let sorted = |value: &str| {
        let mut said = said(&spec(value), &world());
        said.sort();
        said
    };
    assert_eq!(sorted("\"x\""), both);
    // A template that comes out of a structured file.
    assert_eq!(sorted("{ source = \"s\", key = \"k\", template = true }"), Vec::<String>::new());
    assert_eq!(sorted("{ file = \"t.j2\", template = true }"), both[1..]);
    assert_eq!(sorted("{ file = \"b.j2\", decode = \"base64\", template = true }"), both[1..]);
    assert_eq!(sorted("{ base64 = \"e3sgdmFycy5hIH19\", template = true }"), both[1..]);
    assert_eq!(sorted("{ file = \"none.j2\", template = true, optional = true }"), both);
}

#[test]
fn a_misspelt_name_is_one_finding() {
    let world = MemoryWorld::default().with_file("a.age", "x");
    let spec = "vars.domain = 1\nsources.db.file = \"x.toml\"\n[[opaque]]\nname = \"x\"\ndata.A \
        = \"{{ vars.domian }}\"\n";
    assert_eq!(said(spec, &world).len(), 1, "{:?}", said(spec, &world));
    let options = Options { unused_files: true, ..Options::default() };
    let spec = "[[opaque]]\nname = \"x\"\ndata.A = { file = \"b.age\" }\n";
    let found = compiled(spec, &world, &options);
    assert_eq!(found.diagnostics.len(), 1, "{:?}", messages(&found));
}

#[test]
fn placeholders_and_references_are_no_secrets() {
    let world = MemoryWorld::default().with_file("s.toml", "p = 1\n").with_file("f", "x");
    for value in [
        "\"<password>\"",
        "\"***\"",
        "\"REPLACE_ME\"",
        "\"{{ sources.s.p }}\"",
        "\"Bearer {{ sources.s.p }}\"",
        "{ file = \"f\" }",
        "{ source = \"s\", key = \"p\" }",
        "true",
        "\"{{ secret.name }}\"",
    ] {
        let spec = format!(
            "sources.s.file = \"s.toml\"\n[[opaque]]\nname = \"x\"\ndata.PASSWORD = \
             {value}\ndata.S = \"{{{{ sources.s.p }}}}\"\n"
        );
        let mut said = said(&spec, &world);
        said.retain(|said| !said.starts_with("placeholder: "));
        assert_eq!(said, Vec::<String>::new(), "{value}");
    }
    for value in [
        "\"changeit\"",
        "\"a\"",
        "{ value = \"{{ x }}y\" }",
        "42",
        "{ base64 = \"AAH/\" }",
        "\"x-{{ secret.name }}\"",
    ] {
        let spec = format!("[[opaque]]\nname = \"x\"\ndata.PASSWORD = {value}\n");
        assert_eq!(
            said(&spec, &world),
            ["plaintext-secret: the secret `PASSWORD` is in the spec in plain text"],
            "{value}"
        );
    }
}

#[test]
fn files_outside_of_the_repository_may_be_plain() {
    let key =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v\n-----END PRIVATE KEY-----\n";
    let spec = |path: &str| format!("[[opaque]]\nname = \"x\"\ndata.A = {{ file = {path:?} }}\n");
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (folder.path().join("in"), folder.path().join("out"));
    for path in [&inside, &outside] {
        fs::create_dir(path).unwrap();
        fs::write(path.join("key"), key).unwrap();
    }
    let world = OsWorld::new(&inside, &[outside], &[]).unwrap();
    assert_eq!(
        said(&spec("key"), &world),
        ["plaintext-secret: `key` contains a private key in plain text"]
    );
    assert_eq!(said(&spec("../out/key"), &world), Vec::<String>::new());
}

#[test]
fn every_lint_can_be_allowed_and_denied() {
    let spec = "vars.a = 1\nsources.s.file = \"s\"\n[recipients]\nr \
        = \"age1qlrns9lcdjxumnzreygjwzfl0eq4uy6yg70phwth8de0ash4ngyqjdwspj\"\n\
        s = \"age1mc0g88kf7h80f4m4g479eevdazql5zqk5num4l53ayrmwxaqzsjswz5k7u\"\n[[encrypt]]\npath \
        = \"**\"\nto = [\"s\"]\n\
        [environments.e]\nvars.x = 1\n[environments.unused]\n[[opaque]]\nname \
        = \"x\"\nenvironments = [\"e\"]\ndata.PASSWORD = \"p\"\n";
    let world = MemoryWorld::default().with_file("left.age", "x");
    let lints = [&codes::PLAINTEXT_SECRET, &codes::UNUSED];
    let found = |head: &str, flags: &[(LintLevel, &str)]| {
        let mut options = Options { unused_files: true, ..Options::default() };
        flags.iter().for_each(|(level, name)| options.lints.add_flag(*level, name).unwrap());
        let spec = format!("default-env = \"e\"\n{head}\n{spec}");
        let compiled = compiled(&spec, &world, &options);
        let names: BTreeSet<&str> = compiled.diagnostics.iter().map(|one| one.code.name).collect();
        (names, compiled.has_errors())
    };
    let all: BTreeSet<&str> = lints.iter().map(|code| code.name).collect();
    assert_eq!(found("", &[]), (all.clone(), false));
    for code in lints {
        let name = code.name;
        let rest: BTreeSet<&str> = all.iter().copied().filter(|other| *other != name).collect();
        let allow = format!("lint.allow = [{name:?}]");
        assert_eq!(found(&allow, &[]), (rest.clone(), false), "{name}");
        assert_eq!(found("", &[(LintLevel::Allow, name)]), (rest, false), "{name}");
        assert_eq!(found(&format!("lint.deny = [{name:?}]"), &[]), (all.clone(), true), "{name}");
        assert_eq!(found(&allow, &[(LintLevel::Deny, name)]), (all.clone(), true), "{name}");
    }
}

#[test]
fn files_that_another_spec_of_the_run_reads_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for path in [
        "a.age",
        "b.age",
        "c.age",
        "apps/own/d.age",
        "node_modules/e.age",
        ".git/f.age",
        "apps/g.age",
    ] {
        write(path, "x");
    }
    write("apps/own/mintage.toml", "");
    let secret = |name: &str, path: &str| {
        format!("[[opaque]]\nname = {name:?}\ndata.A = {{ file = {path:?} }}\n")
    };
    let run = |specs: &[(&str, String)]| {
        let mut sources = SourceMap::new();
        let worlds: Vec<OsWorld> = specs
            .iter()
            .map(|(name, _)| {
                OsWorld::new(
                    folder.path().join(name).parent().unwrap(),
                    &[folder.path().to_owned()],
                    &[],
                )
                .unwrap()
            })
            .collect();
        let files: Vec<_> =
            specs.iter().map(|(name, text)| sources.add(*name, text.as_str())).collect();
        let inputs: Vec<Input<'_>> =
            files.iter().zip(&worlds).map(|(file, world)| Input { file: *file, world }).collect();
        messages(&compile(
            &inputs,
            &Options { unused_files: true, ..Options::default() },
            &mut sources,
        ))
    };
    let unused = |path: &str| format!("unused: no spec reads the age file `{path}`");
    let main = ("mintage.toml", secret("main", "a.age"));
    assert_eq!(run(std::slice::from_ref(&main)), ["apps/g.age", "b.age", "c.age"].map(unused));
    // Another spec in the same directory, and one below that reaches up.
    let other = ("other.toml", secret("other", "b.age"));
    let below = ("apps/own/mintage.toml", secret("below", "../../c.age"));
    assert_eq!(run(&[main.clone(), other.clone()]), ["apps/g.age", "c.age"].map(unused));
    assert_eq!(
        run(&[main.clone(), below, other.clone()]),
        ["apps/g.age", "apps/own/d.age"].map(unused)
    );
    // A spec of another name does not have the directory to itself.
    assert_eq!(run(&[other]), Vec::<String>::new());
    // One with mistakes may read anything.
    let found = run(&[main, ("broken.toml", "[[opaque]]\nnaem = \"x\"\n".to_owned())]);
    assert!(!found.iter().any(|text| text.starts_with("unused")), "{found:?}");
}

#[test]
fn too_large_a_tree_is_not_looked_at() {
    // In memory where there is such a place: 21,000 files.
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(place).unwrap();
    for directory in 0..21 {
        let path = folder.path().join(directory.to_string());
        fs::create_dir(&path).unwrap();
        (0..1000).for_each(|file| fs::write(path.join(format!("{file}.age")), "").unwrap());
    }
    let list = |root: &Path| {
        OsWorld::new(root, &[], &[]).unwrap().list(".age").map(|listing| listing.files.len())
    };
    assert_eq!(list(folder.path()), None);
    assert_eq!(list(&folder.path().join("0")), Some(1000));
}

/// The fenced examples of a page's section that are whole specs.
fn examples(page: &str, from: &str, to: &str) -> Vec<String> {
    let section = page.split(from).nth(1).unwrap().split(to).next().unwrap();
    section
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn pages_show_what_they_say() {
    let mut judged = 0;
    for code in [&codes::PLAINTEXT_SECRET, &codes::UNUSED] {
        let (wrong, right) = (
            examples(code.explanation, "## Wrong", "## Right"),
            examples(code.explanation, "## Right", "\u{0}"),
        );
        for spec in wrong {
            judged += 1;
            let found = compiled(&spec, &MemoryWorld::default(), &Options::default());
            let is_found = found.diagnostics.iter().all(|one| one.code == code);
            assert!(is_found && !found.diagnostics.is_empty(), "{:?}", messages(&found));
        }
        for spec in right {
            let found = compiled(&spec, &MemoryWorld::default(), &Options::default());
            assert!(found.diagnostics.iter().all(|one| one.code != code), "{:?}", messages(&found));
        }
    }
    assert_eq!(judged, 3);
}

#[test]
fn what_only_a_late_template_uses_is_used() {
    let world = MemoryWorld::default();
    for last in ["{{ vars.late }}", ""] {
        let mut spec = "vars.early = 1\nvars.late = 1\n".to_owned();
        for index in 0..300 {
            spec.push_str(&format!(
                "[[opaque]]\nname = \"x-{index}\"\ndata.A = \"{index}{{{{ vars.early }}}}\"\n"
            ));
        }
        spec.push_str(&format!("data.B = \"b{last}\"\n"));
        let expected: &[&str] =
            if last.is_empty() { &["unused: `vars.late` is not used"] } else { &[] };
        assert_eq!(said(&spec, &world), expected);
    }
}

/// What the key leaves open, the value says; where the key is plain, no value is a switch.
#[test]
fn switches_and_measures_are_no_secrets() {
    let world = MemoryWorld::default();
    let spec = |key: &str, value: &str| format!("[[opaque]]\nname = \"x\"\ndata.{key} = {value}\n");
    for (key, value) in [
        ("TOKEN_REFRESH", "\"10m\""),
        ("SECRET_ROTATION_DAYS", "30"),
        ("PASS_RATE", "\"0.95\""),
        ("USE_TOKEN_AUTH", "\"yes\""),
        ("SECRET_MANAGER", "\"vault\""),
        ("TOKEN_BUCKET_RATE", "\"100/s\""),
        ("PASSWORD_LOGIN", "\"disable\""),
        ("TOKENS_PER_MINUTE", "1000"),
        ("TOKEN_VALIDATION", "\"strict\""),
        ("SECRET_BACKEND_ROLE", "\"mintage\""),
        ("ALLOW_EMPTY_PASSWORD", "\"yes\""),
        ("MYSQL_RANDOM_ROOT_PASSWORD", "1"),
        ("SECRET_KEY_BASE_DUMMY", "1"),
        ("PASSWORD_AUTH", "{ base64 = \"YmFzaWM=\" }"),
        (
            "\"values.yaml\".yaml",
            "{ existingSecret = \"db\", passwordKey = \"postgres-password\", \
             requirePassword = \"on\" }",
        ),
    ] {
        assert_eq!(said(&spec(key, value), &world), Vec::<String>::new(), "{key} = {value}");
    }
    for (key, value) in [
        ("PASSWORD", "\"12345\""),
        ("password", "\"yes\""),
        ("DB_PASSWORD", "\"10m\""),
        ("API_TOKEN", "\"2026-11-25\""),
        ("PASSWORD_ADMIN", "\"12345\""),
        ("USE_TOKEN_AUTH", "\"hunter2\""),
        ("ALLOW_EMPTY_PASSWORD", "\"hunter2\""),
        ("PASSWORD_AUTH", "{ base64 = \"aHVudGVyMg==\" }"),
    ] {
        let said = said(&spec(key, value), &world);
        assert!(
            said.len() == 1 && said[0].starts_with("plaintext-secret: the secret"),
            "{key} = {value}: {said:?}"
        );
    }
}
