//! Building an application once per test run, and processes of it in folders of their own.

use crate::http;
pub use crate::support::{Folder, repository};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Builds a copy of a project below the repository into `folder/app`.
pub fn build(project: &str, folder: &Folder) -> PathBuf {
    build_with(&["--dev"], project, folder)
}

/// As it is handed on: with all it needs in it.
pub fn build_optimised(project: &str, folder: &Folder) -> PathBuf {
    build_with(&[], project, folder)
}

fn build_with(options: &[&str], project: &str, folder: &Folder) -> PathBuf {
    let source = folder.0.join("source");
    copy(&repository().join(project), &source);
    let app = folder.0.join("app");
    let output = Command::new(env!("CARGO_BIN_EXE_darkc"))
        .arg("build")
        .args(options)
        .arg("-o")
        .args([&app, &source])
        .output()
        .expect("darkc runs");
    assert!(output.status.success(), "darkc build {project}:\n{}", String::from_utf8_lossy(&output.stderr));
    app
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the project's folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// A running server; killed when the value goes away.
pub struct Running {
    pub port: u16,
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    /// Starts the executable in `folder` and waits until it answers.
    pub fn start(app: &Path, folder: &Path) -> Running {
        Running::start_as(Command::new(app), folder, Duration::from_secs(10))
    }

    /// With that in its environment, too.
    pub fn start_with(app: &Path, folder: &Path, variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(app);
        command.envs(variables.iter().copied());
        Running::start_as(command, folder, Duration::from_secs(10))
    }

    /// Under valgrind, with a heap of single blocks: an access to memory that is not its own is exit code 99.
    pub fn start_under_valgrind(app: &Path, folder: &Path) -> Running {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--error-exitcode=99"]).arg(app).env("DARK_HEAP", "system");
        Running::start_as(command, folder, Duration::from_secs(120))
    }

    fn start_as(mut command: Command, folder: &Path, patience: Duration) -> Running {
        let port = free_port();
        let mut child = command
            .args(["--port", &port.to_string()])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the application starts");
        let (send, lines) = channel();
        let stdout = child.stdout.take().expect("its standard output");
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let running = Running { port, child, lines };
        running.wait_until_it_answers(patience);
        running
    }

    fn wait_until_it_answers(&self, patience: Duration) {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if http::try_request(self.port, "GET", "/", &[], "").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the application does not answer on port {}", self.port);
    }

    /// Waits for a line on standard output.
    pub fn wait_for_line(&self, wanted: &str, within: Duration) {
        let until = Instant::now() + within;
        let mut seen = Vec::new();
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(wanted) => return,
                Ok(line) => seen.push(line),
                Err(_) => break,
            }
        }
        panic!("no line `{wanted}` within {within:?}; seen: {seen:?}");
    }

    /// Every line so far, without waiting.
    pub fn lines_so_far(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// `kill -9`
    pub fn kill(mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("the process ends");
    }

    /// SIGTERM; the exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(done.is_ok_and(|status| status.success()), "kill -TERM works");
        self.child.wait().expect("the process ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Asks again until the answer satisfies, for at most that long.
pub fn eventually(within: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + within;
    while Instant::now() < until {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within {within:?}");
}
