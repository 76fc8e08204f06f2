//! mintage as a KRM function: a `ResourceList` in, the same list with the spec's Secrets out. Pure:
//! what is read and compiled is the command line's business.
//!
//! Source: Kubernetes Resource Model functions specification v1
//! (`kustomize/cmd/config/docs/api-conventions/functions-spec.md`).

pub(crate) mod config;
pub(crate) mod inline;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod results;
pub(crate) mod rewrite;

pub(crate) use config::{FunctionConfig, SpecPlace};
pub(crate) use list::ResourceList;
pub(crate) use merge::{Plan, plan};
pub(crate) use results::results;
pub(crate) use rewrite::rewrite;
