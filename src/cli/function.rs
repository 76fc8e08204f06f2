//! What every door of kustomize shares: a config says which spec is compiled, as far as the person
//! who runs the tool allows it.

use std::path::{Path, PathBuf};

use super::session::Session;
use crate::compile::{environment::NamedBy, resolve};
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::integrations::krm::{FunctionConfig, SpecPlace};
use crate::os::texts::{file_text, shown_name};
use crate::world::{Escape, ReadError, World};

/// Loads the spec of a config, as it is run in the directory `base`, in place of those before.
pub fn load(config: &FunctionConfig, base: &Path, session: &mut Session) {
    session.clear_specs();
    match &config.spec {
        SpecPlace::Inline(text) => {
            let file = session.sources.add_flag("spec.inline", text.as_str());
            session.add_text(file, base);
        }
        SpecPlace::Path(path) => match spec_file(path, base, session) {
            Ok((file, text)) => {
                let folder = file.parent().unwrap_or(Path::new(""));
                let file = session.sources.add(shown_name(&file), text);
                session.add_text(file, folder);
            }
            Err(diagnostic) => session.problems.push(*diagnostic),
        },
    }
    session.choose_environment(NamedBy::Config, config.env.as_deref());
    for text in &config.set {
        session.set_variable("spec.set", text);
    }
    session.select(&config.only);
}

/// The spec that `path` names, and its text. It lies below the working directory, or one of
/// `--allow-path`: a config is part of a repository, and cannot grant itself access.
fn spec_file(
    path: &str,
    base: &Path,
    session: &mut Session,
) -> Result<(PathBuf, String), Box<Diagnostic>> {
    let world = session.world(base)?;
    let inside = format!("{}/mintage.toml", path.trim_end_matches('/'));
    let limit = session.options.limits.file;
    let (path, read) = match world.read(path, limit) {
        Err(ReadError::Directory) => (inside.as_str(), world.read(&inside, limit)),
        read => (path, read),
    };
    session.inputs.extend(world.inputs());
    match read {
        Ok(bytes) => {
            let file = base.join(path);
            let text = file_text(&bytes, &shown_name(&file))?;
            Ok((file, text))
        }
        Err(error) => Err(Box::new(read_error(&error, path))),
    }
}

/// Paths of a config start where the function is run, which is not always where its author thinks.
fn read_error(error: &ReadError, path: &str) -> Diagnostic {
    let diagnostic = match error {
        ReadError::NotFound { .. } => {
            diagnostic!(FILE_NOT_FOUND, "the spec {} does not exist", code(path))
                .help("set `spec.path` to a spec, or to a folder that contains a `mintage.toml`")
        }
        ReadError::OutsideRoot(escape) => {
            let by = if *escape == Escape::Symlink { ", by a symbolic link" } else { "" };
            diagnostic!(FILE_OUTSIDE_ROOT, "{} is outside the working directory{by}", code(path))
                .help("move the spec into the working directory, or write it in `spec.inline`")
                .help("pass `--allow-path DIR` to `mintage krm` if you control its arguments")
        }
        error => return resolve::read_error(error, path),
    };
    diagnostic.note(
        "`spec.path` is relative to the working directory: the kustomization's folder in \
         kustomize, the caller's in kpt",
    )
}
