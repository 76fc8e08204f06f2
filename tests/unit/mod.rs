//! Tests of internals against real programs and recorded answers. They are a part of the library
//! when it is tested, so that they see what is not public.

mod age;
mod api_server;
mod damaged_specs;
mod docker_json;
mod explain;
pub(crate) mod formats;
mod hash;
mod identity_files;
mod keys;
mod masks;
mod output;
#[path = "../peers/mod.rs"]
mod peers;
#[path = "../it/ui/planted.rs"]
mod planted;
mod practice;
mod props;
mod readers;
mod registry_keys;
mod sandbox;
mod schema;
mod spec_edits;
mod spec_lints;
mod ssh_lints;
mod structure;
#[path = "../support/mod.rs"]
pub mod support;
mod support_works;
mod tls_lints;
#[path = "../it/ui/markdown.rs"]
#[allow(dead_code, reason = "it is shared with the test that runs the cases and rewrites them")]
mod ui;
