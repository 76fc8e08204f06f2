//! The lines that Git writes around what it could not merge.

/// Where the first of them begins, in bytes. They don't occur in a well-formed file of any format
/// that is read here, except inside of long strings: so look only where one is malformed.
///
/// Source: <https://git-scm.com/docs/git-merge#_how_conflicts_are_presented>.
pub(crate) fn conflict_marker(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// What to do about them.
pub(crate) const RESOLVE: &str = "resolve it: keep the lines of one side, and remove those that \
    start with `<<<<<<<`, `=======` and `>>>>>>>`";
