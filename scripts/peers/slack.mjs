// Slack's own SDKs for JavaScript (Bolt) and Python judge how Upshot takes deliveries: what they sign is accepted, what they refuse is
// refused, and what Bolt reads in a recorded delivery is what Upshot answers.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fixture } from "./recorded.mjs";
import { form, SIGNING_SECRET, slackHeaders } from "./world.mjs";

const { App, HTTPReceiver, LogLevel, isValidSlackRequest } = createRequire(import.meta.url)("@slack/bolt");
const FIXTURES = resolve(import.meta.dirname, "../../tests/fixtures/slack");
const WINDOW_S = 300;
// What an event leads to comes after its answer.
const WORKERS_LOOK_WITHIN_MS = 1_000;

function python(what, requests) {
  const program = process.env.PEERS_PYTHON;
  return JSON.parse(execFileSync(program, [join(import.meta.dirname, "blocks.py"), what], { input: JSON.stringify(requests), encoding: "utf8" }));
}

/** Requests with what is wrong with them: nothing, or one thing each. */
function signatureCases() {
  const now = Math.floor(Date.now() / 1000);
  const text = (words, trigger) => form({ command: "/upshot", text: words, team_id: "T1", user_id: "U1", trigger_id: trigger });
  const plain = text("settings", "signed.plain");
  const same = (headers) => headers;
  return [
    { name: "a plain command", body: plain, at: now },
    { name: "a command with signs of all kinds", body: text("help & <b> ünïcödé 東京 👩‍💻 %26 + \0", "signed.signs"), at: now },
    { name: "raw characters beyond ASCII in the body", body: "command=/upshot&text=settings é東👩&team_id=T1&user_id=U1&trigger_id=signed.raw", at: now },
    { name: "almost five minutes old", body: text("settings", "signed.old"), at: now - WINDOW_S + 10 },
    { name: "more than five minutes old", body: text("settings", "signed.stale"), at: now - WINDOW_S - 10 },
    { name: "more than five minutes ahead", body: text("settings", "signed.ahead"), at: now + WINDOW_S + 10 },
    { name: "another secret", body: plain, at: now, secret: "another" },
    { name: "one byte changed", body: plain, at: now, sent: plain.replace("settings", "settingz") },
    { name: "one byte more", body: plain, at: now, sent: `${plain} ` },
    { name: "another time", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-request-timestamp": String(now + 1) }) },
    { name: "no signature", body: plain, at: now, change: ({ "x-slack-signature": _, ...rest }) => rest },
    { name: "no time", body: plain, at: now, change: ({ "x-slack-request-timestamp": _, ...rest }) => rest },
    { name: "a time that is no number", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-request-timestamp": "soon" }) },
    { name: "another version", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-signature": headers["x-slack-signature"].replace("v0=", "v1=") }) },
    { name: "large letters", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-signature": `v0=${headers["x-slack-signature"].slice(3).toUpperCase()}` }) },
    { name: "half a signature", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-signature": headers["x-slack-signature"].slice(0, 35) }) },
    { name: "an empty signature", body: plain, at: now, change: (headers) => ({ ...headers, "x-slack-signature": "v0=" }) },
  ].map((one) => ({ change: same, sent: one.body, secret: SIGNING_SECRET, ...one }));
}

/** Bolt's verdict; it throws where a header is missing, which its receivers answer with a refusal. */
function bolt(headers, body) {
  const timestamp = Number(headers["x-slack-request-timestamp"] ?? NaN);
  try {
    const signed = { "x-slack-signature": headers["x-slack-signature"], "x-slack-request-timestamp": timestamp };
    return isValidSlackRequest({ signingSecret: SIGNING_SECRET, body, headers: signed });
  } catch {
    return false;
  }
}

export async function judgeSignatures(url) {
  const cases = signatureCases();
  const signed = python("sign", cases.map(({ secret, at, body }) => ({ secret, at, body })));
  const requests = cases.map((one, number) => ({ ...one, headers: one.change(signed[number]) }));
  const pythonSays = python("check", requests.map(({ headers, sent }) => ({ secret: SIGNING_SECRET, headers, body: sent })));
  const findings = [];
  for (const [number, { name, headers, sent }] of requests.entries()) {
    const { status } = await fetch(`${url}/slack/commands`, {
      method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body: sent,
    });
    const verdicts = { bolt: bolt(headers, sent), python: pythonSays[number] };
    // Where the two differ, as about a time ahead, the stricter one is right.
    const wanted = verdicts.bolt && verdicts.python ? 200 : 401;
    if (status !== wanted) findings.push(`a signature, ${name}: ${JSON.stringify(verdicts)}, and Upshot answers ${status}`);
  }
  const accepted = pythonSays.filter(Boolean).length;
  if (accepted < 4) findings.push(`only ${accepted} of what slack_sdk signed was accepted by slack_sdk`);
  return { title: `${requests.length} signatures by slack_sdk, judged by slack_sdk and Bolt`, findings };
}

const payload = (value) => form({ payload: JSON.stringify(value) });
const event = (name) => JSON.stringify(fixture("slack", name));
const rows = (name) => fixture("slack", name).map(({ body }) => JSON.stringify(body));
const raw = (name) => readFileSync(join(FIXTURES, name), "utf8");

/** What Bolt must read in each recorded delivery, and what Upshot does for it: answers, calls Slack, draws the home tab, or nothing. */
const DELIVERIES = [
  ["slash_upshot.form", "command", "answers"],
  ["slash_explain_enterprise.form", "command", "answers"],
  ["message_action_plain.form", "message shortcut", "calls"],
  ["message_action_in_thread.json", "message shortcut", "calls"],
  ["message_action_rich_text.json", "message shortcut", "calls"],
  ["message_action_bot_message.json", "message shortcut", "calls"],
  ["global_shortcut.json", "global shortcut", "calls"],
  ["block_suggestion.json", "options", "answers"],
  // An address that a delivery names is called on Slack's own hosts only. This one takes nothing here, so the person is told otherwise.
  ["block_actions_message.json", "action", "calls"],
  ["view_submission.json", "view", "nothing"],
  ["event_app_mention.json", "event app_mention", "calls"],
  ["event_message_im.json", "event message", "calls"],
  ["event_app_home_opened.json", "event app_home_opened", "home"],
  ["event_slack_connect_mention.json", "event app_mention", "calls"],
  ["event_reaction_added.json", "event reaction_added", "nothing"],
  ["event_assistant_thread_started.json", "event assistant_thread_started", "nothing"],
];

async function startBolt() {
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logLevel: LogLevel.ERROR, endpoints: ["/slack/events"] });
  const authorize = async () => ({ botToken: "xoxb-check", botId: "B0000UPSHT", botUserId: "U0000UPBOT" });
  const app = new App({ receiver, authorize, logLevel: LogLevel.ERROR, ignoreSelf: true });
  const read = [];
  const note = (kind) => async ({ ack, body, event: told }) => {
    read.push({
      kind: told ? `event ${told.type}` : kind,
      team: body.team?.id ?? body.team_id, person: body.user?.id ?? body.user_id ?? told?.user,
      text: body.text ?? body.message?.text ?? told?.text,
    });
    await ack?.(kind === "options" ? { options: [] } : undefined);
  };
  app.command(/.*/, note("command"));
  app.shortcut({ type: "message_action" }, note("message shortcut"));
  app.shortcut({ type: "shortcut" }, note("global shortcut"));
  app.action(/.*/, note("action"));
  app.view(/.*/, note("view"));
  app.options(/.*/, note("options"));
  app.event(/.*/, note("event"));
  app.error(async (error) => { read.push({ kind: `error ${error.message}` }); });
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  return { url: `http://127.0.0.1:${server.address().port}/slack/events`, read, stop: () => app.stop() };
}

/** Sends each recorded delivery to both, word for word, and compares what comes of it. */
export async function judgeDeliveries(url, world) {
  const peer = await startBolt();
  const findings = [];
  try {
    for (const [name, kind, does] of DELIVERIES) {
      const isEvent = name.startsWith("event_");
      const body = name.endsWith(".form") ? raw(name) : isEvent ? event(name) : payload(fixture("slack", name));
      const path = isEvent ? "/slack/events" : name.startsWith("slash_") ? "/slack/commands" : "/slack/interactions";
      const headers = { "content-type": isEvent ? "application/json" : "application/x-www-form-urlencoded", ...slackHeaders(body) };
      const [theirs, ours] = await Promise.all([peer.url, url + path].map((address) => fetch(address, { method: "POST", headers, body })));
      const answer = await ours.text();
      if (does === "nothing") await pause(WORKERS_LOOK_WITHIN_MS);
      const calls = does === "calls" ? await world.expect() : world.calls.splice(0);
      const homes = does === "home" ? await world.expect(1, world.homes) : world.homes.splice(0);
      const done = calls.length > 0 ? "calls" : homes.length > 0 ? "home" : answer === "" ? "nothing" : "answers";
      const told = peer.read.splice(0);
      if (theirs.status !== ours.status) findings.push(`${name}: Bolt answers ${theirs.status}, Upshot ${ours.status}`);
      if (told.length !== 1 || told[0].kind !== kind) findings.push(`${name}: Bolt reads ${JSON.stringify(told)} and not ${kind}`);
      if (done !== does) findings.push(`${name}: Upshot ${done} where it ${does}: ${answer.slice(0, 200)}`);
      // The home tab and private answers name whom they are for, as Bolt reads it.
      const named = homes[0]?.body.user_id ?? calls[0]?.body?.user;
      if (named && told[0] && named !== told[0].person) findings.push(`${name}: Bolt reads ${told[0].person}, Upshot answers ${named}`);
    }
    const conversation = rows("event_agent_surface.json");
    const others = [...conversation, ...["event_message_ignored.json", "event_lifecycle.json"].flatMap(rows)];
    for (const body of [...others, event("url_verification.json")]) {
      const headers = { "content-type": "application/json", ...slackHeaders(body) };
      const ours = await fetch(`${url}/slack/events`, { method: "POST", headers, body });
      const answer = await ours.text();
      const { challenge } = JSON.parse(body);
      if (ours.status !== 200 || (challenge ? !answer.includes(challenge) : answer !== "")) {
        findings.push(`${JSON.parse(body).event?.type ?? "url_verification"}: Upshot answers ${ours.status} ${answer.slice(0, 100)}`);
      }
    }
    await pause(WORKERS_LOOK_WITHIN_MS);
    // One of them is a wish to stop, which is confirmed.
    const [confirmed, ...more] = [...world.calls.splice(0), ...world.homes.splice(0)];
    if (!confirmed?.body.text?.startsWith("Stopped.")) findings.push(`a wish to stop led to ${JSON.stringify(confirmed)}`);
    if (more.length > 0) findings.push(`events that are not ours led to ${JSON.stringify(more).slice(0, 300)}`);
  } finally {
    await peer.stop();
  }
  return { title: `${DELIVERIES.length} recorded deliveries, read by Bolt beside Upshot`, findings };
}
