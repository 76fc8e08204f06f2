//! Variables of the environment with keys, which the programs that mintage starts do not get, but
//! for plugins.

use std::process::Command;

/// Those that hold a key or a passphrase, or where one is.
const KEYS: [&str; 4] =
    ["MINTAGE_IDENTITY", "SOPS_AGE_KEY", "MINTAGE_PASSPHRASE", "MINTAGE_PASSPHRASE_FILE"];

pub(crate) fn remove_from(command: &mut Command) -> &mut Command {
    for name in KEYS {
        command.env_remove(name);
    }
    command
}
