// Counts grammar faults that rewrites bring in: an independent checker (Harper, Apache-2.0) reads source and rewrite of each
// message, and what it finds in the rewrite beyond what it finds in the source is a fault of ours.
//
//   node check.mjs SOURCES REWRITES
//
// Both are files of JSON lines: messages with `id` and `text`, and what `upshot rewrite --batch` made of them. The exit code
// is 1 when there are faults.

import { readFileSync } from "node:fs";
import { Dialect, LocalLinter } from "harper.js";
import { binaryInlined } from "harper.js/binaryInlined";
import { ignoredKinds, isFalseAlarm } from "./ignored.mjs";

const [sourcesFile, rewritesFile] = process.argv.slice(2);
if (!rewritesFile) {
  console.error("usage: node check.mjs SOURCES REWRITES");
  process.exit(2);
}

const lines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

const linter = new LocalLinter({ binary: binaryInlined, dialect: Dialect.British });
await linter.setup();

/** The faults in a text: rule, words, and the line they stand in. */
async function faults(text) {
  const found = [];
  for (const [rule, lints] of Object.entries(await linter.organizedLints(text, { language: "markdown" }))) {
    for (const lint of lints) {
      if (ignoredKinds.has(lint.lint_kind())) continue;
      // Spans count characters, not the units of JavaScript's texts.
      const signs = [...text];
      const { start, end } = lint.span();
      const before = signs.slice(0, start).join("").split(/\n|(?<=[.!?]) /).at(-1);
      const after = signs.slice(end).join("").split(/\n|(?<=[.!?]) /)[0];
      const fault = { rule, words: lint.get_problem_text(), message: lint.message(), sentence: before + lint.get_problem_text() + after };
      if (!isFalseAlarm(fault)) found.push(fault);
    }
  }
  return found;
}

/** Those of `found` that no fault of the same rule in the source pays for. */
function beyond(found, own) {
  const allowed = new Map();
  for (const { rule } of own) allowed.set(rule, (allowed.get(rule) ?? 0) + 1);
  return found.filter(({ rule }) => {
    const left = allowed.get(rule) ?? 0;
    allowed.set(rule, left - 1);
    return left <= 0;
  });
}

const sources = new Map(lines(sourcesFile).map(({ id, text }) => [id, text]));
const rewrites = lines(rewritesFile);
let total = 0;
for (const rewrite of rewrites) {
  const source = sources.get(rewrite.id);
  if (source === undefined || rewrite.plain === undefined) {
    console.error(`${rewrite.id}: no source or no rewrite`);
    process.exit(2);
  }
  const own = await faults(source);
  // The three parts tell the same, so each may repeat a fault of the source; and a fault told in two parts is one fault.
  const parts = [["plain", rewrite.plain], ["headline", rewrite.headline], ["sections", rewrite.sections.map(({ text }) => text).join("\n\n")]];
  const seen = new Set();
  for (const [part, text] of parts) {
    for (const fault of beyond(await faults(text), own)) {
      const key = `${fault.rule} ${fault.words}`;
      if (seen.has(key)) continue;
      seen.add(key);
      total += 1;
      console.log(`${rewrite.id} ${part} ${fault.rule} "${fault.words}": ${fault.message}\n    ${fault.sentence}`);
    }
  }
}
await linter.dispose();
const readers = [...new Set(rewrites.map(({ audience }) => audience))].join(", ");
console.log(`${total} faults beyond the source's own in ${rewrites.length} messages for ${readers}`);
process.exitCode = total > 0 ? 1 : 0;
