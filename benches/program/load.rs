//! How requests are sent: one after another, or at a steady pace, over connections that stay open.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use super::Outcome;

/// Where a refused delivery would show.
const OK_STATUS: &str = "HTTP/1.1 200";

/// A request, and when it is due.
pub(super) type Due = (Duration, Vec<u8>);

/// What an answer must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Something to show.
    Answer,
    /// Any 200.
    Acknowledgement,
}

/// Each share on a thread of its own; the times of all.
pub(super) fn all<T: Send>(shares: Vec<T>, send: impl Fn(T) -> Outcome<Vec<f64>> + Sync) -> Outcome<Vec<f64>> {
    thread::scope(|scope| {
        let send = &send;
        let clients: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || send(share))).collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok(times)
    })
}

/// One after another.
pub(super) fn closed(address: &str, requests: &[Vec<u8>], wanted: Wanted) -> Outcome<Vec<f64>> {
    let mut connection = Connection::open(address)?;
    requests
        .iter()
        .map(|request| {
            let start = Instant::now();
            connection.ask(request, wanted)?;
            Ok(start.elapsed().as_secs_f64() * 1e6)
        })
        .collect()
}

/// Each when it is due, and timed from then: who is kept waiting by an earlier one waits too.
pub(super) fn steady(address: &str, start: Instant, requests: &[Due], wanted: Wanted) -> Outcome<Vec<f64>> {
    let mut connection = Connection::open(address)?;
    requests
        .iter()
        .map(|(due, request)| {
            thread::sleep(due.saturating_sub(start.elapsed()));
            connection.ask(request, wanted)?;
            Ok(start.elapsed().saturating_sub(*due).as_secs_f64() * 1e6)
        })
        .collect()
}

/// So many requests a second for a while, spread over connections: each with the moment at which it is due.
pub(super) fn at_a_pace(
    a_second: u32,
    lasting: Duration,
    connections: usize,
    request: impl Fn(usize) -> Outcome<Vec<u8>>,
) -> Outcome<Vec<Vec<Due>>> {
    let count = usize::try_from(u64::from(a_second) * lasting.as_secs())?;
    let mut shares: Vec<Vec<Due>> = (0..connections).map(|_| Vec::new()).collect();
    for number in 0..count {
        let due = Duration::from_secs_f64(number as f64 / f64::from(a_second));
        shares[number % connections].push((due, request(number)?));
    }
    Ok(shares)
}

struct Connection {
    requests: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Outcome<Self> {
        let requests = TcpStream::connect(address)?;
        requests.set_nodelay(true)?;
        Ok(Self { answers: BufReader::new(requests.try_clone()?), requests })
    }

    fn ask(&mut self, request: &[u8], wanted: Wanted) -> Outcome<()> {
        self.requests.write_all(request)?;
        let length = read_answer(&mut self.answers)?;
        if length == 0 && wanted == Wanted::Answer {
            return Err("the answer is empty".into());
        }
        Ok(())
    }
}

/// Reads an answer, and says how long it is.
fn read_answer(answers: &mut impl BufRead) -> Outcome<u64> {
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
    let copied = io::copy(&mut answers.take(length), &mut io::sink())?;
    if copied == length { Ok(length) } else { Err("the answer is cut off".into()) }
}
