// Slack's published schema judges the manifests of the Slack app. It knows the fields and their limits; names of scopes and events are
// any text to it.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";

const URL = ["--url", "https://upshot.example.com"];
/** The ways in which deliveries can come. */
const WAYS = [URL, ["--socket"], ["--socket", ...URL]];

/** Faults that must be seen, or nothing is proved. */
const PLANTED = {
  "a name that is too long": (manifest) => (manifest.display_information.name = "x".repeat(36)),
  "a field that Slack does not know": (manifest) => (manifest.features.colour = "#000000"),
  "a command without description": (manifest) => delete manifest.features.slash_commands[0].description,
  "a shortcut of no kind": (manifest) => (manifest.features.shortcuts[0].type = "local"),
  "a prompt without message": (manifest) => delete manifest.features.agent_view.suggested_prompts[0].message,
};

export function judgeManifests(program) {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "slack-manifest-2.0.0.json"), "utf8"));
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  const findings = [];
  for (const way of WAYS) {
    const made = spawnSync(program, ["manifest", "slack", ...way], { encoding: "utf8" });
    if (made.status !== 0) {
      findings.push(`no manifest is made with ${way.join(" ")}: ${made.stderr}`);
      continue;
    }
    if (!validate(parse(made.stdout))) {
      findings.push(...validate.errors.map(({ instancePath, message }) => `${way.join(" ")}: ${instancePath} ${message}`));
    }
    for (const [fault, plant] of Object.entries(PLANTED)) {
      const manifest = parse(made.stdout);
      plant(manifest);
      if (validate(manifest)) findings.push(`${way.join(" ")}: nobody sees ${fault}`);
    }
  }
  return {
    title: `${WAYS.length} manifests, and ${Object.keys(PLANTED).length} planted faults in each, judged by Slack's schema`,
    findings,
  };
}
