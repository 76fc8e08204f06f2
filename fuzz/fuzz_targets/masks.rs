//! Specs with a secret in them, damaged as the input says: nothing that is said about them has six
//! bytes of the secret.
#![no_main]

#[allow(dead_code)]
#[path = "../../tests/support/planted_texts.rs"]
mod planted_texts;
#[allow(dead_code)]
#[path = "../../tests/support/planting.rs"]
mod planting;

use libfuzzer_sys::fuzz_target;
use mintage::{Input, MemoryWorld, MessageFormat, Options, RenderOptions, SourceMap};
use planted_texts::{BUNDLES, SPECS};
use planting::{Dice, Planted, damaged, filled};

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::given(data);
    let (body, file) = SPECS[dice.below(SPECS.len())];
    let planted = Planted::random(&mut Dice::seeded(dice.below(1 << 16) as u64));
    let bundle = BUNDLES.iter().find(|(format, _)| *format == file);
    let mut content = filled(bundle.map_or(file, |(_, text)| text), &planted);
    let format = bundle.map_or("text", |(format, _)| format);
    let spec = format!(
        "[sources.s]\nfile = 'f'\nformat = '{format}'\n[[opaque]]\nname = 'web'\n{body}\n[vars]\n\
         u = 'app'\nh = \"db.example.com\"\n"
    );
    let mut spec = filled(&spec.replace("age = \"f.age\"", "file = 'f'"), &planted);
    match content.is_empty() || dice.below(2) == 0 {
        true => spec = damaged(&spec, &mut dice),
        false => content = damaged(&content, &mut dice),
    }
    let world = MemoryWorld::default().with_file("f", content.as_str());
    let mut sources = SourceMap::new();
    let input = Input { file: sources.add("mintage.toml", spec.as_str()), world: &world };
    let compiled = mintage::compile(&[input], &Options::default(), &mut sources);
    for format in [MessageFormat::Text, MessageFormat::Json, MessageFormat::Github] {
        let options = RenderOptions { format, width: 100, color: false };
        let said = mintage::render(&compiled.diagnostics, &sources, &options);
        assert_eq!(planted.leak(said.as_bytes()), None, "{said}\n{spec}\n{content}");
    }
});
