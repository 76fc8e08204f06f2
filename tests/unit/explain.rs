//! `mintage explain`: every code has its page, with a wrong and a right example, and the program
//! prints it.

use std::fs;
use std::path::Path;

use crate::diag::codes::{self, Code};
use crate::{Input, MemoryWorld, Options, SourceMap, check_manifests, compile};

#[test]
fn every_code_has_a_page_with_both_examples() {
    for code in codes::ALL {
        let page = code.explanation;
        let (wrong, right) = (page.find("## Wrong"), page.find("## Right"));
        assert!(wrong.is_some() && wrong < right, "{}", code.name);
        assert!(
            page.matches("```").count() >= 4 && page.matches("```").count() % 2 == 0,
            "{}",
            code.name
        );
    }
}

/// A table of all codes, then the page of each.
fn all() -> String {
    let mut out = String::from(
        "# Every check\n\n\
         <!-- Generated from src/diag/codes.rs and src/diag/explain: UPDATE=1 cargo test --lib \
         explain -->\n\n\
         `mintage explain CODE` prints the same pages. You can change the level of a warning in \
         `[lint]`, in a Secret's\n`lint`, or with `-A`, `-W` and `-D`. You can't change the level \
         of an error, unless its page says so.\n\n\
         | code | level | finds |\n|---|---|---|\n",
    );
    for code in codes::ALL {
        let (name, level) = (code.name, code.usual_level().name());
        let summary = code.summary.replace('|', "\\|");
        out.push_str(&format!("| [`{name}`](#{name}) | {level} | {summary} |\n"));
    }
    for code in codes::ALL {
        out.push('\n');
        out.push_str(&one_deeper(&code.page()));
    }
    out
}

/// Markdown with every heading one level deeper; what stands in fences is no heading.
fn one_deeper(markdown: &str) -> String {
    let mut fenced = false;
    let mut out = String::with_capacity(markdown.len() + 16);
    for line in markdown.lines() {
        fenced ^= line.starts_with("```");
        if line.starts_with('#') && !fenced {
            out.push('#');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[test]
fn the_checked_in_page_of_all_codes_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md");
    if std::env::var("UPDATE").as_deref() == Ok("1") {
        fs::write(&path, all()).unwrap();
    }
    let stale = "stale: UPDATE=1 cargo test --lib explain";
    assert!(fs::read_to_string(&path).unwrap_or_default() == all(), "{stale}");
}

/// A whole spec of a page, and the files beside it.
struct Example {
    spec: String,
    files: Vec<(String, String)>,
}

/// The examples under a heading of a page of which everything is there. A block whose fence has a
/// name behind its language is a file.
fn examples(code: &Code, heading: &str) -> Vec<Example> {
    let part =
        code.explanation.split("\n## ").find(|part| part.starts_with(heading)).unwrap_or_default();
    let (mut specs, mut files) = (Vec::new(), Vec::new());
    // Between the fences, so every second part is a block.
    for block in part.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap_or_default();
        match info.split_once(' ') {
            Some((_, name)) => files.push((name.to_owned(), text.to_owned())),
            None if info == "toml" => specs.push(text.to_owned()),
            None => {}
        }
    }
    let elsewhere = ["age =", "age    =", "armor =", "sops =", "env-var =", "identities"];
    specs.retain(|spec| {
        !elsewhere.iter().any(|word| spec.contains(word))
            && (!files.is_empty() || !spec.contains("file ="))
    });
    specs.into_iter().map(|spec| Example { spec, files: files.clone() }).collect()
}

/// The manifests under a heading of a page.
fn manifests(code: &Code, heading: &str) -> Vec<String> {
    let part =
        code.explanation.split("\n## ").find(|part| part.starts_with(heading)).unwrap_or_default();
    let blocks =
        part.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("yaml\n"));
    blocks.filter(|text| text.contains("kind: ")).map(str::to_owned).collect()
}

/// The codes of what is found in a manifest.
fn found_in_manifest(text: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let file = sources.add("web.yaml", text);
    let checked = check_manifests(
        &[file],
        &Options { at: Some(1_800_000_000), ..Options::default() },
        &mut sources,
    );
    checked.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect()
}

#[test]
fn wrong_manifests_are_wrong_and_right_ones_right() {
    let mut tried = 0;
    for code in codes::ALL {
        for text in manifests(code, "Wrong") {
            let found = found_in_manifest(&text);
            assert!(
                !found.is_empty() && found.iter().all(|name| *name == code.name),
                "{}: {found:?}\n{text}",
                code.name
            );
            tried += 1;
        }
        for text in manifests(code, "Right") {
            assert_eq!(found_in_manifest(&text), [""; 0], "{}\n{text}", code.name);
            tried += 1;
        }
    }
    assert!(tried >= 18, "{tried} manifests");
}

/// The codes of what is found in an example, at a time in 2027.
fn found(code: &Code, example: &Example) -> Vec<&'static str> {
    let world = example
        .files
        .iter()
        .fold(MemoryWorld::default(), |world, (name, text)| world.with_file(name, text.as_str()));
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", example.spec.as_str());
    let options = Options { at: Some(1_800_000_000), ..Options::default() };
    let compiled = compile(&[Input { file, world: &world }], &options, &mut sources);
    // An example writes a secret out rather than show an age file, where that is not what it is
    // about.
    let aside =
        |name: &str| ["plaintext-secret", "placeholder"].contains(&name) && code.name != name;
    compiled
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code.name)
        .filter(|name| !aside(name))
        .collect()
}

#[test]
fn wrong_examples_are_wrong_and_right_ones_right() {
    let (mut wrong, mut right, mut failures) = (0, 0, String::new());
    for code in codes::ALL {
        for example in examples(code, "Wrong") {
            let found = found(code, &example);
            if found.is_empty() || found.iter().any(|name| *name != code.name) {
                failures.push_str(&format!(
                    "{}: the wrong one gives {found:?}\n{}\n",
                    code.name, example.spec
                ));
            }
            wrong += 1;
        }
        for example in examples(code, "Right") {
            let found = found(code, &example);
            if !found.is_empty() {
                failures.push_str(&format!(
                    "{}: the right one gives {found:?}\n{}\n",
                    code.name, example.spec
                ));
            }
            right += 1;
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(wrong >= 30 && right >= 30, "{wrong} wrong and {right} right ones");
}
