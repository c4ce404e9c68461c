#!/usr/bin/env python3
"""Slack's own models judge the blocks, messages and views in a file of rows, and Slack's own verifier signs and checks requests.

usage: blocks.py surfaces ROWS.json    prints one line for each finding; exit code 1 when there are any
       blocks.py sign < REQUESTS.json  signs a list of {secret, at, body} with the SDK: prints a list of headers
       blocks.py check < REQUESTS.json answers a list of {secret, headers, body} with a list of true and false
"""

import json
import sys

from slack_sdk.models.blocks import Block
from slack_sdk.models.blocks.block_elements import BlockElement
from slack_sdk.models.blocks.basic_components import Option
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier


def lost(given, kept, path=""):
    """What the models do not know: fields that are gone after they have read a value and written it again."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key in kept:
                yield from lost(value, kept[key], f"{path}.{key}")
            # A model leaves out what is empty.
            elif value not in ("", None, [], False):
                yield f"{path}.{key} is unknown to the SDK"
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for number, (one, other) in enumerate(zip(given, kept)):
            yield from lost(one, other, f"{path}[{number}]")
    elif given != kept:
        yield f"{path} reads as another value: {str(given)[:80]!r} and {str(kept)[:80]!r}"


def blocks_of(blocks, most):
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    for number, block in enumerate(blocks):
        model = Block.parse(block)
        if model is None:
            yield f"block {number}: unknown kind {block.get('type')}"
            continue
        yield from lost(block, model.to_dict(), f"block {number}")
        for element in block.get("elements", []) + [block[name] for name in ("element", "accessory") if name in block]:
            if element.get("type") in ("mrkdwn", "plain_text"):
                continue
            known = BlockElement.parse(element)
            if known is None:
                yield f"block {number}: unknown element {element.get('type')}"
            else:
                known.to_dict()


def message(value):
    text = value.get("text", "")
    if not text:
        yield "no text for notifications"
    if "blocks" in value:
        yield from blocks_of(value["blocks"], 50)


def view(value):
    yield from lost(value, View(**value).to_dict(), "view")
    yield from blocks_of(value["blocks"], 100)


def options(value):
    if len(value["options"]) > 100:
        yield f"{len(value['options'])} options"
    for option in Option.parse_all(value["options"]):
        option.to_dict("block")


JUDGES = {
    "slack.response": message,
    "slack.posted": message,
    "slack.modal": view,
    "slack.home": view,
    "slack.form": lambda value: view(value["view"]),
    "slack.options": options,
}


def judge(judge_one, value):
    try:
        yield from judge_one(value)
    except Exception as error:  # Whatever the SDK objects to is the finding.
        yield f"{type(error).__name__}: {error}"


def surfaces(path):
    with open(path, encoding="utf-8") as file:
        rows = [row for row in json.load(file) if row["surface"] in JUDGES]
    findings = [
        f"{row['surface']}, {row['from']}: {finding}"
        for row in rows
        for finding in judge(JUDGES[row["surface"]], row["value"])
    ]
    print("\n".join(findings[:50] + [f"slack_sdk: {len(rows)} surfaces, {len(findings)} findings"]))
    return 1 if findings or not rows else 0


def sign(requests):
    for request in requests:
        at = str(request["at"])
        signature = SignatureVerifier(request["secret"]).generate_signature(timestamp=at, body=request["body"])
        yield {"x-slack-request-timestamp": at, "x-slack-signature": signature}


def check(requests):
    for request in requests:
        try:
            yield SignatureVerifier(request["secret"]).is_valid_request(request["body"], request["headers"])
        except ValueError:  # It reads a timestamp that is no number so.
            yield False


def main():
    match sys.argv[1:]:
        case ["surfaces", path]:
            return surfaces(path)
        case ["sign"]:
            print(json.dumps(list(sign(json.load(sys.stdin)))))
        case ["check"]:
            print(json.dumps(list(check(json.load(sys.stdin)))))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


sys.exit(main())
