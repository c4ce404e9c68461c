// What every part of the page uses: its state, its elements, the server, and the place for failures.
// A failure is always a sentence on the page, and text from the server is never read as markup.

export const $ = (id) => document.getElementById(id);

export const state = {
  audiences: [],
  examples: [],
  reader: "general",
  answer: null,   // the Rewrite on screen, with `source` and `reader` it was made for
  request: null,  // AbortController of the rewrite under way
  lookup: null,   // AbortController of the explanation under way
  retry: null,    // what to do when the connection comes back
};

/** Builds an element; strings among the children become text nodes, never markup. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export const list = (value) => (Array.isArray(value) ? value : []);
export const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const quoted = (text) => `“${text}”`;
export const readable = (id) => String(id).replace(/[_-]+/g, " ");

export function say(text) {
  // Emptied first: the same sentence twice in a row is otherwise not announced.
  $("status").textContent = "";
  requestAnimationFrame(() => { $("status").textContent = text; });
}

// Storage throws in some private windows; a preference is not worth an error.
export function remember(key, value) { try { localStorage.setItem(key, value); } catch { /* not remembered */ } }
export function recall(key) { try { return localStorage.getItem(key); } catch { return null; } }

export function scrollTo(node, block) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}

// ---------------------------------------------------------------- asking the server

/** A failure that is ready to be read by a person. */
export class Said extends Error {}

export async function ask(path, options = {}) {
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

export function showError(error, retry) {
  // A defect of this page is shown as well, in plain words; the details go to the console.
  if (!(error instanceof Said)) console.error(error);
  state.retry = retry;
  alertWith(error instanceof Said ? error.message : "This page could not show the answer. Reload it; if that does not help, report it.",
    state.answer ? "The answer shown is for the earlier text." : null,
    el("button", { type: "button", class: "secondary", onclick: retry }, "Try again"));
}

export function alertWith(sentence, hint = null, button = null) {
  $("error").replaceChildren(el("div", { class: "alert" },
    el("p", {}, sentence),
    hint === null ? "" : el("p", { class: "hint" }, hint),
    el("div", {}, button, el("button", { type: "button", class: "quiet", onclick: () => $("error").replaceChildren() }, "Dismiss"))));
}

export function clearError() {
  state.retry = null;
  $("error").replaceChildren();
}
