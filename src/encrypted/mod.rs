pub(crate) mod declared;
pub(crate) mod generate;
