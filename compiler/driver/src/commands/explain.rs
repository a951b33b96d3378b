//! `darkc explain`: the long text of a code; without one, the list. `darkc explain queries` says what queries may do.

use crate::queries;
use clap::Args;
use dark_diagnostics::codes;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Such as E0301 or branch-types-differ, or `queries`; without it all codes are listed
    code: Option<String>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let Some(wanted) = &arguments.code else {
        for code in codes::all() {
            println!("{}  {}", code.id, code.name);
        }
        return ExitCode::SUCCESS;
    };
    if wanted == "queries" {
        print!("{}", queries::page());
        return ExitCode::SUCCESS;
    }
    match codes::find(wanted) {
        Some(code) => {
            print!("{}", code.explanation);
            ExitCode::SUCCESS
        }
        None => super::fail(2, &format!("there is no code `{wanted}`; `darkc explain` lists all of them")),
    }
}
