// Adaptive Cards as pages: drawn by Microsoft's own renderer, in a frame that resembles a chat or a dialog of Teams.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const require = createRequire(resolve(import.meta.dirname, "../peers/package.json"));
const RENDERER = readFileSync(require.resolve("adaptivecards/dist/adaptivecards.min.js"), "utf8");
const MARKDOWN = readFileSync(require.resolve("markdown-it/dist/markdown-it.min.js"), "utf8");
const STYLE = readFileSync(join(import.meta.dirname, "teams.css"), "utf8");

const LIGHT = { page: "#ffffff", text: "#242424", subtle: "#616161", emphasis: "#f5f5f5" };
const DARK = { page: "#292929", text: "#ffffff", subtle: "#adadad", emphasis: "#333333" };

/** Colours, sizes and distances near those of Teams. */
function hostConfig({ text, subtle, page, emphasis }) {
  const colours = Object.fromEntries(["default", "accent", "good", "warning", "attention", "dark", "light"]
    .map((name) => [name, { default: text, subtle }]));
  return {
    fontFamily: "'Segoe UI', 'Open Sans', 'DejaVu Sans', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: `${subtle}66` },
    containerStyles: { default: { backgroundColor: page, foregroundColors: colours }, emphasis: { backgroundColor: emphasis, foregroundColors: colours } },
    actions: { maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left" },
    supportsInteractivity: true,
  };
}

/** JSON inside a script element. */
const literal = (value) => JSON.stringify(value).replace(/</g, "\\u003c");

/** A page with cards. Each part is `{ card }` or `{ html }`, in the frame `chat` or `dialog`. */
export function teamsPage({ frame, title = "", width, parts, dark = false }) {
  const colours = dark ? DARK : LIGHT;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Upshot in Teams</title>
<style>${STYLE}</style>
<body class="${frame} ${dark ? "dark" : "light"}"><main id="picture" style="width: ${width}px"></main>
<script>${MARKDOWN}</script><script>${RENDERER}</script>
<script type="module">
const parts = ${literal(parts)};
const markdown = new markdownit({ html: false, linkify: false });
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };
const main = document.querySelector("#picture");
const title = ${literal(title)};
if (title) {
  const bar = document.createElement("header");
  bar.innerHTML = '<span class="badge">U</span><h1></h1><span class="close">✕</span>';
  bar.querySelector("h1").textContent = title;
  main.append(bar);
}
for (const { card: json, html, from } of parts) {
  const part = document.createElement("section");
  if (from) part.insertAdjacentHTML("beforeend", '<p class="from"><b>' + from + '</b></p>');
  const body = document.createElement("div");
  body.className = json ? "card" : "said";
  part.append(body);
  if (json) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(${literal(hostConfig(colours))});
    card.parse(json);
    body.append(card.render());
  } else {
    body.innerHTML = html;
  }
  main.append(part);
}
document.body.dataset.drawn = "yes";
</script></body></html>`;
}
