"""Runs of initializers in the session of Keras."""

from __future__ import annotations

import pytest

from .test_model import SAVE, check_keras, check_refused, in_function

MODEL = "model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])"
RUN = "K.get_session().run(tf.global_variables_initializer())"


@pytest.mark.parametrize(
    "lines",
    [
        [RUN, MODEL],
        [MODEL, RUN, "model.load_weights('w.h5')"],
        [MODEL, RUN, "model.compile('sgd', 'mse')", "model.set_weights(weights)"],
        ["sess = K.get_session()", MODEL, "sess.run(tf.global_variables_initializer())", "model.load_weights(path)"],
        [MODEL, "K.get_session().run(tf.tables_initializer())"],
        [MODEL, "K.get_session().run([tf.local_variables_initializer(), tf.tables_initializer()])"],
        [MODEL, "init = tf.global_variables_initializer()", "K.get_session().run(init)", "model.load_weights(path)"],
        [MODEL, "K.get_session().run(tf.group(tf.global_variables_initializer()))", "model.load_weights(path)"],
    ],
)
def test_runs_that_change_nothing_of_the_model(lines: list[str]) -> None:
    check_keras(in_function(*lines, SAVE, arguments="out, path, weights"), without=("initializer", ".run(", "init ="))


@pytest.mark.parametrize(
    "lines",
    [
        [MODEL, RUN],
        [MODEL, "model.load_weights('w.h5')", RUN],
        [MODEL, RUN, "model.load_weights('w.h5', by_name=True)"],
        [MODEL, RUN, "if path:", "    model.load_weights('w.h5')"],
        [MODEL, RUN, "other.load_weights('w.h5')"],
        [MODEL, "for i in range(2):", "    " + RUN, "model.load_weights('w.h5')"],
        [MODEL, "K.get_session().run([tf.global_variables_initializer(), step])", "model.load_weights('w.h5')"],
        [MODEL, "K.get_session().run(path)"],
        [MODEL, RUN, "model.load_weights('w.h5')", SAVE.replace(" out,", " path,")],
    ],
)
def test_runs_that_may_change_it(lines: list[str]) -> None:
    check_refused(in_function(*lines, SAVE, arguments="out, path"), "TFM107", "session")
