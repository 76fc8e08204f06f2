use std::ops::Range;

use proptest::prelude::{Strategy, any, prop, proptest};

use crate::diag::Diagnostic;
use crate::diag::codes::{NAME, UNKNOWN_KEY};
use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::source::{FileId, SourceMap, Span};
use crate::unit::support::assert_linear;

fn plain(found: &[Diagnostic], sources: &SourceMap) -> String {
    render(found, sources, &RenderOptions { format: MessageFormat::Text, width: 80, color: false })
}

fn place(file: FileId, text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(file, start..start + part.len())
}

#[test]
fn repairs_that_would_not_fit_are_said_in_words() {
    let mut sources = SourceMap::new();
    let text = "data.A = { value = \"hunter2\", usrname = 1 }\n";
    let file = sources.add_shown("mintage.toml", text, &[]);
    let key = place(file, text, "usrname");
    let found =
        Diagnostic::new(&UNKNOWN_KEY, "m").at(key, "").fix(key, "username", "write `username`");
    let narrow = RenderOptions { format: MessageFormat::Text, width: 40, color: false };
    let said = render(&[found], &sources, &narrow);
    assert!(said.contains("  = help: write `username`\n") && !said.contains('+'), "{said}");
}

#[test]
fn many_labels() {
    let mut sources = SourceMap::new();
    let file = sources.add_shown("many.toml", &"a = 1\n".repeat(1000), &[]);
    let mut found = Diagnostic::new(&NAME, "many").at(Span::new(file, 3600..3601), "first");
    for index in 0..12 {
        found = found.also(Span::new(file, index * 480..index * 480 + 1), format!("label {index}"));
    }
    let out = plain(&[found], &sources);
    let places: Vec<&str> =
        out.lines().filter(|line| line.contains("many.toml:")).map(str::trim).collect();
    assert_eq!(places, ["--> many.toml:601:1", "::: many.toml:1:1", "::: many.toml:241:1"]);
    let cut = out.contains("label 8") && !out.contains("label 9");
    assert!(cut && out.contains("= note: and 3 more places"), "{out}");
}

#[test]
fn nothing_steers_a_terminal() {
    let mut sources = SourceMap::new();
    let steer = "x\u{1b}[2J\u{9b}2J\u{202e}\u{fdd0}0\u{fdd0}\r\u{200d}y";
    let file = sources.add_shown(steer, &format!("{steer}\n"), &[]);
    let found = Diagnostic::new(&NAME, steer)
        .at(Span::new(file, 0..1), steer)
        .note(steer)
        .help(steer)
        .about(steer);
    let out = plain(&[found], &sources);
    let steers = |c| c != '\n' && (crate::diag::phrases::is_invisible(c) || c == '\u{fdd0}');
    assert!(!out.chars().any(steers), "{out}");
    assert_eq!(out.matches("\\u{fdd0}0\\u{fdd0}").count(), 7, "{out}");
}

#[test]
fn colours_only_when_asked_for() {
    let mut sources = SourceMap::new();
    let file = sources.add_shown("a.toml", "a = 1\n", &[]);
    let found = [Diagnostic::new(&NAME, "m").at(Span::new(file, 0..1), "l").note("n")];
    let colors = RenderOptions { format: MessageFormat::Text, width: 80, color: true };
    let colored = render(&found, &sources, &colors);
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain(&found, &sources));
    assert!(colored.contains("\u{1b}[") && colored.contains("a.toml:1:1"));
}

#[test]
fn many_findings_take_linear_time() {
    assert_linear("findings", 40, |count| {
        let mut sources = SourceMap::new();
        let secrets: Vec<_> = (0..count * 40).map(|line| line * 15 + 7..line * 15 + 13).collect();
        let text = "key = \"secret\"\n".repeat(count * 40);
        let lines = sources.add_shown("lines.toml", &text, &secrets);
        let one = sources.add_shown("one.toml", &"é".repeat(count * 300), &[]);
        let found: Vec<Diagnostic> = (0..count)
            .flat_map(|index| {
                let start = index * 15 * 40;
                let twice = Diagnostic::new(&NAME, "twice")
                    .at(Span::new(lines, start..start + 13), "")
                    .also(Span::new(lines, 0..3), "first");
                let long =
                    Diagnostic::new(&NAME, "long").at(Span::new(one, index * 600..count * 600), "");
                [twice, long]
            })
            .collect();
        let out = plain(&found, &sources);
        assert!(out.ends_with(" errors\n") && !out.contains("secret"));
        for format in [MessageFormat::Short, MessageFormat::Json, MessageFormat::Github] {
            let options = RenderOptions { format, width: 80, color: false };
            assert!(render(&found, &sources, &options).lines().count() >= count * 2);
        }
    });
}

/// Pieces of a text, and which of them are masked. Masked ones have characters that nothing else
/// has.
fn pieces() -> impl Strategy<Value = Vec<(bool, String)>> {
    let piece = prop::bool::ANY.prop_flat_map(|masked| {
        let open = "[ab =\"é\u{4e00}\u{202e}\n\r\t]{0,9}";
        let text = if masked { "[XŽ\u{2744}\n\r\t]{0,9}" } else { open };
        (proptest::strategy::Just(masked), text)
    });
    prop::collection::vec(piece, 0..12)
}

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    #[test]
    fn no_span_shows_what_is_masked(
        pieces in pieces(),
        spans in prop::collection::vec((0..130usize, 0..60usize), 1..6),
        width in prop::sample::select(vec![0, 40, 80, usize::MAX]),
        blow_up in any::<bool>(),
        replacement in "[ab =\"é\u{4e00}\n\t]{0,9}",
    ) {
        let factor = if blow_up { 700 } else { 1 };
        let mut text = String::new();
        let mut masks: Vec<Range<usize>> = Vec::new();
        for (masked, piece) in &pieces {
            let start = text.len();
            text.push_str(&piece.repeat(if piece.contains('\n') { 1 } else { factor }));
            if *masked {
                masks.push(start..text.len());
            }
        }
        let mut sources = SourceMap::new();
        let file = sources.add_shown("f", &text, &masks);
        let span = |(start, length): &(usize, usize)| {
            Span::new(file, start * factor..(start + length) * factor)
        };
        let mut found = Diagnostic::new(&NAME, "m").at(span(&spans[0]), "l");
        for other in &spans[1..] {
            found = found.also(span(other), "o").fix(span(other), replacement.as_str(), "t");
        }
        let place = found.primary.as_ref().unwrap().span.start;
        use MessageFormat::{Github, Json, Sarif, Short, Text};
        for format in [Text, Short, Json, Sarif, Github] {
            let options = RenderOptions { format, width, color: false };
            let out = render(std::slice::from_ref(&found), &sources, &options);
            assert!(!out.contains(['X', 'Ž', '\u{2744}', '\r', '\u{202e}']), "{out}");
            let (line, column) = sources.position(file, place);
            let placed = out.contains(&format!("f:{line}:{column}"));
            let has_place = matches!(format, Text | Short);
            assert!(placed || !has_place, "{out}");
        }
    }
}
