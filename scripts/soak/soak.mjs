// Runs Upshot under an even load for long, as ten workspaces of a loopback Slack send it, and says whether its memory or what it owes
// grows; see scripts/soak.sh. The exit code is 1 when a figure is worse than asked for.
//
//   node soak.mjs MINUTES

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "../../tests/browser/program.mjs";
import { escaped, fixture, messages } from "../peers/recorded.mjs";
import { form, SIGNING_SECRET, slackHeaders } from "../peers/world.mjs";

const minutes = Number(process.argv[2]);
if (!(minutes >= 3)) {
  console.error("usage: node soak.mjs MINUTES (at least 3)");
  process.exit(2);
}

const EVENTS_A_SECOND = 50;
const SAMPLE_EVERY_MS = 1_000;
/** Memory is compared from here on: caches fill, and the allocator finds its size, in the first minutes. */
const WARM_S = Math.min(5 * 60, (minutes * 60) / 3);
/** What is compared with each other: the time after the first minutes, and the last of it. */
const COMPARED_S = Math.min(60, (minutes * 60 - WARM_S) / 3);
const MOST_GROWTH_MB = 5;
/** A queue is said to grow when it holds so much more at the end: a second of the load. */
const MOST_MORE_OWED = EVENTS_A_SECOND;
const LAST_ANSWERS_MS = 15_000;
/** Slack takes some 300 posts a minute from an app in a workspace, and one a second in a channel, so there are several. */
const WORKSPACES = 10;
const CHANNELS = 50;

/** A Slack that takes everything, and counts what somebody waits for. */
async function startSlack() {
  const sent = { posts: 0, dialogs: 0 };
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    if (request.url.startsWith("/api/chat.post")) sent.posts += 1;
    if (request.url.startsWith("/api/views.open") || request.url.startsWith("/hook")) sent.dialogs += 1;
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"ok":true,"ts":"1790000000.000100","view":{"id":"V1","hash":"1.a"},"messages":[],"channel":{"id":"C1","is_member":true}}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, sent, stop: () => { server.closeAllConnections(); server.close(); } };
}

/** What a person writes: of usual length. */
const TEXTS = messages().filter(({ text }) => text.length < 2_000);
const TERMS = ["p95", "what is a canary deploy?", "SLO and error budget", "xyzzyquux", "pod", "rollback in one line"];
const ACTION = fixture("slack", "message_action_plain.json");
const MENTION = fixture("slack", "event_app_mention.json");
delete ACTION.message.blocks;
delete MENTION.event.blocks;
delete MENTION.event.thread_ts;

const FORM = { path: "commands", type: "application/x-www-form-urlencoded" };
const DIALOG = { path: "interactions", type: "application/x-www-form-urlencoded" };
const EVENT = { path: "events", type: "application/json" };

/** The delivery with this number: of ten, four rewrites, three explanations, a message shortcut and two calls by name. */
function delivery(number, origin) {
  const kind = number % 10;
  // Every ten deliveries come from another place, so that each kind comes from all of them.
  const round = Math.floor(number / 10);
  const place = { team: `T${round % WORKSPACES}SOAK`, channel: `C${round % CHANNELS}SOAK`, user: `U${number % 977}SOAK` };
  const { text, for: reader } = TEXTS[number % TEXTS.length];
  const ticket = `soak.${process.pid}.${number}`;
  const address = `${origin}/hook`;
  if (kind < 7) {
    const [command, words] = kind < 4 ? ["/upshot", `for ${reader}: ${text}`] : ["/explain", TERMS[number % TERMS.length]];
    const fields = { command, text: words, team_id: place.team, user_id: place.user, channel_id: place.channel, trigger_id: ticket, response_url: address };
    return { ...FORM, what: kind < 4 ? "rewrite" : "explanation", body: form(fields) };
  }
  if (kind === 7) {
    const action = structuredClone(ACTION);
    action.message.text = escaped(text);
    Object.assign(action, { team: { id: place.team }, user: { id: place.user, team_id: place.team }, trigger_id: ticket, response_url: address });
    return { ...DIALOG, what: "dialog", body: form({ payload: JSON.stringify(action) }) };
  }
  const mention = structuredClone(MENTION);
  const at = `${1_790_000_000 + number}.000100`;
  Object.assign(mention, { team_id: place.team, context_team_id: place.team, event_id: `Ev.${ticket}` });
  mention.authorizations[0].team_id = place.team;
  Object.assign(mention.event, { team: place.team, user: place.user, channel: place.channel, ts: at, event_ts: at });
  mention.event.text = `<@U0000UPBOT> for ${reader}: ${escaped(text)}`;
  return { ...EVENT, what: "post", body: JSON.stringify(mention) };
}

const residentMb = (pid) => {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return (Number(kibibytes) * 1024) / 1e6;
};
const middle = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

const slack = await startSlack();
const server = await startServer({
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  SLACK_BOT_TOKEN: "xoxb-soak",
  SLACK_API_URL: `${slack.origin}/api/`,
  UPSHOT_LOG: "error",
  ...(process.env.SOAK_DATABASE_URL && { UPSHOT_DATABASE_URL: process.env.SOAK_DATABASE_URL }),
});
const taken = { rewrite: 0, explanation: 0, dialog: 0, post: 0 };
const refused = new Map();
const times = [];
const owed = () => taken.post - slack.sent.posts + taken.dialog - slack.sent.dialogs;

async function deliver(number) {
  const { path, type, what, body } = delivery(number, slack.origin);
  const start = performance.now();
  const answer = await fetch(`${server.url}/slack/${path}`, { method: "POST", headers: { "content-type": type, ...slackHeaders(body) }, body })
    .then(async (response) => ({ status: response.status, text: await response.text() }), (error) => ({ status: error.cause?.code ?? error.message }));
  times.push(performance.now() - start);
  // A command without an answer is none, whatever its status says.
  const isAnswered = answer.status === 200 && (answer.text !== "" || what === "dialog" || what === "post");
  if (isAnswered) taken[what] += 1;
  else refused.set(`${what}: ${answer.status}`, (refused.get(`${what}: ${answer.status}`) ?? 0) + 1);
}

const samples = [];
let missed = 0;
try {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const sampling = setInterval(() => {
    const sample = { at: seconds(), mb: residentMb(server.child.pid), owed: owed() };
    samples.push(sample);
    if (samples.length % 60 === 0) console.log(`minute ${samples.length / 60}: ${sample.mb.toFixed(1)} MB, ${sample.owed} owed`);
  }, SAMPLE_EVERY_MS);
  const all = [];
  for (let number = 0; seconds() < minutes * 60;) {
    // However late the clock wakes this, the load stays the same.
    for (; number < seconds() * EVENTS_A_SECOND; number += 1) {
      const under_way = deliver(number).finally(() => all.splice(all.indexOf(under_way), 1));
      all.push(under_way);
    }
    await pause(10);
  }
  clearInterval(sampling);
  await Promise.all(all);
  const deadline = performance.now() + LAST_ANSWERS_MS;
  while (owed() > 0 && performance.now() < deadline) await pause(50);
} finally {
  await server.stop();
  slack.stop();
}

/** Tells a figure, and whether it is as good as asked for. */
function tell(what, value, unit, most) {
  const isGood = value <= most;
  if (!isGood) missed += 1;
  console.log(`${what}: ${Number.isInteger(value) ? value : value.toFixed(1)} ${unit} (at most ${most}${isGood ? "" : ": MISSED"})`);
}

const within = (from, to) => samples.filter(({ at }) => at >= from && at < to);
const first = within(WARM_S, WARM_S + COMPARED_S);
const last = within(minutes * 60 - COMPARED_S, Infinity);
const [mbFirst, mbLast] = [first, last].map((part) => middle(part.map(({ mb }) => mb)));
const [owedFirst, owedLast] = [first, last].map((part) => middle(part.map((sample) => sample.owed)));
times.sort((one, other) => one - other);
const count = Object.values(taken).reduce((sum, one) => sum + one, 0);
console.log(`${count} deliveries answered in ${minutes} minutes: ${Object.entries(taken).map(([what, one]) => `${one} of ${what}`).join(", ")}; `
  + `99th percentile ${times[Math.floor(times.length * 0.99)].toFixed(1)} ms`);
console.log(`memory: ${mbFirst.toFixed(1)} MB after ${(WARM_S / 60).toFixed(1)} minutes, ${mbLast.toFixed(1)} MB at the end, `
  + `${Math.max(...samples.map(({ mb }) => mb)).toFixed(1)} MB at most; owed at most ${Math.max(...samples.map((sample) => sample.owed))}`);
tell("memory grew by", mbLast - mbFirst, "MB", MOST_GROWTH_MB);
tell("owed at the end, beyond what was owed at first", owedLast - owedFirst, "deliveries", MOST_MORE_OWED);
tell(`still owed ${LAST_ANSWERS_MS / 1000} s after the last one`, owed(), "deliveries", 0);
for (const [what, one] of refused) console.log(`refused ${one} of ${what}`);
tell("not answered", [...refused.values()].reduce((sum, one) => sum + one, 0), "deliveries", 0);
process.exitCode = missed > 0 ? 1 : 0;
