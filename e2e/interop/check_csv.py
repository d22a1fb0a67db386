"""csv: Python's csv, and pandas as the results show it."""

import csv
import json

import numpy as np

from expected import compare_columns


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        rows = []
        for path in paths:
            with open(path, encoding="utf-8", newline="") as file:
                rows += csv.DictReader(file)
        for name, kind in expected.kinds.items():
            compared.same(f"csv {folder} has {name}", name in rows[0], True)
        columns = {name: [typed(row[name], kind) for row in rows] for name, kind in expected.kinds.items()}
        compare_columns(compared, f"csv {folder}", columns, expected)
        for name, wanted in expected.vectors.items():
            got = np.array([json.loads(row[f"features_{name}"]) for row in rows], wanted.dtype)
            compared.same_array(f"csv {folder} {name}", got, wanted)
            if folder == sets[0][0]:
                compared.same_array(f"csv {folder} {name} as shown", found[f"features_{name}"], wanted)
        table = found[folder.strip("/") or "table"]
        compared.same(f"csv {folder} rows as shown", len(table), len(expected.rows))
        compared.same(f"csv {folder} names as shown", table["filename"].tolist(), expected.column("filename"))


def typed(text, kind):
    if text == "":
        return None
    return int(text) if kind == "integer" else float(text) if kind == "number" else text
