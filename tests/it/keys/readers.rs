//! `mintage recipients`, and the lint `readers-differ`.

use super::People;
use crate::peers;

#[test]
fn readers_are_named_and_compared() {
    let people = People::new();
    people.say("alice bob");
    people.encrypt("secrets/a.age", "hunter2");
    let case = &people.case;
    let shown = case.args("recipients").succeeds();
    shown.stdout_is(
        "FILE           READERS     RULES  LIST\n\
         secrets/a.age  alice, bob  ok     claimed\n",
    );
    case.args("recipients -i bob.key").succeeds().stdout_contains("verified");
    case.args("recipients -i ci.key").succeeds().stdout_contains("claimed");
    people.say("alice ci");
    let found = case.args("recipients --json").fails().json();
    let found = &found[0];
    assert_eq!(found["file"], "secrets/a.age");
    assert_eq!(found["missing"][0], "ci");
    assert_eq!(found["notInRules"][0], "bob");
    assert_eq!(found["expected"][1], "ci");
    assert_eq!((&found["differs"], &found["oneReader"]), (&true.into(), &false.into()));
    // bob has left: nobody has his key any more.
    let rules = people.rules("alice");
    let rules: Vec<&str> = rules.lines().filter(|line| !line.starts_with("bob")).collect();
    case.write("mintage.toml", rules.join("\n"));
    let found = case.args("recipients").fails();
    found.stdout_contains("UNKNOWN KEY").stderr_contains("error[stale-readers]");
    people.say("alice");
    people.encrypt("secrets/one.age", "hunter2");
    case.args("recipients secrets/one.age").succeeds().stdout_contains("alice (one reader)");
}

#[test]
fn files_of_other_tools_have_kinds_and_counts() {
    let (Some(age), people) = (peers::need("age"), People::new()) else { return };
    people.say("alice bob");
    let case = &people.case;
    std::fs::create_dir(case.path("secrets")).unwrap();
    let encrypt = |name: &str, to: &[&str]| {
        let to: Vec<&str> = to.iter().flat_map(|to| ["-r", to]).collect();
        case.tool(&age, to).args(["-a", "-o", name]).stdin("hunter2").succeeds();
    };
    encrypt("secrets/two.age", &[&people.alice, &people.ci]);
    let shown = case.args("recipients").succeeds();
    shown.stdout_contains("2 age").stdout_contains("possible").stdout_contains("none");
    encrypt("secrets/three.age", &[&people.alice, &people.bob, &people.ci]);
    case.args("recipients").fails().stdout_contains("3 age").stdout_contains("differs");
    encrypt("outside.age", &[&people.ci]);
    case.args("recipients outside.age").succeeds().stdout_contains("no rule");
    case.write("secrets/broken.age", "age-encryption.org/v1\n-> X25519");
    case.args("recipients secrets").fails().stderr_contains("error[age-damaged]");
}

/// A header whose list says more or less than its stanzas.
#[test]
fn a_list_that_does_not_fit_is_no_proof() {
    let people = People::new();
    people.say("alice");
    people.encrypt("secrets/a.age", "hunter2");
    let case = &people.case;
    let bytes = std::fs::read(case.path("secrets/a.age")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let start = text.find("-> X25519").unwrap();
    let end = start + text[start..].find("\n-> ").unwrap() + 1;
    let mut forged = bytes[..end].to_vec();
    forged.extend_from_slice(&bytes[start..end]);
    forged.extend_from_slice(&bytes[end..]);
    case.write("secrets/a.age", forged);
    let found = case.args("recipients").fails();
    found.stdout_contains("contradicted").stdout_contains("2 age");
    case.args("recipients --json").fails().stdout_contains("\"list\": \"contradicted\"");
    // With an identity it shows that somebody changed the header.
    case.args("recipients -i alice.key").fails().stderr_contains("error[age-damaged]");
}

#[test]
fn armored_texts_in_specs_are_listed_with_their_lines() {
    let people = People::new();
    people.say("alice");
    let case = &people.case;
    case.args("encrypt - --armor -o secrets/a.age").stdin("hunter2").succeeds_in(case);
    let armor = case.read("secrets/a.age");
    let spec = format!(
        "{}\n[[encrypt]]\npath = \"*.toml\"\nto = [\"alice\", \"ci\"]\n\n[[opaque]]\nname = \"a\"\n\
         data.A = {{ armor = \"\"\"\n{armor}\"\"\" }}\n",
        people.rules("alice")
    );
    case.write("mintage.toml", spec);
    let found = case.args("recipients mintage.toml").fails();
    found.stdout_contains("mintage.toml:16").stdout_contains("MISSING ci");
    case.args("check -i alice.key").succeeds().stderr_contains("warning[readers-differ]");
    case.args("rekey -i alice.key --yes").succeeds();
    case.args("recipients").succeeds();
    case.args("build -i ci.key").succeeds().stdout_contains("aHVudGVyMg==");
}

trait SucceedsIn {
    fn succeeds_in(self, case: &crate::case::Case);
}

impl SucceedsIn for crate::case::Run {
    #[track_caller]
    fn succeeds_in(self, case: &crate::case::Case) {
        std::fs::create_dir_all(case.path("secrets")).unwrap();
        self.succeeds();
    }
}

#[test]
fn check_warns_without_an_identity() {
    let people = People::new();
    let case = &people.case;
    people.say("alice");
    people.encrypt("secrets/a.age", "hunter2");
    let secret = "[[opaque]]\nname = \"a\"\ndata.A = { age = \"secrets/a.age\" }\n\
        data.B = { age = \"secrets/a.age\" }\n";
    case.write("mintage.toml", people.rules("alice") + secret);
    case.args("check -A unused").succeeds().never_says("readers-differ");
    case.write("mintage.toml", people.rules("alice bob") + secret);
    let found = case.args("check -A unused").succeeds();
    assert_eq!(found.stderr.matches("warning[readers-differ]").count(), 1, "{}", found.stderr);
    found.stderr_contains("not encrypted for `bob`").stderr_contains("mintage.toml:");
    case.args("check -A unused -A readers-differ").succeeds().never_says("readers-differ");
    case.args("check -A unused -D readers-differ").fails();
    case.args("build -q -i alice.key").succeeds().quietly();
    // The rules of a spec above count too.
    std::fs::create_dir(case.path(".git")).unwrap();
    case.write("mintage.toml", people.rules("bob").replace("secrets/**", "**"));
    case.write("shop/mintage.toml", secret);
    std::fs::rename(case.path("secrets"), case.path("shop/secrets")).unwrap();
    case.args("check shop").succeeds().stderr_contains("warning[readers-differ]");
}

/// A file is only called `ok` or `no rule` if the rules for it are known.
#[test]
fn files_without_a_verdict_are_not_listed() {
    let people = People::new();
    people.say("alice");
    let case = &people.case;
    for path in ["secrets/a.age", "secrets/in/b.age", "secrets/in/c.age", "secrets/two/d.age"] {
        std::fs::create_dir_all(case.path(path).parent().unwrap()).unwrap();
        people.encrypt(path, "hunter2");
    }
    // One spec is broken, and two say who may read `d.age`.
    case.write("secrets/in/mintage.toml", "[recipients]\nbob = \"age1x\"\n");
    let reads = "[[opaque]]\nname = \"a\"\ndata.D = { age = \"secrets/two/d.age\" }\n";
    case.write("mintage.toml", people.rules("alice") + reads);
    case.write("secrets/two/mintage.toml", people.rules("ci"));
    case.write("secrets/broken.age", "hunter2");
    let ran = case.args("recipients -i alice.key").exits(1).stdout_contains("secrets/a.age ");
    for hidden in ["no rule", "b.age ", "c.age ", "d.age  "] {
        assert!(!ran.text().contains(hidden), "{hidden}");
    }
    let (errors, end) = ran.stderr.split_once("mintage: 3 errors\n").expect("all errors at once");
    for error in ["error[recipient]: the recipient `bob`", "both `mintage.toml`", "error[not-age]"]
    {
        assert!(errors.contains(error), "{error}");
    }
    assert!(end.contains("mintage: 1 encrypted file"), "{end}");
    assert!(end.contains("4 files could not be compared"), "{end}");
    let json = case.args("recipients --json secrets").exits(1);
    let listed: serde_json::Value = serde_json::from_str(&json.text()).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    // Nothing is written by rules that are not known.
    case.args("rekey -i alice.key --all --yes").exits(1).stderr_contains("the recipient `bob`");
}
