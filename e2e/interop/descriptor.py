"""Computes the built-in descriptor with NumPy and Pillow, from its formula, and compares it with what a run wrote.

    python descriptor.py [--images ../shared/data/images] | --golden

Runs from the project's root, after a build. Every tenth photograph; `--golden` prints values of the drawn picture that
src/features/descriptor.test.ts has.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageOps

SIDE = 128


def descriptor(picture):
    """`picture` is 128 x 128 x 3, of 8 bits."""
    luma = np.asarray(Image.fromarray(picture).convert("L")).astype(int)
    blocks = [colours(picture), *(edges(luma, grid) for grid in (1, 6)), textures(luma)]
    parts = []
    for counts, weight in zip(blocks, (1, 0.5, 1, 1)):
        powers = counts**0.4
        length = np.linalg.norm(powers)
        parts.append(powers * (weight / length if length > 0 else 0))
    whole = np.concatenate(parts)
    return whole / np.linalg.norm(whole)


def lab(picture):
    share = picture / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    light = linear @ np.transpose(to_xyz) / [0.95047, 1, 1.08883]
    x, y, z = np.moveaxis(np.where(light > (6 / 29) ** 3, np.cbrt(light), light / (3 * (6 / 29) ** 2) + 4 / 29), 2, 0)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def colours(picture):
    lightness, a, b = lab(picture)
    places = []
    for value, bins in ((lightness / 100, 5), ((a + 70) / 140, 7), ((b + 70) / 140, 7)):
        places.append(np.clip(value * bins - 0.5, 0, bins - 1))
    counts = np.zeros((5, 7, 7))
    for corner in np.ndindex(2, 2, 2):
        share, index = 1, []
        for place, second, bins in zip(places, corner, counts.shape):
            low = np.floor(place)
            share = share * (place - low if second else 1 - (place - low))
            index.append(np.minimum(low.astype(int) + second, bins - 1))
        np.add.at(counts, tuple(index), share)
    return counts.ravel()


def edges(luma, grid):
    across, down = np.zeros(luma.shape), np.zeros(luma.shape)
    across[:, 1:-1] = luma[:, 2:] - luma[:, :-2]
    down[1:-1] = luma[2:] - luma[:-2]
    strength = np.hypot(across, down)
    position = (np.arctan2(down, across) / np.pi) % 1 * 6
    low = np.floor(position).astype(int)
    cell = np.arange(SIDE) * grid // SIDE
    cell = cell[:, None] * grid + cell[None, :]
    counts = np.zeros((grid * grid, 6))
    np.add.at(counts, (cell, low % 6), strength * (1 - (position - low)))
    np.add.at(counts, (cell, (low + 1) % 6), strength * (position - low))
    return counts.ravel()


def textures(luma):
    uniform = [code for code in range(256) if changes(code) <= 2]
    bins = np.array([uniform.index(code) if code in uniform else 58 for code in range(256)])
    codes = np.zeros((SIDE - 2, SIDE - 2), int)
    for bit, (y, x) in enumerate([(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]):
        neighbour = luma[1 + y : SIDE - 1 + y, 1 + x : SIDE - 1 + x]
        codes |= (neighbour > luma[1:-1, 1:-1] + 4).astype(int) << bit
    return np.bincount(bins[codes].ravel(), minlength=59).astype(float)


def changes(code):
    return sum((code >> bit & 1) != (code >> (bit + 1) % 8 & 1) for bit in range(8))


def drawn():
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.stack([(x * 3 + y * y // 7) % 256, (x * y // 5) % 256, (x * x // 9 + 2 * y) % 256], axis=2).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", default="../shared/data/images", type=pathlib.Path)
    parser.add_argument("--golden", action="store_true")
    options = parser.parse_args()
    if options.golden:
        print(json.dumps({int(i): round(float(descriptor(drawn())[i]), 6) for i in range(0, 526, 35)}))
        return 0
    photographs = sorted(options.images.rglob("*.jpg"))[::10]
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = pathlib.Path(scratch, "photographs"), pathlib.Path(scratch, "output")
        folder.mkdir()
        for i, path in enumerate(photographs):
            (folder / f"{i:03}.jpg").write_bytes(path.read_bytes())
        flags = ["--decode", "exact", "--colour_space", "as-stored", "--features", "descriptor", "--formats", "npy", "--split", "none"]
        command = ["node", "dist/cli/main.js", "--input", folder, "--output", f"{output}/", "--quiet", *flags]
        subprocess.run(command, check=True, capture_output=True)
        vectors = np.load(output / "features.npy")
    worst = 0
    for path, vector in zip(photographs, vectors, strict=True):
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
        wanted = descriptor(np.asarray(upright.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
        worst = max(worst, float(np.abs(vector - wanted).max()))
    print(f"{len(photographs)} descriptors compared, the largest difference is {worst:.1e}")
    return 0 if worst < 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
