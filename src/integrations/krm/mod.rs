//! mintage as a KRM function: a `ResourceList` in, the same list with the spec's Secrets out. Pure: what is read and compiled is the
//! command line's business.
//!
//! Source: Kubernetes Resource Model functions specification v1 (`kustomize/cmd/config/docs/api-conventions/functions-spec.md`).

pub mod config;
pub mod flow;
pub mod inline;
pub mod list;
pub mod merge;
pub mod messages;
pub mod results;
pub mod rewrite;

pub use config::{FunctionConfig, SpecPlace};
pub use list::ResourceList;
pub use merge::{Plan, plan};
pub use results::results;
pub use rewrite::rewrite;
