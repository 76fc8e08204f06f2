//! What Go and Kubernetes read, with their leniencies. Their exactness is the product: what the API server takes, mintage takes.

pub mod base64;
pub mod der;
pub mod json;
pub mod pem;
pub mod time;
pub mod x509;
pub mod yaml_scalar;
