// A started Upshot, for whoever asks it over HTTP.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const START_LIMIT_MS = 20_000;
// The contract: SIGTERM ends the server within five seconds.
const STOP_LIMIT_MS = 5_000;
const POLL_EVERY_MS = 25;

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Starts a server in an empty directory, with these settings; resolves when it answers `/healthz`. */
export async function startServer(settings = {}) {
  const binary = resolve(REPOSITORY, process.env.UPSHOT_BIN || "target/release/upshot");
  const directory = await mkdtemp(join(tmpdir(), "upshot-browser-"));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(UPSHOT|SLACK|TEAMS|MICROSOFT)_/.test(name));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ["serve"], {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), UPSHOT_LISTEN: listen, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let output = "";
  let failure = null;
  child.stdout.on("data", (data) => { printed += data; output += data; });
  child.stderr.on("data", (data) => { output += data; });
  child.on("error", (error) => { failure = error; });

  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const limit = new AbortController();
      const late = pause(STOP_LIMIT_MS, "late", { signal: limit.signal }).catch(() => "cancelled");
      if (await Promise.race([ended, late]) === "late") {
        child.kill("SIGKILL");
        await ended;
      }
      limit.abort();
    }
    await rm(directory, { recursive: true, force: true });
  };

  /** The link that signs one person in to the glossary, once it has been printed. */
  const signInLink = async () => {
    for (;;) {
      const link = /http:\/\/\S+\/glossary\/sign-in\?code=[0-9a-f]+/.exec(printed)?.[0];
      if (link) return link;
      await once(child.stdout, "data");
    }
  };

  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && failure === null && child.exitCode === null) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? `http://${listen}`;
    const healthy = await fetch(`${url}/healthz`).then((response) => response.ok, () => false);
    if (healthy) return { url, stop, signInLink, child, log: () => output };
    await pause(POLL_EVERY_MS);
  }
  await stop();
  throw new Error(`${binary} did not become healthy: ${failure?.message ?? `exit code ${child.exitCode}`}\n${output}`);
}
