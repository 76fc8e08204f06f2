//! Age files that can't be encrypted for those whom the rules name, as far as their headers tell.
//! Without rules there is nothing to compare with.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{entry_at, folder_and_name, messages};
use crate::compile::resolve::Evidence;
use crate::compile::rules_above::rules_above;
use crate::compile::run::Run;
use crate::encrypted::messages::two_specs;
use crate::encrypted::{Rules, head, readers::Audit};
use crate::secret::bytes::SecretBytes;
use crate::spec::{self, value::How};
use crate::world::MAX_FILE_BYTES;

/// Reports one finding a file, where the spec uses it first.
pub(crate) fn lint(evidence: &Evidence, run: &mut Run<'_>) {
    let mut nearby = Nearby::of(run);
    let own = nearby.of_spec(run);
    // Of each pair of specs once.
    let mut differing: BTreeSet<String> = BTreeSet::new();
    for ((how, what), used) in &evidence.uses {
        let (name, path, bytes) = match how {
            How::Age => match (run.world.place(what), run.world.read(what, MAX_FILE_BYTES)) {
                (Some(path), Ok(bytes)) => (Some(what.as_str()), path, bytes),
                _ => continue,
            },
            How::Armor => {
                let bytes = crate::age::dedent_armor(what);
                (None, nearby.file.clone(), bytes.as_str().into())
            }
            How::File | How::EnvVar => continue,
        };
        let nearest = nearby.of_path(&path, run);
        let Some(own) = own.as_ref().or(nearest.as_ref()) else { continue };
        let entry = entry_at(run.spec, used.entry);
        if let Some(nearest) = &nearest
            && nearest.name != own.name
        {
            if differing.insert(nearest.name.clone()) {
                let file = name.unwrap_or("the armored text");
                let found = two_specs(file, &own.name, &nearest.name).at(used.span, "");
                run.report(found, entry);
            }
            continue;
        }
        let Some(inside) = own.inside(&path) else { continue };
        let Ok(audience) = own.rules.audience(&inside) else { continue };
        let Ok(header) = head::header(bytes.expose(), true) else { continue };
        let audit = Audit::of(&header, false, Some(&own.rules), Some(audience));
        if audit.differs() {
            run.report(messages::readers_differ(name, *used, &audit, audience), entry);
        }
    }
}

/// The people of `[recipients]` whom age files of the spec list as readers or former readers.
pub(crate) fn listed(evidence: &Evidence, run: &Run<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Some(rules) = Rules::of(run.spec) else { return names };
    for (how, what) in evidence.uses.keys() {
        let bytes = match how {
            How::Age => match run.world.read(what, MAX_FILE_BYTES) {
                Ok(bytes) => bytes,
                Err(_) => continue,
            },
            How::Armor => crate::age::dedent_armor(what).as_str().into(),
            How::File | How::EnvVar => continue,
        };
        let Ok(header) = head::header(bytes.expose(), true) else { continue };
        let Some(list) = header.claim.readers() else { continue };
        let known = list.current.iter().chain(&list.former);
        names.extend(known.filter_map(|hash| rules.person(hash)).map(|one| one.name.clone()));
    }
    names
}

/// The rules of a spec.
struct SpecRules {
    /// What messages call the spec.
    name: String,
    rules: Rules,
    way: Way,
}

/// Where a spec is, from the folder of the spec that is checked.
enum Way {
    /// Above: what leads from there to here.
    Above(String),
    /// In a folder below, or in the same: its path with a last `/`.
    Below(String),
}

impl SpecRules {
    /// A path from the folder of the spec that is checked, as these rules see it.
    fn inside(&self, path: &str) -> Option<String> {
        match &self.way {
            Way::Above(way) => Some(format!("{way}{path}")),
            Way::Below(folder) => path.strip_prefix(folder.as_str()).map(str::to_owned),
        }
    }
}

/// The specs in the folders of a spec's files, and above.
struct Nearby {
    /// The folder of the spec with a last `/`, and its name there.
    folder: String,
    file: String,
    by_folder: BTreeMap<String, Option<Rc<SpecRules>>>,
    above: Option<Rc<SpecRules>>,
}

impl Nearby {
    fn of(run: &mut Run<'_>) -> Self {
        let (folder, file) = folder_and_name(run.sources.name(run.spec.file));
        let (folder, file) = (folder.to_owned(), file.to_owned());
        Self { folder, file, by_folder: BTreeMap::new(), above: above(run) }
    }

    /// The rules for the files of the spec: its own, or those of the nearest spec.
    fn of_spec(&mut self, run: &mut Run<'_>) -> Option<Rc<SpecRules>> {
        let name = format!("{}{}", self.folder, self.file);
        let own = Rules::of(run.spec);
        let own =
            own.map(|rules| Rc::new(SpecRules { name, rules, way: Way::Below(String::new()) }));
        if self.file == "mintage.toml" {
            // It need not be read again.
            self.by_folder.insert(String::new(), own.clone());
        }
        own.or_else(|| self.of_path("", run))
    }

    /// The rules of the spec that is the nearest to a file.
    fn of_path(&mut self, path: &str, run: &mut Run<'_>) -> Option<Rc<SpecRules>> {
        let mut folder = path;
        loop {
            folder = folder.rfind('/').and_then(|at| folder.get(..at)).unwrap_or_default();
            let found = self.in_folder(folder, run);
            if found.is_some() {
                return found;
            }
            if folder.is_empty() {
                return self.above.clone();
            }
        }
    }

    fn in_folder(&mut self, folder: &str, run: &mut Run<'_>) -> Option<Rc<SpecRules>> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let way = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let path = format!("{way}mintage.toml");
        let name = format!("{}{path}", self.folder);
        let bytes = run.world.read(&path, MAX_FILE_BYTES).ok();
        let text = bytes.as_ref().and_then(SecretBytes::expose_str);
        let rules = text.and_then(|text| rules(name.clone(), text, run));
        let found = rules.map(|rules| Rc::new(SpecRules { name, rules, way: Way::Below(way) }));
        self.by_folder.insert(folder.to_owned(), found.clone());
        found
    }
}

fn above(run: &mut Run<'_>) -> Option<Rc<SpecRules>> {
    let (above, rules) = rules_above(run)?;
    Some(Rc::new(SpecRules { name: above.name, rules, way: Way::Above(above.prefix) }))
}

fn rules(name: String, text: &str, run: &mut Run<'_>) -> Option<Rules> {
    let file = run.sources.add(name, text);
    Rules::of(&spec::parse(file, run.sources, MAX_FILE_BYTES).0?)
}
