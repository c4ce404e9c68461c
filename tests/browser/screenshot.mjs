// Makes the pictures of the playground that the documentation shows.
// First argument: the folder to write to. With --all also the states worth looking at during design.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchBrowser, SAMPLE, serverUnderTest } from "./server.mjs";

const [folder, ...flags] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node screenshot.mjs FOLDER [--all]");
  process.exit(2);
}

const desktop = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 412, height: 915 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const PICTURES = [
  // High enough to end below the buttons under the message.
  { name: "playground", context: { viewport: { width: 1280, height: 940 }, deviceScaleFactor: 2 } },
  { name: "playground-phone-dark", context: { ...phone, colorScheme: "dark" }, prepare: toAnswer },
];
const DESIGN = [
  { name: "empty", context: desktop, text: "" },
  { name: "empty-phone", context: phone, text: "", fullPage: true },
  { name: "full", context: desktop, fullPage: true },
  { name: "full-dark", context: { ...desktop, colorScheme: "dark" }, fullPage: true },
  { name: "full-phone", context: phone, fullPage: true },
  { name: "card", context: desktop, prepare: openCard },
  { name: "card-phone-dark", context: { ...phone, colorScheme: "dark" }, prepare: openCard },
];

async function toAnswer(page) {
  await page.locator("#result").evaluate((node) => node.scrollIntoView());
}

async function openCard(page) {
  await page.locator("#plain .mark").first().click();
  await page.locator("#card").waitFor();
}

async function picture(browser, url, { name, context: options, text = SAMPLE, prepare, fullPage = false }) {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('#reader-list input[value="sales"]').check();
  await page.locator("#example-cards button").first().waitFor();
  if (text !== "") {
    await page.getByRole("textbox", { name: "The message" }).fill(text);
    await page.locator("#headline").filter({ hasText: /\S/ }).waitFor();
    await page.getByRole("textbox", { name: "The message" }).blur();
  }
  await prepare?.(page);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage });
  console.log(path);
  await context.close();
}

await mkdir(folder, { recursive: true });
const server = await serverUnderTest();
try {
  const browser = await launchBrowser();
  try {
    for (const wanted of flags.includes("--all") ? [...PICTURES, ...DESIGN] : PICTURES) await picture(browser, server.url, wanted);
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
}
