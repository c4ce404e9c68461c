// Microsoft's playground, a started Upshot, and between them a proxy that does what the bot service does: it signs every delivery, with
// a key that it publishes on loopback. What Upshot posts goes back through it as well, so that every answer of the playground is seen.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, startServer } from "../../tests/browser/program.mjs";
import { APP_ID, claims, ISSUER, signingKey } from "../peers/world.mjs";

const START_LIMIT_MS = 30_000;
const POLL_EVERY_MS = 100;

export const TENANT = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
export const MARA = { id: "29:1mara-lindqvist", object: "0d7c51f2-93ab-4e1c-8d20-6b5f7a8e9c01", name: "Mara Lindqvist" };

const person = (number, name) => ({ id: `29:1person-${number}`, object: `8a6e2d44-1b7f-4c93-a5d8-3f0c9e7b6a1${number}`, name });
const PEOPLE = ["Devon Okafor", "Elena Fox", "Ben Silva", "Noor Haddad", "Kim Aalto"].map((name, number) => person(number, name));

/** Its people and places, as its settings file spells them. */
function settingsFile() {
  const row = ({ id, object, name }) => {
    const [given, family] = name.split(" ");
    const address = `${given.toLowerCase()}@alderbrook.example`;
    return `{ id: "${id}", name: "${name}", userPrincipleName: "${address}", aadObjectId: "${object}", givenName: "${given}", `
      + `surname: "${family}", email: "${address}" }`;
  };
  return `version: "0.1.1"
tenantId: "${TENANT}"
bot: { id: "28:${APP_ID}", name: "Upshot" }
currentUser: ${row(MARA)}
users:
${PEOPLE.map((one) => `  - ${row(one)}`).join("\n")}
personalChat: { id: "a:1personal-chat" }
groupChat: { id: "19:group-chat@thread.v2", name: "Launch group" }
team:
  id: "19:operations@thread.tacv2"
  name: "Operations"
  aadGroupId: "f6a9d4de-1f1a-4fcb-b7ee-5c0b6c1b2a11"
  channels:
    - { id: "19:incidents@thread.tacv2", name: "Incidents" }
`;
}

/** Passes a request on, and its answer back. Gives both. */
async function passOn(target, request, body, headers) {
  const response = await fetch(target, {
    method: request.method,
    headers,
    body: ["GET", "HEAD"].includes(request.method) ? undefined : body,
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The bot service's side: metadata, keys, tokens, and a signature for each delivery. */
async function startProxy() {
  const key = signingKey("playground", ["msteams"]);
  const deliveries = [];
  const posts = [];
  const to = {};
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const answer = (status, value) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const path = request.url.split("?")[0];
    try {
      if (path === "/metadata") return answer(200, { issuer: ISSUER, jwks_uri: `${origin}/keys` });
      if (path === "/keys") return answer(200, { keys: [key.jwk] });
      if (path === "/token") return answer(200, { token_type: "Bearer", expires_in: 3599, access_token: "a-token" });
      const isDelivery = path === "/api/messages";
      if (!isDelivery && !path.startsWith("/_connector/")) return answer(404, {});
      const sent = parsed(body.toString());
      const headers = { "content-type": request.headers["content-type"] ?? "application/json" };
      // The playground asks first whether anybody is there.
      if (isDelivery && request.method === "POST") headers.authorization = `Bearer ${key.sign(claims(sent.serviceUrl))}`;
      const { status, type, text } = await passOn((isDelivery ? to.upshot : to.playground) + request.url, request, body, headers);
      if (request.method !== "HEAD") (isDelivery ? deliveries : posts).push({ path, sent, status, answer: parsed(text) });
      return response.writeHead(status, type ? { "content-type": type } : {}).end(request.method === "HEAD" ? undefined : text);
    } catch (error) {
      return answer(502, { error: String(error) });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { origin, to, deliveries, posts, stop };
}

/** Starts all three. */
export async function startWorld(settings = {}) {
  const proxy = await startProxy();
  const upshot = await startServer({
    MICROSOFT_APP_ID: APP_ID,
    MICROSOFT_APP_PASSWORD: "app-password",
    MICROSOFT_APP_TENANT_ID: TENANT,
    TEAMS_OPENID_METADATA_URL: `${proxy.origin}/metadata`,
    TEAMS_TOKEN_URL: `${proxy.origin}/token`,
    UPSHOT_LOG: "warn",
    ...settings,
  });
  proxy.to.upshot = upshot.url;

  const folder = await mkdtemp(join(tmpdir(), "upshot-playground-"));
  await writeFile(join(folder, ".m365agentsplayground.yml"), settingsFile());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  proxy.to.playground = url;
  const program = createRequire(import.meta.url).resolve("@microsoft/m365agentsplayground/cli.js");
  const arguments_ = ["start", "-e", `${proxy.origin}/api/messages`, "-c", "msteams", "-p", String(port), "--dt",
    "--su", `${proxy.origin}/_connector`];
  const child = spawn(process.execPath, [program, ...arguments_], {
    cwd: folder,
    env: { ...process.env, TEAMSAPPTESTER_BROWSER: "none" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { output += data; });

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await upshot.stop();
    await proxy.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const isThere = await fetch(url).then((response) => response.ok, () => false);
    if (isThere) return { url, upshot: upshot.url, signInLink: upshot.signInLink, deliveries: proxy.deliveries, posts: proxy.posts, stop };
    await pause(POLL_EVERY_MS);
  }
  await stop();
  throw new Error(`the playground did not start:\n${output}`);
}
