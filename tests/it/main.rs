//! The program as its users meet it: one binary, a module a subject.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "tests read files, start programs and say what they leave out"
)]
#![allow(unreachable_pub, reason = "tests are read more easily with a plain `pub`")]

mod architecture;
mod argocd;
mod case;
mod ci;
#[cfg(unix)]
mod credentials;
mod diff;
mod docs;
#[cfg(target_os = "linux")]
mod edit;
mod examples;
mod explain;
mod formats;
#[cfg(unix)]
mod generate;
#[cfg(unix)]
mod git_diff;
#[cfg(unix)]
mod identity_commands;
#[cfg(unix)]
mod init;
mod inspect;
mod keys;
mod krm;
mod kustomize;
mod leaks;
mod manifests;
mod no_network;
mod output_folder;
mod overwrite;
#[cfg(unix)]
mod paths;
mod peer_versions;
#[path = "../peers/mod.rs"]
mod peers;
#[cfg(target_os = "linux")]
mod pty;
mod secrets_stay;
#[cfg(unix)]
mod small_disk;
#[path = "../support/mod.rs"]
mod support;
#[cfg(target_os = "linux")]
mod team;
mod ui;
mod usage;
mod values;
#[cfg(unix)]
mod writers;
