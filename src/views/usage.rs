//! How a Secret is used: whole manifests to paste from, with the Secret's right name and keys that
//! it has. No value is in them.

use super::inspect::{Hash, Inspected};
use super::value::{MASK, scalar};
use crate::check::tls::{self, AlternativeName};
use crate::diag::{phrases::printable, private_keys::hidden};
use crate::secret::kind::{
    self, BOOTSTRAP_NAME_PREFIX, BuiltIn, CA_CERT, DOCKER_CONFIG_JSON_KEY,
    SERVICE_ACCOUNT_ANNOTATION, SSH_PRIVATE_KEY, TLS_CERT, TOKEN_SECRET,
};
use crate::spec::value::How;

/// YAML documents for the Secret's type, each with a comment before it.
pub(crate) fn yaml(inspected: &Inspected) -> String {
    let mut comments = String::new();
    match inspected.hash {
        Hash::None => {}
        Hash::Known => comments.push_str(
            "# The Secret's name ends in a hash of its data. When the data changes, update the \
             name in all manifests that use it.\n",
        ),
        Hash::Unknown => comments.push_str(
            "# The Secret's name ends in a hash of its data, which is missing below: it is not \
             known without an identity.\n",
        ),
    }
    if inspected.more_keys {
        comments.push_str(
            "# The Secret has more keys, which are missing below: no available identity can \
             decrypt their file.\n",
        );
    }
    let mut documents = Used::of(inspected).documents();
    if !comments.is_empty() {
        documents.insert(0, comments);
    }
    documents.join("---\n")
}

struct Used<'i> {
    inspected: &'i Inspected,
    keys: Vec<&'i str>,
    name: String,
    /// A line of metadata: everything that uses a Secret has to be in its namespace.
    namespace: String,
    /// The folder for a Secret that no program looks for anywhere.
    folder: String,
}

impl<'i> Used<'i> {
    fn of(inspected: &'i Inspected) -> Self {
        let secret = &inspected.secret;
        let line = |namespace: &String| format!("\n  namespace: {}", scalar(namespace));
        Self {
            inspected,
            keys: inspected.keys.iter().map(|key| key.name.as_str()).collect(),
            name: scalar(&secret.name),
            namespace: secret.namespace.as_ref().map(line).unwrap_or_default(),
            folder: format!("/etc/secrets/{}", secret.name),
        }
    }

    fn documents(&self) -> Vec<String> {
        match kind::built_in(&self.inspected.secret.type_) {
            Some(BuiltIn::Tls) => {
                let files = self.volume("# The key pair as files.\n", &self.folder, "", &[]);
                vec![self.ingress(), self.gateway(), files]
            }
            Some(BuiltIn::DockerConfigJson) => {
                let variable = format!(
                    "      env:\n        - name: DOCKER_CONFIG\n          value: {}\n",
                    path(&self.folder)
                );
                let config = self.volume(
                    "# For programs that pull and push themselves, as their config.json.\n",
                    &self.folder,
                    &variable,
                    &self.renamed(DOCKER_CONFIG_JSON_KEY, "config.json"),
                );
                self.pull().into_iter().chain([config]).collect()
            }
            Some(BuiltIn::DockerCfg) => self.pull().into(),
            Some(BuiltIn::SshAuth) => vec![self.volume(
                "# The key as a file that ssh accepts, where git-sync looks for it.\n",
                "/etc/git-secret",
                "",
                &self.renamed(SSH_PRIVATE_KEY, "ssh"),
            )],
            Some(BuiltIn::ServiceAccountToken) => vec![self.token_account(), self.token_volume()],
            Some(BuiltIn::BootstrapToken) => vec![self.join()],
            Some(BuiltIn::Opaque | BuiltIn::BasicAuth) | None => {
                let files = self.volume("# Every key as a file.\n", &self.folder, "", &[]);
                self.env().into_iter().chain([self.env_from(), files]).collect()
            }
        }
    }

    fn object(&self, api_version: &str, kind: &str, name: &str, fields: &str) -> String {
        let (name, namespace) = (scalar(name), &self.namespace);
        format!(
            "apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: \
             {name}{namespace}\n{fields}"
        )
    }

    /// A Pod with further fields of its container and of itself.
    fn pod(&self, title: &str, container: &str, pod: &str) -> String {
        let fields =
            format!("spec:\n  containers:\n    - name: app\n      image: app\n{container}{pod}");
        title.to_owned() + &self.object("v1", "Pod", "app", &fields)
    }

    fn env(&self) -> Option<String> {
        let name = &self.name;
        let mut variables = String::new();
        for key in self.keys.iter().filter(|key| is_variable(key)).map(|key| scalar(key)) {
            variables.push_str(&format!(
                "        - name: {key}
          valueFrom:
            secretKeyRef:
              name: {name}
              key: {key}
"
            ));
        }
        let title = "# A variable for each key.\n# Change the variable names if the program \
            expects others.\n";
        let pod = self.pod(title, &format!("      env:\n{variables}"), "");
        (!variables.is_empty()).then_some(pod)
    }

    fn env_from(&self) -> String {
        let mut title = "# All keys as variables, including keys added later.\n".to_owned();
        let odd = self.keys.iter().filter(|key| !is_variable(key));
        let odd: Vec<String> = odd.map(|key| printable(key)).collect();
        if !odd.is_empty() {
            title.push_str(&format!("# Shells can't read {}.\n", odd.join(", ")));
        }
        let name = &self.name;
        let from = format!("      envFrom:\n        - secretRef:\n            name: {name}\n");
        self.pod(&title, &from, "")
    }

    fn renamed(&self, from: &str, to: &'static str) -> Vec<(&'i str, &'i str)> {
        self.keys.iter().map(|key| (*key, if *key == from { to } else { key })).collect()
    }

    /// A Pod with the keys as files: all of them, or those of `items` under other names. The
    /// container may have further fields.
    fn volume(&self, title: &str, folder: &str, container: &str, items: &[(&str, &str)]) -> String {
        let (name, folder) = (&self.name, path(folder));
        let volume = scalar(&volume_name(&self.inspected.secret.name));
        let mounts = format!(
            "{container}      volumeMounts:
        - name: {volume}
          mountPath: {folder}
          readOnly: true
"
        );
        let mut volumes = format!(
            "  volumes:
    - name: {volume}
      secret:
        secretName: {name}
        defaultMode: 0400
"
        );
        if !items.is_empty() {
            volumes.push_str("        items:\n");
        }
        for (key, file) in items {
            let (key, file) = (scalar(key), scalar(file));
            volumes.push_str(&format!("          - key: {key}\n            path: {file}\n"));
        }
        let note = "# A user other than root needs spec.securityContext.fsGroup to read them.\n";
        self.pod(&format!("{title}{note}"), &mounts, &volumes)
    }

    fn pull(&self) -> [String; 2] {
        let name = &self.name;
        let secrets = format!("  imagePullSecrets:\n    - name: {name}\n");
        let pod = self.pod("# For the images of one Pod.\n", "", &secrets);
        let secrets = format!("imagePullSecrets:\n  - name: {name}\n");
        let account = self.object("v1", "ServiceAccount", "default", &secrets);
        let title = "# For the images of all Pods of a service account.\n# Existing Pods keep \
            their pull secrets.\n";
        [pod, format!("{title}{account}")]
    }

    fn ingress(&self) -> String {
        let name = &self.name;
        let (mut hosts, mut rules) = (String::new(), String::new());
        for host in self.hosts() {
            hosts.push_str(&format!("        - {host}\n"));
            rules.push_str(&format!(
                "    - host: {host}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: app
                port:
                  number: 80
"
            ));
        }
        let fields = format!(
            "spec:\n  tls:\n    - hosts:\n{hosts}      secretName: {name}\n  rules:\n{rules}"
        );
        let ingress = self.object("networking.k8s.io/v1", "Ingress", "app", &fields);
        format!("# An Ingress.\n{ingress}")
    }

    fn gateway(&self) -> String {
        let name = &self.name;
        let mut fields = "spec:\n  gatewayClassName: app\n  listeners:\n".to_owned();
        for (index, host) in self.hosts().into_iter().enumerate() {
            let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
            fields.push_str(&format!(
                "    - name: https{number}
      hostname: {host}
      port: 443
      protocol: HTTPS
      tls:
        certificateRefs:
          - name: {name}
"
            ));
        }
        let gateway = self.object("gateway.networking.k8s.io/v1", "Gateway", "app", &fields);
        format!("# A Gateway.\n{gateway}")
    }

    /// Host names of the certificate, if it is no secret: not out of an age file, nor a variable.
    fn hosts(&self) -> Vec<String> {
        let key = self.inspected.keys.iter().find(|key| key.name == TLS_CERT);
        let is_public = key.is_some_and(|key| key.from.iter().all(|origin| origin.0 == How::File));
        let value = self.inspected.secret.data.get(TLS_CERT).filter(|_| is_public);
        let leaf = value.and_then(|value| tls::certificates(value.expose()).into_iter().next());
        let names = leaf.and_then(|(_, leaf)| Some(leaf.ok()?.names)).unwrap_or_default();
        let dns = |name: &AlternativeName| match name {
            AlternativeName::Dns(name) => Some(scalar(name)),
            _ => None,
        };
        let hosts: Vec<String> = names.iter().filter_map(dns).collect();
        if hosts.is_empty() { vec!["www.example.com".to_owned()] } else { hosts }
    }

    fn token_account(&self) -> String {
        let annotations = &self.inspected.secret.annotations;
        let account = annotations.get(SERVICE_ACCOUNT_ANNOTATION).map_or("default", String::as_str);
        format!(
            "# The token's account, which must exist first.\n{}",
            self.object("v1", "ServiceAccount", account, "")
        )
    }

    fn token_volume(&self) -> String {
        let items = ["token", CA_CERT, "namespace"].map(|key| (key, key));
        let title = "# The token as files, once the cluster has filled them in.\n# A Pod of the \
            account itself has a better one by default.\n";
        self.volume(title, &self.folder, "", &items)
    }

    /// How a node joins. The token's secret half is not in it.
    fn join(&self) -> String {
        let name = printable(&self.inspected.secret.name);
        let id = name.strip_prefix(BOOTSTRAP_NAME_PREFIX).unwrap_or(&name);
        format!(
            "# On the node; {MASK} stands for what `mintage show {name} --key {TOKEN_SECRET}` \
             prints:\n#   kubeadm join HOST:6443 --token {id}.{MASK} \
             --discovery-token-ca-cert-hash sha256:HASH\n"
        )
    }
}

/// Whether a key is a name of a variable that shells can read (POSIX, 8.1). Kubernetes takes more.
fn is_variable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A path as a scalar, which is plain where its parts are.
fn path(path: &str) -> String {
    let path = hidden(path);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.');
    if path.bytes().all(is_plain) { path.into_owned() } else { scalar(&path) }
}

/// A name for a volume: that of the Secret, as a DNS label (RFC 1123).
fn volume_name(name: &str) -> String {
    name.replace('.', "-").chars().take(63).collect::<String>().trim_end_matches('-').to_owned()
}
