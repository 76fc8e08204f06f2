//! Names that end in a hash of kustomize's, so that a Secret is recognised under its next name.

/// What kustomize writes hashes with: hexadecimal digits, with those replaced that could spell words (api `hasher.go`, `encode`).
const DIGITS: &str = "2456789bcdfghkmt";

/// How many of them a hash has.
const LENGTH: usize = 10;

/// The name before its hash; `None` if it does not end in one.
pub(crate) fn base(name: &str) -> Option<&str> {
    let (base, hash) = name.rsplit_once('-')?;
    (!base.is_empty() && hash.len() == LENGTH && hash.chars().all(|c| DIGITS.contains(c))).then_some(base)
}

#[cfg(test)]
mod tests {
    use crate::emit::hash::kustomize_suffix;
    use crate::secret::Secret;
    use super::base;

    #[test]
    fn hashes_are_recognised() {
        for index in 0..500 {
            let data = [("k".to_owned(), index.to_string().into())].into();
            let suffix = kustomize_suffix(&Secret { type_: "Opaque".into(), data, ..Secret::default() });
            assert_eq!(base(&format!("a-b-{suffix}")), Some("a-b"), "{suffix}");
        }
        for name in ["db", "db-8fb7cfch8", "db-8fb7cfch841", "db-8fb7cfcha4", "8fb7cfch84", "-8fb7cfch84"] {
            assert_eq!(base(name), None, "{name}");
        }
    }
}
