"""jsonl: pandas as the results show it; its own lines are what all formats are compared with."""


def check(compared, found, sets, knobs):
    for folder, _, expected in sets:
        table = found[folder.strip("/") or "table"]
        compared.same(f"jsonl {folder} columns", list(table.columns), list(expected.kinds))
        for name in ("filename", "label_id", "width", "sha256", "copy", "augmentation"):
            compared.same(f"jsonl {folder} {name} as shown", table[name].tolist(), expected.column(name))
