"""Writes the bench's rows with the libraries that people use and prints {format: {name, ms}}: the median of the
processor's milliseconds, of which a busy disk or neighbour takes none.

    python peers.py FOLDER ROUNDS

FOLDER holds `tensors` and `pictures`, end to end, and `rows.json`. What is not installed is left out. Each time counts
from Python's own lists and arrays to the closed file, as ours counts from rows.
"""

import csv
import io
import json
import os
import pathlib
import statistics
import sys
import tarfile
import tempfile
import time

import numpy as np


def main(folder, rounds):
    folder = pathlib.Path(folder)
    given = json.loads((folder / "rows.json").read_text())
    images = np.frombuffer((folder / "tensors").read_bytes(), np.uint8).reshape(-1, *given["shape"])
    blob = (folder / "pictures").read_bytes()
    ends = np.cumsum(given["lengths"])
    pictures = [blob[end - length : end] for end, length in zip(ends, given["lengths"])]
    columns = given["columns"]
    columns["augmentation"] = [json.dumps(steps) for steps in columns["augmentation"]]
    times = {}
    for format, (name, write) in peers().items():
        taken = []
        for _ in range(rounds + 1):
            with tempfile.TemporaryDirectory() as output:
                start = time.process_time()
                write(pathlib.Path(output), images, pictures, columns, given["class_names"])
                taken.append((time.process_time() - start) * 1000)
        times[format] = {"name": name, "ms": statistics.median(taken[1:])}
    print(json.dumps(times))


def peers():
    found = {"npy": (f"NumPy {np.__version__}", write_npy), "npz": (f"NumPy {np.__version__}", write_npz), "images": ("Python", write_images)}
    found |= {"webdataset": ("Python's tarfile", write_webdataset), "imagefolder": ("Python", write_imagefolder)}
    try:
        import pandas

        found["csv"] = (f"pandas {pandas.__version__}", write_csv)
        found["jsonl"] = (f"pandas {pandas.__version__}", write_jsonl)
        found["json"] = (f"pandas {pandas.__version__}", write_json)
    except ImportError:
        pass
    try:
        import pyarrow

        found["parquet"] = (f"pyarrow {pyarrow.__version__}", write_parquet)
        found["arrow"] = (f"pyarrow {pyarrow.__version__}", write_arrow)
    except ImportError:
        pass
    try:
        import h5py

        found["hdf5"] = (f"h5py {h5py.__version__}", write_hdf5)
    except ImportError:
        pass
    try:
        import tensorflow

        found["tfrecord"] = (f"TensorFlow {tensorflow.__version__}", write_tfrecord)
    except ImportError:
        pass
    return found


def write_npy(output, images, pictures, columns, class_names):
    np.save(output / "images.npy", images)
    np.save(output / "labels.npy", np.array(columns["label_id"], np.int64))


def write_npz(output, images, pictures, columns, class_names):
    arrays = {"labels": np.array(columns["label_id"]), "filenames": np.array(columns["filename"]), "class_names": np.array(class_names)}
    np.savez(output / "images.npz", images=images, **arrays)


def write_hdf5(output, images, pictures, columns, class_names):
    import h5py

    with h5py.File(output / "images.h5", "w") as file:
        # Chunks of the size that ours have: a picture or as many as 256 KB hold.
        rows = max(1, 256 * 1024 // images[0].nbytes)
        file.create_dataset("images", data=images, chunks=(min(rows, len(images)), *images.shape[1:]))
        file["labels"] = np.array(columns["label_id"], np.int64)
        file["filenames"] = np.array(columns["filename"], h5py.string_dtype())
        file["class_names"] = np.array(class_names, h5py.string_dtype())


def write_webdataset(output, images, pictures, columns, class_names):
    with tarfile.open(output / "images.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
        for index, picture in enumerate(pictures):
            row = {name: column[index] for name, column in columns.items() if column[index] is not None}
            members = {"jpg": picture, "cls": str(row["label_id"]).encode(), "json": json.dumps(row, ensure_ascii=False).encode()}
            for ending, content in members.items():
                member = tarfile.TarInfo(f"{index:09}.{ending}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


def write_imagefolder(output, images, pictures, columns, class_names):
    os.makedirs(output / "train")
    write_images(output / "train", images, pictures, columns, class_names)
    with open(output / "train" / "metadata.csv", "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["file_name", *columns])
        lines.writerows(zip(columns["filename"], *columns.values()))


def write_images(output, images, pictures, columns, class_names):
    for name, picture in zip(columns["filename"], pictures):
        os.makedirs((output / name).parent, exist_ok=True)
        (output / name).write_bytes(picture)


def frame_of(columns):
    import pandas as pd

    return pd.DataFrame(columns)


def write_csv(output, images, pictures, columns, class_names):
    frame_of(columns).to_csv(output / "images.csv", index=False)


def write_jsonl(output, images, pictures, columns, class_names):
    frame_of(columns).to_json(output / "images.jsonl", orient="records", lines=True)


def write_json(output, images, pictures, columns, class_names):
    frame_of(columns).to_json(output / "images.json", orient="records")


def write_parquet(output, images, pictures, columns, class_names):
    import pyarrow as pa
    import pyarrow.parquet as pq

    image = pa.array([{"bytes": picture, "path": name} for picture, name in zip(pictures, columns["filename"])])
    table = pa.table({"image": image, **columns})
    pq.write_table(table, output / "images.parquet", row_group_size=1000, compression="snappy")


def write_arrow(output, images, pictures, columns, class_names):
    import pyarrow as pa

    rest = dict(columns)
    rest["label"] = pa.array(columns["label"]).dictionary_encode()
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(images)
    table = pa.table({"image": tensors, **rest})
    with pa.ipc.new_file(str(output / "images.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


def write_tfrecord(output, images, pictures, columns, class_names):
    import tensorflow as tf

    def feature(value):
        if isinstance(value, bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
        if isinstance(value, int):
            return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))
        if isinstance(value, float):
            return tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value.encode()]))

    with tf.io.TFRecordWriter(str(output / "images.tfrecord")) as writer:
        for index, picture in enumerate(pictures):
            values = {"image/encoded": picture, "image/format": "jpeg", "image/colorspace": "RGB", "image/channels": 3}
            values |= {name: column[index] for name, column in columns.items()}
            features = {name: feature(value) for name, value in values.items() if value is not None}
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
