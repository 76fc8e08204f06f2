//! One path for each file of a spec, so that values of the same file can be told by their paths.

use std::collections::BTreeMap;

use super::held::{Held, Use};
use crate::spec::value::How;
use crate::world::World;

/// A file that is written as `a.age` and as `./a.age`, or reached by a link, gets one path: the
/// first.
pub(super) fn use_one_spelling(uses: &mut [Use], world: &dyn World) {
    let mut by_place: BTreeMap<Option<String>, String> = BTreeMap::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut rename = |path: &mut String| {
        if !known.contains_key(path) {
            let first = match world.place(path) {
                None => path.clone(),
                place => by_place.entry(place).or_insert_with(|| path.clone()).clone(),
            };
            known.insert(path.clone(), first);
        }
        if let Some(first) = known.get(path) {
            path.clone_from(first);
        }
    };
    for use_ in uses {
        match &mut use_.held {
            Held::File(path) => rename(path),
            Held::Key { file, .. } | Held::Keys { file, .. }
                if matches!(file.how, How::Age | How::File) =>
            {
                rename(&mut file.what);
            }
            _ => {}
        }
        use_.files.iter_mut().for_each(&mut rename);
    }
}
