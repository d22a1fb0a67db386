"""webdataset: tarfile and Hugging Face datasets."""

import io
import json
import tarfile

import numpy as np

from expected import compare_pictures


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        where = f"webdataset {folder}"
        samples = [sample for path in paths for sample in samples_of(path)]
        compared.same(f"{where} samples", len(samples), len(expected.rows))
        for sample, row in zip(samples, expected.rows):
            compared.same(f"{where} {sample['key']} cls", int(sample["cls"]), row["label_id"])
            compared.same(f"{where} {sample['key']} json", json.loads(sample["json"]), stable(row))
        if knobs.get("pixels") == "npy":
            for sample, wanted in zip(samples, expected.images):
                compared.same_array(f"{where} {sample['key']} npy", np.load(io.BytesIO(sample["npy"])), wanted)
        else:
            compare_pictures(compared, where, [sample["png"] for sample in samples], expected)
        for name, wanted in expected.vectors.items():
            vectors = [np.load(io.BytesIO(sample[f"features_{name}.npy"])) for sample in samples]
            compared.same_array(f"{where} {name}", np.stack(vectors), wanted)
        loaded = found["dataset"][folder.strip("/") or "train"]
        compared.same(f"{where} rows as shown", len(loaded), len(expected.rows))
        compared.same(f"{where} labels as shown", list(loaded["cls"]), expected.column("label_id"))
        compared.same(f"{where} names as shown", [row["filename"] for row in loaded["json"]], expected.column("filename"))
        for name, wanted in expected.vectors.items():
            got = np.array(loaded[f"features_{name}.npy"], wanted.dtype)
            compared.same_array(f"{where} {name} as shown", got, wanted)
        if knobs.get("pixels") == "npy":
            images = np.array(loaded["npy"], expected.images.dtype)
            compared.same_array(f"{where} images as shown", images, expected.images)
        else:
            images = np.stack([np.asarray(picture.convert("RGB")) for picture in loaded["png"]])
            compared.same_array(f"{where} images as shown", images, expected.images)


def samples_of(path):
    """Members of one key lie together."""
    samples = {}
    with tarfile.open(path) as tar:
        for member in tar:
            key, field = member.name.split(".", 1)
            samples.setdefault(key, {"key": key})[field] = tar.extractfile(member).read()
    return list(samples.values())


def stable(row):
    """A row's columns as its JSON has them: the same types in every row, and nothing for what is missing."""
    steps = json.dumps(row["augmentation"], separators=(",", ":"), ensure_ascii=False)
    row = {**row, "label": row["label"] or "", "augmentation": steps}
    return {name: value for name, value in row.items() if value is not None}
