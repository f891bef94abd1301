"""Static shapes, whose dimensions are objects in TF1."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, rewrite, script

from migrate.source.unprovable import MODE, NO_EQUAL


@pytest.mark.parametrize(
    "lines",
    [
        ["y = x * (2.0 if x.shape[0] != 4 else 3.0)"],
        ["y = x * len('%s' % x.shape[0])"],
        ["shape = x.shape", "y = x * len(str(shape))"],
        ["size = x.shape[0]", "text = str(size)", "y = x * len(text)"],
        ["size = x.get_shape()[0]", "y = x * len(f'{size}')"],
        ["size = x.shape[0]", "y = x * (2.0 if size < size else 3.0)"],
    ],
)
def test_uses_that_differ(lines: list[str]) -> None:
    check_not_native(script(*lines), NO_EQUAL, "a static shape is used in a way that differs")


@pytest.mark.parametrize(
    "lines",
    [
        ["size = x.shape[1]", "print(size, '%s' % x.shape)", "y = tf.reshape(x, [-1, size])"],
        ["shape = x.shape", "y = x * float(int(shape[1]))"],
        ["size = x.get_shape()[1].value", "y = x * float(size)"],
        ["y = x * (2.0 if x.shape[1] == 3 else 3.0)"],
        ["w = tf.zeros([3], name='w_%d' % x.shape[1])", "y = x + w"],
    ],
)
def test_uses_that_mean_the_same(lines: list[str]) -> None:
    check_native(script(*lines))


@pytest.mark.parametrize(
    ("line", "kept"),
    [("k = 2.0 if str(x.shape[0]) == '?' else 3.0", True), ("k = float(int(x.shape[1]))", False)],
)
def test_wrapped_graphs_keep_shapes_of_tf1_for_them(line: str, kept: bool) -> None:
    code = script("tf.add_to_collection('c', x)", "n = len(tf.get_collection('c'))", line, "y = x * k * n")
    after = rewrite(code).after
    assert "wrap_function" in after
    assert ("disable_v2_tensorshape" in after) is kept


def test_the_text_of_a_dimension_in_code_beside_the_graph() -> None:
    code = script("y = x * 2.0", session="size = str(x.get_shape()[0])\nprint('open' if size == '?' else size)")
    check_not_native(code, MODE, "the text of a dimension may be compared with '?'")
