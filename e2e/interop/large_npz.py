"""Writes an npz of over 4 GiB, sparse, and opens it with NumPy, Python's zipfile and unzip.

    python large_npz.py

Runs from the project's root, after `npm ci`. Needs a file system with sparse files; takes about half a minute.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

ROWS, SIDE = 5700, 512


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "large.npz")
        subprocess.run(["node", "e2e/interop/large-npz.mjs", path, str(ROWS), str(SIDE)], check=True)
        bytes = path.stat().st_size
        assert bytes > 2**32, bytes
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None, "zipfile finds a damaged member"
            images = archive.getinfo("images.npy")
            assert images.file_size == 128 + ROWS * SIDE * SIDE * 3, images
            with archive.open("images.npy") as member:
                assert np.lib.format.read_magic(member) == (1, 0)
                shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
                assert (shape, fortran, dtype) == ((ROWS, SIDE, SIDE, 3), False, np.uint8), (shape, dtype)
                first = np.frombuffer(member.read(SIDE * SIDE * 3), np.uint8)
                assert first[0] == 1 and first[1:].max() == 0
        with np.load(path) as dataset:  # members behind the first 4 GiB
            assert dataset["labels"].tolist() == [row % 7 for row in range(ROWS)]
            assert dataset["filenames"][-1] == f"{ROWS - 1}.jpg"
            assert dataset["class_names"].tolist() == ["a", "b"]
        if shutil.which("unzip"):
            subprocess.run(["unzip", "-tqq", path], check=True)
        print(f"{bytes} bytes open in zipfile, NumPy{' and unzip' if shutil.which('unzip') else ''}")


if __name__ == "__main__":
    sys.exit(main())
