//! One run of a program: processor time, wall time, peak memory, and what it printed.

use std::io::Read;
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Run {
    /// User and system time of all threads.
    pub processor: Duration,
    pub wall: Duration,
    pub peak_kib: u64,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end; one that fails is an error.
pub fn run(command: &[String], environment: &[(&str, &str)]) -> Result<Run, String> {
    let shown = command.join(" ");
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {shown}: {error}"))?;
    let (mut stdout, mut stderr) = (String::new(), String::new());
    // Programs print little on standard error, so one pipe after the other cannot block.
    let read = |from: Option<&mut dyn Read>, into: &mut String| from.map_or(Ok(0), |from| from.read_to_string(into));
    read(child.stdout.as_mut().map(|it| it as &mut dyn Read), &mut stdout)
        .map_err(|error| format!("{shown}: {error}"))?;
    read(child.stderr.as_mut().map(|it| it as &mut dyn Read), &mut stderr)
        .map_err(|error| format!("{shown}: {error}"))?;
    let (status, usage) = wait(child.id())?;
    let wall = start.elapsed();
    if status != 0 {
        return Err(format!("{shown} ended with status {status}:\n{stderr}"));
    }
    let time = |it: libc::timeval| Duration::new(it.tv_sec as u64, it.tv_usec as u32 * 1000);
    let processor = time(usage.ru_utime) + time(usage.ru_stime);
    Ok(Run { processor, wall, peak_kib: usage.ru_maxrss as u64, stdout, stderr })
}

/// Waits for a child that nobody else waits for, and gives its status and what it used.
fn wait(process: u32) -> Result<(i32, libc::rusage), String> {
    let mut status = 0;
    let mut usage = MaybeUninit::zeroed();
    // SAFETY: both pointers are to memory of this frame, of the types that the call writes.
    let found = unsafe { libc::wait4(process as i32, &mut status, 0, usage.as_mut_ptr()) };
    if found != process as i32 {
        return Err(format!("cannot wait for process {process}: {}", std::io::Error::last_os_error()));
    }
    // SAFETY: an rusage is numbers, for which zeros are a value, and the call has written it.
    Ok((status, unsafe { usage.assume_init() }))
}

/// Lets the programs have as much stack as they like: what some do in deep recursion is to be measured, not refused.
pub fn lift_stack_limit() -> Result<(), String> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to memory of this frame, of the type that the call writes.
    let read = unsafe { libc::getrlimit(libc::RLIMIT_STACK, &mut limit) };
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the pointer is to memory of this frame that the call reads.
    if read != 0 || unsafe { libc::setrlimit(libc::RLIMIT_STACK, &limit) } != 0 {
        return Err(format!("cannot lift the limit of the stack: {}", std::io::Error::last_os_error()));
    }
    Ok(())
}
