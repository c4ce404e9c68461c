// The playground: one message, one reader, one answer, and the evidence for every changed word.
//
// Goals: whatever the server sends is shown as text (nothing here parses markup), a failure is
// always a sentence on the page, and everything works by keyboard and by touch.
// The message itself is never stored and never put into an address.
//
// page.js is what all parts share, answer.js shows an answer, card.js says why a phrase was changed, and explain.js
// explains a term. This file asks for answers and wires the rest: readers, examples, copying, colours, tabs.

import { readerTitle, showAnswer } from "./answer.js";
import { closeCard, wireCard } from "./card.js";
import { wireExplain } from "./explain.js";
import { $, alertWith, ask, clearError, el, list, recall, remember, say, scrollTo, showError, state } from "./page.js";

const TYPING_PAUSE_MS = 250;
// Answers usually arrive within a few milliseconds; a busy sign before this would only flicker.
const BUSY_AFTER_MS = 300;
const COPIED_FOR_MS = 1800;
const READER_KEY = "upshot.reader";
const THEME_KEY = "upshot.theme";

// ---------------------------------------------------------------- asking for an answer

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
  $("terms-title").textContent = "Explain a term";
  $("empty").hidden = false;
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
