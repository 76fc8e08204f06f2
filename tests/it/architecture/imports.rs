//! What a Rust file names of its crate: `use` declarations, other paths, and the items it defines.
//! Code that is only compiled for tests is left out.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Each leaf of each `use` tree.
    pub uses: Vec<Use>,
    /// Every other path of at least two segments, with the inline modules around it.
    pub paths: Vec<(Vec<String>, Vec<String>)>,
    /// Items at the level of a module, with the inline modules around them.
    pub items: Vec<(Vec<String>, String)>,
    /// Inline modules.
    pub modules: Vec<Vec<String>>,
}

/// One leaf of a `use` tree: `use a::{b as c};` is `a::b`, bound to `c`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The inline modules around it.
    pub within: Vec<String>,
    /// As written. It starts with an empty segment where the text starts with `::`.
    pub path: Vec<String>,
    /// The name it gives; a glob gives none.
    pub name: Option<String>,
}

/// Words in front of the name of an item.
const ITEMS: &[&str] =
    &["const", "enum", "fn", "mod", "static", "struct", "trait", "type", "union"];

pub(super) fn imports(text: &str) -> Result<Imports, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("not Rust: {error}"))?;
    let mut imports = Imports::default();
    imports.walk(tokens, &[], true);
    Ok(imports)
}

impl Imports {
    /// `is_module`: these tokens are the items of a module, and not those of a block, a type or an
    /// expression.
    fn walk(&mut self, tokens: TokenStream, within: &[String], is_module: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            match first {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let [TokenTree::Group(attribute), after @ ..] = rest
                        && is_cfg_test(attribute.stream())
                    {
                        rest = skip_item(after);
                    }
                }
                // What follows `::` here belongs to another crate, or to a type: `<T as
                // Trait>::NAME`.
                TokenTree::Punct(_) => {
                    if let Some(after) = after_colons(std::slice::from_ref(first), rest) {
                        rest = take_path(&mut Vec::new(), after);
                    }
                }
                TokenTree::Group(group) => self.walk(group.stream(), within, false),
                TokenTree::Ident(ident) => rest = self.word(&name(ident), rest, within, is_module),
                TokenTree::Literal(_) => {}
            }
        }
    }

    /// Reads what starts with this word, and gives what follows it.
    fn word<'t>(
        &mut self,
        word: &str,
        rest: &'t [TokenTree],
        within: &[String],
        is_module: bool,
    ) -> &'t [TokenTree] {
        match (word, rest) {
            // Not the `use<'a>` of a bound.
            ("use", [first, ..]) if !is_punct(first, '<') => {
                let end = rest.iter().position(|token| is_punct(token, ';')).unwrap_or(rest.len());
                let (tree, after) = rest.split_at(end);
                self.use_tree(tree, within, &[]);
                after
            }
            ("mod", [TokenTree::Ident(ident), TokenTree::Group(body), after @ ..]) => {
                let inner: Vec<String> = within.iter().cloned().chain([name(ident)]).collect();
                self.modules.push(inner.clone());
                self.walk(body.stream(), &inner, true);
                after
            }
            // `pub(in crate::a)` uses nothing.
            ("pub", [TokenTree::Group(group), after @ ..]) if is_visibility(group.stream()) => {
                after
            }
            ("macro_rules", [_, TokenTree::Ident(ident), after @ ..]) => {
                self.items.push((within.to_vec(), name(ident)));
                after
            }
            (_, [TokenTree::Ident(ident), ..]) if is_module && ITEMS.contains(&word) => {
                self.items.push((within.to_vec(), name(ident)));
                rest
            }
            _ => {
                let mut path = vec![word.to_owned()];
                let after = match after_colons(
                    rest.get(..1).unwrap_or_default(),
                    rest.get(1..).unwrap_or_default(),
                ) {
                    Some(after) => take_path(&mut path, after),
                    None => rest,
                };
                if path.len() > 1 {
                    self.paths.push((within.to_vec(), path));
                }
                after
            }
        }
    }

    fn use_tree(&mut self, tree: &[TokenTree], within: &[String], prefix: &[String]) {
        let mut path = prefix.to_vec();
        let mut rest = tree;
        if let [first, after @ ..] = rest
            && let Some(after) = after_colons(std::slice::from_ref(first), after)
        {
            path.push(String::new());
            rest = after;
        }
        rest = take_path(&mut path, rest);
        match rest {
            [TokenTree::Group(group)] => {
                let members: Vec<TokenTree> = group.stream().into_iter().collect();
                for member in
                    members.split(|token| is_punct(token, ',')).filter(|member| !member.is_empty())
                {
                    self.use_tree(member, within, &path);
                }
            }
            [star] if is_punct(star, '*') => {
                self.uses.push(Use { within: within.to_vec(), path, name: None })
            }
            _ => {
                // `a::{self}` is `a`.
                if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                    path.pop();
                }
                let alias = match rest {
                    [_as, TokenTree::Ident(alias)] => Some(name(alias)),
                    _ => path.last().cloned(),
                };
                self.uses.push(Use { within: within.to_vec(), path, name: alias });
            }
        }
    }
}

/// Adds the segments at the front, and gives what follows the last `::` or the last segment.
fn take_path<'t>(path: &mut Vec<String>, mut rest: &'t [TokenTree]) -> &'t [TokenTree] {
    while let [TokenTree::Ident(ident), after @ ..] = rest {
        path.push(name(ident));
        match after_colons(after.get(..1).unwrap_or_default(), after.get(1..).unwrap_or_default()) {
            Some(after) => rest = after,
            None => return after,
        }
    }
    rest
}

/// What follows the `::` that starts with `first`.
fn after_colons<'t>(first: &[TokenTree], rest: &'t [TokenTree]) -> Option<&'t [TokenTree]> {
    match (first, rest) {
        ([TokenTree::Punct(one)], [two, rest @ ..])
            if one.as_char() == ':' && one.spacing() == Spacing::Joint && is_punct(two, ':') =>
        {
            Some(rest)
        }
        _ => None,
    }
}

/// What follows the item at the front: it ends with its body or with a semicolon.
fn skip_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    };
    let end = tokens.iter().position(is_end).map_or(tokens.len(), |at| at + 1);
    tokens.get(end..).unwrap_or_default()
}

/// Whether an attribute is a `cfg` that holds in tests only.
fn is_cfg_test(attribute: TokenStream) -> bool {
    match attribute.into_iter().collect::<Vec<_>>().as_slice() {
        [TokenTree::Ident(cfg), TokenTree::Group(condition)] if cfg == "cfg" => {
            is_test_only(&condition.stream().into_iter().collect::<Vec<_>>())
        }
        _ => false,
    }
}

fn is_test_only(condition: &[TokenTree]) -> bool {
    match condition {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(members)] => {
            let members: Vec<TokenTree> = members.stream().into_iter().collect();
            let mut members =
                members.split(|token| is_punct(token, ',')).filter(|member| !member.is_empty());
            (word == "all" && members.clone().any(is_test_only))
                || (word == "any" && members.all(is_test_only))
        }
        _ => false,
    }
}

fn is_visibility(group: TokenStream) -> bool {
    let Some(TokenTree::Ident(word)) = group.into_iter().next() else { return false };
    ["crate", "in", "self", "super"].iter().any(|known| word == known)
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn name(ident: &proc_macro2::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Imports, imports};

    fn read(text: &str) -> Imports {
        imports(text).unwrap()
    }

    /// The leaves of all `use` trees: `path`, or `path = name` where the name is another one, or
    /// `path::*`.
    fn uses(text: &str) -> Vec<String> {
        let show = |path: Vec<String>, name: Option<String>| match name {
            None => format!("{}::*", path.join("::")),
            Some(name) if path.last() == Some(&name) => path.join("::"),
            Some(name) => format!("{} = {name}", path.join("::")),
        };
        read(text).uses.into_iter().map(|found| show(found.path, found.name)).collect()
    }

    fn paths(text: &str) -> Vec<String> {
        read(text).paths.into_iter().map(|(_, path)| path.join("::")).collect()
    }

    #[test]
    fn a_use_is_its_path() {
        assert_eq!(uses("use crate::a::B;"), ["crate::a::B"]);
        assert_eq!(uses("pub(crate) use super::b;"), ["super::b"]);
        assert_eq!(uses("use serde;"), ["serde"]);
        assert_eq!(uses("use ::serde::de;"), ["::serde::de"]);
        assert_eq!(uses("use super::r#type;"), ["super::type"]);
    }

    #[test]
    fn braces_nest_and_span_lines() {
        let text = "use crate::{\n    a::{B, c::{D, E}}, // a comment; with a semicolon\n    f,\n\
            };\nuse {std::fs, crate::g};";
        assert_eq!(
            uses(text),
            ["crate::a::B", "crate::a::c::D", "crate::a::c::E", "crate::f", "std::fs", "crate::g"]
        );
    }

    #[test]
    fn self_in_braces_is_what_stands_before_them() {
        assert_eq!(uses("use super::a::{self, B};"), ["super::a", "super::a::B"]);
        assert_eq!(uses("use crate::a::{self as b};"), ["crate::a = b"]);
        assert_eq!(uses("use self::a::B;"), ["self::a::B"]);
    }

    #[test]
    fn as_gives_another_name() {
        assert_eq!(
            uses("use crate::a::B as C; use crate::a::{D as E, Write as _};"),
            ["crate::a::B = C", "crate::a::D = E", "crate::a::Write = _"]
        );
    }

    #[test]
    fn a_glob_has_no_name() {
        assert_eq!(
            uses("use super::*; use crate::a::{b::*, c};"),
            ["super::*", "crate::a::b::*", "crate::a::c"]
        );
    }

    #[test]
    fn a_use_counts_within_functions_and_inline_modules() {
        let found =
            read("fn f() { use crate::a::B; } mod m { use super::c; mod n { use crate::d; } }")
                .uses;
        let within: Vec<_> = found.iter().map(|found| found.within.join("::")).collect();
        assert_eq!(within, ["", "m", "m::n"]);
    }

    #[test]
    fn precise_capturing_is_no_import() {
        assert!(uses("fn f<'a>() -> impl Sized + use<'a> {}").is_empty());
    }

    #[test]
    fn paths_are_found_in_code_macros_and_attributes() {
        let text = "#[arg(value_parser = crate::cli::at)] fn f(x: crate::a::B) \
            { vec![super::c(1)]; if x == Level::Error {} }";
        assert_eq!(paths(text), ["crate::cli::at", "crate::a::B", "super::c", "Level::Error"]);
    }

    #[test]
    fn generics_end_a_path() {
        assert_eq!(
            paths(
                "fn f() { crate::a::g::<crate::b::C>(); <D as crate::e::F>::X::y(); \
                 ::std::mem::drop(1); }"
            ),
            ["crate::a::g", "crate::b::C", "crate::e::F"]
        );
    }

    #[test]
    fn texts_comments_and_visibility_are_no_paths() {
        let text = r##"//! crate::a::B
            /* crate::c */ pub(in crate::d::e) struct S<'a>(&'a str); const T: &str = r#"use crate::f; "crate::g"#; const C: char = '"';"##;
        assert!(paths(text).is_empty() && uses(text).is_empty());
    }

    #[test]
    fn code_for_tests_does_not_count() {
        let text = "
            #[cfg(test)] use crate::a::A;
            #[cfg(test)] #[path = \"x.rs\"] mod unit;
            #[cfg(all(test, unix))] mod tests { use crate::b::B; }
            #[cfg(any(test, unix))] use crate::c::C;
            #[cfg(not(test))] use crate::d::D;
            #[cfg(test)] fn f() { crate::e::e() }
            use crate::f::F;";
        assert_eq!(uses(text), ["crate::c::C", "crate::d::D", "crate::f::F"]);
        assert!(paths(text).is_empty());
    }

    #[test]
    fn items_are_those_of_modules() {
        let text = "pub struct S { x: u8 } impl S { fn method() {} } pub(crate) fn f() \
            { struct Inner; } mod m { enum E {} } mod n; macro_rules! r { () => {} }";
        let items: Vec<_> = read(text)
            .items
            .into_iter()
            .map(|(within, name)| [within, vec![name]].concat().join("::"))
            .collect();
        assert_eq!(items, ["S", "f", "m::E", "n", "r"]);
    }
}
