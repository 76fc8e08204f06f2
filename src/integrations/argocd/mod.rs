//! Argo CD: what an Application asks for, what its parameters are, and the manifests that
//! put the plugin beside a repo-server.
//!
//! Rules out of `cmpserver/plugin/plugin.go`, `cmpserver/plugin/config.go` and
//! `reposerver/repository/repository.go` of argoproj/argo-cd.

pub(crate) mod announcement;
pub(crate) mod manifests;
pub(crate) mod request;
