// Everyday English as JSON lines of `id` and `text`: fortunes and WordNet's example sentences.
//
//   node prose.mjs FORTUNES WORDNET
//
// Both are folders as Debian's packages lay them out.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [fortunes, wordnet] = process.argv.slice(2);
if (!wordnet) {
  console.error("usage: node prose.mjs FORTUNES WORDNET");
  process.exit(2);
}

// The sections that are not named here speak of computers, at least now and then.
const sections = [
  "art", "education", "ethnic", "food", "fortunes", "goedel", "humorists", "kids", "law", "literature", "love", "magic",
  "medicine", "men-women", "news", "people", "pets", "platitudes", "politics", "riddles", "sports", "tao", "wisdom",
];
// The synset of computer science: what points to it as its domain is no everyday English.
const computing = ";c 06128570 n";

const write = (id, text) => console.log(JSON.stringify({ id, text }));

for (const section of sections) {
  const texts = readFileSync(join(fortunes, section), "utf8").split(/^%$/m);
  texts.forEach((text, number) => text.trim() && write(`${section}:${number}`, text.trim()));
}
for (const part of ["noun", "verb", "adj", "adv"]) {
  for (const line of readFileSync(join(wordnet, `data.${part}`), "latin1").split("\n")) {
    const [synset, gloss] = [line.split(" | ")[0], line.split(" | ").slice(1).join(" | ")];
    if (line.startsWith("  ") || synset.includes(computing)) continue;
    // Shorter ones are no sentences.
    for (const [, sentence] of gloss.matchAll(/"([^"]{15,})"/g)) write(`${part}:${line.slice(0, 8)}`, sentence);
  }
}
