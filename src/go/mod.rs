//! What Go and Kubernetes read, with their leniencies. Their exactness is the product: what the API
//! server takes, mintage takes.

pub(crate) mod base64;
pub(crate) mod der;
pub(crate) mod json;
pub(crate) mod pem;
pub(crate) mod time;
pub(crate) mod x509;
pub(crate) mod yaml;
pub(crate) mod yaml_scalar;
