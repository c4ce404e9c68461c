// The playground: one message, one reader, one answer, and the evidence for every changed word.
//
// Goals: whatever the server sends is shown as text (nothing here parses markup), a failure is
// always a sentence on the page, and everything works by keyboard and by touch.
// The message itself is never stored and never put into an address.

const TYPING_PAUSE_MS = 250;
// Answers usually arrive within a few milliseconds; a busy sign before this would only flicker.
const BUSY_AFTER_MS = 300;
const HOVER_OPEN_MS = 90;
// Long enough to move the pointer from a phrase into its card.
const HOVER_CLOSE_MS = 220;
const COPIED_FOR_MS = 1800;
const LONGEST_TERM = 60;
const READER_KEY = "upshot.reader";
const THEME_KEY = "upshot.theme";
// A template may already say these two inside its sections; then they are not said twice.
const ASKS = { title: "What we need from you", slots: ["ask", "asks", "need", "needed", "request"] };
const OPEN = { title: "Not stated", slots: ["open", "open_questions", "not_stated", "unknown"] };

const $ = (id) => document.getElementById(id);

const state = {
  audiences: [],
  examples: [],
  reader: "general",
  answer: null,   // the Rewrite on screen, with `source` and `reader` it was made for
  request: null,  // AbortController of the rewrite under way
  lookup: null,   // AbortController of the explanation under way
  retry: null,    // what to do when the connection comes back
};

/** Builds an element; strings among the children become text nodes, never markup. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const list = (value) => (Array.isArray(value) ? value : []);
const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const quoted = (text) => `“${text}”`;
const readable = (id) => String(id).replace(/[_-]+/g, " ");

function say(text) {
  // Emptied first: the same sentence twice in a row is otherwise not announced.
  $("status").textContent = "";
  requestAnimationFrame(() => { $("status").textContent = text; });
}

// Storage throws in some private windows; a preference is not worth an error.
function remember(key, value) { try { localStorage.setItem(key, value); } catch { /* not remembered */ } }
function recall(key) { try { return localStorage.getItem(key); } catch { return null; } }

function scrollTo(node, block) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}

// ---------------------------------------------------------------- asking the server

/** A failure that is ready to be read by a person. */
class Said extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { accept: "application/json", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Said(navigator.onLine === false
      ? "You are offline. Your message is still here and is sent again when the connection is back."
      : "Upshot could not be reached. Your message is still here; try again in a moment.");
  }
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Said(`The server answered ${response.status} ${response.statusText}`.trim() + " with something this page cannot read.");
  }
  if (response.ok) return body;
  const parts = [body?.title, body?.detail].filter((part) => typeof part === "string" && part !== "");
  const text = parts.map((part) => part.replace(/[.\s]+$/, "")).join(": ");
  throw new Said(text === "" ? `The server answered ${response.status} and gave no reason.` : `${text}.`);
}

function showError(error, retry) {
  // A defect of this page is shown as well, in plain words; the details go to the console.
  if (!(error instanceof Said)) console.error(error);
  state.retry = retry;
  alertWith(error instanceof Said ? error.message : "This page could not show the answer. Reload it; if that does not help, report it.",
    state.answer ? "The answer shown is for the earlier text." : null,
    el("button", { type: "button", class: "secondary", onclick: retry }, "Try again"));
}

function alertWith(sentence, hint = null, button = null) {
  $("error").replaceChildren(el("div", { class: "alert" },
    el("p", {}, sentence),
    hint === null ? "" : el("p", { class: "hint" }, hint),
    el("div", {}, button, el("button", { type: "button", class: "quiet", onclick: () => $("error").replaceChildren() }, "Dismiss"))));
}

function clearError() {
  state.retry = null;
  $("error").replaceChildren();
}

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

// ---------------------------------------------------------------- the answer

async function rewrite() {
  clearTimeout(rewrite.timer);
  const source = $("message").value;
  const text = typeof source.toWellFormed === "function" ? source.toWellFormed() : source;
  $("clear").hidden = text === "";
  state.request?.abort();
  if (text.trim() === "") {
    showEmpty();
    return;
  }
  const request = new AbortController();
  state.request = request;
  const busy = setTimeout(() => $("result").setAttribute("aria-busy", "true"), BUSY_AFTER_MS);
  try {
    // The list may have failed to load when the page was opened.
    if (state.audiences.length === 0) await loadReaders();
    const reader = state.reader;
    const answer = await ask("api/v1/rewrite", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text, for: reader }),
      signal: request.signal,
    });
    if (state.request !== request) return;
    state.answer = { ...answer, source: text, reader };
    clearError();
    showAnswer(state.answer);
  } catch (error) {
    if (error.name === "AbortError" || state.request !== request) return;
    showError(error, rewrite);
    $("result").classList.toggle("stale", state.answer !== null);
  } finally {
    clearTimeout(busy);
    if (state.request === request) $("result").removeAttribute("aria-busy");
  }
}

function rewriteSoon() {
  clearTimeout(rewrite.timer);
  rewrite.timer = setTimeout(rewrite, TYPING_PAUSE_MS);
}

function showEmpty() {
  state.request = null;
  state.answer = null;
  closeCard();
  clearError();
  $("result").removeAttribute("aria-busy");
  $("result").classList.remove("stale");
  for (const id of ["upshot", "words", "ledger", "colophon", "glosses", "example-pick"]) $(id).hidden = true;
  $("empty").hidden = false;
}

function showAnswer(answer) {
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

const readerTitle = (id) => state.audiences.find((audience) => audience.id === id)?.title ?? sentenceCase(readable(id));

function showUpshot(answer) {
  const faithful = answer.verdict === "faithful";
  $("kicker").replaceChildren(
    el("span", {}, `For ${readerTitle(answer.audience ?? answer.reader)}`),
    answer.kind ? el("span", {}, sentenceCase(readable(answer.kind))) : "",
    el("span", { class: faithful ? "verdict good" : "verdict warn" },
      el("span", { "aria-hidden": "true" }, faithful ? "✓ " : "! "),
      faithful ? "Facts checked" : "Author’s words kept"));
  // Without a readable outcome there is no headline, and none is made up.
  $("headline").classList.toggle("none", !answer.headline);
  $("headline").replaceChildren(...unbroken(answer.headline || "No single outcome was stated. The message in plain words:"));

  const sections = list(answer.sections);
  const asks = list(answer.asks);
  const open = list(answer.open_questions);
  const isAbout = ({ slot, title }, part) => part.slots.includes(slot) || part.title === title;
  const rows = sections
    .filter((section) => !(asks.length > 0 && isAbout(section, ASKS)) && !(open.length > 0 && isAbout(section, OPEN)))
    .map((section) => entry(section.title, section.text, isAbout(section, ASKS) ? "asks" : undefined));
  if (asks.length > 0) rows.push(entry(ASKS.title, bullets(asks), "asks"));
  else if (!sections.some((section) => isAbout(section, ASKS))) rows.push(entry(ASKS.title, "Nothing was asked for.", "asks"));
  if (open.length > 0) rows.push(entry(OPEN.title, bullets(open)));
  $("sections").replaceChildren(...rows);

  const notices = list(answer.notices);
  $("notices").hidden = notices.length === 0;
  $("notices").replaceChildren(...notices.map((notice) => el("li", { "data-code": notice.code },
    el("span", { class: "sign", "aria-hidden": "true" }, "i"), el("span", {}, notice.text))));
}

function entry(title, content, kind) {
  return el("div", { class: kind }, el("dt", {}, title), el("dd", {}, ...(typeof content === "string" ? unbroken(content) : [content])));
}

/** Keeps a ticket's name, such as CHK-1182, on one line. */
function unbroken(text) {
  return text.split(/(\b[A-Z][A-Z0-9]+-\d+\b)/).map((part, index) => (index % 2 === 1 ? el("span", { class: "whole" }, part) : part));
}

function bullets(items) {
  return items.length === 1 ? items[0] : el("ul", {}, ...items.map((item) => el("li", {}, item)));
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
  $("glosses").replaceChildren(...glosses.map((gloss) => el("div", {},
    el("dt", {}, termButton(gloss.term)), el("dd", {}, gloss.text))));
}

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
      el("td", {}, fact.source || "–", fact.kind ? el("span", { class: "kind" }, readable(fact.kind)) : ""),
      el("td", {}, fact.output || "–", fact.formula ? el("span", { class: "formula" }, fact.formula) : ""),
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

// ---------------------------------------------------------------- why these words

const card = { mark: null, pinned: false, returning: false, timer: 0, definitions: new Map() };

function openCard(button, pinned) {
  clearTimeout(card.timer);
  if (card.mark !== button) {
    closeCard();
    card.mark = button;
    button.setAttribute("aria-expanded", "true");
    fillCard(button);
  }
  card.pinned = pinned || card.pinned;
  $("card").hidden = false;
  placeCard();
}

function closeCard() {
  clearTimeout(card.timer);
  card.mark?.setAttribute("aria-expanded", "false");
  card.mark = null;
  card.pinned = false;
  $("card").hidden = true;
}

/** Closes the card and puts the focus back on its phrase, which must not open it again. */
function leaveCard() {
  const { mark: last } = card;
  closeCard();
  card.returning = true;
  last?.focus();
  card.returning = false;
}

function closeCardSoon() {
  clearTimeout(card.timer);
  if (!card.pinned) card.timer = setTimeout(closeCard, HOVER_CLOSE_MS);
}

function fillCard(button) {
  const { answer } = state;
  const covering = button.dataset.changes.split(" ").map((number) => answer.changes[Number(number)]);
  const rows = covering.map((change) => {
    const meaning = el("div", { class: "meaning", hidden: true }, el("dt", {}, "Meaning"), el("dd", {}));
    if (change.concept) {
      define(change, answer).then((text) => {
        if (!text) return;
        meaning.lastChild.textContent = text;
        meaning.hidden = false;
        if (card.mark === button) placeCard();
      }, (error) => {
        // The card stays useful without the definition, but the reader is told.
        meaning.lastChild.textContent = error instanceof Said ? error.message : "The definition could not be fetched.";
        meaning.hidden = false;
        if (card.mark === button) placeCard();
      });
    }
    const why = [
      ...(change.concept ? ["concept ", el("code", {}, change.concept)] : []),
      change.concept && change.rule ? ", " : "",
      ...(change.rule ? ["rule ", el("code", {}, change.rule)] : []),
    ];
    return el("dl", { class: "why" },
      el("div", {}, el("dt", {}, "Author’s words"), el("dd", { class: "from" }, change.from || "(nothing)")),
      el("div", {}, el("dt", {}, "Plain words"), el("dd", {}, change.to || "left out")),
      meaning,
      change.concept || change.rule ? el("div", {}, el("dt", {}, "Because of"), el("dd", { class: "rule" }, ...why)) : "");
  });
  const concept = covering.find((change) => change.concept);
  $("card").replaceChildren(...rows, el("div", { class: "card-actions" },
    concept ? el("button", { type: "button", class: "secondary", onclick: () => explain(cardTerm(concept), true) }, "Explain") : "",
    el("button", { type: "button", class: "quiet", onclick: leaveCard }, "Close")));
}

/** The words to look a changed phrase up by: its gloss says which term it was. */
function cardTerm(change) {
  return list(state.answer?.glosses).find((gloss) => gloss.concept === change.concept)?.term
    ?? (change.from.length <= LONGEST_TERM ? change.from : readable(change.concept));
}

/** A concept's definition: from this answer's glosses, else asked for once and kept. */
async function define(change, answer) {
  const gloss = list(answer.glosses).find((candidate) => candidate.concept === change.concept);
  if (gloss) return gloss.text;
  const key = `${answer.reader}\n${change.concept}`;
  if (!card.definitions.has(key)) {
    const found = (async () => {
      for (const query of new Set([change.concept, change.from])) {
        if (query.length > LONGEST_TERM) continue;
        const explanation = await ask(explainPath(query, answer.reader));
        if (explanation.concept === change.concept) return explanation.definition;
      }
      return "";
    })();
    card.definitions.set(key, found);
    found.catch(() => card.definitions.delete(key));
  }
  return card.definitions.get(key);
}

/** Below the phrase when there is room, else above; on a phone the style sheet makes it a bottom sheet. */
function placeCard() {
  const box = $("card");
  const host = $("card-host").getBoundingClientRect();
  const line = card.mark.getClientRects()[0];
  if (!line) return;
  const left = Math.max(0, Math.min(line.left - host.left, host.width - box.offsetWidth));
  const roomBelow = window.innerHeight - line.bottom > box.offsetHeight + 16;
  const above = !roomBelow && line.top > box.offsetHeight + 16;
  box.style.left = `${left}px`;
  box.style.top = above ? `${line.top - host.top - box.offsetHeight - 8}px` : `${line.bottom - host.top + 8}px`;
}

function press(button) {
  if (card.mark === button && card.pinned) {
    closeCard();
    return;
  }
  openCard(button, true);
  say(button.getAttribute("aria-description"));
}

function wireCard() {
  const host = $("card-host");
  const box = $("card");
  const markOf = (event) => (event.target instanceof Element ? event.target.closest(".mark") : null);
  host.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    if (box.contains(event.target)) clearTimeout(card.timer);
    const button = markOf(event);
    if (!button || card.pinned || button === card.mark) {
      if (button && button === card.mark) clearTimeout(card.timer);
      return;
    }
    clearTimeout(card.timer);
    card.timer = setTimeout(() => openCard(button, false), HOVER_OPEN_MS);
  });
  host.addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && (markOf(event) || box.contains(event.target))) closeCardSoon();
  });
  host.addEventListener("focusin", (event) => {
    const button = markOf(event);
    if (button?.matches(":focus-visible") && !card.returning) openCard(button, false);
  });
  host.addEventListener("focusout", (event) => {
    const next = event.relatedTarget;
    if (next && next !== card.mark && !box.contains(next)) closeCard();
  });
  host.addEventListener("click", (event) => {
    const button = markOf(event);
    // The end of a selection is a click too.
    if (button && getSelection().isCollapsed) press(button);
  });
  host.addEventListener("keydown", (event) => {
    const button = markOf(event);
    if (!button || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    press(button);
  });
  document.addEventListener("pointerdown", (event) => {
    if (card.mark && !box.contains(event.target) && !event.target.closest?.(".mark")) closeCard();
  });
  document.addEventListener("keydown", (event) => {
    if (!card.mark) return;
    if (event.key === "Escape") {
      if (box.contains(document.activeElement)) leaveCard();
      else closeCard();
    } else if (event.key === "Tab") {
      tabThroughCard(event);
    }
  });
  window.addEventListener("resize", () => { if (card.mark) placeCard(); });
}

/** The card stands after all phrases in the document but belongs right after its own. */
function tabThroughCard(event) {
  const buttons = [...$("card").querySelectorAll("button")];
  const active = document.activeElement;
  if (active === card.mark && !event.shiftKey && card.pinned) {
    event.preventDefault();
    buttons[0].focus();
  } else if (active === buttons[0] && event.shiftKey) {
    event.preventDefault();
    card.mark.focus();
  } else if (active === buttons.at(-1) && !event.shiftKey) {
    const marks = [...card.mark.parentElement.querySelectorAll(".mark")];
    const next = marks[marks.indexOf(card.mark) + 1] ?? $("term");
    event.preventDefault();
    closeCard();
    next.focus();
  }
}

// ---------------------------------------------------------------- explain a term

const explainPath = (query, reader) => `api/v1/explain?${new URLSearchParams({ q: query, for: reader })}`;

function termButton(term) {
  return el("button", { type: "button", class: "term", onclick: () => explain(term) }, term);
}

async function explain(query, focus = false) {
  const term = query.trim();
  if (term === "") {
    $("explanation").replaceChildren(el("p", { class: "hint" }, "Type the term you would like explained."));
    $("term").focus();
    return;
  }
  $("term").value = term;
  state.lookup?.abort();
  const lookup = new AbortController();
  state.lookup = lookup;
  try {
    const found = await ask(explainPath(term, state.reader), { signal: lookup.signal });
    if (state.lookup === lookup) showExplanation(found, term);
  } catch (error) {
    if (error.name === "AbortError" || state.lookup !== lookup) return;
    if (!(error instanceof Said)) console.error(error);
    $("explanation").replaceChildren(el("p", { class: "alert" },
      error instanceof Said ? error.message : "The explanation could not be shown."));
  }
  if (focus) {
    closeCard();
    // Not the field: on a phone that would bring up the keyboard over the answer.
    $("explanation").focus({ preventScroll: true });
  }
  scrollTo($("explanation"), "nearest");
}

function showExplanation(found, query) {
  const choices = (label, terms) => (list(terms).length === 0 ? null
    : el("p", { class: "choices" }, `${label} `, ...terms.flatMap((item, index) => {
      const text = typeof item === "string" ? item : item.term ?? item.id;
      return index === 0 ? [termButton(text)] : [", ", termButton(text)];
    })));
  if (found.status !== "defined") {
    const unknown = list(found.suggestions).length === 0;
    $("explanation").replaceChildren(
      el("p", {}, `The glossary has no entry for ${quoted(found.query || query)}.`),
      choices("Did you mean", found.suggestions) ?? "",
      unknown && found.offer_request ? el("p", { class: "hint" }, "Ask whoever keeps your glossary for a definition.") : "");
    return;
  }
  const detail = (label, text) => (text ? el("p", {}, el("b", {}, `${label} `), text) : "");
  $("explanation").replaceChildren(
    el("h4", {}, found.term || query),
    el("p", { class: "definition" }, found.definition ?? ""),
    detail("Why it matters", found.why),
    detail("Here", found.in_context),
    detail("Example", found.example),
    detail("Ask", found.owner),
    choices("Related:", found.related) ?? "");
}

/** The word under a click, so that any word can be looked up without a button around each. */
function wordAt(x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = caret ? null : document.caretRangeFromPoint?.(x, y);
  const node = caret?.offsetNode ?? range?.startContainer;
  const offset = caret?.offset ?? range?.startOffset;
  if (node?.nodeType !== Node.TEXT_NODE) return "";
  for (const match of node.data.matchAll(/[\p{L}\p{N}]+(?:[-_/.'’][\p{L}\p{N}]+)*/gu)) {
    if (match.index <= offset && offset <= match.index + match[0].length) return match[0];
  }
  return "";
}

function wireExplain() {
  $("explain").addEventListener("click", () => explain($("term").value));
  $("term").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) explain($("term").value);
  });
  for (const id of ["plain", "original", "glosses"]) {
    $(id).addEventListener("click", (event) => {
      // Somebody selecting text wants to copy it, not to look it up.
      if (event.target.closest("button, .mark") || !getSelection().isCollapsed) return;
      const word = wordAt(event.clientX, event.clientY);
      if (word !== "") explain(word);
    });
  }
}

// ---------------------------------------------------------------- copying

function everything(answer) {
  const lines = [answer.headline ?? "", ""];
  for (const row of $("sections").children) {
    const items = [...row.querySelectorAll("li")].map((item) => `\n- ${item.textContent}`).join("");
    lines.push(`${row.firstChild.textContent}: ${items || row.lastChild.textContent}`);
  }
  return [...lines, "", "In plain words:", answer.plain ?? ""].join("\n").trim();
}

async function copy(button, text) {
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByCommand(text);
  } catch (error) {
    console.error(error);
    alertWith("The browser did not allow copying. Select the text and copy it by hand.");
    return;
  }
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  button.textContent = "Copied ✓";
  say("Copied.");
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = String(setTimeout(() => { button.textContent = label; }, COPIED_FOR_MS));
}

// The clipboard interface exists only over HTTPS and on localhost; a trial in an office network has neither.
function copyByCommand(text) {
  const area = el("textarea", { class: "sr", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the copy command was refused");
}

// ---------------------------------------------------------------- readers, examples, theme, tabs

function chooseReader(id) {
  state.reader = id;
  const input = [...$("reader-list").querySelectorAll("input")].find((candidate) => candidate.value === id);
  if (input) input.checked = true;
  $("reader-about").textContent = state.audiences.find((audience) => audience.id === id)?.about ?? "";
}

async function loadReaders() {
  state.audiences = list(await ask("api/v1/audiences"));
  $("reader-list").replaceChildren(...state.audiences.map((audience) => el("label", { class: "chip" },
    el("input", {
      type: "radio", name: "reader", value: audience.id,
      onchange: () => {
        chooseReader(audience.id);
        remember(READER_KEY, audience.id);
        rewrite();
      },
    }), el("span", {}, audience.title))));
  const known = (id) => state.audiences.some((audience) => audience.id === id);
  chooseReader([recall(READER_KEY), "general"].find(known) ?? state.audiences[0]?.id ?? "general");
}

async function loadExamples() {
  state.examples = list(await ask("api/v1/examples"));
  $("example-cards").replaceChildren(...state.examples.slice(0, 5).map((example) => el("li", {},
    el("button", { type: "button", onclick: () => useExample(example) },
      el("b", {}, example.title),
      el("span", { class: "for" }, `for ${readerTitle(example.audience)}`),
      el("span", { class: "peek" }, example.text)))));
  $("example-select").replaceChildren($("example-select").options[0],
    ...state.examples.map((example, index) => el("option", { value: String(index) }, example.title)));
}

function useExample(example) {
  $("message").value = example.text;
  // Shown for the example's reader, but the remembered choice stays the visitor's own.
  if (state.audiences.some((audience) => audience.id === example.audience)) chooseReader(example.audience);
  $("result").focus({ preventScroll: true });
  rewrite().then(reveal);
}

/** On a phone the answer is below the message; who asked for it by a press is taken there. */
function reveal() {
  const { top } = $("result").getBoundingClientRect();
  if (top < 0 || top > window.innerHeight / 2) scrollTo($("result"), "start");
}

function wireTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    $("theme-label").textContent = dark() ? "Light" : "Dark";
    $("theme").setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
  };
  const chosen = recall(THEME_KEY);
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  $("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    remember(THEME_KEY, root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
}

function wireTabs() {
  const tabs = [$("tab-plain"), $("tab-original")];
  const select = (chosen) => {
    closeCard();
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      $(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tabs.find((candidate) => candidate !== tab);
      select(other);
      other.focus();
    });
  }
}

async function start() {
  try {
    // In this order because the examples name readers by their titles.
    await loadReaders();
    await loadExamples();
    clearError();
  } catch (error) {
    showError(error, start);
    return;
  }
  // A browser may have put the text back after a reload.
  if ($("message").value.trim() !== "") await rewrite();
}

wireTheme();
wireTabs();
wireCard();
wireExplain();
$("message").addEventListener("input", rewriteSoon);
$("message").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  rewrite();
});
$("go").addEventListener("click", () => {
  if ($("message").value.trim() === "") $("message").focus();
  else rewrite().then(reveal);
});
$("clear").addEventListener("click", () => {
  $("message").value = "";
  $("message").focus();
  rewrite();
});
$("example-select").addEventListener("change", (event) => {
  const example = state.examples[Number(event.target.value)];
  if (event.target.value !== "" && example) useExample(example);
  event.target.value = "";
});
$("copy-plain").addEventListener("click", (event) => copy(event.currentTarget, state.answer.plain ?? ""));
$("copy-all").addEventListener("click", (event) => copy(event.currentTarget, everything(state.answer)));
window.addEventListener("online", () => state.retry?.());
start();
