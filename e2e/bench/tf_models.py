"""Decodes, resizes and classifies pictures with TensorFlow: tf.data and Keras, batches of 32, on all cores.

    python3 e2e/bench/tf_models.py MobileNetV2 LIST FEW MANY

LIST names a picture a line. Prints the seconds of FEW and of MANY pictures, once warm: their difference is free of what a
run costs at its ends. The weights are random: the time does not depend on them.
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf
from keras import applications, Model

MODES = {"MobileNetV2": applications.mobilenet_v2, "ResNet50": applications.resnet}
SIDE = 224


def load(path):
    picture = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
    height, width = tf.shape(picture)[0], tf.shape(picture)[1]
    side = tf.minimum(height, width)
    picture = tf.image.crop_to_bounding_box(picture, (height - side) // 2, (width - side) // 2, side, side)
    return tf.image.resize(picture, (SIDE, SIDE), antialias=True)


def main():
    name, listed, few, many = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    paths = open(listed, encoding="utf8").read().splitlines()
    whole = getattr(applications, name)(weights=None)
    model = Model(whole.input, [whole.layers[-2].output, whole.output])
    prepare = MODES[name].preprocess_input
    embed = tf.function(lambda batch: model(prepare(batch), training=False), input_signature=[tf.TensorSpec((None, SIDE, SIDE, 3))])

    def run(count):
        data = tf.data.Dataset.from_tensor_slices([paths[i % len(paths)] for i in range(count)])
        data = data.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(32).prefetch(tf.data.AUTOTUNE)
        start = time.perf_counter()
        for batch in data:
            for output in embed(batch):
                output.numpy()
        return time.perf_counter() - start

    run(32)
    print(run(few), run(many))


if __name__ == "__main__":
    main()
