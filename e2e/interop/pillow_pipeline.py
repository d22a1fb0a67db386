"""Compares the command line's output with Pillow 12's, from the files to the pixels, byte for byte.

    python pillow_pipeline.py [--images ../shared/data]

Runs from the project's root, after a build. Every fit and filter, `decode: fast` and `exact`, on photographs without
ICC profiles: JPEGs as they are, and PNGs that Pillow makes of them (RGB, grey, palette, with alpha).
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageOps

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "area": Image.Resampling.BOX,
}
WIDTH, HEIGHT = 160, 120


def choose_files(data, folder):
    photographs = sorted((data / "images").rglob("*.jpg"))[::83] + sorted((data / "big").glob("*.jpg"))
    chosen = [path for path in photographs if "icc_profile" not in Image.open(path).info]
    for i, path in enumerate(chosen):
        (folder / f"{i:02}.jpg").write_bytes(path.read_bytes())
    picture = Image.open(chosen[0]).convert("RGB")
    picture.save(folder / "rgb.png")
    picture.convert("L").save(folder / "grey.png")
    picture.quantize(64).save(folder / "palette.png")
    picture.convert("L").save(folder / "lightness.jpg", quality=92)
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(folder / "alpha.png")
    turned = Image.open(chosen[1]).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(folder / "turned.jpg", exif=exif, quality=92)


def open_picture(path, fit, decode):
    picture = Image.open(path)
    if decode == "fast" and fit != "none":
        height = WIDTH if fit in ("shortest", "longest") else HEIGHT
        wanted = (2 * WIDTH, 2 * height)
        turned = picture.getexif().get(0x0112, 1) >= 5
        picture.draft(None, wanted[::-1] if turned else wanted)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size, "#ffffff")
        flat.paste(picture, mask=picture.getchannel("A"))
        return flat
    return picture.convert("RGB")


def transform(picture, fit, filter):
    width, height = picture.size
    if fit == "cover":
        return ImageOps.fit(picture, (WIDTH, HEIGHT), filter)
    if fit == "contain":
        return ImageOps.pad(picture, (WIDTH, HEIGHT), filter, color="#000000")
    if fit == "stretch":
        return picture.resize((WIDTH, HEIGHT), filter)
    if fit == "shortest":
        return ImageOps.cover(picture, (WIDTH, WIDTH), filter)
    if fit == "longest":
        return ImageOps.contain(picture, (WIDTH, WIDTH), filter)
    return picture


def run(folder, output, fit, filter, decode):
    ragged = fit in ("shortest", "longest", "none")
    command = ["node", "dist/cli/main.js", "--input", str(folder), "--output", str(output)]
    command += ["--width", str(WIDTH), "--height", str(HEIGHT), "--fit", fit, "--filter", filter, "--decode", decode]
    command += ["--labels", "none", "--formats", "images" if ragged else "npy", "--picture_type", "png"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    if not ragged:
        return list(np.load(output / "images.npy"))
    return [np.asarray(Image.open(path)) for path in sorted((output / "images").iterdir())]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", default="../shared/data", type=pathlib.Path)
    data = parser.parse_args().images
    runs = [(fit, name, "fast") for fit in ("cover", "contain", "stretch", "shortest", "longest") for name in FILTERS]
    runs += [("none", "bilinear", "fast"), ("cover", "bilinear", "exact"), ("stretch", "lanczos", "exact")]
    differing = compared = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "input"
        folder.mkdir()
        choose_files(data, folder)
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
        if any(fit in ("shortest", "longest", "none") for fit, _, _ in runs):
            # Pictures are named by their stem; two of one stem would get another name.
            assert len({path.stem for path in paths}) == len(paths)
        for number, (fit, name, decode) in enumerate(runs):
            ours = run(folder, pathlib.Path(scratch) / f"output{number}", fit, name, decode)
            if fit in ("shortest", "longest", "none"):
                order = sorted(paths, key=lambda path: path.stem + ".png")
            else:
                order = paths
            assert len(ours) == len(order), f"{len(ours)} pictures of {len(order)}"
            for path, got in zip(order, ours):
                wanted = np.asarray(transform(open_picture(path, fit, decode), fit, FILTERS[name]))
                same = got.shape == wanted.shape and np.array_equal(got, wanted)
                compared += wanted.size
                if not same:
                    differing += 1
                    far = "shape" if got.shape != wanted.shape else int(np.abs(got.astype(int) - wanted).max())
                    print(f"{fit} {name} {decode} {path.name}: differs by {far}: {got.shape} {wanted.shape}")
        print(f"{len(runs)} runs of {len(paths)} files, {compared:,} values: {differing} pictures differ")
    sys.exit(1 if differing else 0)


main()
