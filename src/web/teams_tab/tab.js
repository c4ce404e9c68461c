// The tab "Glossary" in Teams. Teams says who looks, by a token that goes along with every request; there are no cookies here.
// Links open outside the frame: whoever changes something does it on the glossary's pages or in the conversation.

const teams = globalThis.microsoftTeams;
const at = (id) => document.getElementById(id);
const say = (sentence) => { at("status").textContent = sentence; };

const WHY = {
  401: "Teams says who you are in a way that Upshot cannot verify. Whoever runs the server finds the reason in its log.",
  403: "People of your organisation are not answered here. Ask whoever runs this server to allow your tenant.",
  429: "You asked very often. Wait a minute.",
};
const LATER = "Upshot cannot be reached right now. Try again in a minute.";

/** Teams keeps a token for as long as it is good, so it is asked for each time. */
async function ask(wish) {
  const token = await teams.authentication.getAuthToken();
  const response = await fetch("/teams/tab/view", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(wish),
  }).catch(() => undefined);
  if (!response?.ok) throw new Error(WHY[response?.status] ?? LATER);
  return response.json();
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
  return made;
}

function link(text, address) {
  return element("a", text, { href: address, target: "_blank", rel: "noopener" });
}

/** A list of entries, each with the way to its page, or a sentence where there are none. */
function entries(all, nothing) {
  if (all.length === 0) return element("p", nothing, { class: "hint" });
  const list = element("ul", "", { class: "entries" });
  list.append(...all.map(({ id, term, standing, origin, definition }) => {
    const item = document.createElement("li");
    const name = link("", `/glossary/concepts/${encodeURIComponent(id)}`);
    name.append(element("b", term));
    const tags = element("span", "", { class: "tags" });
    tags.append(element("span", standing, { class: "tag" }), element("span", origin, { class: "tag" }));
    item.append(name, " ", tags, element("p", definition));
    return item;
  }));
  return list;
}

function lines(all, nothing) {
  if (all.length === 0) return element("p", nothing, { class: "hint" });
  const list = element("ul", "", { class: "entries" });
  list.append(...all.map((line) => element("li", line)));
  return list;
}

function show({ note, reader, readers, waiting, requests }) {
  at("waiting").hidden = waiting === null;
  if (waiting !== null) {
    // The list is short; whoever wants the rest opens the pages.
    const count = (id, shown, all) => { at(id).textContent = all > shown ? `(${shown} of ${all})` : ""; };
    count("all-handed-in", waiting.handed_in.length, waiting.all_handed_in);
    count("all-drafts", waiting.drafts.length, waiting.all_drafts);
    count("all-wanted", waiting.wanted.length, waiting.all_wanted);
    at("handed-in").replaceChildren(entries(waiting.handed_in, "Nothing waits for review."));
    at("drafts").replaceChildren(entries(waiting.drafts, "There are no drafts."));
    const people = (count) => (count === 1 ? "1 person" : `${count} people`);
    at("wanted").replaceChildren(
      lines(waiting.wanted.map((one) => `${one.term} (${people(one.people)})`), "Nobody waits for a definition."),
    );
  }
  at("reader").replaceChildren(...readers.map(({ id, title }) => new Option(title, id, false, id === reader)));
  at("requests").replaceChildren(requests === null
    ? element("p", "They cannot be read right now.", { class: "hint" })
    : lines(requests, "None is open. Under every answer in the conversation stands “A term is missing”."));
  at("mine").hidden = false;
  say(note ?? "");
}

/** Does something, and says what went wrong with it. */
async function trying(work) {
  try {
    await work();
  } catch (error) {
    say(error.message);
  }
}

function wear(theme) {
  document.documentElement.dataset.theme = theme === "default" ? "light" : "dark";
}

at("find").addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const { heading, entries: all } = await ask({ find: at("words").value });
    at("found").replaceChildren(element("h2", heading), ...(all.length > 0 ? [entries(all, "")] : []));
    say("");
  });
});
at("reader").addEventListener("change", () => trying(async () => show(await ask({ reader: at("reader").value }))));

trying(async () => {
  await teams.app.initialize().catch(() => {
    throw new Error("This page is a tab of Upshot in Teams. Outside of Teams, use the glossary’s pages.");
  });
  teams.app.registerOnThemeChangeHandler(wear);
  const context = await teams.app.getContext();
  wear(context.app.theme);
  await teams.authentication.getAuthToken().catch(() => {
    throw new Error("Teams does not say who you are: the app is not set up for single sign-on, or you did not agree to it. In the "
      + "conversation with Upshot, “glossary” shows what waits.");
  });
  show(await ask("show"));
});
