"""npy: NumPy as the results show it, and mapped into memory."""

import numpy as np

from expected import compare_splits


def check(compared, found, sets, knobs):
    for folder, paths, expected in sets:
        parts = [np.load(path, mmap_mode="r") for path in paths if path.rpartition("/")[2].startswith("images")]
        compared.same_array(f"npy {folder} mapped", np.concatenate(parts), expected.images)
        name = folder.replace("/", "_")
        shown = found[f"{name}images"]
        # Of several parts a list of mapped arrays is shown, which stays out of memory.
        images = np.concatenate(shown) if isinstance(shown, list) else shown
        compared.same_array(f"npy {folder} images as shown", images, expected.images)
        labels = np.array(expected.column("label_id"), np.int64)
        compared.same_array(f"npy {folder} labels as shown", found[f"{name}labels"], labels)
        compare_splits(compared, f"npy {folder} as shown", found.get(f"{name}splits"), expected.rows, folder == "")
        for column, wanted in expected.vectors.items():
            stem = "features" if len(expected.vectors) == 1 else f"features_{column}"
            compared.same_array(f"npy {folder} {stem} as shown", found[f"{name}{stem}"], wanted)
        if expected.soft_labels() is not None:
            compared.same_array(f"npy {folder} soft labels as shown", found[f"{name}soft_labels"], expected.soft_labels())
