"""Compares src/transforms/resample-as.ts with the libraries that it follows: `tf.image.resize` and OpenCV's `INTER_AREA`.

    pip install -r e2e/interop/requirements.txt
    python3 e2e/interop/conventions.py [--images ../shared/data/images] [--rounds 40] [--seed 1]

Runs from the project's root, after `npm ci`. Boxes of photographs and of noise of odd sizes go to random sizes, some of them
whole fractions, in 1, 3 and 4 channels of 8 bits and in float32. Ends with 1 when TensorFlow's float32 differs by more than
0.01 of 255, or any value of 8 bits by more than 1. Before that it compares `src/transforms/resample-as.golden.json`, which
holds small cases for the tests of the code, with what these libraries give; `--write` writes it anew.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
import tensorflow as tf
from PIL import Image

GOLDEN = pathlib.Path("src/transforms/resample-as.golden.json")
# Channels, and sizes before and after: smaller, larger, both, whole factors, one pixel.
GOLDEN_SIZES = [
    (3, (7, 5), (3, 2)),
    (1, (7, 5), (4, 9)),
    (1, (5, 4), (11, 7)),
    (3, (8, 6), (4, 3)),
    (1, (9, 10), (3, 2)),
    (1, (33, 4), (5, 4)),
    (1, (1, 1), (2, 3)),
    (1, (23, 17), (1, 1)),
]
METHODS = {
    "nearest": "nearest",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
    "lanczos": "lanczos3",
    "area": "area",
}
CASES = [("tensorflow", name, antialias) for name in METHODS for antialias in (False, True)] + [("opencv-area", "bilinear", False)]


def draw_picture(rng, photographs):
    kind = rng.random()
    if photographs and kind > 0.4:
        with Image.open(rng.choice(photographs)) as picture:
            return np.asarray(picture.convert("RGB"))
    width, height = (rng.randint(1, 4), rng.randint(50, 700)) if kind < 0.1 else (rng.randint(1, 90), rng.randint(1, 90))
    numbers = np.random.default_rng(rng.randrange(2**32))
    noise = numbers.integers(0, 256, (height, width, 3), np.uint8)
    return np.where(numbers.random(noise.shape) < 0.5, noise, np.where(noise < 128, 0, 255)).astype(np.uint8)


def drawn(width, height, channels):
    """The pixels of `drawRaster` in src/transforms/test-kit.ts."""
    values = [((i * i * 7 + i * 31) >> 1) % 256 for i in range(width * height * channels)]
    return np.array(values, np.uint8).reshape(height, width, channels)


def golden_cases():
    for resample, name, antialias in CASES:
        for channels, old, new in GOLDEN_SIZES:
            values = wanted(drawn(*old, channels), new, resample, name, antialias)
            rounded = [round(float(value), 3) for value in values.ravel()]
            yield {"image": {"resample": resample, "filter": name, "antialias": antialias}, "channels": channels, "from": old, "to": new, "values": rounded}


def compare_golden(write):
    # Within the last digit: processors differ in the last bits of float32.
    cases = json.loads(json.dumps(list(golden_cases())))
    if write:
        GOLDEN.write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
    kept = json.loads(GOLDEN.read_text())
    same = len(kept) == len(cases) and all(
        {**a, "values": 0} == {**b, "values": 0} and np.allclose(a["values"], b["values"], 0, 0.002) for a, b in zip(kept, cases)
    )
    print(f"{GOLDEN}: {len(kept)} cases, {'as' if same else 'NOT as'} these libraries give them")
    return same


def draw_axis(rng, length):
    if rng.random() < 0.4:
        return 0, length
    low = rng.randrange(length)
    return low, rng.randint(low + 1, length)


def draw_side(rng, span):
    kind = rng.random()
    whole = [size for size in range(1, span) if span % size == 0]
    if kind < 0.3 and whole:
        return rng.choice(whole)
    if kind < 0.4:
        return span
    return 1 if kind < 0.5 else rng.randint(1, 300)


def wanted(picture, size, resample, name, antialias):
    if resample == "opencv-area":
        result = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return result.reshape(size[1], size[0], -1)
    return tf.image.resize(picture, size[::-1], METHODS[name], antialias=antialias).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=pathlib.Path, default=pathlib.Path("../shared/data/images"))
    parser.add_argument("--rounds", type=int, default=40, help="resizes for each method")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the golden cases anew")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    photographs = sorted(path for path in options.images.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    print(f"TensorFlow {tf.__version__}, OpenCV {cv2.__version__}, {len(photographs)} photographs in {options.images}")

    failed = not compare_golden(options.write)
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder, "source.raw"), pathlib.Path(folder, "result.raw")
        runner = subprocess.Popen(
            ["node", "e2e/interop/convention-runner.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for resample, name, antialias in CASES:
            values = differing = 0
            furthest = {True: 0.0, False: 0.0}
            for _ in range(options.rounds):
                picture = draw_picture(rng, photographs)
                channels = rng.choice((1, 3, 4))
                deep = rng.random() < 0.3
                height, width = picture.shape[:2]
                given = picture[:, :, :1] if channels == 1 else picture
                if channels == 4:
                    given = np.concatenate([picture, picture[:, :, :1] ^ 85], 2)
                if deep:
                    given = (given + np.random.default_rng(rng.randrange(2**32)).random(given.shape)).astype(np.float32)
                left, right = draw_axis(rng, width)
                top, bottom = draw_axis(rng, height)
                size = (draw_side(rng, right - left), draw_side(rng, bottom - top))
                deep_out = rng.random() < 0.7
                source.write_bytes(given.tobytes())
                job = {"from": str(source), "to": str(result), "width": width, "height": height, "channels": channels}
                job |= {"box": (left, top, right, bottom), "size": size, "deep": deep, "deepOut": deep_out}
                job["image"] = {"resample": resample, "filter": name, "antialias": antialias}
                runner.stdin.write(json.dumps(job) + "\n")
                runner.stdin.flush()
                answer = json.loads(runner.stdout.readline())
                expected = wanted(np.ascontiguousarray(given[top:bottom, left:right, :3]), size, resample, name, antialias)
                floats = answer[3]
                got = np.frombuffer(result.read_bytes(), np.float32 if floats else np.uint8).reshape(expected.shape)
                if not floats and expected.dtype != np.uint8:
                    expected = np.clip(np.round(expected), 0, 255)
                far = np.abs(got.astype(np.float64) - expected)
                limit = 0.01 if floats else 1
                furthest[floats] = max(furthest[floats], float(far.max()))
                if far.max() > limit or answer[:3] != [*size, min(channels, 3)]:
                    failed = True
                    print(f"  differs by {far.max()}: {job}")
                values += got.size
                differing += int((far > 1e-3).sum())
            print(
                f"{resample} {name}{' antialiased' if antialias else ''}: {options.rounds} resizes, {values} values, {differing} differ, "
                f"by at most {furthest[True]:.6f} in float32 and {furthest[False]:g} in 8 bits"
            )
        runner.stdin.close()
        failed |= runner.wait() != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
