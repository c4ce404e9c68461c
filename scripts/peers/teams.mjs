// Microsoft's own SDK judges how Upshot takes deliveries: its token check beside ours, and its reading of the recorded activities.

import { createRequire } from "node:module";
import { APP_ID, claims } from "./world.mjs";
import { TeamsSide } from "./produced.mjs";
import { fixture } from "./recorded.mjs";

const require = createRequire(import.meta.url);
const { SimpleCredentialProvider, ChannelValidation } = require("botframework-connector");
const { TeamsActivityHandler, TurnContext } = require("botbuilder");
const { MessageActivityInput } = require("@microsoft/teams.api");

const QUIET = "11-message-reaction.json";

/** Tokens with what is wrong with them. `ours` says what we answer where the SDK is known to judge otherwise, and `why`. */
function tokenCases({ keys, service }) {
  const now = Math.floor(Date.now() / 1000);
  const of = (changes, header, key = keys.good) => key.sign(claims(service, changes), header);
  const [head, body, signature] = of({}).split(".");
  const other = Buffer.from(JSON.stringify(claims(service, { aud: "another" }))).toString("base64url");
  return [
    { name: "right", token: of({}) },
    { name: "expired a little ago", token: of({ exp: now - 200 }) },
    { name: "valid in a little while", token: of({ nbf: now + 200 }) },
    { name: "expired", token: of({ exp: now - 400 }) },
    { name: "not valid yet", token: of({ nbf: now + 400 }) },
    { name: "for another app", token: of({ aud: "00000000-0000-0000-0000-000000000000" }) },
    { name: "of another issuer", token: of({ iss: "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/" }) },
    { name: "for another service", token: of({ serviceurl: "https://example.com/" }) },
    { name: "without a service", token: of({ serviceurl: undefined }) },
    { name: "with the service's name in another case", token: of({ serviceurl: undefined, serviceUrl: service }) },
    { name: "another endorsement", token: of({}, {}, keys.slackOnly), ours: 403, why: "the key's, not the token's fault: the auth kit asks for 403" },
    { name: "no endorsement", token: of({}, {}, keys.unendorsed), ours: 403, why: "the SDK takes keys that nobody endorsed" },
    { name: "a slash less", token: of({ serviceurl: service.replace(/\/$/, "") }), ours: 200, why: "the SDK compares byte by byte" },
    { name: "signed by another key of the same name", token: of({}, {}, keys.unpublished) },
    { name: "a key that nobody knows", token: of({}, { kid: "unknown" }) },
    { name: "no key", token: of({}, { kid: undefined }) },
    { name: "algorithm none", token: `${Buffer.from('{"alg":"none","kid":"good"}').toString("base64url")}.${body}.` },
    { name: "a symmetric algorithm", token: of({}, { alg: "HS256" }) },
    { name: "other claims under the signature", token: `${head}.${other}.${signature}` },
    { name: "half a token", token: `${head}.${body}` },
    { name: "no token", token: "" },
    { name: "no end", token: of({ exp: undefined }), ours: 401, why: "the SDK takes tokens for ever" },
    { name: "no beginning", token: of({ nbf: undefined }), ours: 401, why: "a token of the channel has both" },
  ];
}

export async function judgeTokens(url, world) {
  ChannelValidation.OpenIdMetadataEndpoint = `${world.origin}/metadata`;
  const credentials = new SimpleCredentialProvider(APP_ID, "app-password");
  const side = new TeamsSide(url, world, []);
  const findings = [];
  const cases = tokenCases(world);
  // It prints the key and the reason of each refusal.
  const print = console.error;
  console.error = () => {};
  for (const { name, token, ours, why } of cases) {
    const sdk = await ChannelValidation.authenticateChannelTokenWithServiceUrl(token && `Bearer ${token}`, credentials, world.service, "msteams")
      .then(() => 200, () => 401);
    const { status } = await side.post(side.activity(QUIET), token);
    if (status !== (ours ?? sdk)) findings.push(`a token, ${name}: the SDK says ${sdk}, Upshot ${status}${why ? `, although ${why}` : ""}`);
    if (ours === sdk) findings.push(`a token, ${name}: the SDK says ${sdk} too by now, so nothing is to be explained`);
  }
  console.error = print;
  return { title: `${cases.length} tokens, judged by botframework-connector`, findings };
}

/** Which handler of the SDK each recorded activity reaches, and what it must read there. */
const ACTIVITIES = {
  "02-message-personal.json": ["message", ({ activity }) => activity.text],
  "03-message-channel-mention.json": ["message", (context) => TurnContext.getMentions(context.activity).length],
  "04-message-groupchat-mention.json": ["message"],
  "05-message-targeted-slash.json": ["message"],
  "06-message-channel-no-mention.json": ["message"],
  "07-message-card-submit.json": ["message", ({ activity }) => activity.value],
  "08-conversation-update-bot-added.json": ["members added"],
  "09-installation-update-add.json": ["installation add"],
  "10-installation-update-remove.json": ["installation remove"],
  "11-message-reaction.json": ["reactions added"],
  "12-message-edit.json": ["edit"],
  "13-message-delete.json": ["soft delete"],
  "14-fetch-task-message-action.json": ["fetchTask", (_, action) => action.messagePayload.body.content],
  "15-submit-action.json": ["submitAction", (_, action) => action.data],
  "16-submit-action-preview-send.json": ["preview send", (_, action) => action.botActivityPreview[0]],
  "17-query.json": ["query", (_, query) => query.parameters[0].value],
  "18-select-item.json": ["selectItem", (_, item) => item],
  "19-adaptive-card-action.json": ["card action", (_, value) => value.action.verb],
  "20-task-fetch.json": ["task fetch", (_, request) => request.data],
  "21-task-submit.json": ["task submit", (_, request) => request.data],
};

class Reader extends TeamsActivityHandler {
  constructor() {
    super();
    this.read = [];
    const note = (kind) => async (context, next) => { this.read.push([kind, context]); await next(); };
    this.onMessage(note("message"));
    this.onMembersAdded(note("members added"));
    this.onInstallationUpdateAdd(note("installation add"));
    this.onInstallationUpdateRemove(note("installation remove"));
    this.onReactionsAdded(note("reactions added"));
    this.onTeamsMessageEditEvent(note("edit"));
    this.onTeamsMessageSoftDeleteEvent(note("soft delete"));
  }
  async handleTeamsMessagingExtensionFetchTask(context, action) { this.read.push(["fetchTask", context, action]); return {}; }
  async handleTeamsMessagingExtensionSubmitAction(context, action) { this.read.push(["submitAction", context, action]); return {}; }
  async handleTeamsMessagingExtensionBotMessagePreviewSend(context, action) { this.read.push(["preview send", context, action]); return {}; }
  async handleTeamsMessagingExtensionQuery(context, query) { this.read.push(["query", context, query]); return {}; }
  async handleTeamsMessagingExtensionSelectItem(context, item) { this.read.push(["selectItem", context, item]); return {}; }
  async handleTeamsTaskModuleFetch(context, request) { this.read.push(["task fetch", context, request]); return {}; }
  async handleTeamsTaskModuleSubmit(context, request) { this.read.push(["task submit", context, request]); return {}; }
  async onAdaptiveCardInvoke(context, value) { this.read.push(["card action", context, value]); return { statusCode: 200, type: "", value: {} }; }
}

export async function judgeActivities() {
  const findings = [];
  const adapter = { sendActivities: async (_, sent) => sent.map(() => ({ id: "1" })) };
  for (const [name, [kind, value]] of Object.entries(ACTIVITIES)) {
    const activity = fixture("teams", name);
    // As the SDK's own adapter reads them from the wire.
    for (const field of ["timestamp", "localTimestamp", "expiration"]) if (activity[field]) activity[field] = new Date(activity[field]);
    const reader = new Reader();
    await reader.run(new TurnContext(adapter, activity));
    const [[read, context, argument] = []] = reader.read;
    if (reader.read.length !== 1 || read !== kind) findings.push(`${name}: the SDK reads ${reader.read.map(([one]) => one)} and not ${kind}`);
    else if (value && !value(context, argument)) findings.push(`${name}: the SDK finds nothing in it`);
  }
  return { title: `${Object.keys(ACTIVITIES).length} recorded activities, read by botbuilder`, findings };
}

/** Messages that the SDK's builder writes, each as the bot service would deliver it, with words that the answer must hold. */
const BUILT = {
  "a plain message": [(message) => message.withText("for sales: the rollback takes 10 min"), "10 min"],
  "a message that calls Upshot": [(message, bot) => message.addMention(bot).addText(" what is a rollback?"), "version that worked"],
  "a message that quotes another": [(message, bot) => message.addMention(bot).addText(" explain p95").addQuote("1789377164512"), "slowest"],
  "a message in Markdown": [(message) => message.withText("for finance: **cost** went from $4,000 to $9,000").withTextFormat("markdown"), "$9,000"],
  "a private message": [(message, bot) => message.withText("explain p95").withRecipient(bot, true), "slowest"],
};

export async function judgeBuilt(url, world) {
  const side = new TeamsSide(url, world, []);
  const findings = [];
  for (const [name, [write, words]] of Object.entries(BUILT)) {
    // An id and a conversation that no other judge uses: what comes twice is answered once.
    const recorded = side.activity("02-message-personal.json", (activity) => {
      activity.id = `built ${activity.id}`;
      activity.conversation.id += ":built";
    });
    const built = JSON.parse(JSON.stringify(write(new MessageActivityInput(), recorded.recipient)));
    const { text, attachments, textFormat, ...envelope } = recorded;
    const response = await side.post({ ...envelope, ...built });
    if (response.status !== 200) {
      findings.push(`${name}, built by the SDK, is answered with ${response.status}`);
      continue;
    }
    const [{ body }] = await world.expect();
    if (!JSON.stringify(body).includes(words)) findings.push(`${name}, built by the SDK: the answer says nothing of ${words}`);
  }
  return { title: `${Object.keys(BUILT).length} messages built by teams.api, answered by Upshot`, findings };
}
