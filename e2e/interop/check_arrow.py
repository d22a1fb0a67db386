"""arrow: pyarrow, pandas, polars and DuckDB."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from expected import compare_columns, compare_pictures


def check(compared, found, sets, knobs):
    image = knobs.get("image", "tensor")
    for index, (folder, paths, expected) in enumerate(sets):
        table = found[folder.strip("/") or "table"]
        where = f"arrow {folder}"
        compare_columns(compared, where, columns_of(table), expected)
        if expected.class_names:
            compared.same(f"{where} label type", str(table.schema.field("label").type), DICTIONARY)
            dictionary = table["label"].chunk(0).dictionary.to_pylist()
            compared.same(f"{where} class names", dictionary, expected.class_names)
        types = {"text": "string", "json": "string", "integer": "int64", "number": "double"}
        for name, kind in expected.kinds.items():
            if name != "label":
                compared.same(f"{where} {name} type", str(table.schema.field(name).type), types[kind])
        if image == "tensor":
            tensor = table.schema.field("image").type
            compared.same(f"{where} tensor", isinstance(tensor, pa.FixedShapeTensorType), True)
            compared.same(f"{where} tensor shape", list(tensor.shape), list(expected.images.shape[1:]))
            images = np.concatenate([chunk.to_numpy_ndarray() for chunk in table["image"].chunks])
            compared.same_array(f"{where} images", images, expected.images)
            if index == 0:
                compared.same_array(f"{where} images as shown", found["images"], expected.images)
        elif image == "picture":
            compare_pictures(compared, where, table["image"].to_pylist(), expected)
            if index == 0:
                compared.same(f"{where} images as shown", len(found["images"]), len(expected.rows))
        for name, wanted in expected.vectors.items():
            column = table[f"features_{name}"]
            compared.same(f"{where} {name} length", column.type.list_size, wanted.shape[1])
            flat = np.concatenate([chunk.flatten().to_numpy() for chunk in column.chunks])
            compared.same_array(f"{where} {name}", flat.reshape(wanted.shape), wanted)
            if index == 0:
                compared.same_array(f"{where} {name} as shown", found[f"features_{name}"], wanted)
        # DuckDB knows no halves.
        halves = [f"features_{name}" for name, values in expected.vectors.items() if values.dtype == np.float16]
        bare = table.drop_columns([*(name for name in ["image"] if name in table.column_names), *halves])
        compare_columns(compared, f"{where} in DuckDB", columns_of(duckdb.sql("from bare").to_arrow_table()), expected)
        if knobs.get("container", "file") == "file":
            texts = list(expected.kinds)
            frame = pd.concat([pd.read_feather(path, columns=texts) for path in paths], ignore_index=True)
            compare_columns(compared, f"{where} in pandas", frame_columns(frame), expected)
            polars = pl.concat([pl.read_ipc(path, columns=texts, memory_map=False) for path in paths])
            compare_columns(compared, f"{where} in polars", polars.to_dict(as_series=False), expected)
            for name, wanted in expected.vectors.items():
                if wanted.dtype != np.float16:  # which polars knows since 1.36 alone
                    lists = pl.concat([pl.read_ipc(path, columns=[f"features_{name}"], memory_map=False) for path in paths])
                    compared.same_array(f"{where} {name} in polars", lists.to_series().to_numpy(), wanted)


DICTIONARY = "dictionary<values=string, indices=int32, ordered=0>"


def columns_of(table):
    return {name: table[name].to_pylist() for name in table.column_names if name != "image"}


def frame_columns(frame):
    return {name: frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame.columns}
