//! The languages: where a problem's program stands, how it is built, how it is started.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;

use super::options::Options;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    Rust,
    Dark,
    Ocaml,
    Go,
    Node,
}

/// The compilers, and the folder for what they make.
#[derive(Debug)]
pub struct Tools {
    darkc: PathBuf,
    ocamlopt: Option<PathBuf>,
    go: PathBuf,
    built: PathBuf,
}

impl Tools {
    pub fn find(options: &Options) -> Result<Tools, String> {
        if !options.darkc.is_file() {
            return Err(format!("{} is not built; ./x bench lang builds it", options.darkc.display()));
        }
        let own = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
        let built = own.with_file_name("bench-lang");
        std::fs::create_dir_all(&built).map_err(|error| format!("{}: {error}", built.display()))?;
        let Options { darkc, ocamlopt, go, .. } = options;
        Ok(Tools { darkc: darkc.clone(), ocamlopt: ocamlopt.clone(), go: go.clone(), built })
    }

    /// The programs in Rust are the binaries of one Cargo project, which stands beside them and not in the workspace; it is
    /// built as a whole.
    pub fn build_rust(&self, home: &Path) -> Result<(), String> {
        let manifest = home.join("rust").join("Cargo.toml");
        let mut cargo = command("cargo", &["build", "--release", "--quiet", "--manifest-path"]);
        run(cargo.arg(manifest).arg("--target-dir").arg(self.rust())).map(|_| ())
    }

    fn rust(&self) -> PathBuf {
        self.built.join("rust")
    }

    /// Figures mean nothing without the versions that made them.
    pub fn print_versions(&self, options: &Options) -> Result<(), String> {
        for language in options.languages() {
            let mut command = match language {
                Language::Dark => command(&self.darkc, &["--version"]),
                Language::Rust => command("rustc", &["--version"]),
                Language::Go => command(&self.go, &["version"]),
                Language::Node => command("node", &["--version"]),
                Language::Ocaml => match &self.ocamlopt {
                    Some(own) => command(own, &["-version"]),
                    None => command("ocamlfind", &["ocamlopt", "-version"]),
                },
            };
            println!("{}: {}", language.title(), run(&mut command)?.trim());
        }
        Ok(())
    }
}

impl Language {
    pub fn title(self) -> &'static str {
        match self {
            Language::Rust => "Rust",
            Language::Dark => "Dark",
            Language::Ocaml => "OCaml",
            Language::Go => "Go",
            Language::Node => "Node",
        }
    }

    /// The program of a problem; not each language has each problem.
    pub fn source(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Language::Rust => "main.rs",
            Language::Dark => "main.dark",
            Language::Ocaml => "main.ml",
            Language::Go => "main.go",
            Language::Node => "main.js",
        })
    }

    /// Valgrind follows native code; the engines of the others allocate and compile behind its back.
    pub fn counts_instructions(self) -> bool {
        matches!(self, Language::Rust | Language::Dark | Language::Ocaml)
    }

    /// Builds the program, if it is not one in Rust, and gives the command that starts it.
    pub fn build(self, folder: &Path, name: &str, tools: &Tools) -> Result<Vec<String>, String> {
        let source = self.source(folder);
        let executable = tools.built.join(format!("{name}-{}", self.title().to_lowercase()));
        match self {
            Language::Rust => return Ok(vec![tools.rust().join("release").join(name).display().to_string()]),
            Language::Dark => {
                run(command(&tools.darkc, &["build", "-o"]).args([&executable, &source]))?;
            }
            Language::Ocaml => build_ocaml(&source, &executable, tools)?,
            Language::Go => {
                run(command(&tools.go, &["build", "-o"]).args([&executable, &source]))?;
            }
            // The deep recursion of some problems needs more stack than Node takes by itself.
            Language::Node => {
                return Ok(vec!["node".into(), "--stack-size=900000".into(), source.display().to_string()]);
            }
        }
        Ok(vec![executable.display().to_string()])
    }
}

/// A program that needs packages says so in a comment, `(* packages: yojson *)`, and is built by Debian's compiler,
/// which has them.
fn build_ocaml(source: &Path, executable: &Path, tools: &Tools) -> Result<(), String> {
    let text = std::fs::read_to_string(source).map_err(|error| format!("{}: {error}", source.display()))?;
    let packages = text.lines().find_map(|line| line.strip_prefix("(* packages: ")?.strip_suffix(" *)"));
    // The compiler leaves its other files beside the source.
    let copy = executable.with_extension("ml");
    std::fs::copy(source, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    let mut compiler = match (packages, &tools.ocamlopt) {
        (None, Some(own)) => command(own, &[]),
        (None, None) => command("ocamlfind", &["ocamlopt"]),
        (Some(packages), _) => command("ocamlfind", &["ocamlopt", "-linkpkg", "-package", packages]),
    };
    // Without flambda `-O3` is accepted and has no effect.
    run(compiler.args(["-O3", "-o"]).args([executable, &copy]))?;
    Ok(())
}

fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// What a command prints, or why it failed.
fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("cannot run {program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
