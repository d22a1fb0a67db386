"""imagefolder: Hugging Face datasets, beside the pictures that the format `images` wrote."""

import json
import pathlib

import numpy as np

NOT_THERE = ("exif_", "gps_")  # columns that only some photographs have


def check(compared, found, sets, knobs):
    ((_, _, expected),) = sets  # by split the two formats refuse each other
    dataset = found["dataset"]
    order = [split for split in ("train", "validation", "test") if any(row["split"] == split for row in expected.rows)]
    compared.same("imagefolder splits", sorted(dataset), sorted(order))
    for split in order:
        where = f"imagefolder {split}"
        rows = [row for row in expected.rows if row["split"] == split]
        loaded = dataset[split]
        compared.same(f"{where} rows", len(loaded), len(rows))
        for name, kind in expected.kinds.items():
            if name == "damaged" or name.startswith(NOT_THERE):
                continue
            got = list(loaded[name])
            compared.same(f"{where} {name}", [json.loads(text) for text in got] if kind == "json" else got, [row[name] for row in rows])
        of_split = [row["split"] == split for row in expected.rows]
        for name, wanted in expected.vectors.items():
            cells = [json.loads(cell) if isinstance(cell, str) else cell for cell in loaded[f"features_{name}"]]
            compared.same_array(f"{where} {name}", np.array(cells, wanted.dtype), wanted[of_split])
        lines = pathlib.Path(split, "metadata.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        paths = [json.loads(line)["file_name"] for line in lines]
        for path in paths:
            wanted = pathlib.Path("images", path).read_bytes()
            compared.same(f"{where} {path}", pathlib.Path(split, path).read_bytes(), wanted)
        if expected.images.dtype == np.uint8:
            images = np.stack([np.asarray(picture.convert("RGB")) for picture in loaded["image"]])
            wanted = expected.images[of_split]
            compared.same_array(f"{where} images", images, wanted)
