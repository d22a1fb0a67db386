"""Writes what Pillow 12 makes of drawn pixels, or compares the file in the repository with it.

    pip install 'pillow==12.*'
    python3 e2e/interop/pillow_augment.py [--write]

Runs from the project's root. `src/transforms/pillow.golden.json` holds for each step its parameters, the knobs that are not
the defaults, the picture's size and mode, and Pillow's bytes; `src/transforms/pillow.test.ts` holds the steps to them. Ends with 1 when Pillow says otherwise.
"""

import io
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


def smooth(size, mode):
    """The pixels of `drawSmooth` in src/transforms/test-kit.ts."""
    width, height = size
    values = (20 + 3 * x + 4 * y + 30 * c + x * y % 7 for y in range(height) for x in range(width) for c in range(len(mode)))
    return Image.frombytes(mode, size, bytes(values))


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


FILL = (9, 80, 200)


def moved(picture, method, matrix, edges="fill"):
    """Image.transform by a matrix about pixels; `edges` beyond the picture, which Pillow lacks, are drawn around it first."""
    width, height = picture.size
    if edges == "fill":
        fill = FILL if picture.mode == "RGB" else Image.new("RGB", (1, 1), FILL).convert("L").getpixel((0, 0))
        return picture.transform(picture.size, method, matrix, Image.Resampling.BILINEAR, fillcolor=fill)
    margin = 4 * max(picture.size)

    def within(at, length):
        at = min(max(at, 0), length - 1) if edges == "edge" else at % (2 * length)
        return at if at < length else 2 * length - 1 - at

    wide = Image.new(picture.mode, (width + 2 * margin, height + 2 * margin))
    for y in range(wide.height):
        for x in range(wide.width):
            wide.putpixel((x, y), picture.getpixel((within(x - margin, width), within(y - margin, height))))
    a, b, c, d, e, f, g, h = (*matrix, 0, 0)[:8]
    shifted = (a + margin * g, b + margin * h, c + margin, d + margin * g, e + margin * h, f + margin, g, h)
    return wide.transform(picture.size, Image.Transform.PERSPECTIVE, shifted, Image.Resampling.BILINEAR)


def translate(picture, horizontal, vertical, edges="fill"):
    shift = [-round(share * side) for share, side in zip((horizontal, vertical), picture.size)]
    return moved(picture, Image.Transform.AFFINE, (1, 0, shift[0], 0, 1, shift[1]), edges)


def rotate(picture, degrees, edges="fill", zoom=False):
    """Image.rotate, whose matrix is written out so that edges and zoom can have it too."""
    width, height = picture.size
    cosine, sine = math.cos(math.radians(-degrees)), math.sin(math.radians(-degrees))
    enlargement = 1
    if zoom:  # the turned frame's bounding box fits into the picture
        across, down = abs(width * cosine) + abs(height * sine), abs(width * sine) + abs(height * cosine)
        enlargement = max(across / width, down / height)
    cosine, sine = cosine / enlargement, sine / enlargement
    right = width / 2 - cosine * width / 2 - sine * height / 2
    down = height / 2 + sine * width / 2 - cosine * height / 2
    return moved(picture, Image.Transform.AFFINE, (cosine, sine, right, -sine, cosine, down), "edge" if zoom else edges)


def perspective(picture, edges="fill", **inwards):
    """Solves for the eight numbers as torchvision's _get_perspective_coeffs does."""
    width, height = picture.size
    rows = []
    for i, (u, v) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)], 1):
        x = (u + (1 - 2 * u) * inwards[f"x{i}"]) * width
        y = (v + (1 - 2 * v) * inwards[f"y{i}"]) * height
        u, v = u * width, v * height
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda i: abs(rows[i][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for i in range(8):
            if i != at:
                rows[i] = [value - rows[i][at] * above for value, above in zip(rows[i], rows[at])]
    return moved(picture, Image.Transform.PERSPECTIVE, [row[8] for row in rows], edges)


def jpeg(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return Image.open(file)


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
    "translate": (translate, [{"horizontal": 0.3, "vertical": -0.2}]),
    "rotate": (rotate, [{"degrees": d} for d in (-33.5, 100)]),
    "perspective": (
        perspective,
        [
            dict(zip(("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"), inwards))
            for inwards in ((0.1, 0.05, 0.02, 0.2, 0.14, 0.03, 0.07, 0.09), (0.41, 0.37, 0, 0, 0, 0.1, 0, 0))
        ],
    ),
    "jpeg": (jpeg, [{"quality": q} for q in (10, 50, 90)]),
}
FILLED = {"fill": "#{:02x}{:02x}{:02x}".format(*FILL)}
# What every case of a step is done with, beside its parameters.
KNOBS = {
    "translate": [FILLED, {"edges": "edge"}, {"edges": "mirror"}],
    "rotate": [FILLED, {"edges": "edge"}, {"edges": "mirror"}, {"zoom": True}],
    "perspective": [FILLED, {"edges": "edge"}, {"edges": "mirror"}],
}

cases = []
for step, (function, parameters) in STEPS.items():
    for values in parameters:
        for knobs in KNOBS.get(step, [{}]):
            if "edges" in knobs and values.get("x1", 0) > 0.3:
                continue  # behind the vanishing line Pillow shows the picture again, the step shows nothing
            given = {name: value for name, value in knobs.items() if name != "fill"}
            for size in [(33, 18), (17, 5)] if step == "jpeg" else SIZES:
                for mode in ("L", "RGB"):
                    case = {"step": step, "drawn": values, "knobs": knobs, "size": size, "channels": len(mode)}
                    if not knobs:
                        del case["knobs"]
                    cases.append({**case, "hex": function((smooth if step == "jpeg" else drawn)(size, mode), **values, **given).tobytes().hex()})
text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
if "--write" in sys.argv:
    FILE.write_text(text)
elif json.loads(FILE.read_text()) != json.loads(text):  # the formatter lays it out in its own way
    sys.exit(f"{FILE} is not what this Pillow gives; look, and write it anew with --write")
print(f"{len(cases)} pictures as Pillow has them")
