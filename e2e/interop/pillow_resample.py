"""Compares src/transforms/resample.ts with Pillow 12's Image.resize, byte for byte.

    pip install 'pillow==12.*' numpy
    python3 e2e/interop/pillow_resample.py [--images ../shared/data/images] [--rounds 120] [--seed 1]

Runs from the project's root, after `npm ci`. For each filter it resamples `rounds` random boxes of photographs (and of
noise of odd sizes) to random sizes, in 1, 3 and 4 channels of 8 bits, and as float32 against mode F channel by channel,
and ends with 1 when a single byte differs.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import PIL
from PIL import Image

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "area": Image.Resampling.BOX,
}
MODES = {1: "L", 3: "RGB", 4: "RGBX"}


def noise(rng, size):
    """Full-range noise with many 0 and 255, on which overshoot and clipping show."""
    data = bytes(rng.choice((0, 255, rng.randrange(256))) for _ in range(size[0] * size[1] * 3))
    return Image.frombytes("RGB", size, data)


def draw_picture(rng, photographs):
    kind = rng.random()
    if not photographs or kind < 0.3:
        return noise(rng, (rng.randint(1, 90), rng.randint(1, 90)))
    if kind < 0.35:
        return noise(rng, (rng.randint(1, 3), rng.randint(301, 900)))  # so tall that Pillow goes down first
    with Image.open(rng.choice(photographs)) as picture:
        picture = picture.convert("RGB")
    if max(picture.size) > 3000:
        picture = picture.crop((7, 9, 1507, 1209))
    return picture


def draw_axis(rng, length):
    """A box along one axis: whole, on whole pixels, or anywhere."""
    kind = rng.random()
    if kind < 0.3:
        return 0, length
    if kind < 0.5:
        low = rng.randrange(length)
        return low, rng.randint(low + 1, length)
    low = rng.uniform(0, length * 0.9)
    return low, rng.uniform(min(length, low + 0.01), length)


def draw_side(rng, low, high):
    kind = rng.random()
    if kind < 0.25:
        return max(1, round(high - low))  # an axis that may need no pass
    if kind < 0.35:
        return 1
    return rng.randint(1, 300)


def as_floats(rng, picture):
    """Float32 values with fractions, some far beyond 0 and 255: [height, width, channels]."""
    values = np.asarray(picture, np.float32).reshape(picture.height, picture.width, -1)[:, :, :3]
    noise = np.random.default_rng(rng.randrange(2**32)).random(values.shape, np.float32)
    return (values + noise) * np.float32(rng.choice((1, 1, -3, 257.3)))


def resize_floats(values, size, resampling, box):
    channels = [Image.fromarray(np.ascontiguousarray(values[:, :, i])) for i in range(values.shape[2])]
    return np.stack([np.asarray(channel.resize(size, resampling, box)) for channel in channels], -1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=pathlib.Path, default=pathlib.Path("../shared/data/images"))
    parser.add_argument("--rounds", type=int, default=120, help="resizes for each filter")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    photographs = sorted(p for p in options.images.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    print(f"Pillow {PIL.__version__}, {len(photographs)} photographs in {options.images}")

    failed = False
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder, "source.raw"), pathlib.Path(folder, "result.raw")
        runner = subprocess.Popen(
            ["node", "e2e/interop/resample-runner.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name, resampling in FILTERS.items():
            values = differing = 0
            for _ in range(options.rounds):
                channels = rng.choice((1, 3, 4, 4))
                picture = draw_picture(rng, photographs).convert(MODES[channels])
                width, height = picture.size
                left, right = draw_axis(rng, width)
                top, bottom = draw_axis(rng, height)
                size = (draw_side(rng, left, right), draw_side(rng, top, bottom))
                box = (left, top, right, bottom)
                deep = rng.random() < 0.35
                values_in = as_floats(rng, picture)
                source.write_bytes(values_in.tobytes() if deep else picture.tobytes())
                if deep:
                    channels = values_in.shape[2]
                job = {"from": str(source), "to": str(result), "width": width, "height": height}
                job |= {"channels": channels, "box": box, "size": size, "filter": name, "deep": deep}
                runner.stdin.write(json.dumps(job) + "\n")
                runner.stdin.flush()
                answer = json.loads(runner.stdout.readline())
                if deep:
                    wanted = resize_floats(values_in, size, resampling, box)
                else:
                    wanted = picture.resize(size, resampling, box)
                    if channels == 4:
                        wanted = wanted.convert("RGB")
                wanted, got = wanted.tobytes(), result.read_bytes()
                wrong = sum(a != b for a, b in zip(wanted, got)) + abs(len(wanted) - len(got))
                if wrong or answer != [*size, min(channels, 3)]:
                    print(f"  {wrong} bytes differ: {job}")
                values += len(wanted)
                differing += wrong
            print(f"{name}: {options.rounds} resizes, {values} bytes, {differing} differ")
            failed |= differing > 0
        runner.stdin.close()
        failed |= runner.wait() != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
