//! Random secrets in every place that the language and manifests have, in texts with up to four
//! slips of a finger: nothing that is said about them has six bytes of one. What is said about the
//! command line and standard input is looked at in `tests/it/secrets_stay.rs`.
//!
//! `MINTAGE_PLANTED_ROUNDS` says how many rounds there are, `MINTAGE_PLANTED_FIRST` which comes
//! first.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::integrations::guard;
use crate::manifests::secrets;
use crate::unit::support::planting::{Dice, Planted, damaged, first_round, rounds};
use crate::views::compare::text::DiffStyle;
use crate::views::compare::{CompareRules, compare, formats, text};
use crate::views::inspect::{details, inspect, table};
use crate::{Diagnostic, Input, MemoryWorld, Options, SourceMap, check_manifests, compile};

const IDENTITY: &str = include_str!("../age/identity.txt");

/// A spec, in which `SECRET` stands for the secret, and what the file `f` holds.
const SPECS: [(&str, &str); 19] = [
    ("data.A = \"SECRET\"\ndata.B = \"x://{{ vars.u }}:SECRET@{{ vars.h }}/{{ vars.u }}\"\n", ""),
    ("data.A = { value = 'SECRET', trim = true }\ndata.B = { base64 = \"BASE64\" }\n", ""),
    ("data.A = '''\n[db]\npassword = \"SECRET\"\nurl = x://u:SECRET@h\n'''\ndata.B = 'b'\n", ""),
    (
        "data.A = { json = { host = \"{{ vars.h }}\", list = [\"SECRET\", 'x'], password = \
         \"SECRET\" } }\ndata.B.yaml = { a = { b = 'SECRET' } }\n",
        "",
    ),
    ("data.A.toml = { a.b = \"SECRET\" }\ndata.B.dotenv = { A = 'SECRET', B = \"x\" }\n", ""),
    (
        "data.A = { concat = [{ value = \"SECRET\" }, { file = \"f\" }, \"a{{ vars.u }}SECRET\"] }\n",
        "SECRET",
    ),
    ("data.A = { source = 's', key = 'a.password' }\ndata.B = \"{{ sources.s.b[0] }}\"\n", "toml"),
    ("data.A = { source = 's', key = 'a.password' }\ndata.B = \"{{ sources.s.b[1] }}\"\n", "json"),
    ("data.A = { source = 's', key = 'a.password' }\ndata.B = \"{{ sources.s.b }}\"\n", "yaml"),
    ("data.A = { source = 's', key = 'PASSWORD' }\ndata.B = \"{{ sources.s.URL }}\"\n", "dotenv"),
    ("data-from = [{ source = 's' }]\n", "dotenv"),
    ("data-from = [{ source = 's' }]\n", "toml"),
    (
        "data.A = { age = \"f.age\", template = true }\n",
        "a={{ vars.u }}\nb=SECRET{{ SECRET }}\n{% if vars.h %}\
      SECRET{% endif %}{{ 'SECRET' | upper }}",
    ),
    (
        "data.A = { file = \"f\", template = true }\n",
        "a={{ vars.u }}\nb=SECRET\n{% if vars.h %}\
      SECRET{% endif %}{{ 'SECRET' | upper }}",
    ),
    (
        "data.A = { age = \"f.age\", decode = 'base64' }\ndata.B = { env-var = 'V', template = true }\n",
        "BASE64",
    ),
    (
        "[[basic-auth]]\nname = 'b'\nusername = 'u'\npassword = \"SECRET\"\n[[ssh-auth]]\nname = 's'\n\
      private-key = \"\"\"-----BEGIN OPENSSH PRIVATE KEY-----\nBASE64\n-----END OPENSSH PRIVATE KEY-----\n\"\"\"\n",
        "",
    ),
    (
        "[[tls]]\nname = 't'\ncert = { file = 'f' }\nkey = { value = \"\"\"-----BEGIN PRIVATE KEY-----\n\
      BASE64\n-----END PRIVATE KEY-----\"\"\" }\n",
        "-----BEGIN CERTIFICATE-----\nBASE64\n-----END CERTIFICATE-----\n",
    ),
    (
        "[[dockerconfigjson]]\nname = 'd'\nregistries = [\n  { server = 'docker.io', username = 'shop', \
      password = \"SECRET\" },\n  { server = 'ghcr.io', username = 'x', password = { file = 'f' } },\n]\n",
        "SECRET",
    ),
    (
        "[[dockercfg]]\nname = 'd'\nconfig = { value = '{\"docker.io\": {\"username\": \"u\", \"password\": \
      \"SECRET\", \"auth\": \"BASE64\"}}' }\n[[bootstrap-token]]\ntoken-id = 'abcdef'\n\
      token-secret = 'SECRET'\n",
        "",
    ),
];

const BUNDLES: [(&str, &str); 4] = [
    (
        "toml",
        "b = ['SECRET', \"x\"]\n[a]\nuser = 'u'\npassword = \"SECRET\"\nlong = '''\nx = SECRET\n'''\n",
    ),
    (
        "json",
        "{\"b\": [\"SECRET\", \"x\"], \"a\": {\"user\": \"u\", \"password\": \"SECRET\"}, \"c\": \"SECRET\"}\n",
    ),
    (
        "yaml",
        "b: [SECRET, 'x']\na:\n  user: u\n  password: SECRET\n  long: |\n    x: SECRET\nc: {d: SECRET, e: f}\n",
    ),
    (
        "dotenv",
        "USER=u\nPASSWORD=SECRET\nURL='x://u:SECRET@h'\nKEY=\"-----BEGIN\nBASE64\n-----END\"\n",
    ),
];

const MANIFESTS: [&str; 9] = [
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  namespace: shop\ntype: Opaque\ndata:\n  \
     password: BASE64\n  user: eA==\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  user: u\n  password: SECRET\n  \
     url: \"x://u:SECRET@h\"\n  other: x\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {user: u, password: SECRET, a: \
     'SECRET'}\nimmutable: true\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  app.yaml: |\n    db:\n      \
     password: SECRET\n      SECRET: x\n  app.json: >-\n    {\"password\":\n    \"SECRET\"}\n",
    "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"web\"}, \"stringData\": \
     {\"user\": \"u\", \"password\": \"SECRET\"}, \"data\": {\"a\": \"BASE64\"}}\n",
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  annotations:\n    \
     openshift.io/token-secret.value: SECRET\n    kubectl.kubernetes.io/last-applied-configuration: |\n      \
     {\"kind\":\"Secret\",\"data\":{\"password\":\"BASE64\"}}\n  labels: {a: b}\ndata: {}\n",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n  data: \
     {password: BASE64}\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: b\n  stringData:\n    \
     password: SECRET\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: SECRET}\n---\napiVersion: v1\nkind: \
     Secret\nmetadata: {name: d}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: \
     '{\"auths\": {\"docker.io\": {\"username\": \"u\", \"password\": \"SECRET\", \"auth\": \"BASE64\"}}}'\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: e}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: |\n    \
     -----BEGIN CERTIFICATE-----\n    BASE64\n    -----END CERTIFICATE-----\n  tls.key: |\n    \
     -----BEGIN PRIVATE KEY-----\n    BASE64\n    -----END PRIVATE KEY-----\n",
];

fn filled(text: &str, planted: &Planted) -> String {
    text.replace("SECRET", &planted.text).replace("BASE64", &STANDARD.encode(&planted.text))
}

fn encrypted(plain: &[u8]) -> Vec<u8> {
    let recipient = "age1cwuc3gahcmextanezt6f0s8jhfkad6xw9tzdmd4jy0pmkencg59s4xda2f";
    let recipient: age::x25519::Recipient = recipient.parse().unwrap();
    let recipients = [&recipient as &dyn age::Recipient];
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).unwrap();
    let mut out = Vec::new();
    let mut writer = encryptor.wrap_output(&mut out).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    out
}

fn in_every_format(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    use MessageFormat::{Github, Json, Sarif, Short, Text};
    let to =
        |format| render(diagnostics, sources, &RenderOptions { format, width: 100, color: false });
    [Text, Short, Json, Sarif, Github].map(to).concat()
}

/// One spec, damaged here or in its file; what is said about it, and its text.
fn spec_round(dice: &mut Dice, planted: &Planted) -> (String, String) {
    let (body, file) = SPECS[dice.below(SPECS.len())];
    let bundle = BUNDLES.iter().find(|(format, _)| *format == file);
    let mut content = filled(bundle.map_or(file, |(_, text)| text), planted);
    let format = bundle.map_or("text", |(format, _)| format);
    // What follows `[vars]` would be vars if the next header went, so they come last.
    let mut spec = filled(
        &format!(
            "default-env = 'dev'\n[environments.dev]\n[sources.s]\nage = 'f.age'\nformat = \
             '{format}'\n[[opaque]]\nname = 'web'\nlabels.a = 'b'\n{body}\n[vars]\nu = 'app'\nh = \
             \"db.example.com\"\n"
        ),
        planted,
    );
    if !content.is_empty() && dice.below(2) == 0 {
        content = damaged(&content, dice);
    } else {
        spec = damaged(&spec, dice);
    }
    let mut world = MemoryWorld::default()
        .with_file("f", content.as_str())
        .with_file("f.age", encrypted(content.as_bytes()));
    world.env_vars.insert("V".to_owned(), content.as_str().into());
    let mut sources = SourceMap::new();
    let input = Input { file: sources.add("mintage.toml", spec.as_str()), world: &world };
    let options = Options::default().identity("id", IDENTITY);
    let compiled = compile(&[input], &options, &mut sources);
    let mut said = in_every_format(&compiled.diagnostics, &sources);
    let listed = inspect(&[input], &options, &mut sources);
    said.push_str(&in_every_format(&listed.diagnostics, &sources));
    said.push_str(&table::table(&listed.secrets, false));
    said.push_str(&table::json(&listed.secrets).to_string());
    for inspected in &listed.secrets {
        said.push_str(&details::text(inspected, false));
        said.push_str(&details::json(inspected, false).to_string());
    }
    (said, format!("{spec}\n--- f ---\n{content}"))
}

fn manifest_round(dice: &mut Dice, planted: &Planted) -> (String, String) {
    let manifest = damaged(&filled(MANIFESTS[dice.below(MANIFESTS.len())], planted), dice);
    let mut said = String::new();
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    let checked = check_manifests(&[file], &Options::default(), &mut sources);
    said.push_str(&in_every_format(&checked.diagnostics, &sources));
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    match secrets(file, &mut sources) {
        Err(diagnostics) => said.push_str(&in_every_format(&diagnostics, &sources)),
        Ok(found) => {
            let comparison = compare(&found, &[], CompareRules { namespace: None, prune: true });
            said.push_str(&text::render(&comparison, DiffStyle::default()));
            said.push_str(&formats::json(&comparison, false));
            said.push_str(&formats::markdown(&comparison));
        }
    }
    let mut sources = SourceMap::new();
    let file = sources.add("m.yaml", manifest.as_str());
    let found = guard::check_file(file, &mut sources);
    said.push_str(&in_every_format(&found, &sources));
    (said, manifest)
}

fn no_round_leaks(few: u64, round: fn(&mut Dice, &Planted) -> (String, String)) {
    let first = first_round();
    let mut leaks = Vec::new();
    for number in first..first + rounds(few) {
        let mut dice = Dice::seeded(number);
        let planted = Planted::random(&mut dice);
        let (said, text) = round(&mut dice, &planted);
        if let Some(part) = planted.leak(said.as_bytes()) {
            let lines: Vec<&str> = said.lines().filter(|line| line.contains(&part)).collect();
            let line: String = lines.first().unwrap_or(&"").chars().take(600).collect();
            leaks.push(format!("round {number}: {part}\n{line}\n--- of ---\n{text}\n"));
        }
    }
    let shown = leaks.iter().take(12).map(String::as_str).collect::<String>();
    assert!(leaks.is_empty(), "{} leaks\n{shown}", leaks.len());
}

#[test]
fn no_damaged_spec_shows_a_secret() {
    no_round_leaks(600, spec_round);
}

#[test]
fn no_damaged_manifest_shows_a_secret() {
    no_round_leaks(1500, manifest_round);
}
