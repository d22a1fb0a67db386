"""npz: NumPy, unzip and Python's zipfile."""

import shutil
import subprocess
import zipfile

import numpy as np

from comparison import Comparison
from expected import compare_splits


def check(compared: Comparison, found, sets, knobs):
    for folder, paths, expected in sets:
        dataset = found[folder.strip("/") or "dataset"]
        where = f"npz {folder}"
        compared.same_array(f"{where} images", dataset["images"], expected.images)
        compared.same_array(f"{where} labels", dataset["labels"], np.array(expected.column("label_id"), np.int64))
        compared.same(f"{where} has soft labels", "soft_labels" in dataset, expected.soft_labels() is not None)
        if expected.soft_labels() is not None:
            compared.same_array(f"{where} soft labels", dataset["soft_labels"], expected.soft_labels())
        compared.same(f"{where} filenames", dataset["filenames"].tolist(), expected.column("filename"))
        numbers = dataset["splits"] if "splits" in dataset else None
        compare_splits(compared, where, numbers, expected.rows, folder == "")
        for name, wanted in expected.vectors.items():
            compared.same_array(f"{where} {name}", dataset[f"features_{name}"], wanted)
            if folder == sets[0][0]:
                compared.same_array(f"{where} {name} as shown", found[f"features_{name}"], wanted)
        compared.same(f"{where} class_names", found["class_names"], expected.class_names)
        for path in paths:
            with zipfile.ZipFile(path) as archive:
                compared.same(f"{path} in zipfile", archive.testzip(), None)
                methods = {info.compress_type for info in archive.infolist()}
                wanted = zipfile.ZIP_DEFLATED if knobs.get("compression") == "deflate" else zipfile.ZIP_STORED
                compared.same(f"{path} method", methods, {wanted})
            for tool, *flags in (("unzip", "-tqq"), ("7z", "t", "-bso0")):
                if shutil.which(tool):
                    compared.same(f"{path} in {tool}", subprocess.run([tool, *flags, path]).returncode, 0)
