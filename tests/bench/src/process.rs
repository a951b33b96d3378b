//! One run of a program: processor time, wall time, peak memory, and what it printed.

use std::io::Read;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Run {
    /// User and system time of all threads.
    pub processor: Duration,
    pub wall: Duration,
    /// The most memory it had at once. The least that can be seen is what a copy of this process has, some 1.3 MiB.
    pub peak_kib: u64,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end; one that fails is an error with what it said.
pub fn run(command: &mut Command) -> Result<Run, String> {
    let shown = format!("{command:?}");
    let failed = |error: std::io::Error| format!("{shown}: {error}");
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // With something to do before it starts, the child is a copy of this process. Else it would share this one's memory
    // until then, and the system would count the most that this process ever had as the child's.
    // SAFETY: nothing is done.
    unsafe { command.pre_exec(|| Ok(())) };
    let mut child = command.spawn().map_err(failed)?;
    let (mut stdout, mut stderr) = (String::new(), String::new());
    // Programs say little on standard error, so that pipe does not fill while the other one is read.
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut stdout).map_err(failed)?;
    }
    if let Some(mut pipe) = child.stderr.take() {
        pipe.read_to_string(&mut stderr).map_err(failed)?;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_the_programs_own() {
        let mut touched = vec![1_u8; 64 << 20];
        touched.iter_mut().step_by(4096).for_each(|byte| *byte += 1);
        assert!(std::hint::black_box(&touched).contains(&2));
        drop(touched);
        let run = run(&mut Command::new("true")).expect("it runs");
        assert!((500..16 << 10).contains(&run.peak_kib), "{} KiB", run.peak_kib);
    }
}
