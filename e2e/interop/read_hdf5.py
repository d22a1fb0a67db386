"""Opens HDF5 files with h5py, and with h5dump, h5ls and h5stat where Debian's hdf5-tools are there, and compares them.

    python read_hdf5.py FOLDER EXPECTED.json

EXPECTED.json: [{"path", "dtype", "shape", "rows": {index: base64 of the little-endian values}, "labels": {index: label},
"filenames": {index: name}, "splits": {index: split} or null, "soft_labels": {index: base64} or null, "class_names": [...],
"python": the lines that the results show or null, "attributes": {"dataset or empty for the root": {name: value}}, "deflate": bool}]. Prints what differs and
ends with 1, or one line and ends with 0.
"""

import base64
import json
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np

from comparison import Comparison


def plain(value):
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def compare(compared, wanted):
    path = wanted["path"]
    with h5py.File(path) as file:
        names = ["class_names", "features", "filenames", "images", "labels"] + ["soft_labels"] * (wanted["soft_labels"] is not None) + ["splits"] * (wanted["splits"] is not None)
        compared.same(f"{path} members", sorted(file), names)
        compared.same(f"{path} features", list(file["features"]), [])
        images = file["images"]
        compared.same(f"{path} shape", list(images.shape), wanted["shape"])
        compared.same(f"{path} dtype", str(images.dtype), wanted["dtype"])
        compared.same(f"{path} compression", images.compression, "gzip" if wanted["deflate"] else None)
        for name in ("labels", "filenames"):
            compared.same(f"{path} {name} length", len(file[name]), wanted["shape"][0])
        compared.same(f"{path} labels dtype", str(file["labels"].dtype), "int64")
        for index, content in wanted["rows"].items():
            got = base64.b64encode(images[int(index)].tobytes()).decode()
            compared.same(f"{path} row {index}", got == content, True)
        for name in ("labels", "splits"):
            for index, value in (wanted[name] or {}).items():
                compared.same(f"{path} {name} {index}", int(file[name][int(index)]), value)
        for index, content in (wanted["soft_labels"] or {}).items():
            got = base64.b64encode(file["soft_labels"][int(index)].tobytes()).decode()
            compared.same(f"{path} soft labels {index}", got, content)
        names = file["filenames"].asstr()
        for index, value in wanted["filenames"].items():
            compared.same(f"{path} filename {index}", names[int(index)], value)
            compared.same(f"{path} filename {index} as bytes", file["filenames"][int(index)], value.encode())
        compared.same(f"{path} class names", list(file["class_names"].asstr()[:]), wanted["class_names"])
        for name, attributes in wanted["attributes"].items():
            at = file[name] if name else file
            compared.same(f"{path} attributes of {name or 'the root'}", sorted(at.attrs), sorted(attributes))
            for key, value in attributes.items():
                compared.same(f"{path} {name} {key}", plain(at.attrs[key]), value)
        middle = images[1:4] if images.shape[0] > 4 else images[:]
        compared.same(f"{path} a slice", middle.shape[0], min(3, images.shape[0]) if images.shape[0] > 4 else images.shape[0])
    if wanted["python"]:
        found = {}
        exec(wanted["python"], found)
        compared.same(f"{path} python class_names", found["class_names"], wanted["class_names"])
        compared.same(f"{path} python images", list(found["images"].shape), wanted["shape"])
        compared.same(f"{path} python labels", len(found["labels"]), wanted["shape"][0])


def run(compared, *command):
    done = subprocess.run(command, capture_output=True, text=True)
    compared.same(" ".join(command), (done.returncode, done.stderr), (0, ""))
    return done.stdout


def with_tools(compared, wanted):
    path = wanted["path"]
    header = run(compared, "h5dump", "--header", path)
    for name in ("images", "labels", "filenames", "class_names"):
        compared.same(f"h5dump sees {name}", f'DATASET "{name}"' in header, True)
    compared.same("h5dump sees features", 'GROUP "features"' in header, True)
    run(compared, "h5dump", "--attribute=/recipe", path)
    run(compared, "h5dump", "--dataset=/class_names", "--dataset=/labels", path)
    listing = run(compared, "h5ls", "-r", "-v", path)
    compared.same("h5ls sees images", f"Dataset {{{wanted['shape'][0]}/{wanted['shape'][0]}" in listing, True)
    stats = run(compared, "h5stat", path)
    datasets = 4 + (wanted["splits"] is not None) + (wanted["soft_labels"] is not None)
    compared.same("h5stat counts datasets", f"# of unique datasets: {datasets}" in stats, True)


def main(folder, expected_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    os.chdir(folder)
    compared = Comparison()
    tools = shutil.which("h5dump") is not None
    for wanted in expected:
        compare(compared, wanted)
        if tools:
            with_tools(compared, wanted)
    return compared.report("" if tools else " (no hdf5-tools here)")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
