"""What a dataset must hold, and the comparing of it, for the checks of single formats beside this file."""

import dataclasses
import hashlib
import io
import json
import math

import numpy as np
from PIL import Image


class Comparison:
    """Counts the values that were compared and keeps those that differ."""

    def __init__(self):
        self.values = 0
        self.problems = []

    def same(self, where, got, wanted):
        """NaN is itself here; types must agree, so that "7" is not 7."""
        self.values += 1
        both_nan = isinstance(got, float) and isinstance(wanted, float) and math.isnan(got) and math.isnan(wanted)
        if not both_nan and (type(got) is not type(wanted) or got != wanted):
            self.problems.append(f"{where}: got {str(got)[:200]!r}, wanted {str(wanted)[:200]!r}")

    def same_array(self, where, got, wanted):
        """Bit for bit, so that NaN and -0 count, with type and shape."""
        got = np.asarray(got)
        self.same(f"{where} dtype", str(got.dtype), str(wanted.dtype))
        self.same(f"{where} shape", list(got.shape), list(wanted.shape))
        self.values += wanted.size
        if got.shape == wanted.shape and got.tobytes() != wanted.tobytes():
            self.problems.append(f"{where}: values differ")

    def report(self):
        for problem in self.problems[:50]:
            print(problem)
        print(f"{self.values} values compared, {len(self.problems)} differ")
        return 1 if self.problems or self.values == 0 else 0


@dataclasses.dataclass
class Expected:
    """The rows of one set of files, in order."""

    kinds: dict  # column: "text" | "integer" | "number" | "json", without the image
    rows: list  # {column: value}, None for missing
    images: np.ndarray  # the tensors
    pictures: list  # the re-encoded pictures' bytes in the rows' order, or None where only `files` is known
    class_names: list
    files: list = None  # the pictures' bytes in any order

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


def as_float(value):
    return math.nan if value is None else float(value)
