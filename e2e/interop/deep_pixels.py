"""Compares 16-bit PNGs that went through the command line to float32 with NumPy and with Pillow's mode F.

    python deep_pixels.py

Runs from the project's root, after a build. The files are drawn here: by Pillow, by OpenCV and by hand (every filter,
Adam7, a transparent colour, a profile). Truth is the drawn array: x / 65535 * 255, flattened, resized as mode F channel
by channel; every bit must be the same. The ranges are compared with NumPy's percentiles within float32's rounding.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 90, 70
TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def paeth(a, b, c):
    a, b, c = a.astype(int), b.astype(int), c.astype(int)
    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c)).astype(np.uint8)


def filter_rows(samples, first):
    """Every filter in turn, from `first` on; samples are [height, width, channels] of uint16."""
    height, width, channels = samples.shape
    rows = samples.astype(">u2").view(np.uint8).reshape(height, -1)
    step = channels * 2
    out, above = [], np.zeros(rows.shape[1], np.uint8)
    for y, row in enumerate(rows):
        left = np.concatenate([np.zeros(step, np.uint8), row[:-step]])
        corner = np.concatenate([np.zeros(step, np.uint8), above[:-step]])
        mean = ((left.astype(int) + above) // 2).astype(np.uint8)
        predicted = [0, left, above, mean, paeth(left, above, corner)]
        kind = (first + y) % 5
        out.append(bytes([kind]) + (row - predicted[kind]).astype(np.uint8).tobytes())
        above = row
    return b"".join(out)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def draw_png(samples, interlaced=False, extra=b"", pieces=3):
    height, width, channels = samples.shape
    if interlaced:
        passes = [samples[top::down, left::right] for left, top, right, down in ADAM7]
        raw = b"".join(filter_rows(part, i) for i, part in enumerate(passes) if part.size)
    else:
        raw = filter_rows(samples, 0)
    data = zlib.compress(raw)
    size = -(-len(data) // pieces)
    parts = b"".join(chunk(b"IDAT", data[i : i + size]) for i in range(0, len(data), size))
    head = struct.pack(">IIBBBBB", width, height, 16, TYPES[channels], 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + parts + chunk(b"IEND", b"")


def draw_samples(rng, height, width, channels):
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x * (517 + 31 * i) + y * (211 + 7 * i)) % 65536 for i in range(channels)]
    noise = rng.integers(0, 300, (height, width, channels))
    return ((np.stack(planes, -1) + noise) % 65536).astype(np.uint16)


def draw_files(folder):
    """Gives the drawn array of each file; alpha last."""
    rng = np.random.default_rng(7)
    drawn = {}
    for channels in (1, 2, 3, 4):
        for interlaced in (False, True):
            samples = draw_samples(rng, 131, 173, channels)
            name = f"drawn-{channels}-{'adam7' if interlaced else 'rows'}.png"
            (folder / name).write_bytes(draw_png(samples, interlaced))
            drawn[name] = samples
    for width, height in ((1, 1), (1, 9), (3, 2), (5, 1)):
        samples = draw_samples(rng, height, width, 3)
        name = f"small-{width}x{height}.png"
        (folder / name).write_bytes(draw_png(samples, True))
        drawn[name] = samples
    for channels in (1, 3):
        samples = draw_samples(rng, 120, 160, channels) // 4096 * 4096  # few colours, so that one is met often
        key = samples[5, 5].astype(">u2").tobytes()
        name = f"key-{channels}.png"
        (folder / name).write_bytes(draw_png(samples, extra=chunk(b"tRNS", key)))
        alpha = np.where((samples == samples[5, 5]).all(-1, keepdims=True), 0, 65535).astype(np.uint16)
        drawn[name] = np.concatenate([samples, alpha], -1)
    grey = draw_samples(rng, 100, 140, 1)
    Image.fromarray(grey[:, :, 0]).save(folder / "pillow-grey.png")
    drawn["pillow-grey.png"] = grey
    for channels in (1, 3, 4):
        samples = draw_samples(rng, 110, 150, channels)
        order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
        cv2.imwrite(str(folder / f"opencv-{channels}.png"), samples[:, :, order])
        drawn[f"opencv-{channels}.png"] = samples
    gamma = chunk(b"gAMA", struct.pack(">I", 100_000))
    samples = draw_samples(rng, 90, 90, 3)
    (folder / "gamma.png").write_bytes(draw_png(samples, extra=gamma))
    drawn["gamma.png"] = samples
    return drawn


def floats_of(samples, by_type=True):
    """Three channels of colour as float32, and alpha or None; alpha is by its type always."""
    channels = samples.shape[2]
    values = samples.astype(np.float64)
    colour = values[:, :, : channels - 1] if channels in (2, 4) else values
    colour = (colour * 255 / 65535 if by_type else colour).astype(np.float32)
    if colour.shape[2] == 1:
        colour = colour.repeat(3, 2)
    alpha = (values[:, :, -1:] * 255 / 65535).astype(np.float32) if channels in (2, 4) else None
    return colour, alpha


def flatten(colour, alpha, background=(255, 255, 255)):
    if alpha is None or (alpha == 255).all():
        return colour
    alpha = alpha.astype(np.float64)
    mixed = (np.float64(background) * (255 - alpha) + colour.astype(np.float64) * alpha) / 255
    return np.where(alpha == 0, np.float64(background), mixed).astype(np.float32)


def eight_bits(samples):
    colour, alpha = floats_of(samples)
    picture = Image.fromarray(np.rint(colour).astype(np.uint8))
    flat = Image.new("RGB", picture.size, "#ffffff")
    flat.paste(picture, mask=None if alpha is None else Image.fromarray(np.rint(alpha[:, :, 0]).astype(np.uint8)))
    return flat


def resize(colour, resampling):
    planes = [Image.fromarray(np.ascontiguousarray(colour[:, :, i])) for i in range(3)]
    return np.stack([np.asarray(plane.resize((WIDTH, HEIGHT), resampling)) for plane in planes], -1)


def run(folder, output, *flags):
    command = ["node", "dist/cli/main.js", "--input", str(folder), "--output", str(output)]
    command += ["--width", str(WIDTH), "--height", str(HEIGHT), "--fit", "stretch"]
    command += ["--labels", "none", "--formats", "npy", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return np.load(output / "images.npy")


def compare(what, ours, drawn, wanted_of, tolerance=0.0):
    assert len(ours) == len(drawn), f"{len(ours)} rows of {len(drawn)} files"
    wrong, most = 0, 0.0
    for got, name in zip(ours, sorted(drawn)):
        wanted = wanted_of(drawn[name])
        far = float(np.abs(got.astype(np.float64) - wanted).max())
        most = max(most, far)
        if got.dtype != wanted.dtype or far > tolerance:
            wrong += 1
            print(f"  {what}, {name}: differs by {far}")
    print(f"{what}: {len(drawn)} files, farthest {most:g}, {wrong} wrong")
    return wrong


def stretched(samples, shares):
    colour, alpha = floats_of(samples, False)
    seen = colour[:, :, :1] if samples.shape[2] == 1 else colour
    seen = seen if alpha is None else seen[alpha[:, :, 0] > 0]
    low, high = np.percentile(seen.astype(np.float64), shares)
    scaled = np.clip((colour.astype(np.float64) - low) * 255 / (high - low), 0, 255) if high > low else colour * 0
    return flatten(scaled.astype(np.float32), alpha)


def main():
    bilinear = Image.Resampling.BILINEAR
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder = scratch / "input"
        folder.mkdir()
        drawn = draw_files(folder)
        for name, resampling in (("bilinear", bilinear), ("lanczos", Image.Resampling.LANCZOS)):
            ours = run(folder, scratch / name, "--dtype", "float32", "--filter", name)
            wrong += compare(f"float32 {name}", ours, drawn, lambda x: resize(flatten(*floats_of(x)), resampling))
        ramp = ours[sorted(drawn).index("pillow-grey.png")]
        print(f"distinct values in one resized 16-bit grey: {len(np.unique(ramp)):,}")
        wrong += len(np.unique(ramp)) < 5000
        ours = run(folder, scratch / "eight", "--dtype", "uint8")
        wrong += compare("uint8", ours, drawn, lambda x: np.asarray(eight_bits(x).resize((WIDTH, HEIGHT), bilinear)))
        ours = run(folder, scratch / "stored", "--dtype", "float32", "--range", "stored")
        wrong += compare("range stored", ours, drawn, lambda x: resize(flatten(*floats_of(x, False)), bilinear))
        for name, shares in (("percentile", (1, 99)), ("min-max", (0, 100))):
            ours = run(folder, scratch / name, "--dtype", "float32", "--range", name)
            wrong += compare(f"range {name}", ours, drawn, lambda x: resize(stretched(x, shares), bilinear), 2e-4)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
