from __future__ import annotations

import pytest

from migrate.source.notebook.cells import chunks, has_cells, head, refuse_split
from migrate.source.unprovable import Unprovable

TWO = f"{head(1)}\nx = 1\n'!ls'  #%\n{head(3)}\ny = 2\n"


def test_each_cell_has_a_head():
    assert has_cells(TWO)
    assert not has_cells("x = 1\n" + TWO)
    assert chunks(TWO) == [(1, "x = 1\n'!ls'  #%\n"), (3, "y = 2\n")]


def test_what_stands_above_the_first_head_is_of_its_cell():
    assert chunks("import a\n" + TWO)[0] == (1, "import a\nx = 1\n'!ls'  #%\n")


@pytest.mark.parametrize(
    "after",
    [
        TWO,
        TWO.replace("x = 1", "x = 5"),
        TWO.replace("y = 2\n", ""),
        TWO.replace("x = 1", "class A:\n  pass"),
        "z\n" + TWO,
    ],
)
def test_changes_inside_of_cells_are_fine(after: str):
    refuse_split(TWO, after)
    refuse_split("x = 1\n", after)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (TWO.replace(f"{head(3)}\n", ""), "several cells"),
        ("with a:\n" + "".join(f"  {line}\n" for line in TWO.splitlines()), "several cells"),
        (TWO.replace(f"{head(3)}\n", f"if a:\n  b\n  {head(3)}\n"), "several cells"),
        (f"x = (\n{TWO[: TWO.index('x')]}{head(3)})\n", "several cells"),
        (TWO.replace("'!ls'  #%\n", ""), "what IPython does in cell 1"),
        (TWO.replace("'!ls'  #%\n", "").replace("y = 2", "'!ls'  #%"), "what IPython does in cell 1"),
    ],
)
def test_what_cannot_be_put_back_is_refused(after: str, said: str):
    with pytest.raises(Unprovable, match=said):
        refuse_split(TWO, after)
