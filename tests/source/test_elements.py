"""What datasets over NumPy arrays give: dtypes and shapes as TensorFlow says them."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, expression, kinds, script

from migrate.source.elements import Element, Elements
from migrate.source.specs import Specs

HEAD = "import tensorflow as tf\nimport numpy as np\n"


def element(code: str, name: str = "t") -> Element | None:
    """The element of a name of some code, where it is read last."""
    found = kinds(f"{HEAD}{code}\nuse({name})\n")
    return Elements(Specs(found)).of(expression(found.region, name))


SLICES = "d = tf.data.Dataset.from_tensor_slices"
NEXT = "t = d.make_one_shot_iterator().get_next()"
PAIR = "t, u = d.make_one_shot_iterator().get_next()"


@pytest.mark.parametrize(
    ("array", "dtype", "sizes"),
    [
        ("np.zeros([5, 3])", "float64", (3,)),
        ("np.ones((5, 3), np.float32)", "float32", (3,)),
        ("np.zeros(shape=[5, 3], dtype='int64')", "int64", (3,)),
        ("np.random.rand(5, 3)", "float64", (3,)),
        ("np.random.uniform(-1, 1, 6).reshape([-1, 2])", "float64", (2,)),
        ("np.random.normal(0, 1, size=(6, 2)).astype(np.float32)", "float32", (2,)),
        ("np.random.random(6).reshape(-1, 2, 1) * 2.0 + 5", "float64", (2, 1)),
        ("np.reshape(np.zeros(6), (3, 2))", "float64", (2,)),
        ("np.random.random([4, 2]) + np.random.random([4, 2])", "float64", (2,)),
    ],
)
def test_arrays(array: str, dtype: str, sizes: tuple[int, ...]):
    assert element(f"a = {array}\n{SLICES}(a)\n{NEXT}") == Element(dtype, sizes)


def test_a_batch_has_one_dimension_more():
    code = f"a = np.zeros([5, 3])\n{SLICES}(a).repeat().shuffle(5)\nd = d.batch(2).prefetch(1)\n{NEXT}"
    assert element(code) == Element("float64", (None, 3))


def test_the_parts_of_a_tuple_have_their_own():
    code = f"{SLICES}((np.zeros([5, 3]), np.ones([5], np.int32))).batch(2)\nit = d.make_initializable_iterator()\n"
    assert element(code + "t, u = it.get_next()") == Element("float64", (None, 3))
    assert element(code + "u, t = it.get_next()") == Element("int32", (None,))


def test_iterators_made_by_a_function():
    code = f"{SLICES}(np.zeros([5, 3]))\nt = tf.compat.v1.data.make_one_shot_iterator(d).get_next()"
    assert element(code) == Element("float64", (3,))


@pytest.mark.parametrize(
    "code",
    [
        f"{SLICES}(load())\n{NEXT}",
        f"a = np.zeros([5, 3])\na = load(a)\n{SLICES}(a)\n{NEXT}",
        f"a = np.zeros([5, n])\n{SLICES}(a)\n{NEXT}",
        f"a = np.zeros([6]).reshape(2, -1)\n{SLICES}(a)\n{NEXT}",
        f"a = np.zeros([5, 3], np.int32) * 2.5\n{SLICES}(a)\n{NEXT}",
        f"a = np.zeros([5, 3]) + np.zeros([3])\n{SLICES}(a)\n{NEXT}",
        f"{SLICES}(np.zeros([5, 3])).map(change)\n{NEXT}",
        f"{SLICES}(np.zeros([5, 3])).batch(2, drop_remainder=True)\n{NEXT}",
        f"{SLICES}((np.zeros([5, 3]), np.ones([5])))\n{NEXT}",
        f"{SLICES}(np.zeros([5, 3]))\n{PAIR}",
        f"if n:\n  {SLICES}(np.zeros([5, 3]))\nelse:\n  {SLICES}(np.zeros([5, 2]))\n{NEXT}",
    ],
)
def test_what_is_not_sure_is_not_told(code: str):
    assert element(code) is None


def test_a_signature_may_feed_what_an_iterator_gives():
    lines = [
        "import numpy as np",
        "a = np.random.uniform(-1, 1, 8).reshape([-1, 2]).astype(np.float32)",
        "it = tf.data.Dataset.from_tensor_slices(a).batch(2).make_initializable_iterator()",
        "z = it.get_next()",
        "y = z * 2.0",
    ]
    check_native(script(*lines, inputs="{'z': z}"), 'tf.TensorSpec([None, 2], tf.float32, name="z")')
    lines[1] = "a = np.load('a.npy')"
    check_not_native(script(*lines, inputs="{'z': z}"), "TFM108", "dtype")
