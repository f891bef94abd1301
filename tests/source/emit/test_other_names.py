"""Tests of TensorFlow names in code that is not touched otherwise."""

from __future__ import annotations

import pytest
from checks import rewrite, script

from migrate.engine import rewrite_source
from migrate.results import Level

LOAD = """\
import sys
{imports}


def read(path):
    with ops.Graph().as_default():
        with GFile(path, 'rb') as f:
            graph_def = GraphDef()
            graph_def.ParseFromString(f.read())
            return graph_def


with tf.Session(graph=tf.Graph()) as sess:
    tf.import_graph_def(read('m.pb'), name='')
    print(sess.run('y:0'))


def other(x):
    return nn.relu(x)
"""
IMPORTS = [
    "import tensorflow as tf",
    "from tensorflow import GraphDef, nn",
    "from tensorflow.gfile import GFile",
    "from tensorflow.python import ops",
]


def test_names_that_tf2_has_elsewhere_are_not_imported_any_more():
    after = rewrite_source(LOAD.format(imports="\n".join(IMPORTS)), "script.py").after
    assert "with tf.Graph().as_default():\n        with tf.io.gfile.GFile(path, 'rb') as f:" in after
    assert "            graph_def = tf.compat.v1.GraphDef()\n" in after
    assert after.startswith("import sys\nimport numpy as np\nimport tensorflow as tf\nfrom tensorflow import nn\n")
    assert after.endswith("    return nn.relu(x)\n")


def test_the_ops_of_tf1s_framework_are_no_package_where_plain_names_are_those_of_tf2_either():
    text = LOAD.format(imports="\n".join(IMPORTS[:1] + IMPORTS[3:])).replace("tf.Session", "tf.compat.v1.Session")
    text = text.replace("GFile(", "tf.compat.v1.gfile.GFile(").replace("GraphDef()", "tf.compat.v1.GraphDef()")
    assert "with tf.Graph().as_default():" in rewrite_source(text, "script.py").after


CODE = """
import tensorflow as tf
{alias}


def main():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': tf.nn.relu(x)}})
{after}

if __name__ == '__main__':
    main()
"""


def test_an_alias_that_nothing_uses_and_tf2_has_not_goes():
    result = rewrite(CODE.format(alias="slim = tf.contrib.slim", after=""))
    assert [site.level for site in result.sites] == [Level.NATIVE]
    assert "slim" not in result.after


@pytest.mark.parametrize("after", ["    print(slim)\n", "\n\n__all__ = ['slim']\n"])
def test_an_alias_that_is_used_is_in_the_way(after: str):
    result = rewrite(CODE.format(alias="slim = tf.contrib.gan", after=after))
    assert [site.level for site in result.sites] == [Level.BRIDGED]
    assert "slim = tf.contrib.gan" in result.after


def test_an_alias_that_another_package_has_moves():
    result = rewrite(CODE.format(alias="slim = tf.contrib.slim", after="    print(slim)\n"))
    assert [site.level for site in result.sites] == [Level.NATIVE]
    assert "slim = tf1.contrib.slim" in result.after


def test_an_alias_that_tf2_has_stays():
    result = rewrite(CODE.format(alias="layers = tf.nn.relu", after=""))
    assert "layers = tf.nn.relu" in result.after


def test_what_comes_with_an_imported_module_stays_as_it_is_spelled():
    alias = "from tensorflow.contrib import layers\ny = layers.linear"
    result = rewrite(CODE.format(alias=alias, after="    print(layers.relu)\n"))
    assert [site.level for site in result.sites] == [Level.NATIVE]
    assert "from migrate.tf1.contrib import layers\ny = layers.linear" in result.after


def test_the_class_of_variables_is_asked_for_by_the_name_that_all_have() -> None:
    code = script(
        "v = tf.Variable([1.0, 2.0, 3.0], name='v')",
        "w = tf.get_variable('w', [3])",
        "k = 2.0 if isinstance(v, tf.Variable) and isinstance(w, (int, tf.Variable)) else 3.0",
        "y = x * v * w * k",
    )
    after = rewrite(code).after
    assert "isinstance(v, tf.Variable) and isinstance(w, (int, tf.Variable))" in after
    assert "tf.compat.v1.Variable([1.0, 2.0, 3.0], name='v')" in after
