//! Many rounds of a target. A campaign runs in two processes: one works and writes down which round it is in, the other
//! watches, so that a round that never ends or takes the process with it is known by its number.

use crate::random::Random;
use crate::target::{Finding, Target, keep_panics_quiet};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    Rounds(u64),
    Time(Duration),
}

/// What a campaign did.
#[derive(Debug, Default)]
pub struct Report {
    pub rounds: u64,
    pub executions: u64,
    /// Findings, the first of each kind, with the rounds that made them.
    pub findings: Vec<(u64, Finding)>,
    /// How many findings there were of each kind.
    pub counts: HashMap<String, u64>,
}

/// What happens in a campaign, for whoever writes it down.
#[derive(Debug)]
pub enum Event<'a> {
    /// A round, and the executions before it.
    Begins(u64, u64),
    /// One of the first findings of its kind.
    Found(u64, &'a Finding),
}

/// Runs rounds in this process, from `first` on.
pub fn run_here(
    target: &mut dyn Target,
    seed: u64,
    first: u64,
    limit: Limit,
    mut event: impl FnMut(Event<'_>),
) -> Report {
    keep_panics_quiet();
    let (mut report, start) = (Report::default(), Instant::now());
    loop {
        let over = match limit {
            Limit::Rounds(rounds) => report.rounds >= rounds,
            Limit::Time(time) => start.elapsed() >= time,
        };
        let round = first + report.rounds;
        event(Event::Begins(round, report.executions));
        if over {
            return report;
        }
        let (counts, enough) = (&report.counts, target.enough());
        let known = |finding: &Finding| counts.get(&finding.kind()).is_some_and(|count| *count >= enough);
        let (executions, finding) = target.round(&mut Random::of_round(seed, round), &known);
        report.rounds += 1;
        report.executions += executions;
        if let Some(finding) = finding {
            let count = report.counts.entry(finding.kind()).or_default();
            *count += 1;
            if *count <= enough {
                event(Event::Found(round, &finding));
                report.findings.push((round, finding));
            }
        }
    }
}

/// Where a worker writes how far it is: the round it is in and the executions before it.
#[derive(Debug)]
pub struct Progress(File);

impl Progress {
    pub fn open(path: &Path) -> std::io::Result<Progress> {
        Ok(Progress(File::options().create(true).truncate(false).read(true).write(true).open(path)?))
    }

    /// What cannot be written is not watched; the work goes on.
    pub fn write(&self, round: u64, executions: u64) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&round.to_le_bytes());
        bytes[8..].copy_from_slice(&executions.to_le_bytes());
        let _ = self.0.write_all_at(&bytes, 0);
    }

    fn read(&self) -> (u64, u64) {
        let mut bytes = [0; 16];
        if self.0.read_exact_at(&mut bytes, 0).is_err() {
            return (0, 0);
        }
        let number = |part: &[u8]| part.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte));
        (number(&bytes[..8]), number(&bytes[8..]))
    }
}

/// How a worker process ended, and in which round.
#[derive(Debug)]
pub enum End {
    Done(ExitStatus),
    /// It took its process with it.
    Died(u64, ExitStatus),
    /// Ended because nothing had happened for as long as the target is patient.
    Stuck(u64),
}

/// What a process has had of the processors, which on a busy machine is less than the time that has passed.
fn process_time(id: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // Behind the name in parentheses; see proc(5). Ticks are hundredths of a second.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Watches a worker until it ends; also how many executions it had done.
pub fn watch(mut worker: Command, progress: &Path, patience: Duration) -> std::io::Result<(End, u64)> {
    let progress = Progress::open(progress)?;
    progress.write(0, 0);
    let mut child = worker.spawn()?;
    let (mut last, mut since, mut used) = (progress.read(), Instant::now(), Duration::ZERO);
    loop {
        if let Some(status) = child.try_wait()? {
            let (round, executions) = progress.read();
            let end =
                if status.code().is_some_and(|it| it <= 1) { End::Done(status) } else { End::Died(round, status) };
            return Ok((end, executions));
        }
        std::thread::sleep(Duration::from_millis(50));
        let now = progress.read();
        if now != last {
            (last, since, used) = (now, Instant::now(), process_time(child.id()));
        } else if since.elapsed() > patience
            && (process_time(child.id()).saturating_sub(used) > patience || since.elapsed() > patience * 20)
        {
            child.kill()?;
            child.wait()?;
            return Ok((End::Stuck(now.0), now.1));
        }
    }
}
