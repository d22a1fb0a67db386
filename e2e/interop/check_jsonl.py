"""jsonl: pandas as the results show it; its own lines are what all formats are compared with."""

import numpy as np


def check(compared, found, sets, knobs):
    for folder, _, expected in sets:
        table = found[folder.strip("/") or "table"]
        compared.same(f"jsonl {folder} columns", list(table.columns), [*expected.kinds, *(f"features_{name}" for name in expected.vectors)])
        for name, wanted in expected.vectors.items():
            got = np.array(table[f"features_{name}"].tolist(), wanted.dtype)
            compared.same_array(f"jsonl {folder} {name}", got, wanted)
            if folder == sets[0][0]:
                compared.same_array(f"jsonl {folder} {name} as shown", found[f"features_{name}"], wanted)
        for name in ("filename", "label_id", "width", "sha256", "copy", "augmentation"):
            compared.same(f"jsonl {folder} {name} as shown", table[name].tolist(), expected.column(name))
