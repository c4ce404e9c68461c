// Shows an answer: the upshot, the whole message with its changed phrases, the terms and the fact ledger.

import { closeCard } from "./card.js";
import { termButton } from "./explain.js";
import { $, el, list, readable, say, sentenceCase, state } from "./page.js";

// A template may already say these two inside its sections; then they are not said twice.
const ASKS = { title: "What we need from you", slots: ["ask", "asks", "need", "needed", "request"] };
const OPEN = { title: "Not stated", slots: ["open", "open_questions", "not_stated", "unknown"] };

// ---------------------------------------------------------------- byte offsets

const utf8Length = (codePoint) => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);

/**
 * Spans arrive as UTF-8 byte offsets while strings here count UTF-16 units.
 * Returns a function from one to the other; an offset inside a character gives its start.
 */
function byteIndex(text) {
  const starts = []; // starts[byte] = UTF-16 index
  let index = 0;
  for (const character of text) {
    for (let byte = utf8Length(character.codePointAt(0)); byte > 0; byte -= 1) starts.push(index);
    index += character.length;
  }
  return (offset) => (offset >= starts.length ? index : starts[Math.max(0, offset)]);
}

/** Cuts text at every span boundary: pieces in order, each with the changes that cover it. */
function pieces(text, changes, spanName) {
  const at = byteIndex(text);
  const spans = changes
    .map((change, number) => ({ number, span: change[spanName] }))
    .filter(({ span }) => Array.isArray(span) && span.length === 2)
    .map(({ number, span }) => ({ number, from: at(span[0]), to: at(span[1]) }))
    .filter(({ from, to }) => to > from);
  const cuts = [...new Set([0, text.length, ...spans.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, position) => {
    const to = cuts[position + 1];
    const covering = spans.filter((span) => span.from <= from && span.to >= to)
      .sort((a, b) => (a.to - a.from) - (b.to - b.from));
    return { text: text.slice(from, to), changes: covering.map(({ number }) => number) };
  });
}

// ---------------------------------------------------------------- the parts of an answer

export function showAnswer(answer) {
  closeCard();
  $("result").classList.remove("stale");
  $("empty").hidden = true;
  $("example-pick").hidden = state.examples.length === 0;
  for (const id of ["upshot", "words", "colophon"]) $(id).hidden = false;
  showUpshot(answer);
  showWords(answer);
  showGlosses(list(answer.glosses));
  showLedger(list(answer.facts));
  showColophon(answer);
  say(`${readerTitle(answer.reader)}: ${answer.headline || "the message in plain words is ready."}`);
}

export const readerTitle = (id) => state.audiences.find((audience) => audience.id === id)?.title ?? sentenceCase(readable(id));

function showUpshot(answer) {
  const faithful = answer.verdict === "faithful";
  $("kicker").replaceChildren(
    el("span", {}, `For ${readerTitle(answer.audience ?? answer.reader)}`),
    answer.kind ? el("span", {}, sentenceCase(readable(answer.kind))) : "",
    el("span", { class: faithful ? "verdict good" : "verdict warn" },
      el("span", { "aria-hidden": "true" }, faithful ? "✓ " : "! "),
      faithful ? "Facts checked" : "Partly in the author’s words"));
  // Without a readable outcome there is no headline, and none is made up.
  $("headline").classList.toggle("none", !answer.headline);
  $("headline").replaceChildren(...inline(answer.headline || "No single outcome was stated. The message in plain words:"));

  const sections = list(answer.sections);
  const asks = list(answer.asks);
  const open = list(answer.open_questions);
  const isAbout = ({ slot, title }, part) => part.slots.includes(slot) || part.title === title;
  const rows = sections
    .filter((section) => !(asks.length > 0 && isAbout(section, ASKS)) && !(open.length > 0 && isAbout(section, OPEN)))
    .map((section) => entry(section.title, section.text));
  if (asks.length > 0) rows.push(entry(ASKS.title, bullets(asks), "asks"));
  if (open.length > 0) rows.push(entry(OPEN.title, bullets(open.map(withoutTitle)), "open"));
  $("sections").replaceChildren(...rows);

  const notices = list(answer.notices);
  $("notices").hidden = notices.length === 0;
  $("notices").replaceChildren(...notices.map((notice) => el("li", { "data-code": notice.code },
    el("span", { class: "sign", "aria-hidden": "true" }, "i"), el("span", {}, ...inline(notice.text)))));
}

function entry(title, content, kind) {
  return el("div", { class: kind }, el("dt", {}, title), el("dd", {}, ...(typeof content === "string" ? inline(content) : [content])));
}

/** Sets `code` as code, and keeps a ticket's name, such as CHK-1182, on one line. */
function inline(text) {
  return text.split(/(```[^`]+```|`[^`]+`)/).flatMap((part, index) => (index % 2 === 1
    ? [el("code", {}, part.replace(/^`+\s*|\s*`+$/g, ""))]
    : part.split(/(\b[A-Z][A-Z0-9]+-\d+\b)/).map((piece, place) => (place % 2 === 1 ? el("span", { class: "whole" }, piece) : piece))));
}

function bullets(items) {
  return items.length === 1 ? items[0] : el("ul", {}, ...items.map((item) => el("li", {}, ...inline(item))));
}

/** An open question as it reads under its title, which need not be said in each line. */
function withoutTitle(question) {
  const prefix = `${OPEN.title}:`;
  return question.startsWith(prefix) ? sentenceCase(question.slice(prefix.length).trim()) : question;
}

function showWords(answer) {
  const changes = list(answer.changes);
  const fill = (node, text, spanName) => {
    // Spaces that mean something, as in code, are kept; otherwise one at a line's end would be marked.
    node.classList.toggle("spaced", /[ \t]{2}|\t|\n /.test(text));
    node.replaceChildren(...pieces(text, changes, spanName).map((piece) => (
      piece.changes.length === 0 ? piece.text : mark(piece, changes, spanName))));
  };
  fill($("plain"), answer.plain ?? "", "output_span");
  fill($("original"), answer.source, "source_span");
  $("mark-hint").textContent = changes.length === 0
    ? "No phrase needed changing. Choose any word to have it explained."
    : "Marked phrases were changed; choose one to see why. Choose any other word to have it explained.";
}

function mark(piece, changes, spanName) {
  const first = changes[piece.changes[0]];
  const about = spanName === "output_span" ? `Author’s words: ${first.from}`
    : first.to ? `In plain words: ${first.to}` : "Left out of the plain words";
  // A real button never breaks across lines like the words around it.
  return el("span", {
    role: "button",
    tabindex: "0",
    class: spanName === "source_span" && !first.to ? "mark gone" : "mark",
    "aria-expanded": "false",
    "aria-controls": "card",
    "aria-description": about,
    "data-changes": piece.changes.join(" "),
  }, piece.text);
}

function showGlosses(glosses) {
  $("glosses").hidden = glosses.length === 0;
  $("terms-title").textContent = glosses.length === 0 ? "Explain a term" : "Terms in this message";
  $("glosses").replaceChildren(...glosses.map((gloss) => el("div", {},
    el("dt", {}, termButton(gloss.term)), el("dd", {}, gloss.text))));
}

// The rest of the kinds are words already.
const KINDS = { id: "reference", percent: "percentage" };

const STATUSES = {
  kept: { sign: "✓", word: "Kept" },
  derived: { sign: "ƒ", word: "Derived" },
  missing: { sign: "!", word: "Missing" },
};

function showLedger(facts) {
  $("ledger").hidden = facts.length === 0;
  const count = (status) => facts.filter((fact) => fact.status === status).length;
  $("ledger-summary").textContent = [
    `${facts.length} ${facts.length === 1 ? "fact" : "facts"}`,
    ...Object.keys(STATUSES).filter((status) => count(status) > 0).map((status) => `${count(status)} ${status}`),
  ].join(" · ");
  // What is missing matters most, so it comes first; the rest keeps the order of the message.
  const ordered = [...facts.filter((fact) => fact.status === "missing"), ...facts.filter((fact) => fact.status !== "missing")];
  $("fact-rows").replaceChildren(...ordered.map((fact) => {
    const status = STATUSES[fact.status] ?? { sign: "?", word: sentenceCase(String(fact.status ?? "unknown")) };
    return el("tr", { class: fact.status },
      el("td", {}, ...inline(fact.source || "–"), fact.kind ? el("span", { class: "kind" }, KINDS[fact.kind] ?? readable(fact.kind)) : ""),
      el("td", {}, ...inline(fact.output || "–"), fact.formula ? el("span", { class: "formula" }, fact.formula) : ""),
      el("td", { class: "check" }, el("span", { class: "sign", "aria-hidden": "true" }, status.sign), " ", el("span", {}, status.word)));
  }));
}

function showColophon(answer) {
  const parts = [
    answer.verdict === "faithful" ? "Faithful: every fact accounted for"
      : "The author’s words were kept where a fact could not be confirmed",
    Number.isFinite(answer.elapsed_us) ? `${answer.elapsed_us.toLocaleString("en")} µs` : "",
    answer.path === "model" ? "written by a model, checked by the ledger" : "no model used",
    answer.glossary_revision !== undefined && answer.glossary_revision !== null ? `glossary revision ${answer.glossary_revision}` : "",
  ];
  $("colophon").textContent = parts.filter(Boolean).join(" · ");
}
