// Lists sentences that a parser (Link Grammar, LGPL-2.1 and BSD) can take apart less well after the rewrite than before: words
// that it cannot connect with the others. Many are only words it does not know in that place, so this is a list to read, not
// a count to hold.
//
//   node parse.mjs SOURCES REWRITES

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [sourcesFile, rewritesFile] = process.argv.slice(2);
if (!rewritesFile) {
  console.error("usage: node parse.mjs SOURCES REWRITES");
  process.exit(2);
}

const lines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** The sentences of a message, with a name in place of code, links, paths and mentions. */
function sentences(text) {
  return text
    .replace(/`[^`]*`|https?:\/\/\S+|<[^>]*>/g, "Alpha")
    .replace(/\b[\w-]+(?:\.[\w-]+)+\b/g, "Alpha")
    .split("\n")
    .flatMap((line) => line.replace(/^\s*(?:[-*>]|\d+[.)])\s+/, "").split(/(?<=[.!?])\s+(?=[A-Z"'(])/))
    .map((sentence) => sentence.trim())
    .filter(Boolean);
}

/** How many words of each sentence the parser leaves out. */
function leftOver(list) {
  // A line that begins with an exclamation mark would be a command.
  const input = list.map((sentence) => sentence.replace(/^!+/, "")).join("\n") + "\n";
  const options = ["-verbosity=1", "-graphics=0", "-walls=0", "-null=1", "-timeout=2", "-limit=50", "-spell=0", "-panic=0", "-echo=1"];
  const run = spawnSync("link-parser", ["en", ...options], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.error || run.status !== 0) throw new Error(`link-parser does not run: ${run.error ?? run.stderr}`);
  const wanted = new Set(input.split("\n"));
  const counts = new Map();
  let current;
  for (const line of run.stdout.split("\n")) {
    const found = /^Found \d+ linkage.*?(?:at null count (\d+))?$/.exec(line);
    if (found && current !== undefined) {
      counts.set(current, Number(found[1] ?? 0));
      current = undefined;
    } else if (wanted.has(line)) {
      current = line;
    }
  }
  return counts;
}

const sources = new Map(lines(sourcesFile).map(({ id, text }) => [id, text]));
const pairs = [];
for (const { id, plain } of lines(rewritesFile)) {
  const before = sentences(sources.get(id) ?? "");
  const after = sentences(plain);
  // Where a rewrite has other sentences than its source, nobody can say which belongs to which.
  if (before.length !== after.length) continue;
  for (const [index, sentence] of after.entries()) {
    if (sentence.toLowerCase() !== before[index].toLowerCase()) pairs.push({ id, before: before[index], after: sentence });
  }
}
const counts = leftOver(pairs.flatMap(({ before, after }) => [before, after]));
let worse = 0;
for (const { id, before, after } of pairs) {
  const [was, is] = [counts.get(before), counts.get(after)];
  if (was === undefined || is === undefined || is <= was) continue;
  worse += 1;
  console.log(`${id} ${is} words left over instead of ${was}\n    - ${before}\n    + ${after}`);
}
console.log(`${worse} of ${pairs.length} changed sentences parse less well`);
