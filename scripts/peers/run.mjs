// Lets the peers judge a started Upshot; see scripts/peers.sh. The exit code is 1 when they find anything.
//
//   node run.mjs PROGRAM FOLDER [MESSAGES]

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gather } from "./produced.mjs";
import { judgeDeliveries, judgeSignatures } from "./slack.mjs";
import { judgeActivities, judgeTokens } from "./teams.mjs";
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
const world = await startWorld();
const server = await startServer(world.settings);
try {
  tell(await judgeSignatures(server.url));
  tell(await judgeDeliveries(server.url, world));
  tell(await judgeTokens(server.url, world));
  tell(await judgeActivities());
  writeFileSync(rowsFile, JSON.stringify(await gather(server.url, world, program, more)));
} finally {
  await server.stop();
  await world.stop();
}

const here = (name) => join(import.meta.dirname, name);
for (const [command, ...args] of [
  [process.env.PEERS_PYTHON, here("blocks.py"), "surfaces", rowsFile],
  [process.execPath, here("cards.mjs"), rowsFile],
  [process.execPath, here("types.mjs"), rowsFile],
]) {
  failed += spawnSync(command, args, { stdio: "inherit" }).status === 0 ? 0 : 1;
}
process.exitCode = failed > 0 ? 1 : 0;
