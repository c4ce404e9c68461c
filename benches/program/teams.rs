//! Searches of the glossary as the bot service delivers them, each with its token checked: how many a second, and how long one takes
//! at a steady hundred a second.
//!
//! The bot service signs many deliveries with one token, and Upshot remembers the tokens it has checked; so it is measured both with
//! one token and with another one for each delivery, where each signature is verified anew.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use serde_json::{Value, json};

use super::{
    CONNECTIONS, Outcome, Server,
    load::{Wanted, all, at_a_pace, closed, steady},
    middle_and_end,
};

const APP: &str = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";
const KEY: &str = "measured";
/// Made for tests; it guards nothing.
const KEY_PAIR: &[u8] = include_bytes!("../../tests/fixtures/teams/test-key.der");
const SEARCH: &str = include_str!("../../tests/fixtures/teams/17-query.json");
const SEARCHES: usize = 4_000;
/// A busy hour of a large company, over one search for each key that is pressed.
const A_SECOND: u32 = 100;
const STEADY: Duration = Duration::from_secs(10);

pub(super) fn measure(program: &Path, folder: &Path) -> Outcome<()> {
    let signer = Signer::new()?;
    let keys = serve_keys(signer.jwk())?;
    let metadata = format!("{keys}/metadata");
    let settings = [("MICROSOFT_APP_ID", APP), ("TEAMS_OPENID_METADATA_URL", &*metadata)];
    let server = Server::start(program, folder, &settings)?;
    let search = Search { signer: &signer, address: &server.address, service: format!("{keys}/service/") };
    search.prove()?;

    for (tokens, title) in [(Tokens::One, "one token"), (Tokens::OneEach, "a token each")] {
        let shares: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
            .map(|client| {
                (0..SEARCHES / CONNECTIONS)
                    .map(|number| search.request(tokens, &format!("{client}.{number}")))
                    .collect()
            })
            .collect::<Outcome<_>>()?;
        let start = Instant::now();
        let times = all(shares, |requests| closed(&server.address, &requests, Wanted::Answer))?;
        let elapsed = start.elapsed().as_secs_f64();
        println!(
            "{} searches from Teams over {CONNECTIONS} connections, {title}: {:.0} a second, {}",
            times.len(),
            times.len() as f64 / elapsed,
            middle_and_end(times)
        );
    }

    let one = |number| search.request(Tokens::OneEach, &format!("steady.{number}"));
    let shares = at_a_pace(A_SECOND, STEADY, CONNECTIONS, one)?;
    let start = Instant::now();
    let times = all(shares, |requests| steady(&server.address, start, &requests, Wanted::Answer))?;
    println!("{A_SECOND} searches a second, a token each: {}", middle_and_end(times));
    println!("memory of `upshot serve` after them: {:.1} MB", server.resident_mb()?);
    Ok(())
}

/// Whether deliveries share a token.
#[derive(Clone, Copy)]
enum Tokens {
    One,
    OneEach,
}

/// Makes deliveries of a search.
struct Search<'a> {
    signer: &'a Signer,
    address: &'a str,
    service: String,
}

impl Search<'_> {
    fn request(&self, tokens: Tokens, id: &str) -> Outcome<Vec<u8>> {
        let token = self.signer.token(&self.service, if matches!(tokens, Tokens::One) { "" } else { id })?;
        self.signed(&token, id)
    }

    fn signed(&self, token: &str, id: &str) -> Outcome<Vec<u8>> {
        let mut activity: Value = serde_json::from_str(SEARCH)?;
        activity["serviceUrl"] = json!(self.service);
        activity["id"] = json!(format!("f:{id}"));
        let body = activity.to_string();
        let request = format!(
            "POST /api/messages HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nauthorization: Bearer {token}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        Ok(request.into_bytes())
    }

    /// That the search finds something, and that a damaged token finds nothing: else the figures would mean nothing.
    fn prove(&self) -> Outcome<()> {
        let token = self.signer.token(&self.service, "proof")?;
        let damaged = token.replacen("ey", "eY", 1);
        for (token, wanted) in [(token, "\"composeExtension\":{"), (damaged, "HTTP/1.1 401")] {
            let mut stream = TcpStream::connect(self.address)?;
            let request = String::from_utf8(self.signed(&token, "proof")?)?;
            stream.write_all(request.replacen("\r\nhost:", "\r\nconnection: close\r\nhost:", 1).as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            if !answer.contains(wanted) {
                return Err(format!("the server answers {}", answer.lines().next().unwrap_or_default()).into());
            }
        }
        Ok(())
    }
}

/// Signs as the bot service does.
struct Signer {
    pair: RsaKeyPair,
    now: u64,
}

impl Signer {
    fn new() -> Outcome<Self> {
        let pair = RsaKeyPair::from_pkcs8(KEY_PAIR).map_err(|error| format!("the key cannot be read: {error}"))?;
        Ok(Self { pair, now: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() })
    }

    fn jwk(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({
            "kty": "RSA", "use": "sig", "kid": KEY, "endorsements": ["msteams"],
            "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e),
        })
    }

    /// A token for a service; another `name`, another token.
    fn token(&self, service: &str, name: &str) -> Outcome<String> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "iss": "https://api.botframework.com", "aud": APP, "serviceurl": service, "nbf": self.now - 60,
            "exp": self.now + 3_600, "jti": name,
        });
        let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "typ": "JWT", "kid": KEY })), part(&claims));
        let mut signature = vec![0; self.pair.public_key().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| "a token cannot be signed")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Serves the key on loopback until the process ends, and gives the origin.
fn serve_keys(jwk: Value) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    let metadata =
        json!({ "issuer": "https://api.botframework.com", "jwks_uri": format!("{origin}/keys") }).to_string();
    let keys = json!({ "keys": [jwk] }).to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who breaks off gets no keys, and the server that needs them says so.
            let _ = answer_one(&stream, &metadata, &keys);
        }
    });
    Ok(origin)
}

fn answer_one(mut stream: &TcpStream, metadata: &str, keys: &str) -> Outcome<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().ok_or("an empty request")??;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let body = if first.contains(" /keys ") { keys } else { metadata };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes())?;
    Ok(())
}
