// Upshot as people of Teams meet it, in Microsoft's playground. What a person sees is read from the page; what went over the wire, from
// the proxy. See scripts/playground.sh.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { launchBrowser } from "../../tests/browser/server.mjs";
import { MARA, startWorld, TENANT } from "./world.mjs";

const PICTURES = process.env.PLAYGROUND_PICTURES;
const TOKEN = "a-token-for-the-playground-0123456789abcdef";
// The playground needs a moment after loading before it takes what is typed.
const SETTLED_MS = 1_500;
const PATIENCE_MS = 15_000;
const WINDOW = { width: 1400, height: 1000 };
const MESSAGE = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s after the Redis client "
  + "upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. CHK-1182";

let world;
let browser;
let page;

before(async () => {
  world = await startWorld({ UPSHOT_ADMIN_TOKEN: TOKEN });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});
afterEach(async () => {
  await page?.context().close();
  page = undefined;
  // Whatever a test was about: nothing was refused, on either side.
  for (const { path, sent, status, answer } of [...world.deliveries.splice(0), ...world.posts.splice(0)]) {
    const told = `${JSON.stringify(answer).slice(0, 300)}: ${JSON.stringify(sent).slice(0, 300)}`;
    assert.ok(status >= 200 && status < 300, `${path} was answered ${status} ${told}`);
  }
});

/** A fresh page with this chat open. */
async function open(chat) {
  const context = await browser.newContext({ viewport: WINDOW });
  context.setDefaultTimeout(PATIENCE_MS);
  page = await context.newPage();
  await page.goto(world.url);
  await page.getByRole("treeitem", { name: "Personal Chat" }).waitFor();
  await pause(SETTLED_MS);
  if (chat !== "Personal Chat") {
    await page.getByRole("treeitem", { name: chat }).click();
    await pause(SETTLED_MS);
  }
}

/** A test that leaves a picture of where it broke off. */
function flow(name, use) {
  test(name, async () => {
    try {
      await use();
    } catch (error) {
      await picture(`broken-off-${name.replace(/[^a-z]+/gi, "-")}`);
      throw error;
    }
  });
}

const picture = (name) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

async function say(text) {
  await page.getByRole("textbox").last().click();
  await page.keyboard.insertText(text);
  await page.keyboard.press("Enter");
}

const button = (name) => page.getByRole("button", { name, exact: true }).last();

/** The deliveries of this kind so far, by the name of an invoke or the type of an activity. */
const delivered = (kind) => world.deliveries.filter(({ sent }) => (sent.name ?? sent.type) === kind);

async function api(method, path, body) {
  const response = await fetch(`${world.upshot}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

test("a delivery that nobody signed is refused", async () => {
  const response = await fetch(`${world.upshot}/api/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  assert.equal(response.status, 401);
});

flow("who opens the chat is welcomed once", async () => {
  await open("Personal Chat");
  await page.getByText("Upshot turns technical messages into business language").first().waitFor();
  assert.ok(delivered("installationUpdate").length + delivered("conversationUpdate").length >= 2, "both events came");
  const welcomes = world.posts.filter(({ sent }) => sent.text?.includes("technical messages into business"));
  assert.equal(welcomes.length, 1);
  await picture("01-welcome");
});

flow("a message is rewritten, and its buttons work", async () => {
  await open("Personal Chat");
  await say(`for sales: ${MESSAGE}`);
  await button("Rewrite for this reader").waitFor();
  await picture("02-rewrite");
  await button("Why these words?").click();
  await page.getByText("glossary entry").first().waitFor();
  await picture("03-why");
  await page.getByRole("combobox", { name: "Reader" }).last().click();
  await page.getByRole("option", { name: /Finance/ }).click();
  await button("Rewrite for this reader").click();
  await page.getByText("Not stated: what it costs.").first().waitFor();
  await picture("04-another-reader");
  await button("This helped").click();
  await page.getByText("That was counted, without your name").first().waitFor();
  await picture("05-helped");
  for (const { answer } of delivered("adaptiveCard/action")) assert.equal(answer.statusCode, 200);
});

flow("a term is explained, and known from then on", async () => {
  await open("Personal Chat");
  await say("explain p95");
  await button("I know this term").waitFor();
  await picture("06-explained");
  await button("I know this term").click();
  await button("Put it in plain words again").waitFor();
  await picture("07-known");
  await button("Put it in plain words again").click();
  await button("I know this term").waitFor();
  await button("In one line").click();
  await button("With an example").waitFor();
  await picture("07-one-line");
});

flow("in a channel who calls Upshot is answered for everybody", async () => {
  await open("Incidents");
  // The first box begins a thread, the others answer in one.
  await page.getByRole("textbox").first().click();
  await page.keyboard.type("@Up");
  await page.getByRole("menuitem", { name: "Upshot" }).click();
  await page.keyboard.insertText(` for finance: ${MESSAGE}`);
  await page.getByRole("button", { name: "Post" }).click();
  await page.getByText("What is affected").first().waitFor();
  await picture("08-channel");
  const [{ sent }] = world.posts.filter(({ sent }) => sent.attachments);
  const card = sent.attachments[0].content;
  assert.ok(!JSON.stringify(card.body).includes("Action."), "others would press the buttons too");
});

flow("who added Upshot to a team chooses a reader for its channel", async () => {
  await open("Incidents");
  // Opening the channel has told Upshot who added it there.
  for (const [text, told, shown] of [
    ["settings here legal", "unless you chose your own: Legal", "08-channel-settings"],
    ["settings here off", "no reader was chosen", "08-channel-settings-off"],
  ]) {
    await page.getByRole("textbox").first().click();
    await page.keyboard.type("@Up");
    await page.getByRole("menuitem", { name: "Upshot" }).click();
    await page.keyboard.insertText(` ${text}`);
    await page.getByRole("button", { name: "Post" }).click();
    await page.getByText(told).first().waitFor();
    await picture(shown);
  }
});

flow("Explain this on a post, for another reader, and into a message", async () => {
  await open("Personal Chat");
  await say(`<p>We rolled back <code>checkout-service</code> v2.14.0.</p><ul><li>p95 is at 220ms</li><li>RCA tomorrow</li></ul>`);
  await button("Rewrite for this reader").waitFor();
  await page.getByRole("button", { name: "Show more information" }).first().click();
  await page.getByRole("menuitem", { name: "Action Command" }).click();
  await page.getByPlaceholder("Input command id or leave blanks").fill("explainThis");
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Use in my message" }).waitFor();
  await picture("09-explain-this");
  await dialog.getByRole("button", { name: "Rewrite for this reader" }).click();
  await pause(SETTLED_MS);
  await picture("10-explain-this-again");
  await dialog.getByRole("button", { name: "Use in my message" }).click();
  await pause(SETTLED_MS);
  await picture("11-in-my-message");
  assert.deepEqual(delivered("composeExtension/submitAction").map(({ answer }) => Object.keys(answer)), [["task"], ["composeExtension"]]);
});

flow("Upshot for… asks who reads a post before it says anything", async () => {
  await open("Personal Chat");
  await say(`<p>We rolled back <code>checkout-service</code> v2.14.0.</p>`);
  await button("Rewrite for this reader").waitFor();
  await page.getByRole("button", { name: "Show more information" }).first().click();
  await page.getByRole("menuitem", { name: "Action Command" }).click();
  await page.getByPlaceholder("Input command id or leave blanks").fill("upshotFor");
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Rewrite" }).click();
  // The client itself asks for what is required.
  await page.getByText("Choose who is going to read it.").first().waitFor();
  await dialog.getByRole("combobox").click();
  await page.getByRole("option", { name: /Finance/ }).click();
  await picture("11-reader-first");
  await dialog.getByRole("button", { name: "Rewrite" }).click();
  await dialog.getByRole("button", { name: "Use in my message" }).waitFor();
  await picture("11-reader-first-answer");
});

flow("a draft is checked for its readers, and one version of it used", async () => {
  await open("Personal Chat");
  await page.getByRole("button", { name: "Trigger Message Extension App" }).click();
  await page.getByRole("menuitem", { name: "Action Command" }).click();
  await page.getByPlaceholder("Input command id or leave blanks").fill("rewriteDraft");
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your draft").fill(MESSAGE);
  await picture("11-draft");
  await dialog.getByRole("button", { name: "Check" }).click();
  await dialog.getByText("What may hold them up").first().waitFor();
  await picture("11-draft-checked");
  // The reader who was picked last, for the post before, is the usual one.
  await dialog.getByRole("button", { name: "Use in my message: Finance" }).click();
  await pause(SETTLED_MS);
  await picture("11-draft-used");
  assert.deepEqual(delivered("composeExtension/submitAction").map(({ answer }) => Object.keys(answer)), [["task"], ["composeExtension"]]);
});

flow("a term is found from the compose box", async () => {
  await open("Personal Chat");
  await page.getByRole("button", { name: "Trigger Message Extension App" }).click();
  await page.getByRole("menuitem", { name: "Search Command" }).click();
  await page.getByText("Specify Command ID or Parameter").click();
  await page.getByPlaceholder("Command ID").fill("lookup");
  await page.getByPlaceholder("Parameter name").fill("term");
  await page.getByPlaceholder("Enter a search term").fill("slo");
  await page.keyboard.press("Enter");
  await page.getByText("SLO", { exact: true }).first().waitFor();
  await picture("12-search");
  await page.getByText("SLO", { exact: true }).first().click();
  await pause(SETTLED_MS);
  await picture("13-found");
});

flow("the glossary is kept in a chat of one's own", async () => {
  const person = { name: MARA.name, role: "admin", platform: "teams", workspace: TENANT, person: MARA.object };
  await api("POST", "curators", person);
  await open("Personal Chat");
  await say("glossary rollback");
  await button("Open “rollback”").waitFor();
  await picture("14-glossary-found");
  await button("Open “rollback”").click();
  await button("History").waitFor();
  await picture("15-glossary-entry");
  await say("glossary add kiln");
  await button("Hand in for review").waitFor();
  await picture("16-glossary-form");
  // The client itself asks for what is required.
  await button("Hand in for review").click();
  await page.getByText("Write one plain sentence.").first().waitFor();
  await page.getByLabel("Definition").last().fill("A group of machines that runs one copy of the shop.");
  await page.getByLabel("Wordings").last().fill("shop copy");
  await page.getByLabel("Sentences in which it is found").last().fill("The oven is down.");
  await page.getByLabel("Sentences in which it is not found").last().fill("The weather is fine.");
  await page.getByLabel("Subject field").last().fill("platform");
  await button("Hand in for review").click();
  await page.getByText("Sentences in which it is found needs another look.").first().waitFor();
  await picture("17-glossary-problem");
  await page.getByLabel("Sentences in which it is found").last().fill("The kiln is down.");
  await page.getByLabel("Reason, for the history").last().fill("Everybody asks.");
  await button("Hand in for review").click();
  await page.getByText("Handed in for review.").first().waitFor();
  await picture("18-glossary-handed-in");
  await say("glossary");
  await button("Open “kiln”").waitFor();
  await picture("19-glossary-queue");
  await button("Open “kiln”").click();
  await button("Approve").click();
  await page.getByText("Approved: it is in every answer from now on.").first().waitFor();
  await picture("20-glossary-approved");
  await button("Edit").click();
  await page.getByLabel("Definition").last().fill("A group of machines that runs one copy of our shop.");
  await button("Save as a draft").click();
  await page.getByText("Saved as a draft.").first().waitFor();
  await button("History").last().click();
  await button("Go back to revision 1").waitFor();
  await picture("21-glossary-history");
  await say("explain kiln");
  await page.getByText("A group of machines that runs one copy of the shop.").last().waitFor();
  await picture("22-glossary-explained");
});
