//! How the program behaves as a whole: cold start, memory at rest and after signed slash commands, time per command, per acknowledgement
//! and per search from Teams.
//!
//! `cargo bench --bench program -- target/release/upshot`. The commands are signed here and sent over loopback, so the
//! figures hold everything but the network: reading, verifying, decoding, rewriting, storing, encoding. Memory is read
//! from `/proc`, so that part needs Linux.
#![allow(clippy::print_stdout, reason = "a measurement prints its result")]
#![allow(clippy::disallowed_methods, reason = "a measurement asks what time it is")]

mod load;
mod slack;
mod teams;

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const MESSAGE: &str = "for sales: Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from \
                       220ms to 3.4s after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, \
                       RCA tomorrow. CHK-1182";
const STARTS: usize = 31;
const CONNECTIONS: usize = 8;
/// Memory is read this long after the last request, when nothing is under way any more.
const REST: Duration = Duration::from_secs(2);

fn main() -> Outcome<()> {
    let program = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let program = fs::canonicalize(program.unwrap_or_else(|| "target/release/upshot".to_owned()))?;
    let folder = std::env::temp_dir().join(format!("upshot-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = measure(&program, &folder);
    fs::remove_dir_all(&folder)?;
    result
}

fn measure(program: &Path, folder: &Path) -> Outcome<()> {
    let starts = (0..STARTS).map(|_| cold_start(program, folder)).collect::<Outcome<Vec<_>>>()?;
    println!("cold start of `upshot rewrite`: median {:.1} ms, {STARTS} runs", median(starts) / 1000.0);

    slack::measure(program, folder)?;
    teams::measure(program, folder)
}

/// Times in microseconds, told.
fn middle_and_end(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[times.len() * share / 100] / 1000.0;
    format!("median {:.2} ms, 99th percentile {:.2} ms", at(50), at(99))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Microseconds from the start of the program to its end.
fn cold_start(program: &Path, folder: &Path) -> Outcome<f64> {
    let start = Instant::now();
    let output = command(program, folder).args(["rewrite", "--for", "sales", MESSAGE]).stdin(Stdio::null()).output()?;
    let elapsed = start.elapsed().as_secs_f64() * 1e6;
    if output.status.success() && !output.stdout.is_empty() { Ok(elapsed) } else { Err("rewrite failed".into()) }
}

/// The program in an empty folder and with none of the settings of whoever measures; kept to the core that `BENCH_CORE` names.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = match std::env::var_os("BENCH_CORE") {
        Some(core) => {
            let mut kept = Command::new("taskset");
            kept.arg("--cpu-list").arg(core).arg(program);
            kept
        }
        None => Command::new(program),
    };
    command.current_dir(folder).env_clear();
    command
}

/// A started server; it ends with the value.
struct Server {
    child: Child,
    address: String,
    /// Kept open: a server whose output nobody takes would fail to write it.
    _output: BufReader<ChildStdout>,
}

impl Server {
    fn start(program: &Path, folder: &Path, settings: &[(&str, &str)]) -> Outcome<Self> {
        let mut child = command(program, folder)
            .arg("serve")
            .envs([("UPSHOT_LISTEN", "127.0.0.1:0"), ("UPSHOT_LOG", "warn")])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut server = Self { child, address: String::new(), _output: BufReader::new(output) };
        let mut greeting = String::new();
        server._output.read_line(&mut greeting)?;
        let (_, address) = greeting.trim().split_once("http://").ok_or("the server did not say where it listens")?;
        server.address = address.trim_end_matches('/').to_owned();
        Ok(server)
    }

    /// Resident memory in millions of bytes.
    fn resident_mb(&self) -> Outcome<f64> {
        let status = fs::read_to_string(PathBuf::from(format!("/proc/{}/status", self.child.id())))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // When it has ended already there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
