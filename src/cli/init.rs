//! `mintage init`: what a folder needs for encrypted Secrets, and what the person needs.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::Args;

use super::{Exit, terminal::Terminal};
use crate::age::messages::bad_identity;
use crate::age::{IdentityInfo, IdentityKind, Keyring, NewIdentity, Plugins, generate_identity};
use crate::diag::{
    Diagnostic, diagnostic,
    phrases::{code, printable, shell_word},
};
use crate::os::bounded_read::{shorter_name, system_words};
use crate::os::line_file::{self, Added};
use crate::os::new_folders::NewFolders;
use crate::os::paths::from_here;
use crate::os::repository::folders_above;
use crate::os::{identity_files, new_identity, texts::shown_name};
use crate::spec::edit::{key_literal, string_literal};
use crate::spec::names_readers;

/// Start a spec, with an identity if you have none
///
/// Writes mintage.toml, .gitignore and .gitattributes. Existing files are kept; missing lines are
/// added to .gitignore and .gitattributes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage init                           start in the current folder
  mintage init deploy/                   start in another folder
  mintage set mysql MYSQL_ROOT_PASSWORD  next: encrypt a first value
  mintage build                          next: print the manifest")]
pub struct Init {
    /// Folder of the new spec
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// The person's public half.
struct Me {
    recipient: String,
    /// What was done about it.
    said: String,
}

impl Init {
    pub fn run(&self) -> Exit {
        let terminal = Terminal::plain();
        match self.init() {
            Ok(text) => terminal.print(&text),
            Err(diagnostic) => terminal.fail(*diagnostic),
        }
    }

    fn init(&self) -> Result<String, Box<Diagnostic>> {
        let spec = self.dir.join("mintage.toml");
        let mut folders = NewFolders::default();
        folders.make_for(&spec)?;
        let me = identity()?;
        let mut said = vec![me.said.clone()];
        let above = readers_above(&self.dir);
        let from_spec = above.as_deref().map(|path| path.strip_prefix(&self.dir).unwrap_or(path));
        let text = spec_text(&me, from_spec);
        let is_new = create(&spec, &text)?;
        said.push(match (is_new, &above) {
            (true, None) => format!("wrote {}", shown(&spec)),
            (true, Some(above)) => {
                format!(
                    "wrote {}; {} says who can read its files",
                    shown(&spec),
                    shown(&from_here(above))
                )
            }
            (false, _) => format!("kept {}", shown(&spec)),
        });
        said.push(self.lines(".gitignore", GITIGNORE)?);
        said.push(self.lines(".gitattributes", GITATTRIBUTES)?);
        said.extend(missing_rules(&spec, above.as_deref(), &me));
        Ok(format!("{}\n\nNext:\n\n{}", said.join("\n"), self.next()))
    }

    fn lines(&self, name: &str, lines: &[&str]) -> Result<String, Box<Diagnostic>> {
        let path = self.dir.join(name);
        Ok(match line_file::add(&path, lines).map_err(|error| cannot_write(&path, &error))? {
            Added::File => format!("wrote {}", shown(&path)),
            Added::Nothing => format!("kept {}", shown(&path)),
            Added::Lines(added) => {
                let added: Vec<String> = added.iter().map(|line| code(line)).collect();
                format!("added {} to {}", added.join(", "), shown(&path))
            }
        })
    }

    fn next(&self) -> String {
        let is_here = self.dir == Path::new(".") || self.dir.as_os_str().is_empty();
        let dir = self.dir.to_string_lossy();
        let cd = match is_here {
            true => String::new(),
            false => format!("    cd {}\n", shell_word(&dir)),
        };
        format!(
            "{cd}    mintage set mysql MYSQL_ROOT_PASSWORD
    mintage build
    mintage install git        shows masked changes of values in `git diff`
"
        )
    }
}

/// Plaintext that commands and people leave, and keys.
const GITIGNORE: &[&str] = &[
    "# Rendered Secrets, plaintext and keys: never committed.",
    "/rendered/",
    "/secrets.yaml",
    "*.dec",
    "*.agekey",
    "identities.txt",
    ".env",
];

const GITATTRIBUTES: &[&str] = &["*.age -text -merge", "*.age diff=mintage"];

/// An entry of `[recipients]`, and a rule for all files.
fn tables(me: &Me, name: &str) -> (String, String) {
    let recipients = format!("{} = {}", key_literal(name), string_literal(&me.recipient));
    let rule = format!("[[encrypt]]\npath = \"**\"\nto = [{}]", string_literal(name));
    (recipients, rule)
}

fn spec_text(me: &Me, above: Option<&Path>) -> String {
    let (recipients, rule) = tables(me, &login_name());
    let readers = match above {
        Some(above) => {
            format!(
                "# Who can read encrypted files: see {}.\n",
                printable(&above.to_string_lossy())
            )
        }
        None => format!(
            "# Who can read encrypted files: names, and the recipients that `mintage keygen` prints.
[recipients]
{recipients}

# Who can read which files. The first rule whose path matches applies.
{rule}
"
        ),
    };
    format!(
        "{readers}
# Each Secret has a list named after its type. `mintage set NAME KEY` adds one, or write it:
# [[opaque]]
# name = \"mysql\"
# data.MYSQL_ROOT_PASSWORD = {{ age = \"secrets/mysql-root-password.age\" }}
"
    )
}

/// What a kept spec, or the one above, lacks.
fn missing_rules(spec: &Path, above: Option<&Path>, me: &Me) -> Option<String> {
    let holder = from_here(above.unwrap_or(spec));
    let text = fs::read_to_string(&holder).ok()?;
    if text.contains(&me.recipient) {
        return None;
    }
    let name = free_name(&text);
    let (recipients, rule) = tables(me, &name);
    if !names_readers(&text) {
        return Some(format!(
            "{} does not say who can read encrypted files: add these lines at its end\n\n\
             [recipients]\n{recipients}\n\n{rule}",
            shown(&holder)
        ));
    }
    Some(format!(
        "{} does not list your recipient: add {} to [recipients] and {} to the [[encrypt]] \
         rules, and ask someone who can read the files to run `mintage rekey`",
        shown(&holder),
        code(&recipients),
        code(&string_literal(&name))
    ))
}

/// The `mintage.toml` of a folder above, in the same repository, that says who can read.
fn readers_above(dir: &Path) -> Option<PathBuf> {
    let specs = folders_above(dir).into_iter().map(|folder| folder.join("mintage.toml"));
    specs.into_iter().find(|path| fs::read_to_string(path).is_ok_and(|text| names_readers(&text)))
}

/// The login name, with a number if `[recipients]` has it for another person.
fn free_name(text: &str) -> String {
    let login = login_name();
    let is_taken = |name: &str| {
        let key = key_literal(name);
        let rest = |line: &str| line.trim().strip_prefix(&key).map(|rest| rest.trim().to_owned());
        text.lines().filter_map(rest).any(|rest| rest.starts_with('='))
    };
    let numbered = (2..100).map(|number| format!("{login}-{number}"));
    let mut names = [login.clone()].into_iter().chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(login)
}

fn login_name() -> String {
    let variables = ["USER", "LOGNAME", "USERNAME"].into_iter();
    let mut names = variables.filter_map(|name| env::var(name).ok());
    names.find(|name| !name.trim().is_empty()).unwrap_or_else(|| "me".to_owned())
}

/// The recipient of the identity that there is, or of a new one.
fn identity() -> Result<Me, Box<Diagnostic>> {
    let variable = |name: &str| env::var_os(name);
    let gathered = identity_files::gather(&[], &variable).map_err(|mut faults| {
        faults.truncate(1);
        Box::new(faults.pop().unwrap_or_else(|| diagnostic!(BAD_IDENTITY, "no identity")))
    })?;
    let (ring, bad) = Keyring::load(gathered.identities, Plugins::Never);
    if let Some(bad) = bad.first() {
        return Err(Box::new(bad_identity(bad)));
    }
    let mut held = ring.identities(false);
    if held.iter().all(|info| native_recipient(info).is_none()) {
        ring.run_commands().map_err(|bad| Box::new(bad_identity(&bad)))?;
        held = ring.identities(false);
    }
    let found = held.iter().find_map(|info| native_recipient(info).map(|public| (info, public)));
    if let Some((info, recipient)) = found {
        let said = format!("kept your identity {}", code(&info.origin));
        return Ok(Me { recipient: recipient.to_owned(), said });
    }
    if let Some(locked) = held.first() {
        let origin = code(&locked.origin);
        return Err(Box::new(
            diagnostic!(BAD_IDENTITY, "the recipient of {origin} is not known")
                .note("`mintage init` asks for no passphrase and runs no plugin")
                .help("write `mintage.toml` with your recipient in `[recipients]` yourself"),
        ));
    }
    new_identity()
}

fn native_recipient(info: &IdentityInfo) -> Option<&str> {
    let is_native = matches!(info.kind, IdentityKind::X25519 | IdentityKind::Hybrid);
    info.public.as_deref().filter(|_| is_native)
}

fn new_identity() -> Result<Me, Box<Diagnostic>> {
    let Some(path) = new_identity::default_path() else {
        return Err(Box::new(
            diagnostic!(CANNOT_WRITE, "there is no place for an identity: `HOME` is not set")
                .help("set `HOME`, or `MINTAGE_IDENTITY_FILE` to an identity that you have"),
        ));
    };
    let made = generate_identity(NewIdentity::X25519);
    new_identity::write(&path, &made)?;
    let said = format!(
        "wrote your new identity to {}: keep a copy in a safe place, you can't decrypt without it",
        code(&path.display().to_string())
    );
    Ok(Me { recipient: made.recipient, said })
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str) -> Result<bool, Box<Diagnostic>> {
    match line_file::create(path, text) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => Ok(false),
        Err(error) => Err(cannot_write(path, &error)),
    }
}

fn shown(path: &Path) -> String {
    code(&shown_name(path))
}

fn cannot_write(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let why = system_words(error);
    let problem = diagnostic!(CANNOT_WRITE, "can't write {}: {why}", shown(path));
    Box::new(problem.maybe_help(shorter_name(error)))
}
