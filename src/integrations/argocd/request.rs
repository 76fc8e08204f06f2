//! What an Application asks of the plugin, out of the variables that the plugin server sets.
//!
//! Its author is trusted less than whoever runs the repo-server. So there are four things that can
//! be asked for, names are exact, and nothing that would widen what a spec may
//! read can be said at all.
//!
//! `spec.source.plugin.env` arrives as `ARGOCD_ENV_<NAME>`, `spec.source.plugin.parameters` as JSON
//! in `ARGOCD_APP_PARAMETERS`. The `PARAM_<NAME>` that are always set beside it have lost the
//! spelling of their names (`ApplicationSourcePluginParameters.Environ` in
//! `pkg/apis/application/v1alpha1/types.go`), and are not read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::phrases::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, diagnostic};

/// The parameters of an Application, as [`super::announcement`] has them.
const PARAMETERS: [&str; 4] = ["env", "spec", "only", "set"];

/// The variables of `spec.source.plugin.env`, without what Argo CD puts in front.
const VARIABLES: [&str; 4] = ["MINTAGE_ENV", "MINTAGE_SPEC", "MINTAGE_ONLY", "MINTAGE_SET"];

const ENV_PREFIX: &str = "ARGOCD_ENV_";
const JSON_VARIABLE: &str = "ARGOCD_APP_PARAMETERS";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub env: Option<String>,
    /// The spec, a path that starts at the Application's folder and does not climb.
    pub spec: Option<String>,
    pub only: Vec<String>,
    pub set: Vec<String>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    string: Option<String>,
    array: Option<Vec<String>>,
    map: Option<BTreeMap<String, String>>,
}

/// Reads the variables that concern mintage; a value is `None` where it is not UTF-8. All faults
/// are found in one pass. Values are not quoted: the reader of the message has written them.
pub(crate) fn read(
    variables: impl IntoIterator<Item = (String, Option<String>)>,
) -> Result<Request, Vec<Diagnostic>> {
    let variables: BTreeMap<String, Option<String>> =
        variables.into_iter().filter(|(name, _)| is_for_mintage(name)).collect();
    let mut reader = RequestReader::default();
    for (variable, value) in &variables {
        let by = code(variable);
        let Some(value) = value else {
            reader.refuse(&by, "is not UTF-8", "");
            continue;
        };
        if variable == JSON_VARIABLE {
            reader.json(value, &by);
        } else if let Some(name) = variable.strip_prefix(ENV_PREFIX) {
            reader.variable(name, value, &by);
        }
    }
    if reader.problems.is_empty() { Ok(reader.request) } else { Err(reader.problems) }
}

/// Other variables of an Application are for other programs.
fn is_for_mintage(name: &str) -> bool {
    name == JSON_VARIABLE
        || name.strip_prefix(ENV_PREFIX).is_some_and(|name| name.starts_with("MINTAGE_"))
}

#[derive(Default)]
struct RequestReader {
    request: Request,
    problems: Vec<Diagnostic>,
}

/// In all of them, `by` is what messages call the place that asks.
impl RequestReader {
    fn refuse(&mut self, by: &str, what: &str, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.problems.push(diagnostic!(USAGE, "{by} {what}").maybe_help(help));
    }

    fn unknown(&mut self, by: &str, name: &str, known: [&str; 4]) {
        self.problems.push(
            diagnostic!(USAGE, "an Application can't set {by}")
                .maybe_help(did_you_mean(name, known))
                .help(format!("use {}", one_of(known))),
        );
    }

    fn json(&mut self, text: &str, by: &str) {
        if text.is_empty() {
            return;
        }
        let Ok(parameters) = serde_json::from_str::<Option<Vec<Parameter>>>(text) else {
            let help = "set it to a list of objects with `name` and `string`, `array` or `map`";
            return self.refuse(by, "is not the JSON that Argo CD writes", help);
        };
        let mut seen = Vec::new();
        for parameter in parameters.unwrap_or_default() {
            let by = format!("the parameter {}", code(&parameter.name));
            if seen.contains(&parameter.name) {
                self.refuse(&by, TWICE, SAY_IT_ONCE);
                continue;
            }
            seen.push(parameter.name.clone());
            self.parameter(parameter, &by);
        }
    }

    fn parameter(&mut self, parameter: Parameter, by: &str) {
        let Parameter { name, string, array, map } = parameter;
        match (name.as_str(), string, array, map) {
            ("env", Some(text), None, None) => self.env(&text, by),
            ("spec", Some(text), None, None) => self.spec(&text, by),
            ("only", None, Some(items), None) => self.only(items, by),
            ("set", None, None, Some(map)) => {
                for (key, value) in &map {
                    self.set(key, value, by);
                }
            }
            // Announced, and left empty in the user interface.
            (name, None, None, None) if PARAMETERS.contains(&name) => {}
            ("env" | "spec", ..) => self.refuse(by, "must be a string", ""),
            ("only", ..) => self.refuse(by, "must be an array", ""),
            ("set", ..) => self.refuse(by, "must be a map", ""),
            (name, ..) => self.unknown(by, name, PARAMETERS),
        }
    }

    fn variable(&mut self, name: &str, value: &str, by: &str) {
        let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
        match name {
            "MINTAGE_ENV" => self.env(value, by),
            "MINTAGE_SPEC" => self.spec(value, by),
            "MINTAGE_ONLY" => self.only(lines.map(str::to_owned), by),
            "MINTAGE_SET" => {
                for line in lines {
                    match line.split_once('=') {
                        Some((key, value)) => self.set(key.trim(), value, by),
                        None => return self.refuse(by, "must be `KEY=VALUE`", KEY_VALUE),
                    }
                }
            }
            _ => self.unknown(by, name, VARIABLES),
        }
    }

    fn env(&mut self, text: &str, by: &str) {
        if !text.is_empty() && self.is_sound(text, by) {
            let before = self.request.env.replace(text.to_owned());
            self.refuse_other(before, text, by);
        }
    }

    /// A parameter and a variable may say the same.
    fn refuse_other(&mut self, before: Option<String>, text: &str, by: &str) {
        if before.is_some_and(|before| before != text) {
            self.refuse(by, TWICE, SAY_IT_ONCE);
        }
    }

    fn spec(&mut self, text: &str, by: &str) {
        if text.is_empty() || !self.is_sound(text, by) {
        } else if text.starts_with(['/', '~']) || text.split(['/', '\\']).any(|part| part == "..") {
            let help = "use a path relative to that folder, which `source.path` sets";
            self.refuse(by, "is outside the Application's folder", help);
        } else {
            let before = self.request.spec.replace(text.to_owned());
            self.refuse_other(before, text, by);
        }
    }

    fn only(&mut self, items: impl IntoIterator<Item = String>, by: &str) {
        for item in items {
            if self.is_sound(&item, by) {
                self.request.only.push(item);
            }
        }
    }

    fn set(&mut self, key: &str, value: &str, by: &str) {
        if key.is_empty() || key.contains('=') {
            self.refuse(by, "must be `KEY=VALUE`", KEY_VALUE);
        } else if self.is_sound(key, by) {
            self.request.set.push(format!("{key}={value}"));
        }
    }

    /// Whether a text has nothing that a log or terminal would obey.
    fn is_sound(&mut self, text: &str, by: &str) -> bool {
        let is_sound = !text.chars().any(char::is_control);
        if !is_sound {
            self.refuse(by, "contains a control character", "");
        }
        is_sound
    }
}

const KEY_VALUE: &str = "write KEY as a path into `[vars]`, such as `db.host`";
const TWICE: &str = "is set twice, to different values";
const SAY_IT_ONCE: &str = "set it once, as a parameter or in `env`";

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(variables: &[(&str, &str)]) -> Result<Request, String> {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
        read(variables).map_err(|problems| problems[0].message.clone())
    }

    #[test]
    fn parameters_and_variables_say_the_same() {
        let json = r#"[{"name":"env","string":"prod"},{"name":"spec","string":"deploy/mintage.toml"},
            {"name":"only","array":["shop/*"]},{"name":"set","map":{"db.host":"a=b","domain":"x"}}]"#;
        let meant = Request {
            env: Some("prod".into()),
            spec: Some("deploy/mintage.toml".into()),
            only: vec!["shop/*".into()],
            set: vec!["db.host=a=b".into(), "domain=x".into()],
        };
        // Argo CD sets the folded names too, and many others.
        let all = [
            ("ARGOCD_APP_PARAMETERS", json),
            ("PARAM_ENV", "prod"),
            ("PARAM_SET_DB_HOST", "a=b"),
            ("ARGOCD_APP_NAME", "x"),
        ];
        assert_eq!(asked(&all), Ok(meant.clone()));
        let variables = [
            ("ARGOCD_ENV_MINTAGE_ENV", "prod"),
            ("ARGOCD_ENV_MINTAGE_SPEC", "deploy/mintage.toml"),
            ("ARGOCD_ENV_MINTAGE_ONLY", "shop/*\n"),
            ("ARGOCD_ENV_MINTAGE_SET", "db.host=a=b\n\n  domain=x\n"),
            ("ARGOCD_ENV_OTHER", "not ours"),
        ];
        assert_eq!(asked(&variables), Ok(meant));
        for none in ["null", "[]", "", r#"[{"name":"env"},{"name":"spec","string":""}]"#] {
            assert_eq!(asked(&[("ARGOCD_APP_PARAMETERS", none)]), Ok(Request::default()), "{none}");
        }
    }

    #[test]
    fn an_author_gets_nothing_beyond_that() {
        let unknown = "can't set";
        let outside = "is outside the Application's folder";
        for (variable, value, what) in [
            ("ARGOCD_APP_PARAMETERS", "{", "is not the JSON that Argo CD writes"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"ENV","string":"prod"}]"#, unknown),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"set","string":"a=b"}]"#, "must be a map"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"env"},{"name":"env"}]"#, TWICE),
            (JSON_VARIABLE, r#"[{"name":"set","map":{"a=b":"c"}}]"#, "must be `KEY=VALUE`"),
            (JSON_VARIABLE, r#"[{"name":"env","string":"a\u001b[31m"}]"#, "a control character"),
            ("ARGOCD_ENV_MINTAGE_SPEC", "a/../../x", outside),
            ("ARGOCD_ENV_MINTAGE_SPEC", "~/x", outside),
            ("ARGOCD_ENV_MINTAGE_SPEC", "a\\..\\b", outside),
            ("ARGOCD_ENV_MINTAGE_IDENTITY", "AGE-SECRET-KEY-1", unknown),
        ] {
            let said = asked(&[(variable, value)]).unwrap_err();
            assert!(said.contains(what), "{variable}={value}: {said}");
        }
        let both = [
            ("ARGOCD_ENV_MINTAGE_ENV", "dev"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"env","string":"prod"}]"#),
        ];
        assert!(asked(&both).unwrap_err().ends_with(TWICE));
        let not_text = read([("ARGOCD_ENV_MINTAGE_ENV".to_owned(), None)]).unwrap_err();
        assert_eq!(not_text[0].message, "`ARGOCD_ENV_MINTAGE_ENV` is not UTF-8");
    }
}
