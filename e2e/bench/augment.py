"""Augments photographs as our default steps do, with Pillow and NumPy, and prints {"pillow", "cores", "ms"}.

    python augment.py LIST OUTPUT draft|full

LIST names a picture a line. Every picture gives two rows of 224 x 224: plain (ImageOps.fit), and a copy that is cropped
(torchvision's RandomResizedCrop of scale 0.8 to 1), flipped, rotated by up to 15 degrees (bilinear) and made darker or lighter; both
are normalised as ImageNet has it, in float32, into one `.npy`. As many processes as there are cores share the pictures; they
are started before the clock. With `draft` Pillow decodes JPEGs at a reduced scale, at least twice the output's, as ours does.
"""

import json
import math
import multiprocessing
import os
import random
import sys
import time

import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageOps

SIDE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
BILINEAR = Image.Resampling.BILINEAR
# Twice the output, times what the smallest crop enlarges.
DRAFT = math.ceil(2 * SIDE / math.sqrt(0.8 * 3 / 4))


def normalised(picture):
    return (np.asarray(picture, np.float32) / np.float32(255) - MEAN) / STD


def crop_box(rng, width, height):
    for _ in range(10):
        area = width * height * rng.uniform(0.8, 1)
        ratio = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        across, down = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < across <= width and 0 < down <= height:
            left, top = rng.randint(0, width - across), rng.randint(0, height - down)
            return left, top, left + across, top + down
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def augmented(picture, rng):
    copy = picture.resize((SIDE, SIDE), BILINEAR, box=crop_box(rng, *picture.size))
    if rng.random() < 0.5:
        copy = ImageOps.mirror(copy)
    copy = copy.rotate(rng.uniform(-15, 15), BILINEAR)
    return ImageEnhance.Brightness(copy).enhance(rng.uniform(0.8, 1.2))


def work(job):
    path, output, at, draft = job
    rows = np.load(output, mmap_mode="r+")
    with Image.open(path) as file:
        if draft:
            file.draft("RGB", (DRAFT, DRAFT))
        picture = ImageOps.exif_transpose(file.convert("RGB"))
    rows[2 * at] = normalised(ImageOps.fit(picture, (SIDE, SIDE), BILINEAR))
    rows[2 * at + 1] = normalised(augmented(picture, random.Random(at)))


def main(listing, output, draft):
    with open(listing, encoding="utf-8") as file:
        paths = file.read().splitlines()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with multiprocessing.Pool(cores) as pool:
        pool.map(abs, range(cores))  # they are there
        start = time.perf_counter()
        rows = np.lib.format.open_memmap(output, "w+", np.float32, (2 * len(paths), SIDE, SIDE, 3))
        for _ in pool.imap_unordered(work, [(path, output, at, draft) for at, path in enumerate(paths)], chunksize=4):
            pass
        rows.flush()
        taken = (time.perf_counter() - start) * 1000
    print(json.dumps({"pillow": PIL.__version__, "cores": cores, "ms": taken}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] == "draft")
