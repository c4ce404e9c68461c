// A started Upshot and a browser, for the tests and for the screenshots.

import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";
import { freePort, startServer } from "./program.mjs";

export { freePort, startServer };

const DESKTOP = { width: 1280, height: 900 };

export const SAMPLE = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s "
  + "after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. CHK-1182";

/** The server under test: the one named by UPSHOT_URL, else one of our own. */
export async function serverUnderTest() {
  const given = process.env.UPSHOT_URL;
  if (given) return { url: given.replace(/\/+$/, ""), stop: async () => {} };
  return startServer();
}

export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    // Chromium's sandbox refuses to start as root, which containers usually are.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

/** A server and a browser for all tests of a file. What a test opens in the browser is closed after it. */
export function forAllTests(start) {
  const server = {};
  let browser;
  let contexts = [];
  before(async () => {
    Object.assign(server, await start());
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server.stop?.();
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });

  const newContext = async (options = {}) => {
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    contexts.push(context);
    return context;
  };
  return { server, newContext };
}
