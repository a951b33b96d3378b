//! Benchmarks beside their peers, in one run. Never part of the tests: times are for people to read.
//!
//! `bench http APP` measures a built `examples/hello` beside a bare hyper server: the server on one core, wrk on
//! another, the two servers alternating, and prints requests per second and processor time per request with ratios.

mod http;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["http", app] => http::run(app),
        _ => Err("usage: bench http PATH-OF-BUILT-HELLO".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}
