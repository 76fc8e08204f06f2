//! What an Application asks of the plugin, out of the variables that the plugin server sets.
//!
//! Its author is trusted less than whoever runs the repo-server. So there are four things that can
//! be asked for, names are exact, texts are bounded, and nothing that would widen what a spec may
//! read can be said at all.
//!
//! `spec.source.plugin.env` arrives as `ARGOCD_ENV_<NAME>`. `spec.source.plugin.parameters` arrives
//! as JSON in `ARGOCD_APP_PARAMETERS` and, its names folded to upper case, as `PARAM_<NAME>`,
//! `PARAM_<NAME>_<INDEX>` and `PARAM_<NAME>_<KEY>` (`ApplicationSourcePluginParameters .Environ` in
//! `pkg/apis/application/v1alpha1/types.go`). The JSON counts where it is set: it alone has the
//! names as they were written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The parameters of an Application, as [`super::announcement`] has them.
pub(crate) const PARAMETERS: [&str; 4] = ["env", "spec", "only", "set"];

/// The variables of `spec.source.plugin.env`, without what Argo CD puts in front.
pub(crate) const VARIABLES: [&str; 4] =
    ["MINTAGE_ENV", "MINTAGE_SPEC", "MINTAGE_ONLY", "MINTAGE_SET"];

const ENV_PREFIX: &str = "ARGOCD_ENV_";
const PARAMETER_PREFIX: &str = "PARAM_";
const JSON_VARIABLE: &str = "ARGOCD_APP_PARAMETERS";

/// Longest name of an environment, path, glob or key of a variable, in bytes.
pub(crate) const MAX_NAME: usize = 1024;
/// Longest value of a variable, in bytes.
pub(crate) const MAX_VALUE: usize = 16 * 1024;
/// Most globs, and most values.
pub(crate) const MAX_ITEMS: usize = 256;
/// Longest JSON of all parameters, in bytes.
pub(crate) const MAX_JSON: usize = 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub env: Option<String>,
    /// The spec, a path that starts at the Application's folder and does not climb.
    pub spec: Option<String>,
    /// Globs as for `--only`.
    pub only: Vec<String>,
    /// `KEY=VALUE` as for `--set`.
    pub set: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestFault {
    /// What asked for it: `the parameter X` or `X`, a variable.
    pub by: RequestedBy,
    pub kind: RequestFaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestedBy {
    Parameter(String),
    Variable(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestFaultKind {
    Unknown,
    /// The variable with all parameters is not the JSON that Argo CD writes.
    NotJson,
    NotText,
    /// A parameter of another kind: this is the one that it takes.
    WrongKind(&'static str),
    /// It stands there twice, or once as a parameter and once as a variable that say different
    /// things.
    Twice,
    /// It is longer than this many bytes, or has more than this many items.
    TooLong(usize),
    ControlCharacter,
    /// A path that is absolute or climbs.
    LeavesFolder,
    NotKeyValue,
    /// Only the JSON has the keys of a map as they were written.
    NeedsJson,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    string: Option<String>,
    array: Option<Vec<String>>,
    map: Option<BTreeMap<String, String>>,
}

/// Reads the variables that concern mintage; a value is `None` where it is not UTF-8. All faults
/// are found in one pass.
pub(crate) fn read(
    variables: impl IntoIterator<Item = (String, Option<String>)>,
) -> Result<Request, Vec<RequestFault>> {
    let variables: BTreeMap<String, Option<String>> =
        variables.into_iter().filter(|(name, _)| is_for_mintage(name)).collect();
    let mut reader = RequestReader::default();
    let has_json = variables.get(JSON_VARIABLE).is_some_and(|json| json.as_deref() != Some(""));
    for (name, value) in &variables {
        let by = RequestedBy::Variable(name.clone());
        let Some(value) = value else {
            reader.fault(by, RequestFaultKind::NotText);
            continue;
        };
        if name == JSON_VARIABLE {
            reader.json(value);
        } else if let Some(name) = name.strip_prefix(ENV_PREFIX) {
            reader.variable(name, value, by);
        } else if let Some(name) = name.strip_prefix(PARAMETER_PREFIX).filter(|_| !has_json) {
            reader.folded(name, value, by);
        }
    }
    reader.finish()
}

/// Other variables of an Application are for other programs.
fn is_for_mintage(name: &str) -> bool {
    name == JSON_VARIABLE
        || name.starts_with(PARAMETER_PREFIX)
        || name.strip_prefix(ENV_PREFIX).is_some_and(|name| name.starts_with("MINTAGE_"))
}

#[derive(Default)]
struct RequestReader {
    request: Request,
    faults: Vec<RequestFault>,
}

impl RequestReader {
    fn fault(&mut self, by: RequestedBy, kind: RequestFaultKind) {
        self.faults.push(RequestFault { by, kind });
    }

    fn finish(self) -> Result<Request, Vec<RequestFault>> {
        if self.faults.is_empty() { Ok(self.request) } else { Err(self.faults) }
    }

    fn json(&mut self, text: &str) {
        let by = || RequestedBy::Variable(JSON_VARIABLE.to_owned());
        if text.is_empty() {
            return;
        }
        if text.len() > MAX_JSON {
            return self.fault(by(), RequestFaultKind::TooLong(MAX_JSON));
        }
        let Ok(parameters) = serde_json::from_str::<Option<Vec<Parameter>>>(text) else {
            return self.fault(by(), RequestFaultKind::NotJson);
        };
        let mut seen = Vec::new();
        for parameter in parameters.unwrap_or_default() {
            let by = RequestedBy::Parameter(parameter.name.clone());
            if seen.contains(&parameter.name) {
                self.fault(by, RequestFaultKind::Twice);
                continue;
            }
            seen.push(parameter.name.clone());
            self.parameter(parameter, by);
        }
    }

    fn parameter(&mut self, parameter: Parameter, by: RequestedBy) {
        let Parameter { name, string, array, map } = parameter;
        match (name.as_str(), string, array, map) {
            ("env", Some(text), None, None) => self.env(&text, by),
            ("spec", Some(text), None, None) => self.spec(&text, by),
            ("only", None, Some(items), None) => self.only(items, by),
            ("set", None, None, Some(map)) => self.set(map.into_iter().collect(), by),
            // Announced, and left empty in the user interface.
            (name, None, None, None) if PARAMETERS.contains(&name) => {}
            ("env" | "spec", ..) => self.fault(by, RequestFaultKind::WrongKind("a string")),
            ("only", ..) => self.fault(by, RequestFaultKind::WrongKind("an array")),
            ("set", ..) => self.fault(by, RequestFaultKind::WrongKind("a map")),
            _ => self.fault(by, RequestFaultKind::Unknown),
        }
    }

    fn variable(&mut self, name: &str, value: &str, by: RequestedBy) {
        let lines = || value.lines().map(str::trim).filter(|line| !line.is_empty());
        match name {
            "MINTAGE_ENV" => self.env(value, by),
            "MINTAGE_SPEC" => self.spec(value, by),
            "MINTAGE_ONLY" => self.only(lines().map(str::to_owned).collect(), by),
            "MINTAGE_SET" => {
                let mut pairs = Vec::new();
                for line in lines() {
                    match line.split_once('=') {
                        Some((key, value)) => pairs.push((key.trim().to_owned(), value.to_owned())),
                        None => return self.fault(by, RequestFaultKind::NotKeyValue),
                    }
                }
                self.set(pairs, by);
            }
            _ => self.fault(by, RequestFaultKind::Unknown),
        }
    }

    /// Parameters of a server that sets no JSON.
    fn folded(&mut self, name: &str, value: &str, by: RequestedBy) {
        match name {
            "ENV" => self.env(value, by),
            "SPEC" => self.spec(value, by),
            _ if name.strip_prefix("ONLY_").is_some_and(|index| index.parse::<u16>().is_ok()) => {
                self.only(vec![value.to_owned()], by)
            }
            _ if name.starts_with("SET_") => self.fault(by, RequestFaultKind::NeedsJson),
            _ => self.fault(by, RequestFaultKind::Unknown),
        }
    }

    fn env(&mut self, text: &str, by: RequestedBy) {
        if text.is_empty() || !self.is_sound(text, MAX_NAME, &by) {
        } else if self.request.env.as_deref().is_some_and(|env| env != text) {
            self.fault(by, RequestFaultKind::Twice);
        } else {
            self.request.env = Some(text.to_owned());
        }
    }

    fn spec(&mut self, text: &str, by: RequestedBy) {
        if text.is_empty() || !self.is_sound(text, MAX_NAME, &by) {
        } else if text.starts_with(['/', '~']) || text.split(['/', '\\']).any(|part| part == "..") {
            self.fault(by, RequestFaultKind::LeavesFolder);
        } else if self.request.spec.as_deref().is_some_and(|spec| spec != text) {
            self.fault(by, RequestFaultKind::Twice);
        } else {
            self.request.spec = Some(text.to_owned());
        }
    }

    fn only(&mut self, items: Vec<String>, by: RequestedBy) {
        if self.request.only.len() + items.len() > MAX_ITEMS {
            self.fault(by, RequestFaultKind::TooLong(MAX_ITEMS));
        } else if items.iter().all(|item| self.is_sound(item, MAX_NAME, &by)) {
            self.request.only.extend(items);
        }
    }

    fn set(&mut self, pairs: Vec<(String, String)>, by: RequestedBy) {
        if self.request.set.len() + pairs.len() > MAX_ITEMS {
            return self.fault(by, RequestFaultKind::TooLong(MAX_ITEMS));
        }
        for (key, value) in pairs {
            if key.is_empty() || key.contains('=') {
                return self.fault(by, RequestFaultKind::NotKeyValue);
            }
            if !self.is_sound(&key, MAX_NAME, &by) {
                return;
            }
            if value.len() > MAX_VALUE {
                return self.fault(by, RequestFaultKind::TooLong(MAX_VALUE));
            }
            self.request.set.push(format!("{key}={value}"));
        }
    }

    /// Whether a text is short enough and has nothing that a log or terminal would obey.
    fn is_sound(&mut self, text: &str, most: usize, by: &RequestedBy) -> bool {
        let kind = if text.len() > most {
            RequestFaultKind::TooLong(most)
        } else if text.chars().any(char::is_control) {
            RequestFaultKind::ControlCharacter
        } else {
            return true;
        };
        self.fault(by.clone(), kind);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(variables: &[(&str, &str)]) -> Result<Request, Vec<RequestFaultKind>> {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
        read(variables).map_err(|faults| faults.into_iter().map(|fault| fault.kind).collect())
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
        let folded =
            asked(&[("PARAM_ENV", "prod"), ("PARAM_ONLY_0", "a"), ("PARAM_ONLY_1", "b")]).unwrap();
        assert_eq!((folded.env.as_deref(), folded.only.len()), (Some("prod"), 2));
    }

    #[test]
    fn an_author_gets_nothing_beyond_that() {
        use RequestFaultKind::{
            ControlCharacter, LeavesFolder, NeedsJson, NotJson, NotKeyValue, Twice, Unknown,
            WrongKind,
        };
        let json = |text: &str| asked(&[("ARGOCD_APP_PARAMETERS", text)]);
        let one = |kind: RequestFaultKind| Err(vec![kind]);
        assert_eq!(json("{"), one(NotJson));
        assert_eq!(json(r#"[{"name":"enviroment","string":"prod"}]"#), one(Unknown));
        assert_eq!(json(r#"[{"name":"ENV","string":"prod"}]"#), one(Unknown));
        assert_eq!(json(r#"[{"name":"allow-path","array":["/"]}]"#), one(Unknown));
        assert_eq!(json(r#"[{"name":"env","array":["prod"]}]"#), one(WrongKind("a string")));
        assert_eq!(json(r#"[{"name":"set","string":"a=b"}]"#), one(WrongKind("a map")));
        assert_eq!(
            json(r#"[{"name":"env","string":"a"},{"name":"env","string":"a"}]"#),
            one(Twice)
        );
        assert_eq!(json(r#"[{"name":"set","map":{"a=b":"c"}}]"#), one(NotKeyValue));
        assert_eq!(json(r#"[{"name":"env","string":"a\u001b[31m"}]"#), one(ControlCharacter));
        for path in ["/etc", "../x", "a/../../x", "..", "~/x", "a\\..\\b"] {
            assert_eq!(asked(&[("ARGOCD_ENV_MINTAGE_SPEC", path)]), one(LeavesFolder), "{path}");
        }
        assert_eq!(asked(&[("ARGOCD_ENV_MINTAGE_IDENTITY", "AGE-SECRET-KEY-1")]), one(Unknown));
        assert_eq!(
            asked(&[("ARGOCD_ENV_MINTAGE_ENV", &"x".repeat(MAX_NAME + 1))]),
            one(RequestFaultKind::TooLong(MAX_NAME))
        );
        assert_eq!(asked(&[("ARGOCD_ENV_MINTAGE_SET", "a")]), one(NotKeyValue));
        assert_eq!(asked(&[("PARAM_SET_DB_HOST", "x")]), one(NeedsJson));
        assert_eq!(asked(&[("PARAM_ENVV", "x")]), one(Unknown));
        let both = [
            ("ARGOCD_ENV_MINTAGE_ENV", "dev"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"env","string":"prod"}]"#),
        ];
        assert_eq!(asked(&both), one(Twice));
        let many = "a=b\n".repeat(MAX_ITEMS + 1);
        assert_eq!(
            asked(&[("ARGOCD_ENV_MINTAGE_SET", &many)]),
            one(RequestFaultKind::TooLong(MAX_ITEMS))
        );
        assert_eq!(
            read([("PARAM_ENV".to_owned(), None)]).unwrap_err()[0].kind,
            RequestFaultKind::NotText
        );
    }
}
