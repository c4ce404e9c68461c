// Every page of the glossary in Chromium, over 10,000 entries of your own: how long the server takes, what a page weighs with its
// style and script, and what axe-core finds.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { launchBrowser } from "../../tests/browser/server.mjs";
import { concept, file, freshPostgres, good, inFolder, invented, run, share, start, table, TOKEN } from "./world.mjs";

const ENTRIES = 10_000;
const LOOKS = 20;
const WAITING = 300;

const browserTests = createRequire(new URL("../../tests/browser/package.json", import.meta.url));

async function fill(folder, settings) {
  const words = await file(folder, "words.csv", table(ENTRIES));
  const { code, output } = await run(["glossary", "import", words, "--approve"], settings);
  if (code !== 0) throw new Error(output.slice(-500));
  const drafts = table(ENTRIES + 2 * WAITING).split("\n");
  const more = await file(folder, "drafts.csv", [drafts[0], ...drafts.slice(ENTRIES + 1)].join("\n"));
  const drafted = await run(["glossary", "import", more], settings);
  if (drafted.code !== 0) throw new Error(drafted.output.slice(-500));
}

async function measure(title, url, tell) {
  for (let number = 0; number < WAITING; number += 1) {
    const id = encodeURIComponent((number + ENTRIES) % 3 === 0 ? `${invented(ENTRIES + number)}-service` : invented(ENTRIES + number));
    await good(url, "POST", `concepts/${id}/submit`, { revision: 1 });
  }
  for (let number = 0; number < 200; number += 1) await good(url, "POST", "requests", { term: `wobbulator ${invented(number)}` });
  const id = "zibbler";
  await good(url, "POST", "concepts", { ...concept(id, "One copy of the shop."), status: "in_review" });
  for (let number = 0; number < 12; number += 1) await good(url, "PUT", `concepts/${id}`, concept(id, `Copy ${number} of the shop.`));

  const browser = await launchBrowser();
  const axe = await readFile(browserTests.resolve("axe-core/axe.min.js"), "utf8");
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${url}/glossary/sign-in`);
    await page.getByLabel("Token").fill(TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("administrator, admin").waitFor();
    const [slowest, heaviest] = [{ ms: 0, path: "" }, { kb: 0, path: "" }];
    let findings = 0;
    for (const path of ["", "?q=rollback", "?q=part+of+the+shop", "?status=in_review", "?layer=live&from=9000", "?as_of=2100-01-01", "/review", "/wanted", "/usage", "/people", "/settings",
      "/audit", "/trials",
      "/audiences", "/audiences/sales", "/templates/incident", "/import", "/new", `/concepts/${id}`, `/concepts/${id}/edit`, `/concepts/${id}/effect`, `/concepts/${id}/compare?from=1&to=2`, "/concepts/rollback",
      "/concepts/nothing-here", "/sign-in"]) {
      // Trying a draft takes an engine of its own, once for each draft; all other pages are looked at as they come.
      if (path.endsWith("/effect")) {
        const began = performance.now();
        await page.goto(`${url}/glossary${path}`);
        tell(`${title}: the first look at what a draft would change, in the browser`, performance.now() - began, "ms");
      }
      const times = [];
      let kb = 0;
      for (let look = 0; look < LOOKS; look += 1) {
        await page.goto(`${url}/glossary${path}`);
        const { time, bytes } = await page.evaluate(() => {
          const [document] = performance.getEntriesByType("navigation");
          // What is kept by the browser weighs nothing the second time; here it is counted each time.
          const parts = [document, ...performance.getEntriesByType("resource")];
          return { time: document.responseStart - document.requestStart, bytes: parts.reduce((sum, part) => sum + part.encodedBodySize, 0) };
        });
        times.push(time);
        kb = Math.max(kb, bytes / 1000);
      }
      const ms = share(times, 0.95);
      if (ms > slowest.ms) Object.assign(slowest, { ms, path });
      if (kb > heaviest.kb) Object.assign(heaviest, { kb, path });
      console.log(`  ${title} /glossary${path}: ${ms.toFixed(1)} ms (half of them below ${share(times, 0.5).toFixed(1)}), ${kb.toFixed(0)} KB`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, impact } of violations.filter(({ impact }) => ["serious", "critical"].includes(impact))) {
        console.log(`  ${path}: ${impact}: ${id}`);
        findings += 1;
      }
    }
    tell(`${title}: time of the server for the slowest page (/glossary${slowest.path}), 95th percentile`, slowest.ms, "ms", 50);
    tell(`${title}: heaviest page with style and script (/glossary${heaviest.path})`, heaviest.kb, "KB", 150);
    tell(`${title}: serious or critical findings of axe-core`, findings, "findings", 0);
  } finally {
    await browser.close();
  }
}

export async function measurePages(tell) {
  for (const [title, address] of [["SQLite", (folder) => `sqlite://${folder}/upshot.db`], ["PostgreSQL", freshPostgres]]) {
    await inFolder(async (folder) => {
      const settings = { UPSHOT_DATABASE_URL: address(folder) };
      await fill(folder, settings);
      const server = await start(settings);
      try {
        await measure(title, server.url, tell);
      } finally {
        await server.stop();
      }
    });
  }
}
