// Explains a term: typed into the box, chosen from the list, or clicked in the text.

import { $, Said, ask, el, list, quoted, scrollTo, state } from "./page.js";

export const explainPath = (query, reader) => `api/v1/explain?${new URLSearchParams({ q: query, for: reader })}`;

export function termButton(term) {
  return el("button", { type: "button", class: "term", onclick: () => explain(term) }, term);
}

/** Explains a term below the text; who calls from elsewhere says how to leave that place, and the focus moves here. */
export async function explain(query, leave = null) {
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
  if (leave !== null) {
    leave();
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
      el("p", {}, `The glossary has no entry for ${quoted(found.asked || found.query || query)}.`),
      choices("Did you mean", found.suggestions) ?? "",
      unknown && found.offer_request ? el("p", { class: "hint" }, "Ask whoever keeps your glossary for a definition.") : "");
    return;
  }
  const detail = (label, text) => (text ? el("p", {}, el("b", {}, `${label} `), text) : "");
  const entry = (one) => [
    el("h4", {}, one.term || query),
    el("p", { class: "definition" }, one.definition ?? ""),
    one.usage_note ? el("p", {}, one.usage_note) : "",
    detail(one.why_for ? `Why it matters (${one.why_for})` : "Why it matters", one.why),
    detail(one.is_message ? "In plain words" : "Here", one.in_context),
    detail("Example", one.example),
    detail("Ask", one.owner),
    ...list(one.other_senses).map((sense) => detail(`It can also mean, in ${sense.subject_field}:`, sense.definition)),
    choices("Related:", one.related) ?? ""];
  const further = (one) => (one.status === "defined" ? entry(one)
    : [el("p", {}, `The glossary has no entry for ${quoted(one.asked)}.`), choices("Did you mean", one.suggestions) ?? ""]);
  $("explanation").replaceChildren(...entry(found), ...list(found.also).flatMap(further));
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

export function wireExplain() {
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
