"""Makes datasets of real photographs with the command line and opens them with h5py, tarfile and Hugging Face datasets.

    python loaders.py [--images ../shared/data/images]

Runs from the project's root, after a build. The photographs get unusual names, some no label; three splits, augmented
copies, several shards. Every value of hdf5, webdataset and imagefolder is compared with the jsonl and npy of the same run,
and the Python that the results show is run as it is written. Where the packages `webdataset` and `mlcroissant` are
there, they open the tars and validate croissant.json too.
"""

import argparse
import importlib.util
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import datasets
import h5py
import numpy as np
import yaml
from datasets import load_dataset
from PIL import Image

NAMES = ["plain", "with, comma", 'with "quotes"', "two\nlines", "Größe 日本", "dots.in.name", "-copy1", "emoji 🐈", "'single'", "NA"]
LABELS = ["cat", 'chat "noir", été', "日本", None, "dog's"]


def make_input(images, folder):
    photographs = sorted(images.rglob("*.jpg"))[::9][:60]
    for i, path in enumerate(photographs):
        label = LABELS[i % len(LABELS)]
        target = folder / label if label else folder
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{NAMES[i % len(NAMES)]} {i}.jpg").write_bytes(path.read_bytes())
    (folder / "cat" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return len(photographs)


def run(folder, output, *flags):
    command = ["node", "dist/cli/main.js", "--input", str(folder), "--output", str(output) + "/", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3, f"{command} ended with {done.returncode}:\n{done.stderr}"  # one file is broken
    return output


class Run:
    """One run's rows by jsonl and npy: what every other format is compared with."""

    def __init__(self, output, by_split):
        self.output, self.by_split = output, by_split
        self.splits = ["train", "validation", "test"] if by_split else [None]
        self.rows, self.pixels = {}, {}
        for split in self.splits:
            tables = sorted(output.glob(f"{split or 'images'}*.jsonl"))
            self.rows[split] = [json.loads(line) for path in tables for line in path.read_text().split("\n")[:-1]]
            folder = output / split if split else output
            self.pixels[split] = np.concatenate([np.load(path) for path in sorted(folder.glob("images*.npy"))])
            assert len(self.rows[split]) == len(self.pixels[split]) > 0
        self.class_names = json.loads((output / "class_names.json").read_text())

    def of_split(self, split):
        if self.by_split:
            return self.rows[split], self.pixels[split]
        chosen = [i for i, row in enumerate(self.rows[None]) if row["split"] == split]
        return [self.rows[None][i] for i in chosen], self.pixels[None][chosen]


def check_hdf5(run):
    values = 0
    for split in run.splits:
        paths = sorted(run.output.glob(f"{split or 'images'}*.h5"))
        assert paths, "no HDF5 file"
        at = 0
        for path in paths:
            with h5py.File(path) as file:
                count = len(file["images"])
                rows, pixels = run.rows[split][at : at + count], run.pixels[split][at : at + count]
                assert np.array_equal(file["images"][:], pixels), path
                assert np.array_equal(file["images"][1:3], pixels[1:3]), path
                assert list(file["labels"]) == [row["label_id"] for row in rows], path
                assert list(file["filenames"].asstr()) == [row["filename"] for row in rows], path
                assert list(file["labels"].attrs["class_names"]) == run.class_names, path
                assert ("splits" in file) == (not run.by_split)
                if "splits" in file:
                    names = file["splits"].attrs["split_names"]
                    assert [names[i] for i in file["splits"]] == [row["split"] for row in rows], path
                recipe = json.loads(file.attrs["recipe"])
                assert recipe["image"]["width"] == pixels.shape[2] and "target" not in recipe["output"]
                values += pixels.size + 3 * count
                at += count
        assert at == len(run.rows[split]), (at, len(run.rows[split]))
    return values


def stable(row):
    """A row's columns as webdataset's JSON has them."""
    row = {**row, "label": row["label"] or ""}
    row["augmentation"] = json.dumps(row["augmentation"], separators=(",", ":"), ensure_ascii=False)
    return {key: value for key, value in row.items() if value is not None}


def check_webdataset(run, pixels_as):
    values, keys = 0, set()
    for split in run.splits:
        samples = []
        for path in sorted(run.output.glob(f"{split or 'images'}*.tar")):
            with tarfile.open(path) as tar:
                for member in tar:
                    assert (member.mtime, member.uid, member.gid, member.uname, member.mode) == (0, 0, 0, "", 0o644)
                    key, field = member.name.split(".")
                    assert "/" not in key
                    if not samples or samples[-1]["key"] != key:
                        assert key not in keys, f"{key} twice"
                        keys.add(key)
                        samples.append({"key": key})
                    samples[-1][field] = tar.extractfile(member).read()
        assert len(samples) == len(run.rows[split]), (len(samples), len(run.rows[split]))
        for sample, row, pixels in zip(samples, run.rows[split], run.pixels[split]):
            assert int(sample["cls"]) == row["label_id"], row
            assert json.loads(sample["json"]) == stable(row), (sample["json"], row)
            if pixels_as == "npy":
                assert np.array_equal(np.load(io.BytesIO(sample["npy"])), pixels), row
            else:
                assert close(Image.open(io.BytesIO(sample["png"])), pixels), row
            values += pixels.size + len(row)
    return values


def close(picture, pixels):
    """A PNG gives every value back, a JPEG of a small picture is near."""
    got = np.asarray(picture.convert("RGB")).astype(int)
    if picture.format == "PNG":
        return np.array_equal(got, pixels)
    return got.shape == pixels.shape and np.abs(got - pixels).mean() < 12


def check_loaded(run, dataset, pixels_as):
    """What datasets gives for webdataset's tars, as the results tell to load them."""
    values = 0
    for split in dataset:
        rows = run.rows[split] if run.by_split else run.rows[None]
        pixels = run.pixels[split] if run.by_split else run.pixels[None]
        assert len(dataset[split]) == len(rows)
        for got, row, wanted in zip(dataset[split], rows, pixels):
            assert got["cls"] == row["label_id"] and got["json"]["filename"] == row["filename"], row
            assert got["json"]["label"] == (row["label"] or "") and got["json"]["copy"] == row["copy"], row
            if pixels_as == "npy":
                assert np.array_equal(np.asarray(got["npy"], np.uint8), wanted), row
            else:
                assert close(got["png"], wanted), row
            values += wanted.size
    return values


def check_imagefolder(run, dataset):
    values = 0
    assert set(dataset) == {"train", "validation", "test"}, dataset
    for split in dataset:
        rows, pixels = run.of_split(split)
        loaded = dataset[split]
        assert len(loaded) == len(rows), (split, len(loaded), len(rows))
        for got, row, wanted in zip(loaded, rows, pixels):
            for column in ("label", "label_id", "filename", "width", "height", "sha256", "copy", "split", "bytes"):
                assert got[column] == row[column], (column, got[column], row[column])
            assert json.loads(got["augmentation"]) == row["augmentation"], row
            assert close(got["image"], wanted), row
            values += wanted.size
        folders = {path.name for path in (run.output / split).iterdir() if path.is_dir()}
        assert folders >= {"cat", "dog's", "日本"}, folders
    return values


def check_card(run):
    text = (run.output / "README.md").read_text()
    _, front, body = text.split("---\n", 2)
    front = yaml.safe_load(front)
    assert front["license"] == "cc-by-4.0" and front["size_categories"] == ["n<1K"], front
    assert front["task_categories"] == ["image-classification"], front
    total = sum(len(rows) for rows in run.rows.values())
    assert f"{total} rows" in body and "## Licence" in body and "1 file was skipped" in body
    for label in run.class_names:
        assert label in body.replace("\\", ""), label
    card = json.loads((run.output / "croissant.json").read_text())
    import hashlib

    for entry in card["distribution"]:
        if entry["@type"] == "cr:FileObject":
            content = (run.output / entry["contentUrl"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry
            assert entry["contentSize"] == f"{len(content)} B", entry
    for record_set in card["recordSet"]:
        ids = {entry["@id"] for entry in card["distribution"]}
        assert all(field["source"]["fileSet"]["@id"] in ids for field in record_set["field"]), record_set
    if run.by_split:
        files = {entry["split"]: entry["path"] for entry in front["configs"][0]["data_files"]}
        assert all((run.output / path).exists() for paths in files.values() for path in paths)
        loaded = load_dataset(str(run.output))
        for split, rows in run.rows.items():
            assert len(loaded[split]) == len(rows), split
    return validate(run, card)


def validate(run, card):
    if importlib.util.find_spec("mlcroissant") is None:
        return "mlcroissant is not here: structure and checksums alone were checked"
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(run.output / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.errors
    counts = {}
    for record_set in card["recordSet"]:
        records = list(dataset.records(record_set["@id"]))
        counts[record_set["@id"]] = len(records)
        # Records of pictures come one by one as well; each must be as many as there are rows.
        assert len(records) == sum(len(rows) for rows in run.rows.values()), (record_set["@id"], len(records))
    return f"mlcroissant accepts it and reads {counts}"


def with_webdataset(run, pixels_as):
    if importlib.util.find_spec("webdataset") is None:
        return "the package webdataset is not here"
    import webdataset

    for split in run.splits:
        urls = [str(path) for path in sorted(run.output.glob(f"{split or 'images'}*.tar"))]
        samples = webdataset.WebDataset(urls, shardshuffle=False).decode(*(["pil"] if pixels_as == "png" else []))
        for sample, row, pixels in zip(samples, run.rows[split], run.pixels[split], strict=True):
            assert sample["cls"] == row["label_id"] and sample["json"]["filename"] == row["filename"], row
            assert np.array_equal(np.asarray(sample[pixels_as]), pixels), row
    return "webdataset reads the same"


def as_shown(run, format):
    """Runs the Python of the results where the files lie, from the card, which has it as the page shows it."""
    card = (run.output / "README.md").read_text()
    code = card.split(f"### {format}\n\n```python\n")[1].split("\n```")[0]
    before = os.getcwd()
    os.chdir(run.output)
    try:
        found = {}
        exec(code, found)
        return found
    finally:
        os.chdir(before)


def check(run, pixels_as):
    values = check_hdf5(run) + check_webdataset(run, pixels_as)
    found = as_shown(run, "hdf5")
    assert found["class_names"] == run.class_names
    if not run.by_split:
        assert sum(len(file["images"]) for file in found["files"]) == len(run.rows[None])
    values += check_loaded(run, as_shown(run, "webdataset")["dataset"], pixels_as)
    values += check_imagefolder(run, as_shown(run, "imagefolder")["dataset"])
    return values, check_card(run), with_webdataset(run, pixels_as)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", default="../shared/data/images", type=pathlib.Path)
    images = parser.parse_args().images
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        os.environ["HF_DATASETS_CACHE"] = str(scratch / "cache")
        make_input(images, scratch / "input")
        common = ["--width", "96", "--height", "80", "--augment", "True", "--copies", "1", "--card", "True", "--licence"]
        common += ["CC-BY-4.0", "--formats", "npy,jsonl,hdf5,webdataset,imagefolder"]
        for name, by_split, pixels_as, flags in (
            ("by split, shards by images, deflated", True, "png", ["--picture_type", "png", "--files", "by-split", "--shard_images", "20", "--hdf5.compression", "deflate"]),
            ("together, shards by bytes, npy in tars", False, "npy", ["--shard_megabytes", "1", "--pixels", "npy"]),
        ):
            output = run(scratch / "input", scratch / name.split(",")[0], *common, *flags)
            values, card, webdataset = check(Run(output, by_split), pixels_as)
            print(f"{name}: {values:,} values right in hdf5, webdataset and imagefolder; {card}; {webdataset}")
        # Larger than any buffer on the way, so that what is patched at the end lies on the disk already.
        large = run(scratch / "input", scratch / "large", "--formats", "npy,jsonl,hdf5", "--width", "224", "--height", "224")
        print(f"in one file of {(large / 'images.h5').stat().st_size:,} bytes: {check_hdf5(Run(large, False)):,} values right")


main()
