//! `dark.toml`: name and limits of a project. Unknown keys are errors that name the known ones.

use serde::Deserialize;
use std::path::Path;

/// What a project file may say.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The application's name; its module is the same in PascalCase.
    pub name: Option<String>,
    #[serde(default)]
    pub limits: Limits,
}

/// Limits of one invocation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Milliseconds a request may take.
    pub deadline_ms: Option<u64>,
    /// Mebibytes an invocation may hold.
    pub memory_mb: Option<u64>,
}

/// The settings of a folder; the default ones without a file.
pub fn read(folder: &Path) -> Result<Settings, String> {
    let path = folder.join("dark.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    parse(&text).map_err(|message| format!("{}: {message}", path.display()))
}

fn parse(text: &str) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_string())?;
    if settings.name.as_deref().is_some_and(|name| !name.chars().any(char::is_alphabetic)) {
        return Err("`name` needs at least one letter".into());
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_name_the_known_ones() {
        let message = parse("nam = \"x\"").unwrap_err();
        assert!(message.contains("nam") && message.contains("name"), "{message}");
        assert!(parse("[limits]\ndeadline_ms = -1").is_err());
        assert_eq!(parse("name = \"shop\"").map(|it| it.name), Ok(Some("shop".into())));
    }
}
