from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff.layout import Fold, Shown, laid_out, scope
from migrate.review.diff.rows import Side, rows

LINES = [f"line {number}" for number in range(40)]


def changed(*places):
    after = [line + " new" if index in places else line for index, line in enumerate(LINES)]
    return rows("\n".join(LINES), "\n".join(after))


def outline(layout):
    return [(e.start, e.end) if isinstance(e, Fold) else f"{e.row}{e.side[0]}" for e in layout.entries]


def test_what_is_unchanged_is_folded():
    assert outline(laid_out(changed(10, 12), split=True, context=1)) == [
        (0, 9), "9b", "10b", "11b", "12b", "13b", (14, 40),
    ]  # fmt: skip


def test_below_each_other_what_goes_is_before_what_comes():
    assert outline(laid_out(changed(10, 11), split=False, context=1)) == [
        (0, 9), "9b", "10l", "11l", "10r", "11r", "12b", (13, 40),
    ]  # fmt: skip


def test_a_single_line_is_not_folded():
    assert outline(laid_out(changed(10, 14), split=True, context=1))[1:8] == [
        "9b", "10b", "11b", "12b", "13b", "14b", "15b",
    ]  # fmt: skip


def test_open_folds():
    layout = laid_out(changed(10), split=True, opened={14})
    assert outline(layout)[0] == (0, 7)
    assert outline(layout)[-1] == "39b"
    assert not [e for e in laid_out(changed(10), split=True, opened={0, 14}).entries if isinstance(e, Fold)]


def test_where_nothing_changes_all_is_shown():
    assert outline(laid_out(changed(), split=False)) == [f"{n}b" for n in range(40)]
    assert laid_out((), split=True).entries == ()


@settings(derandomize=True, deadline=None)
@given(st.sets(st.integers(0, 39)), st.booleans(), st.integers(0, 4), st.sets(st.integers(0, 39)))
def test_every_row_has_its_place(places, split, context, opened):
    made = changed(*places)
    layout = laid_out(made, split=split, opened=opened, context=context)
    assert sorted(layout.places) == list(range(len(made)))
    for row, place in layout.places.items():
        entry = layout.entries[place]
        assert entry.start <= row < entry.end if isinstance(entry, Fold) else entry.row == row
    lines = [
        (entry.row, side)
        for entry in layout.entries
        if isinstance(entry, Shown)
        for side in ((Side.LEFT, Side.RIGHT) if entry.side is Side.BOTH else (entry.side,))
    ]
    assert len(set(lines)) == len(lines)
    assert {(row, side) for row in places for side in (Side.LEFT, Side.RIGHT)} <= set(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class A(B):\n  x = 1\n\n  def f(self):\n    if x:\n      here\n", "class A, def f"),
        ("def f():\n  if x:\n    def g():\n      here\n", "def f, def g"),
        ("async def f():\n  return x\n\nhere\n", ""),
        ("class A:\n  def f(self, a,\n        b):\n    # note\n\n    here\n", "class A, def f"),
        ("if x:\n  here\n", ""),
    ],
)
def test_the_scope_of_a_line(text, said):
    made = rows(text, text)
    assert scope(made, len(made) - 1) == said
