#!/usr/bin/env python3
"""Draws the two icons of the Teams app: an arrow that leaves a line of text.

Run it from the repository's root after a change; the pictures are committed. Needs nothing but Python.
color.png is 192 pixels wide with its symbol inside the inner 96, outline.png 32 pixels, white on nothing.
"""

import struct
import zlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src/platforms/teams/package"
BLUE = (31, 78, 121, 255)
WHITE = (255, 255, 255, 255)
NOTHING = (255, 255, 255, 0)
# Corners of the arrow and of the two lines below it, on a square of 32.
SHAPES = [
    [(16, 1), (27, 12), (20, 12), (20, 21), (12, 21), (12, 12), (5, 12)],
    [(5, 24), (27, 24), (27, 27), (5, 27)],
    [(5, 29), (20, 29), (20, 32), (5, 32)],
]
# Points of a pixel that are looked at, in each direction.
FINE = 4


def inside(x, y, corners):
    crossed = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def cover(px, py, scale, offset):
    """How much of a pixel the symbol covers, from 0 to 1."""
    points = [(i + 0.5) / FINE for i in range(FINE)]
    hits = sum(
        any(inside((px + dx - offset) / scale, (py + dy - offset) / scale, shape) for shape in SHAPES)
        for dx in points
        for dy in points
    )
    return hits / FINE**2


def mixed(back, part):
    if back[3] == 0:
        return (255, 255, 255, round(255 * part))
    return tuple(round(b + (w - b) * part) for b, w in zip(back, WHITE))


def png(size, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(bytes(pixel) for pixel in row) for row in pixels)
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def draw(name, size, scale, offset, back):
    pixels = [[mixed(back, cover(x, y, scale, offset)) for x in range(size)] for y in range(size)]
    (FOLDER / name).write_bytes(png(size, pixels))


draw("color.png", 192, 3, 48, BLUE)
draw("outline.png", 32, 1, 0, NOTHING)
