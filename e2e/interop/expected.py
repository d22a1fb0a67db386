"""What a dataset must hold, and the comparing of its parts, for the checks of single formats beside this file."""

import base64
import dataclasses
import hashlib
import io
import json
import math

import numpy as np
from PIL import Image


# As their numbers stand for them.
SPLITS = ["train", "validation", "test"]


@dataclasses.dataclass
class Expected:
    """The rows of one set of files, in order."""

    kinds: dict  # column: "text" | "integer" | "number" | "json", without the image
    rows: list  # {column: value}, None for missing
    images: np.ndarray  # the tensors
    pictures: list  # the re-encoded pictures' bytes in the rows' order, or None where only `files` is known
    class_names: list
    files: list = None  # the pictures' bytes in any order
    vectors: dict = dataclasses.field(default_factory=dict)  # extractor's column: array of rows by values

    def column(self, name):
        return [row[name] for row in self.rows]

    def soft_labels(self):
        """A weight for each class and row, or None where rows have one label alone."""
        if "soft_labels" not in self.kinds:
            return None
        dense = np.zeros((len(self.rows), len(self.class_names)), np.float32)
        for index, row in enumerate(self.rows):
            for label in row["soft_labels"]:
                dense[index, label["label_id"]] = label["weight"]
        return dense


def vectors_of(given):
    """From `{name, dtype, length, values}`, of which `values` is base64."""
    return {
        each["name"]: np.frombuffer(base64.b64decode(each["values"]), np.dtype(each["dtype"])).reshape(-1, each["length"])
        for each in given
    }


def compare_pictures(compared, where, got, expected):
    """Compares pictures' bytes; where their order is not known, each must show its row's tensor, which PNG does exactly."""
    compared.same(f"{where} pictures", len(got), len(expected.rows))
    if expected.pictures is not None:
        compared.same(f"{where} pictures' bytes", got, expected.pictures)
        return
    compared.same(f"{where} pictures' hashes", hashes(got), hashes(expected.files))
    for index, (picture, wanted) in enumerate(zip(got, expected.images)):
        compared.same_array(f"{where} picture {index}", decode(picture), wanted)


def hashes(pictures):
    return sorted(hashlib.sha256(picture).hexdigest() for picture in pictures)


def decode(picture):
    with Image.open(io.BytesIO(picture)) as opened:
        return np.asarray(opened.convert("RGB"))


def compare_columns(compared, where, columns, expected, renamed=None, single=False):
    """Compares columns, given as lists by name, with the table's. `single` when numbers are float32."""
    for name, kind in expected.kinds.items():
        theirs = (renamed or {}).get(name, name)
        if theirs is None:
            continue
        compared.same(f"{where} has {theirs}", theirs in columns, True)
        got = columns.get(theirs, [])
        compared.same(f"{where} {theirs} rows", len(got), len(expected.rows))
        for index, (value, wanted) in enumerate(zip(got, expected.column(name))):
            compared.same(f"{where} row {index} {theirs}", *plain(value, wanted, kind, single))


def plain(value, wanted, kind, single):
    """Both as Python's own values; a missing number is NaN, whether it came as None or as NaN."""
    if kind == "json":
        return (json.loads(value) if isinstance(value, str) else value), wanted
    if kind == "number":
        return as_float(value), as_float(np.float32(wanted) if single and wanted is not None else wanted)
    if kind == "integer":
        return (int(value) if isinstance(value, np.integer) else value), wanted
    if value is None or (isinstance(value, float) and math.isnan(value)) or not isinstance(value, str):
        value = None if value is None or value != value else value
    return value, wanted


def compare_splits(compared, where, numbers, rows, mixed):
    """Compares the numbers of the rows' splits. None stands for files without them, as are those of one split: not `mixed`."""
    if numbers is None:
        wanted = {"train"} if mixed else {rows[0]["split"]}
        compared.same(f"{where} without splits", {row["split"] for row in rows}, wanted)
        return
    compared.same(f"{where} has splits", True, mixed)
    wanted = np.array([SPLITS.index(row["split"]) for row in rows], np.uint8)
    compared.same_array(f"{where} splits", numbers, wanted)


def as_float(value):
    return math.nan if value is None else float(value)
