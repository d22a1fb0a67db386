"""Opens one dataset in several formats and compares every value: the rows come from a JSON file.

    python check_formats.py FOLDER EXPECTED.json

EXPECTED.json: {kinds, rows, class_names, dtype, shape, images, pictures, vectors, jobs}; `images` is the base64 of the
tensors' little-endian values, `pictures` a list of base64, `vectors` a list of {name, dtype, length, values}; a job is {format, folder, paths, knobs, code}, where `code` is the
Python that the results show, run in the job's folder below FOLDER.
"""

import base64
import importlib
import json
import os
import sys

import numpy as np

from expected import Comparison, Expected, vectors_of


def main(folder, path):
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    values = np.frombuffer(base64.b64decode(given["images"]), np.dtype(given["dtype"]))
    expected = Expected(
        given["kinds"],
        given["rows"],
        values.reshape(given["shape"]),
        [base64.b64decode(picture) for picture in given["pictures"]],
        given["class_names"],
        vectors=vectors_of(given.get("vectors", [])),
    )
    compared = Comparison()
    for job in given["jobs"]:
        before = len(compared.problems)
        os.chdir(os.path.join(folder, job["folder"]))
        found = {}
        try:
            exec(job["code"], found)
            checker = importlib.import_module(f"check_{job['format']}")
            checker.check(compared, found, [("", job["paths"], expected)], job["knobs"])
        except Exception as error:
            compared.problems.append(f"{type(error).__name__}: {error}")
        compared.problems[before:] = [f"{job['folder']}: {problem}" for problem in compared.problems[before:]]
    return compared.report()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
