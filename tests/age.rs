//! age files, identities and recipients against the tools that make them: age, rage, typage and ssh-keygen.

mod peers;

#[path = "age/lab.rs"]
mod lab;

#[path = "age/damage.rs"]
mod damage;
#[path = "age/identities.rs"]
mod identities;
#[path = "age/opens.rs"]
mod opens;
#[path = "age/passphrases.rs"]
mod passphrases;
#[path = "age/recipients.rs"]
mod recipients;
#[path = "age/refuses.rs"]
mod refuses;
