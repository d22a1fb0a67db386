"""Makes a dataset of 600 real photographs with the command line and opens it as people do.

    python dataset.py [--images ../shared/data/images]

Runs from the project's root, after a build. Rows, arrays, class names and counts must agree with the folders; a second
run, and runs with one and four workers, must give the same bytes.
"""

import argparse
import csv
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from PIL import Image


def run(images, output, *flags):
    command = ["node", "dist/cli/main.js", "--input", str(images), "--output", str(output), *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return output


def hashes(folder):
    """Everything but what tells the time."""
    timed = {"metrics.json", "pipeline.log"}
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in timed
    }


def check_rows(images, output):
    paths = sorted(path.relative_to(images).as_posix() for path in images.rglob("*") if path.suffix == ".jpg")
    classes = sorted(path.name for path in images.iterdir() if path.is_dir())
    table = pd.read_csv(output / "images.csv", keep_default_na=False)
    assert list(table["filename"]) == paths, "rows are not the folder's files in code-point order"
    assert json.loads((output / "class_names.json").read_text()) == classes
    assert list(table["label"]) == [path.split("/")[0] for path in paths]
    assert list(table["label_id"]) == [classes.index(path.split("/")[0]) for path in paths]
    for row in table.sample(60, random_state=1).itertuples():
        content = (images / row.filename).read_bytes()
        assert row.bytes == len(content) and row.sha256 == hashlib.sha256(content).hexdigest(), row.filename
        with Image.open(images / row.filename) as picture:
            assert (row.stored_width, row.stored_height) == picture.size, row.filename
            assert row.mode == picture.mode, (row.filename, row.mode, picture.mode)
    counts = table["split"].value_counts()
    assert abs(counts["validation"] - 60) <= 12 and abs(counts["test"] - 60) <= 12, counts
    pixels = np.load(output / "images.npy", mmap_mode="r")
    assert pixels.shape == (len(paths), 224, 224, 3) and pixels.dtype == np.uint8, pixels.shape
    labels = np.load(output / "labels.npy")
    assert labels.dtype == np.int64 and list(labels) == list(table["label_id"])
    assert pixels.reshape(len(paths), -1).std(axis=1).min() > 1, "an empty picture"
    rows = json.loads((output / "images.json").read_text())
    lines = [json.loads(line) for line in (output / "images.jsonl").read_text().splitlines()]
    assert rows == lines and [row["filename"] for row in rows] == paths
    with open(output / "images.csv", newline="", encoding="utf-8") as file:
        assert [row["sha256"] for row in csv.DictReader(file)] == [row["sha256"] for row in rows]
    metrics = json.loads((output / "metrics.json").read_text())
    assert metrics["images_processed"] == len(paths) and metrics["pipeline_status"] == "success", metrics
    return len(paths)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", default="../shared/data/images", type=pathlib.Path)
    images = parser.parse_args().images
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        formats = ("--formats", "csv,json,jsonl,npy")
        first = run(images, scratch / "first", *formats)
        count = check_rows(images, first)
        expected = hashes(first)
        assert hashes(run(images, scratch / "second", *formats)) == expected, "a second run gives other bytes"
        assert hashes(run(images, scratch / "one", *formats, "--workers", "1")) == expected, "one worker, other bytes"
        assert hashes(run(images, scratch / "four", *formats, "--workers", "4")) == expected, "four workers, other bytes"
        print(f"{count} rows right in csv, json, jsonl and npy; {len(expected)} files identical in four runs")


main()
