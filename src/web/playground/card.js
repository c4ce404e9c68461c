// Why these words: the card that opens at a changed phrase and says what the author wrote and what it was changed by.

import { explain, explainPath } from "./explain.js";
import { $, Said, ask, el, list, readable, say, state } from "./page.js";

const HOVER_OPEN_MS = 90;
// Long enough to move the pointer from a phrase into its card.
const HOVER_CLOSE_MS = 220;
const LONGEST_TERM = 60;

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

export function closeCard() {
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
      ...(change.concept ? ["entry ", el("a", { href: `/glossary/concepts/${change.concept}` }, el("code", {}, change.concept))] : []),
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
    concept ? el("button", { type: "button", class: "secondary", onclick: () => explain(cardTerm(concept), closeCard) }, "Explain") : "",
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

export function wireCard() {
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
  const buttons = [...$("card").querySelectorAll("a, button")];
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
