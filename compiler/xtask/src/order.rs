//! `cargo xtask order DARKC`: writes `compiler/driver/order.txt`, the functions of the runtime that programs run, those of
//! most programs first. They are put side by side into the runtime's object (`compiler/driver/build.rs`), so that a program has
//! few pages of it in memory. `DARKC` has to have a runtime of the usual profile, as that of `./x build` has.
//!
//! The programs are those of `tests/bench/lang` at their small sizes, and `examples/todo` with a request; callgrind says what
//! they ran. A name that is not there any more does no harm, and functions that are not listed come behind.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

const HEAD: &str = "# What programs run of the runtime, in the order in which it lies in memory; `*` is what names differ in from build \
                    to build.\n# Made by `cargo xtask order`.\n";
const PORT: u16 = 28_374;

pub fn run(root: &Path, darkc: &str) -> ExitCode {
    let scratch = std::env::temp_dir().join(format!("dark-order-{}", std::process::id()));
    let found = std::fs::create_dir_all(&scratch)
        .map_err(|error| error.to_string())
        .and_then(|()| Profiler { root, darkc, scratch: &scratch }.all());
    let _ = std::fs::remove_dir_all(&scratch);
    let written = found.and_then(|used| {
        let text = format!("{HEAD}{}\n", ordered(&used).join("\n"));
        std::fs::write(root.join("compiler/driver/order.txt"), text).map_err(|error| error.to_string())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("order: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The names, each with the programs that use it: those of most programs first, and together what is used together.
fn ordered(used: &BTreeMap<String, Vec<usize>>) -> Vec<&str> {
    let mut names: Vec<(&str, &Vec<usize>)> = used.iter().map(|(name, users)| (name.as_str(), users)).collect();
    names.sort_by(|(a, users_a), (b, users_b)| (users_b.len(), users_a, a).cmp(&(users_a.len(), users_b, b)));
    names.into_iter().map(|(name, _)| name).collect()
}

struct Profiler<'a> {
    root: &'a Path,
    darkc: &'a str,
    scratch: &'a Path,
}

impl Profiler<'_> {
    fn all(&self) -> Result<BTreeMap<String, Vec<usize>>, String> {
        let mut used: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut note = |program: usize, names: Vec<String>| {
            names.into_iter().for_each(|name| used.entry(name).or_default().push(program));
        };
        let folders = std::fs::read_dir(self.root.join("tests/bench/lang")).map_err(|error| error.to_string())?;
        let mut folders: Vec<PathBuf> = folders.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let sources: Vec<PathBuf> = folders.into_iter().filter(|it| it.join("main.dark").is_file()).collect();
        for (index, folder) in sources.iter().enumerate() {
            let source = self.small(folder)?;
            println!("{}", source.display());
            let executable = self.link(&source)?;
            done(self.profiled(&executable, &[])?)?;
            note(index, self.ran(&executable)?);
        }
        let executable = self.link(&self.root.join("examples/todo"))?;
        self.serve(&executable)?;
        note(sources.len(), self.ran(&executable)?);
        Ok(used)
    }

    /// A problem's program at its small size.
    fn small(&self, folder: &Path) -> Result<PathBuf, String> {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let text = match read("small.txt") {
            Ok(small) => {
                let size = format!("val size = {}", small.lines().next().unwrap_or_default());
                let line = |line: &str| if line.starts_with("val size = ") { size.clone() } else { line.to_owned() };
                read("main.dark")?.lines().map(|it| line(it) + "\n").collect()
            }
            Err(_) => read("main.dark")?,
        };
        let path = self.scratch.join(folder.file_name().unwrap_or_default()).with_extension("dark");
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        Ok(path)
    }

    /// An executable that still has the names of its functions.
    fn link(&self, source: &Path) -> Result<PathBuf, String> {
        let executable = self.scratch.join(source.file_stem().unwrap_or_default());
        let object = executable.with_extension("o");
        let darkc = |arguments: &[&str], output: &Path| {
            let mut command = Command::new(self.darkc);
            command.arg("build").args(arguments).arg("-o").args([output, source]);
            finish(command.env("XDG_CACHE_HOME", self.scratch))
        };
        // An ordinary build leaves the runtime in the cache.
        darkc(&[], &executable)?;
        darkc(&["--emit", "obj"], &object)?;
        let cache = std::fs::read_dir(self.scratch.join("dark/runtime")).map_err(|error| error.to_string())?;
        let runtime = cache.flatten().map(|entry| entry.path()).find(|it| it.extension().is_some_and(|it| it == "o"));
        let mut linker = Command::new("cc");
        linker.args(["-pie", "-o"]).arg(&executable).arg(&object).args(runtime);
        finish(linker.args(["-lm", "-lpthread", "-ldl"]))?;
        Ok(executable)
    }

    fn profile(&self, executable: &Path) -> PathBuf {
        executable.with_extension("callgrind")
    }

    fn profiled(&self, executable: &Path, arguments: &[&str]) -> Result<Child, String> {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--tool=callgrind", "--demangle=no"]);
        command.arg(format!("--callgrind-out-file={}", self.profile(executable).display()));
        command.arg(executable).args(arguments).stdout(Stdio::null()).current_dir(self.scratch);
        command.spawn().map_err(|error| format!("valgrind: {error}"))
    }

    /// Lets a server answer, and ends it.
    fn serve(&self, executable: &Path) -> Result<(), String> {
        let child = self.profiled(executable, &["--port", &PORT.to_string()])?;
        let answered = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(200));
            ask("POST", r#"{"title":"write","order":1}"#).is_ok()
        }) && ask("GET", "").is_ok();
        finish(Command::new("kill").arg(child.id().to_string()))?;
        done(child)?;
        if answered { Ok(()) } else { Err("the server did not answer".into()) }
    }

    /// The functions of the runtime in a profile.
    fn ran(&self, executable: &Path) -> Result<Vec<String>, String> {
        let profile = std::fs::read(self.profile(executable)).map_err(|error| error.to_string())?;
        let own = finish(Command::new("nm").arg("--defined-only").arg(executable))?;
        let own: Vec<&str> =
            own.lines().filter_map(|line| line.split(" t ").nth(1).or(line.split(" T ").nth(1))).collect();
        let mut names: Vec<String> = String::from_utf8_lossy(&profile)
            .lines()
            .filter_map(|line| line.strip_prefix("fn=(").or(line.strip_prefix("cfn=("))?.split_once(") "))
            // Recursive calls are told by a number.
            .map(|(_, name)| name.split('\'').next().unwrap_or(name))
            .filter(|name| own.contains(name) && is_runtime(name))
            .map(pattern)
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// Not of the program: its functions have signs in their names.
fn is_runtime(name: &str) -> bool {
    name.starts_with("_ZN") || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.$".contains(&byte))
}

/// A name in Rust without the hash of what it was built from.
fn pattern(name: &str) -> String {
    if let Some((path, _)) = name.strip_suffix('E').and_then(|name| name.rsplit_once("17h")) {
        return format!("{path}17h*");
    }
    if !name.starts_with("_R") {
        return name.to_owned();
    }
    let mut parts = name.split("Cs");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("Cs*");
        out.push_str(part.find('_').map_or("", |end| &part[end..]));
    }
    out
}

fn ask(method: &str, body: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT))?;
    let length = body.len();
    write!(
        stream,
        "{method} /todos HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )?;
    stream.read_to_end(&mut Vec::new()).map(|_| ())
}

fn done(mut child: Child) -> Result<(), String> {
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("a program ended with {status}")) }
}

/// What a command prints.
fn finish(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?}:\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_left_open() {
        assert_eq!(
            pattern("_ZN10dark_sched5fiber5Drive6resume17h7176142567e47bacE"),
            "_ZN10dark_sched5fiber5Drive6resume17h*"
        );
        assert_eq!(pattern("_RNvMsa_NtCsgEmfK2I1SDS_4core3fmt"), "_RNvMsa_NtCs*_4core3fmt");
        assert_eq!(pattern("dark_print_line"), "dark_print_line");
    }

    #[test]
    fn what_most_use_comes_first() {
        let used = [("one", vec![1]), ("all", vec![0, 1, 2]), ("other", vec![0]), ("too", vec![1])];
        let used = used.into_iter().map(|(name, users)| (name.to_owned(), users)).collect();
        assert_eq!(ordered(&used), ["all", "other", "one", "too"]);
    }
}
