// The other side of a started Upshot: a small Slack, bot service and directory on loopback that record what they are sent, and
// what is needed to sign deliveries. It enforces nothing; the judges do.

import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const PATIENCE_MS = 10_000;

export const ADMIN_TOKEN = "a-token-for-checks-only-0123456789";
export const SIGNING_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
export const APP_ID = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";
export const ISSUER = "https://api.botframework.com";
const NAMES = { U0ELENA001: "Elena Ruiz", U0MARCO002: "Marco Bianchi", U0PRIYA003: "Priya Nair" };
const WEBHOOK_TOKEN = Buffer.from("a security token for checks only").toString("base64");

const base64url = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A key of the bot service: as a JWK, and signing tokens. */
export function signingKey(kid, endorsements) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, x5t: kid, use: "sig", ...(endorsements && { endorsements }) };
  const sign = (claims, header = {}) => {
    const signed = `${base64url({ alg: "RS256", typ: "JWT", kid, ...header })}.${base64url(claims)}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url")}`;
  };
  return { jwk, sign };
}

/** Starts the other side. */
export async function startWorld() {
  const keys = {
    good: signingKey("good", ["msteams"]),
    slackOnly: signingKey("slack-only", ["slack"]),
    unendorsed: signingKey("unendorsed"),
    unpublished: signingKey("good", ["msteams"]),
  };
  const calls = [];
  // What stands beside answers: prompts, and that something is worked at.
  const signs = [];
  // Home tabs are drawn beside answers, too.
  const homes = [];
  let noticed = () => {};
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      body = text;
    }
    const path = request.url.split("?")[0];
    const [status, answer] = answered(path, new URL(request.url, origin).searchParams);
    if (/(agents\.sessions|assistant\.threads)\./.test(path)) {
      signs.push({ path, body });
      noticed();
    } else if (path === "/api/views.publish") {
      homes.push({ path, body });
      noticed();
    } else if (/^\/(api|hook|service)/.test(path) && !/(auth\.test|users\.info|conversations\.)/.test(path)) {
      calls.push({ path: request.url, body });
      noticed();
    }
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;

  function answered(path, query) {
    switch (path) {
      case "/metadata":
        return [200, { issuer: ISSUER, jwks_uri: `${origin}/keys`, id_token_signing_alg_values_supported: ["RS256"] }];
      case "/keys":
        return [200, { keys: [keys.good, keys.slackOnly, keys.unendorsed].map((key) => key.jwk) }];
      case "/token":
        return [200, { token_type: "Bearer", expires_in: 3599, access_token: "a-token" }];
      default:
        if (path.startsWith("/service/")) return [201, { id: String(Date.now()) }];
        if (path === "/api/users.info" && NAMES[query.get("user")]) {
          return [200, { ok: true, user: { name: "somebody", profile: { display_name: NAMES[query.get("user")] } } }];
        }
        if (path === "/api/conversations.info") return [200, { ok: true, channel: { id: "C1", is_member: true } }];
        return [200, { ok: true, ts: "1790000000.000100", channel: "C0SALES001", view: { id: "V1", hash: "1.a" }, messages: [] }];
    }
  }

  /** The calls, signs or home tabs that come from now on until `count` have come. */
  async function expect(count = 1, of = calls) {
    const deadline = Date.now() + PATIENCE_MS;
    while (of.length < count) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${of.length} of ${count} calls came within ${PATIENCE_MS / 1000} s`);
      await Promise.race([
        new Promise((resolve) => { noticed = resolve; }),
        new Promise((resolve) => { setTimeout(resolve, left).unref(); }),
      ]);
    }
    return of.splice(0, count);
  }

  const settings = {
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_BOT_TOKEN: "xoxb-check",
    SLACK_API_URL: `${origin}/api/`,
    MICROSOFT_APP_ID: APP_ID,
    MICROSOFT_APP_PASSWORD: "app-password",
    TEAMS_OPENID_METADATA_URL: `${origin}/metadata`,
    TEAMS_TOKEN_URL: `${origin}/token`,
    TEAMS_WEBHOOK_SECRET: WEBHOOK_TOKEN,
    UPSHOT_ADMIN_TOKEN: ADMIN_TOKEN,
    UPSHOT_ENCRYPTION_KEY: "0123456789abcdef0123456789abcdef",
    UPSHOT_LOG: "warn",
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { origin, responseUrl: `${origin}/hook`, service: `${origin}/service/`, settings, keys, calls, signs, homes, expect, stop };
}

/** What Slack's signature is, computed here. The SDKs compute their own where they are asked. */
export function slackHeaders(body) {
  const at = Math.floor(Date.now() / 1000);
  const signature = `v0=${createHmac("sha256", SIGNING_SECRET).update(`v0:${at}:${body}`).digest("hex")}`;
  return { "x-slack-request-timestamp": String(at), "x-slack-signature": signature };
}

export const form = (fields) => new URLSearchParams(fields).toString();

/** What the bot service claims of a delivery. */
export function claims(service, changes = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, aud: APP_ID, serviceurl: service, nbf: now - 60, exp: now + 3600, ...changes };
}

/** The header that vouches for a message of an outgoing webhook. */
export function webhookHeader(body) {
  const digest = createHmac("sha256", Buffer.from(WEBHOOK_TOKEN, "base64")).update(body).digest("base64");
  return `HMAC ${digest}`;
}
