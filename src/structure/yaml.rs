//! Reads YAML so that nothing changes silently: whatever YAML 1.1 and YAML 1.2 readers take for
//! different things is refused.
//!
//! The tree comes from `saphyr-parser`'s events (YAML 1.2), which tell quoted scalars from plain
//! ones and show tags. `yaml_agree` then reads the text once more with a descendant of libyaml
//! (YAML 1.1, the parent of the readers of kubectl, Argo CD, Flux and PyYAML), which has to find
//! the same tree.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use super::fault::{MAX_DEPTH, StructureFault, StructureFaultKind};
use super::tree::Tree;
use super::yaml_agree::readers_agree;
use super::yaml_scalar;
use crate::content::BYTE_ORDER_MARK;

/// Reads a stream of at most one YAML document; no document at all is null.
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    // A byte order mark between lines is nothing to some readers and text to others.
    if let Some(offset) = text.find(BYTE_ORDER_MARK) {
        return Err(StructureFault::at(text, offset, StructureFaultKind::ReadersDiffer));
    }
    let mut reader = TreeReader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        budget: 1000 + text.len().saturating_mul(10),
    };
    let tree = reader.stream()?;
    readers_agree(text, &tree)?;
    Ok(tree)
}

struct TreeReader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// Finished nodes that have an anchor, with their weight.
    anchors: HashMap<usize, (Tree, usize)>,
    /// How much weight (a node is 1, and a byte of a string is 1) aliases and anchors may still
    /// copy.
    budget: usize,
}

fn fault(mark: Marker, kind: StructureFaultKind) -> StructureFault {
    StructureFault { line: mark.line().max(1), column: mark.col() + 1, kind }
}

impl<'t> TreeReader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Marker), StructureFault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            // The parser's message may quote the text.
            Some(Err(error)) => Err(fault(*error.marker(), StructureFaultKind::Syntax)),
            None => Ok((Event::StreamEnd, Marker::new(0, 1, 0))),
        }
    }

    fn stream(&mut self) -> Result<Tree, StructureFault> {
        let mut document = None;
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(document.unwrap_or(Tree::Null)),
                (Event::DocumentStart(_), mark) if document.is_some() => {
                    return Err(fault(mark, StructureFaultKind::SeveralDocuments));
                }
                (Event::DocumentStart(_), _) => {
                    let (event, mark) = self.next()?;
                    document = Some(self.node(event, mark, 0)?);
                }
                _ => {}
            }
        }
    }

    fn node(
        &mut self,
        event: Event<'t>,
        mark: Marker,
        depth: usize,
    ) -> Result<Tree, StructureFault> {
        match event {
            Event::Alias(id) => self.alias(id, mark),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(fault(mark, StructureFaultKind::Tag)),
            Event::Scalar(text, style, anchor, None) => {
                let tree = match style {
                    ScalarStyle::Plain => {
                        yaml_scalar::resolve(&text).map_err(|kind| fault(mark, kind))?
                    }
                    _ => Tree::string(text),
                };
                self.anchored(anchor, tree, mark)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if depth == MAX_DEPTH => {
                Err(fault(mark, StructureFaultKind::TooDeep))
            }
            Event::SequenceStart(anchor, None) => {
                let tree = self.sequence(depth + 1)?;
                self.anchored(anchor, tree, mark)
            }
            Event::MappingStart(anchor, None) => {
                let tree = self.mapping(depth + 1)?;
                self.anchored(anchor, tree, mark)
            }
            // No other event can begin a node.
            _ => Err(fault(mark, StructureFaultKind::Syntax)),
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Tree, StructureFault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Tree::Array(items)),
                (event, mark) => items.push(self.node(event, mark, depth)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Tree, StructureFault> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Tree::Table(entries));
            }
            let key = self.key(event, mark)?;
            if !seen.insert(key.clone()) {
                return Err(fault(mark, StructureFaultKind::DuplicateKey(key)));
            }
            let (event, mark) = self.next()?;
            entries.push((key, self.node(event, mark, depth)?));
        }
    }

    fn key(&mut self, event: Event<'t>, mark: Marker) -> Result<String, StructureFault> {
        match event {
            Event::Scalar(_, _, _, Some(_)) => Err(fault(mark, StructureFaultKind::Tag)),
            Event::Scalar(text, ScalarStyle::Plain, _, _) if text == "<<" => {
                Err(fault(mark, StructureFaultKind::MergeKey))
            }
            Event::Scalar(text, style, anchor, None) => {
                let plain = style == ScalarStyle::Plain;
                if plain && !matches!(yaml_scalar::resolve(&text), Ok(Tree::String(_))) {
                    return Err(fault(mark, StructureFaultKind::KeyNotText));
                }
                self.anchored(anchor, Tree::string(&*text), mark)?;
                Ok(text.into_owned())
            }
            _ => Err(fault(mark, StructureFaultKind::KeyNotText)),
        }
    }

    fn alias(&mut self, id: usize, mark: Marker) -> Result<Tree, StructureFault> {
        // An anchor whose node is not finished holds the alias itself.
        let (tree, weight) =
            self.anchors.get(&id).ok_or_else(|| fault(mark, StructureFaultKind::AliasBomb))?;
        self.budget = self
            .budget
            .checked_sub(*weight)
            .ok_or_else(|| fault(mark, StructureFaultKind::AliasBomb))?;
        Ok(tree.clone())
    }

    fn anchored(
        &mut self,
        anchor: usize,
        tree: Tree,
        mark: Marker,
    ) -> Result<Tree, StructureFault> {
        if anchor > 0 {
            let weight = weight(&tree);
            self.budget = self
                .budget
                .checked_sub(weight)
                .ok_or_else(|| fault(mark, StructureFaultKind::AliasBomb))?;
            self.anchors.insert(anchor, (tree.clone(), weight));
        }
        Ok(tree)
    }
}

fn weight(tree: &Tree) -> usize {
    match tree {
        Tree::String(text) => 1 + text.len(),
        Tree::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Tree::Table(entries) => {
            1 + entries.iter().map(|(key, value)| key.len() + weight(value)).sum::<usize>()
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::structure::fault::{Ambiguity, StructureFaultKind};
    use crate::structure::tree::Tree;

    #[test]
    fn reads_every_kind() {
        let text = "# x\nb: 12\na: [x, 'yes', \"012\", -1.5, ~, true]\nd: &d\n  e: |\n    1\n    \
            2\nf: *d\ng:\n'1': a#b\n";
        let tree = read(text).unwrap();
        assert_eq!(tree.get("b"), Some(&Tree::Integer(12)));
        let list = vec![
            Tree::string("x"),
            Tree::string("yes"),
            Tree::string("012"),
            Tree::Float(-1.5),
            Tree::Null,
            Tree::Bool(true),
        ];
        assert_eq!(tree.get("a"), Some(&Tree::Array(list)));
        assert_eq!(tree.get("f"), Some(&Tree::Table(vec![("e".into(), Tree::string("1\n2\n"))])));
        assert_eq!(tree.get("g"), Some(&Tree::Null));
        assert_eq!(tree.get("1"), Some(&Tree::string("a#b")));
        assert_eq!(read("").unwrap(), Tree::Null);
        assert_eq!(read("---\na: b\n...\n").unwrap().entries().len(), 1);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        use Ambiguity::{BooleanWord, Date, Number, Special, Spelling};
        for (text, line, column, kind) in [
            ("a: yes", 1, 4, StructureFaultKind::Ambiguous(BooleanWord)),
            ("é: x\nb: [c, On ]", 2, 8, StructureFaultKind::Ambiguous(BooleanWord)),
            ("a: 012 # pin", 1, 4, StructureFaultKind::Ambiguous(Number)),
            ("a: TRUE\r\n", 1, 4, StructureFaultKind::Ambiguous(Spelling)),
            ("a: 2026-01-01", 1, 4, StructureFaultKind::Ambiguous(Date)),
            ("a: =", 1, 4, StructureFaultKind::Ambiguous(Special)),
            ("a: 18446744073709551616", 1, 4, StructureFaultKind::BigNumber),
            ("a: 1\nb: 2\na: 3", 3, 1, StructureFaultKind::DuplicateKey("a".into())),
            ("a: 1\n\"a\": 3", 2, 1, StructureFaultKind::DuplicateKey("a".into())),
            ("1: a", 1, 1, StructureFaultKind::KeyNotText),
            ("on: a", 1, 1, StructureFaultKind::KeyNotText),
            ("? [a]\n: b", 1, 3, StructureFaultKind::KeyNotText),
            ("a: !!binary aGk=", 1, 4, StructureFaultKind::Tag),
            ("a: !x [b]", 1, 4, StructureFaultKind::Tag),
            ("a: &a {b: c}\nd:\n  <<: *a", 3, 3, StructureFaultKind::MergeKey),
            ("a: 1\n---\nb: 1", 2, 1, StructureFaultKind::SeveralDocuments),
            ("a: [1", 2, 1, StructureFaultKind::Syntax),
            ("a: *b", 1, 4, StructureFaultKind::Syntax),
            ("a: &a [*a]", 1, 8, StructureFaultKind::AliasBomb),
            ("a: \"b\u{85}c\"", 1, 4, StructureFaultKind::ReadersDiffer),
            ("a: b\n\u{feff}c: d", 2, 1, StructureFaultKind::ReadersDiffer),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind), "{text}");
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let mut bomb = String::from("a0: &a0 xxxxxxxxxx\n");
        for level in 1..40 {
            bomb.push_str(&format!(
                "a{level}: &a{level} [*a{0}, *a{0}, *a{0}, *a{0}]\n",
                level - 1
            ));
        }
        assert_eq!(read(&bomb).unwrap_err().kind, StructureFaultKind::AliasBomb);
        // The parser has a limit of its own for brackets.
        read(&format!("a: {}", "[".repeat(200_000))).unwrap_err();
        read(&format!("a: {}", "{a: ".repeat(200_000))).unwrap_err();
        assert_eq!(
            read(&format!("a:\n  {}", "- ".repeat(20_000))).unwrap_err().kind,
            StructureFaultKind::TooDeep
        );
    }
}
