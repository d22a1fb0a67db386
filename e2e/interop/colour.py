"""Compares colours that went through the command line with Pillow: odd modes byte for byte, profiles with lcms.

    python colour.py

Runs from the project's root, after a build. Odd modes (1-bit, few grey levels, palettes and keys with transparency, grey
with alpha) laid over white must be Pillow's own bytes. Pictures with matrix and grey profiles, drawn here, must lie within
1 of Pillow's ImageCms with `--colour_space srgb`, and be Pillow's own bytes with `as-stored`. Float32 is compared with lcms' rounded bytes, so within 1.5.
"""

import io
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np
from deep_pixels import chunk, draw_png
from PIL import Image, ImageCms

SIDE = 64


def fixed(x):
    return struct.pack(">i", round(x * 65536))


def xyz(*values):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(value * 256), 0)


def text(words):
    encoded = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded + b"\0" * (-len(encoded) % 4)


def draw_profile(space, tags):
    """ICC.1:2022, version 4.3, with XYZ as its connection space."""
    tags = [(b"desc", text("drawn")), (b"cprt", text("none")), (b"wtpt", xyz(0.9642, 1, 0.8249)), *tags]
    start = 132 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s12s4s", start + len(body), b"none", 0x04300000, b"mntr", space, b"XYZ ", bytes([7, 232, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]), b"acsp")
    head += b"\0" * 28 + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return head.ljust(128, b"\0") + table + body


def matrix(curve, *columns):
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    curves = [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return draw_profile(b"RGB ", [(name, xyz(*column)) for name, column in zip(names, columns)] + curves)


SRGB_CURVE = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
COLOUR_PROFILES = {
    "p3": matrix(SRGB_CURVE, (0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)),
    "adobe": matrix(gamma(2.19921875), (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
}
GREY_PROFILES = {"grey18": draw_profile(b"GRAY", [(b"kTRC", gamma(1.8))])}


def draw_colours():
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.stack([x * 4, y * 4, x * 2 + y * 2], -1).astype(np.uint8)


def over_white(picture):
    rgba = picture.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "#ffffff")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return np.asarray(flat).astype(int)


def draw_modes(folder):
    colours = Image.fromarray(draw_colours())
    grey = colours.convert("L")
    fade = Image.fromarray((np.mgrid[0:SIDE, 0:SIDE][1] * 4).astype(np.uint8))
    palette = colours.quantize(40)
    grey.convert("1").save(folder / "one-bit.png")
    grey.convert("1").save(folder / "one-bit.bmp")
    for bits in (1, 2, 4):
        colours.quantize(2**bits).save(folder / f"palette-{bits}.png", bits=bits)
    palette.save(folder / "palette-alpha.png", transparency=bytes(range(0, 240, 6)))
    palette.save(folder / "palette-key.png", transparency=7)
    palette.save(folder / "palette-key.gif", transparency=7)
    palette.save(folder / "palette.bmp")
    grey.save(folder / "grey-key.png", transparency=100)
    colours.save(folder / "colour-key.png", transparency=colours.getpixel((9, 9)))
    Image.merge("LA", (grey, fade)).save(folder / "grey-alpha.png")
    colours.putalpha(fade)
    colours.save(folder / "alpha.png")
    colours.save(folder / "alpha.webp", lossless=True, exact=True)
    return {path.name: over_white(Image.open(path)) for path in folder.iterdir()}


def to_srgb(picture, profile):
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    wanted = ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    return np.asarray(ImageCms.profileToProfile(picture, source, wanted, intent, "RGB")).astype(int)


def draw_profiled(folder):
    """Gives, for each file, the colours as stored and in sRGB."""
    drawn = {}
    for name, profile in {**COLOUR_PROFILES, **GREY_PROFILES}.items():
        picture = Image.fromarray(draw_colours())
        kinds = {"jpg": {"quality": 95, "subsampling": 0}, "png": {}}
        if name in GREY_PROFILES:
            picture = picture.convert("L")
        else:
            kinds |= {"webp": {"lossless": True}}
        for kind, options in kinds.items():
            path = folder / f"{name}.{kind}"
            picture.save(path, icc_profile=profile, **options)
            back = Image.open(path)
            drawn[path.name] = (np.asarray(back.convert("RGB")).astype(int), to_srgb(back, profile))
        samples = np.asarray(picture).reshape(SIDE, SIDE, -1).astype(np.uint16) * 257
        stream = io.BytesIO()
        picture.save(stream, "png", icc_profile=profile)
        embedded = stream.getvalue()
        at = embedded.index(b"iCCP") - 4
        (length,) = struct.unpack(">I", embedded[at : at + 4])
        (folder / f"{name}-16.png").write_bytes(draw_png(samples, extra=embedded[at : at + 12 + length]))
        drawn[f"{name}-16.png"] = (np.asarray(picture.convert("RGB")).astype(int), to_srgb(picture, profile))
    plain = Image.fromarray(draw_colours())
    for name, extra in (("gamma", chunk(b"gAMA", struct.pack(">I", 100_000))), ("chunk-srgb", chunk(b"sRGB", b"\0"))):
        stream = io.BytesIO()
        plain.save(stream, "png")
        (folder / f"{name}.png").write_bytes(stream.getvalue()[:33] + extra + stream.getvalue()[33:])
        drawn[f"{name}.png"] = (np.asarray(plain).astype(int),) * 2
    return drawn


def run(folder, output, *flags):
    command = ["node", "dist/cli/main.js", "--input", str(folder), "--output", str(output)]
    command += ["--width", str(SIDE), "--height", str(SIDE), "--fit", "stretch", "--labels", "none", "--formats", "npy", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return np.load(output / "images.npy").astype(float)


def compare(what, ours, wanted, tolerance):
    assert len(ours) == len(wanted), f"{len(ours)} rows of {len(wanted)} files"
    wrong, most = 0, 0.0
    for got, name in zip(ours, sorted(wanted)):
        far = float(np.abs(got - wanted[name]).max())
        most = max(most, far)
        if far > tolerance:
            wrong += 1
            print(f"  {what}, {name}: differs by {far}")
    print(f"{what}: {len(wanted)} files, farthest {most:g}, {wrong} wrong")
    return wrong


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        modes, profiled = scratch / "modes", scratch / "profiled"
        modes.mkdir()
        profiled.mkdir()
        wanted = draw_modes(modes)
        wrong += compare("odd modes", run(modes, scratch / "a"), wanted, 0)
        drawn = draw_profiled(profiled)
        stored = {name: pair[0] for name, pair in drawn.items()}
        converted = {name: pair[1] for name, pair in drawn.items()}
        wrong += compare("as stored", run(profiled, scratch / "b", "--colour_space", "as-stored"), stored, 0)
        wrong += compare("to sRGB", run(profiled, scratch / "c"), converted, 1)
        deep = run(profiled, scratch / "d", "--dtype", "float32")
        wrong += compare("to sRGB as float32", deep, converted, 1.5)
    sys.exit(1 if wrong else 0)


main()
