"""Helpers that collect assets are read where they are called."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, region, script

from migrate.source.inline import inline_choice
from migrate.source.symbols import Symbols

HELPER = """\
import tensorflow as tf
def assets(path, name='f.txt'):
  file = tf.constant(path + name)
  tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, file)
  return file
"""


def chosen(call: str, helper: str = HELPER) -> dict[str, str] | None:
    """What the parameters of a helper are bound to where a call is read with its statements."""
    symbols = Symbols(ast.parse(f"{helper}{call}\n"))
    node = symbols.tree.body[-1].value
    choice = inline_choice(symbols, symbols.module)(node)
    return None if choice is None else {name: ast.unparse(value) for name, value in choice.arguments.items()}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("a = assets('d/')", {"path": "'d/'", "name": "'f.txt'"}),
        ("a = assets('d/', 'g')", {"path": "'d/'", "name": "'g'"}),
        ("a = assets(name='g', path='d/')", {"path": "'d/'", "name": "'g'"}),
        ("a = assets()", None),
        ("a = assets(*args)", None),
        ("a = assets(**args)", None),
        ("a = assets('d/', 'g', 'h')", None),
        ("a = assets('d/', wrong=1)", None),
        ("a = other('d/')", None),
        ("assets('d/')\na = assets('e/')", None),
    ],
)
def test_calls(call: str, arguments: dict[str, str] | None):
    assert chosen(call) == arguments


def test_a_helper_that_collects_nothing_is_left_where_it_is():
    assert chosen("a = assets('d/')", HELPER.replace("ASSET_FILEPATHS", "SUMMARIES")) is None


def test_its_statements_follow_the_call():
    found = region(HELPER + "a = assets('d/')\nuse(a)\n", inline=True)
    lines = [step.line for step in found.steps if step.inlined is not None]
    assert lines == [3, 4, 5]


def test_the_asset_is_carried():
    code = HELPER.partition("\n")[2] + "import os\nf = assets('d/')\n"
    export = "assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)"
    code = script(*code.splitlines(), "y = x * 2.0").replace(
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        f"{{'k': tf.saved_model.predict_signature_def({{'x': x}}, {{'y': y}})}}, {export})\n    b.save()",
    )
    check_native(code, "tf.saved_model.Asset(")
