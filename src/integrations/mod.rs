//! Other programs call mintage through these: KRM functions, Argo CD, Helm, and the search for
//! committed secrets.

pub(crate) mod argocd;
pub(crate) mod guard;
pub(crate) mod krm;
pub(crate) mod post_render;
