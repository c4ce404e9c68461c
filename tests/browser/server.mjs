// A started Upshot and a browser, for the tests and for the screenshots.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
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

/** Fails when axe finds something serious on a page, or in a frame, as it is. */
export async function nothingSerious(page, name) {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Run through the debugger, which the content security policy does not hold back.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
  assert.deepEqual(serious, [], name);
}

/** GLOSSARY_PICTURES names a folder for a picture of each page, to look at while designing. */
export async function picture(page, name) {
  const folder = process.env.GLOSSARY_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
