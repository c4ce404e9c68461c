// Counts what rewrites replaced in everyday English, for each 1,000 words, and lists the worst offenders.
//
//   node count.mjs PROSE REWRITES [--all]
//
// Both are files of JSON lines: texts with `id` and `text`, and what `upshot rewrite --batch` made of them. The exit code is
// 1 when more than one word in a thousand is replaced.

import { readFileSync } from "node:fs";

const [proseFile, rewritesFile, all] = process.argv.slice(2);
if (!rewritesFile) {
  console.error("usage: node count.mjs PROSE REWRITES [--all]");
  process.exit(2);
}

const lines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

// An article or verb that follows a replaced noun is no replacement of its own, and a misspelling is one for a reason.
const notCounted = new Set(["article", "agreement", "mended-slip"]);
const most = 1;

let words = 0;
let count = 0;
const offenders = new Map();
const prose = lines(proseFile);
lines(rewritesFile).forEach((rewrite, number) => {
  const { id, text } = prose[number];
  words += text.split(/\s+/).length;
  const seen = new Set();
  for (const change of rewrite.changes) {
    const by = change.concept || change.rule;
    // A pattern with slots leaves several rows over the same words.
    const place = `${by}:${change.source_span[0]}`;
    if (notCounted.has(by) || seen.has(place)) continue;
    seen.add(place);
    count += 1;
    const found = offenders.get(by) ?? [];
    const bytes = Buffer.from(text);
    const around = bytes.subarray(Math.max(0, change.source_span[0] - 50), change.source_span[1] + 50).toString();
    found.push(`${id}: ${JSON.stringify(change.from)} → ${JSON.stringify(change.to)} in …${around.replace(/\s+/g, " ")}…`);
    offenders.set(by, found);
  }
});

const sorted = [...offenders].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
for (const [by, found] of all ? sorted : sorted.slice(0, 25)) {
  console.log(`${String(found.length).padStart(4)} ${by}`);
  for (const place of all ? found : found.slice(0, 1)) console.log(`       ${place}`);
}
const rate = (count * 1000) / words;
console.log(`${count} replacements in ${words} words: ${rate.toFixed(2)} for each 1,000 (at most ${most} asked for)`);
process.exit(rate > most ? 1 : 0);
