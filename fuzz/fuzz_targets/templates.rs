//! Templates of any text, as a file that a spec names: they end soon, make nothing panic, and
//! nothing that is said about them has six bytes of the secret that they can read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mintage::{Input, MemoryWorld, MessageFormat, Options, RenderOptions, SourceMap};

const SECRET: &str = "zq7Xw4Kp9Vt2";

const SPEC: &str = "\
[vars]
hosts = ['a', 'b']
db = { port = 5432, name = 'shop' }
[sources.s]
file = 's.json'
[[opaque]]
name = 'web'
data.A = { file = 't.j2', template = true }
";

/// Six bytes of the secret in a row, which the template does not have itself.
fn leaks(said: &str, template: &str) -> bool {
    SECRET
        .as_bytes()
        .windows(6)
        .filter_map(|part| std::str::from_utf8(part).ok())
        .any(|part| said.contains(part) && !template.contains(part))
}

fuzz_target!(|template: &str| {
    let bundle =
        format!("{{\"password\": \"{SECRET}\", \"list\": [1, 2, {{\"a\": \"{SECRET}\"}}]}}");
    let world =
        MemoryWorld::default().with_file("t.j2", template).with_file("s.json", bundle.as_str());
    let mut sources = SourceMap::new();
    let input = Input { file: sources.add("mintage.toml", SPEC), world: &world };
    let compiled = mintage::compile(&[input], &Options::default(), &mut sources);
    for format in [MessageFormat::Text, MessageFormat::Json, MessageFormat::Github] {
        let options = RenderOptions { format, width: 100, color: false };
        let said = mintage::render(&compiled.diagnostics, &sources, &options);
        assert!(!leaks(&said, template), "{said}\n{template}");
    }
});
