//! Slack's and Microsoft's sign-in on loopback: a page that agrees at once, codes that are good once, signed tokens, keys.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    server::{FROM_A_LINK, NOW},
    teams::{jwk, signed, signed_with},
};

/// The tenant and the app at Microsoft.
pub(crate) const TENANT: &str = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
const APP: &str = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";
const APP_PASSWORD: &str = "app-password";

/// Which of the two signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Slack,
    Microsoft,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Slack, Self::Microsoft];

    /// The last part of the address at which people leave for it.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Microsoft => "microsoft",
        }
    }

    const fn client(self) -> (&'static str, &'static str) {
        match self {
            Self::Slack => (FROM_A_LINK[0].1, FROM_A_LINK[1].1),
            Self::Microsoft => (APP, APP_PASSWORD),
        }
    }

    /// What is claimed about somebody whom everybody lets in.
    pub(crate) fn claims(self) -> Value {
        let (client, _) = self.client();
        match self {
            Self::Slack => json!({
                "iss": "https://slack.com", "sub": "U0ELENA001", "aud": client, "exp": NOW + 300, "iat": NOW,
                "https://slack.com/team_id": "T0000UPSHT", "https://slack.com/user_id": "U0ELENA001",
                "name": "Elena Fox", "email": "elena@example.com", "email_verified": true,
            }),
            Self::Microsoft => json!({
                "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "sub": "pairwise", "aud": client,
                "exp": NOW + 3_600, "iat": NOW, "nbf": NOW, "tid": TENANT, "oid": "0e1f-elena",
                "name": "Elena Fox", "preferred_username": "elena@example.com",
            }),
        }
    }
}

/// How the signature of a token fits to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    Right,
    /// It was made before somebody altered the claims.
    OfOtherClaims,
    /// It was made before somebody altered the header.
    OfAnotherHeader,
    /// Another key made it than the one that is published under the name.
    OfAnotherKey,
    Empty,
    /// One byte of it is another one.
    Damaged,
}

impl Signature {
    pub(crate) const WRONG: [Self; 5] =
        [Self::OfOtherClaims, Self::OfAnotherHeader, Self::OfAnotherKey, Self::Empty, Self::Damaged];

    fn token(self, header: &Value, claims: &Value) -> String {
        let right = signed(header, claims);
        let (content, signature) = right.rsplit_once('.').unwrap();
        let signature_of =
            |header: &Value, claims: &Value| signed(header, claims).rsplit_once('.').unwrap().1.to_owned();
        let given = match self {
            Self::Right => signature.to_owned(),
            Self::OfOtherClaims => signature_of(header, &over(claims.clone(), &json!({ "name": "Ben" }))),
            Self::OfAnotherHeader => signature_of(&over(header.clone(), &json!({ "typ": "at+jwt" })), claims),
            Self::OfAnotherKey => return signed_with("other-key.der", header, claims),
            Self::Empty => String::new(),
            Self::Damaged => {
                let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                bytes[100] ^= 1;
                URL_SAFE_NO_PAD.encode(bytes)
            }
        };
        format!("{content}.{given}")
    }
}

/// A code that was given.
struct Given {
    side: Side,
    nonce: String,
    redirect_uri: String,
    challenge: Option<String>,
}

struct Told {
    /// What claims say in place of the usual; null leaves one out.
    claims: Value,
    header: Value,
    signature: Signature,
    key: String,
    /// What an address answers instead of what it should.
    answers: BTreeMap<String, (StatusCode, String)>,
    codes: BTreeMap<String, Given>,
    /// What `users.info` says of everybody.
    user: Value,
    asked: BTreeMap<String, usize>,
    issued: usize,
}

#[derive(Clone)]
struct Shared {
    origin: String,
    told: Arc<Mutex<Told>>,
}

pub(crate) struct FakeOpenId {
    shared: Shared,
}

impl FakeOpenId {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let told = Told {
            claims: json!({}),
            header: json!({}),
            signature: Signature::Right,
            key: "first".to_owned(),
            answers: BTreeMap::new(),
            codes: BTreeMap::new(),
            user: json!({ "name": "elena" }),
            asked: BTreeMap::new(),
            issued: 0,
        };
        let shared = Shared { origin, told: Arc::new(Mutex::new(told)) };
        let router = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared }
    }

    /// The settings with which both sides are here. The bot token's home is the workspace of the claims.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> =
            FROM_A_LINK.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        pairs.extend([
            ("SLACK_API_URL", format!("{}/api/", self.shared.origin)),
            ("SLACK_BOT_TOKEN", "xoxb-test".to_owned()),
            ("MICROSOFT_APP_ID", APP.to_owned()),
            ("MICROSOFT_APP_PASSWORD", APP_PASSWORD.to_owned()),
            ("MICROSOFT_APP_TENANT_ID", TENANT.to_owned()),
            ("MICROSOFT_LOGIN_URL", self.shared.origin.clone()),
        ]);
        pairs
    }

    /// From now on tokens claim this as well, or instead.
    pub(crate) fn claim(&self, claims: Value) {
        self.shared.told.lock().unwrap().claims = claims;
    }

    /// From now on Slack says this of everybody.
    pub(crate) fn tell_of_people(&self, user: Value) {
        self.shared.told.lock().unwrap().user = user;
    }

    /// From now on the heads of tokens say this as well, or instead.
    pub(crate) fn head(&self, header: Value) {
        self.shared.told.lock().unwrap().header = header;
    }

    /// From now on tokens are signed like this.
    pub(crate) fn sign(&self, signature: Signature) {
        self.shared.told.lock().unwrap().signature = signature;
    }

    /// From now on there is one key, of this name.
    pub(crate) fn rotate(&self, key: &str) {
        self.shared.told.lock().unwrap().key = key.to_owned();
    }

    /// From now on an address answers this.
    pub(crate) fn answer(&self, path: &str, status: u16, body: &str) {
        let answer = (StatusCode::from_u16(status).unwrap(), body.to_owned());
        self.shared.told.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// Every address answers as it should again, and claims what it should.
    pub(crate) fn recover(&self) {
        let mut told = self.shared.told.lock().unwrap();
        told.answers.clear();
        (told.claims, told.header, told.signature) = (json!({}), json!({}), Signature::Right);
    }

    /// A token as Entra gives it to Teams for a tab, with these claims as well, or instead.
    pub(crate) fn tab_token(&self, claims: &Value) -> String {
        let told = self.shared.told.lock().unwrap();
        let header = over(json!({ "alg": "RS256", "typ": "JWT", "kid": told.key }), &told.header);
        let usual = over(
            Side::Microsoft.claims(),
            // Whom Entra gave it to is Teams in a browser.
            &json!({ "scp": "access_as_user", "ver": "2.0", "azp": "5e3ce6c0-2b1b-4285-8d4a-75ee78787346", "azpacr": "0" }),
        );
        told.signature.token(&header, &over(usual, claims))
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.shared.told.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// Where codes of a side are exchanged.
    pub(crate) fn token_path(side: Side) -> String {
        match side {
            Side::Slack => "/api/openid.connect.token".to_owned(),
            Side::Microsoft => format!("/{TENANT}/oauth2/v2.0/token"),
        }
    }
}

fn fields(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// These fields over those; null takes one out.
fn over(mut below: Value, above: &Value) -> Value {
    for (name, value) in above.as_object().unwrap() {
        if value.is_null() {
            below.as_object_mut().unwrap().remove(name);
        } else {
            below[name] = value.clone();
        }
    }
    below
}

async fn answer(State(shared): State<Shared>, uri: Uri, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let mut told = shared.told.lock().unwrap();
    *told.asked.entry(path.clone()).or_default() += 1;
    if let Some((status, body)) = told.answers.get(&path) {
        // Where redirects were followed, this would end in a wrong answer.
        return (*status, [(header::LOCATION, format!("{}/elsewhere", shared.origin))], body.clone()).into_response();
    }
    // A tenant's own directory, and the one of all organisations.
    let directory =
        [format!("/{TENANT}"), "/organizations".to_owned()].into_iter().find(|one| path.starts_with(&**one));
    let directory = directory.unwrap_or_default();
    match path.strip_prefix(&*directory).unwrap_or(&path) {
        "/openid/connect/authorize" => authorize(&mut told, Side::Slack, uri.query().unwrap()),
        "/oauth2/v2.0/authorize" => authorize(&mut told, Side::Microsoft, uri.query().unwrap()),
        "/api/openid.connect.token" => exchange(&mut told, Side::Slack, &body),
        "/oauth2/v2.0/token" => exchange(&mut told, Side::Microsoft, &body),
        "/.well-known/openid-configuration" => {
            let keys = format!("{}/openid/connect/keys", shared.origin);
            json!({ "issuer": "https://slack.com", "jwks_uri": keys }).to_string().into_response()
        }
        "/v2.0/.well-known/openid-configuration" => {
            let tenant = if directory == "/organizations" { "{tenantid}" } else { TENANT };
            let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
            let keys = format!("{}{directory}/discovery/v2.0/keys", shared.origin);
            json!({ "issuer": issuer, "jwks_uri": keys }).to_string().into_response()
        }
        "/openid/connect/keys" => json!({ "keys": [jwk(&told.key, None)] }).to_string().into_response(),
        "/discovery/v2.0/keys" => {
            let mut common = jwk(&told.key, None);
            common["issuer"] = json!("https://login.microsoftonline.com/{tenantid}/v2.0");
            let mut consumers = jwk("consumers", None);
            consumers["issuer"] = json!("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
            json!({ "keys": [common, consumers] }).to_string().into_response()
        }
        "/api/users.info" => json!({ "ok": true, "user": told.user }).to_string().into_response(),
        "/api/auth.test" => {
            json!({ "ok": true, "team_id": "T0000UPSHT", "user_id": "U0000UPBOT" }).to_string().into_response()
        }
        other => panic!("a call of {other}"),
    }
}

/// Somebody agrees at once.
fn authorize(told: &mut Told, side: Side, query: &str) -> Response {
    let asked = fields(query);
    assert_eq!((&*asked["client_id"], &*asked["response_type"]), (side.client().0, "code"));
    assert_eq!(asked["scope"], "openid profile", "no address and nothing of bots");
    assert_eq!(asked["redirect_uri"], format!("https://localhost/glossary/sign-in/{}/callback", side.path()));
    for secret in ["state", "nonce"] {
        assert!(asked[secret].len() >= 22, "{secret} cannot be guessed");
    }
    let challenge = asked.get("code_challenge").cloned();
    if side == Side::Microsoft {
        assert_eq!((&*asked["code_challenge_method"], &*asked["response_mode"]), ("S256", "query"));
        assert_eq!(asked["prompt"], "select_account", "one that was refused can be changed");
        assert_eq!(challenge.as_ref().map(String::len), Some(43));
    }
    told.issued += 1;
    let code = format!("code-{}", told.issued);
    let [nonce, redirect_uri] = ["nonce", "redirect_uri"].map(|name| asked[name].clone());
    let back = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &asked["state"])
        .finish();
    let back = format!("{redirect_uri}?{back}");
    told.codes.insert(code, Given { side, nonce, redirect_uri, challenge });
    (StatusCode::FOUND, [(header::LOCATION, back)]).into_response()
}

fn exchange(told: &mut Told, side: Side, body: &[u8]) -> Response {
    let sent = fields(std::str::from_utf8(body).unwrap());
    let (client, secret) = side.client();
    assert_eq!((&*sent["grant_type"], &*sent["client_id"]), ("authorization_code", client));
    assert_eq!(sent["client_secret"], secret);
    let refused = |slack: &str| match side {
        Side::Slack => json!({ "ok": false, "error": slack }).to_string().into_response(),
        Side::Microsoft => {
            let error = json!({ "error": "invalid_grant", "error_description": "AADSTS70008: <b>a secret</b>" });
            (StatusCode::BAD_REQUEST, error.to_string()).into_response()
        }
    };
    let Some(given) = told.codes.remove(&sent["code"]) else { return refused("invalid_code") };
    let challenge = sent.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if given.side != side || given.redirect_uri != sent["redirect_uri"] || given.challenge != challenge {
        return refused("invalid_grant");
    }
    let mut usual = side.claims();
    usual["nonce"] = json!(given.nonce);
    let header = over(json!({ "alg": "RS256", "typ": "JWT", "kid": told.key }), &told.header);
    let token = told.signature.token(&header, &over(usual, &told.claims));
    json!({ "ok": true, "access_token": "access-token-of-a-person", "token_type": "Bearer", "id_token": token })
        .to_string()
        .into_response()
}
