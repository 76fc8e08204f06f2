//! Which structure a file has, by its name or as the spec says.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Toml,
    Json,
    /// YAML, one document.
    Yaml,
    Dotenv,
    Text,
}

impl Format {
    /// Every format, in the order in which messages list them.
    pub(crate) const ALL: [Format; 5] =
        [Format::Toml, Format::Json, Format::Yaml, Format::Dotenv, Format::Text];

    /// What `format = "..."` may say, in the order of [`Format::ALL`].
    pub(crate) const NAMES: &'static [&'static str] = &["toml", "json", "yaml", "dotenv", "text"];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Toml => "toml",
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Dotenv => "dotenv",
            Format::Text => "text",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Format::Toml => "TOML",
            Format::Json => "JSON",
            Format::Yaml => "YAML",
            Format::Dotenv | Format::Text => self.name(),
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a path says: a last `.age` does not count, then the extension `.toml`,
    /// `.json`, `.yaml`, `.yml`, `.env`, `.txt` or `.text` in any case, or a name such as `.env` or
    /// `.env.prod`.
    pub(crate) fn from_path(path: &str) -> Option<Format> {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let name = name.strip_suffix(".age").unwrap_or(&name);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        match extension {
            Some("toml") => Some(Format::Toml),
            Some("json") => Some(Format::Json),
            Some("yaml" | "yml") => Some(Format::Yaml),
            Some("env") => Some(Format::Dotenv),
            Some("txt" | "text") => Some(Format::Text),
            _ if name.starts_with(".env.") => Some(Format::Dotenv),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn from_paths() {
        for (format, paths) in [
            (Some(Format::Toml), "secrets/prod/db.toml.age"),
            (Some(Format::Json), "db.json .env.json"),
            (Some(Format::Yaml), "a.d/db.YML.age db.yaml"),
            (Some(Format::Dotenv), ".env .env.age x/.env.prod x/.env.prod.age prod/app.env.age"),
            (Some(Format::Text), "motd.txt.age motd.text"),
            (None, "password.age a.toml/password .envrc toml"),
        ] {
            for path in paths.split(' ') {
                assert_eq!(Format::from_path(path), format, "{path}");
            }
        }
    }
}
