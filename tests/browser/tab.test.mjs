// The tab in Teams, as a person meets it: in a frame of a page that answers Microsoft's library for tabs as Teams does. That page
// stands at an address of Teams by interception, so that the browser and the library check whom they have before them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startOpenId } from "./openid.mjs";
import { forAllTests, freePort, nothingSerious, picture, startServer } from "./server.mjs";

const TEAMS = "https://teams.microsoft.com/v2/";
const TOKEN = "a-token-for-the-browser-0123456789abcdef";
const PHONE = { width: 360, height: 740 };
// Where Microsoft's library looks for newer addresses of Teams. Our policy holds it back, and it goes on with those it brings along.
const LOOKS = "https://res.cdn.office.net/teams-js/";

let openid;
const { server, newContext } = forAllTests(async () => {
  openid = await startOpenId();
  const listen = `127.0.0.1:${await freePort()}`;
  const own = await startServer({ ...openid.settings, UPSHOT_LISTEN: listen, UPSHOT_PUBLIC_URL: `http://${listen}`, UPSHOT_ADMIN_TOKEN: TOKEN });
  const stop = async () => {
    await own.stop();
    await openid.stop();
  };
  return { ...own, stop };
});

async function api(method, path, body) {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const response = await fetch(`${server.url}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
}

const concept = (term, more) => ({
  subject_field: "platform",
  definition: `A group of machines, called ${term}, that runs one copy of the shop.`,
  terms: [{ text: term }],
  examples: { match: [`The ${term} is down.`], no_match: ["The weather is fine."] },
  ...more,
});

const letIn = (person, role) => api("POST", "curators", { name: `${role} ${person}`, role, platform: "teams", workspace: openid.tenant, person });

/** What Teams is to a tab: it answers three questions, and says when its theme has changed. */
function host({ address, token, theme }) {
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Teams</title><style>html,body,iframe{margin:0;border:0;width:100%;height:100vh;display:block}</style>
    <iframe title="Glossary" src="${address}/teams/tab"></iframe><script>
    const frame = document.querySelector("iframe").contentWindow;
    const runtime = JSON.stringify({ apiVersion: 4, supports: {} });
    const answers = {
      "initialize": ["content", "web", runtime, "2.0.0"],
      "getContext": [{ theme: ${JSON.stringify(theme)}, locale: "en-us", entityId: "glossary", frameContext: "content" }],
      "authentication.getAuthToken": ${JSON.stringify(token ? [true, token] : [false, "resourceDisabled"])},
    };
    addEventListener("message", ({ source, origin, data: { id, uuidAsString, func } }) => {
      if (source !== frame || !answers[func]) return;
      source.postMessage({ id, uuidAsString, args: answers[func] }, origin);
    });
    globalThis.wear = (theme) => frame.postMessage({ func: "themeChange", args: [theme] }, "*");
    </script></html>`;
}

/** Opens the tab in a page at this address, with this token; gives the page and what stands in the frame. */
async function open({ token, theme = "default", at = TEAMS, ...options }) {
  // Pages of the internet may otherwise show nothing of this machine.
  const context = await newContext({ permissions: ["local-network-access"], ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.route((url) => url.origin === new URL(at).origin, (route) => route.fulfill({
    contentType: "text/html", body: host({ address: server.url, token, theme }),
  }));
  await page.goto(at);
  return { page, tab: page.frameLocator("iframe"), complaints, frame: () => page.frames().find((one) => one.url().endsWith("/teams/tab")) };
}

test("a curator sees what waits, finds an entry, chooses a reader, and goes on in the browser", async () => {
  await letIn("oid-curator", "curator");
  await api("POST", "concepts", concept("zibbler", { status: "in_review" }));
  await api("POST", "concepts", concept("snorkle"));
  const { page, tab, complaints } = await open({ token: openid.tabToken({ oid: "oid-curator" }) });
  await tab.locator("#handed-in").getByRole("link", { name: "zibbler" }).waitFor();
  await tab.locator("#drafts").getByRole("link", { name: "snorkle" }).waitFor();
  await tab.getByText("Nobody waits for a definition.").waitFor();
  await picture(page, "tab");
  await tab.getByLabel("Find an entry").fill("rollback");
  await tab.getByRole("button", { name: "Find" }).click();
  await tab.locator("#found").getByRole("link", { name: "rollback" }).first().waitFor();
  await tab.getByRole("combobox", { name: "Who Upshot writes for" }).selectOption("sales");
  await tab.getByRole("status").filter({ hasText: /sales/i }).waitFor();
  await picture(page, "tab-found");
  const [entry] = await Promise.all([page.waitForEvent("popup"), tab.getByRole("link", { name: "zibbler" }).click()]);
  await entry.getByRole("heading", { name: "zibbler", level: 1 }).waitFor();
  assert.equal(new URL(entry.url()).pathname, "/glossary/concepts/zibbler");
  // The choice stays, and no cookie was needed for it.
  await page.reload();
  await tab.locator("#reader option:checked").filter({ hasText: /sales/i }).waitFor({ state: "attached" });
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(complaints.filter((one) => !one.includes(LOOKS)), []);
});

test("somebody without a role sees the search and what the conversation does, and nothing that waits", async () => {
  const { page, tab } = await open({ token: openid.tabToken({ oid: "oid-nobody" }) });
  await tab.getByRole("heading", { name: "In the conversation" }).waitFor();
  assert.equal(await tab.getByRole("heading", { name: "Waiting for review" }).count(), 0);
  await tab.getByLabel("Find an entry").fill("xyzzy");
  await tab.getByRole("button", { name: "Find" }).click();
  await tab.getByText("The glossary has no entry with “xyzzy” in it.").waitFor();
  await picture(page, "tab-nobody");
});

test("what goes wrong is told in a sentence that helps", async () => {
  for (const [token, sentence] of [
    [openid.tabToken({ aud: "another-app" }), "in a way that Upshot cannot verify"],
    [openid.tabToken({ exp: 1 }), "in a way that Upshot cannot verify"],
    [null, "the app is not set up for single sign-on"],
  ]) {
    const { tab } = await open({ token });
    await tab.getByRole("status").getByText(sentence).waitFor();
    assert.equal(await tab.getByLabel("Find an entry").isVisible(), false);
  }
});

test("outside of Teams the page says where to go, and no other site can show it", async () => {
  const context = await newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/teams/tab`);
  await page.getByText("Outside of Teams, use the glossary’s pages.").waitFor();
  const { complaints, frame } = await open({ token: openid.tabToken(), at: "https://teams.microsoft.com.example.com/" });
  assert.ok(complaints.some((one) => one.includes("frame-ancestors")), complaints.join("\n"));
  assert.equal(frame(), undefined, "the browser shows an error of its own in the frame");
});

for (const [name, options] of [
  ["light", {}],
  ["dark", { theme: "dark" }],
  ["contrast", { theme: "contrast" }],
  ["phone", { viewport: PHONE, hasTouch: true, isMobile: true }],
]) {
  test(`axe finds nothing serious, and nothing is wider than the tab (${name})`, async () => {
    await letIn(`oid-${name}`, "author");
    await api("POST", "concepts", concept(`quixlet${name}${"o".repeat(40)}`, { status: "in_review" }));
    const { page, tab, frame } = await open({ token: openid.tabToken({ oid: `oid-${name}` }), reducedMotion: "reduce", ...options });
    await tab.locator("#handed-in").getByRole("link", { name: `quixlet${name}` }).waitFor();
    await tab.getByLabel("Find an entry").fill("rollback");
    await tab.getByRole("button", { name: "Find" }).click();
    await tab.locator("#found").getByRole("link").first().waitFor();
    await nothingSerious(frame(), name);
    const [wide, room, theme] = await frame().evaluate(() => [
      document.documentElement.scrollWidth, innerWidth, document.documentElement.dataset.theme,
    ]);
    assert.equal(room, page.viewportSize().width);
    assert.ok(wide <= room, `${wide} wide, and there is room for ${room}`);
    assert.equal(theme, ["dark", "contrast"].includes(name) ? "dark" : "light");
    await picture(page, `tab-${name}`);
    // Teams changes its theme while the tab is open.
    await page.evaluate(() => globalThis.wear("dark"));
    await frame().waitForFunction(() => document.documentElement.dataset.theme === "dark");
  });
}
