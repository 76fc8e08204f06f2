//! The hash suffix, against the kustomize inside kubectl.

use std::collections::BTreeMap;
use std::fs;

use crate::emit::hash::kustomize_suffix;
use crate::secret::Secret;
use crate::unit::peers;

/// Numbers that look random and are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Lengths around which base64 reaches a multiple of kustomize's line of 70 characters, and others.
fn length(numbers: &mut Numbers) -> usize {
    let edges = [0, 1, 2, 3, 48, 49, 50, 51, 52, 53, 54, 104, 105, 106, 209, 210, 211, 315, 1000];
    if numbers.below(3) == 0 { numbers.below(400) } else { edges[numbers.below(edges.len())] }
}

fn generated() -> Vec<Secret> {
    let mut numbers = Numbers(1);
    let types =
        ["Opaque", "kubernetes.io/tls", "a<b>&c", "example.com/\u{2028}é\u{1f511}", "x\"\\\n"];
    // No key like `07`: kustomize itself fails on those.
    let keys = ["a", "b", "tls.crt", ".dockerconfigjson", "A", "_", "x.7", "a<b>&c", "é"];
    (0..200)
        .map(|index| {
            let count = if index == 0 { 0 } else { numbers.below(5) };
            let mut data = BTreeMap::new();
            for _ in 0..count {
                let len = length(&mut numbers);
                data.insert(numbers.pick(&keys).to_owned(), numbers.bytes(len).into());
            }
            Secret {
                name: format!("s{index}"),
                type_: numbers.pick(&types).to_owned(),
                data,
                ..Secret::default()
            }
        })
        .collect()
}

#[test]
fn suffixes_are_those_of_kustomize() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let secrets = generated();
    let mut generators = Vec::new();
    for secret in &secrets {
        let mut files = Vec::new();
        for (index, (key, value)) in secret.data.iter().enumerate() {
            let file = format!("{}-{index}", secret.name);
            fs::write(folder.path().join(&file), value.expose()).unwrap();
            files.push(format!("{key}={file}"));
        }
        generators
            .push(serde_json::json!({"name": secret.name, "type": secret.type_, "files": files}));
    }
    // JSON is YAML.
    fs::write(
        folder.path().join("kustomization.yaml"),
        serde_json::json!({"secretGenerator": generators}).to_string(),
    )
    .unwrap();

    let built = peers::stdout(peers::command(&kubectl).arg("kustomize").arg(folder.path()), b"");
    let built = String::from_utf8(built).unwrap();
    let names: BTreeMap<&str, &str> =
        built.lines().filter_map(|line| line.strip_prefix("  name: ")?.split_once('-')).collect();
    assert_eq!(names.len(), secrets.len());
    for secret in &secrets {
        assert_eq!(kustomize_suffix(secret), names[secret.name.as_str()], "{secret:?}");
    }
}
