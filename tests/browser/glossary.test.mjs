// The glossary's pages as curators meet them: a real browser against a server of our own, because it needs its token.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { startOpenId } from "./openid.mjs";
import { forAllTests, freePort, nothingSerious, picture, startServer } from "./server.mjs";

const PHONE = { width: 360, height: 740 };
const TOKEN = "a-token-for-the-browser-0123456789abcdef";

const { server, newContext } = forAllTests(() => startServer({ UPSHOT_ADMIN_TOKEN: TOKEN }));

async function visitor(options) {
  const context = await newContext(options);
  context.setDefaultTimeout(15_000);
  return context.newPage();
}

async function signedIn(options) {
  const page = await visitor(options);
  await page.goto(`${server.url}/glossary/sign-in`);
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("administrator, admin").waitFor();
  return page;
}

async function api(method, path, body) {
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

const explained = async (term) => (await (await fetch(`${server.url}/api/v1/explain?q=${term}`)).json()).definition;

function concept(term) {
  return {
    subject_field: "platform",
    definition: `A group of machines, called ${term}, that runs one copy of the shop.`,
    terms: [{ text: term }],
    wordings: [{ text: "shop copy" }],
    examples: { match: [`The ${term} is down.`], no_match: ["The weather is fine."] },
  };
}

test("a curator writes an entry, sees it at work, hands it in and approves it", async () => {
  const page = await signedIn();
  await page.getByRole("link", { name: "Add an entry" }).click();
  await page.getByRole("textbox", { name: "Terms", exact: true }).fill("zibbler | noun");
  await page.getByRole("textbox", { name: "Definition" }).fill("A group of machines that runs one copy of the shop.");
  await page.getByRole("textbox", { name: "Wordings" }).fill("shop copy");
  await page.getByRole("textbox", { name: "Sentences in which it is found" }).fill("The zibbler is down.");
  await page.getByRole("textbox", { name: "Sentences in which it is not found" }).fill("The weather is fine.");
  await page.getByRole("combobox", { name: "Subject field" }).fill("platform");
  await page.getByRole("textbox", { name: "Sentence", exact: true }).fill("The zibbler is down.");
  await page.locator("#preview-after").filter({ hasText: "The shop copy is down." }).waitFor();
  assert.equal(await page.locator("#preview-before").textContent(), "The zibbler is down.");
  await picture(page, "editor");
  await page.getByRole("button", { name: "Save and hand in for review" }).click();
  await page.getByRole("heading", { name: "zibbler", level: 1 }).waitFor();
  await page.getByRole("navigation", { name: "Glossary" }).getByRole("link", { name: "Review" }).click();
  await picture(page, "review");
  await page.getByRole("link", { name: "zibbler" }).click();
  assert.equal(await explained("zibbler"), "");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Approved: it is in every answer from now on.").waitFor();
  assert.equal(await explained("zibbler"), "A group of machines that runs one copy of the shop.");
  await picture(page, "entry");
  // Retiring asks once, and is undone by a button.
  await page.getByText("Retire…").click();
  await nothingSerious(page, "asked before retiring");
  await picture(page, "retire");
  await page.getByRole("button", { name: "Retire “zibbler”" }).click();
  await page.getByText("Retired: no answer is made with it any more.").waitFor();
  assert.equal(await explained("zibbler"), "");
  await picture(page, "retired");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByText("The earlier words are back.").waitFor();
  assert.equal(await explained("zibbler"), "A group of machines that runs one copy of the shop.");
});

test("two entries with the same term: the second says why it cannot be approved", async () => {
  await api("POST", "concepts", concept("drizzler"));
  await api("POST", "concepts/drizzler/approve");
  const both = { ...concept("plonker"), terms: [{ text: "plonker" }, { text: "drizzler" }] };
  await api("POST", "concepts", { ...both, status: "in_review" });
  const page = await signedIn();
  await page.goto(`${server.url}/glossary/concepts/plonker`);
  const told = "“drizzler” is a term of “drizzler” already: remove it from one of them";
  await page.getByRole("region", { name: "What it would change" }).getByText(told).waitFor();
  await picture(page, "rivals");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("heading", { name: "This was not done" }).waitFor();
  await page.getByText(told).waitFor();
  await picture(page, "rivals-refused");
});

test("a reviewer sees what a draft would change, talks about it, and finds it in the audit", async () => {
  const page = await signedIn();
  await page.goto(`${server.url}/glossary/review`);
  await page.getByRole("link", { name: "your trial messages" }).click();
  await page.getByLabel("Message").fill("Both snorkles were late.");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByText("Both snorkles were late.").waitFor();
  await picture(page, "trials");
  await api("POST", "concepts", { ...concept("snorkle"), status: "in_review" });
  await page.goto(`${server.url}/glossary/concepts/snorkle`);
  const effect = page.getByRole("region", { name: "What it would change" });
  await effect.getByText("1 text holds one of its words. 1 text would read differently.").first().waitFor();
  assert.equal((await effect.locator("ins").last().textContent()).trim(), "shop copies");
  await nothingSerious(page, "the effect of a draft");
  await picture(page, "effect");
  await page.getByLabel("Your comment").fill("For whom is it?");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByText("Your comment is there.").waitFor();
  await page.getByRole("link", { name: "1 comment" }).waitFor();
  await picture(page, "comments");
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByLabel("Of what").selectOption("Comments");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("row", { name: /snorkle/ }).getByText("For whom is it?").waitFor();
  await picture(page, "audit");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "JSON lines" }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ kind }) => kind).filter((kind) => kind !== "comment"), []);
  assert.equal(lines[0].detail, "For whom is it?");
});

test("an entry and the list are looked back at, and nothing can be done with the past", async () => {
  await api("POST", "concepts", concept("glimmick"));
  const page = await signedIn();
  await page.goto(`${server.url}/glossary/concepts/glimmick`);
  const today = new Date().toISOString().slice(0, 10);
  await page.getByLabel("As it stood at the end of").fill(today);
  await page.getByRole("button", { name: "Look back" }).click();
  await page.getByText(`as it stood at the end of ${today} (UTC), for reading only`).waitFor();
  assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0);
  await picture(page, "as-of");
  await page.goto(`${server.url}/glossary?q=glimmick&as_of=2020-01-01`);
  await page.getByText("No entries", { exact: true }).waitFor();
  await page.getByRole("link", { name: "The glossary as it is now" }).click();
  await page.getByRole("link", { name: "Add an entry" }).waitFor();
});

test("mistakes are told at the top and at the field, and nothing written is lost", async () => {
  const page = await signedIn();
  await page.goto(`${server.url}/glossary/new?term=quuxer`);
  await page.getByRole("textbox", { name: "Definition" }).fill("A thing.");
  await page.getByRole("textbox", { name: "Sentences in which it is found" }).fill("Nothing of the kind.");
  await page.getByRole("textbox", { name: "Sentences in which it is not found" }).fill("The weather is fine.");
  await page.getByRole("button", { name: "Save as draft" }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("is not found in “Nothing of the kind.”").waitFor();
  assert.equal(await alert.evaluate((node) => node === document.activeElement), true, "the reader is brought there");
  assert.equal(await page.getByRole("textbox", { name: "Terms", exact: true }).inputValue(), "quuxer");
  await picture(page, "mistakes");
  await alert.getByRole("link").first().click();
  assert.match(page.url(), /#match$/);
});

test("of two curators at one entry the second sees the first one's words, and loses none of their own", async () => {
  await api("POST", "concepts", concept("twiddler"));
  const [first, second] = [await signedIn(), await signedIn()];
  for (const page of [first, second]) await page.goto(`${server.url}/glossary/concepts/twiddler/edit`);
  const write = async (page, definition) => {
    await page.getByRole("textbox", { name: "Definition" }).fill(definition);
    await page.getByRole("button", { name: "Save as draft" }).click();
  };
  await write(first, "Ten machines of the shop.");
  await first.getByText("Saved as a draft. Next:").waitFor();
  await write(second, "Twenty machines of the shop.");
  await second.getByRole("alert").getByText("Somebody changed “twiddler” after you looked").waitFor();
  const newer = second.getByRole("region", { name: /Revision 2, which administrator wrote meanwhile/ });
  await newer.getByRole("cell", { name: "Ten machines of the shop." }).waitFor();
  assert.equal(await second.getByRole("textbox", { name: "Definition" }).inputValue(), "Twenty machines of the shop.");
  await nothingSerious(second, "overtaken");
  await picture(second, "overtaken");
  await second.getByRole("button", { name: "Save as draft" }).click();
  await second.getByText("Saved as a draft. Next:").waitFor();
  await second.getByText("Twenty machines of the shop.").first().waitFor();
  assert.equal((await api("GET", "concepts/twiddler/history")).items.length, 3);
});

test("words and the status find an entry, and the history compares", async () => {
  await api("POST", "concepts", concept("frobnik"));
  await api("POST", "concepts/frobnik/approve");
  await api("PUT", "concepts/frobnik", { ...concept("frobnik"), definition: "One copy of the shop.", reason: "Shorter." });
  const page = await visitor();
  await page.goto(`${server.url}/glossary`);
  await picture(page, "list");
  await page.getByRole("searchbox", { name: "Words" }).fill("frobnik");
  await page.keyboard.press("Enter");
  const found = page.getByRole("link", { name: "frobnik" });
  await found.waitFor();
  for (const [status, count] of [["Approved", 0], ["Draft", 1]]) {
    await page.getByLabel("Status").selectOption(status);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText(count === 0 ? "No entries" : "1 entry", { exact: true }).waitFor();
    assert.equal(await found.count(), count, `the changed entry among those with the status ${status}`);
  }
  await found.click();
  await page.getByText("This is not in answers yet.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0, "who only looks changes nothing");
  await page.getByRole("link", { name: "Compare with revision 2" }).click();
  assert.equal(await page.locator("ins").textContent(), "One copy of the shop.");
  await picture(page, "compare");
  await page.getByLabel("Revision", { exact: true }).selectOption("1");
  await page.getByLabel("with revision").selectOption("2");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText("Both say the same.").waitFor();
});

test("the backlog leads to the editor, and people are let in", async () => {
  await api("POST", "requests", { term: "wobbulator" });
  const page = await signedIn();
  await page.getByRole("link", { name: "Wanted" }).click();
  await picture(page, "wanted");
  await page.getByRole("row", { name: /wobbulator/ }).getByRole("link", { name: "Explain it" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Terms", exact: true }).inputValue(), "wobbulator");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("Name").fill("Ann");
  await page.getByRole("button", { name: "Make a token" }).click();
  assert.match(await page.locator(".token").textContent(), /^[0-9a-f]{64}$/);
  await picture(page, "people");
});

test("a file is checked, imported as drafts, and told what keeps it out", async () => {
  const page = await signedIn();
  await page.getByRole("navigation", { name: "Glossary" }).getByRole("link", { name: "Import" }).click();
  const file = (text) => ({ name: "words.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByLabel("File", { exact: true }).setInputFiles(file("term,definition\nflimmer | metal,A tool.\nwozzle,A tool.\n"));
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("alert").getByText("Nothing was written").waitFor();
  await page.getByRole("row", { name: /flimmer|not readable/ }).getByText("refused").waitFor();
  await picture(page, "import-refused");
  await page.getByLabel("File", { exact: true }).setInputFiles(file("term,definition\nflimmer,A tool.\nwozzle,A tool.\n"));
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByText("2 new, 0 changed, 0 unchanged, 0 left out, 0 refused.").waitFor();
  await nothingSerious(page, "import, checked");
  await picture(page, "import-checked");
  await page.getByRole("button", { name: "Import as drafts" }).click();
  await page.getByText("Done: the entries are drafts, and wait for review.").waitFor();
  await page.getByRole("link", { name: "flimmer" }).click();
  await page.getByRole("heading", { name: "flimmer", level: 1 }).waitFor();
});

test("an administrator tries a reader's file on a message and saves it, without JavaScript", async () => {
  const page = await signedIn({ javaScriptEnabled: false });
  await page.getByRole("navigation", { name: "Glossary" }).getByRole("link", { name: "Readers" }).click();
  await page.getByRole("link", { name: "Legal" }).click();
  const file = page.getByRole("textbox", { name: "The file" });
  const shipped = await file.inputValue();
  assert.match(shipped, /^id: legal$/m);
  await file.fill(shipped.replace("order: [", "order: [imapct, "));
  await page.getByRole("button", { name: "Save for everybody" }).click();
  await page.getByRole("alert").getByText("There is no slot \"imapct\"").waitFor();
  await picture(page, "reader-refused");
  await file.fill(shipped.replace("order: [", "order: [cause, "));
  await page.getByRole("combobox", { name: "An example" }).selectOption("incident");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("heading", { name: "With this" }).waitFor();
  await picture(page, "reader-tried");
  await page.getByRole("textbox", { name: "Reason, for the history" }).fill("Legal asks why first.");
  await page.getByRole("button", { name: "Save for everybody" }).click();
  await page.getByText("every answer is made with it from now on").waitFor();
  await page.getByText("Legal asks why first.").waitFor();
  await picture(page, "reader-saved");
  await page.getByRole("button", { name: "Take all changes back" }).click();
  await page.getByText("The earlier words are back.").waitFor();
  assert.equal(await file.inputValue(), shipped);
});

test("the link that is printed at the start signs in once", async () => {
  const link = await server.signInLink();
  const page = await visitor();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("administrator, admin").waitFor();
  const other = await visitor();
  await other.goto(link);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByText("This link was used already.").waitFor();
});

test("people sign in with Slack or Microsoft, change their mind, and come to the page they wanted", async () => {
  const openid = await startOpenId();
  const listen = `127.0.0.1:${await freePort()}`;
  const own = await startServer({
    ...openid.settings, UPSHOT_LISTEN: listen, UPSHOT_PUBLIC_URL: `http://${listen}`, UPSHOT_ADMIN_TOKEN: TOKEN,
  });
  try {
    for (const [name, options] of [["", {}], ["phone", { viewport: PHONE, hasTouch: true, isMobile: true }]]) {
      const page = await visitor(options);
      await page.goto(`${own.url}/glossary/wanted`);
      await nothingSerious(page, "sign-in");
      await picture(page, `sign-in${name}`);
      await page.getByRole("link", { name: "Sign in with Microsoft" }).click();
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByRole("alert").getByText("did not agree on Microsoft’s page.").waitFor();
      await nothingSerious(page, "not signed in");
      await picture(page, `sign-in-cancelled${name}`);
      await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
      for (const [platform, known] of [["Slack", "Elena Fox (U0ELENA001), reader"], ["Microsoft", "Elena Fox (e1e2e3e4), reader"]]) {
        await page.getByRole("link", { name: `Sign in with ${platform}` }).click();
        await page.getByRole("link", { name: "Allow" }).click();
        await page.getByText(known).waitFor();
        assert.equal(new URL(page.url()).pathname, "/glossary/wanted", platform);
        const cookies = await page.context().cookies();
        assert.deepEqual(cookies.map((cookie) => [cookie.name, cookie.httpOnly, cookie.sameSite]), [["upshot_glossary", true, "Lax"]]);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.goto(`${own.url}/glossary/wanted`);
      }
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByRole("button", { name: "Sign in with a token" }).click();
      assert.equal(new URL(page.url()).pathname, "/glossary/wanted");
      await page.getByRole("link", { name: "People" }).click();
      await page.getByRole("row", { name: /Slack: U0ELENA001 in T0000UPSHT/ }).getByRole("button", { name: "Change" }).waitFor();
      await nothingSerious(page, "people with accounts");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= page.viewportSize().width, `people are ${wide} wide`);
      await picture(page, `people-accounts${name}`);
    }
  } finally {
    await own.stop();
    await openid.stop();
  }
});

test("everything but the preview works without JavaScript", async () => {
  const page = await signedIn({ javaScriptEnabled: false });
  await page.getByRole("link", { name: "Add an entry" }).click();
  await page.getByRole("textbox", { name: "Terms", exact: true }).fill("rolback");
  await page.getByRole("textbox", { name: "Definition" }).fill("What nobody spells so.");
  await page.getByRole("textbox", { name: "Sentences in which it is found" }).fill("The rolback is done.");
  await page.getByRole("textbox", { name: "Sentences in which it is not found" }).fill("The weather is fine.");
  await page.getByRole("button", { name: "Save as draft" }).click();
  // What others say already is read before anything is saved.
  await page.getByRole("alert").getByText("“rolback” is nearly “rollback”").waitFor();
  await picture(page, "warned");
  await page.getByRole("button", { name: "Save as draft all the same" }).click();
  await page.getByRole("heading", { name: "rolback", level: 1 }).waitFor();
});

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: PHONE, hasTouch: true, isMobile: true }],
]) {
  test(`axe finds nothing serious, and nothing is wider than the page (${name})`, async () => {
    const page = await signedIn({ ...options, reducedMotion: "reduce" });
    const complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    const id = `quixlet${name}`;
    await api("POST", "concepts", { ...concept(id), status: "in_review" });
    await api("PUT", `concepts/${id}`, { ...concept(id), definition: "Another one." });
    for (const path of ["", "?q=rollback", "/review", "/wanted", "/usage", "/people", "/settings", "/import", "/new", `/concepts/${id}`, `/concepts/${id}/edit`,
      `/concepts/${id}/compare?from=1&to=2`, `/concepts/${id}/effect`, `/concepts/${id}?as_of=2040-01-01`, "?as_of=2020-01-01",
      "/trials", "/audit", "/concepts/rollback", "/sign-in", "/audiences", "/audiences/sales", "/audiences/fresh", "/templates/incident"]) {
      await page.goto(`${server.url}/glossary${path}`);
      await nothingSerious(page, path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      const room = page.viewportSize().width;
      assert.ok(wide <= room, `${path} is ${wide} wide, and there is room for ${room}`);
      if (name !== "light") await picture(page, `${name}${path.replaceAll(/[^a-z]+/g, "-") || "-list"}`);
    }
    assert.deepEqual(complaints, []);
  });
}
