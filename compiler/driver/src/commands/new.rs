//! `darkc new`: a project that builds, tests and runs unmodified.

use crate::project::module_name;
use clap::{Args, ValueEnum};
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
    /// An HTTP handler that emits to a worker
    Worker,
}

const API: &str = include_str!("../../templates/api.dark");
const API_TESTS: &str = include_str!("../../templates/api_tests.dark");
const WORKER: &str = include_str!("../../templates/worker.dark");
const WORKER_TESTS: &str = include_str!("../../templates/worker_tests.dark");

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
    std::fs::create_dir_all(dir)?;
    let module = module_name(name);
    let (program, tests) = match template {
        Template::Api => (API, API_TESTS),
        Template::Worker => (WORKER, WORKER_TESTS),
    };
    std::fs::write(dir.join("dark.toml"), format!("name = {name:?}\n"))?;
    std::fs::write(dir.join("main.dark"), program.replace("PROJECT", &module))?;
    std::fs::create_dir_all(dir.join("tests"))?;
    std::fs::write(dir.join("tests/main.dark"), tests.replace("PROJECT", &module))?;
    std::fs::write(dir.join(".gitignore"), ".dark/\n*.db\n*.db-*\n")?;
    std::fs::write(
        dir.join("README.md"),
        format!(
            "# {name}\n\nA Dark program.\n\n```\ndarkc check    # what is wrong with it\ndarkc test     # runs tests/\n\
             darkc run      # serves on http://localhost:8080\ndarkc build    # an executable\n```\n"
        ),
    )
}
