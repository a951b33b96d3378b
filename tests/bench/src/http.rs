//! Requests per second and processor time per request of two servers, measured with wrk (Debian's package).

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
const SECONDS: u32 = 3;
const CONNECTIONS: u32 = 64;
/// The kernel reports processor time in ticks of this many per second (`getconf CLK_TCK`, 100 on every Linux).
const TICKS_PER_SECOND: f64 = 100.0;

struct Server {
    name: &'static str,
    command: Vec<String>,
    path: &'static str,
}

#[derive(Clone, Copy)]
struct Sample {
    requests_per_second: f64,
    microseconds_per_request: f64,
    resident_kib: u64,
}

pub fn run(app: &str) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let hyper = own.with_file_name("bench-hyper");
    if !hyper.is_file() {
        return Err(format!("{} is not built; run ./x bench", hyper.display()));
    }
    if !Path::new(app).is_file() {
        return Err(format!("{app} does not exist; build examples/hello first"));
    }
    let ports = [free_port()?, free_port()?];
    let servers = [
        Server { name: "bare hyper", command: vec![hyper.display().to_string(), ports[0].to_string()], path: "/" },
        Server { name: "Dark hello", command: vec![app.into(), "--port".into(), ports[1].to_string()], path: "/" },
    ];
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for turn in 0..2 {
            // Who goes first alternates, so that a drift of the machine hits both.
            let which = (turn + round) % 2;
            samples[which].push(measure(&servers[which], ports[which])?);
        }
    }
    print_table(&servers, &samples);
    Ok(())
}

fn print_table(servers: &[Server; 2], samples: &[Vec<Sample>; 2]) {
    println!("{ROUNDS} rounds of {SECONDS} s, {CONNECTIONS} connections, server on core 0, wrk on core 1; medians");
    println!("{:<12} {:>12} {:>14} {:>10}", "server", "requests/s", "cpu us/request", "RSS KiB");
    let medians: Vec<Sample> = samples.iter().map(|list| median(list)).collect();
    for (server, it) in servers.iter().zip(&medians) {
        let (rate, cpu) = (it.requests_per_second, it.microseconds_per_request);
        println!("{:<12} {rate:>12.0} {cpu:>14.2} {:>10}", server.name, it.resident_kib);
    }
    println!(
        "ratio Dark / hyper: {:.2} requests/s, {:.2} processor time per request",
        medians[1].requests_per_second / medians[0].requests_per_second,
        medians[1].microseconds_per_request / medians[0].microseconds_per_request
    );
}

fn median(samples: &[Sample]) -> Sample {
    let by = |of: fn(&Sample) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Sample {
        requests_per_second: by(|it| it.requests_per_second),
        microseconds_per_request: by(|it| it.microseconds_per_request),
        resident_kib: by(|it| it.resident_kib as f64) as u64,
    }
}

fn measure(server: &Server, port: u16) -> Result<Sample, String> {
    let folder = std::env::temp_dir();
    let child = Command::new("taskset")
        .args(["-c", "0"])
        .args(&server.command)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", server.name))?;
    let mut child = Ended(child);
    wait_for(port)?;
    let url = format!("http://127.0.0.1:{port}{}", server.path);
    load(&url, 1)?;
    let before = processor_ticks(child.0.id())?;
    let output = load(&url, SECONDS)?;
    let after = processor_ticks(child.0.id())?;
    let resident_kib = resident(child.0.id())?;
    if let Ok(Some(status)) = child.0.try_wait() {
        return Err(format!("{} ended during the run: {status}", server.name));
    }
    if output.contains("Non-2xx") || output.contains("Socket errors") {
        return Err(format!("{} answered with errors:\n{output}", server.name));
    }
    let rate = field(&output, "Requests/sec:")?;
    let requests = output
        .lines()
        .find_map(|line| line.split_once(" requests in "))
        .and_then(|(count, _)| count.trim().parse::<f64>().ok())
        .ok_or_else(|| format!("cannot read wrk's output:\n{output}"))?;
    let microseconds = (after - before) as f64 / TICKS_PER_SECOND * 1e6;
    Ok(Sample { requests_per_second: rate, microseconds_per_request: microseconds / requests, resident_kib })
}

/// Ends the process when the measurement is over, however it went.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn load(url: &str, seconds: u32) -> Result<String, String> {
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "-t1", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), url])
        .output()
        .map_err(|error| format!("cannot run wrk (Debian package wrk): {error}"))?;
    if !output.status.success() {
        return Err(format!("wrk failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn field(output: &str, name: &str) -> Result<f64, String> {
    output
        .lines()
        .find_map(|line| line.trim().strip_prefix(name))
        .and_then(|rest| rest.trim().parse().ok())
        .ok_or_else(|| format!("wrk printed no `{name}`:\n{output}"))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

fn wait_for(port: u16) -> Result<(), String> {
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err(format!("nothing answers on port {port} after 5 s"))
}

/// User and system time of all threads, in ticks.
fn processor_ticks(process: u32) -> Result<u64, String> {
    let path = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    // The command name may hold blanks; the fields after it are counted from its closing parenthesis.
    let rest = stat.rsplit_once(") ").map(|(_, rest)| rest).unwrap_or_default();
    let fields: Vec<&str> = rest.split(' ').collect();
    match (fields.get(11).and_then(|it| it.parse::<u64>().ok()), fields.get(12).and_then(|it| it.parse::<u64>().ok())) {
        (Some(user), Some(system)) => Ok(user + system),
        _ => Err(format!("cannot read {path}")),
    }
}

fn resident(process: u32) -> Result<u64, String> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .ok_or_else(|| format!("cannot read {path}"))
}
