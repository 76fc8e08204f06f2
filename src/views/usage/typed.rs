//! What uses Secrets of one type only: Ingress and Gateway, ServiceAccounts, `kubeadm join`.

use super::UsedSecret;
use super::pod::{MountedFiles, folder, items, mounted};
use super::snippet::Snippet;
use crate::check::tls::{self, AlternativeName};
use crate::diag::phrases::printable;
use crate::secret::kind::{
    BOOTSTRAP_NAME_PREFIX, CA_CERT, SERVICE_ACCOUNT_ANNOTATION, TLS_CERT, TOKEN_SECRET,
};
use crate::spec::value::How;
use crate::views::inspect::Inspected;

/// What stands for a host that is not known.
const SOME_HOST: &str = "www.example.com";

/// Host names of the certificate, if it is no secret: not out of an age file, nor a variable.
pub(crate) fn hosts(inspected: &Inspected) -> Vec<String> {
    let key = inspected.keys.iter().find(|key| key.name == TLS_CERT);
    if !key.is_some_and(|key| key.from.iter().all(|origin| origin.how == How::File)) {
        return Vec::new();
    }
    let text = inspected.secret.data.get(TLS_CERT).map_or(&b""[..], |value| value.expose());
    let leaf =
        tls::certificates(text).into_iter().next().and_then(|(_, certificate)| certificate.ok());
    let names = leaf.map(|leaf| leaf.names).unwrap_or_default();
    names
        .into_iter()
        .filter_map(|name| if let AlternativeName::Dns(name) = name { Some(name) } else { None })
        .collect()
}

fn hosts_or_some<'s>(subject: &'s UsedSecret<'_>) -> Vec<&'s str> {
    if subject.hosts.is_empty() {
        vec![SOME_HOST]
    } else {
        subject.hosts.iter().map(String::as_str).collect()
    }
}

pub(crate) fn ingress(subject: &UsedSecret<'_>) -> Snippet {
    let hosts = hosts_or_some(subject);
    let mut snippet =
        Snippet::new("An Ingress", "networking.k8s.io/v1", "Ingress", "app", subject.secret);
    snippet.lines(&["spec:", "  tls:", "    - hosts:"]);
    hosts.iter().for_each(|host| snippet.item(8, host));
    snippet.pair(6, "secretName", &subject.secret.name);
    snippet.line(2, "rules:");
    for host in hosts {
        snippet.pair(4, "- host", host);
        snippet.lines(&[
            "      http:",
            "        paths:",
            "          - path: /",
            "            pathType: Prefix",
        ]);
        snippet.lines(&[
            "            backend:",
            "              service:",
            "                name: app",
        ]);
        snippet.lines(&["                port:", "                  number: 80"]);
    }
    snippet
}

pub(crate) fn gateway(subject: &UsedSecret<'_>) -> Snippet {
    let mut snippet =
        Snippet::new("A Gateway", "gateway.networking.k8s.io/v1", "Gateway", "app", subject.secret);
    snippet.lines(&["spec:", "  gatewayClassName: app", "  listeners:"]);
    for (index, host) in hosts_or_some(subject).into_iter().enumerate() {
        let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
        snippet.pair(4, "- name", &format!("https{number}"));
        snippet.pair(6, "hostname", host);
        snippet.lines(&[
            "      port: 443",
            "      protocol: HTTPS",
            "      tls:",
            "        certificateRefs:",
        ]);
        snippet.pair(10, "- name", &subject.secret.name);
    }
    snippet
}

pub(crate) fn pull_account(subject: &UsedSecret<'_>) -> Snippet {
    let title = "For the images of every Pod of an account; Pods that are there already keep what \
        they have";
    let mut snippet = Snippet::new(title, "v1", "ServiceAccount", "default", subject.secret);
    snippet.line(0, "imagePullSecrets:");
    snippet.pair(2, "- name", &subject.secret.name);
    snippet
}

/// The account of a token: it has to be there before the token.
pub(crate) fn token_account(subject: &UsedSecret<'_>) -> Snippet {
    let account = subject
        .secret
        .annotations
        .get(SERVICE_ACCOUNT_ANNOTATION)
        .map_or("default", String::as_str);
    Snippet::new(
        "The token's account, which has to be there first",
        "v1",
        "ServiceAccount",
        account,
        subject.secret,
    )
}

/// The token as a file, for programs that speak to the cluster.
pub(crate) fn token_volume(subject: &UsedSecret<'_>) -> Snippet {
    let title = "The token as files, once the cluster has filled them in; a Pod of the account \
        itself has a better one by default";
    let path = folder(subject.secret);
    let mut snippet = mounted(
        title,
        subject.secret,
        &MountedFiles { title, path: &path, rename: &[], variable: None },
    );
    items(&mut snippet, ["token", CA_CERT, "namespace"].map(|key| (key, key)).into_iter());
    snippet
}

/// How a node joins. The token's secret half is not in it.
pub(crate) fn join(subject: &UsedSecret<'_>) -> Snippet {
    let name = printable(&subject.secret.name);
    let id = name.strip_prefix(BOOTSTRAP_NAME_PREFIX).unwrap_or(&name);
    let text = format!(
        "# On the node; {} stands for what `mintage show {name} --key {TOKEN_SECRET}` prints:\n#   \
         kubeadm join HOST:6443 --token {id}.{} --discovery-token-ca-cert-hash sha256:HASH\n",
        crate::views::compare::MASK,
        crate::views::compare::MASK
    );
    Snippet { text }
}
