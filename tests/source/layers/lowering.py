"""Short ways to say what becomes of layers."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest

from migrate.settings import Settings
from migrate.source.layers.rewrite import Layered, without_layers
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

ROWS = "x = tf.placeholder(tf.float32, [None, 6])"
IMAGES = "x = tf.placeholder(tf.float32, [None, 8, 8, 3])"
STEPS = "x = tf.placeholder(tf.float32, [None, 5, 4])"


def layered(*lines: str, above: str = "") -> Layered:
    """The lines as the body of a function of a module, with its layers written out."""
    text = f"import tensorflow as tf\n{dedent(above)}\n\ndef build():\n{indent(dedent(chr(10).join(lines)), '    ')}\n"
    view = ModuleView(text, ast.parse(text), "script.py", Settings())
    function = view.tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    return without_layers(text, view, view.kinds(view.symbols.scope_of(function)))


def lowered(*lines: str, above: str = "") -> str:
    """The new text of those lines, and of what stands above them."""
    text = layered(*lines, above=above).text
    ast.parse(text)
    head, _, body = text.partition("def build():\n")
    return head.removeprefix("import tensorflow as tf\n") + dedent(body)


def variables(*lines: str, above: str = "") -> dict[str, str]:
    """The names of the variables in TF1, without the variable scopes around, and the texts of their shapes."""
    tree = ast.parse(lowered(*lines, above=above))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value: ast.unparse(call.args[1])  # type: ignore[attr-defined]
        for call in sorted(calls, key=lambda call: call.lineno)
        if ast.unparse(call.func) == "tf.get_variable"
    }


def refused(*lines: str, above: str = "") -> str:
    """Why those lines cannot be written out."""
    with pytest.raises(Unprovable) as caught:
        layered(*lines, above=above)
    return caught.value.reason
