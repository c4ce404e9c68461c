// Keeping the glossary in chat, as people do it: a form with a mistake in it, an entry, what waits, the question why a step is taken, the
// history and the way back; in Slack by one dialog, in Teams by cards. Each gives what was shown, for pictures of it.

import { setTimeout as pause } from "node:timers/promises";
import { cardAction } from "./produced.mjs";
import { asHtml, fixture } from "./recorded.mjs";
import { ADMIN_TOKEN } from "./world.mjs";

const CHECK_LIMIT_MS = 60_000;
const POLL_EVERY_MS = 100;
// One that is seen at once, however slowly the program tries sentences.
const MISTAKE = { wordings: "shop copy | gerund" };
/** What each term is: two that were told by the same words would be called one, and not be saved at once. */
const MEANINGS = {
  kiln: ["A group of machines that runs one copy of the shop.", "shop copy"],
  zibbler: ["A lamp that shows whether the night watch has begun.", "night lamp"],
  furnace: ["A burner that keeps the hall warm in winter.", "hall heating"],
  grobnitz: ["A bell that rings when somebody has brought a parcel.", "parcel bell"],
};

const entry = (term) => ({
  terms: `${term} | noun`,
  definition: MEANINGS[term][0],
  wordings: MEANINGS[term][1],
  match: `The ${term} is down.`,
  no_match: "The weather is fine.",
  subject_field: "platform",
  reason: "Everybody asks.",
});

const personInTeams = () => {
  const { from, conversation } = fixture("teams", "02-message-personal.json");
  return { workspace: conversation.tenantId, person: from.aadObjectId };
};

/** Lets the people of the recorded deliveries do everything. */
export async function letIn(url) {
  const people = [
    { name: "Elena", platform: "slack", workspace: "T0000UPSHT", person: "U0ELENA001" },
    { name: "Elena Ruiz", platform: "teams", ...personInTeams() },
  ];
  for (const person of people) {
    const response = await fetch(`${url}/api/v1/curators`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ role: "admin", ...person }),
    });
    if (!response.ok) throw new Error(`${person.name} is not let in: ${response.status} ${await response.text()}`);
  }
}

/** Waits until an entry has this revision: a program that is not optimised checks it for longer than a chat waits. */
async function hasRevision(url, id, revision) {
  for (const deadline = Date.now() + CHECK_LIMIT_MS; Date.now() < deadline; await pause(POLL_EVERY_MS)) {
    const response = await fetch(`${url}/api/v1/concepts/${id}`);
    if (response.ok && (await response.json()).revision >= revision) return;
  }
  throw new Error(`${id} has no revision ${revision}`);
}

/** A form with a mistake saves nothing; otherwise nothing below would be what its name says. */
async function isNotSaved(url, id) {
  const { status } = await fetch(`${url}/api/v1/concepts/${id}`);
  if (status !== 404) throw new Error(`${id} with a mistake is answered ${status}`);
}

/** A post with one new word, and a sentence with it that names nobody. */
const proposal = (term) => `Heads up. The ${term} is down again. Marco looks after it.`;

/** Throws unless the term and its sentence are filled in. */
function hasWords(values, term) {
  for (const expected of [term, `The ${term} is down again.`]) {
    if (!values.includes(expected)) throw new Error(`“${expected}” is not filled in: ${JSON.stringify(values)}`);
  }
}

/** What Slack sends of a form: each field as it stands there, or as it was changed. */
function filled(view, changes) {
  const inputs = view.blocks.filter((block) => block.type === "input");
  const value = ({ block_id: id, element }) => (element.type === "static_select"
    ? { type: element.type, selected_option: element.options.find((option) => option.value === changes[id]) ?? element.initial_option }
    : { type: element.type, value: changes[id] ?? element.initial_value ?? null });
  return { values: Object.fromEntries(inputs.map((input) => [input.block_id, { value: value(input) }])) };
}

/** The dialog of Slack. */
export async function keepInSlack(slack) {
  const inMessage = { response_url: slack.world.responseUrl, container: { type: "message", is_ephemeral: true } };
  const inDialog = { view: { id: "V1", type: "modal", callback_id: "glossary" } };
  const opened = async (from, text) => {
    await slack.command("/glossary", text);
    return (await slack.told(from))[0].view;
  };
  const pressed = async (from, shown, id, where) => {
    await slack.press(shown, id, where);
    return (await slack.told(from))[0].view;
  };
  const sent = (view, changes = {}) => slack.interact({
    type: "view_submission",
    view: { id: "V1", type: "modal", callback_id: view.callback_id, private_metadata: view.private_metadata, state: filled(view, changes) },
  });
  const answered = async (from, text) => slack.keep("slack.response", from, await slack.command("/glossary", text));
  let revision = 0;
  /** Sends a form that is taken. What takes longer than Slack waits for is shown in the dialog afterwards. */
  const taken = async (from, view, changes, id, wanted) => {
    const answer = await sent(view, changes);
    const isLate = answer.response_action === "errors";
    slack.keep(isLate ? "slack.errors" : "slack.form", from, answer);
    await hasRevision(slack.url, id, wanted);
    if (isLate) await slack.told(`${from}, late`);
    await slack.home(`the home tab behind ${from}`);
  };
  const saved = (from, view, changes) => taken(from, view, changes, "kiln", (revision += 1));

  const form = await opened("the form of a new entry", "add kiln");
  slack.keep("slack.errors", "a form with a mistake", await sent(form, { ...entry("kiln"), ...MISTAKE }));
  await isNotSaved(slack.url, "kiln");
  await saved("an entry that was handed in", form, entry("kiln"));
  const queue = await answered("what waits", "");
  const waiting = await pressed("an entry that waits", queue, "entry_open", inMessage);
  const question = await pressed("the question why it goes back", waiting, "entry_return", inDialog);
  await saved("an entry that was sent back", question, { reason: "Whose shop?" });
  const edited = await opened("the form of an entry", "edit kiln");
  await saved("an entry that was changed", edited, { definition: "A group of machines that runs our shop.", then: "draft" });
  const draft = await answered("a draft", "open kiln");
  const approval = await pressed("the question why it is approved", draft, "entry_approve", inMessage);
  await saved("an entry that was approved", approval, {});
  const history = await answered("a history", "history kiln");
  const goingBack = await pressed("the question why earlier words come back", history, "entry_back", inMessage);
  await saved("earlier words", goingBack, { reason: "They were right." });
  for (const text of ["kiln", "deploy", "xyzzyquux", "open kiln"]) await answered(`/glossary ${text}`, text);
  await slack.event("event_app_home_opened.json");
  const home = await slack.home("the home tab of somebody who looks after the glossary");
  await slack.press(home, "home_channel", { view: { id: "V0HOME0001", type: "home", callback_id: "home" } }, "C0INCIDENT");
  await slack.home("a channel chosen on the home tab");

  const offered = async (from, name, change) => {
    const action = fixture("slack", name);
    delete action.trigger_id;
    Object.assign(action, { callback_id: "add_to_glossary", response_url: slack.world.responseUrl });
    change?.(action.message);
    await slack.interact(action);
    return (await slack.told(from))[0].view;
  };
  for (const kind of ["plain", "rich_text", "bot_message", "in_thread"]) await offered(`Add to glossary on a message (${kind})`, `message_action_${kind}.json`);
  await offered("Add to glossary on a picture", "message_action_plain.json", (message) => {
    delete message.blocks;
    Object.assign(message, { text: "", files: [{ id: "F1", mimetype: "image/png", name: "board.png" }] });
  });
  const proposed = await offered("Add to glossary on a message with a new word", "message_action_plain.json", (message) => {
    delete message.blocks;
    message.text = proposal("zibbler");
  });
  hasWords(proposed.blocks.filter((block) => block.type === "input").map((block) => block.element.initial_value), "zibbler");
  const { terms, match, ...written } = entry("zibbler");
  await taken("an entry from a message", proposed, written, "zibbler", 1);
  return { form, queue, waiting, question, history, home, proposed };
}

/** The cards of Teams. */
export async function keepInTeams(teams) {
  const { person } = personInTeams();
  const written = async (from, text) => (await teams.message(from, "02-message-personal.json", (activity) => {
    activity.text = text;
    activity.from.aadObjectId = person;
    delete activity.attachments;
  })).attachments[0].content;
  const pressed = async (from, card, title, fields = {}) => {
    const { verb, data, associatedInputs } = cardAction(card, title);
    const inputs = card.body.filter((element) => element.type === "Input.Text").map(({ id, value }) => [id, value ?? ""]);
    const whole = associatedInputs === "none" ? data : { ...data, ...Object.fromEntries(inputs), ...fields };
    const answer = await teams.invoke(from, "19-adaptive-card-action.json", (activity) => {
      activity.from.aadObjectId = person;
      activity.value = { action: { type: "Action.Execute", verb, data: whole }, trigger: "manual" };
    });
    return answer.value;
  };
  let revision = 0;
  const changed = async (...press) => {
    await pressed(...press);
    await hasRevision(teams.url, "furnace", (revision += 1));
  };
  const form = await written("the form of a new entry", "glossary add furnace");
  await pressed("a form with a mistake", form, "Hand in for review", { ...entry("furnace"), ...MISTAKE });
  await isNotSaved(teams.url, "furnace");
  await changed("an entry that was handed in", form, "Hand in for review", entry("furnace"));
  const queue = await written("what waits", "glossary");
  const waiting = await pressed("an entry that waits", queue, "Open “furnace”");
  await changed("an entry that was sent back", waiting, "Send back to the author", { reason: "Whose shop?" });
  const edited = await written("the form of an entry", "glossary edit furnace");
  await changed("an entry that was changed", edited, "Save as a draft", { definition: "A burner that keeps our hall warm from May to June." });
  await changed("an entry that was approved", await written("a draft", "glossary open furnace"), "Approve");
  const history = await written("a history", "glossary history furnace");
  await pressed("earlier words", history, "Go back to revision 2");
  for (const text of ["furnace", "deploy", "xyzzyquux", "open furnace"]) await written(`glossary ${text}`, `glossary ${text}`);

  const offered = async (from, body) => (await teams.invoke(from, "14-fetch-task-message-action.json", (activity) => {
    activity.from.aadObjectId = person;
    activity.value.commandId = "addToGlossary";
    if (body) activity.value.messagePayload.body = body;
  })).task.value.card.content;
  await offered("Add to glossary on the recorded message");
  await offered("Add to glossary on a picture", { contentType: "html", content: '<attachment id="1"></attachment>' });
  const body = { contentType: "html", content: asHtml(proposal("grobnitz")) };
  const proposed = await offered("Add to glossary on a message with a new word", body);
  const inputs = proposed.body.filter((element) => element.type === "Input.Text").map(({ id, value }) => [id, value ?? ""]);
  hasWords(inputs.map(([, value]) => value), "grobnitz");
  const { terms, match, ...fields } = entry("grobnitz");
  await teams.invoke("an entry from a message", "15-submit-action.json", (activity) => {
    activity.from.aadObjectId = person;
    activity.value.commandId = "addToGlossary";
    activity.value.messagePayload.body = body;
    activity.value.data = { ...cardAction(proposed, "Hand in for review").data, ...Object.fromEntries(inputs), ...fields };
  });
  await hasRevision(teams.url, "grobnitz", 1);
  return { form, queue, waiting, history, proposed };
}
