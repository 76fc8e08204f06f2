//! The examples, through the real program and the real tools: kubectl and PyYAML read back what was
//! meant, and each typed Secret is what kubectl itself would have made of the same input.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::case::{Case, built, examples, items, root};
use crate::peers;

/// The Secrets of an example as the JSON says them.
fn meant(example: &[String]) -> Vec<Value> {
    items(&built([example, &["--format".to_owned(), "json".to_owned()]].concat()))
}

/// What every example is built to, in one stream, and what was meant by it. One process reads all
/// of it: starting one takes longer.
fn all_of_them() -> (Vec<u8>, Vec<Value>) {
    let (mut stream, mut secrets) = (Vec::new(), Vec::new());
    for example in examples() {
        let yaml = built(&example[..]);
        assert_eq!(yaml, built(&example[..]), "the same bytes each time");
        stream.extend([&b"---\n"[..], &yaml].concat());
        secrets.extend(meant(&example));
    }
    (stream, secrets)
}

#[test]
fn kubectl_reads_every_example_as_it_was_meant() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let (stream, meant) = all_of_them();
    let output = peers::stdout(
        peers::command(&kubectl).args(["annotate", "--local", "-f", "-", "x=1", "-o", "json"]),
        &stream,
    );
    let read: Vec<Value> =
        serde_json::Deserializer::from_slice(&output).into_iter().map(Result::unwrap).collect();
    assert_eq!(read.len(), meant.len());
    for (read, meant) in read.iter().zip(&meant) {
        for field in ["type", "data", "immutable"] {
            assert_eq!(read[field], meant[field], "{meant}");
        }
        for field in ["name", "namespace", "labels"] {
            assert_eq!(read["metadata"][field], meant["metadata"][field], "{meant}");
        }
    }
}

#[test]
fn no_lint_fires_on_an_example() {
    for example in examples() {
        Case::repository().args("check -q -D warnings").args(example).succeeds().quietly();
    }
}

#[test]
fn python_reads_every_example_as_it_was_meant() {
    let Some(python) = peers::need("python") else { return };
    let script =
        "import sys, yaml, json; json.dump(list(yaml.safe_load_all(sys.stdin.buffer)), sys.stdout)";
    let (stream, meant) = all_of_them();
    let read: Vec<Value> = serde_json::from_slice(&peers::stdout(
        peers::command(&python).args(["-c", script]),
        &stream,
    ))
    .unwrap();
    assert_eq!(read, meant);
}

#[test]
fn values_are_what_age_decrypts() {
    let Some(age) = peers::need("age") else { return };
    let shop = meant(&["examples/shop".to_owned()]);
    let data = |name: &str, key: &str| {
        let secret = shop.iter().find(|secret| secret["metadata"]["name"] == name).unwrap();
        STANDARD.decode(secret["data"][key].as_str().unwrap()).unwrap()
    };
    let plain = |file: &str| {
        let arguments = ["-d", "-i", "examples/shop/TEST-ONLY-identity.txt", file];
        Case::repository().tool(&age, arguments).succeeds().stdout
    };
    assert_eq!(data("shop-tls", "tls.key"), plain("examples/shop/secrets/dev/shop.key.age"));
    assert_eq!(
        data("deploy-key", "ssh-privatekey"),
        plain("examples/shop/secrets/dev/deploy-key.age")
    );
    assert_eq!(
        data("github", "password"),
        plain("examples/shop/secrets/dev/github.age").trim_ascii_end()
    );
    let toml: toml::Table =
        String::from_utf8(plain("examples/shop/secrets/dev/db.toml.age")).unwrap().parse().unwrap();
    let password = toml["root"]["password"].as_str().unwrap().as_bytes();
    assert_eq!(data("mysql", "MYSQL_ROOT_PASSWORD"), password);
    assert_eq!(data("wordpress", "WORDPRESS_DB_PASSWORD"), password);
}

/// A spec, built.
fn build_spec(spec: &str, files: &[(&str, &[u8])]) -> Value {
    let case =
        files.iter().fold(Case::new().spec(spec), |case, (name, bytes)| case.file(name, bytes));
    items(&case.args("build --format json").succeeds().quietly().stdout).remove(0)
}

fn kubectl_creates(kubectl: &Path, arguments: &[&str]) -> Value {
    Case::new()
        .tool(kubectl, "create secret")
        .args(arguments)
        .args("--dry-run=client -o json")
        .succeeds()
        .json()
}

#[test]
fn a_docker_registry_secret_is_kubectls() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    for (server, username, password, email) in [
        ("ghcr.io", "u", "p", ""),
        ("https://index.docker.io/v1/", "a<b>&c", "pa'ss\"w\\ord\u{2028}ü", "e@example.com"),
        ("registry.example.com:5000", "_json_key", "{\"a\": \"b\"}", ""),
    ] {
        let q = |text: &str| serde_json::to_string(text).unwrap();
        let email_field =
            if email.is_empty() { String::new() } else { format!(", email = {}", q(email)) };
        let spec = format!(
            "lint.allow = [\"plaintext-secret\"]\n[[dockerconfigjson]]\nname = \"x\"\nregistries = \
             [{{ server = {}, username = {{ value = {} }}, \
             password = {{ value = {} }}{email_field} }}]\n",
            q(server),
            q(username),
            q(password)
        );
        let ours = build_spec(&spec, &[]);
        let flags = [
            format!("--docker-server={server}"),
            format!("--docker-username={username}"),
            format!("--docker-password={password}"),
        ];
        let mut arguments = vec!["docker-registry", "x"];
        arguments.extend(flags.iter().map(String::as_str));
        let email_flag = format!("--docker-email={email}");
        if !email.is_empty() {
            arguments.push(&email_flag);
        }
        let theirs = kubectl_creates(&kubectl, &arguments);
        assert_eq!((&ours["data"], &ours["type"]), (&theirs["data"], &theirs["type"]), "{server}");
    }
}

#[test]
fn tls_and_generic_secrets_are_kubectls() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let Some(age) = peers::need("age") else { return };
    let types = root().join("examples/types");
    let key = peers::run(
        peers::command(&age)
            .args(["-d", "-i", "TEST-ONLY-identity.txt", "files/tls.key.age"])
            .current_dir(&types),
        b"",
    )
    .stdout;
    let certificate = fs::read(types.join("files/tls.crt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let (certificate_path, key_path) = (path("tls.crt", &certificate), path("tls.key", &key));
    let theirs = kubectl_creates(
        &kubectl,
        &["tls", "x", &format!("--cert={certificate_path}"), &format!("--key={key_path}")],
    );
    // `kubectl create secret tls` has no place for `ca.crt`, where the issuer would be.
    let spec = "lint.allow = [\"plaintext-secret\", \"tls-chain\"]\n[[tls]]\nname = \"x\"\ncert = \
        { file = \"tls.crt\" }\nkey = { file = \"tls.key\" }\n";
    let ours = build_spec(spec, &[("tls.crt", &certificate), ("tls.key", &key)]);
    assert_eq!((&ours["data"], &ours["type"]), (&theirs["data"], &theirs["type"]));

    let binary: Vec<u8> = (0..=255).collect();
    let binary_path = path("blob", &binary);
    let theirs = kubectl_creates(
        &kubectl,
        &[
            "generic",
            "x",
            "--type=Opaque",
            "--from-literal=A=1=2 ü",
            &format!("--from-file=b.bin={binary_path}"),
        ],
    );
    let ours = build_spec(
        "[[opaque]]\nname = \"x\"\ndata.A = \"1=2 ü\"\ndata.\"b.bin\" = { file = \"blob\" }\n",
        &[("blob", &binary)],
    );
    assert_eq!((&ours["data"], &ours["type"]), (&theirs["data"], &theirs["type"]));
}

#[test]
fn an_output_file_is_private_and_whole() {
    use std::os::unix::fs::PermissionsExt;
    let case = Case::copy_of("examples/shop");
    case.args("build -o out.yaml").succeeds().no_output();
    assert_eq!(fs::metadata(case.path("out.yaml")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(case.path("out.yaml")).unwrap(), built("examples/shop"));
}
