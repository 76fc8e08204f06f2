//! The program as its users meet it: one binary, a module a subject.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "tests read files, start programs and say what they leave out"
)]

mod architecture;
mod argocd;
mod ci;
mod diff;
mod docs_commands;
mod examples;
mod explain;
mod formats;
mod inspect;
mod krm;
mod kustomize_doors;
mod leaks;
mod manifests;
mod no_network;
mod output_folder;
mod overwrite;
#[path = "../peers/mod.rs"]
mod peers;
mod ui;
mod usage;
