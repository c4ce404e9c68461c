// Makes the pictures of Slack and Teams that the documentation shows: Upshot is used as the platforms use it, and what it answers is drawn.
//
//   node pictures.mjs FOLDER [--all]
//
// With --all also what is only worth looking at while designing: long texts, tables, markup, narrow and dark.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keepInSlack, keepInTeams, letIn } from "../peers/keeping.mjs";
import { cardAction, SlackSide, TeamsSide } from "../peers/produced.mjs";
import { asHtml, escaped, fixture, messages } from "../peers/recorded.mjs";
import { startWorld } from "../peers/world.mjs";
import { launchBrowser, SAMPLE, startServer } from "../../tests/browser/server.mjs";
import { smaller } from "./png.mjs";
import { dialogPage, homePage, messagePage, postPage } from "./slack.mjs";
import { teamsPage } from "./teams.mjs";

const [folder, ...flags] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node pictures.mjs FOLDER [--all]");
  process.exit(2);
}
const CHAT = 560;
const DIALOG = 600;
const PHONE = 340;

const said = (html) => ({ from: "Elena Ruiz", html });

async function teamsPictures(teams) {
  const write = (text) => (activity) => {
    activity.text = text;
    activity.attachments = [{ contentType: "text/html", content: asHtml(text) }];
  };
  await teams.message("the reader", "02-message-personal.json", write("settings sales"));
  const card = async (text) => (await teams.message(text, "02-message-personal.json", write(text))).attachments[0].content;
  const open = async (text) => (await teams.invoke("Explain this", "14-fetch-task-message-action.json", (activity) => {
    activity.value.messagePayload.body = { contentType: "html", content: asHtml(text) };
  })).task.value;
  const found = (await teams.invoke("a search", "17-query.json", (activity) => { activity.value.parameters[0].value = "slo"; })).composeExtension.attachments;
  const listed = found.slice(0, 5).map(({ preview: { content } }) => `<div class="found"><b>${content.title}</b><span>${content.text}</span></div>`).join("");
  const dialog = await open(SAMPLE);
  const compose = { commandId: "rewriteDraft", commandContext: "compose" };
  const form = (await teams.invoke("a draft", "14-fetch-task-message-action.json", (activity) => { activity.value = compose; })).task.value;
  const drafted = { ...cardAction(form.card.content, "Check").data, text: SAMPLE, readers: "finance" };
  const checked = (await teams.invoke("a checked draft", "15-submit-action.json", (activity) => { activity.value = { ...compose, data: drafted }; })).task.value;
  const answer = await card(SAMPLE);
  const asked = (await teams.invoke("Upshot for…", "14-fetch-task-message-action.json", (activity) => { activity.value.commandId = "upshotFor"; })).task.value;
  const kept = await keepInTeams(teams);
  const pictures = [
    ["teams-chat", teamsPage({ frame: "chat", width: CHAT, parts: [said(asHtml("explain p95")), { from: "Upshot", card: await card("explain p95") }] })],
    ["teams-unknown", teamsPage({ frame: "chat", width: CHAT, parts: [said(asHtml("explain zibbler")), { from: "Upshot", card: await card("explain zibbler") }] })],
    ["teams-reader-first", teamsPage({ frame: "dialog", title: asked.title, width: DIALOG, parts: [{ card: asked.card.content }] })],
    ["teams-glossary", teamsPage({ frame: "chat", width: CHAT, parts: [{ from: "Upshot", card: kept.waiting }] })],
    ["teams-explain", teamsPage({ frame: "dialog", title: dialog.title, width: DIALOG, parts: [{ card: dialog.card.content }] })],
    ["teams-draft", teamsPage({ frame: "dialog", title: checked.title, width: DIALOG, parts: [{ card: checked.card.content }] })],
    ["teams-phone-dark", teamsPage({ frame: "chat", width: PHONE, dark: true, parts: [{ from: "Upshot", card: answer }] })],
    ["teams-search", teamsPage({ frame: "chat", width: CHAT, parts: [
      { from: "Glossary: slo", html: listed }, { from: "The chosen entry, as it is sent", card: found[0].content }] })],
  ];
  if (!flags.includes("--all")) return pictures;
  for (const name of ["form", "queue", "history"]) {
    pictures.push([`all-teams-glossary-${name}`, teamsPage({ frame: "chat", width: CHAT, parts: [{ from: "Upshot", card: kept[name] }] })]);
  }
  pictures.push(["all-teams-form", teamsPage({ frame: "dialog", title: form.title, width: DIALOG, parts: [{ card: form.card.content }] })]);
  for (const [number, { text, for: reader }] of messages().entries()) {
    const { title, card: attached } = await open(text.slice(0, 20_000));
    const posted = (await teams.message(text, "02-message-personal.json", write(`for ${reader}: ${text.slice(0, 20_000)}`))).attachments;
    if (attached) pictures.push([`all-teams-dialog-${number + 1}`, teamsPage({ frame: "dialog", title, width: DIALOG, parts: [{ card: opened(attached.content) }] })]);
    if (posted) pictures.push([`all-teams-card-${number + 1}`, teamsPage({ frame: "chat", width: number % 2 ? CHAT : PHONE, dark: number % 3 === 0, parts: [{ card: posted[0].content }] })]);
  }
  return pictures;
}

/** A card with its hidden parts shown. */
function opened(card) {
  return { ...card, body: card.body.map((element) => (element.isVisible === false ? { ...element, isVisible: true } : element)) };
}

async function slackPictures(slack) {
  const commanded = async (command, text) => messagePage({ width: 640, command: `${command} ${text}`, blocks: (await slack.command(command, text)).blocks });
  const action = fixture("slack", "message_action_plain.json");
  delete action.message.blocks;
  const explain = async (text, number) => {
    action.message.text = escaped(text);
    await slack.interact({ ...action, response_url: slack.world.responseUrl, trigger_id: `picture.${number}` });
    return (await slack.told("Explain this"))[0].view;
  };
  await slack.command("/upshot", "settings sales");
  await slack.interact({ ...fixture("slack", "global_shortcut.json"), callback_id: "check_draft", trigger_id: "picture.draft" });
  const [{ view: editor }] = await slack.told("the draft editor");
  const checked = await slack.interact({
    type: "view_submission",
    view: { id: "V1", callback_id: editor.callback_id, private_metadata: editor.private_metadata ?? "", state: { values: {
      text: { value: { value: SAMPLE } }, readers: { value: { selected_options: [{ value: "finance" }] } } } } },
  });
  // What is asked before the home tab is opened stands there.
  const why = await slack.command("/upshot", SAMPLE);
  await slack.command("/explain", "p95");
  await slack.event("event_app_home_opened.json");
  const home = await slack.home("the home tab");
  const opened = async (shown, action, where) => {
    await slack.press(shown, action, { response_url: slack.world.responseUrl, ...where });
    return (await slack.told(action))[0].view;
  };
  const words = await opened(why, "why");
  const original = await opened(why, "original");
  const definition = await opened(why, "missed");
  const posting = await opened(checked.view, "post_draft", { view: { id: "V1", type: "modal", callback_id: checked.view.callback_id } });
  await slack.interact({ ...fixture("slack", "global_shortcut.json"), trigger_id: "picture.compose" });
  const [{ view: compose }] = await slack.told("the form for a text");
  const aShare = await explain(SAMPLE, "shared");
  await slack.press(aShare, "share", { view: { id: "V1", type: "modal", callback_id: aShare.callback_id } });
  const shared = (await slack.told("what is shared", 2)).find(({ channel }) => channel);
  await slack.event("event_app_mention.json", (event) => { event.text = "<@U0000UPBOT> what is a canary deploy?"; });
  const [mentioned] = await slack.told("a mention");
  await slack.interact({ ...action, callback_id: "upshot_for", response_url: slack.world.responseUrl, trigger_id: "picture.for" });
  const [{ view: readerFirst }] = await slack.told("Upshot for…");
  // The home tab above is that of somebody who writes no entries.
  await letIn(slack.url);
  const kept = await keepInSlack(slack);
  const pictures = [
    ["slack-glossary", dialogPage({ width: 520, view: kept.waiting })],
    ["slack-answer", await commanded("/upshot", `for sales: ${SAMPLE}`)],
    ["slack-explain", dialogPage({ width: 520, height: 640, view: await explain(SAMPLE, 0) })],
    ["slack-home", homePage({ width: 640, view: home })],
    ["slack-term", await commanded("/explain", "p95")],
    ["slack-unknown", await commanded("/explain", "zibbler")],
    ["slack-several", await commanded("/upshot", `for finance and sales: ${SAMPLE}`)],
    ["slack-draft", dialogPage({ width: 520, height: 900, view: checked.view })],
    ["slack-reader-first", dialogPage({ width: 520, view: readerFirst })],
    ["slack-shared", postPage({ width: 640, blocks: shared.blocks })],
    ["slack-mention", postPage({ width: 640, asked: "@Upshot what is a canary deploy?", blocks: mentioned.blocks })],
    ["slack-channel", await commanded("/upshot", "settings here")],
    ["slack-why", dialogPage({ width: 520, view: words })],
    ["slack-definition", dialogPage({ width: 520, view: definition })],
    ["slack-post-draft", dialogPage({ width: 520, view: posting })],
    ["slack-compose", dialogPage({ width: 520, view: compose })],
    ["slack-nearest", await commanded("/explain", "rolback")],
  ];
  if (!flags.includes("--all")) return pictures;
  pictures.push(["all-slack-original", dialogPage({ width: 520, view: original })], ["all-slack-editor", dialogPage({ width: 520, view: editor })]);
  for (const name of ["form", "question"]) pictures.push([`all-slack-glossary-${name}`, dialogPage({ width: 520, view: kept[name] })]);
  for (const [name, text] of [["queue", ""], ["history", "history kiln"]]) {
    pictures.push([`all-slack-glossary-${name}`, messagePage({ width: 640, command: `/glossary ${text}`, blocks: kept[name].blocks })]);
  }
  pictures.push(["all-slack-home-curator", homePage({ width: 640, view: kept.home })]);
  for (const [command, text] of [["/explain", "what is a canary deploy and why should I care?"], ["/upshot", "help"], ["/upshot", "settings"]]) {
    pictures.push([`all-slack-${text.replace(/\W+/g, "-").slice(0, 20)}`, await commanded(command, text)]);
  }
  for (const [number, { text, for: reader }] of messages().entries()) {
    pictures.push([`all-slack-message-${number + 1}`, await commanded("/upshot", `for ${reader}: ${text}`.slice(0, 7_900))]);
    pictures.push([`all-slack-dialog-${number + 1}`, dialogPage({ width: 520, view: await explain(text.slice(0, 20_000), number + 1) })]);
  }
  return pictures;
}

/** What is drawn, with a little around it. */
async function clip(page) {
  const { x, y, width, height } = await page.locator("#picture").boundingBox();
  return { x: x - 16, y: y - 16, width: width + 32, height: height + 32 };
}

await mkdir(folder, { recursive: true });
const world = await startWorld();
const server = await startServer(world.settings);
try {
  const drawn = [...await slackPictures(new SlackSide(server.url, world, [])), ...await teamsPictures(new TeamsSide(server.url, world, []))];
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1.5, viewport: { width: 900, height: 800 } });
    page.on("pageerror", (error) => { throw error; });
    for (const [name, html] of drawn) {
      await page.setContent(html);
      await page.locator('body[data-drawn="yes"]').waitFor({ state: "attached" });
      const path = join(folder, `${name}.png`);
      await writeFile(path, smaller(await page.screenshot({ fullPage: true, clip: await clip(page) })));
      console.log(path);
    }
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
  await world.stop();
}
