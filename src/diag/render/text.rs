//! Findings for people, in rustc's manner: message, place, the lines with marks under them, notes,
//! helps.

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "a list of masks is often one range")]
mod tests;

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Title, Patch, Renderer, Snippet,
};

use super::quote::{MARK, MAX_LINES, Quote, printable, tidy};
use super::{RenderOptions, secret_note, summary, wrap::wrap};
use crate::diag::{Diagnostic, Fix, Label, Level, phrases};
use crate::source::{FileId, SourceMap};

/// Columns before a line: its number, and ` | `.
const FRAME: usize = 7;
/// So many labels of one finding are shown; JSON has all of them.
const MAX_LABELS: usize = 10;

/// All findings, a blank line after each, and the line that counts them.
pub(crate) fn render(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    options: &RenderOptions,
) -> String {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // The library calculates with the width, so neither zero nor "endless".
    let width = options.width.clamp(40, 10_000);
    let renderer = renderer.term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&render_one(diagnostic, sources, &renderer, width));
        out.push_str("\n\n");
    }
    if let Some((level, text)) = summary(diagnostics) {
        let title = title(level).with_name("mintage").primary_title(text);
        out.push_str(&renderer.render(&[Group::with_title(title)]));
        out.push('\n');
    }
    out
}

fn title(level: Level) -> Title<'static> {
    match level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    }
}

fn render_one(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    renderer: &Renderer,
    width: usize,
) -> String {
    let heading = title(diagnostic.level)
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code.name);
    let blocks = blocks(diagnostic, sources);
    let mut group = Group::with_title(heading);
    let mut places = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let (snippet, place) = block.snippet(index, sources);
        group = group.element(snippet);
        places.push(place);
    }
    // The library puts ` = note: ` in front, after the line numbers, and hangs further lines.
    let sentence = |text: &str| wrap(&printable(text), width - FRAME - "note: ".len());
    let left_out = (1 + diagnostic.secondary.len()).saturating_sub(MAX_LABELS);
    if left_out > 0 {
        let more = format!("and {}", phrases::plural(left_out, "more place"));
        group = group.element(Title::NOTE.message(more));
    }
    let (suggestions, titles) = suggestions(diagnostic, sources, width);
    let helps = titles.into_iter().chain(diagnostic.helps.iter().map(String::as_str));
    group = group
        .elements(secret_note(diagnostic).map(|text| Title::NOTE.message(sentence(&text))))
        .elements(diagnostic.notes.iter().map(|text| Title::NOTE.message(sentence(text))))
        .elements(helps.map(|text| Title::HELP.message(sentence(text))));
    let groups: Vec<Group> = std::iter::once(group).chain(suggestions).collect();
    put_places(&renderer.render(&groups), &places)
}

/// Labels of one file that are near to each other, and are shown as one block.
struct Block<'a> {
    file: FileId,
    marks: Vec<Mark<'a>>,
}

struct Mark<'a> {
    kind: AnnotationKind,
    label: &'a Label,
    span: Range<usize>,
}

/// Groups a finding's labels: the block with the primary one first, then by file and line.
fn blocks<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Vec<Block<'a>> {
    let mark = |kind, label: &'a Label| {
        let span = tidy(sources.get(label.span.file), &(label.span.start..label.span.end));
        Mark { kind, label, span }
    };
    let primary = diagnostic.primary.iter().map(|label| mark(AnnotationKind::Primary, label));
    let secondary = diagnostic.secondary.iter().map(|label| mark(AnnotationKind::Context, label));
    let mut marks: Vec<Mark> = primary.chain(secondary).take(MAX_LABELS).collect();
    marks.sort_by_key(|mark| (mark.label.span.file, mark.span.start));
    let mut blocks: Vec<Block> = Vec::new();
    for mark in marks {
        let file = mark.label.span.file;
        let line = |offset| sources.get(file).line_index(offset);
        match blocks.last_mut() {
            Some(block)
                if block.file == file
                    && block.marks.first().is_some_and(|first| {
                        line(mark.span.end) - line(first.span.start) < MAX_LINES
                    }) =>
            {
                block.marks.push(mark);
            }
            _ => blocks.push(Block { file, marks: vec![mark] }),
        }
    }
    blocks.sort_by_key(|block| block.marks.iter().all(|mark| mark.kind != AnnotationKind::Primary));
    blocks
}

impl Block<'_> {
    /// The block for the library, with a stand-in for its place, and the place: masking moves
    /// columns, and the library would count them in the masked text.
    fn snippet(
        &self,
        index: usize,
        sources: &SourceMap,
    ) -> (Snippet<'static, Annotation<'static>>, String) {
        let source = sources.get(self.file);
        let spans: Vec<Range<usize>> = self.marks.iter().map(|mark| mark.span.clone()).collect();
        let quote = Quote::new(source, &spans);
        let annotations = self.marks.iter().map(|mark| {
            let text = (!mark.label.text.is_empty()).then(|| printable(&mark.label.text));
            mark.kind.span(quote.locate(&mark.span)).label(text)
        });
        let annotations: Vec<Annotation> = annotations.collect();
        let primary = self.marks.iter().find(|mark| mark.kind == AnnotationKind::Primary);
        let first = primary.or(self.marks.first());
        let (line, column) = source.position(first.map_or(0, |mark| mark.label.span.start));
        let place = format!("{}:{line}:{column}", printable(&source.name));
        let snippet = Snippet::source(quote.text)
            .line_start(quote.first_line)
            .path(format!("{MARK}{index}{MARK}"));
        (snippet.annotations(annotations), place)
    }
}

/// Puts the true places where the stand-ins are, each with the line and column that the library
/// counted.
fn put_places(rendered: &str, places: &[String]) -> String {
    let mut parts = rendered.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(index), Some(rest)) = (parts.next(), parts.next()) {
        let place = index.parse().ok().and_then(|index: usize| places.get(index));
        out.push_str(place.map_or("", String::as_str));
        out.push_str(rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    out
}

/// The repairs of a finding: those that are shown as lines, and the titles of the others.
fn suggestions<'d>(
    diagnostic: &'d Diagnostic,
    sources: &SourceMap,
    width: usize,
) -> (Vec<Group<'static>>, Vec<&'d str>) {
    let mut groups = Vec::new();
    let mut titles = Vec::new();
    for fix in &diagnostic.fixes {
        // The library needs no place where it is that of the finding.
        let near =
            diagnostic.primary.as_ref().is_some_and(|label| label.span.file == fix.span.file);
        match group(fix, sources, width).filter(|_| near) {
            Some(group) => groups.push(group),
            None => titles.push(fix.title.as_str()),
        }
    }
    (groups, titles)
}

/// The lines before and after; `None` where they are wider than the terminal, since the library
/// trims lines of repairs nowhere.
fn group(fix: &Fix, sources: &SourceMap, width: usize) -> Option<Group<'static>> {
    let source = sources.get(fix.span.file);
    let span = tidy(source, &(fix.span.start..fix.span.end));
    let quote = Quote::new(source, std::slice::from_ref(&span));
    let replacement = fix.replacement.split('\n').map(printable).collect::<Vec<_>>().join("\n");
    let widest = quote.text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
        + replacement.chars().count();
    if FRAME + widest > width + span.len() {
        return None;
    }
    let patch = Patch::new(quote.locate(&span), replacement);
    let snippet = Snippet::source(quote.text).line_start(quote.first_line).patch(patch);
    let title = wrap(&printable(&fix.title), width - "help: ".len());
    Some(Title::HELP.secondary_title(title).element(snippet))
}
