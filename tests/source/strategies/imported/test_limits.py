"""What a graph without variables is made of."""

from __future__ import annotations

import pytest
from imported_scripts import IMPORT, SAVE, body_of, export, why_not, wrapped


@pytest.mark.parametrize(
    "line",
    [
        "y = tf.reshape(tf.cast(y, tf.float32), [-1])",
        "y, = tf.import_graph_def(graph_def, input_map={'x:0': y}, return_elements=['y:0'])",
        "graph_def = tf.graph_util.remove_training_nodes(graph_def)",
        "with tf.device('/cpu:0'), tf.name_scope('a'):\n    y = tf.map_fn(lambda one: one, y)",
        "with tf.gfile.GFile(path, 'rb') as f:\n    graph_def.ParseFromString(f.read())",
        "for key, one in sorted({'a': y}.items()):\n    print(key, one.name)",
    ],
)
def test_imports_and_plain_operations(line: str):
    assert line.split("\n")[0] in body_of(wrapped(export(IMPORT + line + "\n" + SAVE))).replace("\n        ", "\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("w = tf.get_variable('w', [1])", "tf.get_variable may put variables"),
        ("tf.train.Saver().restore(sess, path)", "tf.train.Saver may put variables"),
        ("y = tf.layers.dense(y, 2)", "tf.layers.dense may put variables"),
        ("y = tf.py_func(len, [y], tf.int64)", "tf.py_func may put"),
        ("y = tf.contrib.layers.flatten(y)", "uses tf.contrib"),
        ("y = graph_def(y)", "graph_def may put variables"),
        ("y = add(y)", "tf.Variable may put variables"),
        ("y = net.add(y)", "net.add may put variables"),
        ("y = tf.feature_column.input_layer({'x': y}, [])", "tf.feature_column.input_layer may put variables"),
        ("y = tf.get_local_variable('v', [1]) + y", "tf.get_local_variable may put variables"),
        ("y = tf.make_template('t', tf.square)(y)", "tf.make_template may put"),
        ("y = tf.nn.static_rnn(path, [y])[0]", "tf.nn.static_rnn may put"),
    ],
)
def test_what_may_have_variables_is_refused(line: str, reason: str):
    code = export(IMPORT + line + "\n" + SAVE) + "\nimport net\n\ndef add(y):\n    return y * tf.Variable(2.0)\n"
    assert reason in why_not(code)


BUILDS = """
class Net(OTHER):
    def __init__(self, y):
        self.build(y)

    def build(self, y):
        self.y = y * tf.get_variable("v", [1])

    @property
    def lazy(self):
        return tf.local_variable([1.])

def net(y):
    return Net(y).y

def twice(y):
    return net(net(y))

add = lambda y: y * tf.get_variable("v", [1])
"""
IMPORTS = (
    "import tensorflow as tf\n",
    "import tensorflow\ntf = tensorflow.compat.v1\n",
    "import tensorflow\ntf = tensorflow\n",
    "import tensorflow as tf\ntf = tf.compat.v1\n",
    "import tensorflow.compat.v1 as tf\n",
    "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\n",
    "from tensorflow import compat\ntf = compat.v1\n",
    "from tensorflow.compat import v1 as tf\n",
)


@pytest.mark.parametrize("imports", IMPORTS)
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y = Net(y).y", "may put"),
        ("net_ = Net(y)\ny = net_.y", "may put"),
        ("y = path.build(y)", "may put"),
        ("y = net(y)", "may put"),
        ("y = twice(y)", "may put"),
        ("y = list(map(net, [y]))[0]", "may put"),
        ("y = path[0](y)", "path[0] may put"),
        ("y = getattr(path, 'build')(y)", "getattr(path, 'build') may put"),
        ("y = path.conv(y)", "path.conv may put"),
        ("y = add(y)", "may put"),
        ("for f in path:\n    y = f(y)", "f may put"),
    ],
)
def test_code_of_the_file_is_read_under_all_names_of_tensorflow(line: str, reason: str, imports: str):
    code = export(IMPORT + line + "\n" + SAVE) + BUILDS.replace("OTHER", "object")
    found = why_not(code.replace("import tensorflow as tf\n", imports))
    assert reason in found or found == "the file has no name for TensorFlow as a whole"


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("other.Net", "Net is derived from what is not of this file"),
        ("Base", "Net is derived from what is not of this file"),
        ("tf.Module", "Net is derived from what is not of this file"),
    ],
)
def test_what_a_class_inherits_is_not_known(base: str, reason: str):
    code = export(IMPORT + "y = Net(y).y\n" + SAVE) + BUILDS.replace("OTHER", base).replace("tf.get_variable", "abs")
    assert reason in why_not("import other\nfrom other import Base\n" + code)


def test_plain_classes_and_functions_are_read_and_pass():
    plain = BUILDS.replace('tf.get_variable("v", [1])', "2.").replace("tf.local_variable([1.])", "tf.ones([1])")
    code = export(IMPORT + "y = twice(add(Net(y).y))\n" + SAVE) + plain.replace("(OTHER)", "")
    assert "y = twice(add(Net(y).y))" in body_of(wrapped(code))


def test_every_block_of_the_graph_counts():
    code = export(IMPORT + SAVE, around="with tf.Session(graph=g) as sess:").replace(
        "    with tf.Session(graph=g)",
        "    g = tf.Graph()\n    with g.as_default():\n        WHAT\n    with tf.Session(graph=g)",
    )
    assert "save_graph(g," in body_of(wrapped(code.replace("WHAT", "tf.constant(1)")))
    assert "tf.get_variable may put" in why_not(code.replace("WHAT", "tf.get_variable('v', [1])"))


def test_a_default_graph_in_which_nothing_is_imported_is_built_elsewhere():
    lines = "x = y = tf.get_default_graph().get_tensor_by_name('x:0')\n"
    assert "built somewhere else" in why_not(export(lines + SAVE, around="with tf.Session() as sess:"))
