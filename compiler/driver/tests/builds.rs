//! Building again: only what changed is compiled, and what comes out is what a build from nothing makes, whatever happened to
//! the cache in between.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A script that uses types, closures, a value and the library.
const SCRIPT: &str = r#"type Item = { name: String; price: Int64 }

type Deal =
  | Full of Item
  | Half of Item
  | Nothing

val items = [ Item { name = "tea"; price = 4L }; Item { name = "cup"; price = 10L } ]

let twice (n: Int64) : Int64 = n * 2L

let cost (deal: Deal) : Int64 =
  match deal with
  | Full item -> twice item.price
  | Half item -> item.price
  | Nothing -> 0L

let total (deals: List<Deal>) : Int64 = Stdlib.List.fold deals 0L (fun sum deal -> sum + cost deal)

let deals = Stdlib.List.map items (fun item -> if item.price > 5L then Deal.Full item else Deal.Half item)

Stdlib.printLine (Stdlib.Int64.toString (total deals))
"#;

/// A folder with a script and a cache of its own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("dark-builds-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        let place = Place(path);
        place.write(SCRIPT);
        place
    }

    fn write(&self, text: &str) {
        std::fs::write(self.0.join("shop.dark"), text).expect("written");
    }

    fn command(&self, flags: &[&str], target: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_darkc"));
        command.arg("build").args(flags).arg("--timings=json").arg("-o").arg(self.0.join(target));
        command.arg(self.0.join("shop.dark")).env("XDG_CACHE_HOME", self.0.join("cache"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Builds and runs: how many parts were compiled, and what the program printed.
    fn build(&self, flags: &[&str]) -> (usize, String) {
        let output = self.command(flags, "shop").output().expect("darkc runs");
        (compiled(&output), self.run("shop"))
    }

    fn run(&self, target: &str) -> String {
        let output = Command::new(self.0.join(target)).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn bytes(&self, target: &str) -> Vec<u8> {
        std::fs::read(self.0.join(target)).expect("it was built")
    }

    /// The shared library that fast programs take the runtime from.
    fn runtime(&self) -> PathBuf {
        let files = std::fs::read_dir(self.0.join("cache/dark/runtime")).expect("the runtime's folder").flatten();
        let libraries: Vec<PathBuf> =
            files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "so")).collect();
        assert_eq!(libraries.len(), 1, "{libraries:?}");
        libraries[0].clone()
    }

    /// Files of the cache, the runtime left out.
    fn kept(&self) -> Vec<PathBuf> {
        let folders = ["objects", "builds", "targets", "programs"].map(|name| self.0.join("cache/dark").join(name));
        let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        files.map(|entry| entry.path()).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How many parts a build compiled.
fn compiled(output: &Output) -> usize {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let parts = said.split("\"parts\":[").nth(1).and_then(|rest| rest.split(']').next()).expect("a list of parts");
    parts.matches("\"name\"").count()
}

fn modified(path: &Path) -> std::time::SystemTime {
    std::fs::metadata(path).and_then(|meta| meta.modified()).expect("it is there")
}

#[test]
fn the_same_again_compiles_and_links_nothing() {
    let place = Place::new("again");
    let (first, printed) = place.build(&["--dev"]);
    assert!(first > 1, "a fast build is made of parts");
    assert_eq!(printed, "24");
    let before = modified(&place.0.join("shop"));
    assert_eq!(place.build(&["--dev"]), (0, "24".into()));
    assert_eq!(modified(&place.0.join("shop")), before, "nothing was linked");
    // Somebody else's file is not taken for ours.
    std::fs::write(place.0.join("shop"), "other").expect("written");
    assert_eq!(place.build(&["--dev"]), (0, "24".into()));
}

#[test]
fn an_edit_compiles_its_part_and_gives_what_a_build_from_nothing_gives() {
    let edits: [(&str, &str, &str); 5] = [
        ("a callee", "n * 2L", "n * 3L"),
        ("a layout", "price: Int64 }", "price: Int64; stock: Int64; shelf: Int64 }"),
        ("a value", "\"tea\"; price = 4L", "\"tea\"; price = 6L"),
        ("a case", "  | Nothing\n", "  | Nothing\n  | Gift\n"),
        ("a place", "let twice", "// moved\n\nlet twice"),
    ];
    for flags in [&["--dev"][..], &[]] {
        let place = Place::new(if flags.is_empty() { "full" } else { "dev" });
        let (all, _) = place.build(flags);
        for (what, from, to) in edits {
            let mut text = SCRIPT.replace(from, to);
            if what == "a layout" {
                text = text.replace("price = 4L }", "price = 4L; stock = 1L; shelf = 2L }");
                text = text.replace("price = 10L }", "price = 10L; stock = 1L; shelf = 2L }");
            }
            if what == "a case" {
                text = text.replace("  | Nothing -> 0L\n", "  | Nothing -> 0L\n  | Gift -> 1L\n");
            }
            place.write(&text);
            let (warm, printed) = place.build(flags);
            assert!(warm > 0 && warm <= all, "{what}: {warm} of {all}");
            if what == "a callee" && !flags.is_empty() {
                assert!(warm <= 2, "{what}: {warm} parts were compiled");
            }
            let warm = place.bytes("shop");
            place.kept().iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
            place.build(flags);
            assert!(warm == place.bytes("shop"), "{what}: another program than from nothing");
            let expected = match what {
                "a callee" => "34",
                "a value" => "32",
                _ => "24",
            };
            assert_eq!(printed, expected, "{what}");
        }
    }
}

/// More than an optimised program of one part may have: functions over lists, records and texts, each a little different.
fn large() -> String {
    let mut text = SCRIPT.to_owned();
    let mut calls = Vec::new();
    for number in 0..LARGE {
        text.push_str(&format!(
            r#"
let step{number} (items: List<Item>) (n: Int64) (seen: List<String>) : List<Item> =
  match items with
  | [] -> if n > {number}L then [] else [ Item {{ name = Stdlib.String.join seen "{number}"; price = n }} ]
  | first :: rest ->
    let kept = {{ first with price = first.price + {number}L }}
    if Stdlib.List.length seen > 3 then
      Stdlib.List.append [ first; kept ] (step{number} rest (n + 1L) [])
    else
      match (kept.price % 3L, seen) with
      | (0L, name :: _) -> Stdlib.List.push (step{number} rest n (Stdlib.List.push seen (name ++ first.name))) kept
      | (1L, _) -> step{number} (Stdlib.List.push rest kept) (n + 2L) (Stdlib.List.push seen kept.name)
      | _ -> Stdlib.List.pushBack (step{number} rest (n + 3L) (Stdlib.List.pushBack seen "b")) first
"#
        ));
        calls.push(format!("step{number} (Stdlib.List.append items items) 0L [ \"a\" ]"));
    }
    let lists = calls.join("; ");
    text.push_str(&format!("\nlet all () : List<List<Item>> = [ {lists} ]\n"));
    text.push_str("Stdlib.printLine (Stdlib.toRepr (all ()))\n");
    text
}

/// Functions of `large`.
const LARGE: usize = 320;

#[test]
fn large_optimised_programs_are_made_of_parts_and_mean_the_same() {
    let place = Place::new("large");
    place.write(&large());
    let (_, expected) = place.build(&["--dev"]);
    assert!(expected.len() > 10_000, "{expected}");
    let (all, printed) = place.build(&[]);
    assert!(all > 3, "{all} parts");
    assert_eq!(printed, expected);

    place.write(&large().replace("[] -> if n > 7L", "[] -> if n > 70L"));
    let (compiled, _) = place.build(&[]);
    assert_eq!(compiled, 1, "of {all}");
    let warm = place.bytes("shop");
    place.kept().iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    place.build(&[]);
    assert!(warm == place.bytes("shop"), "another program than from nothing");
}

#[test]
fn damaged_files_are_made_again() {
    let place = Place::new("damaged");
    place.build(&["--dev"]);
    let (whole, expected) = (place.bytes("shop"), "24".to_owned());
    let damages: [fn(&[u8]) -> Vec<u8>; 4] = [
        |_| Vec::new(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| bytes.iter().map(|byte| byte ^ 1).collect(),
        |bytes| [bytes, b"more"].concat(),
    ];
    for damage in damages {
        for path in place.kept() {
            let bytes = std::fs::read(&path).expect("readable");
            std::fs::write(&path, damage(&bytes)).expect("written");
        }
        std::fs::remove_file(place.0.join("shop")).expect("removed");
        let (compiled, printed) = place.build(&["--dev"]);
        assert!(compiled > 1, "what is damaged is compiled again");
        assert_eq!(printed, expected);
        assert!(place.bytes("shop") == whole);
    }
}

#[test]
fn fast_programs_share_the_runtime_which_is_made_again_when_it_is_gone_or_cut() {
    let place = Place::new("runtime");
    place.build(&["--dev"]);
    let small = place.bytes("shop").len();
    let library = place.runtime();
    let whole = std::fs::read(&library).expect("readable");
    assert!(small * 10 < whole.len(), "{small} bytes have the runtime inside");

    std::fs::remove_file(&library).expect("removed");
    assert_eq!(place.build(&["--dev"]), (0, "24".into()), "an unchanged build brings it back");
    std::fs::write(&library, &whole[..whole.len() / 2]).expect("written");
    assert_eq!(place.build(&["--dev"]), (0, "24".into()), "as it does when it is cut");
    assert!(std::fs::read(&library).expect("readable") == whole, "the same library each time");

    // Where it cannot be made, the program gets the runtime itself.
    std::fs::remove_file(&library).expect("removed");
    std::fs::create_dir_all(library.join("taken")).expect("a folder");
    assert_eq!(place.build(&["--dev"]), (0, "24".into()));
    assert!(place.bytes("shop").len() > whole.len() / 2);
}

#[test]
fn optimised_programs_need_nothing_of_the_cache() {
    let place = Place::new("alone");
    place.build(&[]);
    std::fs::remove_dir_all(place.0.join("cache")).expect("removed");
    assert_eq!(place.run("shop"), "24");
}

#[test]
fn what_programs_run_of_the_runtime_lies_side_by_side() {
    let place = Place::new("order");
    place.build(&["--dev"]);
    let symbols = Command::new("readelf").arg("-sW").arg(place.runtime().with_extension("o")).output();
    let symbols = String::from_utf8_lossy(&symbols.expect("readelf runs").stdout).into_owned();
    let places: Vec<(&str, u64)> = symbols
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.get(3) == Some(&"FUNC"))
        .map(|words| (words[words.len() - 1], u64::from_str_radix(words[1], 16).expect("an address")))
        .collect();
    let end = places.iter().map(|(_, at)| *at).max().expect("code");
    for name in ["main", "dark_print_line"] {
        let (_, at) = places.iter().find(|(it, _)| *it == name).expect("it is there");
        assert!(*at < end / 4, "{name} is at {at} of {end}");
    }
}

#[test]
fn builds_at_once_share_a_cache() {
    let place = Place::new("at-once");
    let children: Vec<(String, Child)> = (0..4)
        .map(|number| {
            let target = format!("shop{number}");
            let child = place.command(&["--dev"], &target).spawn().expect("darkc runs");
            (target, child)
        })
        .collect();
    for (target, child) in children {
        compiled(&child.wait_with_output().expect("it ends"));
        assert_eq!(place.run(&target), "24");
    }
}

#[test]
fn a_killed_build_leaves_a_cache_that_works() {
    let place = Place::new("killed");
    for milliseconds in [20, 60, 120, 200, 300, 500] {
        let mut child = place.command(&["--dev"], "shop").spawn().expect("darkc runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        let _ = child.wait();
    }
    assert_eq!(place.build(&["--dev"]).1, "24");
}

#[test]
fn warnings_are_said_again() {
    let place = Place::new("warnings");
    place.write(&format!(
        "{SCRIPT}\nlet odd (n: Int64) : String =\n  match n with\n  | 1L -> \"one\"\nStdlib.printLine (odd 1L)\n"
    ));
    for _ in 0..2 {
        let output = place.command(&["--dev"], "shop").output().expect("darkc runs");
        assert!(String::from_utf8_lossy(&output.stderr).contains("W0401"), "{output:?}");
    }
}
