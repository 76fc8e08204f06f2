//! Age files that can't be encrypted for those whom the rules name, as far as their headers tell.
//! Without rules there is nothing to compare with.

use super::{entry_at, messages, unused_files::normal};
use crate::compile::resolve::Evidence;
use crate::compile::run::Run;
use crate::encrypted::{Rules, head, readers::Audit};
use crate::spec::{self, value::How};

/// Reports one finding a file, where the spec uses it first.
pub(crate) fn lint(evidence: &Evidence, run: &mut Run<'_>) {
    let Some((rules, prefix)) = rules(run) else { return };
    let spec_name = run.sources.name(run.spec.file).to_owned();
    let spec_file = spec_name.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or_default();
    for ((how, what), used) in &evidence.uses {
        let (name, path, bytes) = match how {
            How::Age => match (normal(what), run.world.read(what)) {
                (Some(path), Ok(bytes)) => (Some(what.as_str()), path, bytes),
                _ => continue,
            },
            How::Armor => {
                let bytes = crate::age::dedent_armor(what);
                (None, spec_file.to_owned(), bytes.as_str().into())
            }
            How::File | How::EnvVar => continue,
        };
        let Ok(audience) = rules.audience(&format!("{prefix}{path}")) else { continue };
        let Ok(header) = head::header(bytes.expose(), true) else { continue };
        let audit = Audit::of(&header, false, Some(&rules), Some(audience));
        if audit.differs() {
            let found = messages::readers_differ(name, *used, &audit, audience);
            let entry = entry_at(run.spec, used.entry);
            run.report(found, entry);
        }
    }
}

/// The rules for the files of this spec: its own, or those of the nearest spec above that has any;
/// and what leads from the folder of the rules to that of the spec.
fn rules(run: &mut Run<'_>) -> Option<(Rules, String)> {
    if let Some(rules) = Rules::of(run.spec) {
        return Some((rules, String::new()));
    }
    for above in run.world.specs_above() {
        let file = run.sources.add(above.name, above.text);
        // A broken one is for its own check to report.
        let spec = spec::parse(file, run.sources).0?;
        if let Some(rules) = Rules::of(&spec) {
            return Some((rules, above.prefix));
        }
    }
    None
}
