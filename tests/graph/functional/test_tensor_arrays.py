"""TensorArrays become lists where this is surely the same."""

# ruff: noqa: ARG005 (loops take all their variables, whether they need them or not)
from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

X = np.linspace(-1, 1, 6).reshape(2, 3).astype(np.float32)


def start(v1):
    x = v1.placeholder("float32", [None, 3], "x")
    n = v1.placeholder("int32", [], "n")
    return x, n, v1.get_variable("w", initializer=np.float32(1.1), use_resource=True)


def mapped(v1):
    x, n, w = start(v1)
    y, z = v1.map_fn(lambda row: (v1.tanh(row * w), v1.shape(row)[0]), x, dtype=("float32", "int32"))
    return [x, n], [w], [y, z]


def scanned(v1):
    x, n, w = start(v1)
    return [x, n], [w], [v1.scan(lambda a, b: v1.tanh(a * w + b), x, reverse=True), v1.foldl(lambda a, b: a * w + b, x)]


def fibonacci(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=6, clear_after_read=False).write(0, x).write(1, x * w)
    _, array = v1.while_loop(
        lambda i, t: i < 6, lambda i, t: (i + 1, t.write(i, t.read(i - 1) + w * t.read(i - 2))), [2, array]
    )
    return [x, n], [w], [array.stack(), array.read(3), array.gather([5, 1])]


def growing(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=0, dynamic_size=True)
    _, array, _ = v1.while_loop(lambda i, t, y: i < n + 1, lambda i, t, y: (i + 1, t.write(i, y), y * w), [0, array, x])
    return [x, n], [w], [array.stack(), array.size()]


def joined(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=2, infer_shape=False)
    _, array = v1.while_loop(lambda i, t: i < 2, lambda i, t: (i + 1, t.write(i, x[: i + 1] * w)), [0, array])
    return [x, n], [w], [array.concat()]


def split(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=2, infer_shape=False).split(x * w, [0, 2])
    _, y = v1.while_loop(
        lambda i, y: i < 2,
        lambda i, y: (i + 1, v1.reshape(y + v1.reduce_sum(array.read(i), 0), [3])),
        [0, v1.zeros([3])],
    )
    return [x, n], [w], [y]


def sometimes_written(v1):
    x, n, w = start(v1)
    value = w * 1.0
    array = v1.TensorArray("float32", size=4, element_shape=[3])

    def body(i, t):
        return i + 1, v1.cond(v1.equal(i % 2, 0), lambda: t.write(i, x[0] * value), lambda: t)

    return [x, n], [w], [v1.while_loop(lambda i, t: i < 4, body, [0, array])[1].stack()]


def in_conditional(v1):
    x, n, w = start(v1)
    return [x, n], [w], [v1.cond(n > 1, lambda: v1.map_fn(lambda r: r * w, x), lambda: v1.scan(lambda a, b: a + b, x))]


def nested(v1):
    x, n, w = start(v1)
    return [x, n], [w], [v1.map_fn(lambda r: v1.map_fn(lambda e: e * w + v1.reduce_sum(r), r), x)]


def without_loop(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=2, element_shape=[3]).unstack(x * w)
    return [x, n], [w], [array.read(1)]


ALL = [mapped, scanned, fibonacci, growing, joined, split, sometimes_written, in_conditional, nested, without_loop]


@pytest.mark.parametrize("build", ALL)
def test_same_numbers_and_gradients(program, agrees, build):
    agrees(program(build, (X, 0), (X, 3)))


def read_by_another_flow(v1):
    x, n, w = start(v1)
    first = v1.TensorArray("float32", size=5, clear_after_read=False, element_shape=[3]).write(0, x[0])

    def body(i, t):
        with v1.control_dependencies([t.flow]):
            return i + 1, t.write(i, first.read(i - 1) * w)

    return [x, n], [w], [v1.while_loop(lambda i, t: i < 5, body, [1, first], parallel_iterations=1)[1].stack()]


def gathered_twice(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=4, clear_after_read=False)
    _, array = v1.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t.write(i, x * w)), [0, array])
    return [x, n], [w], [array.gather([3, 3, 1])]


def written_twice(v1):
    x, n, w = start(v1)
    array = v1.TensorArray("float32", size=3, clear_after_read=False)
    one = array.write(0, x)
    two = array.write(1, x * w)
    _, y = v1.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y + one.read(0)), [0, x])
    return [x, n], [w], [y, two.read(1)]


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (read_by_another_flow, "by another flow"),
        (gathered_twice, "gather an element twice"),
        (written_twice, "both write after"),
    ],
)
def test_what_is_not_surely_the_same_is_kept(program, raised, build, reason):
    result = raised(program(build, (X, 2), gradients=False))
    assert {kept.kind for kept in result.kept} == {"array", "loop"}
    assert all(reason in kept.reason for kept in result.kept)
    assert "TensorListReserve" not in {node.op for node in result.graph_def.node}
