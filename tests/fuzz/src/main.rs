//! The command line: `./x fuzz [TARGET…] [--minutes N]`, and what a finding needs to be looked at again.
//!
//! Exit codes: 0 nothing was found, 1 something was, 2 wrong usage, 3 a fault of the fuzzer.

use dark_fuzz::campaign::{End, Event, Progress, watch};
use dark_fuzz::corpus::root;
use dark_fuzz::random::Random;
use dark_fuzz::target::keep_panics_quiet;
use dark_fuzz::{Finding, Limit, Report, Target, run_here, shrink, targets};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "usage: fuzz [TARGET…] [--minutes N | --rounds N] [--seed N]
       fuzz TARGET --input FILE          checks one input
       fuzz TARGET --show N [--seed N]   prints the input of a round

targets: lexer layout parser formatter checker core programs; without one, all of them, one after the other
--minutes N   for each target; 1 if neither is given
--first N     the number of the first round
--darkc PATH  the compiler that `programs` uses; default: beside this executable";

/// As much as `darkc` gives itself.
const STACK: usize = 512 << 20;

struct Arguments {
    help: bool,
    targets: Vec<String>,
    limit: Limit,
    seed: u64,
    first: u64,
    input: Option<PathBuf>,
    show: Option<u64>,
    darkc: PathBuf,
    worker: Option<PathBuf>,
}

fn main() -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        _ => ExitCode::from(3),
    }
}

fn run() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("fuzz: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let mut made = Vec::new();
    for name in &arguments.targets {
        let Some(target) = targets::target(name, &arguments.darkc) else {
            eprintln!("fuzz: there is no target `{name}`\n{USAGE}");
            return ExitCode::from(2);
        };
        made.push(target);
    }
    let mut good = true;
    for target in &mut made {
        let target = &mut **target;
        let done = if let Some(path) = &arguments.input {
            check(target, path)
        } else if let Some(round) = arguments.show {
            print!("{}", target.input(&mut Random::of_round(arguments.seed, round)));
            Ok(true)
        } else if let Some(progress) = &arguments.worker {
            work(target, &arguments, progress)
        } else {
            campaign(target, &arguments)
        };
        match done {
            Ok(nothing_found) => good &= nothing_found,
            Err(error) => {
                eprintln!("fuzz: {error}");
                return ExitCode::from(2);
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn arguments() -> Result<Arguments, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut out = Arguments {
        help: false,
        targets: Vec::new(),
        limit: Limit::Time(Duration::from_secs(60)),
        seed: 1,
        first: 0,
        input: None,
        show: None,
        darkc: own.with_file_name("darkc"),
        worker: None,
    };
    let mut list = std::env::args().skip(1);
    while let Some(argument) = list.next() {
        let mut value = || list.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "-h" | "--help" => out.help = true,
            "--minutes" => {
                let minutes: f64 = number(&value()?)?;
                out.limit = Limit::Time(Duration::try_from_secs_f64(minutes * 60.0).map_err(|it| it.to_string())?);
            }
            "--rounds" => out.limit = Limit::Rounds(number(&value()?)?),
            "--seed" => out.seed = number(&value()?)?,
            "--first" => out.first = number(&value()?)?,
            "--show" => out.show = Some(number(&value()?)?),
            "--input" => out.input = Some(value()?.into()),
            "--darkc" => out.darkc = value()?.into(),
            "--worker" => out.worker = Some(value()?.into()),
            name if name.starts_with('-') => return Err(format!("`{name}` is no option")),
            name => out.targets.push(name.to_owned()),
        }
    }
    if out.targets.is_empty() {
        out.targets = targets::NAMES.iter().map(|it| (*it).to_owned()).collect();
    }
    Ok(out)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn check(target: &mut dyn Target, path: &Path) -> Result<bool, String> {
    let input = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    keep_panics_quiet();
    match target.check(&input) {
        Ok(()) => Ok(true),
        Err(message) => {
            println!("{message}");
            Ok(false)
        }
    }
}

/// Where findings and progress are kept.
fn folder() -> Result<PathBuf, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("findings");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// The rounds themselves, in a process that may die.
fn work(target: &mut dyn Target, arguments: &Arguments, progress: &Path) -> Result<bool, String> {
    let progress = Progress::open(progress).map_err(|error| error.to_string())?;
    let (name, seed) = (target.name(), arguments.seed);
    let Report { findings, counts, .. } =
        run_here(target, seed, arguments.first, arguments.limit, |event| match event {
            Event::Begins(round, executions) => progress.write(round, executions),
            Event::Found(round, finding) => print_finding(name, seed, round, finding),
        });
    for (kind, count) in &counts {
        println!("{name}: {count} times: {kind}");
    }
    let summary = target.summary();
    if !summary.is_empty() {
        println!("{name}: {summary}");
    }
    Ok(findings.is_empty())
}

fn print_finding(name: &str, seed: u64, round: u64, finding: &Finding) {
    let kept = folder().and_then(|folder| {
        let path = folder.join(format!("{name}-{seed}-{round}.dark"));
        std::fs::write(&path, &finding.input).map_err(|error| error.to_string())?;
        Ok(path)
    });
    let path = kept.map_or_else(|error| format!("not kept: {error}"), |path| path.display().to_string());
    let (message, input) = (&finding.message, &finding.input);
    println!("{name}: round {round} of seed {seed}: {message}\n---- {path}\n{input}\n----");
}

/// Starts workers until the time is over, and says what they did.
fn campaign(target: &mut dyn Target, arguments: &Arguments) -> Result<bool, String> {
    let (name, seed, start) = (target.name(), arguments.seed, Instant::now());
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let progress = folder()?.join(format!("{name}-{seed}.progress"));
    let (mut first, mut executions, mut deaths, mut good) = (arguments.first, 0, 0, true);
    loop {
        let limit = match arguments.limit {
            Limit::Rounds(rounds) => Limit::Rounds((arguments.first + rounds).saturating_sub(first)),
            Limit::Time(time) => Limit::Time(time.saturating_sub(start.elapsed())),
        };
        let mut worker = Command::new(&own);
        worker.args([name, "--seed", &seed.to_string(), "--first", &first.to_string(), "--worker"]).arg(&progress);
        worker.arg("--darkc").arg(&arguments.darkc);
        match limit {
            Limit::Rounds(rounds) => worker.args(["--rounds", &rounds.to_string()]),
            Limit::Time(time) => worker.args(["--minutes", &(time.as_secs_f64() / 60.0).to_string()]),
        };
        let (end, done) = watch(worker, &progress, target.patience()).map_err(|error| error.to_string())?;
        executions += done;
        let (round, how) = match end {
            End::Done(status) => {
                good &= status.success();
                break;
            }
            End::Died(_, status) if matches!(status.code(), Some(2 | 3)) => {
                return Err(format!("{name}: the worker ended with {status}"));
            }
            End::Died(round, status) => (round, format!("the process ended with {status}")),
            End::Stuck(round) => (round, format!("no end after {:?}", target.patience())),
        };
        (good, first, deaths) = (false, round + 1, deaths + 1);
        let input = target.input(&mut Random::of_round(seed, round));
        let finding = Finding { message: how, input };
        print_finding(name, seed, round, &shrink_outside(target, &own, finding)?);
    }
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    let speed = executions as f64 / start.elapsed().as_secs_f64();
    println!(
        "{name}: {minutes:.1} min, {executions} executions, {speed:.0} a second, {deaths} ended the process, seed {seed}"
    );
    Ok(good)
}

/// Shrinks what ends its process, each try in a process of its own.
fn shrink_outside(target: &dyn Target, own: &Path, finding: Finding) -> Result<Finding, String> {
    let path = folder()?.join(format!("{}-{}.try", target.name(), std::process::id()));
    let progress = path.with_extension("tried");
    let message = finding.message.clone();
    let small = shrink::finding(finding, |text| {
        std::fs::write(&path, text).ok()?;
        let mut worker = Command::new(own);
        worker.args([target.name(), "--input"]).arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        let (end, _) = watch(worker, &progress, target.patience() / 4).ok()?;
        let input = text.to_owned();
        (!matches!(end, End::Done(_))).then(|| Finding { message: message.clone(), input })
    });
    let _ = std::fs::remove_file(path);
    let _ = std::fs::remove_file(progress);
    Ok(small)
}
