// Lets the peers judge a started Upshot; see scripts/peers.sh. The exit code is 1 when they find anything.
//
//   node run.mjs PROGRAM FOLDER [MESSAGES]

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keepInSlack, keepInTeams, letIn } from "./keeping.mjs";
import { judgeManifests } from "./manifests.mjs";
import { judgePackages } from "./packages.mjs";
import { planted } from "./planted.mjs";
import { gather, SlackSide, TeamsSide } from "./produced.mjs";
import { judgeDeliveries, judgeSignatures } from "./slack.mjs";
import { judgeActivities, judgeBuilt, judgeTokens } from "./teams.mjs";
import { startWorld } from "./world.mjs";
import { startServer } from "../../tests/browser/program.mjs";

const [program, folder, more] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node run.mjs PROGRAM FOLDER [MESSAGES]");
  process.exit(2);
}

let failed = 0;
function tell({ title, findings }) {
  for (const finding of findings.slice(0, 50)) console.log(finding);
  console.log(`${title}: ${findings.length} findings`);
  failed += findings.length > 0 ? 1 : 0;
}

const rowsFile = join(folder, "rows.json");
const plantedFile = join(folder, "planted.json");
const world = await startWorld();
const server = await startServer(world.settings);
try {
  tell(await judgeSignatures(server.url));
  tell(await judgeDeliveries(server.url, world));
  tell(await judgeTokens(server.url, world));
  tell(await judgeActivities());
  tell(await judgeBuilt(server.url, world));
  const rows = await gather(server.url, world, program, more);
  await letIn(server.url);
  await keepInSlack(new SlackSide(server.url, world, rows));
  await keepInTeams(new TeamsSide(server.url, world, rows));
  writeFileSync(rowsFile, JSON.stringify(rows));
  writeFileSync(plantedFile, JSON.stringify(planted(rows)));
} finally {
  await server.stop();
  await world.stop();
}

tell(judgePackages(program));
tell(judgeManifests(program));

const here = (name) => join(import.meta.dirname, name);
const judges = (file) => [
  [process.env.PEERS_PYTHON, here("blocks.py"), "surfaces", file],
  [process.execPath, here("cards.mjs"), file],
  [process.execPath, here("types.mjs"), file],
];
for (const [command, ...args] of judges(rowsFile)) {
  failed += spawnSync(command, args, { stdio: "inherit" }).status === 0 ? 0 : 1;
}

// A judge that finds nothing proves nothing, unless it finds what is known to be wrong.
const seen = judges(plantedFile).map(([command, ...args]) => spawnSync(command, args, { encoding: "utf8" }).stdout).join("\n");
const faults = JSON.parse(readFileSync(plantedFile, "utf8")).map(({ from }) => from);
tell({
  title: `${faults.length} planted faults, each seen by a judge`,
  findings: faults.filter((fault) => !seen.includes(fault)).map((fault) => `nobody sees ${fault}`),
});
process.exitCode = failed > 0 ? 1 : 0;
