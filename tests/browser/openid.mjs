// Slack's and Microsoft's sign-in on this machine, as far as a browser meets them: a page that asks, and tokens behind it.

import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const TENANT = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
const APP = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";
const CLIENT = "1.2";
const KEY = "browser";

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Starts it; `settings` are those with which a server uses it for both platforms. */
export async function startOpenId() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const given = new Map();

  function token(claims) {
    const signed = `${encoded({ alg: "RS256", typ: "JWT", kid: KEY })}.${encoded(claims)}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
  }

  function claims(isSlack, nonce) {
    const now = Math.floor(Date.now() / 1000);
    const common = { iat: now, exp: now + 300, nonce, name: "Elena Fox" };
    return isSlack
      ? { ...common, iss: "https://slack.com", aud: CLIENT, "https://slack.com/team_id": "T0000UPSHT", "https://slack.com/user_id": "U0ELENA001" }
      : { ...common, iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, aud: APP, tid: TENANT, oid: "e1e2e3e4-0000-4000-8000-000000000000" };
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, origin);
    const json = (value) => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (pathname.endsWith("/authorize")) {
      const code = randomUUID();
      given.set(code, searchParams.get("nonce"));
      const back = (name, value) => {
        const address = new URL(searchParams.get("redirect_uri"));
        address.searchParams.set(name, value);
        address.searchParams.set("state", searchParams.get("state"));
        return address.href.replaceAll("&", "&amp;");
      };
      response.setHeader("content-type", "text/html").end(`<!doctype html><title>Allow?</title>
        <a href="${back("code", code)}">Allow</a> <a href="${back("error", "access_denied")}">Cancel</a>`);
    } else if (pathname.endsWith("openid.connect.token") || pathname.endsWith("/token")) {
      let body = "";
      for await (const part of request) body += part;
      const code = new URLSearchParams(body).get("code");
      const nonce = given.get(code);
      given.delete(code);
      json(nonce ? { ok: true, id_token: token(claims(pathname.startsWith("/api/"), nonce)) } : { error: "invalid_grant" });
    } else if (pathname.endsWith("/openid-configuration")) {
      const isSlack = pathname.startsWith("/.well-known/");
      json({ issuer: isSlack ? "https://slack.com" : `https://login.microsoftonline.com/${TENANT}/v2.0`, jwks_uri: `${origin}/keys` });
    } else if (pathname === "/keys") {
      json({ keys: [{ ...publicKey.export({ format: "jwk" }), use: "sig", kid: KEY }] });
    } else if (pathname === "/api/auth.test") {
      json({ ok: true, team_id: "T0000UPSHT", user_id: "U0000UPBOT" });
    } else if (pathname === "/api/users.info") {
      json({ ok: true, user: { name: "elena", real_name: "Elena Fox" } });
    } else {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;

  const settings = {
    SLACK_API_URL: `${origin}/api/`, SLACK_SIGNING_SECRET: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", SLACK_BOT_TOKEN: "xoxb-browser",
    SLACK_CLIENT_ID: CLIENT, SLACK_CLIENT_SECRET: "hush",
    MICROSOFT_APP_ID: APP, MICROSOFT_APP_PASSWORD: "app-password", MICROSOFT_APP_TENANT_ID: TENANT, MICROSOFT_LOGIN_URL: origin,
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  /** A token as Entra gives it to Teams for a tab, with these claims besides or instead. */
  const tabToken = (more = {}) => token({ ...claims(false), scp: "access_as_user", ver: "2.0", ...more });
  return { settings, stop, tabToken, tenant: TENANT };
}
