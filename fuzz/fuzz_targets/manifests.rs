//! Manifests with a secret in them, damaged as the input says: nothing that is said about them has
//! six bytes of the secret. The rest of the input is a manifest itself: it makes nothing panic.
#![no_main]

#[allow(dead_code)]
#[path = "../../tests/support/planted_texts.rs"]
mod planted_texts;
#[allow(dead_code)]
#[path = "../../tests/support/planting.rs"]
mod planting;

use libfuzzer_sys::fuzz_target;
use mintage::{MessageFormat, Options, RenderOptions, SourceMap, check_manifests, render};
use planted_texts::MANIFESTS;
use planting::{Dice, Planted, damaged, filled};

fn said(manifest: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest);
    let checked = check_manifests(&[file], &Options::default(), &mut sources);
    let to = |format| {
        let options = RenderOptions { format, width: 100, color: false };
        render(&checked.diagnostics, &sources, &options)
    };
    [MessageFormat::Text, MessageFormat::Json, MessageFormat::Github].map(to).concat()
}

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        said(text);
    }
    let mut dice = Dice::given(data);
    let planted = Planted::random(&mut Dice::seeded(dice.below(1 << 16) as u64));
    let manifest = filled(MANIFESTS[dice.below(MANIFESTS.len())], &planted);
    let manifest = damaged(&manifest, &mut dice);
    let said = said(&manifest);
    assert_eq!(planted.leak(said.as_bytes()), None, "{said}\n{manifest}");
});
