"""json: Python's json, and pandas as the results show it."""

import json
import pathlib

import numpy as np

from expected import compare_columns


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        rows = [row for path in paths for row in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))]
        compare_columns(compared, f"json {folder}", {name: [row[name] for row in rows] for name in rows[0]}, expected)
        for name, wanted in expected.vectors.items():
            got = np.array([row[f"features_{name}"] for row in rows], wanted.dtype)
            compared.same_array(f"json {folder} {name}", got, wanted)
            if folder == sets[0][0]:
                compared.same_array(f"json {folder} {name} as shown", found[f"features_{name}"], wanted)
        table = found[folder.strip("/") or "table"]
        compared.same(f"json {folder} names as shown", table["filename"].tolist(), expected.column("filename"))
