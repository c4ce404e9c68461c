// What people write and platforms deliver, as it was recorded: the fixtures of the tests, and messages to rewrite.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FIXTURES = resolve(import.meta.dirname, "../../tests/fixtures");

export const fixture = (platform, name) => JSON.parse(readFileSync(join(FIXTURES, platform, name), "utf8"));

/** The messages of messages.json, and of a file of JSON lines when one is named. */
export function messages(more) {
  const own = JSON.parse(readFileSync(join(import.meta.dirname, "messages.json"), "utf8"));
  const listed = own.map(({ text, repeat, join: between = "", ...rest }) => ({
    ...rest,
    text: repeat ? Array(repeat).fill(text.replace("REPEAT: ", "")).join(between) : text,
  }));
  if (!more) return listed;
  const lines = readFileSync(more, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return [...listed, ...lines.map(({ text, audience, for: reader }) => ({ text, for: reader ?? audience ?? "sales" }))];
}

/** As Slack and HTML write these signs. */
export const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
export const asHtml = (text) => `<p>${escaped(text).replace(/\n/g, "<br>")}</p>`;
