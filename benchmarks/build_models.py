# ruff: noqa - runs in CPython 3.7, and keeps the look of TensorFlow 1 programs
"""Makes large TensorFlow 1 models to measure with; runs inside TensorFlow 1.15.5 (CPython 3.7).

    python build_models.py resnet50 OUT_DIR      slim's ResNet-50 v2, 1001 classes: 102 MB of variables
    python build_models.py bert OUT_DIR          an encoder of BERT-base's size: 438 MB
    python build_models.py embedding OUT_DIR     one embedding [1_000_000, 512]: 2 GB
    python build_models.py deep OUT_DIR          an unrolled RNN in nested scopes: 50,000 nodes, few MB

It writes OUT_DIR/model, a SavedModel with a predict signature `serving_default`, and OUT_DIR/samples.npz, what
TensorFlow 1.15 answers (SIGNATURE/inputs/NAME and SIGNATURE/outputs/NAME). Weights are random, from fixed seeds.
"""

import os
import sys
import time

import numpy as np
import tensorflow as tf


def resnet50():
    """Image classification as slim's export scripts do it."""
    from tensorflow.contrib import slim
    from tensorflow.contrib.slim.python.slim.nets import resnet_v2

    images = tf.placeholder(tf.float32, [None, 224, 224, 3], name="images")
    with slim.arg_scope(resnet_v2.resnet_arg_scope()):
        logits, _ = resnet_v2.resnet_v2_50(images, num_classes=1001, is_training=False)
    logits = tf.squeeze(logits, [1, 2], name="logits")
    classes = tf.argmax(logits, axis=1, name="classes")
    feed = np.random.RandomState(2).uniform(-1, 1, [2, 224, 224, 3])
    return (
        {"images": images},
        {"logits": logits, "classes": classes, "probabilities": tf.nn.softmax(logits)},
        {"images": feed},
    )


def layer_norm(x, name):
    return tf.contrib.layers.layer_norm(x, begin_norm_axis=-1, begin_params_axis=-1, scope=name)


def attention(x, mask, heads, size):
    batch, length = tf.shape(x)[0], tf.shape(x)[1]

    def split(name):
        projected = tf.layers.dense(x, heads * size, name=name, kernel_initializer=small())
        return tf.transpose(tf.reshape(projected, [batch, length, heads, size]), [0, 2, 1, 3])

    scores = tf.matmul(split("query"), split("key"), transpose_b=True) / np.sqrt(size).astype(np.float32)
    weights = tf.nn.softmax(scores + mask)
    context = tf.transpose(tf.matmul(weights, split("value")), [0, 2, 1, 3])
    return tf.reshape(context, [batch, length, heads * size])


def small():
    return tf.truncated_normal_initializer(stddev=0.02)


def gelu(x):
    return x * 0.5 * (1.0 + tf.erf(x / np.sqrt(2.0).astype(np.float32)))


def bert(layers=12, hidden=768, heads=12, vocabulary=30522, positions=512):
    """An encoder with a pooler, written with tf.layers."""
    input_ids = tf.placeholder(tf.int32, [None, None], name="input_ids")
    input_mask = tf.placeholder(tf.int32, [None, None], name="input_mask")
    segment_ids = tf.placeholder(tf.int32, [None, None], name="segment_ids")
    with tf.variable_scope("bert"):
        with tf.variable_scope("embeddings"):
            words = tf.get_variable("word_embeddings", [vocabulary, hidden], initializer=small())
            types = tf.get_variable("token_type_embeddings", [2, hidden], initializer=small())
            places = tf.get_variable("position_embeddings", [positions, hidden], initializer=small())
            x = tf.gather(words, input_ids) + tf.gather(types, segment_ids)
            x = layer_norm(x + places[: tf.shape(input_ids)[1]], "LayerNorm")
        mask = (1.0 - tf.to_float(input_mask[:, tf.newaxis, tf.newaxis, :])) * -10000.0
        for i in range(layers):
            with tf.variable_scope("encoder/layer_%d" % i):
                with tf.variable_scope("attention"):
                    attended = attention(x, mask, heads, hidden // heads)
                    attended = tf.layers.dense(attended, hidden, name="output", kernel_initializer=small())
                    x = layer_norm(attended + x, "LayerNorm")
                between = tf.layers.dense(x, 4 * hidden, gelu, name="intermediate", kernel_initializer=small())
                x = layer_norm(
                    tf.layers.dense(between, hidden, name="output", kernel_initializer=small()) + x, "LayerNorm"
                )
        pooled = tf.layers.dense(x[:, 0], hidden, tf.tanh, name="pooler", kernel_initializer=small())
    rng = np.random.RandomState(3)
    feeds = {
        "input_ids": rng.randint(0, vocabulary, [2, 32]),
        "input_mask": (np.arange(32) < np.array([[32], [20]])).astype(np.int32),
        "segment_ids": (np.arange(32) > np.array([[9], [14]])).astype(np.int32),
    }
    return (
        {"input_ids": input_ids, "input_mask": input_mask, "segment_ids": segment_ids},
        {"sequence": x, "pooled": pooled},
        feeds,
    )


def embedding(rows=1000000, size=512):
    """One variable of 2 GB; its initial value is computed where it stays, so that there is one copy of it."""
    ids = tf.placeholder(tf.int64, [None, None], name="ids")
    with tf.variable_scope("user"):
        table = tf.get_variable("embedding", [rows, size], initializer=tf.random_uniform_initializer(-1, 1, seed=5))
        kernel = tf.get_variable("kernel", [size, 8], initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=6))
    mean = tf.reduce_mean(tf.nn.embedding_lookup(table, ids), axis=1, name="mean")
    scores = tf.matmul(mean, kernel, name="scores")
    return {"ids": ids}, {"mean": mean, "scores": scores}, {"ids": [[0, 1, 999999], [123456, 777777, 5]]}


def deep(steps=700, layers=4, units=160, features=16):
    """LSTMs unrolled in Python, a scope for each layer, gate and step."""
    x = tf.placeholder(tf.float32, [None, steps, features], name="x")
    with tf.variable_scope("encoder"):
        cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(units) for _ in range(layers)])
        with tf.name_scope("unrolled"):
            outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
    heads = []
    for i in range(0, steps, 10):
        with tf.name_scope("heads/group_%d/head_%d" % (i // 100, i)):
            heads.append(tf.reduce_mean(tf.nn.softplus(outputs[i]), axis=1))
    logits = tf.layers.dense(state[-1].h, 3, name="logits")
    feed = np.random.RandomState(4).uniform(-1, 1, [2, steps, features])
    return {"x": x}, {"logits": logits, "heads": tf.stack(heads, axis=1)}, {"x": feed}


def main(name, out_dir):
    started = time.time()
    tf.logging.set_verbosity(tf.logging.ERROR)
    tf.set_random_seed(1)
    inputs, outputs, feeds = {"resnet50": resnet50, "bert": bert, "embedding": embedding, "deep": deep}[name]()
    feeds = {key: np.asarray(value, inputs[key].dtype.as_numpy_dtype) for key, value in feeds.items()}

    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf.Session(config=config) as sess:
        sess.run(tf.global_variables_initializer())
        answers = sess.run(outputs, {inputs[key]: value for key, value in feeds.items()})
        builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(out_dir, "model"))
        builder.add_meta_graph_and_variables(
            sess,
            [tf.saved_model.tag_constants.SERVING],
            signature_def_map={
                "serving_default": tf.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)
            },
        )
        builder.save()
    samples = {"serving_default/inputs/" + key: value for key, value in feeds.items()}
    samples.update({"serving_default/outputs/" + key: value for key, value in answers.items()})
    np.savez_compressed(os.path.join(out_dir, "samples.npz"), **samples)
    print(name, len(tf.get_default_graph().get_operations()), "nodes,", "%.0f s" % (time.time() - started))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
