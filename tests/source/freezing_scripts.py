"""Scripts that freeze Keras models, for the tests of the strategy's parts."""

from __future__ import annotations

HELPER = """\
import tensorflow as tf
from keras import backend as K
from keras.models import load_model


def freeze_session(session, keep_var_names=None, output_names=None, clear_devices=True):
    from tensorflow.python.framework.graph_util import convert_variables_to_constants
    graph = session.graph
    with graph.as_default():
        freeze_var_names = list(set(v.op.name for v in tf.global_variables()).difference(keep_var_names or []))
        output_names = output_names or []
        output_names += [v.op.name for v in tf.global_variables()]
        input_graph_def = graph.as_graph_def()
        if clear_devices:
            for node in input_graph_def.node:
                node.device = ""
        return convert_variables_to_constants(session, input_graph_def, output_names, freeze_var_names)


model = load_model("model.h5")
frozen = freeze_session(K.get_session(), output_names=[out.op.name for out in model.outputs])
tf.train.write_graph(frozen, "out", "model.pb", as_text=False)
"""

CALL = "freeze_session(K.get_session(), output_names=[out.op.name for out in model.outputs])"


def function(*body: str, names: str = "[model.output.op.name]", session: str = "K.get_session()") -> str:
    """A function `export(model, path)` that freezes without a helper, with a body before it."""
    lines = [
        "import tensorflow as tf",
        "from tensorflow.keras import backend as K",
        "",
        "def export(model, path):",
        f"    sess = {session}",
        *(f"    {line}" for line in body),
        "    graph_def = sess.graph.as_graph_def()",
        f"    frozen = tf.graph_util.convert_variables_to_constants(sess, graph_def, {names})",
        "    tf.train.write_graph(frozen, path, 'model.pb', as_text=False)",
    ]
    return "\n".join(lines) + "\n"
