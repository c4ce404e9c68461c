// Faults planted into what was gathered, so that it is known that the judges see.

/** Rows with one fault each, named in `from`. */
export function planted(rows) {
  const damaged = (row, from, damage) => {
    const value = structuredClone(row.value);
    damage(value);
    return { surface: row.surface, from: `planted: ${from}`, value };
  };
  const has = (kind) => ({ value }) => value.blocks?.some((block) => block.elements?.some((element) => element.type === kind));
  const message = rows.find((row) => row.surface === "slack.response" && has("button")(row) && has("static_select")(row));
  const modal = rows.find(({ surface }) => surface === "slack.modal");
  const chat = rows.find(({ surface, value }) => surface === "teams.activity" && JSON.stringify(value).includes("Input.ChoiceSet"));
  const search = rows.find(({ surface }) => surface === "teams.invoke composeExtension/query");
  const manifest = rows.find(({ surface }) => surface === "slack.manifest");
  const session = rows.find(({ surface }) => surface === "slack.session");
  const prompts = rows.find(({ surface }) => surface === "slack.prompts");
  const errors = rows.find(({ surface }) => surface === "slack.errors");
  const buttons = (value) => value.blocks.flatMap((block) => block.elements ?? []).filter(({ type }) => type === "button");
  const part = (value, kind) => value.attachments[0].content.body.find(({ type }) => type === kind);
  return [
    damaged(message, "a section that is too long", (value) => { value.blocks[0].text.text = "x".repeat(3_001); }),
    damaged(message, "a field that Slack does not know", (value) => { value.blocks[0].colour = "red"; }),
    damaged(message, "a block that Slack does not know", (value) => { value.blocks.push({ type: "marquee" }); }),
    damaged(message, "too many blocks", (value) => { value.blocks.push(...Array(50).fill({ type: "divider" })); }),
    damaged(message, "a button with a long text", (value) => { buttons(value)[0].text.text = "x".repeat(76); }),
    damaged(message, "a style that no button has", (value) => { buttons(value)[0].style = "loud"; }),
    damaged(message, "no text beside the blocks", (value) => { value.text = ""; }),
    damaged(modal, "a long title", (value) => { value.title.text = "x".repeat(25); }),
    damaged(errors, "a mistake that is told without words", (value) => { value.errors.match = 1; }),
    damaged(manifest, "a part that no manifest has", (value) => { value.colours = {}; }),
    damaged(manifest, "a feature that Slack does not know", (value) => { value.features.marquee = {}; }),
    damaged(manifest, "an event that Slack does not know", (value) => { value.settings.event_subscriptions.bot_events.push("app_sneezed"); }),
    damaged(manifest, "a prompt without words", (value) => { delete value.features.agent_view.suggested_prompts[0].message; }),
    damaged(session, "a sign of work without status", (value) => { delete value.status; }),
    damaged(prompts, "a prompt without title", (value) => { delete value.prompts[0].title; }),
    damaged(chat, "a weight that no text has", (value) => { part(value, "TextBlock").weight = "Heavy"; }),
    damaged(chat, "a field that no card has", (value) => { part(value, "TextBlock").colour = "red"; }),
    damaged(chat, "an element that no card has", (value) => { value.attachments[0].content.body.push({ type: "Marquee" }); }),
    damaged(chat, "a menu without id", (value) => { delete part(value, "Input.ChoiceSet").id; }),
    damaged(chat, "an id twice", (value) => { const { body } = value.attachments[0].content; body.push(part(value, "Input.ChoiceSet")); }),
    damaged(chat, "no text for old clients", (value) => { delete value.attachments[0].content.fallbackText; }),
    damaged(chat, "a card that is too large", (value) => { part(value, "TextBlock").text = "x".repeat(28 * 1024); }),
    damaged(chat, "a format that no text has", (value) => { value.textFormat = "html"; }),
    damaged(search, "a kind of result that Teams does not know", (value) => { value.composeExtension.type = "results"; }),
  ];
}
