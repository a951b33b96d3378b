//! Host functions that other hosts of the language have: what they belong to, and what a program here uses instead.

/// By the beginning of the name: what it belongs to, and what to use instead.
const HOSTS: &[(&[&str], &str, &str)] = &[
    (
        &["pm", "package", "branch", "scm", "sync", "account", "location", "depgraph", "propagat"],
        "it belongs to the package manager of another host",
        "packages are the `.dark` files of a project here: keep them in version control",
    ),
    (
        &["cli", "terminal", "stdin", "stdout", "stderr", "execute", "process", "posix", "tty"],
        "it belongs to the command line of another host",
        "print with `Stdlib.printLine`; `main (args: List<String>)` gets the words of the command line",
    ),
    (
        &["tcp", "udp", "socket", "unixSocket"],
        "programs here do not open sockets of their own",
        "call other servers with `Stdlib.HttpClient`, and answer with `[<HttpHandler>]` or `Stdlib.HttpServer.serve`",
    ),
    (
        &["darkInternal", "canvas", "secret", "queue", "worker", "cron", "user", "log"],
        "it belongs to the administration of another host",
        "workers, crons and secrets are declared in the program; `dark.toml` has the settings",
    ),
    (
        &["file", "directory"],
        "programs here do not touch the file system",
        "keep data in a datastore: `[<DB>] type NotesDB = Note` and `Stdlib.DB`",
    ),
    (
        &["parser", "languageTools", "lsp", "reflect", "getAll", "pretty", "trace", "getBuildHash", "getCurrent"],
        "it belongs to the tools of another host",
        "`darkc` has these tools: check, test, fmt and lsp",
    ),
    (&["httpGetUnsafe"], "it goes around the guards of the HTTP client", "write `Stdlib.HttpClient.request`"),
];

/// What the host function belongs to, and what to use instead.
pub fn instead(name: &str) -> Option<(&'static str, &'static str)> {
    let (_, what, instead) = HOSTS.iter().find(|(starts, ..)| starts.iter().any(|start| is_of(name, start)))?;
    Some((what, instead))
}

/// `file` begins `fileRead`, not `filename`.
fn is_of(name: &str, start: &str) -> bool {
    name.strip_prefix(start).is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()) || start.len() > 7)
}
