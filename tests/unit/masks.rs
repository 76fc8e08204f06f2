//! What quoted lines show of texts that can't be read, row by row.

use crate::diag::mask::as_shown;
use crate::manifests::mask::mask;
use crate::spec::mask::mask_broken;
use crate::{
    Input, MemoryWorld, MessageFormat, Options, RenderOptions, SourceMap, check_manifests, compile,
    render,
};

#[test]
fn of_broken_toml_words_of_the_language_are_shown() {
    for (text, expected) in [
        ("[[tls]]\nname = \"web\" x\n", "[[tls]]\nname = *\n"),
        ("[vars]\r\n  name=80 80\r\n", "[vars]\r\n  name=*\r\n"),
        ("data.PASSWORD = \"hun\"ter2\"", "data.PASSWORD = *"),
        ("my-password = hunter2\nb = 1", "*\n*"),
        ("name hunter2", "*"),
        ("[[tls]\n[tls hunter2\n[hunter2]", "[[tls]\n[tls *\n*"),
        ("name = \"\"\"\ns\"\"\"t\nhunter2 = 3\n\"\"\"", "name = *\n*\n*\n*"),
        // Lines of base64, and of PEM.
        ("key =\n-----BEGIN KEY-----\nc2U=\nname==", "key =\n*\n*\n*"),
    ] {
        assert_eq!(as_shown(text, &mask_broken(text)), expected, "{text}");
    }
}

#[test]
fn of_manifests_only_what_is_harmless_is_shown() {
    for (text, harmless, expected) in [
        (
            "kind: Secret # pin\ndata:\n  pass: aGVsbG8=\n  - x\n",
            &["Secret", "pass"][..],
            "kind: Secret *\ndata:\n  pass: *\n  - *\n",
        ),
        ("{\"data\": {\"pass\": \"x\"}}", &["\"pass\""], "{\"*\": {\"pass\": \"*\"}}"),
        ("data:\n hunter: 2\nname: x", &[], "data:\n *\nname: *"),
        // A comment is hidden to its end.
        ("a: {b} # [c: {d}]\n", &["a"], "a: {*\n"),
    ] {
        let place = |part: &&str| text.find(part).map(|at| at..at + part.len()).unwrap();
        let mask = mask(text, harmless.iter().map(place).collect());
        assert_eq!(as_shown(text, &mask), expected, "{text}");
    }
}

/// Keys that may be values: without one of their own, or unlike a key.
#[test]
fn doubtful_keys_are_not_named() {
    let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\n";
    for (rest, hidden) in [
        ("stringData: {hunter2secret}", true),
        ("stringData: {password hunter2secret}", true),
        ("stringData: {password hunter2secret: x}", true),
        ("stringData:\n  hunter2secret: null", true),
        ("stringData:\n  ? hunter2secret", true),
        ("stringData:\n  a:\n    hunter2secret: x", true),
        ("data: {hunter2secret}", true),
        ("{hunter2secret: }", true),
        ("metadata: {labels: {hunter2secret}}", true),
        ("stringData: {aHVudGVyMnNlY3JldA: 1}", true),
        ("stringData: {hunter2secret: 1}", false),
    ] {
        let mut sources = SourceMap::new();
        let file = sources.add("m.yaml", format!("{head}{rest}\n"));
        let found = check_manifests(&[file], &Options::default(), &mut sources).diagnostics;
        let said = [MessageFormat::Text, MessageFormat::Json].map(|format| {
            render(&found, &sources, &RenderOptions { format, width: 100, color: false })
        });
        let said = said.concat();
        assert!(!found.is_empty() || !hidden, "{rest}");
        let shows = said.contains("hunter2") || said.contains("aHVudGVyMn");
        assert_eq!(shows, !hidden, "{rest}\n{said}");
    }
}

/// A template out of a decrypted file is a value, and so are the names in it.
#[test]
fn names_of_decrypted_templates_are_not_shown() {
    for (text, says) in [
        ("a\nb {{ hunter2 }}", "at line 2, column 6 of the template"),
        ("{{ vars.hunter2 }}", "an unknown key of `vars`"),
        ("{{ vars.domian }}{# hunter2 #}", "did you mean `vars.domain`?"),
        ("{{ vars.domain.hunter2 }}", "an unknown key of `vars.domain`"),
        ("{{ 'a' | hunter2 }}", "an unknown filter"),
        ("{{ 'hunter2' | uper }}", "did you mean `upper`?"),
        ("{{ hunter2() }}", "an unknown"),
        ("{{ 'a' is hunter2 }}", "an unknown test"),
        ("{{ 'a'.hunter2() }}", "an unknown method"),
        ("{{ each.hunter2 }}", "unknown variable `each`"),
        ("{% hunter2 %}", "the template is not valid"),
        ("{{ sources.hunter2 }}", "unknown variable `sources`"),
        ("hunter2 {{ ", "the template is not valid"),
    ] {
        let mut world = MemoryWorld::default();
        world.env_vars.insert("V".to_owned(), text.into());
        let spec = "[vars]\ndomain = 'x'\n[[opaque]]\nname = 'web'\n\
            data.A = { env-var = 'V', template = true }\n";
        let mut sources = SourceMap::new();
        let input = Input { file: sources.add("mintage.toml", spec), world: &world };
        let found = compile(&[input], &Options::default(), &mut sources).diagnostics;
        let options = RenderOptions { format: MessageFormat::Text, width: 400, color: false };
        let said = render(&found, &sources, &options);
        assert!(said.contains(says) && !said.contains("hunter2"), "{text}\n{said}");
    }
}
