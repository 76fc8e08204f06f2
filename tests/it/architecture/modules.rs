//! Which file uses which: paths are followed through modules, `use` declarations and re-exports to
//! the file that has the item.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use super::imports::{Imports, Use, imports};

/// A path from the root of the crate, without `crate`.
type ModulePath = Vec<String>;

/// A re-export of a re-export of a ...: more than this is a circle.
const MAX_STEPS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Modules {
    /// Each file's module: where it is, and what it says.
    files: BTreeMap<ModulePath, (String, Imports)>,
    /// Modules inside of files.
    inline: BTreeSet<ModulePath>,
    /// Items, by their full path.
    items: BTreeSet<ModulePath>,
    /// Names that a `use` gives to a module: where they lead, as written.
    names: BTreeMap<ModulePath, Vec<String>>,
    /// What a module takes in with `*`, as written.
    globs: BTreeMap<ModulePath, Vec<Vec<String>>>,
}

impl Modules {
    /// The modules of a crate, out of `src/lib.rs` and the files beside and below it.
    pub(super) fn read(root: &Path) -> Self {
        let texts = rust_files(&root.join("src")).into_iter().map(|file| {
            let name = file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&file).unwrap())
        });
        Self::new(texts)
    }

    /// From the files' names (`src/a/mod.rs`) and texts.
    pub(super) fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut modules = Self::default();
        for (file, text) in files {
            if let Some(module) = module_of(&file) {
                let imports = imports(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
                modules.add(module, file, imports);
            }
        }
        modules
    }

    fn add(&mut self, module: ModulePath, file: String, imports: Imports) {
        let below = |within: &[String]| [module.as_slice(), within].concat();
        self.inline.extend(imports.modules.iter().map(|within| below(within)));
        self.items.extend(imports.items.iter().map(|(within, name)| joined(below(within), name)));
        for Use { within, path, name } in &imports.uses {
            match name {
                Some(name) => drop(
                    self.names.entry(joined(below(within), name)).or_insert_with(|| path.clone()),
                ),
                None => self.globs.entry(below(within)).or_default().push(path.clone()),
            }
        }
        self.files.insert(module, (file, imports));
    }

    /// Whether the crate has this module or item: `check::finding::Spot`. What stands behind an
    /// item is not looked at.
    pub(super) fn has(&self, path: &[String]) -> bool {
        let end = self.follow(path, 0);
        self.is_module(&end) || (1..=end.len()).any(|length| self.items.contains(&end[..length]))
    }

    fn is_module(&self, path: &[String]) -> bool {
        self.files.contains_key(path) || self.inline.contains(path)
    }

    /// The path from the root for one that is written in a module; `None` if it leads out of the
    /// crate.
    fn absolute(&self, module: &[String], path: &[String], steps: usize) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let (_, parent) = module.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    self.absolute(parent, rest, steps)
                } else {
                    Some([parent, rest].concat())
                }
            }
            _ => {
                let here = joined(module.to_vec(), first);
                if self.is_module(&here) || self.items.contains(&here) {
                    return Some([module, path].concat());
                }
                Some([self.brought_in(&here, steps)?.as_slice(), rest].concat())
            }
        }
    }

    /// Where a path from the root ends once re-exports are followed: at a module or an item, or
    /// behind one where the path goes on to a method or a variant.
    fn follow(&self, path: &[String], steps: usize) -> ModulePath {
        for length in 1..=path.len() {
            let (here, rest) = path.split_at(length);
            if self.is_module(here) {
                continue;
            }
            if self.items.contains(here) {
                break;
            }
            return match self.brought_in(here, steps) {
                Some(target) => self.follow(&[target.as_slice(), rest].concat(), steps + 1),
                None => path.to_vec(),
            };
        }
        path.to_vec()
    }

    /// Where a name leads that a module does not define, but brings in with a `use`.
    fn brought_in(&self, path: &[String], steps: usize) -> Option<ModulePath> {
        if steps == MAX_STEPS {
            return None;
        }
        let (name, module) = path.split_last()?;
        if let Some(leads_to) = self.names.get(path) {
            return self.absolute(module, leads_to, steps + 1);
        }
        self.globs.get(module)?.iter().find_map(|glob| {
            let target =
                joined(self.follow(&self.absolute(module, glob, steps + 1)?, steps + 1), name);
            let is_there = self.is_module(&target)
                || self.items.contains(&target)
                || self.names.contains_key(&target);
            is_there.then_some(target)
        })
    }

    /// The module of the file that has this, or would have it.
    fn file_of(&self, path: &[String]) -> &[String] {
        let end = self.follow(path, 0);
        let is_file = |length: &usize| self.files.contains_key(&end[..*length]);
        let length = (0..=end.len()).rev().find(is_file).unwrap_or(0);
        self.files.get_key_value(&end[..length]).map_or(&[], |(module, _)| module)
    }

    /// For each file the files it uses, and the first path that does so. Parents and own submodules
    /// aside.
    fn edges(&self) -> BTreeMap<&[String], BTreeMap<&[String], String>> {
        let mut edges: BTreeMap<&[String], BTreeMap<&[String], String>> = BTreeMap::new();
        for (module, (_, imports)) in &self.files {
            let of_uses = imports.uses.iter().map(|found| (&found.within, &found.path));
            let of_paths = imports.paths.iter().map(|(within, path)| (within, path));
            let uses = edges.entry(module).or_default();
            for (within, path) in of_uses.chain(of_paths) {
                let Some(path) = self.absolute(&[module.as_slice(), within].concat(), path, 0)
                else {
                    continue;
                };
                let used = self.file_of(&path);
                if !used.starts_with(module) && !module.starts_with(used) {
                    uses.entry(used).or_insert_with(|| format!("crate::{}", path.join("::")));
                }
            }
        }
        edges
    }

    /// The shortest cycle through each file that is in one, each spelled out once.
    pub(super) fn cycles(&self) -> Vec<String> {
        let edges = self.edges();
        let mut found = BTreeSet::new();
        for start in edges.keys() {
            if let Some(mut cycle) = shortest_cycle(&edges, start) {
                // The same cycle begins with the same file, wherever it was found.
                let first = cycle
                    .iter()
                    .enumerate()
                    .min_by_key(|(_, module)| **module)
                    .map_or(0, |(at, _)| at);
                cycle.rotate_left(first);
                found.insert(cycle);
            }
        }
        found.into_iter().map(|cycle| self.spelled_out(&edges, &cycle)).collect()
    }

    fn spelled_out(
        &self,
        edges: &BTreeMap<&[String], BTreeMap<&[String], String>>,
        cycle: &[&[String]],
    ) -> String {
        let file = |module: &[String]| self.files[module].0.as_str();
        let ring: Vec<&[String]> = cycle.iter().chain(cycle.first()).copied().collect();
        let mut text = ring.iter().map(|module| file(module)).collect::<Vec<_>>().join(" -> ");
        for pair in ring.windows(2) {
            text.push_str(&format!("\n    {} uses {}", file(pair[0]), edges[pair[0]][pair[1]]));
        }
        text
    }
}

fn shortest_cycle<'m>(
    edges: &BTreeMap<&'m [String], BTreeMap<&'m [String], String>>,
    start: &'m [String],
) -> Option<Vec<&'m [String]>> {
    let mut came_from: BTreeMap<&[String], &[String]> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for used in edges[module].keys() {
            if *used == start {
                let mut cycle = vec![module];
                while let Some(before) = came_from.get(cycle[cycle.len() - 1]) {
                    cycle.push(before);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if !came_from.contains_key(used) {
                came_from.insert(used, module);
                queue.push_back(used);
            }
        }
    }
    None
}

/// The module of a file; `None` for what is not a part of the library outside of tests.
fn module_of(file: &str) -> Option<ModulePath> {
    let mut path: ModulePath =
        file.strip_prefix("src/")?.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    match path.last()?.as_str() {
        "tests" | "props" => return None,
        // The program is a crate of its own; the library knows nothing of it.
        "main" if path.len() == 1 => return None,
        "lib" if path.len() == 1 => path.clear(),
        "mod" => drop(path.pop()),
        _ => {}
    }
    Some(path)
}

fn joined(mut path: ModulePath, name: &str) -> ModulePath {
    path.push(name.to_owned());
    path
}

/// All Rust files in a folder and below, sorted.
pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::Modules;

    fn cycles(files: &[(&str, &str)]) -> Vec<String> {
        Modules::new(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())))
            .cycles()
    }

    #[test]
    fn a_cycle_is_spelled_out_once() {
        let found = cycles(&[
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "pub struct B; fn f() { super::c::g() }"),
            ("src/c.rs", "use super::a::{self, A}; pub fn g() {}"),
        ]);
        assert_eq!(
            found,
            ["src/a.rs -> src/b.rs -> src/c.rs -> src/a.rs\n    src/a.rs uses crate::b::B\n    \
                src/b.rs uses crate::c::g\n    src/c.rs uses crate::a"]
        );
    }

    #[test]
    fn parents_submodules_and_tests_make_no_cycle() {
        let found = cycles(&[
            ("src/lib.rs", "mod a; use a::A;"),
            ("src/a/mod.rs", "mod b; use b::B; use crate::c; pub struct A;"),
            ("src/a/b.rs", "use super::A; pub struct B;"),
            ("src/c.rs", "#[cfg(test)] mod tests { use crate::a::A; }"),
            ("src/c/tests.rs", "use crate::a::A;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_re_export_leads_to_the_file_that_has_the_item() {
        let files = |facade| {
            cycles(&[
                ("src/a/mod.rs", facade),
                ("src/a/low.rs", "pub struct Low;"),
                ("src/a/high.rs", "use crate::b::B; pub struct High;"),
                ("src/b.rs", "use crate::a::Low; pub struct B;"),
            ])
        };
        assert_eq!(
            files("mod high; mod low; pub use low::Low; pub(crate) use self::high::High;"),
            [""; 0]
        );
        assert_eq!(files("mod high; mod low; pub use {high::*, low::*};"), [""; 0]);
        let back = files("mod high; mod low; pub use high::High as Low;");
        assert!(back[0].starts_with("src/a/high.rs -> src/b.rs -> src/a/high.rs\n"), "{back:?}");
    }

    #[test]
    fn a_path_is_followed_through_an_imported_module() {
        let found = cycles(&[
            ("src/a/mod.rs", "mod low; pub use low::f;"),
            ("src/a/low.rs", "use crate::b; pub fn f() {}"),
            ("src/b.rs", "use crate::a as facade; fn g() { facade::f() }"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("src/a/low.rs -> src/b.rs -> src/a/low.rs\n"), "{found:?}");
    }

    #[test]
    fn inline_modules_belong_to_their_file() {
        let found = cycles(&[
            ("src/a.rs", "pub mod inner { use super::super::b::B; pub struct A; }"),
            ("src/b.rs", "use crate::a::inner::A; pub struct B;"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn names_in_a_circle_end() {
        assert_eq!(
            cycles(&[
                ("src/a.rs", "pub use crate::b::X; use serde; use serde::Y;"),
                ("src/c.rs", "use crate::a::X::y;")
            ]),
            [""; 0]
        );
        cycles(&[
            ("src/a.rs", "pub use crate::b::X; pub use crate::b::*;"),
            ("src/b.rs", "pub use crate::a::X; pub use crate::a::*;"),
        ]);
    }

    #[test]
    fn modules_and_items_can_be_asked_for() {
        let modules = Modules::new([
            ("src/a/mod.rs".to_owned(), "pub use b::B;".to_owned()),
            ("src/a/b.rs".to_owned(), "pub struct B;".to_owned()),
        ]);
        let has =
            |path: &str| modules.has(&path.split("::").map(str::to_owned).collect::<Vec<_>>());
        assert!(has("a") && has("a::b") && has("a::b::B") && has("a::B"));
        assert!(!has("c") && !has("a::C") && !has("a::b::C"));
    }
}
