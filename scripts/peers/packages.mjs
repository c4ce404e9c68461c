// Microsoft's published schema judges the app packages for Teams, and what it does not say is looked at here: that the zip has the three
// files at its top, and that its icons have the sizes and colours that Teams asks for.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync, inflateSync } from "node:zlib";
import { Ajv } from "ajv";
import { APP_ID } from "./world.mjs";

const FILES = ["color.png", "manifest.json", "outline.png"];

/** The files of a zip, by its central directory. */
function unzipped(bytes) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size, nameLength, extra, comment] = [10, 20, 28, 30, 32].map((place) => (place === 20 ? bytes.readUInt32LE(at + place) : bytes.readUInt16LE(at + place)));
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + size);
    files.set(bytes.toString("utf8", at + 46, at + 46 + nameLength), method === 0 ? packed : inflateRawSync(packed));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

/** Width, height and colours of a PNG with eight bits a channel and alpha. */
function picture(bytes) {
  const [width, height, depth, kind] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]];
  const parts = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  if (depth !== 8 || kind !== 6) return { width, height, pixels: null };
  const lines = inflateSync(Buffer.concat(parts));
  const pixels = [];
  let above = new Uint8Array(width * 4);
  for (let row = 0; row < height; row += 1) {
    const start = row * (width * 4 + 1);
    const line = Uint8Array.from(lines.subarray(start + 1, start + 1 + width * 4));
    for (let at = 0; at < line.length; at += 1) {
      const [left, up, corner] = [line[at - 4] ?? 0, above[at], above[at - 4] ?? 0];
      const guess = left + up - corner;
      const nearest = [left, up, corner].reduce((best, one) => (Math.abs(guess - one) < Math.abs(guess - best) ? one : best));
      line[at] += [0, left, up, (left + up) >> 1, nearest][lines[start]];
    }
    for (let at = 0; at < line.length; at += 4) pixels.push([...line.subarray(at, at + 4)]);
    above = line;
  }
  return { width, height, pixels };
}

function validatorFor(version) {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, `teams-app-${version}.json`), "utf8"));
  // Ajv reads newer drafts than 4; these schemas use nothing that means something else in them.
  delete schema.$schema;
  delete schema.$comment;
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
}

function* faultsOf(files, validate) {
  const names = [...files.keys()].sort();
  if (names.join() !== FILES.join()) yield `it holds ${names}`;
  const manifest = JSON.parse(files.get("manifest.json"));
  if (!validate(manifest)) yield* validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  const addresses = [...JSON.stringify(manifest).matchAll(/"(http:[^"]*)"/g)].map(([, address]) => address);
  if (addresses.length > 0) yield `addresses without encryption: ${addresses}`;
  for (const [name, side] of [["color.png", 192], ["outline.png", 32]]) {
    const { width, height, pixels } = picture(files.get(name));
    if (width !== side || height !== side) yield `${name} is ${width}×${height}, not ${side}×${side}`;
    const isOther = ([red, green, blue, alpha]) => alpha > 0 && Math.min(red, green, blue) < 255;
    if (name === "outline.png" && (pixels === null || pixels.some(isOther))) yield `${name} is not white on nothing`;
  }
}

/** Faults that must be seen, or nothing is proved. */
const PLANTED = {
  "a name that is too long": (manifest) => (manifest.name.short = "x".repeat(31)),
  "no icons": (manifest) => delete manifest.icons,
  "an address without encryption": (manifest) => (manifest.developer.websiteUrl = "http://upshot.example.com"),
  "a scope that Teams does not know": (manifest) => manifest.bots[0].scopes.push("everywhere"),
  "a field that Teams does not know": (manifest) => (manifest.colour = "#000000"),
};

/** Judges the packages that the program makes with these arguments; says how many there are and what is wrong. */
function judged(program, ...more) {
  const folder = mkdtempSync(join(tmpdir(), "upshot-packages-"));
  const made = spawnSync(program, ["manifest", "teams", "--url", "https://upshot.example.com", "--app-id", APP_ID, "--out", folder, ...more]);
  const findings = made.status === 0 ? [] : [`no packages are made: ${made.stderr}`];
  const packages = readdirSync(folder).sort();
  for (const name of packages) {
    const [, version] = name.match(/-(\d+\.\d+)\.zip$/);
    const validate = validatorFor(version);
    const files = unzipped(readFileSync(join(folder, name)));
    findings.push(...[...faultsOf(files, validate)].map((fault) => `${name}: ${fault}`));
    for (const [fault, plant] of Object.entries(PLANTED)) {
      const manifest = JSON.parse(files.get("manifest.json"));
      plant(manifest);
      const planted = new Map(files).set("manifest.json", Buffer.from(JSON.stringify(manifest)));
      if ([...faultsOf(planted, validate)].length === 0) findings.push(`${name}: nobody sees ${fault}`);
    }
  }
  rmSync(folder, { recursive: true });
  if (packages.length !== 2) findings.push(`packages for two versions are expected: ${packages}`);
  return { count: packages.length, findings };
}

export function judgePackages(program) {
  const kinds = [judged(program), judged(program, "--tab"), judged(program, "--tab", "--reads-threads")];
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
  return {
    title: `${count} app packages, and ${Object.keys(PLANTED).length} planted faults in each, judged by Microsoft's schema`,
    findings: kinds.flatMap(({ findings }) => findings),
  };
}
