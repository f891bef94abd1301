"""Programs of notebooks: their graph is entered cell by cell."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import rewrite

from migrate.results import Level
from migrate.settings import Settings
from migrate.source.notebook.cells import chunks, head
from migrate.source.strategies.wrapping.plain_cells import plain_statements
from migrate.source.view import ModuleView

IMPORTS = "import numpy as np\nimport tensorflow as tf\n"
DEFINE = "def layer(x):\n    return tf.matmul(x, tf.get_variable('w', [2, 3]))\n"
BUILD = "x = tf.placeholder(tf.float32, [None, 2])\nheads = dict(make(layer(x)))\n"
RUN = "sess = tf.Session()\nsess.run(tf.global_variables_initializer())\nfor _ in range(3):\n    sess.run(heads['step'])\n"
SAVE = "tf.saved_model.simple_save(sess, 'out', {'x': x}, heads)\n"


def program(*cells: str) -> str:
    return "".join(f"{head(number)}\n{dedent(cell)}" for number, cell in enumerate(cells, 1))


def cells_of(*cells: str) -> dict[int, str]:
    result = rewrite(program(*cells))
    said = [(one.strategy, one.reason) for site in result.sites for one in site.refusals]
    assert [(site.rule, site.level) for site in result.sites] == [("TFM209", Level.WRAPPED)], said
    return dict(chunks(result.after))


def test_each_cell_enters_the_graph():
    after = cells_of(IMPORTS, DEFINE, BUILD, "n = 3\n" + RUN, "sess.run(x, {x: [[1, 2]]})\n", SAVE, "print('done')\n")
    assert after[3].startswith(
        "graph = tf.Graph()\nwith graph.as_default():\n    tf.compat.v1.disable_control_flow_v2()\n    x = "
    )
    assert after[4].startswith("n = 3\nwith graph.as_default():\n    sess = tf.compat.v1.Session()\n")
    # It would not be shown from inside of a block, and needs none.
    assert after[5] == "sess.run(x, {x: [[1, 2]]})\n"
    assert "\nwith graph.as_default():\n    wrapped = WrappedGraph(sess)\n" in after[6]
    assert after[7] == "print('done')\n"


def test_a_reset_begins_another_graph():
    first = "with tf.Session() as s:\n    print(s.run(tf.constant(1) + 2))\n"
    after = cells_of(IMPORTS, first, DEFINE, "tf.reset_default_graph()\n" + BUILD, RUN, SAVE)
    assert after[2].startswith("graph = tf.Graph()\nwith graph.as_default():\n")
    assert after[4].startswith("graph = tf.Graph()\nwith graph.as_default():\n    x = tf.compat.v1.placeholder")
    assert "reset_default_graph" not in "".join(after.values())


def test_a_script_begins_anew_as_well():
    code = (
        IMPORTS
        + "y = tf.constant(1) + 2\nprint(tf.Session().run(y))\ntf.reset_default_graph()\n"
        + DEFINE
        + BUILD
        + RUN
        + SAVE
    )
    result = rewrite(code)
    assert [(site.rule, site.level) for site in result.sites] == [("TFM209", Level.WRAPPED)]
    assert result.after.count("graph = tf.Graph()\n") == 2


@pytest.mark.parametrize(
    "reset", ["if x is not None:\n    tf.reset_default_graph()\n", "tf.reset_default_graph(); n = 1\n"]
)
def test_other_resets_are_refused(reset: str):
    (site,) = rewrite(program(IMPORTS, DEFINE, BUILD, reset, BUILD, RUN, SAVE)).sites
    assert site.level is Level.BRIDGED
    assert any("resets the default graph" in one.reason for one in site.refusals if one.strategy == "program")


def plain(code: str, *, cells: bool = True) -> list[str]:
    text = program(code) if cells else dedent(code)
    view = ModuleView(text, ast.parse(text), "a.ipynb", Settings())
    found = plain_statements(view)
    return [ast.unparse(one) for one in view.tree.body if one in found and not ast.unparse(one).startswith("'%%")]


def test_what_has_nothing_to_do_with_graphs():
    code = """
        import os, numpy as np
        import tensorflow as tf
        from nets import build
        home = os.path.join('a', 'b')
        rows = [float(one) for one in np.zeros(3)]
        found = []
        given = {}
        x = tf.zeros(3)
        y = x + 1
        found.append(x)
        build(given)
        print(home, rows)
        print(found)
        print(given)
        home = x
        """
    home, rows = "home = os.path.join('a', 'b')", "rows = [float(one) for one in np.zeros(3)]"
    assert plain(code) == [home, rows, "found = []", "given = {}"]
    assert "print(home, rows)" in plain(code.replace("home = x", ""))
    assert plain(code, cells=False) == []
