//! The kubelet's keyring against what the real one did (`pkg/credentialprovider` of Kubernetes
//! 1.36; the recording is in `tests/api_server/`), and the lint for keys that it never uses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::check::registry::keyring::{matches, repository};
use crate::check::registry::server::never;

struct Row {
    server: String,
    image: String,
    repository: String,
    matched: bool,
}

fn rows() -> Vec<Row> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let matched = row["match"].as_bool().unwrap();
        Row {
            server: text(&row, "server"),
            image: text(&row, "image"),
            repository: text(&row, "normalized_repo"),
            matched,
        }
    };
    include_str!("../api_server/registry_keys.jsonl").lines().map(row).collect()
}

#[test]
fn images_are_found_as_the_kubelet_finds_them() {
    let rows = rows();
    assert_eq!(rows.len(), 292);
    for row in rows {
        assert_eq!(
            repository(&row.image).as_deref(),
            Some(row.repository.as_str()),
            "{}",
            row.image
        );
        assert_eq!(matches(&row.server, &row.image), row.matched, "{} {}", row.server, row.image);
    }
}

/// What the keys of the recording are meant for, as people read them: the beginning of the images'
/// complete names. Nothing stands for any image.
const MEANT: &[(&str, &[&str])] = &[
    (
        "docker.io/",
        &[
            "https://index.docker.io/v1/",
            "https://index.docker.io/v1",
            "http://index.docker.io/v1/",
            "index.docker.io/v1/",
            "index.docker.io",
            "index.docker.io/",
            "https://index.docker.io/v2/",
            "https://index.docker.io/",
            "docker.io",
            "docker.io/",
            "https://docker.io",
            "https://docker.io/v1/",
            "docker.io/v1/",
            "https://registry-1.docker.io/v2/",
            "registry.hub.docker.com",
            "hub.docker.com",
            "https://hub.docker.com",
            "*.docker.io",
            "DOCKER.IO",
            "docker.io:443",
            "docker.com",
            "docker",
        ],
    ),
    (
        "docker.io/library/",
        &["docker.io/library", "index.docker.io/library", "https://index.docker.io/v1/library"],
    ),
    ("docker.io/library/nginx", &["docker.io/library/nginx"]),
    ("docker.io/nginx/", &["docker.io/nginx"]),
    ("docker.io/org/", &["docker.io/org"]),
    (
        "ghcr.io/",
        &[
            "ghcr.io",
            "https://ghcr.io",
            "http://ghcr.io",
            "https://ghcr.io/",
            "ghcr.io/",
            "https://ghcr.io/v1/",
            "https://ghcr.io/v2/",
            "https://ghcr.io/v2",
            "ghcr.io/*",
            "gh*.io",
            "gh?r.io",
            "[g]hcr.io",
            "GHCR.IO",
            "Ghcr.io",
            "HTTPS://ghcr.io",
            "oci://ghcr.io",
            "docker://ghcr.io",
            "ssh://ghcr.io",
            "//ghcr.io",
            " ghcr.io",
            "ghcr.io ",
            "ghcr.io:443",
            "https://ghcr.io:443",
            "ghcr.io:*",
            "user@ghcr.io",
            "https://u:p@ghcr.io",
            "ghcr.io?x=1",
            "ghcr.io#f",
            "*.ghcr.io",
            "ghcr.*",
            "ghcr.io.",
            "https:/ghcr.io",
            "https:ghcr.io",
        ],
    ),
    (
        "ghcr.io/org",
        &[
            "ghcr.io/org",
            "ghcr.io/org/*",
            "ghcr.io/org?x",
            "https://ghcr.io/v2/org",
            "ghcr.io//org",
            "ghcr.io/Org",
            "ghcr.io%2Forg",
        ],
    ),
    ("ghcr.io/org/", &["ghcr.io/org/", "https://ghcr.io/v2/org/"]),
    ("ghcr.io/org/app", &["ghcr.io/org/app", "ghcr.io/org/app:v1"]),
    (
        "registry.example.com:5000/",
        &["registry.example.com:5000", "https://registry.example.com:5000/", "*.example.com:5000"],
    ),
    ("registry.example.com/", &["registry.example.com", "*.example.com"]),
    ("b.registry.example.com/", &["*.registry.example.com"]),
    ("a.b.registry.example.com/", &["*.*.registry.example.com"]),
    ("localhost:5000/", &["localhost:5000", "*:5000"]),
    ("localhost/", &["localhost"]),
    (
        "123.dkr.ecr.us-east-1.amazonaws.com/",
        &["*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr.us-*-1.amazonaws.com", "*.amazonaws.com"],
    ),
    ("10.0.0.1:5000/", &["10.0.0.1:5000", "10.*.*.*:5000"]),
    ("10.0.0.1/", &["10.0.0.1"]),
    ("[::1]:5000/", &["[::1]:5000"]),
    ("[::1]/", &["[::1]"]),
    ("docker.io/myreg/", &["myreg"]),
    ("", &["", "*", "*.*", "*.io"]),
];

/// Keys for which the recording has no image that they are meant for, and whether the lint warns
/// all the same.
const NOT_TRIED: &[(&str, bool)] = &[
    ("*.example.com", false),
    ("*.registry.example.com", false),
    ("10.*.*.*:5000", false),
    ("10.0.0.1", false),
    ("10.0.0.1:5000", false),
    // Whether it is an organisation or an image, the name does not tell.
    ("docker.io/nginx", false),
    ("docker.io/org", false),
    ("ghcr.io/org", false),
    // Images are compared without their tags.
    ("ghcr.io/org/app:v1", true),
    ("https://ghcr.io/v2/org/", false),
    ("registry.example.com", false),
    ("registry.example.com:5000", false),
];

#[test]
fn the_lint_warns_of_keys_that_fit_nothing_they_are_meant_for() {
    let mut tried: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    rows().into_iter().for_each(|row| tried.entry(row.server.clone()).or_default().push(row));
    let mut not_tried = Vec::new();
    for (server, rows) in &tried {
        let (meant, _) = MEANT
            .iter()
            .find(|(_, keys)| keys.contains(&server.as_str()))
            .unwrap_or_else(|| panic!("{server} is not in the table"));
        let images: Vec<&Row> =
            rows.iter().filter(|row| row.repository.starts_with(meant)).collect();
        let warns = never(server);
        if images.is_empty() {
            not_tried.push((server.as_str(), warns.is_some()));
        } else {
            assert_eq!(
                warns.is_some(),
                images.iter().all(|row| !row.matched),
                "{server:?}: {warns:?}"
            );
        }
        // What it offers instead is right.
        let right = warns.and_then(|never| never.right);
        assert_eq!(right.as_deref().and_then(never), None, "{server:?}");
    }
    assert_eq!(not_tried, NOT_TRIED);
    assert_eq!(tried.len(), MEANT.iter().map(|(_, keys)| keys.len()).sum::<usize>());
}
