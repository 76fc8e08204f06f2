//! The `auth` of a registry's entry: base64 of `USERNAME:PASSWORD`, as `decodeDockerConfigFieldAuth` of the kubelet reads it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::credentials::{EntryProblem, Login};

/// User name and password of a non-empty `auth`. Go's decoder does not mind line breaks, nor bits left over at the end.
pub(crate) fn decode(auth: &str) -> Result<Login, EntryProblem> {
    // With `=` at the end it must be padded rightly, without it must not be padded.
    let padding = if auth.trim().ends_with('=') { DecodePaddingMode::RequireCanonical } else { DecodePaddingMode::RequireNone };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding).with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&STANDARD, config);
    let mut text = Zeroizing::new(Vec::with_capacity(auth.len()));
    text.extend(auth.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    let mut decoded = Zeroizing::new(vec![0; text.len()]);
    let length = engine.decode_slice(text.as_slice(), decoded.as_mut_slice()).map_err(|_| EntryProblem::AuthBase64)?;
    let mut parts = decoded.get(..length).unwrap_or_default().splitn(2, |byte| *byte == b':');
    match (parts.next(), parts.next()) {
        (Some(username), Some(password)) => {
            Ok(Login { username: Zeroizing::new(username.to_vec()), password: Zeroizing::new(password.to_vec()) })
        }
        _ => Err(EntryProblem::AuthColon),
    }
}
