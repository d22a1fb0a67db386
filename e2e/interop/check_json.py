"""json: Python's json, and pandas as the results show it."""

import json
import pathlib

from expected import compare_columns


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        rows = [row for path in paths for row in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))]
        compare_columns(compared, f"json {folder}", {name: [row[name] for row in rows] for name in rows[0]}, expected)
        table = found[folder.strip("/") or "table"]
        compared.same(f"json {folder} names as shown", table["filename"].tolist(), expected.column("filename"))
