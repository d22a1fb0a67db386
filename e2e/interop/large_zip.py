"""Opens a zip of over 4 GiB and one of 70,000 entries, as the product writes them, with unzip and Python's zipfile.

    python large_zip.py

Runs from the project's root, after `npm ci`. The large one is sparse: it takes no space on the disk.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile


def check(archive, count, known):
    began = time.monotonic()
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        assert len(infos) == len(set(opened.namelist())) == count, len(infos)
        for name, content in known.items():
            assert opened.read(name) == content, name
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in infos)
        if count > 1000:
            assert opened.testzip() is None
        last = infos[-1]
    tool = "no unzip here"
    if shutil.which("unzip"):
        done = subprocess.run(["unzip", "-tqq", str(archive)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
        tool = "unzip -t finds no error"
    size = archive.stat().st_size
    print(f"{archive.name}: {size:,} bytes, {count:,} entries, the last at {last.header_offset:,}; {tool}; {time.monotonic() - began:.1f} s")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        if subprocess.run(["node", "e2e/interop/zip-runner.mjs", str(scratch)]).returncode != 0:
            sys.exit("the archives could not be written")
        check(scratch / "large.zip", 3, {"before.txt": b"before", "after 日本.txt": b"after"})
        with zipfile.ZipFile(scratch / "large.zip") as opened:
            assert opened.getinfo("large.bin").file_size == 4_300_000_000
            assert opened.getinfo("after 日本.txt").header_offset > 2**32
        known = {f"images/class {i % 7}/{i}.txt": str(i).encode() for i in (0, 1, 65_534, 65_535, 65_536, 69_999)}
        check(scratch / "many.zip", 70_000, known)


main()
