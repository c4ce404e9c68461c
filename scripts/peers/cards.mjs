// Microsoft's published schema and its own renderer judge the Adaptive Cards that Upshot shows.
//
//   node cards.mjs ROWS.json

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { cardsIn } from "./rows.mjs";

const require = createRequire(import.meta.url);
// Its modules are for bundlers; this is the file for browsers, which Node reads too.
const AdaptiveCards = require("adaptivecards/dist/adaptivecards.js");
const { version: renderer } = require("adaptivecards/package.json");

/** What Teams documents as the largest size of a card, and the newest version. */
const MOST_BYTES = 28 * 1024;
const NEWEST = "1.5";

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "adaptive-card-1.5.json"), "utf8"));
// What draft 6 calls `$id`; and `$comment` came later.
delete schema.id;
delete schema.$comment;
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });
ajv.addMetaSchema(require("ajv/dist/refs/json-schema-draft-06.json"));

/** A validator of the whole card, and one for each kind of element, so that a complaint names a field and not "none of 20 kinds". */
const whole = ajv.compile(schema);
const kinds = new Map();
function validatorOf(kind) {
  if (!kinds.has(kind)) {
    kinds.set(kind, kind in schema.definitions ? ajv.compile({ ...schema, anyOf: undefined, $ref: `#/definitions/${kind}` }) : null);
  }
  return kinds.get(kind);
}

const told = (errors) => errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`).join("; ");

function* bySchema(card) {
  if (whole(card)) return;
  // Innermost parts come first, and what holds a wrong one is wrong too.
  for (const part of partsOf(card)) {
    const validate = validatorOf(part.type);
    if (validate === null) return yield `the schema knows no ${part.type}`;
    if (!validate(part)) return yield `${part.type}: ${told(validate.errors)}`;
  }
  return yield told(whole.errors);
}

function partsOf(value) {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (value === null || typeof value !== "object") return [];
  const inner = Object.entries(value).flatMap(([name, one]) => (name === "data" ? [] : partsOf(one)));
  return typeof value.type === "string" ? [...inner, value] : inner;
}

function* byRenderer(json) {
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  const card = new AdaptiveCards.AdaptiveCard();
  card.parse(json, context);
  for (let at = 0; at < context.eventCount; at += 1) {
    const { phase, message } = context.getEventAt(at);
    yield `parser, phase ${phase}: ${message}`;
  }
  for (const { message } of card.validateProperties().validationEvents) yield `validation: ${message}`;
  // What was read and written again is what was given: an element that the renderer drops would never be drawn.
  const kindsIn = (value) => partsOf(value).map(({ type }) => type).sort().join();
  const written = kindsIn(card.toJSON());
  const given = kindsIn(JSON.parse(JSON.stringify(json, (name, value) => (name === "fallback" ? undefined : value))));
  if (written !== given) yield `the renderer reads ${written} and not ${given}`;
}

function* byLimits(card) {
  const length = Buffer.byteLength(JSON.stringify(card));
  if (length > MOST_BYTES) yield `${length} bytes`;
  if (card.version > NEWEST) yield `version ${card.version}`;
  if (!card.fallbackText?.trim()) yield "no text for clients that draw no cards";
  for (const part of partsOf(card)) {
    if (part.type.startsWith("Input.") && !part.label?.trim()) yield `${part.type} without label`;
    if (part.type === "TextBlock" && part.wrap !== true) yield "a text that is cut off at the edge";
    if (part.type === "ActionSet" && !(part.actions.length >= 1 && part.actions.length <= 6)) yield `${part.actions.length} actions`;
  }
}

const rows = JSON.parse(readFileSync(process.argv[2], "utf8"));
let count = 0;
const findings = [];
for (const { surface, from, value } of rows) {
  for (const card of cardsIn(value)) {
    count += 1;
    for (const judge of [bySchema, byRenderer, byLimits]) {
      for (const finding of judge(card)) findings.push(`${surface}, ${from}: ${finding}`);
    }
  }
}
for (const finding of findings.slice(0, 50)) console.log(finding);
console.log(`schema 1.5 and adaptivecards ${renderer}: ${count} cards, ${findings.length} findings`);
process.exitCode = findings.length > 0 || count === 0 ? 1 : 0;
