// The playground as its visitors meet it: a real browser against a real server.
//
// UPSHOT_URL names a started server; without it one is started from UPSHOT_BIN or
// target/release/upshot. Nothing here depends on the engine's exact wording.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { forAllTests, SAMPLE, serverUnderTest, startServer } from "./server.mjs";

const PHONE = { width: 360, height: 740 };
const WITH_WIDE_CHARACTERS = "🚀 Grüße 👩‍💻 from Müller’s team in Köln 🇩🇪: rolling back the 14:05 deploy of checkout-service. 🎉 CHK-1182";

const { server, newContext } = forAllTests(serverUnderTest);

async function open(options, url = server.url) {
  const context = await newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(url);
  await page.locator("#reader-list input:checked").waitFor({ state: "attached" });
  return page;
}

/** Does what leads to a rewrite and waits until its answer is on the page. */
async function answerOf(page, action) {
  const arrival = page.waitForResponse((response) => response.url().endsWith("/api/v1/rewrite") && response.ok());
  await action();
  const response = await arrival;
  const answer = await response.json();
  await page.waitForFunction((plain) => document.getElementById("plain").textContent === plain, answer.plain);
  return { answer, sent: response.request().postDataJSON() };
}

const type = (page, text) => answerOf(page, () => page.getByRole("textbox", { name: "The message" }).fill(text));
const choose = (page, reader) => answerOf(page, () => page.locator(`#reader-list input[value="${reader}"]`).check());
const bytes = (text, [from, to]) => Buffer.from(text).subarray(from, to).toString();
const marked = (page, panel, number) => page.locator(`#${panel} .mark`).evaluateAll(
  (marks, wanted) => marks.filter((mark) => mark.dataset.changes.split(" ").includes(wanted)).map((mark) => mark.textContent).join(""),
  String(number),
);
const changeWith = (answer, word) => answer.changes.findIndex(
  (change) => change.from.toLowerCase().includes(word) && change.output_span[1] > change.output_span[0],
);
const markOf = (page, number) => page.locator(`#plain .mark[data-changes~="${number}"]`).first();

test("a typed message is answered with a headline and plain words that keep its facts", async () => {
  const page = await open();
  assert.equal(await page.locator("#empty").isVisible(), true);
  // They are asked for once the page is there.
  const examples = page.locator("#example-cards button");
  await examples.nth(3).waitFor();
  assert.ok(await examples.count() >= 4, "the empty page offers examples");
  const { answer, sent } = await type(page, SAMPLE);
  assert.equal(sent.text, SAMPLE);
  assert.notEqual(answer.headline, "", "the sample states an outcome");
  assert.equal(await page.locator("#headline").textContent(), answer.headline);
  const plain = await page.locator("#plain").textContent();
  for (const fact of ["14:05", "6%", "CHK-1182"]) assert.ok(plain.includes(fact), `${fact} is kept in: ${plain}`);
  assert.notEqual(changeWith(answer, "deploy"), -1, "the phrase with “deploy” is changed");
  assert.equal(await page.locator("#empty").isVisible(), false);
});

test("Ctrl+Enter asks at once, and clearing brings the invitation back", async () => {
  const page = await open();
  await page.getByRole("textbox", { name: "The message" }).focus();
  await page.keyboard.insertText(SAMPLE);
  await answerOf(page, () => page.keyboard.press("Control+Enter"));
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator("#empty").waitFor();
  assert.equal(await page.locator("#plain").isVisible(), false);
});

test("an example is one click away", async () => {
  const page = await open();
  const { sent } = await answerOf(page, () => page.locator("#example-cards button").first().click());
  assert.equal(sent.text, await page.getByRole("textbox", { name: "The message" }).inputValue());
});

test("another reader gets another text, and the choice is remembered", async () => {
  const page = await open();
  await page.locator('#reader-list input[value="sales"]').check();
  const text = () => page.locator("#upshot, #plain").allTextContents();
  await type(page, SAMPLE);
  const forSales = await text();
  const { sent } = await choose(page, "engineer");
  assert.equal(sent.for, "engineer");
  assert.notDeepEqual(await text(), forSales);
  await page.reload();
  await page.locator('#reader-list input[value="engineer"]:checked').waitFor({ state: "attached" });
});

test("the keyboard opens, enters and closes the provenance of a phrase", async () => {
  const page = await open();
  const { answer } = await type(page, SAMPLE);
  const number = changeWith(answer, "deploy");
  const mark = markOf(page, number);
  const card = page.locator("#card");
  await page.locator("#tab-plain").focus();
  for (let steps = 0; steps <= answer.changes.length; steps += 1) {
    await page.keyboard.press("Tab");
    if (await mark.evaluate((node) => node === document.activeElement)) break;
  }
  assert.equal(await mark.evaluate((node) => node === document.activeElement), true, "Tab reaches the phrase");
  await card.waitFor();
  assert.ok((await card.textContent()).includes(answer.changes[number].from));
  const entry = answer.changes[number].concept;
  assert.equal(await card.getByRole("link", { name: entry }).getAttribute("href"), `/glossary/concepts/${entry}`);
  assert.equal(await mark.getAttribute("aria-expanded"), "true");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await card.evaluate((node) => node.contains(document.activeElement)), true, "Tab goes into the card");
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "hidden" });
  assert.equal(await mark.evaluate((node) => node === document.activeElement), true, "focus is back on the phrase");
});

test("the pointer previews the provenance of a phrase", async () => {
  const page = await open();
  const { answer } = await type(page, SAMPLE);
  const number = changeWith(answer, "deploy");
  await markOf(page, number).hover();
  await page.locator("#card").filter({ hasText: answer.changes[number].from }).waitFor();
  await page.mouse.move(5, 5);
  await page.locator("#card").waitFor({ state: "hidden" });
});

test("a tap opens the provenance of a phrase, another one closes it", async () => {
  const page = await open({ viewport: PHONE, hasTouch: true, isMobile: true });
  const { answer } = await type(page, SAMPLE);
  const number = changeWith(answer, "deploy");
  await markOf(page, number).tap();
  const card = page.locator("#card");
  await card.filter({ hasText: answer.changes[number].from }).waitFor();
  const box = await card.boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width && box.y + box.height <= PHONE.height, "the card is on the screen");
  await card.getByRole("button", { name: "Close" }).tap();
  await card.waitFor({ state: "hidden" });
});

test("the original is one click away and marks the same phrases", async () => {
  const page = await open();
  const { answer } = await type(page, SAMPLE);
  await page.getByRole("tab", { name: "Original" }).click();
  assert.equal(await page.locator("#original").textContent(), SAMPLE);
  assert.equal(await page.locator("#plain").isVisible(), false);
  const number = changeWith(answer, "deploy");
  assert.equal(await marked(page, "original", number), bytes(SAMPLE, answer.changes[number].source_span));
});

test("the ledger lists every fact with its check", async () => {
  const page = await open();
  const { answer } = await type(page, SAMPLE);
  const rows = page.locator("#fact-rows tr");
  assert.equal(await rows.count(), answer.facts.length);
  assert.ok(answer.facts.length > 0);
  const checks = await page.locator("#fact-rows .check").allTextContents();
  for (const check of checks) assert.match(check, /✓\s+Kept|ƒ\s+Derived|!\s+Missing/);
  const texts = (await rows.allTextContents()).join("\n");
  for (const fact of answer.facts.filter(({ source }) => source)) assert.ok(texts.includes(fact.source), `${fact.source} is listed`);
  for (const { formula } of answer.facts.filter((fact) => fact.formula)) assert.ok(texts.includes(formula));
});

test("asks are told, also when there are none", async () => {
  const page = await open();
  const { answer } = await type(page, SAMPLE);
  assert.deepEqual(answer.asks, [], "the sample asks for nothing");
  assert.match(await page.locator("#sections").textContent(), /nothing was asked for/i);
});

test("byte offsets hit the right characters among emoji and umlauts", async () => {
  const page = await open();
  const { answer } = await type(page, WITH_WIDE_CHARACTERS);
  assert.notEqual(changeWith(answer, "deploy"), -1, "a phrase behind wide characters is changed");
  for (const [number, change] of answer.changes.entries()) {
    assert.equal(await marked(page, "plain", number), bytes(answer.plain, change.output_span));
    assert.equal(await marked(page, "original", number), bytes(WITH_WIDE_CHARACTERS, change.source_span));
  }
  assert.equal(await page.locator("#original").textContent(), WITH_WIDE_CHARACTERS);
});

test("a term is explained from the box and from a word in the text", async () => {
  // Without smooth scrolling: while the page still moves to the first explanation, a click misses the measured word.
  const page = await open({ reducedMotion: "reduce" });
  await type(page, SAMPLE);
  const explained = (term) => page.waitForResponse((response) => {
    const url = new URL(response.url());
    return url.pathname === "/api/v1/explain" && url.searchParams.get("q") === term;
  });
  const typed = explained("rollback");
  await page.getByLabel("Term to explain").fill("rollback");
  await page.keyboard.press("Enter");
  await typed;
  await page.locator("#explanation").filter({ hasText: /rollback/i }).waitFor();

  await page.getByLabel("Term to explain").fill("whitelist");
  await page.keyboard.press("Enter");
  await page.getByText("The glossary says “allowlist” instead of “whitelist”.").waitFor();

  const place = await page.locator("#plain").evaluate((paragraph) => {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const match = node.parentElement === paragraph && /[A-Za-z]{3,}/.exec(node.data);
      if (!match) continue;
      const range = document.createRange();
      range.setStart(node, match.index + 1);
      range.setEnd(node, match.index + 2);
      node.parentElement.scrollIntoView({ block: "center" });
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
    throw new Error("no unchanged word in the plain text");
  });
  const clicked = page.waitForResponse((response) => response.url().includes("/api/v1/explain"));
  await page.mouse.click(place.x, place.y);
  const word = new URL((await clicked).url()).searchParams.get("q");
  assert.ok(word.length >= 3);
  assert.equal(await page.getByLabel("Term to explain").inputValue(), word);
});

test("the plain words can be copied", async () => {
  const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { answer } = await type(page, SAMPLE);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Copy plain words" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await clipboard(), answer.plain);
  await page.getByRole("button", { name: "Copy everything" }).click();
  await page.waitForFunction(() => document.getElementById("copy-all").textContent.startsWith("Copied"));
  const all = await clipboard();
  assert.ok(all.includes(answer.headline) && all.includes(answer.plain));
});

test("markup in a message stays text", async () => {
  const page = await open();
  const text = 'The <img src=x onerror="document.title=1"> deploy of <b>checkout</b> failed & was stopped.';
  await type(page, text);
  assert.equal(await page.locator("#result img, #result p b").count(), 0);
  assert.equal(await page.locator("#original").textContent(), text);
});

test("a stopped server is told in a sentence and the message stays", async () => {
  const own = process.env.UPSHOT_URL ? null : await startServer();
  try {
    const page = await open({}, own?.url);
    await type(page, SAMPLE);
    // A server that is not ours cannot be stopped; the browser loses its connection instead.
    if (own) await own.stop();
    else await page.context().setOffline(true);
    await page.getByRole("textbox", { name: "The message" }).fill(`${SAMPLE} More follows.`);
    const alert = page.getByRole("alert");
    await alert.filter({ hasText: /could not be reached|offline/i }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "The message" }).inputValue(), `${SAMPLE} More follows.`);
    await alert.getByRole("button", { name: "Try again" }).waitFor();
    if (!own) {
      await page.context().setOffline(false);
      await alert.locator("p").first().waitFor({ state: "detached" });
    }
  } finally {
    await own?.stop();
  }
});

test("the server's own words are shown when it refuses", async () => {
  const page = await open();
  await page.route("**/api/v1/rewrite", (route) => route.fulfill({
    status: 413,
    contentType: "application/problem+json",
    body: JSON.stringify({ title: "The message is too long", detail: "At most 20,000 characters are read." }),
  }));
  await page.getByRole("textbox", { name: "The message" }).fill(SAMPLE);
  await page.getByRole("alert").filter({ hasText: "The message is too long: At most 20,000 characters are read." }).waitFor();
});

test("a phone shows one column without sideways scrolling", async () => {
  const page = await open({ viewport: PHONE, hasTouch: true, isMobile: true });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await overflow(), 0, "empty page");
  await type(page, `${SAMPLE} ${"x".repeat(120)}`);
  assert.equal(await overflow(), 0, "with an answer");
  await type(page, `Logs: https://logs.example.com/${"a1b2c3".repeat(30)} and \`${"kubectl-".repeat(20)}get\` | ${"y".repeat(90)} |`);
  assert.equal(await overflow(), 0, "with a long address and long code");
  await page.getByLabel("Term to explain").fill("z".repeat(60));
  await page.keyboard.press("Enter");
  await page.locator("#explanation").filter({ hasText: "zzz" }).waitFor();
  assert.equal(await overflow(), 0, "with an unknown term");
  // Both places at one moment: the page may still be scrolling to the explanation.
  const [below, top] = await page.evaluate(() => [
    document.querySelector(".compose").getBoundingClientRect().bottom,
    document.querySelector("#result").getBoundingClientRect().top,
  ]);
  assert.ok(top >= below, `the answer (${top}) is below the message (${below})`);
});

test("dark follows the system until the visitor chooses", async () => {
  const page = await open({ colorScheme: "dark" });
  const brightness = () => page.evaluate(() => {
    const channels = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).slice(0, 3).map(Number);
    return channels.reduce((sum, channel) => sum + channel, 0) / 3;
  });
  assert.ok(await brightness() < 60, "dark when the system is dark");
  await page.getByRole("button", { name: "Light colours" }).click();
  assert.ok(await brightness() > 200, "light when chosen");
  await page.reload();
  assert.ok(await brightness() > 200, "the choice is remembered");
});

test("the strict content security policy holds and is never violated", async () => {
  const page = await (await newContext()).newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(event.violatedDirective));
  });
  const response = await page.goto(server.url);
  const policy = response.headers()["content-security-policy"] ?? "";
  for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'"]) assert.ok(policy.includes(directive), policy);
  assert.ok(!policy.includes("unsafe-inline"), policy);
  await page.locator("#reader-list input:checked").waitFor({ state: "attached" });
  const { answer } = await type(page, SAMPLE);
  await markOf(page, changeWith(answer, "deploy")).click();
  await page.locator("#card").waitFor();
  await page.getByRole("button", { name: /colours$/ }).click();
  assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
  assert.deepEqual(complaints, []);
});

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: PHONE, hasTouch: true, isMobile: true }],
]) {
  test(`axe finds nothing serious (${name})`, async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const page = await open({ ...options, reducedMotion: "reduce" });
    const serious = async () => {
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
    };
    await page.evaluate(axe);
    assert.deepEqual(await serious(), [], "empty page");
    const { answer } = await type(page, SAMPLE);
    assert.deepEqual(await serious(), [], "with an answer");
    await markOf(page, changeWith(answer, "deploy")).click();
    assert.deepEqual(await serious(), [], "with an open card");
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Original" }).click();
    assert.deepEqual(await serious(), [], "with the original");
    await page.route("**/api/v1/rewrite", (route) => route.abort());
    await page.getByRole("button", { name: "Get the upshot" }).click();
    await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
    assert.deepEqual(await serious(), [], "with an error");
  });
}
