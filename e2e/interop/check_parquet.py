"""parquet: Hugging Face's datasets, pyarrow, pandas, polars and DuckDB."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
from datasets import ClassLabel, Image, Value

from check_arrow import columns_of, frame_columns
from expected import compare_columns, compare_pictures, decode

CODECS = {"snappy": "SNAPPY", "zstd": "ZSTD", "none": "UNCOMPRESSED"}


def check(compared, found, sets, knobs):
    image = knobs.get("image", "picture")
    for index, (folder, paths, expected) in enumerate(sets):
        where = f"parquet {folder}"
        table = pq.read_table(paths)
        compare_columns(compared, f"{where} in pyarrow", columns_of(table), expected, RENAMED)
        if image == "tensor":
            check_tensors(compared, where, found, folder, table, expected)
        else:
            dataset = found["dataset"][folder.strip("/") or "train"]
            check_features(compared, where, dataset.features, image, expected)
            rows = dataset.remove_columns(["image"]) if image != "none" else dataset
            compare_columns(compared, where, rows.to_dict(), expected, RENAMED)
            check_images(compared, where, dataset, table, image, expected)
            if index == 0 and image == "list":
                compared.same_array(f"{where} image as shown", found["image"], expected.images[0])
        for name, wanted in expected.vectors.items():
            column = table[f"features_{name}"]
            compared.same(f"{where} {name} length", column.type.list_size, wanted.shape[1])
            flat = np.concatenate([chunk.flatten().to_numpy() for chunk in column.chunks])
            compared.same_array(f"{where} {name}", flat.reshape(wanted.shape), wanted)
            if image != "tensor":
                got = np.array(dataset.with_format("numpy")[f"features_{name}"], wanted.dtype)
                compared.same_array(f"{where} {name} in datasets", got, wanted)
            frame = pd.concat([pd.read_parquet(path, columns=[f"features_{name}"]) for path in paths], ignore_index=True)
            compared.same_array(f"{where} {name} in pandas", np.stack(frame[f"features_{name}"]), wanted)
            rows = duckdb.read_parquet(paths).select(f"features_{name}").fetchall()
            compared.same_array(f"{where} {name} in DuckDB", np.array([row[0] for row in rows], wanted.dtype), wanted)
        codecs = {pq.ParquetFile(path).metadata.row_group(0).column(3).compression for path in paths if pq.read_metadata(path).num_rows}
        compared.same(f"{where} codec", codecs, {CODECS[knobs.get("compression", "snappy")]} if codecs else set())
        check_readers(compared, where, paths, image, expected)


# Our id is Hugging Face's label, and our label its text.
RENAMED = {"label": "label_text", "label_id": "label"}


def check_features(compared, where, features, image, expected):
    if image == "picture":
        compared.same(f"{where} Image", isinstance(features["image"], Image), True)
    if expected.class_names:
        compared.same(f"{where} ClassLabel", isinstance(features["label"], ClassLabel), True)
        compared.same(f"{where} names", features["label"].names, expected.class_names)
    types = {"text": "string", "json": "string", "integer": "int64", "number": "float64"}
    for name, kind in expected.kinds.items():
        if name != "label_id":
            compared.same(f"{where} {name} feature", features[RENAMED.get(name, name)], Value(types[kind]))


def check_images(compared, where, dataset, table, image, expected):
    if image == "picture":
        stored = table["image"].to_pylist()
        compare_pictures(compared, where, [picture["bytes"] for picture in stored], expected)
        compared.same(f"{where} paths", [picture["path"] for picture in stored], expected.column("filename"))
        for index in range(min(len(expected.rows), 20)):
            got = np.asarray(dataset[index]["image"].convert("RGB"))
            compared.same_array(f"{where} decoded {index}", got, decode(stored[index]["bytes"]))
    elif image == "list":
        size = int(np.prod(expected.images.shape[1:]))
        compared.same(f"{where} list", table.schema.field("image").type.list_size, size)
        images = np.concatenate([chunk.flatten().to_numpy(zero_copy_only=False) for chunk in table["image"].chunks])
        compared.same_array(f"{where} images", images.reshape(expected.images.shape), expected.images)
        compared.same(f"{where} feature", dataset.features["image"].length, size)
        for index in range(min(len(expected.rows), 3)):
            got = np.asarray(dataset.with_format("numpy")[index]["image"], expected.images.dtype)
            compared.same_array(f"{where} in datasets {index}", got.reshape(expected.images.shape[1:]), expected.images[index])


def check_tensors(compared, where, found, folder, table, expected):
    name = folder.replace("/", "_")
    compared.same(f"{where} rows as shown", found[f"{name}table"].num_rows, len(expected.rows))
    compared.same_array(f"{where} images as shown", found[f"{name}images"], expected.images)
    compared.same(f"{where} shape", list(table.schema.field("image").type.shape), list(expected.images.shape[1:]))


def check_readers(compared, where, paths, image, expected):
    texts = [RENAMED.get(name, name) for name in expected.kinds]
    frame = pd.concat([pd.read_parquet(path, columns=texts) for path in paths], ignore_index=True)
    compare_columns(compared, f"{where} in pandas", frame_columns(frame), expected, RENAMED)
    relation = duckdb.read_parquet(paths)
    columns = [*texts, *(["image"] if image != "none" else [])]
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    rows = relation.select(quoted).fetchall()
    in_duckdb = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    compare_columns(compared, f"{where} in DuckDB", in_duckdb, expected, RENAMED)
    polars = pl.concat([pl.read_parquet(path, columns=columns) for path in paths])
    compare_columns(compared, f"{where} in polars", polars.to_dict(as_series=False), expected, RENAMED)
    if image == "picture":
        for reader, pictures in (("DuckDB", in_duckdb["image"]), ("polars", polars["image"].to_list())):
            compare_pictures(compared, f"{where} in {reader}", [bytes(each["bytes"]) for each in pictures], expected)
    elif image != "none":
        for reader, images in (("DuckDB", in_duckdb["image"]), ("polars", polars["image"].to_list())):
            got = np.array([list(values) for values in images], expected.images.dtype).reshape(expected.images.shape)
            compared.same_array(f"{where} images in {reader}", got, expected.images)
