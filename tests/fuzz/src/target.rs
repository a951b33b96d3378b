//! What a target is, and the kind that most are: a text goes in, and a promise is kept or broken.

use crate::random::Random;
use crate::shrink;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which promise; findings with the same first line count as one.
    pub message: String,
    /// What `--input` takes to see it again.
    pub input: String,
}

impl Finding {
    /// Equal for what is probably the same mistake.
    pub fn kind(&self) -> String {
        let line = self.message.lines().next().unwrap_or_default();
        line.chars().filter(|c| !c.is_ascii_digit()).collect()
    }
}

/// What is run many times.
pub trait Target {
    fn name(&self) -> &'static str;

    /// One round; how many executions it was, and what it found. `known` says which kinds of findings need no
    /// shrinking any more.
    fn round(&mut self, random: &mut Random, known: &dyn Fn(&Finding) -> bool) -> (u64, Option<Finding>);

    /// Only the input of a round, to look at one that ended the process.
    fn input(&mut self, random: &mut Random) -> String;

    /// Checks one input.
    fn check(&mut self, input: &str) -> Result<(), String>;

    /// What else there is to say of all rounds so far.
    fn summary(&self) -> String {
        String::new()
    }

    /// How many findings of one kind are made small and shown; they may have more causes than one.
    fn enough(&self) -> u64 {
        4
    }

    /// How much of a processor a round may take before somebody ends it.
    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }
}

/// A promise about a text.
pub trait Promise {
    const NAME: &'static str;

    fn input(&mut self, random: &mut Random) -> String;

    /// `Err` says what was broken; a panic breaks every promise.
    fn check(&mut self, input: &str) -> Result<(), String>;

    /// See `Target`.
    fn summary(&self) -> String {
        String::new()
    }
}

/// The target of a promise.
#[derive(Debug)]
pub struct OfText<P>(pub P);

/// A check may take this long, and this much more for each byte. Far above what is normal, far below what grows with the
/// square of the text.
const CHECK_TIME: Duration = Duration::from_millis(300);
const BYTE_TIME: Duration = Duration::from_micros(20);

impl<P: Promise> OfText<P> {
    fn once(&mut self, input: &str) -> Result<(), String> {
        let allowed = CHECK_TIME + BYTE_TIME * input.len() as u32;
        let start = Instant::now();
        quietly(|| self.0.check(input))?;
        if start.elapsed() < allowed {
            return Ok(());
        }
        // Slow may be the machine, which has others to serve: what the check itself takes decides.
        let before = thread_time();
        quietly(|| self.0.check(input))?;
        let taken = thread_time().saturating_sub(before);
        if taken < allowed { Ok(()) } else { Err(format!("slow: a text of {} bytes takes {taken:?}", input.len())) }
    }
}

/// What this thread has had of the processors; where that is not told, nothing is slow.
fn thread_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

impl<P: Promise> Target for OfText<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn round(&mut self, random: &mut Random, known: &dyn Fn(&Finding) -> bool) -> (u64, Option<Finding>) {
        let input = self.0.input(random);
        let Err(message) = self.once(&input) else { return (1, None) };
        let mut finding = Finding { message, input };
        if !known(&finding) {
            let kind = finding.kind();
            let same = |text: &str| {
                let message = self.once(text).err()?;
                let smaller = Finding { message, input: text.to_owned() };
                (smaller.kind() == kind).then_some(smaller)
            };
            finding = shrink::finding(finding, same);
        }
        (1, Some(finding))
    }

    fn input(&mut self, random: &mut Random) -> String {
        self.0.input(random)
    }

    fn check(&mut self, input: &str) -> Result<(), String> {
        self.once(input)
    }

    fn summary(&self) -> String {
        self.0.summary()
    }
}

thread_local! {
    /// What the last panic of this thread said, and where.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a check; a panic is a broken promise and is not printed.
pub fn quietly(check: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(check)) {
        Ok(result) => result,
        Err(_) => Err(PANIC.take().unwrap_or_else(|| "a panic".into())),
    }
}

/// Keeps what panics say for `quietly`. A checked text panics many times while it is made small, and each would be
/// printed.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|it| format!(" at {}:{}", it.file(), it.line())).unwrap_or_default();
        let said = info.payload_as_str().unwrap_or("without a word");
        PANIC.set(Some(format!("panic{place}: {said}")));
    }));
}
