// Screenshots as small PNG files: a palette of at most 256 colours, which is all that text on plain ground needs.

import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const CRC = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return whole;
}

/** The pixels of a PNG with eight bits for each of three or four channels, as Chromium writes it. */
function pixels(png) {
  let header;
  const data = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), depth: body[8], type: body[9] };
    if (kind === "IDAT") data.push(body);
    at += length + 12;
  }
  const channels = { 2: 3, 6: 4 }[header.type];
  if (header.depth !== 8 || !channels) throw new Error(`a PNG of type ${header.type} and ${header.depth} bits`);
  const raw = inflateSync(Buffer.concat(data));
  const stride = header.width * channels;
  const out = Buffer.alloc(stride * header.height);
  for (let y = 0; y < header.height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : out[y * stride + x - channels];
      const up = y === 0 ? 0 : out[(y - 1) * stride + x];
      const corner = x < channels || y === 0 ? 0 : out[(y - 1) * stride + x - channels];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted(filter, left, up, corner);
    }
  }
  return { ...header, channels, out };
}

function predicted(filter, left, up, corner) {
  switch (filter) {
    case 0: return 0;
    case 1: return left;
    case 2: return up;
    case 3: return (left + up) >> 1;
    default: {
      const guess = left + up - corner;
      const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(guess - value));
      return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
  }
}

/** The colours in the order of their frequency, told apart ever more coarsely until they fit into a palette. */
function palette(colours) {
  for (let dropped = 0; ; dropped += 1) {
    const groups = new Map();
    for (const [colour, count] of colours) {
      const key = [16, 8, 0].map((shift) => ((colour >> shift) & 255) >> dropped).join();
      const group = groups.get(key) ?? { most: 0, colour, members: [] };
      if (count > group.most) Object.assign(group, { most: count, colour });
      group.members.push(colour);
      groups.set(key, group);
    }
    if (groups.size <= 256) return [...groups.values()];
  }
}

/** The same picture in fewer bytes. */
export function smaller(png) {
  const { width, height, channels, out } = pixels(png);
  const colours = new Map();
  const colourAt = (at) => (out[at] << 16) | (out[at + 1] << 8) | out[at + 2];
  for (let at = 0; at < out.length; at += channels) colours.set(colourAt(at), (colours.get(colourAt(at)) ?? 0) + 1);
  const groups = palette(colours);
  const index = new Map(groups.flatMap(({ members }, number) => members.map((colour) => [colour, number])));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = index.get(colourAt((y * width + x) * channels));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(groups.flatMap(({ colour }) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE, chunk("IHDR", header), chunk("PLTE", table), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}
