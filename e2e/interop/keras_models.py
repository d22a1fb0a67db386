"""Compares every network that we draw with Keras' own: weights that Keras wrote, converted, loaded and run by us.

    pip install tensorflow-cpu h5py numpy
    python3 e2e/interop/keras_models.py [--models mobilenet-v2,vgg16] [--seed 1]

Runs from the project's root, after `npm ci`. Each network of keras.applications gets random weights (the published ones
need a download), statistics of batch normalisation among them, is saved as `.h5` in the format of the published files, and
is given random pictures by Keras' own `preprocess_input`. Embeddings and a middle layer must agree within 1e-3 of their size,
class scores, which are probabilities, within 1e-3. Ends with 1 when they do not.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import h5py
import keras
import numpy as np
from keras import applications as apps
from keras.src.legacy.saving import legacy_h5_format

# Builder, preprocessing, layer of the embedding, a layer further in.
MODELS = {
    "mobilenet-v1": (lambda: apps.MobileNet(alpha=1.0, weights=None), apps.mobilenet, "global_average_pooling2d", "conv_pw_5_relu"),
    "mobilenet-v1-0.75": (lambda: apps.MobileNet(alpha=0.75, weights=None), apps.mobilenet, "global_average_pooling2d", "conv_pw_11_relu"),
    "mobilenet-v2": (lambda: apps.MobileNetV2(weights=None), apps.mobilenet_v2, "global_average_pooling2d", "block_12_add"),
    "resnet50": (lambda: apps.ResNet50(weights=None), apps.resnet, "avg_pool", "conv4_block6_out"),
    "vgg16": (lambda: apps.VGG16(weights=None), apps.vgg16, "fc2", "block5_pool"),
    "efficientnet-b0": (lambda: apps.EfficientNetB0(weights=None), apps.efficientnet, "avg_pool", "block4c_add"),
}
PICTURES = 3
TOLERANCE = 1e-3


def randomise(model, rng):
    """Gives batch normalisation statistics of their own and other weights a spread that survives the depth."""
    for layer in model.layers:
        shapes = [weight.shape for weight in layer.weights]
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = shapes
            layer.set_weights(
                [rng.uniform(0.7, 1.3, gamma), rng.normal(0, 0.2, beta), rng.normal(0, 0.2, mean), rng.uniform(0.5, 1.5, variance)]
            )
        elif isinstance(layer, keras.layers.Normalization):
            layer.adapt_mean.assign(rng.uniform(0.3, 0.6, layer.adapt_mean.shape))
            layer.adapt_variance.assign(rng.uniform(0.1, 0.4, layer.adapt_variance.shape))
            layer.finalize_state()
        elif shapes:
            kernel, *bias = layer.get_weights()
            fan = np.prod(kernel.shape[:-1]) if "Depthwise" not in type(layer).__name__ else np.prod(kernel.shape[:2])
            spread = np.sqrt(2 / fan) * (0.05 if layer.name in ("predictions", "conv_preds") else 1)  # no certain classes
            layer.set_weights([rng.normal(0, spread, kernel.shape), *(rng.normal(0, 0.1, one.shape) for one in bias)])


def second_rescaling(model):
    """Keras divides by the root of the deviations where it loads the published weights, and only there: as more variance."""
    layer = next((one for one in model.layers if isinstance(one, keras.layers.Normalization)), None)
    if layer is not None:
        layer.adapt_variance.assign(keras.ops.convert_to_numpy(layer.adapt_variance) * np.array([0.229, 0.224, 0.225], "float32"))
        layer.finalize_state()


def pool(values):
    return values.mean(axis=(1, 2)) if values.ndim == 4 else values


def distance(ours, theirs):
    """The largest difference of a value and that of the whole, in shares of the reference's root mean square and length."""
    ours, theirs = ours.astype("float64"), theirs.astype("float64")
    rms = np.sqrt((theirs**2).mean())
    return np.abs(ours - theirs).max() / rms, np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    runner = subprocess.Popen(
        ["node", "e2e/interop/keras-models-runner.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in args.models.split(","):
            wrong += compare(name, folder, rng, runner)
    runner.stdin.close()
    runner.wait()
    print(f"{wrong} of {2 * len(args.models.split(','))} comparisons differ by more than {TOLERANCE}")
    return 1 if wrong else 0


def compare(name, folder, rng, runner):
    build, module, embedding, middle = MODELS[name]
    keras.backend.clear_session()  # names of layers are counted anew
    model = build()
    randomise(model, rng)
    weights = folder / "weights.h5"
    with h5py.File(weights, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    second_rescaling(model)
    pictures = rng.integers(0, 256, (PICTURES, 224, 224, 3), dtype="uint8")
    pictures[1] = np.linspace(0, 255, pictures[1].size).reshape(pictures[1].shape)  # not noise alone
    (folder / "pictures").write_bytes(pictures.tobytes())
    wrong = 0
    for layer in (embedding, middle):
        outputs = [model.get_layer(layer).output, model.output]
        theirs = keras.Model(model.input, outputs).predict(module.preprocess_input(pictures.astype("float32")), verbose=0)
        job = {"id": name, "layer": layer, "weights": str(weights), "pictures": str(folder / "pictures"), "to": str(folder / "out")}
        runner.stdin.write(json.dumps(job) + "\n")
        runner.stdin.flush()
        if not runner.stdout.readline():
            sys.exit(f"{name}: the runner ended")
        found = []
        for part, reference in zip(("embedding", "scores"), (pool(theirs[0]).reshape(PICTURES, -1), theirs[1])):
            ours = np.frombuffer((folder / f"out.{part}").read_bytes(), "<f4").reshape(reference.shape)
            found.append(distance(ours, reference))
        # Scores are probabilities: their own size says nothing where one class has nearly all.
        off = np.abs(ours - reference).max()
        bad = max(*found[0], off) > TOLERANCE or not np.isfinite([*found[0], off]).all()
        wrong += bad
        print(
            f"{'NO' if bad else 'ok'}  {name} {layer}: "
            + "features {:.1e} of rms, {:.1e} of length, ".format(*found[0])
            + f"scores by {off:.1e}",
            flush=True,
        )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
