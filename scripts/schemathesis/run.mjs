// Lets Schemathesis judge a started Upshot; see scripts/schemathesis.sh. The exit code is 1 when it finds anything, or sends too little.
//
//   node run.mjs SCHEMATHESIS EXAMPLES LEAST

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startServer } from "../../tests/browser/program.mjs";

const [schemathesis, examples, least] = process.argv.slice(2);
const TOKEN = "a-token-for-schemathesis-0123456789";

const server = await startServer({ UPSHOT_ADMIN_TOKEN: TOKEN, UPSHOT_ENCRYPTION_KEY: "0123456789abcdef0123456789abcdef", UPSHOT_LOG: "warn" });
let output = "";
let code = 1;
try {
  // The same seed, the same cases.
  const judge = spawn(schemathesis, [
    "--config-file", join(import.meta.dirname, "schemathesis.toml"), "run", `${server.url}/api/openapi.json`,
    "--max-examples", examples, "--seed", "30042", "--no-color", "--generation-database", "none",
  ], { env: { ...process.env, SCHEMATHESIS_TOKEN: TOKEN }, stdio: ["ignore", "pipe", "inherit"] });
  judge.stdout.on("data", (data) => { output += data; process.stdout.write(data); });
  [code] = await once(judge, "exit");
} finally {
  await server.stop();
}
const cases = Number(/(\d[\d,]*) generated/.exec(output)?.[1].replaceAll(",", "") ?? 0);
if (cases < Number(least)) console.log(`only ${cases} cases were sent, and ${least} were wanted`);
const isGood = code === 0 && cases >= Number(least);
console.log(`Schemathesis, ${cases} cases: ${isGood ? 0 : 1} findings`);
process.exitCode = isGood ? 0 : 1;
