"""npz: NumPy, unzip and Python's zipfile."""

import shutil
import subprocess
import zipfile

import numpy as np

from expected import Comparison


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
        if folder == "" and "splits" in dataset:
            names = ["train", "validation", "test"]
            wanted = np.array([names.index(split) for split in expected.column("split")], np.uint8)
            compared.same_array(f"{where} splits", dataset["splits"], wanted)
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
