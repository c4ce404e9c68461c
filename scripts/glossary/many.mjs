// What 50,000 more terms cost: taking them in, taking them over into answers, and each rewrite.

import { once } from "node:events";
import { concept, file, freshPostgres, good, inFolder, load, rewrite, run, share, start, table } from "./world.mjs";

const TERMS = 50_000;
const REWRITES = 2_000;

async function takeIn(folder, settings) {
  const words = await file(folder, "words.csv", table(TERMS));
  const taken = await run(["glossary", "import", words, "--approve", "--format", "json"], settings);
  if (taken.code !== 0) throw new Error(`the import failed: ${taken.output.slice(0, 500)}`);
  return taken;
}

/** Waits for a line of the log that tells of a publication, and gives what it says. */
async function published(server, after) {
  for (;;) {
    // The program logs JSON where nobody looks.
    const line = server.log().slice(after).split("\n").filter((line) => line.includes("answers are made with") && line.endsWith("}")).at(-1);
    if (line) {
      const { build_ms: build, swap_us: swap } = JSON.parse(line);
      return { build, swap };
    }
    await once(server.child.stderr, "data");
  }
}

export async function measureImport(tell) {
  for (const [title, address] of [["SQLite", (folder) => `sqlite://${folder}/upshot.db`], ["PostgreSQL", freshPostgres]]) {
    await inFolder(async (folder) => {
      const settings = { UPSHOT_DATABASE_URL: address(folder) };
      const server = await start({ ...settings, UPSHOT_LOG: "info" });
      try {
        const stop = load([server.url], 2, 20);
        const mark = server.log().length;
        const { seconds, peak } = await takeIn(folder, settings);
        const { build, swap } = await published(server, mark);
        const { count, failed, times } = await stop();
        tell(`${title}: import of ${TERMS} terms, approved`, seconds, "s", 20);
        tell(`${title}: most memory of the import`, peak, "MB", 250);
        // No request waits for an index that is built; what may be noticed is its being taken over.
        tell(`${title}: index of the server, built beside its requests`, build, "ms");
        tell(`${title}: that index taken over by answers (the swap)`, swap / 1000, "ms", 400);
        tell(`${title}: failed of ${count} rewrites meanwhile`, failed, "requests", 0);
        tell(`${title}: longest rewrite meanwhile`, Math.max(...times), "ms");
        const edit = server.log().length;
        await good(server.url, "POST", "concepts", concept("zibbler", "One more."));
        await good(server.url, "POST", "concepts/zibbler/approve");
        const after = await published(server, edit);
        tell(`${title}: index built after one more edit`, after.build, "ms");
        tell(`${title}: taken over after one more edit`, after.swap / 1000, "ms", 400);
      } finally {
        await server.stop();
      }
      const { seconds, peak } = await run(["glossary", "diff", `${folder}/words.csv`, "--format", "json"], settings);
      tell(`${title}: comparing the same table again`, seconds, "s", 20);
      tell(`${title}: most memory of that`, peak, "MB", 250);
    });
  }
}

export async function measureRewrite(tell) {
  await inFolder(async (folder) => {
    const settings = { UPSHOT_DATABASE_URL: `sqlite://${folder}/upshot.db` };
    await takeIn(folder, settings);
    const [without, beside] = [await start(), await start(settings)];
    try {
      const times = { without: [], beside: [] };
      // In turns, so that whatever else the machine does falls on both.
      for (let number = 0; number < REWRITES; number += 1) {
        times.without.push((await rewrite(without.url)).us);
        times.beside.push((await rewrite(beside.url)).us);
      }
      const [one, other] = [share(times.without, 0.5), share(times.beside, 0.5)];
      tell("a rewrite without, median", one, "µs");
      tell(`a rewrite with ${TERMS} more terms, median`, other, "µs");
      tell("times as long", other / one, "times", 1.5);
    } finally {
      await without.stop();
      await beside.stop();
    }
  });
}
