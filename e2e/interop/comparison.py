"""The comparing of values, for every check of this folder."""

import math

import numpy as np


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
            self.problems.append(f"{where}: got {shown(got)}, wanted {shown(wanted)}")

    def same_array(self, where, got, wanted):
        """Bit for bit, so that NaN and -0 count, with type and shape."""
        got = np.asarray(got)
        self.same(f"{where} dtype", str(got.dtype), str(wanted.dtype))
        self.same(f"{where} shape", list(got.shape), list(wanted.shape))
        self.values += wanted.size
        if got.shape == wanted.shape and got.tobytes() != wanted.tobytes():
            self.problems.append(f"{where}: values differ")

    def report(self, note=""):
        """Prints what differs, and the counts, to which `note` belongs; gives the status to end with."""
        for problem in self.problems[:50]:
            print(problem)
        print(f"{self.values} values compared{note}, {len(self.problems)} differ")
        return 1 if self.problems or self.values == 0 else 0


def shown(value):
    """As Python writes it, which tells "7" from 7; its beginning when it is long."""
    return repr(value)[:200]
