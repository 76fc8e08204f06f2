//! Registry credentials, against `kubectl create secret docker-registry`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::emit::docker_json::{Registry, docker_config_json};
use crate::unit::peers;

#[test]
fn same_bytes_as_kubectl() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    for (server, username, password, email) in [
        ("ghcr.io", "robot", "sesame", None),
        ("https://index.docker.io/v1/", "u", "p", Some("")),
        (
            "a<b>&\"\\/\u{2028}\u{2029}é\u{1f511}",
            "<u>&\t",
            "p:\n\r\u{8}\u{c}\u{1}\u{1f}\u{7f}\u{2028}",
            Some("x@y.z"),
        ),
    ] {
        let mut create = peers::command(&kubectl);
        create.args([
            "create",
            "secret",
            "docker-registry",
            "a",
            "--dry-run=client",
            "-o",
            "jsonpath={.data.\\.dockerconfigjson}",
        ]);
        for (flag, value) in [
            ("server", server),
            ("username", username),
            ("password", password),
            ("email", email.unwrap_or_default()),
        ] {
            create.arg(format!("--docker-{flag}={value}"));
        }
        let expected = STANDARD.decode(peers::stdout(&mut create, b"")).unwrap();
        let registry = Registry {
            server: server.into(),
            username: username.into(),
            password: password.into(),
            email: email.map(Into::into),
        };
        let written = docker_config_json(&[registry]).unwrap();
        assert_eq!(written.expose_str().unwrap(), String::from_utf8(expected).unwrap());
    }
}
