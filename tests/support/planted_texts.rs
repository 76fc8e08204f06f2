//! Texts with places for secrets: `SECRET` stands for one, `BASE64` for its base64.

/// The end of a spec, and what its file `f` holds: a text, or the bundle of a format.
pub const SPECS: &[(&str, &str)] = &[
    (
        r#"data.A = "SECRET"
data.B = "x://{{ vars.u }}:SECRET@{{ vars.h }}/{{ vars.u }}"
"#,
        "",
    ),
    (
        r#"data.A = "a{{ vars.u }}{{ SECRET }}"
data.B = "a{{ vars.SECRET ~ vars.u }}b{{ 'a' | SECRET }}"
data.C = "{{ sources.s.SECRET }}"
"#,
        "",
    ),
    (
        r#"data.A = { value = 'SECRET', trim = true }
data.B = { base64 = "BASE64" }
"#,
        "",
    ),
    (
        r#"data.A = '''
[db]
password = "SECRET"
url = x://u:SECRET@h
'''
data.B = 'b'
"#,
        "",
    ),
    (
        r#"data.A = { json = { host = "{{ vars.h }}", list = ["SECRET", 'x'], password = "SECRET" } }
data.B.yaml = { a = { b = 'SECRET' } }
"#,
        "",
    ),
    (
        r#"data.A.toml = { a.b = "SECRET" }
data.B.dotenv = { A = 'SECRET', B = "x" }
"#,
        "",
    ),
    (
        r#"data.A = { concat = [{ value = "SECRET" }, { file = "f" }, "a{{ vars.u }}SECRET"] }
"#,
        r#"SECRET"#,
    ),
    (
        r#"data.A = { source = 's', key = 'a.password' }
data.B = "{{ sources.s.b[0] }}"
"#,
        r#"toml"#,
    ),
    (
        r#"data.A = { source = 's', key = 'a.password' }
data.B = "{{ sources.s.b[1] }}"
"#,
        r#"json"#,
    ),
    (
        r#"data.A = { source = 's', key = 'a.password' }
data.B = "{{ sources.s.b }}"
"#,
        r#"yaml"#,
    ),
    (
        r#"data.A = { source = 's', key = 'PASSWORD' }
data.B = "{{ sources.s.URL }}"
"#,
        r#"dotenv"#,
    ),
    (
        r#"data-from = [{ source = 's' }]
"#,
        r#"dotenv"#,
    ),
    (
        r#"data-from = [{ source = 's' }]
"#,
        r#"toml"#,
    ),
    (
        r#"data.A = { age = "f.age", template = true }
"#,
        r#"a={{ vars.u }}
b=SECRET{{ SECRET }}
{% if vars.h %}SECRET{% endif %}{{ 'SECRET' | upper }}"#,
    ),
    (
        r#"data.A = { file = "f", template = true }
"#,
        r#"a={{ vars.u }}
b=SECRET
{% if vars.h %}SECRET{% endif %}{{ 'SECRET' | upper }}"#,
    ),
    (
        r#"data.A = { age = "f.age", decode = 'base64' }
data.B = { env-var = 'V', template = true }
"#,
        r#"BASE64"#,
    ),
    (
        r#"[[basic-auth]]
name = 'b'
username = 'u'
password = "SECRET"
[[ssh-auth]]
name = 's'
private-key = """-----BEGIN OPENSSH PRIVATE KEY-----
BASE64
-----END OPENSSH PRIVATE KEY-----
"""
"#,
        "",
    ),
    (
        r#"[[tls]]
name = 't'
cert = { file = 'f' }
key = { value = """-----BEGIN PRIVATE KEY-----
BASE64
-----END PRIVATE KEY-----""" }
"#,
        r#"-----BEGIN CERTIFICATE-----
BASE64
-----END CERTIFICATE-----
"#,
    ),
    (
        r#"[[dockerconfigjson]]
name = 'd'
registries = [
  { server = 'docker.io', username = 'shop', password = "SECRET" },
  { server = 'ghcr.io', username = 'x', password = { file = 'f' } },
]
"#,
        r#"SECRET"#,
    ),
    (
        r#"[[dockercfg]]
name = 'd'
config = { value = '{"docker.io": {"username": "u", "password": "SECRET", "auth": "BASE64"}}' }
[[bootstrap-token]]
token-id = 'abcdef'
token-secret = 'SECRET'
"#,
        "",
    ),
];

/// Structured files, by format.
pub const BUNDLES: &[(&str, &str)] = &[
    (
        "toml",
        r#"b = ['SECRET', "x"]
[a]
user = 'u'
password = "SECRET"
long = '''
x = SECRET
'''
"#,
    ),
    (
        "json",
        r#"{"b": ["SECRET", "x"], "a": {"user": "u", "password": "SECRET"}, "c": "SECRET"}
"#,
    ),
    (
        "yaml",
        r#"b: [SECRET, 'x']
a:
  user: u
  password: SECRET
  long: |
    x: SECRET
c: {d: SECRET, e: f}
"#,
    ),
    (
        "dotenv",
        r#"USER=u
PASSWORD=SECRET
URL='x://u:SECRET@h'
KEY="-----BEGIN
BASE64
-----END"
"#,
    ),
];

pub const MANIFESTS: &[&str] = &[
    r#"apiVersion: v1
kind: Secret
metadata:
  name: web
  namespace: shop
type: Opaque
data:
  password: BASE64
  user: eA==
"#,
    r#"apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  user: u
  password: SECRET
  url: "x://u:SECRET@h"
  other: x
"#,
    r#"apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {user: u, password: SECRET, a: 'SECRET'}
immutable: true
"#,
    r#"apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  app.yaml: |
    db:
      password: SECRET
      SECRET: x
  app.json: >-
    {"password":
    "SECRET"}
"#,
    r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, "stringData": {"user": "u", "password": "SECRET"}, "data": {"a": "BASE64"}}
"#,
    r#"apiVersion: v1
kind: Secret
metadata:
  name: web
  annotations:
    openshift.io/token-secret.value: SECRET
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"Secret","data":{"password":"BASE64"}}
  labels: {a: b}
data: {}
"#,
    r#"apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: a}
  data: {password: BASE64}
- apiVersion: v1
  kind: Secret
  metadata:
    name: b
  stringData:
    password: SECRET
"#,
    r#"apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: SECRET}
---
apiVersion: v1
kind: Secret
metadata: {name: d}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{"auths": {"docker.io": {"username": "u", "password": "SECRET", "auth": "BASE64"}}}'
"#,
    r#"apiVersion: v1
kind: Secret
metadata: {name: e}
type: kubernetes.io/tls
stringData:
  tls.crt: |
    -----BEGIN CERTIFICATE-----
    BASE64
    -----END CERTIFICATE-----
  tls.key: |
    -----BEGIN PRIVATE KEY-----
    BASE64
    -----END PRIVATE KEY-----
"#,
];

/// `ResourceList`s for the KRM function.
pub const LISTS: &[&str] = &[
    r#"apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: a}
  stringData:
    password: SECRET
functionConfig:
  apiVersion: mintage.dev/v1
  kind: Mintage
  metadata: {name: m}
  spec:
    inline:
      opaque:
      - name: web
        data: {A: {value: SECRET}, B: "x://u:SECRET@h/"}
"#,
    r#"apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
  data: {a: BASE64}
functionConfig: {apiVersion: mintage.dev/v1, kind: Mintage, metadata: {name: m}, spec: {path: ., only: [web]}}
"#,
    r#"{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, "data": {"a": "BASE64"}}], "functionConfig": {"apiVersion": "mintage.dev/v1", "kind": "Mintage", "spec": {"inline": {"opaque": [{"name": "web", "data": {"A": "SECRET"}}]}}}}
"#,
];

/// What a post-renderer is given.
pub const STREAM: &str = r#"apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: "SECRET"}
---
apiVersion: v1
kind: Secret
metadata:
  name: web
stringData:
  password: SECRET
  a: 'BASE64'
"#;
