//! The program as its users meet it: one binary, a module a subject.

mod argocd;
mod case;
mod cases;
mod ci;
mod diff;
mod docs;
mod examples;
mod explain;
mod fixes;
mod github;
mod inspect;
mod krm;
mod kustomize;
mod layering;
mod leaks;
mod manifests;
mod no_network;
mod output_folder;
mod peer_versions;
#[path = "../peers/mod.rs"]
mod peers;
mod sarif;
#[path = "../support/mod.rs"]
mod support;
mod ui;
mod usage;
