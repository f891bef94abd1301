"""Runs a case, with variables set by name; under TensorFlow 1.15 (Python 3.7) as under TensorFlow 2."""

import numpy as np
from recurrent_cases import values

GRADIENTS = {"basic_lstm", "blocks", "crf_known_lengths", "decode_training"}
"""Where gradients are compared, too."""


def flat(tf, name, value, found):
    if isinstance(value, dict):
        for key in sorted(value):
            flat(tf, name + "/" + key, value[key], found)
    elif isinstance(value, (tuple, list)):
        for number, each in enumerate(value):
            flat(tf, name + "/" + str(number), each, found)
    else:
        found[name] = value


def plain(tf):
    """Without what TensorFlow makes of a graph first: it costs more than to run it once."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def run(tf, api, name, case, checkpoint=None):
    """Gives the numbers by name, and what the graph's variables and outputs are called."""
    with tf.Graph().as_default():
        outputs, feeds = case(tf, api)
        updates = outputs.pop("updates", None)
        found = {}
        flat(tf, name, outputs, found)
        trained = tf.trainable_variables()
        names = {
            "variables": [[each.name, each.shape.as_list()] for each in tf.global_variables()],
            "trained": [each.name for each in trained],
            "outputs": {key: each.name for key, each in found.items()},
            "shapes": {key: str(each.shape) for key, each in found.items()},
        }
        if name in GRADIENTS:
            floats = [tf.reduce_sum(each * each) for key, each in sorted(found.items()) if each.dtype == tf.float32]
            gradients = tf.gradients(tf.add_n(floats), trained)
            for each, gradient in zip(trained, gradients):  # noqa: B905 - Python 3.7 has no strict
                if gradient is not None:
                    found[name + "/gradient/" + each.name] = tf.convert_to_tensor(gradient)
        assigned = [
            tf.assign(each, values(each.name, each.shape.as_list(), -0.8, 0.8)) for each in tf.global_variables()
        ]
        with tf.Session(config=plain(tf)) as session:
            session.run(tf.global_variables_initializer())
            session.run([assigned, tf.local_variables_initializer(), tf.tables_initializer()])
            if updates is not None:
                session.run(updates, feeds)
                session.run(updates, feeds)
            got = session.run(found, feeds)
            if checkpoint:
                tf.train.Saver().save(session, checkpoint, write_meta_graph=False, write_state=False)
    return {key: np.asarray(each) for key, each in got.items()}, names
