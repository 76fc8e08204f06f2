//! kustomize, kpt, Helm and kubectl, each through the real tool, on lines that the docs give.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::case::{Case, MINTAGE, Ran, Words, documents};
use crate::peers;

const SHOP: &str = "examples/shop";

fn install(case: &Case, what: &str) {
    case.args("install").args(what).succeeds();
}

fn kustomize(case: &Case, kubectl: &Path) -> Ran {
    case.tool(kubectl, "kustomize --enable-alpha-plugins .").run()
}

/// What `build` makes, by namespace and name.
fn built(case: &Case, words: impl Words) -> BTreeMap<String, Value> {
    objects(&case.args("build").args(words).succeeds().stdout)
}

fn id(object: &Value) -> String {
    format!("{} {}/{}", object["kind"], object["metadata"]["namespace"], object["metadata"]["name"])
}

fn objects(yaml: &[u8]) -> BTreeMap<String, Value> {
    documents(yaml).into_iter().map(|object| (id(&object), object)).collect()
}

/// The stdout of a run that went well.
#[track_caller]
fn ok(ran: Ran) -> Vec<u8> {
    assert!(ran.succeeded(), "{}", ran.stderr);
    ran.stdout
}

fn config(spec: &str) -> String {
    format!("apiVersion: mintage.dev/v1\nkind: Mintage\nmetadata:\n  name: secrets\nspec:\n{spec}")
}

/// Today's kubectl, and one with a kustomize from before the present one.
fn with_each_kubectl(test: impl Fn(&Path)) {
    ["kubectl", "kubectl-1.32"]
        .into_iter()
        .filter_map(peers::need)
        .for_each(|kubectl| test(&kubectl));
}

/// kpt comes with no package that `tests/peers/install` could take, so even in CI its absence is no
/// failure.
fn kpt() -> Option<PathBuf> {
    let found = peers::find("kpt");
    if found.is_err() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: tests of kpt, which is not on the PATH");
    }
    found.ok()
}

#[test]
fn kubectl_renders_the_shop_as_build_does() {
    with_each_kubectl(|kubectl| {
        let case = Case::copy_of(SHOP);
        install(&case, "kustomize");
        case.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        for (env, spec) in [
            ("dev", "  path: .\n"),
            ("prod", "  path: .\n  env: prod\n"),
            ("prod", "  path: mintage.toml\n  env: prod\n  only: ['shop-prod/*']\n"),
        ] {
            case.write("secrets.yaml", config(spec));
            let only: &[&str] =
                if spec.contains("only") { &["--only", "shop-prod/*"] } else { &[] };
            let meant = built(&case, [&["-e", env], only].concat());
            assert!(meant.len() > 5);
            assert_eq!(objects(&ok(kustomize(&case, kubectl))), meant, "{spec}");
        }
        // The spec in the config itself.
        case.write(
            "secrets.yaml",
            config(
                "  inline:\n    opaque:\n    - \
                 {name: db, namespace: shop, data: {A: x, B: {file: known_hosts}}}\n",
            ),
        );
        let found = objects(&ok(kustomize(&case, kubectl)));
        assert_eq!(found.len(), 1);
        assert_eq!(found["\"Secret\" \"shop\"/\"db\""]["data"]["A"], "eA==");
    });
}

#[test]
fn through_kubectl_mistakes_are_told_and_values_are_not() {
    with_each_kubectl(|kubectl| {
        let case = Case::new();
        install(&case, "kustomize");
        case.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        let tries = [
            ("  inline:\n    opaque:\n    - {name: D_B, data: {A: hunter2}}\n", "error[name]"),
            (
                "  inline:\n    opaque:\n    - {name: db, data: {A: '{{ vars.x }}hunter2'}}\n",
                "error[undefined-variable]",
            ),
            (
                "  inline:\n    opaque:\n    - {name: db, data: {A: hunter2}}\n  envs: prod\n",
                "error[function-config]",
            ),
            ("  path: ../other\n", "error[file-outside-root]"),
            ("  inline: {}\n", "error[no-secrets]"),
        ];
        for (spec, code) in tries {
            case.write("secrets.yaml", config(spec));
            let output = kustomize(&case, kubectl);
            assert!(!output.succeeded() && output.stdout.is_empty());
            assert!(
                output.stderr.contains(code) && !output.stderr.contains("hunter2"),
                "{code}: {}",
                output.stderr
            );
        }
        case.write("secrets.yaml", &(config("  path: .\n") + "argsOneLiner: --allow-path /\n"));
        assert!(kustomize(&case, kubectl).stderr.contains("`argsOneLiner` adds others"));
    });
}

#[test]
fn two_specs_that_make_one_secret_are_refused() {
    with_each_kubectl(|kubectl| {
        let case = Case::new();
        install(&case, "kustomize");
        let spec =
            "  inline:\n    opaque:\n    - {name: db, namespace: shop, data: {PASS: hunter2}}\n";
        case.write("one.yaml", config(spec));
        case.write("two.yaml", config(spec).replace("name: secrets", "name: other"));
        case.write("kustomization.yaml", "generators:\n- one.yaml\n- two.yaml\n");
        let output = kustomize(&case, kubectl);
        assert!(!output.succeeded() && output.stdout.is_empty());
        assert!(
            output.stderr.contains("db") && !output.stderr.contains("hunter2"),
            "{}",
            output.stderr
        );
        // As a transformer, which sees what is there: our own words.
        case.write("kustomization.yaml", "generators:\n- one.yaml\ntransformers:\n- two.yaml\n");
        let output = kustomize(&case, kubectl);
        assert!(
            output.stderr.contains("the input already contains the Secret `shop/db`"),
            "{}",
            output.stderr
        );
        case.write(
            "two.yaml",
            config(&spec.replace("name: db", "name: web")).replace("name: secrets", "name: other"),
        );
        assert_eq!(objects(&ok(kustomize(&case, kubectl))).len(), 2);
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
        let case = Case::new();
        install(&case, "kustomize");
        case.write("web.yaml", WORKLOAD);
        case.write(
            "kustomization.yaml",
            "namespace: shop\nnamePrefix: dev-\nresources:\n- web.yaml\ngenerators:\n- \
             secrets.yaml\n",
        );
        let spec = |more: &str| {
            config(&format!("  inline:\n    opaque:\n    - name: db\n      data: {{A: x}}\n{more}"))
        };
        case.write(
            "secrets.yaml",
            spec("      annotations: {kustomize.config.k8s.io/needs-hash: 'true'}\n"),
        );
        let rendered = ok(kustomize(&case, kubectl));
        let secret =
            documents(&rendered).into_iter().find(|object| object["kind"] == "Secret").unwrap();
        let name = secret["metadata"]["name"].as_str().unwrap().to_owned();
        // The annotation is kustomize's own and goes.
        assert_eq!(
            (&secret["metadata"]["annotations"], &secret["metadata"]["namespace"]),
            (&Value::Null, &json!("shop"))
        );
        // The suffix is that which `hash-suffix` gives.
        case.write(
            "mintage.toml",
            "[[opaque]]\nname = \"dev-db\"\nhash-suffix = true\ndata.A = \"x\"\n",
        );
        assert_eq!(built(&case, "").into_values().next().unwrap()["metadata"]["name"], name);
        let workload = documents(&rendered)
            .into_iter()
            .filter(|object| object["kind"] != "Secret")
            .map(|object| object.to_string())
            .collect::<String>();
        assert_eq!(workload.matches(&format!("\"{name}\"")).count(), 7, "{workload}");
        // The other half of it: with mintage's own suffix, kustomize knows nothing, and references
        // stay.
        case.write("secrets.yaml", spec("      hash-suffix: true\n"));
        let rendered = String::from_utf8(ok(kustomize(&case, kubectl))).unwrap();
        assert!(rendered.contains("secretName: db\n"), "{rendered}");
    });
}

#[test]
fn behaviors_are_kustomizes() {
    with_each_kubectl(|kubectl| {
        let case = Case::new();
        install(&case, "kustomize");
        fs::create_dir(case.path("base")).unwrap();
        case.write(
            "base/kustomization.yaml",
            "secretGenerator:\n- name: db\n  literals: [A=base, B=base]\n",
        );
        case.write("kustomization.yaml", "resources:\n- base\ngenerators:\n- secrets.yaml\n");
        let data = |behavior: &str| {
            let annotation =
                format!("      annotations: {{kustomize.config.k8s.io/behavior: {behavior}}}\n");
            case.write(
                "secrets.yaml",
                config(&format!(
                    "  inline:\n    opaque:\n    - name: db\n      data: {{A: ours}}\n{annotation}"
                )),
            );
            let output = kustomize(&case, kubectl);
            output.succeeded().then(|| documents(&output.stdout).remove(0)["data"].clone())
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
        .replace("\"warnings\"", "\"plaintext-secret\", \"empty-value\", \"type-misspelt\"");
    for index in 0..200 {
        let type_ = types[usize::try_from(numbers.below(3)).unwrap()];
        spec.push_str(&format!(
            "[[custom]]\nname = \"s{index}\"\ntype = {}\n{line}\n",
            json!(type_)
        ));
        for key in ["a", "tls.crt", "A-_.9"].iter().take(usize::try_from(numbers.below(4)).unwrap())
        {
            // Around the length at which kustomize breaks its base64.
            let length = [0, 1, 50, 51, 52, 53, 54, 105, 210, 400]
                [usize::try_from(numbers.below(10)).unwrap()];
            let hex: String =
                (0..length).map(|_| format!("\\u00{:02x}", 0x20 + numbers.below(0x5f))).collect();
            spec.push_str(&format!("data.\"{key}\" = {{ value = \"{hex}\" }}\n"));
        }
    }
    // A template would be taken for one.
    spec.replace("\\u007b", "\\u0041")
}

#[test]
fn suffixes_of_needs_hash_are_those_of_hash_suffix() {
    with_each_kubectl(|kubectl| {
        let case = Case::new();
        install(&case, "kustomize");
        case.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        case.write("secrets.yaml", config("  path: needs-hash.toml\n"));
        case.write(
            "needs-hash.toml",
            many("annotations.\"kustomize.config.k8s.io/needs-hash\" = \"true\""),
        );
        case.write("mintage.toml", many("hash-suffix = true"));
        let ours: Vec<String> = built(&case, "").into_keys().collect();
        let theirs: Vec<String> = objects(&ok(kustomize(&case, kubectl))).into_keys().collect();
        assert_eq!(ours.len(), 200);
        assert_eq!(ours, theirs);
    });
}

#[test]
fn kubectl_skips_an_exec_function_and_the_doctor_says_so() {
    with_each_kubectl(|kubectl| {
        let case = Case::copy_of(SHOP);
        let annotated = config("  path: .\n").replace(
            "  name: secrets\n",
            &format!(
                "  name: secrets\n  annotations:\n    config.kubernetes.io/function: |\n      \
                 exec: {{path: {MINTAGE}}}\n"
            ),
        );
        case.write("secrets.yaml", &annotated);
        case.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
        // The trap itself: exit status 0, and no Secret.
        assert_eq!(documents(&ok(kustomize(&case, kubectl))), [] as [Value; 0]);
        let output = case.args("doctor").run();
        assert!(
            output.succeeded() && output.stderr.contains("warning[kustomize-function]"),
            "{}",
            output.stderr
        );
        assert_eq!(case.args("doctor -D kustomize-function").run().code, Some(1));
    });
}

#[test]
fn the_doctor_finds_what_is_wrong_with_the_plugin_and_no_more_when_it_is_right() {
    let case = Case::copy_of(SHOP);
    case.write("secrets.yaml", config("  path: .\n"));
    case.write("kustomization.yaml", "generators:\n- secrets.yaml\n");
    let doctor = || {
        let output = case.args("doctor").run();
        (output.code, output.stderr)
    };
    let link = case.home(".config/kustomize/plugin/mintage.dev/v1/mintage/Mintage");
    let says = |words: &str| {
        let (status, said) = doctor();
        assert!(
            status == Some(1) && said.contains("error[kustomize-plugin]") && said.contains(words),
            "{words}: {said}"
        );
    };
    says("is not installed");
    install(&case, "kustomize");
    assert_eq!(doctor(), (Some(0), String::new()));
    let place = |target: &str| {
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
    };
    place("/nowhere/mintage-0.0/mintage");
    says("is a broken link");
    // A link of ours is renewed, nothing else is touched.
    install(&case, "kustomize");
    assert_eq!(doctor(), (Some(0), String::new()));
    place("/bin/true");
    says("is another program");
    assert_eq!(case.args("install kustomize").run().code, Some(2));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("/bin/true"));
    fs::remove_file(&link).unwrap();
    fs::write(&link, "#!/bin/sh\necho mintage 0.0.1\n").unwrap();
    says("is not executable");
    fs::set_permissions(&link, fs::Permissions::from_mode(0o755)).unwrap();
    says("is mintage 0.0.1");
    let refused = case.args("install kustomize").run();
    assert!(refused.code == Some(2) && refused.said().contains("--force"));
    case.args("install kustomize --force").succeeds();
    assert_eq!(doctor(), (Some(0), String::new()));
    // The program itself is not replaced by a link to itself.
    fs::remove_file(&link).unwrap();
    let program = case.path("../mintage-itself");
    fs::copy(MINTAGE, &program).unwrap();
    fs::hard_link(&program, &link).unwrap();
    let itself = case.tool(&program, "install kustomize --force").run();
    assert!(
        itself.code == Some(2) && itself.said().contains("the program itself"),
        "{}",
        itself.said()
    );
    assert!(!link.is_symlink());
    fs::remove_file(&program).unwrap();
}

#[test]
fn the_doctor_finds_an_identity_that_others_can_read() {
    let case = Case::copy_of(SHOP);
    let identity = case.home(".config/mintage/identities.txt");
    fs::create_dir_all(identity.parent().unwrap()).unwrap();
    fs::copy(case.path("TEST-ONLY-identity.txt"), &identity).unwrap();
    for (mode, warned) in [(0o600, false), (0o644, true), (0o640, true)] {
        fs::set_permissions(&identity, fs::Permissions::from_mode(mode)).unwrap();
        let output = case.args("doctor").run();
        assert_eq!(
            (output.code, output.stderr.contains("warning[identity-permissions]")),
            (Some(0), warned),
            "{mode:o}"
        );
    }
    // A spec that nothing opens.
    fs::remove_file(&identity).unwrap();
    let spec = fs::read_to_string(case.path("mintage.toml"))
        .unwrap()
        .replace("identities = [\"TEST-ONLY-identity.txt\"]", "");
    case.write("mintage.toml", &spec);
    let output = case.args("doctor").run();
    assert!(
        output.code == Some(1) && output.stderr.contains("error[no-identity]"),
        "{}",
        output.stderr
    );
}

#[test]
fn kpt_evaluates_the_function_and_writes_back_the_same() {
    let Some(kpt) = kpt() else { return };
    let case = Case::copy_of(SHOP);
    fs::create_dir(case.path("package")).unwrap();
    case.write(
        "package/web.yaml",
        "# about the map\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web # here\n",
    );
    case.write("config.yaml", config("  path: .\n  env: prod\n"));
    let program = format!("{MINTAGE} krm");
    let eval = |more: &str| {
        case.tool(&kpt, ["fn", "eval", "package", "--exec", &program, "--fn-config", "config.yaml"])
            .args(more)
            .run()
    };
    let found = objects(&ok(eval("-o unwrap")));
    let mut secrets: BTreeMap<String, Value> =
        found.into_iter().filter(|(id, _)| id.contains("Secret")).collect();
    for secret in secrets.values_mut() {
        let metadata = secret["metadata"].as_object_mut().unwrap();
        let annotations = metadata["annotations"].as_object_mut().unwrap();
        assert_eq!(annotations.remove("mintage.dev/function"), Some("secrets".into()));
        // kpt's own.
        annotations.retain(|name, _| {
            !name.contains("config.kubernetes.io") && !name.contains("config.k8s.io")
        });
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    assert_eq!(secrets, built(&case, "-e prod"));

    // In place, twice: the second run changes nothing.
    ok(eval(""));
    let tree = || {
        let mut files = BTreeMap::new();
        read_tree(&case.path("package"), &mut files);
        files
    };
    let first = tree();
    assert_eq!(first.len(), 12, "{:?}", first.keys());
    ok(eval(""));
    assert_eq!(tree(), first);
    let map = String::from_utf8(first[&case.path("package/web.yaml")].clone()).unwrap();
    assert!(map.contains("# about the map") && map.contains("name: web # here"));
    // With another environment, those of the first are gone.
    case.write("config.yaml", config("  path: .\n  env: dev\n"));
    ok(eval(""));
    assert!(tree().keys().all(|path| !path.display().to_string().contains("shop-prod")));
    // A mistake: kpt shows the result, and the package is what it was.
    let before = tree();
    case.write("config.yaml", config("  path: .\n  env: nope\n"));
    let output = eval("");
    assert!(
        !output.succeeded()
            && output.stderr.contains("[error]")
            && output.stderr.contains("the environment `nope`")
    );
    assert_eq!(tree(), before);
}

fn read_tree(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_tree(&path, files)
        } else {
            _ = files.insert(path.clone(), fs::read(path).unwrap())
        }
    }
}

#[test]
fn kpt_renders_a_package() {
    let Some(kpt) = kpt() else { return };
    let case = Case::new().on_the_path("mintage");
    let kptfile = "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: app\npipeline:\n  \
        mutators:\n  - exec: mintage\n    configPath: secrets.yaml\n";
    case.write("Kptfile", kptfile);
    case.write("secrets.yaml", config("  inline:\n    opaque:\n    - {name: db, data: {A: x}}\n"));
    assert!(!case.tool(&kpt, "fn render .").run().succeeded());
    for _ in 0..2 {
        ok(case.tool(&kpt, "fn render . --allow-exec").run());
        let secret = documents(&fs::read(case.path("secret_db.yaml")).unwrap()).remove(0);
        assert_eq!(secret["data"], json!({"A": "eA=="}));
        assert!(case.path("Kptfile").is_file() && case.path("secrets.yaml").is_file());
    }
}

#[test]
fn helm_adds_the_secrets_to_a_chart() {
    let Some(helm) = peers::need("helm") else { return };
    let case = Case::copy_of(SHOP);
    ok(case.tool(&helm, "create chart").run());
    let plain = ok(case.tool(&helm, "template web chart").run());
    install(&case, "helm");
    let arguments = [
        "--post-renderer",
        "mintage",
        "--post-renderer-args",
        ".",
        "--post-renderer-args",
        "--env=prod",
    ];
    let rendered = ok(case.tool(&helm, "template web chart").args(arguments).run());
    let mut meant = objects(&plain);
    meant.extend(built(&case, "-e prod"));
    assert_eq!(objects(&rendered), meant);
    // A mistake stops it.
    let arguments = ["--post-renderer", "mintage", "--post-renderer-args", "--env=nope"];
    let output = case.tool(&helm, "template web chart").args(arguments).run();
    assert!(!output.succeeded() && output.stdout.is_empty());
    // As a pipe, which needs no plugin: byte for byte, and the Secrets behind.
    let piped = ok(case.args("post-render -e prod").stdin(&plain).run());
    let secrets = ok(case.args("build -e prod").run());
    assert_eq!(piped, [&plain[..], b"---\n", &secrets[..]].concat());
}

#[test]
fn a_plugin_of_helm_that_was_changed_is_only_overwritten_by_force() {
    let case = Case::copy_of("examples/shop");
    let plugin = case.home(".local/share/helm/plugins/mintage/plugin.yaml");
    install(&case, "helm");
    let ours = fs::read_to_string(&plugin).unwrap();
    install(&case, "helm");
    // That of another version, of a program in another place.
    let version = format!("version: {}\n", env!("CARGO_PKG_VERSION"));
    let older = ours.replace(&version, "version: 0.0.9\n").replace("command: ", "command: /opt");
    assert_ne!(ours, older);
    fs::write(&plugin, older).unwrap();
    install(&case, "helm");
    assert_eq!(fs::read_to_string(&plugin).unwrap(), ours);
    for changed in [
        "name: mintage\n".to_owned(),
        format!("{ours}# mine\n"),
        ours.replace("post-render]", "post-render, -A, warnings]"),
    ] {
        fs::write(&plugin, &changed).unwrap();
        let refused = case.args("install helm").run();
        assert!(refused.code == Some(2) && refused.said().contains("--force"));
        assert_eq!(fs::read_to_string(&plugin).unwrap(), changed);
        case.args("install helm --force").succeeds();
        assert_eq!(fs::read_to_string(&plugin).unwrap(), ours);
    }
}

#[test]
fn helm_3_takes_the_program_itself() {
    let Some(helm) = peers::need("helm-3") else { return };
    let case = Case::copy_of(SHOP);
    ok(case.tool(&helm, "create chart").run());
    let plain = ok(case.tool(&helm, "template web chart").run());
    let template = |env: &str| {
        let post = [
            "--post-renderer-args",
            "post-render",
            "--post-renderer-args",
            ".",
            "--post-renderer-args",
            env,
        ];
        case.tool(&helm, ["template", "web", "chart", "--post-renderer", MINTAGE]).args(post).run()
    };
    let mut meant = objects(&plain);
    meant.extend(built(&case, "-e prod"));
    assert_eq!(objects(&ok(template("--env=prod"))), meant);
    let output = template("--env=nope");
    assert!(
        !output.succeeded() && output.stderr.contains("error[unknown-environment]"),
        "{}",
        output.stderr
    );
}

#[test]
fn kubectl_finds_mintage_when_it_is_linked() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let case = Case::copy_of(SHOP).on_the_path("kubectl-mintage");
    assert_eq!(
        ok(case.tool(&kubectl, "mintage build -e prod").run()),
        ok(case.args("build -e prod").run())
    );
    let help = String::from_utf8(ok(case.tool(&kubectl, "mintage check --help").run())).unwrap();
    assert!(help.contains("Usage: kubectl mintage check"), "{help}");
    let listed = String::from_utf8(ok(case.tool(&kubectl, "plugin list").run())).unwrap();
    assert!(listed.contains("kubectl-mintage"));
}

/// What follows a NUL is not read, so nothing of such a stream may pass through.
#[test]
fn a_stream_with_a_nul_is_refused() {
    let case = Case::new().spec("[[opaque]]\nname = \"x\"\ndata.A = \"b\"\n");
    let stream = [b"a: 1\n# \0\n---\n".as_slice(), b"b: 2\n".repeat(10_000).as_slice()].concat();
    let ran = case.args("post-render").stdin(stream).exits(2).stderr_contains("NUL");
    ran.stdout_is("");
}

#[test]
fn the_doctor_looks_at_the_spec_that_other_commands_use() {
    let case = Case::new();
    case.write(".git/HEAD", "");
    case.write("mintage.toml", "[[opaque]]\nname = \"a\"\ndata.A = \"x\"\n");
    case.write("deep/below/README", "");
    case.write("deep/mintage.toml", "[vars]\n");
    let below = case.path("deep/below");
    let doctor = |words: &str| case.args("doctor -A warnings").args(words).from(&below);
    let ran = doctor("").succeeds().stdout_contains("../../mintage.toml: 1 Secret\n");
    ran.stderr_contains("using `../../mintage.toml`");
    // A folder that is named is meant.
    doctor(".").exits(2).stderr_contains("`mintage.toml` does not exist");
    // Of a spec that does not build, nothing is counted.
    case.write("mintage.toml", "[[opaque]]\nname = 3\n");
    let ran = doctor("").exits(1).stdout_contains("../../mintage.toml: can't be built\n");
    ran.never_says("Secrets");
}

#[test]
fn the_doctor_builds_every_environment() {
    let case = Case::new();
    let recipient = |name: &str| {
        let made = case.args(["keygen", "-o", name]).succeeds().quietly();
        made.text().trim().to_owned()
    };
    for (key, file) in [("mine.key", "dev.age"), ("other.key", "prod.age")] {
        let to = recipient(key);
        case.args(["encrypt", "-", "-o", file, "-r", &to]).stdin("hunter2").succeeds();
    }
    let spec = "[environments.dev]\n[environments.prod]\n[environments.ci]\n[[opaque]]\nname = \
                \"m\"\nenvironments = [\"dev\", \"prod\"]\ndata.PW = { age = \"{{ env }}.age\" \
                }\n[[opaque]]\nname = \"{{ env }}\"\ndata.PASSWORD = \"hunter2\"\n";
    case.write("mintage.toml", spec);
    let ran = case.args("doctor -i mine.key").succeeds();
    let ran = ran.stdout_contains("  .: dev: 2 Secrets\n").stdout_contains("  .: ci: 1 Secret\n");
    let ran = ran.stdout_contains("  .: prod: 1 Secret, without those that can't be decrypted\n");
    let ran = ran.stderr_contains("= note: in the environment `prod`").never_says("hunter2");
    assert_eq!(ran.stderr.matches("warning[plaintext-secret]").count(), 1, "{}", ran.stderr);
    // What a build makes has to be there, and the identities have to be for something.
    case.write("mintage.toml", format!("default-env = \"prod\"\n{spec}"));
    let ran = case.args("doctor -i mine.key").exits(1).stdout_contains(": prod: can't be built\n");
    ran.stderr_contains("error[no-matching-identity]");
    case.args("doctor -i other.key").succeeds();
    case.args("doctor -i other.key").env("MINTAGE_ENV", "dev").exits(1);
    case.write("mintage.toml", spec);
    case.args("keygen -o new.key").succeeds().quietly();
    for none in ["doctor -i new.key", "doctor"] {
        case.args(none).exits(1).stdout_contains(": dev: can't be built\n");
    }
    case.args("doctor").env("MINTAGE_ENV", "nope").exits(1).stderr_contains("`nope`");
    // A config chooses one.
    case.write("kustomization.yaml", "generators: [generator.yaml]\n");
    let config =
        "apiVersion: mintage.dev/v1\nkind: Mintage\nmetadata: {name: s}\nspec:\n  path: .\n";
    case.write("generator.yaml", config);
    case.args("doctor -i mine.key")
        .exits(1)
        .stderr_contains("write `env: dev`, `env: prod` or `env: ci` under `spec` in the config");
    case.write("generator.yaml", format!("{config}  env: dev\n"));
    let ran = case.args("doctor -i mine.key").exits(1).stdout_contains("generator.yaml: 2 Secrets");
    ran.never_says("unknown-environment");
    // Two configs of one spec.
    case.write("kustomization.yaml", "generators: [generator.yaml, ci.yaml]\n");
    case.write("ci.yaml", format!("{config}  env: ci\n"));
    let ran = case.args("doctor -i mine.key").exits(1).stdout_contains("ci.yaml: 1 Secret,");
    assert_eq!(ran.stderr.matches("warning[plaintext-secret]").count(), 1, "{}", ran.stderr);
}

#[test]
fn the_doctor_reports_what_is_in_a_file_once() {
    let case = Case::new();
    case.write("app.conf", "{{ vars.missing }}\n");
    case.write(
        "mintage.toml",
        "[environments.dev]\n[environments.prod]\n[[opaque]]\nname = \"a\"\ndata.CONF = { file = \
         \"app.conf\", template = true }\n",
    );
    let ran = case.args("doctor").exits(1).never_says("in the environment");
    assert_eq!(ran.stderr.matches("error[undefined-variable]").count(), 1, "{}", ran.stderr);
}
