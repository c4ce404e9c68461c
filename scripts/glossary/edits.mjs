// How soon edits are in answers while all processes are asked, and what becomes of many edits of the same entries at once.

import { setTimeout as pause } from "node:timers/promises";
import { call, concept, freshPostgres, good, load, share, start } from "./world.mjs";

const EDITS = 200;
const ENTRIES = 20;
const CONNECTIONS = 4;
// A hundred rewrites a second for each process: a busy hour of a large organisation, and no contest for the processors.
const ASK_EVERY_MS = 40;
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 30_000;

const name = (number) => `zibbler${String.fromCharCode(97 + number)}`;

async function fill(url) {
  for (let number = 0; number < ENTRIES; number += 1) {
    await good(url, "POST", "concepts", concept(name(number), "The first words."));
    await good(url, "POST", `concepts/${name(number)}/approve`);
  }
}

/** Milliseconds until this process explains a term with these words. */
async function seen(url, term, words, began) {
  for (;;) {
    const { answer } = await call(url, "GET", `explain?q=${term}`);
    if (answer.definition === words) return performance.now() - began;
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${url} never explained ${term} with the new words`);
    await pause(LOOK_EVERY_MS);
  }
}

async function edits(urls) {
  await fill(urls[0]);
  const stop = load(urls, CONNECTIONS, ASK_EVERY_MS);
  const [fromEdit, fromApproval] = [[], []];
  for (let number = 0; number < EDITS; number += 1) {
    const term = name(number % ENTRIES);
    const words = `The words of edit ${number}.`;
    const began = performance.now();
    await good(urls[number % urls.length], "PUT", `concepts/${term}`, concept(term, words));
    const approved = performance.now();
    const approval = good(urls[number % urls.length], "POST", `concepts/${term}/approve`);
    const times = await Promise.all(urls.map((url) => seen(url, term, words, began)));
    await approval;
    fromEdit.push(Math.max(...times));
    fromApproval.push(Math.max(...times) - (approved - began));
  }
  return { fromEdit, fromApproval, load: await stop() };
}

export async function measureEdits(tell) {
  const address = freshPostgres();
  for (const [title, most, settings] of [
    ["one process, SQLite", 1_000, [{}]],
    ["three processes, PostgreSQL", 2_000, Array.from({ length: 3 }, () => ({ UPSHOT_DATABASE_URL: address }))],
  ]) {
    const servers = [];
    try {
      for (const own of settings) servers.push(await start(own));
      const { fromEdit, fromApproval, load } = await edits(servers.map(({ url }) => url));
      tell(`${title}: from sending an edit and its approval to all answers, 99th percentile of ${EDITS}`, share(fromEdit, 0.99), "ms", most);
      tell(`${title}: the same, median`, share(fromEdit, 0.5), "ms");
      tell(`${title}: from sending the approval, 99th percentile`, share(fromApproval, 0.99), "ms", most);
      tell(`${title}: failed of ${load.count} rewrites meanwhile`, load.failed, "requests", 0);
      tell(`${title}: a rewrite meanwhile, 99th percentile`, share(load.times, 0.99), "ms");
    } finally {
      for (const server of servers) await server.stop();
    }
  }
}

/** Edits one entry on from what is there until one is stored; gives what it was answered. */
async function contend(url, term, number) {
  const { revision } = await good(url, "GET", `concepts/${term}`);
  const { status, answer } = await call(url, "PUT", `concepts/${term}`, { ...concept(term, `Words of editor ${number}.`), revision, reason: `editor ${number}` });
  return { number, term, revision, status, answer };
}

export async function measureRace(tell) {
  const address = freshPostgres();
  for (const [title, settings] of [
    ["one process, SQLite", [{}]],
    ["three processes, PostgreSQL", Array.from({ length: 3 }, () => ({ UPSHOT_DATABASE_URL: address }))],
  ]) {
    const servers = [];
    try {
      for (const own of settings) servers.push(await start(own));
      const urls = servers.map(({ url }) => url);
      await fill(urls[0]);
      const outcomes = await Promise.all(Array.from({ length: EDITS }, (_, number) =>
        contend(urls[number % urls.length], name(number % ENTRIES), number)));
      const stored = outcomes.filter(({ status }) => status === 200);
      const refused = outcomes.filter(({ status, answer, revision }) =>
        status === 409 && Number(/revision is (\d+)/.exec(answer.detail)?.[1]) > revision);
      let wrong = outcomes.length - stored.length - refused.length;
      for (let number = 0; number < ENTRIES; number += 1) {
        const { items } = await good(urls[0], "GET", `concepts/${name(number)}/history`);
        const own = stored.filter(({ term }) => term === name(number));
        const numbers = items.map(({ revision }) => revision);
        const isWhole = numbers.every((revision, at) => revision === items.length - at);
        const isEach = items.length === 2 + own.length
          && own.every(({ number: editor, answer }) => items.some(({ revision, reason }) => revision === answer.revision && reason === `editor ${editor}`));
        if (!isWhole || !isEach) wrong += 1;
      }
      console.log(`${title}: ${stored.length} of ${EDITS} edits stored as revisions, ${refused.length} refused with the newer revision`);
      tell(`${title}: other answers, and histories that do not agree`, wrong, "findings", 0);
    } finally {
      for (const server of servers) await server.stop();
    }
  }
}
