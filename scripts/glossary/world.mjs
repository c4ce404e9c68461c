// What the measurements share: started programs, calls of the API, tables of invented terms, and sums over times.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../tests/browser/program.mjs";

export const TOKEN = "a-token-for-measurements-0123456789";
const KEY = "0123456789abcdef0123456789abcdef";

/** A server whose administrator has our token. */
export const start = (settings = {}) =>
  startServer({ UPSHOT_ADMIN_TOKEN: TOKEN, UPSHOT_ENCRYPTION_KEY: KEY, UPSHOT_LOG: "warn", ...settings });

/** A folder for a database and files, gone when the work is done. */
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "upshot-glossary-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fresh database on the throw-away PostgreSQL. */
export function freshPostgres() {
  const server = process.env.TEST_POSTGRES_URL;
  const name = `glossary_${process.pid}_${Date.now()}`;
  const made = spawnSync("psql", [server, "-qc", `CREATE DATABASE ${name}`], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`PostgreSQL makes no database: ${made.stderr}`);
  return server.replace("/postgres?", `/${name}?`);
}

/** Asks the API, and gives status and answer. */
export async function call(url, method, path, body, headers = {}) {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, answer: text ? JSON.parse(text) : null };
}

export async function good(url, method, path, body, headers) {
  const { status, answer } = await call(url, method, path, body, headers);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

export const concept = (term, definition) => ({
  subject_field: "measured",
  definition,
  terms: [{ text: term }],
  wordings: [{ text: "shop copy" }],
  examples: { match: [`The ${term} is down.`], no_match: ["The weather is fine."] },
});

const SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "so", "ti", "vo", "xu", "za"];

/** The name of an invented term, another one for each number. */
export function invented(number) {
  let name = "q";
  for (let rest = number + 1; rest > 0; rest = Math.floor(rest / 16)) name += SYLLABLES[rest % 16];
  return name;
}

/** A table of so many entries, some of two words, as organisations have them. */
export function table(count) {
  const rows = ["term,definition,wordings,match,no_match,subject_field"];
  for (let number = 0; number < count; number += 1) {
    const name = invented(number);
    const term = number % 3 === 0 ? `${name} service` : name;
    rows.push(`${term},"A part of the shop with the number ${number}, looked after by the platform team.",`
      + `shop part ${number},The ${term} is down.,The weather is fine.,measured`);
  }
  return `${rows.join("\n")}\n`;
}

/** Runs the program to its end: seconds, the most memory it had in MB, and what it printed. */
export async function run(args, settings) {
  const began = performance.now();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(UPSHOT|SLACK|TEAMS|MICROSOFT)_/.test(name));
  const child = spawn(process.env.UPSHOT_BIN, args, {
    env: { ...Object.fromEntries(inherited), UPSHOT_ENCRYPTION_KEY: KEY, ...settings }, stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data) => { output += data; });
  child.stderr.on("data", (data) => { output += data; });
  let peak = 0;
  const look = async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 / 1e6);
  };
  const watch = setInterval(look, 10);
  const [code] = await once(child, "exit");
  clearInterval(watch);
  return { code, output, seconds: (performance.now() - began) / 1000, peak };
}

/** A file of this text. */
export async function file(folder, name, text) {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The value below which this share of all values is. */
export function share(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

const MESSAGE = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s after the Redis "
  + "client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. CHK-1182";

/** One rewrite: whether it was answered, how long it took from here, and how long the engine says. */
export async function rewrite(url, text = MESSAGE) {
  const began = performance.now();
  try {
    const response = await fetch(`${url}/api/v1/rewrite`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text, for: "sales" }),
    });
    const answer = await response.json();
    return { isGood: response.status === 200 && answer.plain.length > 0, ms: performance.now() - began, us: answer.elapsed_us };
  } catch {
    return { isGood: false, ms: performance.now() - began, us: 0 };
  }
}

/** Asks servers for rewrites on several connections until it is told to stop; then says how it went. */
export function load(urls, connections, everyMs = 0) {
  let isOn = true;
  const done = { count: 0, failed: 0, times: [] };
  const ask = async (url) => {
    while (isOn) {
      const { isGood, ms } = await rewrite(url);
      done.count += 1;
      done.times.push(ms);
      if (!isGood) done.failed += 1;
      if (everyMs > 0) await new Promise((resolve) => { setTimeout(resolve, everyMs); });
    }
  };
  const asking = urls.flatMap((url) => Array.from({ length: connections }, () => ask(url)));
  return async () => {
    isOn = false;
    await Promise.all(asking);
    return done;
  };
}
