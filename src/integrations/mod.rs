//! Other programs call mintage through these: KRM functions, Argo CD, Helm, and the search for committed secrets.

pub mod argocd;
pub mod guard;
pub mod krm;
pub mod post_render;
