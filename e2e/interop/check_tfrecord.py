"""tfrecord: TensorFlow."""

import dataclasses
import io
import json
import os

import numpy as np
from PIL import Image as Pillow

from expected import compare_columns, compare_pictures, decode

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf  # noqa: E402, after the line that quiets it

RENAMED = {
    "filename": "image/filename",
    "label": "image/class/text",
    "label_id": "image/class/label",
    "soft_labels": None,  # one array, looked at by itself
    "image_width": "image/width",
    "image_height": "image/height",
}


def check(compared, found, sets, knobs):
    image = knobs.get("image", "picture")
    for folder, paths, expected in sets:
        where = f"tfrecord {folder}"
        rows = list(found[folder.strip("/") or "dataset"].as_numpy_iterator())
        compared.same(f"{where} rows", len(rows), len(expected.rows))
        vectors = {f"features_{name}": values for name, values in expected.vectors.items()}
        others = ARRAYS | set(vectors)
        columns = {name: [value_of(row[name]) for row in rows] for name in rows[0] if name not in others} if rows else {}
        for name, wanted in vectors.items():
            compared.same_array(f"{where} {name}", np.stack([row[name] for row in rows]), wanted.astype(np.float32))
        if rows:
            compare_columns(compared, where, columns, without_missing(expected), RENAMED, single=True)
        if image == "picture":
            compare_pictures(compared, where, [row["image/encoded"] for row in rows], expected)
        for index, row in enumerate(rows):
            if expected.soft_labels() is not None:
                compared.same_array(f"{where} row {index} soft labels", row["image/class/soft_label"], expected.soft_labels()[index])
            check_image(compared, f"{where} row {index}", row, index, image, expected)
        check_bytes(compared, where, paths, knobs)
    check_info(compared, found, sets, knobs)


ARRAYS = {"image", "image/encoded", "image/tensor", "image/shape", "image/class/soft_label"}


def value_of(value):
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value.item()


def without_missing(expected):
    """A parsed example has "" for missing text."""
    texts = {name for name, kind in expected.kinds.items() if kind == "text"}
    rows = [{name: "" if value is None and name in texts else value for name, value in row.items()} for row in expected.rows]
    return dataclasses.replace(expected, rows=rows)


def check_image(compared, where, row, index, image, expected):
    if image != "picture":
        compared.same_array(f"{where} tensor", row["image"], expected.images[index])
        return
    encoded = row["image/encoded"]
    with Pillow.open(io.BytesIO(encoded)) as picture:
        compared.same(f"{where} format", row["image/format"].decode(), picture.format.lower())
    pixels = decode(encoded)
    # By default TensorFlow takes a faster, coarser inverse DCT than Pillow does.
    exact = tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE").numpy()
    compared.same_array(f"{where} decoded", exact, pixels)
    compared.same(f"{where} as shown", list(row["image"].shape), list(pixels.shape))
    near = np.abs(row["image"].astype(int) - pixels).max() <= 8
    compared.same(f"{where} decoded as shown", bool(near), True)


def check_bytes(compared, where, paths, knobs):
    """Every record is what TensorFlow itself would have written for the same values."""
    compression = "GZIP" if knobs.get("compression") == "gzip" else ""
    for path in paths:
        for index, record in enumerate(tf.data.TFRecordDataset(path, compression_type=compression).as_numpy_iterator()):
            compared.same(f"{where} {path} record {index}", record, written_again(tf.train.Example.FromString(record)))


def written_again(example):
    """
    The features one by one in the order of their names, as C++ has them: Python's deterministic order puts a name behind
    those that begin with it.
    """
    features = example.features.feature
    entries = [tf.train.Features(feature={name: features[name]}).SerializeToString() for name in sorted(features)]
    body = b"".join(entries)
    length, size = b"", len(body)
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return b"\n" + length + bytes([size]) + body


def check_info(compared, found, sets, knobs):
    with open("dataset_info.json", encoding="utf-8") as file:
        info = json.load(file)
    compared.same("dataset_info.json features", sorted(info["features"]), sorted(found["features"]))
    compared.same("dataset_info.json names", info["features"]["image/class/label"]["names"], sets[0][2].class_names)
    compared.same("dataset_info.json compression", info["compression"], "GZIP" if knobs.get("compression") == "gzip" else None)
    for name, feature in info["features"].items():
        compared.same(f"dataset_info.json {name}", feature["dtype"], found["features"][name].dtype.name)
