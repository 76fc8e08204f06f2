//! age files, identities and recipients against the tools that make them: age, rage, typage and
//! ssh-keygen.

mod lab;

mod damage;
mod encrypts;
mod identities;
mod opens;
mod passphrases;
mod plugins;
mod recipients;
mod refuses;
mod vectors;
