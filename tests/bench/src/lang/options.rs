//! What is said on the command line of `bench lang`.

use std::path::PathBuf;

use clap::Parser;

use super::language::Language;

/// Programs in Dark beside the same in other languages: processor time, instructions, memory.
#[derive(Debug, Parser)]
#[command(name = "bench lang", no_binary_name = true)]
pub struct Options {
    /// The problems to measure, by their folders; all of them when none is named.
    pub problems: Vec<String>,
    /// How often each program runs; the best run counts.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Count instructions too, with valgrind (not for Go and Node, whose engines it does not run).
    #[arg(long)]
    pub instructions: bool,
    /// The languages to measure beside Dark. Rust is what the ratios are to, and always there.
    #[arg(long, value_delimiter = ',', default_value = "rust,ocaml,go,node")]
    pub peers: Vec<Language>,
    /// The compiler of Dark.
    #[arg(long, default_value = "target/release/darkc")]
    pub darkc: PathBuf,
    /// An OCaml compiler for the problems that need no packages, instead of Debian's.
    #[arg(long)]
    pub ocamlopt: Option<PathBuf>,
    /// The command of Go.
    #[arg(long, default_value = "go")]
    pub go: PathBuf,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options::parse_from(arguments);
        if options.rounds == 0 {
            return Err("--rounds needs at least 1".into());
        }
        // Programs are built and started in folders of their own, so a path of the command line has to be a whole one.
        options.darkc = std::path::absolute(&options.darkc).map_err(|error| error.to_string())?;
        Ok(options)
    }

    /// In the order of the table: Rust, Dark, the other peers.
    pub fn languages(&self) -> Vec<Language> {
        let others = [Language::Ocaml, Language::Go, Language::Node].into_iter().filter(|it| self.peers.contains(it));
        [Language::Rust, Language::Dark].into_iter().chain(others).collect()
    }
}
