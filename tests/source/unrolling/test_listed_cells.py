import ast
from textwrap import dedent, indent

import pytest

from migrate.settings import Settings
from migrate.source.kinds import Kinds
from migrate.source.unprovable import Inapplicable
from migrate.source.unrolling.listed_cells import lists_cells, with_listed_cells
from migrate.source.view import ModuleView

LOOP = """
cells = []
for _ in range(3):
    cell = tf.nn.rnn_cell.GRUCell(4)
    cells.append(cell)
"""
USE = "many = tf.nn.rnn_cell.MultiRNNCell(cells)"


def read(code: str) -> tuple[str, Kinds]:
    text = f"import tensorflow as tf\n\ndef build():\n{indent(dedent(code), '    ')}\n"
    view = ModuleView(text, ast.parse(text), "script.py", Settings())
    return text, view.kinds(view.symbols.scope_of(view.tree.body[-1]))


def test_a_loop_becomes_a_comprehension():
    text, kinds = read(LOOP + USE)
    assert lists_cells(kinds)
    written = with_listed_cells(text, kinds)
    assert "    cells = [tf.nn.rnn_cell.GRUCell(4) for _ in range(3)]\n" in written.text
    assert "append" not in written.text
    assert len(written.lines) == len(written.text.split("\n"))


def test_several_loops_with_the_same_names():
    text, kinds = read(LOOP + LOOP.replace("cells", "others") + USE)
    assert with_listed_cells(text, kinds).text.count("for _ in range(3)]") == 2


@pytest.mark.parametrize(
    "code",
    [
        LOOP + "print(cell)\n" + USE,
        LOOP.replace("cells = []", "cells = []\nkept = cells") + USE,
        LOOP.replace("    cells.append(cell)", "    cells.append(cell)\n    print(1)") + USE,
        LOOP.replace("cells.append(cell)", "cells.append(cell)\nelse:\n    pass") + USE,
        LOOP.replace("GRUCell(4)", "GRUCell(len(cells))") + USE,
        LOOP.replace("cells = []", "cells = [tf.nn.rnn_cell.GRUCell(4)]") + USE,
    ],
)
def test_other_loops_stay(code: str):
    text, kinds = read(code)
    with pytest.raises(Inapplicable):
        with_listed_cells(text, kinds)


def test_nothing_to_do():
    _, kinds = read("x = []\nfor _ in range(2):\n    x.append(tf.zeros([1]))\n")
    assert not lists_cells(kinds)
