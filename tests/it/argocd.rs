//! The plugin's commands as Argo CD's plugin server runs them, read out of the manifests that
//! `install argocd` prints: in a copy of the repository without exec bits, with the server's
//! variables and nothing else, no shell, a limit of 90 s, SIGTERM to the process group.
//!
//! Source: `cmpserver/plugin/plugin.go` (`runCommand`, `environ`) and `util/io/files` (`Untgz`
//! without modes) of argoproj/argo-cd.
#![cfg(unix)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::case::{Case, Words, root};
use crate::peers;
use crate::support::unless_it_hangs;

/// What the program prints in the repository.
fn mintage(words: impl Words) -> Vec<u8> {
    Case::repository().args(words).succeeds().stdout
}

/// The documents of a YAML text, as PyYAML reads them.
fn yaml(python: &Path, text: &[u8]) -> Vec<Value> {
    let script =
        "import sys, yaml, json; json.dump(list(yaml.safe_load_all(sys.stdin.buffer)), sys.stdout)";
    serde_json::from_slice(&peers::stdout(peers::command(python).args(["-c", script]), text))
        .unwrap()
}

/// `plugin.yaml` as it lies in the ConfigMap.
fn plugin(python: &Path, more: &[&str]) -> Value {
    let printed = yaml(python, &mintage([&["install", "argocd"], more].concat()));
    let text = printed[0]["data"]["plugin.yaml"].as_str().unwrap();
    yaml(python, text.as_bytes()).remove(0)
}

fn words(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

/// A copy of a repository's tree without exec bits, and the sidecar around it.
struct Sidecar(Case);

/// What a command gave.
struct Ran {
    stdout: String,
    stderr: String,
    code: Option<i32>,
    signal: Option<i32>,
}

impl Sidecar {
    fn of(case: Case) -> Self {
        without_exec_bits(&case.path(""));
        fs::create_dir(case.outside("tmp")).unwrap();
        Self(case.on_the_path("mintage"))
    }

    fn shop() -> Self {
        Self::of(Case::copy_of("examples/shop"))
    }

    /// What is in the repository.
    fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    fn left_in_tmp(&self) -> usize {
        fs::read_dir(self.0.outside("tmp")).unwrap().count()
    }

    /// Starts `command` and `args` of a section of plugin.yaml, as `runCommand` does.
    fn start(&self, section: &Value, variables: &[(&str, &str)]) -> Child {
        let mut words: Vec<String> = words(&section["command"]);
        words.extend(self::words(&section["args"]));
        // The server looks the program up in its own PATH; a shell is not in the image.
        let bin = self.0.outside("bin");
        let program = bin.join(&words[0]);
        let mut command = Command::new(program);
        command.args(&words[1..]).current_dir(self.path("")).env_clear();
        for (name, value) in [
            ("PATH", bin.to_str().unwrap()),
            ("HOME", self.0.home("").to_str().unwrap()),
            ("TMPDIR", self.0.outside("tmp").to_str().unwrap()),
            ("ARGOCD_APP_NAME", "shop"),
            ("ARGOCD_APP_NAMESPACE", "shop"),
            ("ARGOCD_APP_PROJECT_NAME", "default"),
            ("ARGOCD_APP_REVISION", "4ac1bd05c6a4ef1a2cd1a9f47c1f4b5f8b2a5f47"),
            ("ARGOCD_APP_SOURCE_PATH", "."),
            ("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/shop.git"),
            ("ARGOCD_APP_PARAMETERS", "null"),
            ("KUBE_VERSION", "1.37"),
            ("KUBE_API_VERSIONS", "v1,apps/v1"),
        ]
        .into_iter()
        .chain(variables.iter().copied())
        {
            command.env(name, value);
        }
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, section: &Value, variables: &[(&str, &str)]) -> Ran {
        // The server gives it 90 s (`ARGOCD_EXEC_TIMEOUT`).
        let child = self.start(section, variables);
        let output = unless_it_hangs("the plugin", move || child.wait_with_output()).unwrap();
        assert_eq!(self.left_in_tmp(), 0, "something was left in /tmp");
        Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
            signal: output.status.signal(),
        }
    }
}

fn without_exec_bits(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            without_exec_bits(&path);
        } else {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
}

fn spec(text: &str) -> Sidecar {
    Sidecar::of(Case::new().spec(text))
}

#[test]
fn the_plugin_renders_what_build_renders() {
    let Some(python) = peers::need("python") else { return };
    let plugin = plugin(&python, &[]);
    assert_eq!(
        (plugin["kind"].as_str(), plugin["metadata"]["name"].as_str()),
        (Some("ConfigManagementPlugin"), Some("mintage"))
    );
    assert_eq!(plugin["spec"]["init"], Value::Null, "nothing to prepare");
    let sidecar = Sidecar::shop();
    // Discovery: a glob below the folder of the Application.
    assert!(
        sidecar.path("").join(plugin["spec"]["discover"]["fileName"].as_str().unwrap()).is_file()
    );
    let generate = &plugin["spec"]["generate"];
    for (variables, arguments) in [
        (&[][..], &["build", "examples/shop"][..]),
        (&[("ARGOCD_ENV_MINTAGE_ENV", "prod")], &["build", "examples/shop", "-e", "prod"]),
        (
            &[
                ("ARGOCD_APP_PARAMETERS", r#"[{"name":"env","string":"prod"}]"#),
                ("PARAM_ENV", "prod"),
            ],
            &["build", "examples/shop", "-e", "prod"],
        ),
        (
            &[(
                "ARGOCD_APP_PARAMETERS",
                r#"[{"name":"set","map":{"domain":"a.example"}},{"name":"only","array":["*/shop-config"]}]"#,
            )],
            &["build", "examples/shop", "--set", "domain=a.example", "--only", "*/shop-config"],
        ),
    ] {
        let ran = sidecar.run(generate, variables);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{variables:?}");
        assert_eq!(ran.stdout.as_bytes(), mintage(arguments), "{variables:?}");
        // The server splits stdout into documents and takes each for an object.
        let documents = yaml(&python, ran.stdout.as_bytes());
        assert!(
            !documents.is_empty() && documents.iter().all(|document| document["kind"] == "Secret")
        );
    }
}

#[test]
fn the_parameters_are_announcements() {
    let Some(python) = peers::need("python") else { return };
    let command = &plugin(&python, &[])["spec"]["parameters"]["dynamic"];
    let ran = Sidecar::shop().run(command, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let announced: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    // The fields of `ParameterAnnouncement`, and of their kinds no others.
    let known = [
        "name",
        "title",
        "tooltip",
        "required",
        "itemType",
        "collectionType",
        "string",
        "array",
        "map",
    ];
    for announcement in &announced {
        assert!(
            announcement.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())),
            "{announcement}"
        );
        let kind = announcement["collectionType"].as_str();
        assert!(kind.is_none_or(|kind| ["string", "array", "map"].contains(&kind)));
    }
    let names: Vec<&str> =
        announced.iter().map(|announcement| announcement["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["env", "spec", "set", "only"]);
    assert_eq!(announced[0]["string"], "dev");
    assert!(announced[0]["tooltip"].as_str().unwrap().contains("dev, prod"));
    // Each of them is one that `generate` takes, whatever is announced as its default.
    let plain = spec("[[opaque]]\nname = \"a\"\ndata.a = \"b\"\n").run(command, &[]);
    assert!(plain.code == Some(0) && !plain.stdout.contains("\"env\""), "{}", plain.stdout);
    let broken = spec("[[opaque\n").run(command, &[]);
    assert!(
        broken.code == Some(1) && broken.stdout.is_empty() && broken.stderr.contains("toml-syntax"),
        "{}",
        broken.stderr
    );
}

#[test]
fn a_failure_is_short_has_a_place_and_no_manifest() {
    let Some(python) = peers::need("python") else { return };
    let generate = &plugin(&python, &[])["spec"]["generate"];
    let sidecar = Sidecar::shop();
    fs::remove_file(sidecar.path("TEST-ONLY-identity.txt")).unwrap();
    fs::write(sidecar.path("TEST-ONLY-identity.txt"), "# no identity\n").unwrap();
    let ran = sidecar.run(generate, &[]);
    assert!(
        ran.code.is_some_and(|code| code != 0) && ran.stdout.is_empty() && !ran.stderr.is_empty()
    );
    assert!(
        ran.stderr.lines().all(|line| line.contains("error[") || line.starts_with("mintage: and ")),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.lines().count() <= 21);
    // Nothing to render is never silent: with pruning on, the Application's Secrets would be
    // deleted.
    let empty = spec(
        "environments.dev = {}\n\n[[opaque]]\nname = \"a\"\nenvironments = []\ndata.a = \"b\"\n",
    )
    .run(generate, &[]);
    assert!(empty.code != Some(0) && !empty.stderr.is_empty(), "{}", empty.stderr);
    let many: String = (0..200)
        .map(|index| format!("[[opaque]]\nname = \"A{index}\"\ndata.a = \"b\"\n"))
        .collect();
    let many = spec(&many).run(generate, &[]);
    assert_eq!((many.code, many.stderr.lines().count()), (Some(1), 21), "{}", many.stderr);
    assert!(many.stderr.ends_with("and 180 more errors\n"));
}

#[test]
fn an_author_can_not_leave_the_folder() {
    let Some(python) = peers::need("python") else { return };
    let generate = &plugin(&python, &[])["spec"]["generate"];
    let sidecar = spec(
        "[[opaque]]\nname = \"a\"\ndata.a = { file = \"link.txt\" }\n[[opaque]]\nname \
         = \"b\"\ndata.b = { env-var = \"HOME\" }\n",
    );
    let outside = sidecar.0.outside("outside.txt");
    fs::write(&outside, "hunter2").unwrap();
    std::os::unix::fs::symlink(&outside, sidecar.path("link.txt")).unwrap();
    let elsewhere = sidecar.0.outside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("mintage.toml"), "[[opaque]]\nname = \"a\"\ndata.a = \"hunter2\"\n")
        .unwrap();
    std::os::unix::fs::symlink(&elsewhere, sidecar.path("sub")).unwrap();
    for variables in [
        &[][..],
        &[("ARGOCD_ENV_MINTAGE_SPEC", "sub")],
        &[("ARGOCD_ENV_MINTAGE_SPEC", "sub/mintage.toml")],
        &[("ARGOCD_ENV_MINTAGE_SPEC", "../elsewhere")],
        &[("ARGOCD_ENV_MINTAGE_SPEC", elsewhere.to_str().unwrap())],
        &[("ARGOCD_APP_PARAMETERS", r#"[{"name":"allow-env-var","array":["HOME"]}]"#)],
        &[("ARGOCD_APP_PARAMETERS", r#"[{"name":"set-file","array":["/etc/passwd"]}]"#)],
        &[("ARGOCD_ENV_MINTAGE_SPEC", "-i")],
    ] {
        let ran = sidecar.run(generate, variables);
        assert!(ran.code.is_some_and(|code| code == 1 || code == 2), "{variables:?}");
        assert!(
            ran.stdout.is_empty() && !ran.stderr.contains("hunter2"),
            "{variables:?}: {}",
            ran.stderr
        );
    }
    // An Application can't raise the limits; the command in plugin.yaml can.
    let many = spec(&format!(
        "vars.l = [{}]\n[[opaque]]\nfor-each = \"vars.l\"\nname = \"s{{{{ each.index }}}}\"\n\
         data.A = \"abcdef\"\n",
        "1,".repeat(5001)
    ));
    let raise = r#"[{"name":"limit","array":["secrets=9000"]}]"#;
    let ran = many.run(generate, &[("ARGOCD_APP_PARAMETERS", raise)]);
    assert!(ran.code != Some(0) && ran.stdout.is_empty(), "{}", ran.stderr);
    let ran = many.run(generate, &[]);
    assert!(ran.stderr.contains("more than 5,000 Secrets"), "{}", ran.stderr);
    let mut changed = generate.clone();
    changed["args"] = serde_json::json!(["--limit", "secrets=30"]);
    let ran = many.run(&changed, &[]);
    assert!(ran.stderr.contains("more than 30 Secrets"), "{}", ran.stderr);
    // Variables of the same name without the server's prefix are the operator's.
    let ours = spec(
        "[environments.dev]\n[environments.prod]\n[[opaque]]\nname = \"a-{{ env }}\"\ndata.a \
         = \"b\"\n",
    );
    let ran = ours.run(generate, &[("MINTAGE_ENV", "dev"), ("ARGOCD_ENV_MINTAGE_ENV", "prod")]);
    assert!(ran.stdout.contains("name: a-prod"), "{}", ran.stderr);
    assert!(ours.run(generate, &[("MINTAGE_ENV", "dev")]).stdout.contains("name: a-dev"));
}

#[test]
fn sigterm_to_the_group_ends_it_and_leaves_nothing() {
    let Some(python) = peers::need("python") else { return };
    let generate = &plugin(&python, &[])["spec"]["generate"];
    // More than a pipe holds: as nobody reads, the command waits in the middle of its output.
    let value = "x".repeat(100_000);
    let sidecar = spec(&format!(
        "[[opaque]]\nname = \"a\"\ndata.a = \"{value}\"\n[[opaque]]\nname = \"b\"\ndata.a \
         = \"{value}\"\n"
    ));
    let mut child = sidecar.start(generate, &[]);
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert!(child.try_wait().unwrap().is_none(), "it should be waiting");
    assert!(
        Command::new("kill")
            .args(["-TERM", "--", &format!("-{}", child.id())])
            .status()
            .unwrap()
            .success()
    );
    // The server sends SIGKILL after five seconds, and then the signal would be another.
    let status = unless_it_hangs("after SIGTERM", move || child.wait()).unwrap();
    assert_eq!(status.signal(), Some(15), "{status}");
    assert_eq!(sidecar.left_in_tmp(), 0);
    assert_eq!(fs::read_dir(sidecar.path("")).unwrap().count(), 1);
    assert_eq!(sidecar.run(generate, &[]).signal, None);
}

/// As far as the patch relies on it: what Argo CD 3 has around its repo-server.
const REPO_SERVER: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  selector: {matchLabels: {app: repo}}
  template:
    metadata: {labels: {app: repo}}
    spec:
      containers:
      - name: argocd-repo-server
        image: argocd
        volumeMounts: [{name: plugins, mountPath: /home/argocd/cmp-server/plugins}]
      initContainers:
      - name: copyutil
        image: argocd
        volumeMounts: [{name: var-files, mountPath: /var/run/argocd}]
      volumes:
      - {name: var-files, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
";

#[test]
fn kubectl_and_kustomize_take_the_manifests() {
    let (Some(kubectl), Some(python)) = (peers::need("kubectl"), peers::need("python")) else {
        return;
    };
    let all = mintage("install argocd");
    let read = peers::stdout(
        peers::command(&kubectl).args(["label", "--local", "-f", "-", "x=1", "-o", "name"]),
        &all,
    );
    assert_eq!(
        String::from_utf8(read).unwrap(),
        "configmap/mintage-plugin\ndeployment.apps/argocd-repo-server\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let image = ["install", "argocd", "--image", "registry.example.com:5000/mintage:1.0"];
    write("argocd.yaml", REPO_SERVER.as_bytes());
    write("config.yaml", &mintage([&image[..], &["--part", "config"]].concat()));
    write("patch.yaml", &mintage([&image[..], &["--part", "patch"]].concat()));
    // `kubectl patch` with the file of the docs, as the server would merge it.
    let mut patch = peers::command(&kubectl);
    patch.current_dir(folder.path()).args([
        "patch",
        "--local",
        "-f",
        "argocd.yaml",
        "--patch-file",
        "patch.yaml",
        "-o",
        "json",
    ]);
    let patched: Value = serde_json::from_slice(&peers::stdout(&mut patch, b"")).unwrap();
    assert_eq!(patched["spec"]["template"]["spec"]["containers"].as_array().unwrap().len(), 2);
    // A second plugin, with an identity of its own, beside the first.
    let second = [
        "install",
        "argocd",
        "--name",
        "mintage-prod",
        "--identity-secret",
        "prod",
        "--no-discover",
    ];
    write("second.yaml", &mintage([&second[..], &["--part", "patch"]].concat()));
    assert!(
        !plugin(&python, &["--no-discover"])["spec"].as_object().unwrap().contains_key("discover")
    );
    write(
        "kustomization.yaml",
        b"namespace: argocd\nresources: [argocd.yaml, config.yaml]\npatches: [{path: patch.yaml}, \
            {path: second.yaml}]\n",
    );
    let built = peers::stdout(
        peers::command(&kubectl).args(["kustomize", folder.path().to_str().unwrap()]),
        b"",
    );
    let built = yaml(&python, &built);
    let deployment = built.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let pod = &deployment["spec"]["template"]["spec"];
    let named = |list: &Value, name: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|item| item["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(pod["containers"].as_array().unwrap().len(), 3);
    assert_ne!(named(&pod["containers"], "argocd-repo-server"), Value::Null);
    let mut tmp = Vec::new();
    for name in ["mintage", "mintage-prod"] {
        let container = named(&pod["containers"], name);
        assert_eq!(words(&container["command"]), ["/var/run/argocd/argocd-cmp-server"]);
        assert_eq!(
            (
                &container["securityContext"]["runAsUser"],
                &container["securityContext"]["runAsNonRoot"]
            ),
            (&Value::from(999), &Value::from(true))
        );
        assert_eq!(container["resources"]["limits"]["memory"], Value::from("1Gi"));
        for mount in container["volumeMounts"].as_array().unwrap() {
            let volume = named(&pod["volumes"], mount["name"].as_str().unwrap());
            assert_ne!(volume, Value::Null, "{mount}");
            if mount["mountPath"] == "/tmp" {
                tmp.push(volume["name"].clone());
            }
        }
        // The identity is a file of the sidecar alone, and its variable names that file.
        let identity = named(&container["volumeMounts"], &format!("{name}-identity"));
        let file =
            named(&container["env"], "MINTAGE_IDENTITY_FILE")["value"].as_str().unwrap().to_owned();
        assert_eq!(file, format!("{}/identity", identity["mountPath"].as_str().unwrap()));
    }
    assert!(tmp.len() == 2 && tmp[0] != tmp[1], "each sidecar has a /tmp of its own: {tmp:?}");
    assert_eq!(named(&pod["volumes"], "mintage-prod-identity")["secret"]["secretName"], "prod");
}

/// The blocks of a page with this fence.
fn blocks(page: &str, fence: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let blocks = text
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(&format!("{fence}\n")));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_page_says_what_happens() {
    let Some(python) = peers::need("python") else { return };
    let sidecar = Sidecar::shop();
    let Some(bash) = peers::need("bash") else { return };
    let shell = |line: &str| sidecar.0.tool(&bash, ["-c", line]).run();
    // What stands behind a `$` gives the lines below it.
    let mut tried = 0;
    for block in blocks("docs/argocd.md", "console") {
        for part in block.split("$ ").skip(1) {
            let (line, expected) = part.split_once('\n').unwrap();
            let output = shell(line);
            assert_eq!(output.said(), expected, "{line}");
            tried += 1;
        }
    }
    // As far as no cluster is asked.
    for block in blocks("docs/argocd.md", "sh") {
        for line in block.lines().filter(|line| line.starts_with("mintage ")) {
            let line = line.split([';', '|', '>']).next().unwrap();
            assert!(shell(line).succeeded(), "{line}");
            tried += 1;
        }
    }
    assert!(tried >= 5, "{tried}");
    // The Application gets what it asks for.
    let blocks = blocks("docs/argocd.md", "yaml");
    let application = blocks.iter().find(|block| block.contains("kind: Application")).unwrap();
    let application = yaml(&python, application.as_bytes()).remove(0);
    let parameters = application["spec"]["source"]["plugin"]["parameters"].to_string();
    let generate = &plugin(&python, &[])["spec"]["generate"];
    let ran = sidecar.run(generate, &[("ARGOCD_APP_PARAMETERS", &parameters)]);
    assert_eq!(
        ran.stdout.as_bytes(),
        mintage("build examples/shop -e prod --set domain=shop.example.com"),
        "{}",
        ran.stderr
    );
}
