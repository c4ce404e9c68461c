#!/usr/bin/env python3
"""Makes the first inputs of the fuzz targets from the project's own tests and content.

    fuzz/seeds.py FOLDER

One file for each input in FOLDER/<target>. scripts/fuzz.sh calls it; it needs nothing but Python.
"""

import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Case files write one case a line, with texts in double quotes as JSON has them.
QUOTED = re.compile(r'\b(?:text|plain|query|context): ("(?:[^"\\]|\\.)*")')
# The judge's files have texts in blocks, one line each, below `source: |` and `paraphrase: |`.
BLOCK = re.compile(r"^  (source|paraphrase): \|\n((?:    .*\n|\n)+)", re.MULTILINE)
SENTENCE = re.compile(r'^ +- ("(?:[^"\\]|\\.)*")$', re.MULTILINE)


def texts(pattern, paths):
    for path in sorted(paths):
        for found in pattern.findall(path.read_text(encoding="utf-8")):
            try:
                yield json.loads(found)
            except ValueError:
                # YAML knows escapes that JSON does not. Such a text is only one seed less.
                continue


def write(folder, target, inputs):
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        (place / name).write_bytes(data)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: fuzz/seeds.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    engine = ROOT / "tests/engine"
    messages = list(texts(QUOTED, engine.glob("cases/*.yaml")))
    messages += list(texts(SENTENCE, engine.glob("senses/*.yaml")))[::7]
    pairs = []
    for path in sorted(engine.glob("judge/*.yaml")):
        found = [(name, re.sub(r"^    ", "", text, flags=re.MULTILINE).strip()) for name, text in BLOCK.findall(path.read_text(encoding="utf-8"))]
        for (name, source), (next_name, paraphrase) in zip(found, found[1:]):
            if (name, next_name) == ("source", "paraphrase"):
                pairs.append(f"{source}\0{paraphrase}".encode())
                messages.append(source)
    encoded = [message.encode() for message in messages]
    # The last byte chooses the reader.
    write(folder, "rewrite", [message + bytes([number % 11]) for number, message in enumerate(encoded)])
    write(folder, "verify", pairs + [message + b"\0" + message for message in encoded[::5]])
    words = [word for message in messages[::9] for word in re.findall(r"[\w/-]+", message)[:4]]
    write(folder, "explain", [f"{word}\0{message}".encode() + b"\x01" for word, message in zip(words, messages)])
    write(folder, "explain", [f"what is {word} here?".encode() + b"\x02" for word in words[::3]])
    write(folder, "slack_command", [b"for sales: " + message for message in encoded[::3]])
    write(folder, "slack_command", [f"explain {word}".encode() for word in words[::9]])

    deliveries = []
    for path in sorted((ROOT / "tests/fixtures/slack").glob("*")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".form":
            deliveries.append(b"f" + text.strip().encode())
        elif path.suffix == ".json":
            value = json.loads(text)
            for row in value if isinstance(value, list) else [value]:
                body = row.get("body", row) if isinstance(row, dict) else row
                if isinstance(body, dict) and body.get("type") in ("event_callback", "url_verification"):
                    deliveries.append(b"e" + json.dumps(body).encode())
                elif isinstance(body, dict) and "type" in body:
                    payload = re.sub(r'("trigger_id": )"[^"]*"', r'\1"TICKET"', json.dumps(body))
                    deliveries.append(b"i" + payload.encode())
    write(folder, "slack_delivery", deliveries)

    # The first byte says what the file is: PLACES in targets/content.rs.
    content = []
    for kind, pattern in enumerate(
        ["glossary/*.yaml", "glossary/phrases/*.yaml", "prompts/audiences/*.yaml", "prompts/templates/*.j2", "prompts/reading.yaml"]
    ):
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            # Whole packs are long; a few entries each say as much.
            entries = re.split(r"(?m)^(?=- id: |  - id: )", text)
            head, rest = entries[0], entries[1:]
            for start in range(0, min(len(rest), 24), 3) or [0]:
                content.append(bytes([kind]) + (head + "".join(rest[start : start + 3])).encode())
    write(folder, "content", content)


if __name__ == "__main__":
    main()
