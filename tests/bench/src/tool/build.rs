//! Building: `darkc build` beside `go build`, `ocamlopt` and `dune`, on generated projects of the same shape in one run.
//!
//! Cold means that nothing of the project has been made before; the standard libraries of Go and OCaml are there, Dark's is
//! source and is compiled with the program. Then the same again without a change, after an edit in a function that one
//! module uses, and in one that all modules use. The rounds of the tools alternate, so that a drift of the machine hits all.

use super::{Folder, median, run};
use crate::project::{Edit, Generated, In, Size, generate};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project of ten thousand lines.
const SIZE: Size = Size::Lines(10_000);

struct Tool {
    name: &'static str,
    language: In,
    /// Its command in the project's folder.
    command: Box<dyn Fn(&Path) -> Command>,
    /// The folder of what it makes, below the project's.
    made: &'static str,
    /// What else the folder needs.
    extra: Vec<(&'static str, &'static str)>,
}

pub fn measure(darkc: &Path, rounds: usize) -> Result<(), String> {
    let darkc = darkc.canonicalize().map_err(|error| format!("{}: {error}", darkc.display()))?;
    let tools: Vec<Tool> = tools(&darkc).into_iter().filter(is_there).collect();
    println!("{rounds} rounds, medians in ms; processor time on all cores");
    println!(
        "{:<26} {:>10} {:>10} {:>10} {:>10} {:>10} {:>6}",
        "10,000 lines", "cold", "unchanged", "leaf edit", "core edit", "cold cpu", "MiB"
    );
    let projects: Vec<(Generated, Folder)> = tools
        .iter()
        .map(|tool| Ok((generate(SIZE, tool.language), Folder::new(&tool.name.replace(' ', "-"))?)))
        .collect::<Result<_, String>>()?;
    let mut found = vec![[const { Vec::new() }; 6]; tools.len()];
    for round in 0..rounds {
        for (index, tool) in tools.iter().enumerate() {
            let (made, folder) = &projects[index];
            let times = steps(tool, made, folder.path(), round)?;
            times.into_iter().enumerate().for_each(|(at, value)| found[index][at].push(value));
        }
    }
    for (tool, values) in tools.iter().zip(found) {
        let [cold, unchanged, leaf, core, processor, memory] = values.map(median);
        println!(
            "{:<26} {cold:>10.0} {unchanged:>10.0} {leaf:>10.0} {core:>10.0} {processor:>10.0} {memory:>6.0}",
            tool.name
        );
    }
    hello(&tools, rounds)
}

/// A round of one tool: cold, unchanged, leaf edit, core edit; processor time and memory of the cold build.
fn steps(tool: &Tool, made: &Generated, folder: &Path, round: usize) -> Result<[f64; 6], String> {
    let write = |path: &Path, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).and_then(|()| std::fs::write(&path, text))
    };
    let write = |path: &Path, text: &str| write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    let _ = std::fs::remove_dir_all(folder.join(tool.made));
    // A comment that no earlier round had: tools with a cache of their own elsewhere find nothing in it.
    let comment = |text: &str| match tool.language {
        In::OCaml => format!("(* {}.{round} *)\n{text}", std::process::id()),
        In::Dark | In::Go => format!("// {}.{round}\n{text}", std::process::id()),
    };
    for (path, text) in &made.files {
        write(path, &comment(text))?;
    }
    for (path, text) in &tool.extra {
        write(Path::new(path), text)?;
    }
    let build = || run(&mut (tool.command)(folder));
    let cold = build()?;
    let unchanged = build()?;
    let mut edits = [0.0; 2];
    for (at, edit) in [Edit::Leaf, Edit::Core].into_iter().enumerate() {
        let (path, text) = made.edited(edit, round);
        write(path, &comment(&text))?;
        edits[at] = build()?.milliseconds;
    }
    Ok([cold.milliseconds, unchanged.milliseconds, edits[0], edits[1], cold.processor, cold.resident_mib])
}

/// The smallest program.
fn hello(tools: &[Tool], rounds: usize) -> Result<(), String> {
    println!("{:<26} {:>10} {:>10} {:>10}", "hello", "cold", "unchanged", "cold cpu");
    for tool in tools {
        let made = Generated { files: vec![hello_file(tool.language)], functions: 1 };
        let folder = Folder::new("hello")?;
        let (mut cold, mut unchanged, mut processor) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let one = Generated {
                files: made
                    .files
                    .iter()
                    .map(|(path, text)| {
                        (path.clone(), text.replace("0000", &format!("{round:04}{}", std::process::id())))
                    })
                    .collect(),
                functions: 1,
            };
            let _ = std::fs::remove_dir_all(folder.path().join(tool.made));
            one.write(folder.path())?;
            for (path, text) in &tool.extra {
                let text = text.replace(" kernel", "");
                std::fs::write(folder.path().join(path), text).map_err(|error| format!("{path}: {error}"))?;
            }
            let first = run(&mut (tool.command)(folder.path()))?;
            cold.push(first.milliseconds);
            processor.push(first.processor);
            unchanged.push(run(&mut (tool.command)(folder.path()))?.milliseconds);
        }
        let [cold, unchanged, processor] = [cold, unchanged, processor].map(median);
        println!("{:<26} {cold:>10.0} {unchanged:>10.0} {processor:>10.0}", tool.name);
    }
    Ok(())
}

fn hello_file(language: In) -> (PathBuf, String) {
    let (path, text) = match language {
        In::Dark => {
            ("app.dark", "module App\n\n[<HttpHandler(\"GET\", \"/\")>]\nlet hello () : String = \"Hello 0000\"\n")
        }
        In::Go => ("main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"Hello 0000\") }\n"),
        In::OCaml => ("main.ml", "let () = print_endline \"Hello 0000\"\n"),
    };
    (path.into(), text.into())
}

fn tools(darkc: &Path) -> Vec<Tool> {
    let dark = |dev: bool| {
        let darkc = darkc.to_owned();
        move |folder: &Path| {
            let mut command = Command::new(&darkc);
            command.arg("build").arg(folder).arg("-o").arg(folder.join("app.out"));
            if dev {
                command.arg("--dev");
            }
            command
        }
    };
    let go = |folder: &Path| {
        let mut command = Command::new("go");
        command.current_dir(folder).args(["build", "-o", "app.out", "."]);
        command
    };
    let ocamlopt = |folder: &Path| {
        // One command for all files, in the order of their dependencies: kernel, modules, main.
        let mut command = Command::new("sh");
        command.current_dir(folder).arg("-c").arg(
            "mkdir -p made && ocamlopt -o app.out $( [ -e kernel.ml ] && echo kernel.ml ) $(ls part*.ml 2>/dev/null) main.ml",
        );
        command
    };
    let dune = |folder: &Path| {
        let mut command = Command::new("dune");
        command.current_dir(folder).args(["build", "--root", ".", "./main.exe"]);
        command
    };
    let dune_files = vec![
        ("dune-project", "(lang dune 2.0)\n"),
        ("dune", "(executable (name main) (ocamlopt_flags (:standard -w -a)) (flags (:standard -w -a)))\n"),
    ];
    vec![
        Tool {
            name: "darkc build --dev",
            language: In::Dark,
            command: Box::new(dark(true)),
            made: ".dark",
            extra: Vec::new(),
        },
        Tool {
            name: "darkc build",
            language: In::Dark,
            command: Box::new(dark(false)),
            made: ".dark",
            extra: Vec::new(),
        },
        Tool {
            name: "go build",
            language: In::Go,
            command: Box::new(go),
            made: "made",
            extra: vec![("go.mod", "module bench\n\ngo 1.18\n")],
        },
        Tool { name: "ocamlopt", language: In::OCaml, command: Box::new(ocamlopt), made: "made", extra: Vec::new() },
        Tool { name: "dune build", language: In::OCaml, command: Box::new(dune), made: "_build", extra: dune_files },
    ]
}

/// Whether a peer is installed; says so if it is not.
fn is_there(tool: &Tool) -> bool {
    let program = match tool.name {
        "go build" => ("go", "version"),
        "ocamlopt" => ("ocamlopt", "-version"),
        "dune build" => ("dune", "--version"),
        _ => return true,
    };
    match Command::new(program.0).arg(program.1).output() {
        Ok(output) => {
            println!("{}: {}", program.0, String::from_utf8_lossy(&output.stdout).trim());
            true
        }
        Err(error) => {
            println!("{} is left out: {error}", tool.name);
            false
        }
    }
}
