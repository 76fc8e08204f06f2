//! Properties of the whole compiler: no text panics it, the same input gives the same output, and
//! what it accepts it keeps byte for byte.

use proptest::prelude::*;

use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::{Input, MemoryWorld, Options, SourceMap, compile, emit};

/// The output, and what was said, in text and JSON.
fn compiled(spec: &str, file: &[u8]) -> (String, String, bool) {
    let world = MemoryWorld::default()
        .with_file("file", file)
        .with_file("file.yaml", file)
        .with_file("file.env", file);
    let mut sources = SourceMap::new();
    let id = sources.add("mintage.toml", spec);
    let compiled = compile(&[Input { file: id, world: &world }], &Options::default(), &mut sources);
    let said = [MessageFormat::Text, MessageFormat::Json].map(|format| {
        render(&compiled.diagnostics, &sources, &RenderOptions { format, width: 80, color: false })
    });
    let errors = compiled.has_errors();
    (emit::yaml::documents(&compiled.secrets).to_string(), said.concat(), errors)
}

proptest! {
    #![proptest_config(crate::unit::support::tried(400, module_path!()))]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}", toml in "[a-z\\[\\]={}\"'.,# \n0-9%|-]{0,200}") {
        for text in [text, toml] {
            prop_assert_eq!(compiled(&text, b""), compiled(&text, b""));
        }
    }

    #[test]
    fn no_template_panics(text in "[a-z.|()\\[\\]'\"~+*/{}% 0-9-]{0,60}") {
        let quoted = toml::Value::String(format!("{{{{ {text} }}}}")).to_string();
        compiled(&format!("[vars]\na = {{ b = [1, \"x\"] }}\n\n[[opaque]]\nname = \"a\"\ndata.x = \
            {quoted}\n"), b"");
    }

    #[test]
    fn no_file_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        key in "[a-z.\\[\\]0-9\"]{0,10}",
    ) {
        let key = toml::Value::String(key).to_string();
        let spec = format!(
            "[sources.s]\nfile = \"file.yaml\"\n\n[[opaque]]\nname = \"a\"\ndata.a = \
             {{ file = \"file\", template = true }}\n\
             data.b = {{ source = \"s\", key = {key} }}\ndata.c = {{ age = \"file\" }}\ndata.d = \
             {{ file = \"file\", decode = \"base64\" }}\n\
             data-from = [{{ file = \"file.env\" }}]\n\n[[tls]]\nname = \"t\"\ncert = \
             {{ file = \"file\" }}\nkey = {{ file = \"file\" }}\n\n\
             [[ssh-auth]]\nname = \"s\"\nprivate-key = \
             {{ file = \"file\" }}\n\n[[dockerconfigjson]]\nname = \"d\"\nconfig = \
             {{ file = \"file\" }}\n"
        );
        compiled(&spec, &bytes);
    }

    #[test]
    fn what_is_accepted_is_kept(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "\\PC{0,80}",
    ) {
        use base64::Engine as _;
        let literal = toml::Value::String(text.clone()).to_string();
        let spec = format!("[[opaque]]\nname = \"a\"\ndata.file = {{ file = \"file\" }}\ndata.text \
            = {{ value = {literal} }}\n");
        let (yaml, said, errors) = compiled(&spec, &bytes);
        prop_assert!(!errors, "{}", said);
        let encoded = |bytes: &[u8]| {
            format!("\"{}\"", base64::engine::general_purpose::STANDARD.encode(bytes))
        };
        let file = format!("file: {}", encoded(&bytes));
        let text = format!("text: {}", encoded(text.as_bytes()));
        prop_assert!(yaml.contains(&file) && yaml.contains(&text));
    }
}
