"""Where the switch for shapes of TF1 stands."""

from __future__ import annotations

import ast

import pytest
from checks import rewrite

CLASS = '''\
"""Text."""
import os
import tensorflow as tf

SIZE = 3

class Net(object):
    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, SIZE])
        self.y = self.layer(self.x)

    def layer(self, x):
        return tf.matmul(x, tf.get_variable("w", [READ, 1]))

    def export(self, path):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [None, SIZE])
            y = self.layer(x)
            with tf.Session() as sess:
                tf.train.Saver().restore(sess, path)
                tf.saved_model.simple_save(sess, path + "b", {"x": x}, {"y": y})
'''
FUNCTIONS = """\
import os
import tensorflow as tf

def layer(x):
    return tf.matmul(x, tf.get_variable(os.environ["NAME"], [READ, 1]))

def other(x):
    OTHER

def export(path):
    BEFORE
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        y = layer(x)
        with tf.Session() as sess:
            tf.train.Saver().restore(sess, path)
            tf.saved_model.simple_save(sess, path + "b", {"x": x}, {"y": y})
"""
SWITCH = "tf.compat.v1.disable_v2_tensorshape()"
READ = "x.get_shape()[1].value"


def switches(code: str) -> tuple[list[int], str]:
    """The columns of the calls in a new text that is wrapped."""
    result = rewrite(code)
    assert {str(site.level) for site in result.sites} == {"wrapped"}, [site.reason for site in result.sites]
    found = [node for node in ast.walk(ast.parse(result.after)) if isinstance(node, ast.Expr)]
    return [node.col_offset for node in found if ast.unparse(node) == SWITCH], result.after


def test_a_class_that_reads_shapes_in_its_constructor_has_it_first():
    columns, after = switches(CLASS.replace("READ", READ))
    assert columns == [0]
    assert after.index("import tensorflow") < after.index(SWITCH) < after.index("SIZE = 3")


def test_a_class_that_reads_none_has_none():
    assert switches(CLASS.replace("READ", "SIZE"))[0] == []


@pytest.mark.parametrize(
    ("other", "before", "columns"),
    [
        ("return 1", "pass", [8]),
        ("return x.get_shape()[1].value", "pass", [0]),
        ("return layer(x)", "pass", [0]),
        ("return 1", "print(tf.zeros([2]).get_shape()[0].value)", [0]),
        ("return 1", "print(layer)", [0]),
    ],
)
def test_functions(other: str, before: str, columns: list[int]):
    code = FUNCTIONS.replace("READ", READ).replace("OTHER", other).replace("BEFORE", before)
    assert switches(code)[0] == columns


def test_two_exports_of_a_file_share_it():
    code = FUNCTIONS.replace("READ", READ).replace("OTHER", "return layer(x)").replace("BEFORE", "pass")
    again = code[code.index("def export") :].replace("def export", "def again")
    assert switches(code + "\n" + again)[0] == [0]
