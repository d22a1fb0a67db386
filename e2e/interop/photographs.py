"""Writes real photographs with unusual names in every format that has a check, and opens them as people do.

    python photographs.py [--images ../shared/data/images] [--keep FOLDER]

Runs from the project's root, after a build. The rows that went in are taken from the run's own jsonl, npy and
pictures, which dataset.py and read_formats.py check against the photographs.
"""

import argparse
import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from comparison import Comparison
from expected import Expected

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {
    **dict.fromkeys(["filename", "label", "split", "format", "mode", "sha256", "damaged"], "text"),
    **dict.fromkeys(["exif_date", "exif_make", "exif_model", "exif_lens", "exif_copyright", "exif_description"], "text"),
    **dict.fromkeys(["label_id", "width", "height", "stored_width", "stored_height", "bytes", "orientation"], "integer"),
    **dict.fromkeys(["image_width", "image_height", "frame", "copy"], "integer"),
    **dict.fromkeys(["exif_exposure", "exif_f_number", "exif_iso", "exif_focal_length", "gps_latitude", "gps_longitude"], "number"),
    "augmentation": "json",
}
CLASSES = ["daisy", 'Löwen, "zahn"', "ro\nse", "sun\tflowers 🌻", "NA"]
NAMES = ['"quoted".jpg', "a, b.jpg", "two\nlines.jpg", "日本 🐈.jpg", "#hash; %41.jpg", "007.jpg", "=1+1.jpg", "trailing .jpg", "e\u0301.jpg"]

COMMON = ["--image_size", "48", "--augment", "--picture_type", "png", "--gps", "--seed", "7", "--features", "descriptor"]
# Each run has three splits and several shards; together they have every knob that changes a file's bytes.
RUNS = {
    "by-split": (["--files", "by-split", "--shard_images", "7"], {}),
    "together": (
        ["--shard_images", "20", "--features_dtype", "float16"],
        {
            "npz": {"compression": "deflate"},
            "arrow": {"container": "stream", "image": "picture"},
            "parquet": {"image": "list", "compression": "zstd"},
            "tfrecord": {"image": "floats", "compression": "gzip"},
            "hdf5": {"compression": "deflate"},
            "imagefolder": {"metadata": "jsonl"},
        },
    ),
    "one": (
        ["--split", "none", "--normalise", "imagenet", "--dtype", "float32", "--layout", "channels-first"],
        {
            "parquet": {"image": "tensor", "compression": "none"},
            "tfrecord": {"image": "bytes"},
            "webdataset": {"pixels": "npy"},
            "imagefolder": {"metadata": "jsonl"},
        },
    ),
}


def gather(images, folder):
    """Forty photographs in five classes and outside of any, some of one name."""
    photographs = sorted(path for path in images.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    for index in range(40):
        name = NAMES[index % len(NAMES)] if index % 4 else f"{index}.jpg"
        parent = folder if index % 8 == 7 else folder / CLASSES[index % len(CLASSES)]
        parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(photographs[index * len(photographs) // 40], parent / f"{index // len(NAMES)}{name}")


def run(images, output, flags):
    command = ["node", "dist/cli/main.js", "--input", str(images), "--output", str(output), "--quiet", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def expected_of(compared, output, folder, metrics):
    def parts(stem, ending):
        return sorted((output / folder).glob(f"{stem}*.{ending}"))

    # A table by split bears the split's name; arrays, of which a shard has several, lie in its folder.
    tables = sorted(output.glob(f"{folder.strip('/')}*.jsonl")) if folder else parts("images", "jsonl")
    lines = [line for path in tables for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = [json.loads(line) for line in lines]
    arrays = [np.load(path) for path in parts("images", "npy")]
    files = [path.read_bytes() for path in sorted((output / folder / "images").rglob("*.png"))]
    # The array is what all formats are compared with, the line of JSON one of them.
    vectors = {"descriptor": np.concatenate([np.load(path) for path in parts("features", "npy")])}
    lists = np.array([row.pop("features_descriptor") for row in rows], vectors["descriptor"].dtype)
    compared.same_array(f"jsonl {folder} features", lists, vectors["descriptor"])
    kinds = {name: KINDS[name] for name in rows[0]}
    return Expected(kinds, rows, np.concatenate(arrays), None, metrics["class_names"], files, vectors)


def check_run(compared, output, knobs, formats):
    metrics = json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    # In the files' own order, in which the shown lines take the first.
    nested = [path["path"] for path in metrics["files"] if path["format"] == "npy" and "/" in path["path"]]
    folders = list(dict.fromkeys(path.partition("/")[0] + "/" for path in nested)) or [""]
    compared.same("images", metrics["images_processed"], 40)
    expected = {folder: expected_of(compared, output, folder, metrics) for folder in folders}
    check_rows(compared, expected, metrics)
    lines = subprocess.run(["node", HERE / "python-lines.mjs", output / "metrics.json"], capture_output=True, text=True, check=True)
    code = json.loads(lines.stdout)
    before = os.getcwd()
    os.chdir(output)
    for format in formats:
        paths = [path["path"] for path in metrics["files"] if path["format"] == format and path["rows"] is not None]
        sets = [(folder, [path for path in paths if path.startswith(folder.strip("/"))], expected[folder]) for folder in folders]
        try:
            found = {}
            exec(code[format], found)
            importlib.import_module(f"check_{format}").check(compared, found, sets, knobs.get(format, {}))
        except Exception as error:
            compared.problems.append(f"{format}: {type(error).__name__}: {error}")
    os.chdir(before)


def check_rows(compared, expected, metrics):
    """The run is as hard as it is meant to be."""
    rows = [row for part in expected.values() for row in part.rows]
    compared.same("rows", len(rows), metrics["rows"])
    compared.same("rows without a label", any(row["label"] is None for row in rows), True)
    compared.same("augmented rows", any(row["augmentation"] for row in rows), True)
    compared.same("a name of two lines", any("\n" in row["filename"] for row in rows), True)
    compared.same("class names", sorted(metrics["class_names"]), sorted(CLASSES))
    vectors = np.concatenate([part.vectors["descriptor"] for part in expected.values()]).astype(np.float64)
    compared.same("descriptors of length 1", bool(np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)), True)
    compared.same("descriptors that differ", len({row.tobytes() for row in vectors}), len(rows))


def formats_with_a_check():
    checks = (path.stem.removeprefix("check_") for path in sorted(HERE.glob("check_*.py")))
    return [format for format in checks if format != "formats"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", default="../shared/data/images", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the outputs, which stay")
    options = parser.parse_args()
    compared = Comparison()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HF_HOME"] = f"{scratch}/hf"
        scratch = options.keep or pathlib.Path(scratch)
        gather(options.images, scratch / "photographs")
        for name, (flags, knobs) in RUNS.items():
            given = [word for format, values in knobs.items() for knob, value in values.items() for word in (f"--{format}.{knob}", value)]
            output = scratch / name
            # By split, loaders would take the pictures of `images` for the image folder's own, and it refuses; loaders.py has it alone.
            formats = [format for format in formats_with_a_check() if name != "by-split" or format != "imagefolder"]
            run(scratch / "photographs", output, ["--formats", ",".join([*formats, "images"]), *COMMON, *flags, *given])
            before = len(compared.problems)
            check_run(compared, output.resolve(), knobs, formats)
            compared.problems[before:] = [f"{name}: {problem}" for problem in compared.problems[before:]]
    print(f"{len(RUNS)} runs, {', '.join(formats_with_a_check())}: ", end="")
    return compared.report()


if __name__ == "__main__":
    sys.exit(main())
