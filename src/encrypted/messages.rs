//! Why a file has no readers, in words.

use super::held::{Elsewhere, Held, Read, Use};
use super::rules::RuleFault;
use crate::diag::phrases::{code, nearest, one_of, quoted, shell_word};
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::spec::value::How;

/// `path` is the file as messages call it; `spec` the spec with the rules, and `inside` the path
/// of the file from its folder.
pub(crate) fn rule_fault(fault: RuleFault, path: &str, spec: &str, inside: &str) -> Diagnostic {
    let file = code(path);
    match fault {
        RuleFault::MissingTables => diagnostic!(
            RECIPIENT,
            "no `mintage.toml` says who may read {file}"
        )
        .note(
            "mintage looks in the folder of the file and in those above it, up to the repository's \
             root",
        )
        .help(
            "run `mintage init` in one of these folders: it writes `[recipients]` and \
             `[[encrypt]]`, or prints the lines to add to a `mintage.toml` that exists",
        ),
        RuleFault::MissingRules => diagnostic!(
            RECIPIENT,
            "{} has no rule that says who may read {file}",
            code(spec)
        )
        .help(
            "add one: `[[encrypt]]` with `path = \"**\"` and `to = [...]`, a list of names from \
                 `[recipients]`",
        ),
        RuleFault::Unmatched => {
            diagnostic!(RECIPIENT, "no `[[encrypt]]` rule of {} matches {file}", code(spec))
                .note("`path` is a glob from the folder of the spec; `*` does not match `/`")
                .help(format!("add a rule: `[[encrypt]]` with `path = {}`", quoted(inside)))
        }
    }
}

/// Two specs have rules for a file: `own` those of a spec that reads it, `nearest` those of the
/// nearest spec above the file.
pub(crate) fn two_specs(file: &str, own: &str, nearest: &str) -> Diagnostic {
    let (file, own, nearest) = (code(file), code(own), code(nearest));
    diagnostic!(RECIPIENT, "both {own} and {nearest} say who may read {file}")
        .note(format!(
            "{own} has the rules for the spec that reads the file, and {nearest} is the nearest \
             with rules in the folder of the file or above"
        ))
        .help(format!("keep `[recipients]` and `[[encrypt]]` in only one of {own} and {nearest}"))
}

/// A path where no encrypted file belongs.
pub(crate) fn reserved(file: &str) -> Diagnostic {
    diagnostic!(RECIPIENT, "{} can't be an encrypted file", code(file))
        .note("Git and mintage read files of this name themselves")
        .help("choose another path, such as `secrets/NAME.age`")
}

pub(crate) fn no_secret<'s>(name: &str, ids: impl Iterator<Item = &'s str> + Clone) -> Diagnostic {
    let own_name = |id: &'s str| id.rsplit_once('/').map_or(id, |(_, name)| name);
    let near = nearest(name, ids.clone()).or_else(|| nearest(name, ids.map(own_name)));
    diagnostic!(USAGE, "the spec has no Secret {}", code(name)).help(instead(near))
}

pub(crate) fn no_key<'s>(name: &str, key: &str, keys: impl Iterator<Item = &'s str>) -> Diagnostic {
    diagnostic!(USAGE, "{} has no key {}", code(name), code(key)).help(instead(nearest(key, keys)))
}

fn instead(near: Option<&str>) -> String {
    let list = "run `mintage list` to see the Secrets and their keys";
    near.map_or(list.to_owned(), |near| format!("write {}, or {list}", code(near)))
}

/// `NAME KEY` is in several files, one for each environment.
pub(crate) fn several_places(key: &str, name: &str, found: &[Use]) -> Diagnostic {
    let mut problem =
        diagnostic!(USAGE, "{} of {} is not the same in each environment", code(key), code(name));
    // Namespaces repeat an environment.
    let mut envs: Vec<&str> = Vec::new();
    for use_ in found {
        let Some(env) = use_.env.as_deref() else { continue };
        if envs.contains(&env) {
            continue;
        }
        envs.push(env);
        let place = match &use_.held {
            Held::Key { key, file, .. } if file.how == How::Age => {
                format!("{} in {}", code(&key.to_string()), code(&file.what))
            }
            Held::File(path) => code(path),
            _ => "the spec".to_owned(),
        };
        problem = problem.note(format!("{}: {place}", code(env)));
    }
    problem.help(format!("choose one with `-e`: {}", one_of(envs)))
}

/// A finding that a removed value is required: to add it is no advice.
pub(crate) fn required(finding: &mut Diagnostic, is_credential: bool, is_custom: bool) {
    if ![&codes::MISSING_KEY, &codes::MISSING_DATA_KEY].contains(&finding.code) {
        return;
    }
    finding.fixes.clear();
    let help = match (is_credential, is_custom) {
        (true, _) => "remove the whole registry from the spec in an editor",
        (false, true) => {
            "remove the whole Secret from the spec in an editor, or change its `type` or \
             `required-keys`"
        }
        (false, false) => {
            "remove the whole Secret from the spec in an editor, or move it to a list of another \
             type"
        }
    };
    finding.helps = vec![help.to_owned()];
}

/// The value has no place that could be changed by itself. `shown` gives the path of a file of the
/// spec from the current folder.
pub(crate) fn elsewhere(what: &str, why: &Elsewhere, shown: &dyn Fn(&str) -> String) -> Diagnostic {
    let name = |read: &Read| match read.how {
        How::Armor => "the armored text in the spec".to_owned(),
        How::EnvVar => format!("the environment variable {}", code(&read.what)),
        How::Age | How::File => code(&shown(&read.what)),
    };
    let edit = |read: &Read| match read.how {
        How::Age => code(&format!("mintage edit {}", shell_word(&shown(&read.what)))),
        _ => name(read),
    };
    let files = |files: &[Read]| match files {
        [] => "change the spec".to_owned(),
        files => {
            let files: Vec<String> = files.iter().map(edit).collect();
            format!("change what it reads: {}", files.join(", "))
        }
    };
    let (comes, help) = match why {
        Elsewhere::PlainFile(path) => (
            format!("comes from {}, which is not encrypted", code(&shown(path))),
            "change the file, or encrypt it with `mintage encrypt`, and write `age = \"...\"`"
                .to_owned(),
        ),
        Elsewhere::EnvVar(name) => (
            format!("comes from the environment variable {}", code(name)),
            "change the variable".to_owned(),
        ),
        Elsewhere::Template(read) => ("is made by a template in the spec".to_owned(), files(read)),
        Elsewhere::Rendered(read) => (
            format!("is {}, rendered as a template", name(read)),
            format!("change the template: {}", edit(read)),
        ),
        Elsewhere::Joined(read) => ("is joined from several values".to_owned(), files(read)),
        Elsewhere::Tree(title) => (
            format!("is {title} that the spec writes"),
            "change the tree in the spec, or the sources that it reads".to_owned(),
        ),
        Elsewhere::DecodedFile(read) => (
            format!("comes from {}, which is decoded as a whole", name(read)),
            format!("change the file: {}", edit(read)),
        ),
        Elsewhere::Registries => (
            "is made from `registries`".to_owned(),
            "name one of its credentials, such as `ghcr.io.password`".to_owned(),
        ),
        Elsewhere::Public => {
            ("is not secret and is in the spec".to_owned(), "change the spec".to_owned())
        }
        Elsewhere::Broken => (
            "can't be found: its path or key is not valid".to_owned(),
            "run `mintage check`".to_owned(),
        ),
    };
    diagnostic!(USAGE, "{what} {comes}").help(help)
}
