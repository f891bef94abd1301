"""What graphs have for variables in TF1, and not with variables of TF2."""

from __future__ import annotations

import ast

import pytest

from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable
from migrate.source.variable_names import refuse_names_of_variables

HEAD = "import tensorflow as tf\ng = tf.get_default_graph()\n"


def check(code: str) -> None:
    refuse_names_of_variables(Symbols(ast.parse(HEAD + code)))


@pytest.mark.parametrize(
    "code",
    [
        "w = tf.get_variable('w', [])\ny = g.get_tensor_by_name('m/w:0')\n",
        "w = tf.Variable(1.0, name='a/w')\nsess.run('a/w:0')\n",
        "w = tf.Variable(1.0)\nsess.run(y, {'Variable_1:0': 2.0})\n",
        "tf.layers.dense(x, 2)\nsess.run('dense/kernel:0')\n",
        "tf.train.get_or_create_global_step()\nsess.run('global_step:0')\n",
        "net()\ng.get_tensor_by_name('m/w/read:0')\n",
    ],
)
def test_tensors_of_variables(code: str):
    with pytest.raises(Unprovable, match="is the value of a variable"):
        check(code)


@pytest.mark.parametrize(
    "code",
    [
        "n = [op for op in g.get_operations() if op.type == 'VariableV2']\n",
        "n = [op for op in g.get_operations() if op.type in ('Assign', 'Add')]\n",
    ],
)
def test_operations_of_variables(code: str):
    with pytest.raises(Unprovable, match="looks for TensorFlow 1's operations"):
        check(code)


@pytest.mark.parametrize(
    "code",
    [
        "w = tf.get_variable('w', [])\ny = g.get_tensor_by_name('y:0')\nprint('w')\n",
        # Those of a graph that comes from a file.
        "w = tf.get_variable('w', [])\ntf.import_graph_def(d)\ng.get_tensor_by_name('import/w:0')\n",
        "tf.train.import_meta_graph('a')\ng.get_tensor_by_name('w/read:0')\n",
        "for node in d.node:\n    if node.op == 'Assign':\n        pass\n",
        "read = g.get_tensor_by_name('read:0')\n",
    ],
)
def test_other_names(code: str):
    check(code)
