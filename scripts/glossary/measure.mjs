// Measures the glossary; see scripts/glossary.sh. The exit code is 1 when a figure is worse than asked for.
//
//   node measure.mjs PART...

import { measureEdits, measureRace } from "./edits.mjs";
import { measureImport, measureRewrite } from "./many.mjs";
import { measurePages } from "./pages.mjs";

const parts = { edits: measureEdits, race: measureRace, import: measureImport, rewrite: measureRewrite, pages: measurePages };

let missed = 0;
/** Tells a figure, and whether it is as good as asked for. */
function tell(what, value, unit, most) {
  const isGood = most === undefined || value <= most;
  if (!isGood) missed += 1;
  const rounded = Number.isInteger(value) ? value : value.toFixed(value < 10 ? 2 : 1);
  const asked = most === undefined ? "" : ` (at most ${most} ${unit}${isGood ? "" : ": MISSED"})`;
  console.log(`${what}: ${rounded} ${unit}${asked}`);
}

for (const part of process.argv.slice(2)) {
  console.log(`\n== ${part}`);
  await parts[part](tell);
}
process.exitCode = missed > 0 ? 1 : 0;
