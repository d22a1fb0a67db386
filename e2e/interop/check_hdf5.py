"""hdf5: h5py and hdf5-tools."""

import json
import shutil
import subprocess

import h5py
import numpy as np

from expected import SPLITS, compare_splits


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        at = 0
        for path in paths:
            with h5py.File(path) as file:
                count = len(file["images"])
                part = slice(at, at + count)
                check_file(compared, f"hdf5 {path}", file, expected, part, folder == "", knobs)
                at += count
            for tool, *flags in (("h5dump", "-H"), ("h5stat",)):
                if shutil.which(tool):
                    done = subprocess.run([tool, *flags, path], stdout=subprocess.DEVNULL)
                    compared.same(f"hdf5 {path} in {tool}", done.returncode, 0)
        compared.same(f"hdf5 {folder} rows", at, len(expected.rows))
        check_shown(compared, found, folder, paths, expected)
    compared.same("hdf5 class names as shown", found["class_names"], sets[0][2].class_names)


def check_file(compared, where, file, expected, part, mixed, knobs):
    rows, images = expected.rows[part], expected.images[part]
    compared.same_array(f"{where} images", file["images"][:], images)
    compared.same_array(f"{where} slice", file["images"][1:3], images[1:3])
    compared.same_array(f"{where} labels", file["labels"][:], np.array([row["label_id"] for row in rows], np.int64))
    soft = expected.soft_labels()
    compared.same(f"{where} has soft labels", "soft_labels" in file, soft is not None)
    if soft is not None:
        compared.same_array(f"{where} soft labels", file["soft_labels"][:], soft[part])
    compared.same(f"{where} filenames", list(file["filenames"].asstr()), [row["filename"] for row in rows])
    compared.same(f"{where} class names", list(file["class_names"].asstr()), expected.class_names)
    compared.same(f"{where} names of labels", list(file["labels"].attrs["class_names"]), expected.class_names)
    compared.same(f"{where} compression", file["images"].compression, "gzip" if knobs.get("compression") == "deflate" else None)
    for name, wanted in expected.vectors.items():
        compared.same_array(f"{where} {name}", file[f"features/{name}"][:], wanted[part])
        compared.same_array(f"{where} {name} slice", file[f"features/{name}"][1:3], wanted[part][1:3])
    check_values(compared, where, file["features"], expected, part)
    image = json.loads(file.attrs["recipe"])["image"]
    sides = images.shape[2:] if file["images"].attrs["layout"] == "channels-first" else images.shape[1:3]
    compared.same(f"{where} recipe", (image["height"], image["width"]), tuple(sides))
    compare_splits(compared, where, file["splits"][:] if "splits" in file else None, rows, mixed)
    if "splits" in file:
        compared.same(f"{where} split names", list(file["splits"].attrs["split_names"]), SPLITS)


def check_values(compared, where, group, expected, part):
    """Of what extractors say in texts and numbers, "" and NaN are none."""
    for name in sorted(set(group) - set(expected.vectors)):
        wanted = expected.column(name)[part]
        if expected.kinds[name] == "text":
            compared.same(f"{where} {name}", list(group[name].asstr()), [value or "" for value in wanted])
        else:
            numbers = np.array([np.nan if value is None else value for value in wanted], np.float64)
            compared.same_array(f"{where} {name}", group[name][:], numbers)


def check_shown(compared, found, folder, paths, expected):
    name = folder.replace("/", "_")
    if len(paths) > 1:
        images = np.concatenate([file["images"][:] for file in found[f"{name}files"]])
        compared.same_array(f"hdf5 {folder} images as shown", images, expected.images)
        return
    compared.same_array(f"hdf5 {folder} images as shown", found[f"{name}images"][:], expected.images)
    compared.same(f"hdf5 {folder} labels as shown", found[f"{name}labels"].tolist(), expected.column("label_id"))
    for column, wanted in expected.vectors.items():
        compared.same_array(f"hdf5 {folder} {column} as shown", found[f"{name}features_{column}"], wanted)
    compared.same(f"hdf5 {folder} filenames as shown", found[f"{name}filenames"].tolist(), expected.column("filename"))
