"""What a run may fetch: only what surely belongs to the loaded graph."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Roles
from migrate.source.strategies.loading.fetches import refuse_foreign
from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable


def fetched(code: str) -> None:
    """Judges what the last line of some code, an expression, fetches."""
    tree = ast.parse("import tensorflow as tf\n" + dedent(code))
    places = Places(Symbols(tree))
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    refuse_foreign(last.value, places, Roles(places))


@pytest.mark.parametrize(
    "code",
    [
        "'y:0'",
        "names = ['a:0', 'b:0']\nnames",
        "graph = tf.Graph()\ny = graph.get_tensor_by_name('y:0')\n{'y': y, 'z': ('z:0', [y])}",
        "args = parser.parse_args()\nargs.output",
        "import settings\nsettings.OUTPUT",
        "names = json.loads(text)\nnames['y']",
        "out = 'a,b'.split(',')\nout",
    ],
)
def test_tensors_names_and_settings(code: str):
    fetched(code)


@pytest.mark.parametrize(
    "code",
    [
        "net = Net()\nnet.logits",
        "build().logits",
        "['y:0', build()]",
        "{'y': tf.constant(1)}",
        "graph = tf.Graph()\ny = graph.get_tensor_by_name('y:0')\nz = tf.nn.relu(tf.constant(1.0))\n[y, z]",
        "net = Net()\n[net.layers[0].output]",
    ],
)
def test_what_may_be_something_else(code: str):
    with pytest.raises(Unprovable):
        fetched(code)
