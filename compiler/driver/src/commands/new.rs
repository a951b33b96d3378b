//! `darkc new`: a project that builds, tests and runs unmodified.

use crate::project::module_name;
use clap::{Args, ValueEnum};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The new folder
    dir: PathBuf,
    /// What to begin with
    #[arg(long, value_enum, default_value_t = Template::Api)]
    template: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// A JSON API with a datastore
    Api,
    /// A slash command of Slack, with a datastore
    Slack,
    /// A webhook of GitHub that tells a channel
    Webhook,
    /// An HTTP handler that emits to a worker
    Worker,
}

/// The texts of a template; `PROJECT` stands for the project's module.
struct Texts {
    program: &'static str,
    tests: &'static str,
    /// Names of its secrets, and the values that development begins with; `None` is one by chance.
    secrets: &'static [(&'static str, Option<&'static str>)],
}

impl Template {
    fn texts(self) -> Texts {
        match self {
            Template::Api => Texts {
                program: include_str!("../../templates/api.dark"),
                tests: include_str!("../../templates/api_tests.dark"),
                secrets: &[],
            },
            Template::Slack => Texts {
                program: include_str!("../../templates/slack.dark"),
                tests: include_str!("../../templates/slack_tests.dark"),
                secrets: &[("SLACK_SIGNING_SECRET", None)],
            },
            Template::Webhook => Texts {
                program: include_str!("../../templates/webhook.dark"),
                tests: include_str!("../../templates/webhook_tests.dark"),
                secrets: &[("GITHUB_WEBHOOK_SECRET", None), ("CHANNEL_URL", Some(""))],
            },
            Template::Worker => Texts {
                program: include_str!("../../templates/worker.dark"),
                tests: include_str!("../../templates/worker_tests.dark"),
                secrets: &[],
            },
        }
    }
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let dir = &arguments.dir;
    let taken = dir.exists() && std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_some());
    if taken {
        return super::fail(2, &format!("{} exists and is not empty; choose another folder", dir.display()));
    }
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| "app".into());
    match write(dir, &name, arguments.template) {
        Ok(()) => {
            println!("{} is ready. Next:\n\n  cd {}\n  darkc test\n  darkc run", dir.display(), dir.display());
            ExitCode::SUCCESS
        }
        Err(error) => super::fail(1, &format!("{} could not be written: {error}", dir.display())),
    }
}

fn write(dir: &Path, name: &str, template: Template) -> std::io::Result<()> {
    std::fs::create_dir_all(dir.join("tests"))?;
    let (module, Texts { program, tests, secrets }) = (module_name(name), template.texts());
    let mut settings = format!("name = {name:?}\n");
    if !secrets.is_empty() {
        let names: Vec<String> = secrets.iter().map(|(name, _)| format!("{name:?}")).collect();
        settings.push_str(&format!("secrets = [{}]\n", names.join(", ")));
        std::fs::write(dir.join(".secrets"), development_secrets(secrets)?)?;
    }
    std::fs::write(dir.join("dark.toml"), settings)?;
    std::fs::write(dir.join("main.dark"), program.replace("PROJECT", &module))?;
    std::fs::write(dir.join("tests/main.dark"), tests.replace("PROJECT", &module))?;
    std::fs::write(dir.join(".gitignore"), ".dark/\n.secrets\n*.db\n*.db-*\n")?;
    let secrets = if secrets.is_empty() { "" } else { SECRETS };
    std::fs::write(
        dir.join("README.md"),
        format!(
            "# {name}\n\nA Dark program.\n\n```\ndarkc check    # what is wrong with it\ndarkc test     # runs tests/\n\
             darkc run      # serves on http://localhost:8080\ndarkc build    # an executable\n```\n{secrets}"
        ),
    )
}

const SECRETS: &str = "\nIts secrets are named in `dark.toml`. While developing, `darkc run` and `darkc test` read their values from \
                       `.secrets`,\nwhich git does not see. The executable takes them from environment variables of their names, \
                       or from the file that\n`SECRETS_FILE` names.\n";

/// A file of secrets as programs read it.
fn development_secrets(secrets: &[(&str, Option<&str>)]) -> std::io::Result<String> {
    let mut text = "# For development on this machine; git does not see this file.\n".to_owned();
    for (name, value) in secrets {
        let value = value.map_or_else(by_chance, |value| Ok(value.to_owned()))?;
        text.push_str(&format!("{name}={value}\n"));
    }
    Ok(text)
}

/// 32 hex digits that nobody can foretell.
fn by_chance() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
