// Everything Upshot shows on Slack and Teams, gathered by using it: commands, shortcuts, buttons, forms, the home tab, messages,
// the conversation as an agent's, dialogs, searches, cards, manifests and what the command line prints. `gather` answers with rows of { surface, from, value }.

import { execFileSync } from "node:child_process";
import { parse } from "yaml";
import { asHtml, escaped, fixture, messages } from "./recorded.mjs";
import { claims, form, slackHeaders, webhookHeader } from "./world.mjs";

const TERMS = ["p95", "what is a canary deploy and why should I care?", "SLO and error budget", "xyzzyquux", "p95 in one line", "pod"];
const FORM_HEADERS = { "content-type": "application/x-www-form-urlencoded" };
const JSON_HEADERS = { "content-type": "application/json" };

async function json(response, what) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} was answered ${response.status} ${text.slice(0, 300)}`);
  return text === "" ? null : JSON.parse(text);
}

/** Upshot as Slack uses it. */
export class SlackSide {
  #number = 0;
  constructor(url, world, rows) {
    Object.assign(this, { url, world, rows });
  }

  #fresh(kind) {
    this.#number += 1;
    return `${kind}.${process.pid}.${this.#number}`;
  }

  keep(surface, from, value) {
    this.rows.push({ surface, from, value });
    return value;
  }

  async #deliver(path, headers, body, what) {
    const response = await fetch(this.url + path, { method: "POST", headers: { ...headers, ...slackHeaders(body) }, body });
    return json(response, what);
  }

  /** What was sent to Slack, put in its row. */
  async told(from, count = 1) {
    const calls = await this.world.expect(count);
    for (const { path, body } of calls) {
      if (path.startsWith("/hook")) this.keep("slack.response", from, body);
      else if (/views\.(open|push|update)/.test(path)) this.keep("slack.modal", from, body.view);
      else if (/chat\./.test(path)) this.keep("slack.posted", from, body);
      else throw new Error(`${from}: an unexpected call of ${path}`);
    }
    return calls.map(({ body }) => body);
  }

  /** The next home tab that was drawn, put in its row. */
  async home(from) {
    const [{ body: { view } }] = await this.world.expect(1, this.world.homes);
    return this.keep("slack.home", from, view);
  }

  /** The next prompts or sign of work, put in its row with whatever came before it. */
  async sign(kind, from) {
    for (;;) {
      const [{ path, body }] = await this.world.expect(1, this.world.signs);
      this.keep(path.includes("setSuggestedPrompts") ? "slack.prompts" : "slack.session", from, body);
      if (path.includes(kind)) return body;
    }
  }

  async command(command, text) {
    const body = form({
      command, text, team_id: "T0000UPSHT", team_domain: "alderbrook", channel_id: "C0INCIDENT", user_id: "U0ELENA001",
      trigger_id: this.#fresh("command"), response_url: this.world.responseUrl,
    });
    return this.#deliver("/slack/commands", FORM_HEADERS, body, `${command} ${text}`);
  }

  async interact(payload) {
    const whole = { trigger_id: this.#fresh("click"), team: { id: "T0000UPSHT", domain: "alderbrook" }, user: { id: "U0ELENA001" }, ...payload };
    return this.#deliver("/slack/interactions", FORM_HEADERS, form({ payload: JSON.stringify(whole) }), payload.type);
  }

  async send(body) {
    return this.#deliver("/slack/events", JSON_HEADERS, JSON.stringify(body), body.event.type);
  }

  async event(name, change) {
    const body = fixture("slack", name);
    body.event_id = this.#fresh("Ev");
    // Answers to one channel wait for each other, by Slack's pace.
    body.event.channel += this.#number;
    change?.(body.event);
    return this.send(body);
  }

  /** Presses a control of a message or a view. */
  async press(shown, actionId, where, choice) {
    const all = shown.blocks.flatMap((block) => [...(block.elements ?? []), block.element, block.accessory].filter(Boolean)
      .map((element) => ({ ...element, block_id: block.block_id })));
    const control = all.find((element) => element?.action_id === actionId);
    if (!control) throw new Error(`there is no ${actionId} to press`);
    const action = { type: control.type, action_id: actionId, block_id: control.block_id };
    if (control.type === "conversations_select") action.selected_conversation = choice;
    else if (choice) action.selected_option = { text: { type: "plain_text", text: choice }, value: choice };
    else action.value = control.value;
    await this.interact({ type: "block_actions", actions: [action], ...where });
  }
}

async function slackSurfaces(slack, all) {
  const inMessage = { response_url: slack.world.responseUrl, container: { type: "message", is_ephemeral: true } };
  for (const [number, { text, for: reader }] of all.entries()) {
    const from = `message ${number + 1}`;
    // Slack itself cuts what is typed at so many characters.
    slack.keep("slack.response", from, await slack.command("/upshot", `for ${reader}: ${text}`.slice(0, 7_900)));
    slack.keep("slack.response", `${from} for two readers`, await slack.command("/upshot", `for finance and sales: ${text}`.slice(0, 7_900)));
    const action = fixture("slack", "message_action_plain.json");
    delete action.message.blocks;
    Object.assign(action, { trigger_id: undefined, response_url: slack.world.responseUrl });
    action.message.text = escaped(text.slice(0, 39_000));
    await slack.interact({ ...action, trigger_id: `action.${process.pid}.${number}` });
    await slack.told(`Explain this on ${from}`);
    await slack.interact({ ...action, callback_id: "upshot_for", trigger_id: `for.${process.pid}.${number}` });
    await slack.told(`Upshot for… on ${from}`);
    await slack.event("event_app_mention.json", (event) => { event.text = `<@U0000UPBOT> for ${reader}: ${action.message.text.slice(0, 30_000)}`; });
    await slack.told(`a mention with ${from}`);
  }
  for (const typed of ["", "help", "settings", "settings sales", "settings here", "for wizards: the pod is down", "settings wizards"]) {
    slack.keep("slack.response", `/upshot ${typed}`, await slack.command("/upshot", typed));
  }
  for (const term of TERMS) slack.keep("slack.response", `/explain ${term}`, await slack.command("/explain", term));

  const message = await slack.command("/upshot", `for sales: ${all[0].text}`);
  for (const id of ["plain", "why", "original"]) {
    await slack.press(message, id, inMessage);
    await slack.told(`the button ${id}`);
  }
  for (const [id, choice] of [["audience", "finance"], ["helpful"], ["missed"], ["share"]]) {
    const fresh = await slack.command("/upshot", `for sales: ${all[0].text}`);
    await slack.press(fresh, id, inMessage, choice);
    await slack.told(`the control ${id}`, id === "share" ? 2 : 1);
  }
  await slack.press(await slack.command("/explain", "xyzzyquux"), "request_definition", inMessage);
  await slack.told("asking for a definition");

  await slack.interact({ ...fixture("slack", "global_shortcut.json"), trigger_id: `compose.${process.pid}` });
  const [{ view: compose }] = await slack.told("the shortcut that writes");
  const sent = (view, id, values) => slack.interact({
    type: "view_submission",
    view: { id, callback_id: view.callback_id, private_metadata: view.private_metadata ?? "", state: { values } },
    response_urls: [{ block_id: "where", action_id: "value", channel_id: "C0SALES001", response_url: slack.world.responseUrl }],
  });
  const field = (value) => ({ value: { value } });
  const picked = (value) => ({ value: { selected_option: { value } } });
  slack.keep("slack.form", "the form that writes, sent", await sent(compose, "V1", { text: field(all[0].text), reader: picked("sales") }));

  await slack.interact({ ...fixture("slack", "global_shortcut.json"), callback_id: "check_draft", trigger_id: `draft.${process.pid}` });
  const [{ view: editor }] = await slack.told("the draft editor");
  for (const [number, { text }] of all.entries()) {
    // The field takes 3,000 characters.
    const readers = { value: { selected_options: ["finance", "sales", "executive"].map((value) => ({ value })) } };
    slack.keep("slack.form", `a draft, message ${number + 1}`, await sent(editor, "V2", { text: field(text.slice(0, 3_000)), readers }));
  }
  const readers = { value: { selected_options: [{ value: "finance" }] } };
  const checked = slack.keep("slack.form", "a draft to post", await sent(editor, "V2", { text: field(all[0].text), readers }));
  await slack.press(checked.view, "post_draft", { view: { id: "V2", type: "modal", callback_id: "draft" } });
  const [{ view: posting }] = await slack.told("where to post a draft");
  const version = posting.blocks.find((block) => block.block_id === "version").element.options.at(-1).value;
  slack.keep("slack.form", "a draft, posted",
    await sent(posting, "V3", { version: picked(version), where: { value: { selected_conversation: "C0SALES001" } } }));
  await slack.told("a posted draft", 2);

  await slack.event("event_app_home_opened.json");
  const home = await slack.home("the home tab");
  const onHome = { view: { id: "V0HOME0001", type: "home", callback_id: "home" } };
  await slack.press(home, "audience", onHome, "finance");
  await slack.home("a reader chosen on the home tab");
  await slack.press(home, "glossary_lookup", onHome, "p95");
  await slack.home("a term chosen on the home tab");
  await slack.event("event_message_im.json", (event) => { event.text = "what is p95?"; delete event.blocks; });
  await slack.told("a direct message");
  const [opened] = fixture("slack", "event_agent_surface.json");
  await slack.send({ ...opened.body, event_id: `Ev.opened.${process.pid}` });
  const { prompts } = await slack.sign("setSuggestedPrompts", "the opened conversation");
  for (const [name, words] of [["a question", "what is p95?"], ["a message", all[0].text], ["what is in sight", prompts[0].message]]) {
    await slack.event("event_message_im.json", (event) => { event.text = escaped(words); delete event.blocks; });
    await slack.told(`${name} in the conversation`);
    while ((await slack.sign("sessions.setStatus", `${name} in the conversation`)).status !== "active");
  }
  for (const typed of ["s", "slo", "canary"]) {
    slack.keep("slack.options", `options for ${typed}`, await slack.interact({ ...fixture("slack", "block_suggestion.json"), value: typed }));
  }
}

/** Upshot as the bot service and outgoing webhooks use it. */
export class TeamsSide {
  // A program that counted from one again would send what was sent before, which is answered once.
  static #sides = 0;
  #number = 10_000 * (TeamsSide.#sides += 1);
  constructor(url, world, rows) {
    Object.assign(this, { url, world, rows });
  }

  keep(surface, from, value) {
    this.rows.push({ surface, from, value });
    return value;
  }

  /** A recorded activity that belongs to this world, changed and under a fresh id. */
  activity(name, change) {
    const activity = fixture("teams", name);
    activity.serviceUrl = this.world.service;
    this.#number += 1;
    activity.id = `${activity.type === "invoke" ? "f:" : ""}${1_789_377_000_000 + this.#number}`;
    // Answers to one conversation wait for each other, by Teams' pace.
    activity.conversation.id = activity.conversation.id.replace(/^(a:|19:)/, `$1${this.#number}`);
    change?.(activity);
    return activity;
  }

  async post(activity, token = this.world.keys.good.sign(claims(activity.serviceUrl))) {
    const headers = { ...JSON_HEADERS, ...(token && { authorization: `Bearer ${token}` }) };
    return fetch(`${this.url}/api/messages`, { method: "POST", headers, body: JSON.stringify(activity) });
  }

  /** Delivers a message and keeps what is posted for it. */
  async message(from, name, change) {
    const activity = this.activity(name, change);
    await json(await this.post(activity), from);
    const [{ path, body }] = await this.world.expect();
    if (!path.startsWith("/service/v3/conversations/")) throw new Error(`${from}: an unexpected call of ${path}`);
    return this.keep("teams.activity", from, body);
  }

  async invoke(from, name, change) {
    const activity = this.activity(name, change);
    const answer = await json(await this.post(activity), from);
    return this.keep(`teams.invoke ${activity.name}`, from, answer);
  }

  async hook(from, text) {
    const message = JSON.parse(fixture("teams", "01-outgoing-webhook.json").request.raw_body);
    this.#number += 1;
    Object.assign(message, { timestamp: new Date().toISOString(), id: String(this.#number), text: `<at>UpshotHook</at> ${text}\n`, attachments: [] });
    const body = JSON.stringify(message);
    const headers = { ...JSON_HEADERS, authorization: webhookHeader(body) };
    return this.keep("teams.hook", from, await json(await fetch(`${this.url}/teams/webhook`, { method: "POST", headers, body }), from));
  }
}

const cardTitles = (card) => card.body.flatMap((element) => element.actions ?? []).map((action) => action.title);

/** The action of a card with this title. */
export function cardAction(card, title) {
  const all = card.body.flatMap((element) => element.actions ?? []);
  const action = all.find((candidate) => candidate.title === title);
  if (!action) throw new Error(`there is no “${title}” to press, only ${cardTitles(card).join(", ")}`);
  return action;
}

async function teamsSurfaces(teams, all) {
  const html = (text) => (activity) => {
    activity.text = text;
    activity.attachments = [{ contentType: "text/html", content: asHtml(text) }];
  };
  for (const [number, { text, for: reader }] of all.entries()) {
    const from = `message ${number + 1}`;
    const short = text.slice(0, 20_000);
    await teams.hook(from, `for ${reader}: ${short}`);
    const posted = await teams.message(`${from} in a chat`, "02-message-personal.json", html(`for ${reader}: ${short}`));
    const mention = (words) => (activity) => {
      const at = '<at>Upshot</at>';
      activity.entities = activity.entities.filter((entity) => entity.type === "mention" && entity.mentioned.id === activity.recipient.id);
      activity.text = `${activity.entities[0]?.text ?? at} ${words}`;
      delete activity.attachments;
    };
    await teams.message(`${from} in a channel`, "03-message-channel-mention.json", mention(`for ${reader}: ${short}`));
    await teams.message(`${from} as a slash command`, "05-message-targeted-slash.json", (activity) => {
      activity.text = `upshot for ${reader}: ${short}`;
      delete activity.attachments;
    });
    const open = (activity) => { activity.value.messagePayload.body = { contentType: "html", content: asHtml(short) }; };
    const { task } = await teams.invoke(`Explain this on ${from}`, "14-fetch-task-message-action.json", open);
    const press = (verb, data) => (activity) => {
      activity.value = { action: { type: "Action.Execute", verb, data }, trigger: "manual" };
    };
    const submit = (data) => (activity) => {
      const { messagePayload } = fixture("teams", "14-fetch-task-message-action.json").value;
      activity.value = { ...activity.value, data, messagePayload };
      open(activity);
    };
    if (task.type === "continue") {
      const card = task.value.card.content;
      const reword = { ...cardAction(card, "Rewrite for this reader").data, audience: "finance" };
      await teams.invoke(`${from}, dialog for another reader`, "15-submit-action.json", submit(reword));
      const approved = cardAction(card, "Use in my message").data;
      await teams.invoke(`${from} put into the own message`, "15-submit-action.json", submit(approved));
      await teams.invoke(`${from}, another version than was read`, "15-submit-action.json", submit({ ...approved, audience: "finance" }));
      await teams.invoke(`${from}, dialog judged`, "15-submit-action.json", submit(cardAction(card, "This helped").data));
    }
    const card = posted.attachments?.[0].content;
    // A word or two is explained instead.
    if (card && cardTitles(card).includes("Something is wrong")) {
      const reword = cardAction(card, "Rewrite for this reader");
      await teams.invoke(`${from}, card for another reader`, "19-adaptive-card-action.json", press(reword.verb, { ...reword.data, audience: "executive" }));
      await teams.invoke(`${from}, card judged`, "19-adaptive-card-action.json", press("wrong", cardAction(card, "Something is wrong").data));
    }
  }
  for (const words of ["", "help", "settings", "settings sales", "for finance and sales: the pod is down at 14:05", "for wizards: hello", ...TERMS.map((term) => `explain ${term}`)]) {
    await teams.hook(`“${words}” to a webhook`, words);
    await teams.message(`“${words}” in a chat`, "02-message-personal.json", (activity) => {
      activity.text = words;
      delete activity.attachments;
    });
  }
  const missing = await teams.message("an answer", "02-message-personal.json", html(all[0].text));
  const miss = cardAction(missing.attachments[0].content, "A term is missing");
  await teams.invoke("a missing term", "19-adaptive-card-action.json", (activity) => {
    activity.value = { action: { type: "Action.Execute", verb: miss.verb, data: miss.data }, trigger: "manual" };
  });
  await teams.invoke("a refresh of what is gone", "19-adaptive-card-action.json", (activity) => {
    activity.value = { action: { type: "Action.Execute", verb: "again", data: { upshot: "again", job: "gone", audience: "sales" } }, trigger: "automatic" };
  });
  const { task: editor } = await teams.invoke("an empty draft", "14-fetch-task-message-action.json", (activity) => {
    activity.value = { commandId: "rewriteDraft", commandContext: "compose" };
  });
  const sent = (data) => (activity) => { activity.value = { commandId: "rewriteDraft", commandContext: "compose", data }; };
  const check = cardAction(editor.value.card.content, "Check").data;
  for (const [number, { text }] of all.entries()) {
    for (const readers of ["sales", "sales,finance,hr", "sales,finance,hr,legal"]) {
      const from = `a draft of message ${number + 1} for ${readers}`;
      const { task } = await teams.invoke(from, "15-submit-action.json", sent({ ...check, text, readers }));
      const title = "Use in my message: Sales";
      if (task.type !== "continue" || !cardTitles(task.value.card.content).includes(title)) continue;
      await teams.invoke(`${from}, used`, "15-submit-action.json", sent(cardAction(task.value.card.content, title).data));
    }
  }
  await teams.invoke("a message whose reader is chosen first", "14-fetch-task-message-action.json", (activity) => {
    activity.value.commandId = "upshotFor";
  });
  await teams.invoke("a post without words", "14-fetch-task-message-action.json", (activity) => {
    activity.value.messagePayload.body = { contentType: "html", content: '<attachment id="1"></attachment>' };
  });
  for (const typed of ["", "s", "slo", "canary dep", "xyzzyquux", "data"]) {
    await teams.invoke(`a search for “${typed}”`, "17-query.json", (activity) => { activity.value.parameters[0].value = typed; });
  }
  for (const name of ["16-submit-action-preview-send.json", "18-select-item.json", "20-task-fetch.json", "21-task-submit.json", "22-application-search.json", "23-feedback.json"]) {
    await teams.invoke(`the recorded ${name}`, name);
  }
  for (const name of ["04-message-groupchat-mention.json", "08-conversation-update-bot-added.json"]) {
    await teams.message(`the recorded ${name}`, name);
  }
}

function commandLine(program, all, rows) {
  const run = (from, format, args, input = "") => {
    const options = { input, encoding: "utf8", maxBuffer: 1 << 24, env: { PATH: process.env.PATH } };
    const value = JSON.parse(execFileSync(program, [...args, "--format", format], options));
    rows.push({ surface: format === "slack" ? "slack.response" : "teams.activity", from: `upshot ${args[0]}, ${from}`, value });
  };
  for (const format of ["slack", "teams"]) {
    for (const [number, { text, for: reader }] of all.entries()) {
      run(`message ${number + 1}`, format, ["rewrite", "--for", reader], text);
    }
    for (const term of TERMS) run(term, format, ["explain", term]);
  }
}

/** The manifests of an app that Slack reaches, and of one that it does not. */
function manifests(program, rows) {
  const at = "https://upshot.example.com";
  for (const args of [["--url", at], ["--socket"], ["--socket", "--url", at]]) {
    const text = execFileSync(program, ["manifest", "slack", ...args], { encoding: "utf8", env: { PATH: process.env.PATH } });
    rows.push({ surface: "slack.manifest", from: `manifest slack ${args.join(" ")}`, value: parse(text) });
  }
}

/** Everything that is shown, by use of a started server and of the program. */
export async function gather(url, world, program, more) {
  const rows = [];
  const all = messages(more);
  await slackSurfaces(new SlackSide(url, world, rows), all);
  await teamsSurfaces(new TeamsSide(url, world, rows), all);
  commandLine(program, all, rows);
  manifests(program, rows);
  return rows;
}
