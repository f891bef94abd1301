"""Calls of functions in other modules of the tree that export the session they are given."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from trees import write_tree

from migrate.source.candidates import SiteKind
from migrate.source.export_calls import export_calls
from migrate.source.symbols import Symbols

SAVE = """
    import tensorflow as tf

    def save_model(sess, x, y, path):
        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})
"""
BUILDER = """
    import tensorflow as tf

    class Exporter(object):
        def __init__(self, model):
            self.model = model

        def save(self, path):
            builder = tf.saved_model.builder.SavedModelBuilder(path)
            builder.add_meta_graph_and_variables(self.model.sess, ['serve'], {})
            builder.save()
"""
OWN = """
    import tensorflow as tf

    def save_model(x, y, path):
        with tf.Session() as sess:
            tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})
"""


def found(directory: Path, code: str, **modules: str) -> list[tuple[str, int]]:
    """What is called, and on which lines."""
    write_tree(directory, **modules)
    path = directory / "train.py"
    path.write_text(code, "utf-8")
    calls = export_calls(Symbols(ast.parse(code)), code, str(path), "")
    assert all(one.kind is SiteKind.EXPORT_CALL for one in calls)
    return [(made.name, one.call.lineno) for one, made in calls.items()]


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import utils\nutils.save_model(sess, x, y, 'out')\n", [("save_model", 2)]),
        ("from utils import save_model as export\nexport(sess, x, y, 'out')\n", [("save_model", 2)]),
        ("from utils import save_model as f\nf(sess, x, y, 'out')\n", []),
        ("from utils import save_model\n", []),
        ("import others\nothers.save_model(sess, x, y, 'out')\n", []),
        ("import utils\nutils = other()\nutils.save_model(sess, x, y, 'out')\n", []),
        ("def save_model(*args):\n    pass\nsave_model(sess, x, y, 'out')\n", []),
    ],
)
def test_functions(code: str, wanted: list[tuple[str, int]], tmp_path: Path):
    assert found(tmp_path, code, utils=SAVE) == wanted


def test_classes(tmp_path: Path):
    code = "from export import Exporter\n\n\ndef main():\n    Exporter(model).save('out')\n"
    assert found(tmp_path, code, export=BUILDER) == [("Exporter", 5)]


@pytest.mark.parametrize(
    "module", [OWN, SAVE.replace("(sess, x", "(x, sess=None, *y").replace("sess, path", "S, path")]
)
def test_a_session_of_its_own_is_the_business_of_the_other_module(module: str, tmp_path: Path):
    assert found(tmp_path, "import utils\nutils.save_model(x, y, 'out')\n", utils=module) == []


def test_a_text_in_no_file_has_no_tree():
    code = "import utils\nutils.save_model(sess, x, y, 'out')\n"
    assert export_calls(Symbols(ast.parse(code)), code, "-", "") == {}
