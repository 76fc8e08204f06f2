//! age's armor, more kindly than age reads it: indented, with blank lines around, as it stands in a
//! TOML string.

use std::io::Read;

use age::armor::ArmoredReader;

use super::Damage;

const ARMOR_END: &str = "-----END AGE ENCRYPTED FILE-----";

/// The armor of `text` as age wants it: no blanks around any line, no empty lines before or after,
/// lines ended by LF.
///
/// For the `armor` source, whose text is indented as its author likes. Text that is no armor stays
/// what it is.
pub(crate) fn dedent_armor(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut out = String::with_capacity(text.len() + 1);
    for line in text.lines() {
        out.push_str(line.trim());
        out.push('\n');
    }
    out
}

pub(crate) fn unarmor(bytes: &[u8]) -> Result<Vec<u8>, Damage> {
    let armor = dedent_armor(std::str::from_utf8(bytes).map_err(|_| Damage::Armor)?);
    if !armor.trim_end().ends_with(ARMOR_END) {
        return Err(if armor.contains(ARMOR_END) {
            Damage::TextAfterArmor
        } else {
            Damage::ArmorCut
        });
    }
    let mut binary = Vec::with_capacity(armor.len() / 4 * 3);
    // age's error may name a symbol of the text; which one does not matter to anybody.
    ArmoredReader::new(armor.as_bytes()).read_to_end(&mut binary).map_err(|_| Damage::Armor)?;
    Ok(binary)
}

#[cfg(test)]
mod tests {
    use super::dedent_armor;

    #[test]
    fn blanks_around_lines_go() {
        assert_eq!(
            dedent_armor("\n  -----BEGIN\r\n\t  AAAA \n  -----END\n\n "),
            "-----BEGIN\nAAAA\n-----END\n"
        );
        assert_eq!(dedent_armor("\u{feff}-----BEGIN"), "-----BEGIN\n");
        assert_eq!(dedent_armor(""), "");
    }
}
