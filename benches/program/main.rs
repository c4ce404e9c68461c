//! How the program behaves as a whole: cold start, memory at rest and after signed slash commands, time per command and per search
//! from Teams.
//!
//! `cargo bench --bench program -- target/release/upshot`. The commands are signed here and sent over loopback, so the
//! figures hold everything but the network: reading, verifying, decoding, rewriting, storing, encoding. Memory is read
//! from `/proc`, so that part needs Linux.
#![allow(clippy::print_stdout, reason = "a measurement prints its result")]
#![allow(clippy::disallowed_methods, reason = "a measurement asks what time it is")]

mod teams;

use std::{
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const SECRET: &str = "a secret for measurements only";
const MESSAGE: &str = "for sales: Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from \
                       220ms to 3.4s after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, \
                       RCA tomorrow. CHK-1182";
const STARTS: usize = 31;
const COMMANDS: usize = 5_000;
const CONNECTIONS: usize = 8;
/// Memory is read this long after the last request, when nothing is under way any more.
const REST: Duration = Duration::from_secs(2);
/// Where a refused delivery would show.
const OK_STATUS: &str = "HTTP/1.1 200";

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

    let server = Server::start(program, folder, &[("SLACK_SIGNING_SECRET", SECRET)])?;
    thread::sleep(REST);
    println!("memory of `upshot serve` at rest: {:.1} MB", server.resident_mb()?);

    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let address = server.address.clone();
            thread::spawn(move || deliver(&address, number))
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.join().map_err(|_| "a client panicked")??);
    }
    let elapsed = start.elapsed().as_secs_f64();
    let count = times.len();
    println!(
        "{count} signed slash commands over {CONNECTIONS} connections: {:.0} a second, {}",
        count as f64 / elapsed,
        middle_and_end(times)
    );
    thread::sleep(REST);
    println!("memory of `upshot serve` after them: {:.1} MB", server.resident_mb()?);
    drop(server);
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

/// Sends one connection's share of the commands and gives the time of each in microseconds.
fn deliver(address: &str, client: usize) -> Outcome<Vec<f64>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    let mut requests = stream;
    let mut times = Vec::new();
    for number in 0..COMMANDS / CONNECTIONS {
        let request = signed_command(address, client, number)?;
        let start = Instant::now();
        requests.write_all(&request)?;
        read_answer(&mut answers)?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(times)
}

fn signed_command(address: &str, client: usize, number: usize) -> Outcome<Vec<u8>> {
    let (person, trigger) = (format!("U{client}"), format!("{client}.{number}.measurement"));
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("command", "/upshot"),
            ("text", MESSAGE),
            ("team_id", "T1"),
            ("user_id", &*person),
            ("trigger_id", &*trigger),
        ])
        .finish();
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = format!(
        "POST /slack/commands HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nx-slack-request-timestamp: {timestamp}\r\nx-slack-signature: v0={signature}\r\n\r\n{body}",
        body.len()
    );
    Ok(request.into_bytes())
}

fn read_answer(answers: &mut impl BufRead) -> Outcome<()> {
    let mut status = String::new();
    answers.read_line(&mut status)?;
    if !status.starts_with(OK_STATUS) {
        return Err(format!("the server answered {}", status.trim()).into());
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    if length == 0 {
        return Err("the answer is empty".into());
    }
    let copied = io::copy(&mut answers.take(length), &mut io::sink())?;
    if copied == length { Ok(()) } else { Err("the answer is cut off".into()) }
}
