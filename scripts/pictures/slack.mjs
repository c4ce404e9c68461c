// Block Kit as pages: a drawing of our own, in a frame that resembles a message, a dialog or the home tab of Slack.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const STYLE = readFileSync(join(import.meta.dirname, "slack.css"), "utf8");
const ESCAPES = { "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** What Slack has escaped already stays; the rest is made harmless. */
const safe = (text) => text.replace(/[<>"]/g, (sign) => ESCAPES[sign]);

function inline(text) {
  const kept = [];
  const keep = (html) => `\0${kept.push(html) - 1}\0`;
  return text
    .replace(/`([^`\n]+)`/g, (_, code) => keep(`<code>${safe(code)}</code>`))
    .replace(/<(https?:[^|>]+|mailto:[^|>]+)\|([^>]+)>/g, (_, address, words) => keep(`<a>${safe(words)}</a>`))
    .replace(/<(https?:[^>]+)>/g, (_, address) => keep(`<a>${safe(address)}</a>`))
    .replace(/<!date\^[^|>]*\|([^>]+)>/g, (_, fallback) => keep(safe(fallback)))
    .replace(/<([@#!])([^>]+)>/g, (_, sign, name) => keep(`<span class="mention">${safe(sign + name)}</span>`))
    .replace(/(^|[\s(“‘"'>])\*([^*\n]+)\*(?=$|[\s.,;:!?)”’"'<])/gm, "$1\u0001$2\u0002")
    .replace(/(^|[\s(“‘"'>])_([^_\n]+)_(?=$|[\s.,;:!?)”’"'<])/gm, "$1\u0003$2\u0004")
    .replace(/[<>"]/g, (sign) => ESCAPES[sign])
    .replace(/\u0001/g, "<b>").replace(/\u0002/g, "</b>").replace(/\u0003/g, "<i>").replace(/\u0004/g, "</i>")
    .replace(/\0(\d+)\0/g, (_, at) => kept[at]);
}

/** Slack's markup as HTML. */
export function mrkdwn(text) {
  return text.split(/(```[\s\S]*?```)/).map((part) => {
    if (part.startsWith("```")) return `<pre>${safe(part.slice(3, -3).replace(/^\n/, ""))}</pre>`;
    const lines = part.split("\n").map((line) => (/^(&gt;|>) ?/.test(line) ? `<blockquote>${inline(line.replace(/^(&gt;|>) ?/, ""))}</blockquote>` : `${inline(line)}<br>`));
    return lines.join("").replace(/<br>$/, "");
  }).join("");
}

function element(one) {
  switch (one.type) {
    case "button": return `<span class="button">${safe(one.text.text)}</span>`;
    case "static_select": return `<span class="select">${safe((one.initial_option ?? { text: one.placeholder }).text.text)}<i>⌄</i></span>`;
    case "multi_static_select": {
      const chosen = (one.initial_options ?? []).map(({ text }) => `<span class="chosen">${safe(text.text)} ✕</span>`).join("");
      return `<span class="select wide">${chosen || `<em>${safe(one.placeholder.text)}</em>`}<i>⌄</i></span>`;
    }
    case "external_select": return `<span class="select wide"><em>${safe(one.placeholder.text)}</em><i>⌄</i></span>`;
    case "conversations_select": return `<span class="select wide"><em>${one.default_to_current_conversation ? "# this channel" : "Select an item"}</em><i>⌄</i></span>`;
    case "plain_text_input": {
      const text = safe(one.initial_value ?? "").replace(/\n/g, "<br>");
      return `<span class="field ${one.multiline ? "long" : ""}">${text || `<em>${safe(one.placeholder?.text ?? "")}</em>`}</span>`;
    }
    default: throw new Error(`no drawing for ${one.type}`);
  }
}

function block(one) {
  switch (one.type) {
    case "section": return `<div class="section">${one.accessory ? `<span class="beside">${element(one.accessory)}</span>` : ""}${mrkdwn(one.text.text)}</div>`;
    case "context": return `<div class="context">${one.elements.map(({ text }) => mrkdwn(text)).join(" ")}</div>`;
    case "header": return `<h2>${safe(one.text.text)}</h2>`;
    case "divider": return "<hr>";
    case "actions": return `<div class="actions">${one.elements.map(element).join("")}</div>`;
    case "input": {
      const hint = one.hint ? `<div class="context">${safe(one.hint.text)}</div>` : "";
      const optional = one.optional ? " <em>(optional)</em>" : "";
      return `<div class="input"><label>${safe(one.label.text)}${optional}</label>${element(one.element)}${hint}</div>`;
    }
    default: throw new Error(`no drawing for ${one.type}`);
  }
}

const page = (frame, width, html) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Upshot in Slack</title>
<style>${STYLE}</style><body class="${frame}" data-drawn="yes"><main id="picture" style="width: ${width}px">${html}</main></body></html>`;

const drawn = (blocks) => blocks.map(block).join("");

/** A private message below the command it answers. */
export function messagePage({ width, command, blocks }) {
  return page("message", width, `
    <div class="typed">${safe(command)}</div>
    <article><span class="avatar">U</span><div class="body"><div class="name"><b>Upshot</b> <span class="app">APP</span> <span class="time">14:11</span></div>
    ${drawn(blocks)}<div class="only">Only visible to you</div></div></article>`);
}

/** What everybody reads in a channel or thread, below the words that asked for it where somebody did. */
export function postPage({ width, asked, blocks }) {
  return page("message", width, `
    ${asked ? `<article><span class="avatar person">E</span><div class="body"><div class="name"><b>Elena Ruiz</b> <span class="time">14:10</span></div>${safe(asked)}</div></article>` : ""}
    <article><span class="avatar">U</span><div class="body"><div class="name"><b>Upshot</b> <span class="app">APP</span> <span class="time">14:11</span></div>
    ${drawn(blocks)}</div></article>`);
}

/** A dialog; with a height, the rest of it is below the edge as on a screen. */
export function dialogPage({ width, height, view }) {
  const submit = view.submit ? `<span class="button primary">${safe(view.submit.text)}</span>` : "";
  return page("modal", width, `<header><span class="avatar">U</span><h1>${safe(view.title.text)}</h1><span class="x">✕</span></header>
    <div class="body" style="${height ? `height: ${height}px; overflow: hidden` : ""}">${drawn(view.blocks)}</div><footer><span class="button">${safe(view.close?.text ?? "Close")}</span>${submit}</footer>`);
}

export function homePage({ width, view }) {
  return page("home", width, `<header><span class="avatar">U</span><h1>Upshot</h1></header><nav><b>Home</b><span>Messages</span><span>About</span></nav>
    <div class="body">${drawn(view.blocks)}</div>`);
}
