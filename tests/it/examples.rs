//! The examples, through the real program and the real tools: kubectl and PyYAML read back what was meant, and each typed Secret is what
//! kubectl itself would have made of the same input.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::peers;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn mintage(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_mintage")).args(arguments).current_dir(root()).env_clear().env("HOME", home.path()).output().unwrap()
}

/// What a build gives, which says nothing on stderr.
fn built(arguments: &[&str]) -> Vec<u8> {
    let output = mintage(&[&["build"], arguments].concat());
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn items(list: &[u8]) -> Vec<Value> {
    let list: Value = serde_json::from_slice(list).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Every example, as arguments of `build`.
fn examples() -> Vec<Vec<String>> {
    let mut examples = vec![vec!["examples/shop".to_owned()], vec!["examples/shop".to_owned(), "--env".to_owned(), "prod".to_owned()]];
    for entry in std::fs::read_dir(root().join("examples/types")).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            examples.push(vec![path.strip_prefix(root()).unwrap().display().to_string()]);
        }
    }
    assert!(examples.len() >= 11);
    examples
}

#[test]
fn kubectl_reads_every_example_as_it_was_meant() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    for example in examples() {
        let arguments: Vec<&str> = example.iter().map(String::as_str).collect();
        let yaml = built(&arguments);
        assert_eq!(yaml, built(&arguments), "the same bytes each time");
        let meant = items(&built(&[&arguments[..], &["--format", "json"]].concat()));
        let output = peers::run(peers::command(&kubectl).args(["annotate", "--local", "-f", "-", "x=1", "-o", "json"]), &yaml);
        assert!(output.status.success(), "{example:?}: {}", String::from_utf8_lossy(&output.stderr));
        let read: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout).into_iter().map(Result::unwrap).collect();
        assert_eq!(read.len(), meant.len(), "{example:?}");
        for (read, meant) in read.iter().zip(&meant) {
            for field in ["type", "data", "immutable"] {
                assert_eq!(read[field], meant[field], "{example:?} {field}");
            }
            for field in ["name", "namespace", "labels"] {
                assert_eq!(read["metadata"][field], meant["metadata"][field], "{example:?} {field}");
            }
        }
    }
}

#[test]
fn no_lint_fires_on_an_example() {
    for example in examples() {
        let arguments: Vec<&str> = example.iter().map(String::as_str).collect();
        let output = mintage(&[&["check", "-D", "warnings"], &arguments[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{example:?}: {said}");
    }
}

#[test]
fn python_reads_every_example_as_it_was_meant() {
    let Some(python) = peers::need("python") else { return };
    let script = "import sys, yaml, json; json.dump({'items': list(yaml.safe_load_all(sys.stdin.buffer))}, sys.stdout)";
    for example in examples() {
        let arguments: Vec<&str> = example.iter().map(String::as_str).collect();
        let output = peers::run(peers::command(&python).args(["-c", script]), &built(&arguments));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(items(&output.stdout), items(&built(&[&arguments[..], &["--format", "json"]].concat())), "{example:?}");
    }
}

#[test]
fn values_are_what_age_decrypts() {
    let Some(age) = peers::need("age") else { return };
    let shop = items(&built(&["examples/shop", "--format", "json"]));
    let data = |name: &str, key: &str| {
        let secret = shop.iter().find(|secret| secret["metadata"]["name"] == name).unwrap();
        STANDARD.decode(secret["data"][key].as_str().unwrap()).unwrap()
    };
    let plain = |file: &str| {
        let arguments = ["-d", "-i", "examples/shop/TEST-ONLY-identity.txt", file];
        let output = peers::run(peers::command(&age).args(arguments).current_dir(root()), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    assert_eq!(data("shop-tls", "tls.key"), plain("examples/shop/secrets/dev/shop.key.age"));
    assert_eq!(data("deploy-key", "ssh-privatekey"), plain("examples/shop/secrets/dev/deploy-key.age"));
    assert_eq!(data("github", "password"), plain("examples/shop/secrets/dev/github.age").trim_ascii_end());
    let toml: toml::Table = String::from_utf8(plain("examples/shop/secrets/dev/db.toml.age")).unwrap().parse().unwrap();
    let password = toml["root"]["password"].as_str().unwrap().as_bytes();
    assert_eq!(data("mysql", "MYSQL_ROOT_PASSWORD"), password);
    assert_eq!(data("wordpress", "WORDPRESS_DB_PASSWORD"), password);
}

/// A spec, built.
fn build_spec(spec: &str, files: &[(&str, &[u8])]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mintage.toml"), spec).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    items(&built(&[folder.path().to_str().unwrap(), "--format", "json"])).remove(0)
}

fn kubectl_creates(kubectl: &Path, arguments: &[&str]) -> Value {
    let mut command = peers::command(kubectl);
    command.args(["create", "secret"]).args(arguments).args(["--dry-run=client", "-o", "json"]);
    let output = peers::run(&mut command, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
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
        let email_field = if email.is_empty() { String::new() } else { format!(", email = {}", q(email)) };
        let spec = format!(
            "lint.allow = [\"plaintext-secret\"]\n[[dockerconfigjson]]\nname = \"x\"\nregistries = [{{ server = {}, username = {{ value = {} }}, password = {{ value = {} }}{email_field} }}]\n",
            q(server),
            q(username),
            q(password)
        );
        let ours = build_spec(&spec, &[]);
        let flags = [format!("--docker-server={server}"), format!("--docker-username={username}"), format!("--docker-password={password}")];
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
    let key =
        peers::run(peers::command(&age).args(["-d", "-i", "TEST-ONLY-identity.txt", "files/tls.key.age"]).current_dir(&types), b"").stdout;
    let certificate = std::fs::read(types.join("files/tls.crt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let (certificate_path, key_path) = (path("tls.crt", &certificate), path("tls.key", &key));
    let theirs = kubectl_creates(&kubectl, &["tls", "x", &format!("--cert={certificate_path}"), &format!("--key={key_path}")]);
    // `kubectl create secret tls` has no place for `ca.crt`, where the issuer would be.
    let spec = "lint.allow = [\"plaintext-secret\", \"tls-chain\"]\n[[tls]]\nname = \"x\"\ncert = { file = \"tls.crt\" }\nkey = { file = \"tls.key\" }\n";
    let ours = build_spec(spec, &[("tls.crt", &certificate), ("tls.key", &key)]);
    assert_eq!((&ours["data"], &ours["type"]), (&theirs["data"], &theirs["type"]));

    let binary: Vec<u8> = (0..=255).collect();
    let binary_path = path("blob", &binary);
    let theirs = kubectl_creates(
        &kubectl,
        &["generic", "x", "--type=Opaque", "--from-literal=A=1=2 ü", &format!("--from-file=b.bin={binary_path}")],
    );
    let ours = build_spec("[[opaque]]\nname = \"x\"\ndata.A = \"1=2 ü\"\ndata.\"b.bin\" = { file = \"blob\" }\n", &[("blob", &binary)]);
    assert_eq!((&ours["data"], &ours["type"]), (&theirs["data"], &theirs["type"]));
}

#[test]
fn an_output_file_is_private_and_whole() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.yaml");
    let output = mintage(&["build", "examples/shop", "-o", path.to_str().unwrap()]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read(&path).unwrap(), built(&["examples/shop"]));
}
