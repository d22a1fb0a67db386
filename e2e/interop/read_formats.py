"""Opens an output folder as people do, with NumPy, pandas and the csv module, and compares every value.

    python read_formats.py FOLDER EXPECTED.json

EXPECTED.json says what must be found. Every part may be missing, and is then not looked at:

    python   {"csv": CODE, "json": CODE, "jsonl": CODE, "npy": CODE}: the lines that the results page shows, run in
             FOLDER. Tables end as `table`; arrays as the dataset's name, `labels`, `splits`, `class_names`
    name     the dataset's name, by default "images"
    kinds    {column: "text" | "integer" | "number" | "json" | "array"}, in the columns' order
    rows     [{column: value}], null for missing; columns left out of a row are not compared. The value of an
             "array" is the base64 of its little-endian values at `dtype`
    dtype    of the arrays
    arrays   {"images": base64 of the little-endian values, "shape": [...]}
    labels, splits, class_names    lists

Prints what differs and ends with status 1, or prints one line and ends with 0. Needs numpy and pandas.
"""

import base64
import csv
import json
import math
import os
import sys

import numpy as np

from comparison import Comparison


def main(folder, expected_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    os.chdir(folder)
    name = expected.get("name", "images")
    compared = Comparison()
    for format, code in expected.get("python", {}).items():
        found = {}
        exec(code, found)
        if format == "npy":
            compare_arrays(compared, found, name, expected)
        else:
            compare_table(compared, format, found["table"], expected)
    if "csv" in expected.get("python", {}) and os.path.exists(f"{name}.csv"):
        compare_csv_module(compared, f"{name}.csv", expected)
    return compared.report()


def compare_table(compared, format, table, expected):
    compared.same(f"{format} columns", list(table.columns), list(expected["kinds"]))
    compared.same(f"{format} rows", len(table), len(expected["rows"]))
    for index, row in enumerate(expected["rows"]):
        for column, wanted in row.items():
            where = f"{format} row {index} {column}"
            compare_cell(compared, where, format, table[column].iloc[index], wanted, expected, column)


def compare_cell(compared, where, format, got, wanted, expected, column):
    kind = expected["kinds"][column]
    if kind in ("json", "array") and format == "csv":
        got = json.loads(got)
    if kind == "array":
        dtype = np.dtype(expected["dtype"]).newbyteorder("<")
        got = base64.b64encode(np.array(got, dtype).tobytes()).decode()
    elif kind == "text":
        if format == "csv" and wanted is None:
            wanted = ""  # pandas cannot tell missing text from empty text in a csv
        elif not isinstance(got, str) and np.all(got != got):
            got = None  # pandas' NaN for missing text
    elif kind in ("integer", "number"):
        got, wanted = float(got if got is not None else math.nan), float(wanted if wanted is not None else math.nan)
    compared.same(where, got, wanted)


def compare_csv_module(compared, path, expected):
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    compared.same("csv module columns", header, list(expected["kinds"]))
    compared.same("csv module rows", len(rows), len(expected["rows"]))
    for index, wanted in enumerate(expected["rows"]):
        got = dict(zip(header, rows[index], strict=True))
        for column, value in wanted.items():
            where = f"csv module row {index} {column}"
            if expected["kinds"][column] == "text":
                compared.same(where, got[column], "" if value is None else value)
            elif expected["kinds"][column] in ("integer", "number"):
                number = math.nan if got[column] == "" else float(got[column])
                compared.same(where, number, math.nan if value is None else float(value))


def compare_arrays(compared, found, name, expected):
    images = found[name]
    if isinstance(images, list):
        images = np.concatenate(images)
    if "arrays" in expected:
        compared.same("npy dtype", str(images.dtype), expected["dtype"])
        compared.same("npy shape", list(images.shape), expected["arrays"]["shape"])
        wanted = base64.b64decode(expected["arrays"]["images"])
        compared.same("npy values", images.tobytes() == wanted, True)
    for part, dtype in (("labels", "int64"), ("splits", "uint8")):
        if part in expected:
            compared.same(f"npy {part}", found[part].tolist(), expected[part])
            compared.same(f"npy {part} dtype", str(found[part].dtype), dtype)
    if expected.get("soft_labels") is not None:
        compared.same("npy soft_labels", found["soft_labels"].tobytes() == base64.b64decode(expected["soft_labels"]), True)
        compared.same("npy soft_labels shape", list(found["soft_labels"].shape), [len(expected["labels"]), len(expected["class_names"])])
    if "class_names" in expected:
        compared.same("class_names", found["class_names"], expected["class_names"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
