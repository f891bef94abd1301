"""Values of constants in other modules."""

from __future__ import annotations

import pytest
from trees import write_tree

from migrate.source.gathering.constants import NotConstant, constant_of
from migrate.source.tree import Made, source_tree


def value(directory, code: str, **modules: str):
    """The value of K in config.py."""
    write_tree(directory, config=code, **modules)
    file = directory / "export.py"
    file.write_text("from config import K\n", "utf-8")
    found = source_tree(str(file), "from config import K\n")
    assert found is not None
    tree, module = found
    made = tree.bound(module, module.source.symbols.module, "K")
    assert isinstance(made, Made)
    return constant_of(tree, made)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("K = 3\n", 3),
        ("K = -0.5\n", -0.5),
        ("K = 'a' + 'b'\n", "ab"),
        ("N = 4\nK = N * N - 1\n", 15),
        ("K = (28, 28, None)\n", (28, 28, None)),
        ("K = 7 // 2\n", 3),
        ("import other\nK = other.N + 1\n", 3),
        ("from other import N\nK = N\n", 2),
        ("import tensorflow as tf\nK = tf.saved_model.tag_constants.SERVING\n", "serve"),
    ],
)
def test_constants(tmp_path, code, expected):
    assert value(tmp_path, code, other="N = 2\n") == expected


@pytest.mark.parametrize(
    "code",
    [
        "K = [1, 2]\n",
        "K = len('a')\n",
        "K = 1 // 0\n",
        "K = K\n",
        "K = 'a' * 3\n",
        "K = 7 / 2\n",
        "import os\nK = os.environ\n",
        "N = 1\nN = 2\nK = N\n",
        f"K = {'x' * 600!r}\n",
    ],
)
def test_what_is_no_constant(tmp_path, code):
    with pytest.raises(NotConstant):
        value(tmp_path, code)
