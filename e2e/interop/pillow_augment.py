"""Writes what Pillow 12 makes of drawn pixels, or compares the file in the repository with it.

    pip install 'pillow==12.*'
    python3 e2e/interop/pillow_augment.py [--write]

Runs from the project's root. `src/transforms/pillow.golden.json` holds for each step its parameters, the picture's size and
mode, and Pillow's bytes; `src/transforms/pillow.test.ts` holds the steps to them. Ends with 1 when Pillow says otherwise.
"""

import json
import math
import pathlib
import sys

from PIL import Image, ImageEnhance, ImageOps

FILE = pathlib.Path("src/transforms/pillow.golden.json")
SIZES = [(1, 1), (7, 5), (2, 9), (17, 12)]


def drawn(size, mode):
    """The pixels of `drawRaster` in src/transforms/test-kit.ts."""
    count = size[0] * size[1] * len(mode)
    return Image.frombytes(mode, size, bytes(((i * i * 7 + i * 31) >> 1) % 256 for i in range(count)))


def hue(picture, degrees):
    """torchvision's adjust_hue of a Pillow picture."""
    if picture.mode == "L":
        return picture
    h, s, v = picture.convert("HSV").split()
    turn = int(degrees / 360 * 255)
    h = h.point([(x + turn) % 256 for x in range(256)])
    return Image.merge("HSV", (h, s, v)).convert("RGB")


def gamma(picture, exponent):
    table = [int((255 + 1 - 1e-3) * pow(x / 255.0, exponent)) for x in range(256)]
    return picture.point(table * len(picture.getbands()))


def affine(picture, matrix):
    return picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def shear(picture, horizontal, vertical):
    across, down = math.tan(math.radians(horizontal)), math.tan(math.radians(vertical))
    width, height = picture.size
    return affine(picture, (1, across, -across * height / 2, down, 1, -down * width / 2))


def scale(picture, factor):
    width, height = picture.size
    step = 1 / factor
    return affine(picture, (step, 0, width / 2 * (1 - step), 0, step, height / 2 * (1 - step)))


def grey(picture):
    return picture.convert("L").convert(picture.mode)


TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
STEPS = {
    "flip-horizontal": (lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT), [{}]),
    "flip-vertical": (lambda p: p.transpose(Image.Transpose.FLIP_TOP_BOTTOM), [{}]),
    "turn": (lambda p, degrees: p.transpose(TURNS[degrees]), [{"degrees": d} for d in TURNS]),
    "brightness": (lambda p, factor: ImageEnhance.Brightness(p).enhance(factor), [{"factor": f} for f in (0.3, 1.7)]),
    "contrast": (lambda p, factor: ImageEnhance.Contrast(p).enhance(factor), [{"factor": f} for f in (0.3, 1.7)]),
    "saturation": (lambda p, factor: ImageEnhance.Color(p).enhance(factor), [{"factor": f} for f in (0, 0.4, 1.9)]),
    "sharpen": (lambda p, factor: ImageEnhance.Sharpness(p).enhance(factor), [{"factor": f} for f in (0, 0.6, 2.3)]),
    "hue": (hue, [{"degrees": d} for d in (-150, -18.5, 7, 90)]),
    "gamma": (gamma, [{"exponent": e} for e in (0.5, 1.8)]),
    "greyscale": (grey, [{}]),
    "invert": (ImageOps.invert, [{}]),
    "posterise": (ImageOps.posterize, [{"bits": b} for b in (1, 4, 7)]),
    "solarise": (ImageOps.solarize, [{"threshold": t} for t in (0, 100, 256)]),
    "equalise": (ImageOps.equalize, [{}]),
    "autocontrast": (ImageOps.autocontrast, [{"cutoff": c} for c in (0, 10)]),
    "shear": (shear, [{"horizontal": 10.5, "vertical": -20}]),
    "scale": (scale, [{"factor": f} for f in (0.7, 1.6)]),
}

cases = []
for step, (function, parameters) in STEPS.items():
    for values in parameters:
        for size in SIZES:
            for mode in ("L", "RGB"):
                result = function(drawn(size, mode), **values)
                cases.append({"step": step, "drawn": values, "size": size, "channels": len(mode), "hex": result.tobytes().hex()})
text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
if "--write" in sys.argv:
    FILE.write_text(text)
elif json.loads(FILE.read_text()) != json.loads(text):  # the formatter lays it out in its own way
    sys.exit(f"{FILE} is not what this Pillow gives; look, and write it anew with --write")
print(f"{len(cases)} pictures as Pillow has them")
