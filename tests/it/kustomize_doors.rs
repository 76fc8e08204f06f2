//! The doors of kustomize, kpt, Helm and kubectl, each through the real tool, on lines that the docs give.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::peers;

const MINTAGE: &str = env!("CARGO_BIN_EXE_mintage");

/// A folder with a home of its own and, below `app`, something to render.
struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(lab.app()).unwrap();
        fs::create_dir(lab.home()).unwrap();
        lab
    }

    /// With the example of the shop in it.
    fn shop() -> Self {
        let lab = Self::new();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"), &lab.app());
        lab
    }

    fn app(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.app().join(name), text).unwrap();
    }

    /// Runs a tool in the folder, with nothing of the user's own.
    fn run(&self, program: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.folder.path().display());
        let mut command = peers::command(program);
        command.env_clear().env("HOME", self.home()).env("PATH", path).env("KUBECONFIG", "/dev/null");
        peers::run(command.args(arguments).current_dir(self.app()), stdin)
    }

    fn mintage(&self, arguments: &[&str]) -> Output {
        self.run(Path::new(MINTAGE), arguments, b"")
    }

    fn install(&self, what: &str) {
        let output = self.mintage(&["install", what]);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    fn kustomize(&self, kubectl: &Path) -> Output {
        self.run(kubectl, &["kustomize", "--enable-alpha-plugins", "."], b"")
    }

    /// What `build` makes, by namespace and name.
    fn built(&self, arguments: &[&str]) -> BTreeMap<String, Value> {
        let output = self.mintage(&[&["build"], arguments].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        objects(&output.stdout)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { _ = fs::copy(entry.path(), target).unwrap() }
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn documents(yaml: &[u8]) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_slice(yaml).map(|document| Value::deserialize(document).unwrap());
    documents.filter(|document| !document.is_null()).collect()
}

fn id(object: &Value) -> String {
    format!("{} {}/{}", object["kind"], object["metadata"]["namespace"], object["metadata"]["name"])
}

fn objects(yaml: &[u8]) -> BTreeMap<String, Value> {
    documents(yaml).into_iter().map(|object| (id(&object), object)).collect()
}

fn ok(output: Output) -> Vec<u8> {
    assert!(output.status.success(), "{}", stderr(&output));
    output.stdout
}

fn config(spec: &str) -> String {
    format!("apiVersion: mintage.dev/v1\nkind: Mintage\nmetadata:\n  name: secrets\nspec:\n{spec}")
}

/// Today's kubectl, and one with a kustomize from before the present one.
fn with_each_kubectl(test: impl Fn(&Path)) {
    ["kubectl", "kubectl-1.32"].into_iter().filter_map(peers::need).for_each(|kubectl| test(&kubectl));
}

/// kpt comes with no package that `tests/peers/install` could take, so even in CI its absence is no failure.
fn kpt() -> Option<PathBuf> {
    let found = peers::find("kpt");
    if found.is_none() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: tests of kpt, which is not on the PATH");
    }
    found
}

#[test]
fn kubectl_renders_the_shop_as_build_does() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::shop();
        lab.install("kustomize");
        lab.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        for (env, spec) in [
            ("dev", "  path: .\n"),
            ("prod", "  path: .\n  env: prod\n"),
            ("prod", "  path: mintage.toml\n  env: prod\n  only: ['shop-prod/*']\n"),
        ] {
            lab.write("secrets.yaml", &config(spec));
            let only: &[&str] = if spec.contains("only") { &["--only", "shop-prod/*"] } else { &[] };
            let meant = lab.built(&[&["-e", env], only].concat());
            assert!(meant.len() > 5);
            assert_eq!(objects(&ok(lab.kustomize(kubectl))), meant, "{spec}");
        }
        // The spec in the config itself.
        lab.write(
            "secrets.yaml",
            &config("  inline:\n    opaque:\n    - {name: db, namespace: shop, data: {A: x, B: {file: known_hosts}}}\n"),
        );
        let found = objects(&ok(lab.kustomize(kubectl)));
        assert_eq!(found.len(), 1);
        assert_eq!(found["\"Secret\" \"shop\"/\"db\""]["data"]["A"], "eA==");
    });
}

#[test]
fn through_kubectl_mistakes_are_told_and_values_are_not() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::new();
        lab.install("kustomize");
        lab.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        let tries = [
            ("  inline:\n    opaque:\n    - {name: D_B, data: {A: hunter2}}\n", "error[name]"),
            ("  inline:\n    opaque:\n    - {name: db, data: {A: '{{ vars.x }}hunter2'}}\n", "error[undefined-variable]"),
            ("  inline:\n    opaque:\n    - {name: db, data: {A: hunter2}}\n  envs: prod\n", "error[function-config]"),
            ("  path: ../other\n", "error[file-outside-root]"),
            ("  inline: {}\n", "error[no-secrets]"),
        ];
        for (spec, code) in tries {
            lab.write("secrets.yaml", &config(spec));
            let output = lab.kustomize(kubectl);
            assert!(!output.status.success() && output.stdout.is_empty());
            assert!(stderr(&output).contains(code) && !stderr(&output).contains("hunter2"), "{code}: {}", stderr(&output));
        }
        lab.write("secrets.yaml", &(config("  path: .\n") + "argsOneLiner: --allow-path /\n"));
        assert!(stderr(&lab.kustomize(kubectl)).contains("`argsOneLiner` gives it more"));
    });
}

#[test]
fn two_specs_that_make_one_secret_are_refused() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::new();
        lab.install("kustomize");
        let spec = "  inline:\n    opaque:\n    - {name: db, namespace: shop, data: {PASS: hunter2}}\n";
        lab.write("one.yaml", &config(spec));
        lab.write("two.yaml", &config(spec).replace("name: secrets", "name: other"));
        lab.write("kustomization.yaml", "generators:\n- one.yaml\n- two.yaml\n");
        let output = lab.kustomize(kubectl);
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(stderr(&output).contains("db") && !stderr(&output).contains("hunter2"), "{}", stderr(&output));
        // As a transformer, which sees what is there: our own words.
        lab.write("kustomization.yaml", "generators:\n- one.yaml\ntransformers:\n- two.yaml\n");
        let output = lab.kustomize(kubectl);
        assert!(stderr(&output).contains("the manifests already have the Secret `shop/db`"), "{}", stderr(&output));
        lab.write("two.yaml", &config(&spec.replace("name: db", "name: web")).replace("name: secrets", "name: other"));
        assert_eq!(objects(&ok(lab.kustomize(kubectl))).len(), 2);
    });
}

/// Everything of a pod and around it that kustomize rewrites.
const WORKLOAD: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      imagePullSecrets: [{name: db}]
      volumes:
      - {name: a, secret: {secretName: db}}
      - {name: b, projected: {sources: [{secret: {name: db}}]}}
      containers:
      - name: web
        image: web
        env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: A}}}]
        envFrom: [{secretRef: {name: db}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {tls: [{secretName: db}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
imagePullSecrets: [{name: db}]
";

#[test]
fn references_follow_a_name_with_a_hash() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::new();
        lab.install("kustomize");
        lab.write("web.yaml", WORKLOAD);
        lab.write("kustomization.yaml", "namespace: shop\nnamePrefix: dev-\nresources:\n- web.yaml\ngenerators:\n- secrets.yaml\n");
        let spec = |more: &str| config(&format!("  inline:\n    opaque:\n    - name: db\n      data: {{A: x}}\n{more}"));
        lab.write("secrets.yaml", &spec("      annotations: {kustomize.config.k8s.io/needs-hash: 'true'}\n"));
        let rendered = ok(lab.kustomize(kubectl));
        let secret = documents(&rendered).into_iter().find(|object| object["kind"] == "Secret").unwrap();
        let name = secret["metadata"]["name"].as_str().unwrap().to_owned();
        // The annotation is kustomize's own and goes.
        assert_eq!((&secret["metadata"]["annotations"], &secret["metadata"]["namespace"]), (&Value::Null, &json!("shop")));
        // The suffix is that which `hash-suffix` gives.
        lab.write("mintage.toml", "[[opaque]]\nname = \"dev-db\"\nhash-suffix = true\ndata.A = \"x\"\n");
        assert_eq!(lab.built(&[]).into_values().next().unwrap()["metadata"]["name"], name);
        let workload = documents(&rendered)
            .into_iter()
            .filter(|object| object["kind"] != "Secret")
            .map(|object| object.to_string())
            .collect::<String>();
        assert_eq!(workload.matches(&format!("\"{name}\"")).count(), 7, "{workload}");
        // The other half of it: with mintage's own suffix, kustomize knows nothing, and references stay.
        lab.write("secrets.yaml", &spec("      hash-suffix: true\n"));
        let rendered = String::from_utf8(ok(lab.kustomize(kubectl))).unwrap();
        assert!(rendered.contains("secretName: db\n"), "{rendered}");
    });
}

#[test]
fn behaviors_are_kustomizes() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::new();
        lab.install("kustomize");
        fs::create_dir(lab.app().join("base")).unwrap();
        lab.write("base/kustomization.yaml", "secretGenerator:\n- name: db\n  literals: [A=base, B=base]\n");
        lab.write("kustomization.yaml", "resources:\n- base\ngenerators:\n- secrets.yaml\n");
        let data = |behavior: &str| {
            let annotation = format!("      annotations: {{kustomize.config.k8s.io/behavior: {behavior}}}\n");
            lab.write("secrets.yaml", &config(&format!("  inline:\n    opaque:\n    - name: db\n      data: {{A: ours}}\n{annotation}")));
            let output = lab.kustomize(kubectl);
            output.status.success().then(|| documents(&output.stdout).remove(0)["data"].clone())
        };
        assert_eq!(data("merge"), Some(json!({"A": "b3Vycw==", "B": "YmFzZQ=="})));
        assert_eq!(data("replace"), Some(json!({"A": "b3Vycw=="})));
        assert_eq!(data("create"), None);
    });
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % end
    }
}

/// A spec of 200 Secrets of many contents, with these lines in each.
fn many(line: &str) -> String {
    let mut numbers = Numbers(7);
    let types = ["Opaque", "example.com/a<b>&c", "example.com/\u{2028}é"];
    let mut spec = "lint.allow = [\"warnings\"]\n"
        .replace("\"warnings\"", "\"plaintext-secret\", \"empty-value\", \"type-misspelt\", \"kustomize-annotation\"");
    for index in 0..200 {
        let type_ = types[usize::try_from(numbers.below(3)).unwrap()];
        spec.push_str(&format!("[[custom]]\nname = \"s{index}\"\ntype = {}\n{line}\n", json!(type_)));
        for key in ["a", "tls.crt", "A-_.9"].iter().take(usize::try_from(numbers.below(4)).unwrap()) {
            // Around the length at which kustomize breaks its base64.
            let length = [0, 1, 50, 51, 52, 53, 54, 105, 210, 400][usize::try_from(numbers.below(10)).unwrap()];
            let hex: String = (0..length).map(|_| format!("\\u00{:02x}", 0x20 + numbers.below(0x5f))).collect();
            spec.push_str(&format!("data.\"{key}\" = {{ value = \"{hex}\" }}\n"));
        }
    }
    // A template would be taken for one.
    spec.replace("\\u007b", "\\u0041")
}

#[test]
fn suffixes_of_needs_hash_are_those_of_hash_suffix() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::new();
        lab.install("kustomize");
        lab.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        lab.write("secrets.yaml", &config("  path: needs-hash.toml\n"));
        lab.write("needs-hash.toml", &many("annotations.\"kustomize.config.k8s.io/needs-hash\" = \"true\""));
        lab.write("mintage.toml", &many("hash-suffix = true"));
        let ours: Vec<String> = lab.built(&[]).into_keys().collect();
        let theirs: Vec<String> = objects(&ok(lab.kustomize(kubectl))).into_keys().collect();
        assert_eq!(ours.len(), 200);
        assert_eq!(ours, theirs);
    });
}

#[test]
fn kubectl_skips_an_exec_function_and_the_doctor_says_so() {
    with_each_kubectl(|kubectl| {
        let lab = Lab::shop();
        let annotated = config("  path: .\n").replace(
            "  name: secrets\n",
            &format!("  name: secrets\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {{path: {MINTAGE}}}\n"),
        );
        lab.write("secrets.yaml", &annotated);
        lab.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        // The trap itself: exit status 0, and no Secret.
        assert_eq!(documents(&ok(lab.kustomize(kubectl))), [] as [Value; 0]);
        let output = lab.mintage(&["doctor"]);
        assert!(output.status.success() && stderr(&output).contains("warning[kustomize-function]"), "{}", stderr(&output));
        assert_eq!(lab.mintage(&["doctor", "-D", "kustomize-function"]).status.code(), Some(1));
    });
}

#[test]
fn the_doctor_finds_what_is_wrong_with_the_plugin_and_no_more_when_it_is_right() {
    let lab = Lab::shop();
    lab.write("secrets.yaml", &config("  path: .\n"));
    lab.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
    let doctor = || {
        let output = lab.mintage(&["doctor"]);
        (output.status.code(), stderr(&output))
    };
    let link = lab.home().join(".config/kustomize/plugin/mintage.dev/v1/mintage/Mintage");
    let says = |words: &str| {
        let (status, said) = doctor();
        assert!(status == Some(1) && said.contains("error[kustomize-plugin]") && said.contains(words), "{words}: {said}");
    };
    says("is not installed");
    lab.install("kustomize");
    assert_eq!(doctor(), (Some(0), String::new()));
    let place = |target: &str| {
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
    };
    place("/nowhere/mintage-0.0/mintage");
    says("is a link to a program that is gone");
    // A link of ours is renewed, nothing else is touched.
    lab.install("kustomize");
    assert_eq!(doctor(), (Some(0), String::new()));
    place("/bin/true");
    says("is another program");
    assert_eq!(lab.mintage(&["install", "kustomize"]).status.code(), Some(2));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("/bin/true"));
    fs::remove_file(&link).unwrap();
    fs::write(&link, "#!/bin/sh\necho mintage 0.0.1\n").unwrap();
    says("is not executable");
    fs::set_permissions(&link, fs::Permissions::from_mode(0o755)).unwrap();
    says("is mintage 0.0.1");
    let refused = lab.mintage(&["install", "kustomize"]);
    assert!(refused.status.code() == Some(2) && stderr(&refused).contains("--force"));
    ok(lab.mintage(&["install", "kustomize", "--force"]));
    assert_eq!(doctor(), (Some(0), String::new()));
    // The program itself is not replaced by a link to itself.
    fs::remove_file(&link).unwrap();
    let program = lab.folder.path().join("mintage");
    fs::copy(MINTAGE, &program).unwrap();
    fs::hard_link(&program, &link).unwrap();
    let itself = lab.run(&program, &["install", "kustomize", "--force"], b"");
    assert!(itself.status.code() == Some(2) && stderr(&itself).contains("the program itself"), "{}", stderr(&itself));
    assert!(!link.is_symlink());
    fs::remove_file(&program).unwrap();
    // An old kubectl, by the words of one.
    fs::remove_file(&link).unwrap();
    lab.install("kustomize");
    let kubectl = lab.folder.path().join("kubectl");
    fs::write(&kubectl, "#!/bin/sh\necho '{\"clientVersion\": {\"minor\": \"20\", \"gitVersion\": \"v1.20.15\"}}'\n").unwrap();
    fs::set_permissions(&kubectl, fs::Permissions::from_mode(0o755)).unwrap();
    says("the kustomize in kubectl `v1.20.15` runs no plugins");
}

#[test]
fn the_doctor_finds_an_identity_that_others_can_read() {
    let lab = Lab::shop();
    let identity = lab.home().join(".config/mintage/identities.txt");
    fs::create_dir_all(identity.parent().unwrap()).unwrap();
    fs::copy(lab.app().join("TEST-ONLY-identity.txt"), &identity).unwrap();
    for (mode, warned) in [(0o600, false), (0o644, true), (0o640, true)] {
        fs::set_permissions(&identity, fs::Permissions::from_mode(mode)).unwrap();
        let output = lab.mintage(&["doctor"]);
        assert_eq!((output.status.code(), stderr(&output).contains("warning[identity-permissions]")), (Some(0), warned), "{mode:o}");
    }
    // A spec that nothing opens.
    fs::remove_file(&identity).unwrap();
    let spec = fs::read_to_string(lab.app().join("mintage.toml")).unwrap().replace("identities = [\"TEST-ONLY-identity.txt\"]", "");
    lab.write("mintage.toml", &spec);
    let output = lab.mintage(&["doctor"]);
    assert!(output.status.code() == Some(1) && stderr(&output).contains("error[no-identity]"), "{}", stderr(&output));
}

#[test]
fn kpt_evaluates_the_function_and_writes_back_the_same() {
    let Some(kpt) = kpt() else { return };
    let lab = Lab::shop();
    fs::create_dir(lab.app().join("package")).unwrap();
    lab.write("package/web.yaml", "# about the map\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web # here\n");
    lab.write("config.yaml", &config("  path: .\n  env: prod\n"));
    let program = format!("{MINTAGE} krm");
    let eval =
        |more: &[&str]| lab.run(&kpt, &[&["fn", "eval", "package", "--exec", &program, "--fn-config", "config.yaml"], more].concat(), b"");
    let found = objects(&ok(eval(&["-o", "unwrap"])));
    let mut secrets: BTreeMap<String, Value> = found.into_iter().filter(|(id, _)| id.contains("Secret")).collect();
    for secret in secrets.values_mut() {
        let metadata = secret["metadata"].as_object_mut().unwrap();
        let annotations = metadata["annotations"].as_object_mut().unwrap();
        assert_eq!(annotations.remove("mintage.dev/function"), Some("secrets".into()));
        // kpt's own.
        annotations.retain(|name, _| !name.contains("config.kubernetes.io") && !name.contains("config.k8s.io"));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    assert_eq!(secrets, lab.built(&["-e", "prod"]));

    // In place, twice: the second run changes nothing.
    ok(eval(&[]));
    let tree = || {
        let mut files = BTreeMap::new();
        read_tree(&lab.app().join("package"), &mut files);
        files
    };
    let first = tree();
    assert_eq!(first.len(), 12, "{:?}", first.keys());
    ok(eval(&[]));
    assert_eq!(tree(), first);
    let map = String::from_utf8(first[&lab.app().join("package/web.yaml")].clone()).unwrap();
    assert!(map.contains("# about the map") && map.contains("name: web # here"));
    // With another environment, those of the first are gone.
    lab.write("config.yaml", &config("  path: .\n  env: dev\n"));
    ok(eval(&[]));
    assert!(tree().keys().all(|path| !path.display().to_string().contains("shop-prod")));
    // A mistake: kpt shows the result, and the package is what it was.
    let before = tree();
    lab.write("config.yaml", &config("  path: .\n  env: nope\n"));
    let output = eval(&[]);
    assert!(!output.status.success() && stderr(&output).contains("[error]") && stderr(&output).contains("no environment `nope`"));
    assert_eq!(tree(), before);
}

fn read_tree(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { read_tree(&path, files) } else { _ = files.insert(path.clone(), fs::read(path).unwrap()) }
    }
}

#[test]
fn kpt_renders_a_package() {
    let Some(kpt) = kpt() else { return };
    let lab = Lab::new();
    symlink(MINTAGE, lab.folder.path().join("mintage")).unwrap();
    let kptfile = "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: app\npipeline:\n  mutators:\n  - exec: mintage\n    configPath: secrets.yaml\n";
    lab.write("Kptfile", kptfile);
    lab.write("secrets.yaml", &config("  inline:\n    opaque:\n    - {name: db, data: {A: x}}\n"));
    assert!(!lab.run(&kpt, &["fn", "render", "."], b"").status.success());
    for _ in 0..2 {
        ok(lab.run(&kpt, &["fn", "render", ".", "--allow-exec"], b""));
        let secret = documents(&fs::read(lab.app().join("secret_db.yaml")).unwrap()).remove(0);
        assert_eq!(secret["data"], json!({"A": "eA=="}));
        assert!(lab.app().join("Kptfile").is_file() && lab.app().join("secrets.yaml").is_file());
    }
}

#[test]
fn helm_adds_the_secrets_to_a_chart() {
    let Some(helm) = peers::need("helm") else { return };
    let lab = Lab::shop();
    ok(lab.run(&helm, &["create", "chart"], b""));
    let plain = ok(lab.run(&helm, &["template", "web", "chart"], b""));
    lab.install("helm");
    let arguments = ["--post-renderer", "mintage", "--post-renderer-args", ".", "--post-renderer-args", "--env=prod"];
    let rendered = ok(lab.run(&helm, &[&["template", "web", "chart"], &arguments[..]].concat(), b""));
    let mut meant = objects(&plain);
    meant.extend(lab.built(&["-e", "prod"]));
    assert_eq!(objects(&rendered), meant);
    // A mistake stops it.
    let arguments = ["--post-renderer", "mintage", "--post-renderer-args", "--env=nope"];
    let output = lab.run(&helm, &[&["template", "web", "chart"], &arguments[..]].concat(), b"");
    assert!(!output.status.success() && output.stdout.is_empty());
    // As a pipe, which needs no plugin: byte for byte, and the Secrets behind.
    let piped = ok(lab.run(Path::new(MINTAGE), &["post-render", "-e", "prod"], &plain));
    let secrets = ok(lab.mintage(&["build", "-e", "prod"]));
    assert_eq!(piped, [&plain[..], b"---\n", &secrets[..]].concat());
}

#[test]
fn a_plugin_of_helm_that_was_changed_is_only_overwritten_by_force() {
    let lab = Lab::new();
    let plugin = lab.home().join(".local/share/helm/plugins/mintage/plugin.yaml");
    lab.install("helm");
    let ours = fs::read_to_string(&plugin).unwrap();
    lab.install("helm");
    // That of another version, of a program in another place.
    let version = format!("version: {}\n", env!("CARGO_PKG_VERSION"));
    let older = ours.replace(&version, "version: 0.0.9\n").replace("command: ", "command: /opt");
    assert_ne!(ours, older);
    fs::write(&plugin, older).unwrap();
    lab.install("helm");
    assert_eq!(fs::read_to_string(&plugin).unwrap(), ours);
    for changed in ["name: mintage\n".to_owned(), format!("{ours}# mine\n"), ours.replace("post-render]", "post-render, -A, warnings]")] {
        fs::write(&plugin, &changed).unwrap();
        let refused = lab.mintage(&["install", "helm"]);
        assert!(refused.status.code() == Some(2) && stderr(&refused).contains("--force"));
        assert_eq!(fs::read_to_string(&plugin).unwrap(), changed);
        ok(lab.mintage(&["install", "helm", "--force"]));
        assert_eq!(fs::read_to_string(&plugin).unwrap(), ours);
    }
}

#[test]
fn helm_3_takes_the_program_itself() {
    let Some(helm) = peers::need("helm-3") else { return };
    let lab = Lab::shop();
    ok(lab.run(&helm, &["create", "chart"], b""));
    let plain = ok(lab.run(&helm, &["template", "web", "chart"], b""));
    let template = |env: &str| {
        let post = ["--post-renderer-args", "post-render", "--post-renderer-args", ".", "--post-renderer-args", env];
        lab.run(&helm, &[&["template", "web", "chart", "--post-renderer", MINTAGE], &post[..]].concat(), b"")
    };
    let mut meant = objects(&plain);
    meant.extend(lab.built(&["-e", "prod"]));
    assert_eq!(objects(&ok(template("--env=prod"))), meant);
    let output = template("--env=nope");
    assert!(!output.status.success() && stderr(&output).contains("error[unknown-environment]"), "{}", stderr(&output));
}

#[test]
fn kubectl_finds_mintage_when_it_is_linked() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let lab = Lab::shop();
    symlink(MINTAGE, lab.folder.path().join("kubectl-mintage")).unwrap();
    assert_eq!(ok(lab.run(&kubectl, &["mintage", "build", "-e", "prod"], b"")), ok(lab.mintage(&["build", "-e", "prod"])));
    let help = String::from_utf8(ok(lab.run(&kubectl, &["mintage", "check", "--help"], b""))).unwrap();
    assert!(help.contains("Usage: kubectl mintage check"), "{help}");
    let listed = String::from_utf8(ok(lab.run(&kubectl, &["plugin", "list"], b""))).unwrap();
    assert!(listed.contains("kubectl-mintage"));
}
