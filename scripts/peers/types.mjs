// The published TypeScript types of Slack and Microsoft judge what Upshot shows. Each surface becomes a literal of its type, so that
// an unknown field, a missing one and a wrong word are all errors of the compiler. Lengths are other judges' business.
//
//   node types.mjs ROWS.json

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { cardsIn } from "./rows.mjs";

const HEAD = `
import type { RespondArguments, ViewErrorsResponseAction } from "@slack/bolt";
import type { HomeView, ModalView, Option } from "@slack/types";
import type {
  AgentsSessionsSetStatusArguments, AppsManifestValidateArguments, AssistantThreadsSetSuggestedPromptsArguments,
  ChatPostEphemeralArguments, ChatPostMessageArguments,
} from "@slack/web-api";
import type { HttpError, IMessageActivity, InvokeResponse } from "@microsoft/teams.api";
import type { IAdaptiveCard } from "@microsoft/teams.cards";
type Manifest = AppsManifestValidateArguments["manifest"];
// A manifest without parts of its own would be accepted whatever they hold.
type WholeManifest = { [Part in "_metadata" | "display_information" | "features" | "oauth_config" | "settings"]: NonNullable<Manifest[Part]> };
// The documentation of card actions shows errors without it.
type CardError = { statusCode: 400 | 500; type: "application/vnd.microsoft.error"; value: Omit<HttpError, "innerHttpError"> };
type Activity = Partial<Omit<IMessageActivity, "conversation" | "from" | "recipient">> & {
  type: "message"; conversation?: { id: string }; from?: { id: string }; recipient?: { id: string; isTargeted?: boolean };
};
`;

// What Slack's documentation has of agents and @slack/web-api 8.2.0 does not list yet.
const NEW_WORDS = ["assistant:write", "agent_session_stopped"];

/** A manifest as the package knows its words. */
function withoutNewWords(manifest) {
  const { oauth_config: oauth, settings, ...rest } = structuredClone(manifest);
  oauth.scopes.bot = oauth.scopes.bot.filter((scope) => !NEW_WORDS.includes(scope));
  settings.event_subscriptions.bot_events = settings.event_subscriptions.bot_events.filter((event) => !NEW_WORDS.includes(event));
  return { ...rest, oauth_config: oauth, settings };
}

/** The type of a row's value; `null` for an answer that has no body. */
function typed({ surface, value }) {
  switch (surface) {
    case "slack.response": return ["RespondArguments", value];
    case "slack.posted": return [value.user ? "ChatPostEphemeralArguments" : "ChatPostMessageArguments", value];
    case "slack.modal": return ["ModalView", value];
    case "slack.form": return ["ModalView", value.view];
    case "slack.errors": return ["ViewErrorsResponseAction", value];
    case "slack.home": return ["HomeView", value];
    case "slack.prompts": return ["AssistantThreadsSetSuggestedPromptsArguments", value];
    case "slack.session": return ["AgentsSessionsSetStatusArguments", value];
    case "slack.manifest": return ["WholeManifest", withoutNewWords(value)];
    case "slack.options": return ["{ options: Option[] }", value];
    case "teams.hook": case "teams.activity": return ["Activity", value];
    default: break;
  }
  if (Object.keys(value).length === 0) return null;
  if (value.type === "application/vnd.microsoft.error") return ["CardError", value];
  return [`NonNullable<InvokeResponse<${JSON.stringify(surface.replace("teams.invoke ", ""))}>["body"]>`, value];
}

/** The same with every card emptied: cards have a type of their own. */
function withoutCards(value) {
  if (Array.isArray(value)) return value.map(withoutCards);
  if (value === null || typeof value !== "object") return value;
  if (value.type === "AdaptiveCard") return { type: "AdaptiveCard", version: value.version, body: [] };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutCards(inner)]));
}

const rows = JSON.parse(readFileSync(process.argv[2], "utf8"));
const literals = [];
for (const row of rows) {
  const own = typed(row);
  if (own) literals.push({ row, type: own[0], value: withoutCards(own[1]) });
  for (const card of cardsIn(row.value)) literals.push({ row, type: "IAdaptiveCard", value: card });
}

// One literal a line: the line of a complaint names its surface.
const name = join(import.meta.dirname, "surfaces.ts");
const lines = literals.map(({ type, value }) => `export const _: ${type} = ${JSON.stringify(value)};`);
const source = HEAD + lines.map((line, number) => line.replace("const _", `const _${number}`)).join("\n");
const before = HEAD.split("\n").length - 1;

const options = {
  strict: true, noEmit: true, skipLibCheck: true, resolveJsonModule: true, target: ts.ScriptTarget.ES2022, types: ["node"],
  typeRoots: [join(import.meta.dirname, "node_modules/@types")],
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
Object.assign(host, {
  fileExists: (file) => file === name || fileExists(file),
  readFile: (file) => (file === name ? source : readFile(file)),
  getSourceFile: (file, ...rest) => (file === name ? ts.createSourceFile(file, source, options.target) : getSourceFile(file, ...rest)),
});
const program = ts.createProgram([name], options, host);
const findings = ts.getPreEmitDiagnostics(program, program.getSourceFile(name)).map(({ file, start, messageText }) => {
  const at = file?.fileName === name && start >= 0 ? file.getLineAndCharacterOfPosition(start).line - before : -1;
  const { row, type } = literals[at] ?? { row: { surface: "types.mjs", from: "its own head" }, type: "nothing" };
  return `${row.surface}, ${row.from} as ${type}: ${ts.flattenDiagnosticMessageText(messageText, " ").slice(0, 400)}`;
});
for (const finding of findings.slice(0, 50)) console.log(finding);
console.log(`TypeScript ${ts.version}: ${literals.length} values, ${findings.length} findings`);
process.exitCode = findings.length > 0 || literals.length === 0 ? 1 : 0;
