//! Texts in columns, as wide as their widest cell.

use std::iter;

use unicode_width::UnicodeWidthStr;

pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(cell.width());
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(iter::repeat_n(' ', width + 2 - cell.width()));
        }
        out.extend([line.trim_end(), "\n"]);
    }
    out
}
