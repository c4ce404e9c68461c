#!/usr/bin/env python3
"""Turns a list of {id, term, plain} (JSON) into a glossary folder, so that Upshot explains the same terms as its peers.

usage: glossary.py LIST.json FOLDER
"""
import json
import pathlib
import sys

entries = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
pack = {
    "subject_field": "benchmark",
    "concepts": [
        {"id": entry["id"], "definition": entry["plain"], "terms": [{"text": entry["term"], "pos": "phrase"}]}
        for entry in entries
    ],
}
# JSON is YAML.
(folder / "benchmark.yaml").write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
