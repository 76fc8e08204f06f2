//! An armored text of a spec in the editor: only its lines change.

use super::editing::{self, Subject, Unsaved};
use crate::cli::Exit;
use crate::cli::keys::WriteOptions;
use crate::cli::value_run::{Old, ValueRun};
use crate::encrypted::changed;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::structure::Format;

pub(super) fn edit(
    mut run: ValueRun,
    (span, format): (Span, Option<Format>),
    write: &WriteOptions,
) -> Exit {
    let opened = match run.open_armor(span) {
        Ok(opened) => opened,
        Err(problem) => return run.fail(*problem),
    };
    let shown = run.armor_name(span);
    let name = format.map_or("secret".to_owned(), |format| format!("secret.{}", format.name()));
    let before = &opened.plain;
    let empty_help = "remove the value with `mintage unset NAME KEY` if it is not needed any more";
    let subject = Subject { shown: &shown, name: &name, format, before: Some(before), empty_help };
    let terminal = run.session.terminal.clone();
    let mut save = |text: &SecretBytes| -> Result<(), Unsaved> {
        let all_new = changed::every_value(format, before, text);
        let old = Old { claim: &opened.claim, armored: true, all_new };
        let armored = run.seal_armor(text, Some(old), write)?;
        let text = run.with_armor(&[(span, &armored)])?;
        Ok(run.write(&[run.write_of_spec(&text)], write)?)
    };
    super::said(editing::edit(&subject, &terminal, &mut save), &subject, &terminal)
}
