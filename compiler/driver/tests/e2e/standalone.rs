//! The executable needs nothing beside it.

use crate::app::{Folder, Running, build, build_optimised};
use crate::http::get;
use std::process::Command;

#[test]
fn it_runs_alone_in_an_empty_folder_and_links_only_the_c_library() {
    let folder = Folder::new("standalone");
    let app = build_optimised("examples/hello", &folder);
    let empty = Folder::new("empty");
    let alone = empty.0.join("hello");
    // Not a copy: a file that is being written is busy for a child that another test starts at that moment.
    std::fs::hard_link(&app, &alone).expect("a link");
    let running = Running::start(&alone, &empty.0);
    assert_eq!(get(running.port, "/").status, 200);

    let output = Command::new("ldd").arg(&alone).output().expect("ldd runs");
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in listing.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        let known = ["linux-vdso", "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "ld-linux"];
        assert!(known.iter().any(|known| name.contains(known)), "`{name}` is not of the C library:\n{listing}");
    }
}

#[test]
fn wrong_arguments_are_refused_with_help() {
    let folder = Folder::new("arguments");
    let app = build("examples/hello", &folder);
    for arguments in [&["--prot", "1"][..], &["--port", "x"], &["--port"], &["nonsense"]] {
        let output = Command::new(&app).args(arguments).current_dir(&folder.0).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            message.contains(arguments[arguments.len() - 1]) || message.contains("--port"),
            "{arguments:?}: {message}"
        );
    }
}
