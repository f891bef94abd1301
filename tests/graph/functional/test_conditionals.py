"""v1 conditionals become If, with the numbers and gradients they had."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

X = np.linspace(-1, 1, 6).reshape(2, 3).astype(np.float32)
BOTH = [(X, True), (X, False)]


def start(v1, value=2.0):
    x = v1.placeholder("float32", [None, 3], "x")
    p = v1.placeholder("bool", [], "p")
    return x, p, v1.get_variable("w", initializer=np.float32(value), use_resource=True)


def multiplied(v1):
    x, p, w = start(v1)
    return [x, p], [w], [v1.cond(p, lambda: x * w, lambda: v1.tanh(x) + w)]


def nested(v1):
    x, p, w = start(v1)
    inner = v1.cond(p, lambda: v1.cond(v1.reduce_sum(x * w) > 1.0, lambda: x * w, lambda: w - x), lambda: x)
    return [x, p], [w], [v1.cond(v1.logical_not(p), lambda: inner * 2.0, lambda: inner + v1.constant(1.0))]


def passed_through(v1):
    x, p, w = start(v1)
    first, count = v1.cond(p, lambda: (x, v1.shape(x)[0]), lambda: (x * w, v1.constant(7)))
    return [x, p], [w], [v1.cond(p, lambda: first + w, lambda: first * 3.0), count]


def cases(v1):
    x, p, w = start(v1)
    branches = [(v1.logical_and(p, v1.reduce_sum(x) > 5.0), lambda: x), (p, lambda: x * w)]
    return [x, p], [w], [v1.case(branches, default=lambda: v1.exp(x) * w)]


def asserted(v1):
    x, p, w = start(v1)
    with v1.control_dependencies([v1.Assert(v1.reduce_all(x < 9.0), [x]), v1.assert_greater(x, -9.0)]):
        return [x, p], [w], [v1.cond(p, lambda: x * w, lambda: x)]


def merged_by_hand(v1):
    from tensorflow.python.ops import control_flow_ops

    x, p, w = start(v1)
    no, yes = control_flow_ops.switch(x, p)
    merge = control_flow_ops.merge([yes + w, no * w])
    return [x, p], [w], [merge.output, merge.value_index]


@pytest.mark.parametrize("build", [multiplied, nested, passed_through, cases, asserted])
def test_same_numbers_and_gradients(program, agrees, build):
    agrees(program(build, *BOTH, (X + 3, True)))


def test_a_value_index(program, agrees):
    # TF1's gradient of a tensor that is used in one branch without a Switch does not run.
    agrees(program(merged_by_hand, *BOTH, gradients=False))


def counting(v1):
    x, p, w = start(v1)
    c = v1.get_variable("c", initializer=np.float32(5), use_resource=True)

    def yes():
        with v1.control_dependencies([c.assign_add(v1.reduce_sum(x) + 3.0)]):
            return v1.identity(x * w)

    def no():
        with v1.control_dependencies([c.assign_sub(1.0)]):
            return v1.identity(x * w * w)

    y = v1.cond(p, yes, no)
    with v1.control_dependencies([y]):
        return [x, p], [w, c], [y, c.read_value()]


def test_only_one_branch_writes(program, agrees):
    result = agrees(program(counting, *BOTH), without=[1])
    assert [node.op for node in result.graph_def.node if "If" in node.op] == ["If"]


def test_names_stay(program, raised):
    made = program(multiplied, *BOTH)
    result = raised(made)
    assert made.outputs == ["cond/Merge:0"]
    node = next(node for node in result.graph_def.node if node.name == "cond/Merge")
    assert (node.op, result.renamed) == ("Identity", {})
    assert not any(node.op == "Switch" for node in result.graph_def.node)


def test_a_value_index_has_a_new_name(program, raised):
    from migrate.graph.tensors import Tensor

    result = raised(program(merged_by_hand, *BOTH, gradients=False))
    assert list(result.renamed) == [Tensor("Merge", 1)]


def leaking(v1):
    from tensorflow.python.ops import control_flow_ops

    x, p, w = start(v1)
    return [x, p], [w], [control_flow_ops.switch(x, p)[1] * w]


def test_a_branch_without_merge_is_kept(program, raised):
    result = raised(program(leaking, (X, True), gradients=False))
    assert [kept.kind for kept in result.kept] == ["conditional"]
    assert "Merge" in result.kept[0].reason


def escaping(v1):
    x, p, w = start(v1)
    inside = []

    def yes():
        inside.append(x * w)
        return inside[0] + 1.0

    y = v1.cond(p, yes, lambda: x)
    return [x, p], [w], [y, inside[0]]


def test_a_branch_that_is_fetched_is_kept(program, raised, monkeypatch, tf):
    # TF1 marks tensors of a branch as not to be fetched; a SavedModel may still name one.
    monkeypatch.setattr(tf.Graph, "is_fetchable", lambda *_: True)
    result = raised(program(escaping, (X, True), gradients=False))
    assert "fed or fetched" in result.kept[0].reason


def test_different_graphs_have_different_functions(program, raised):
    made = program(multiplied, *BOTH)
    names = [{f.signature.name for f in raised(made).graph_def.library.function} for _ in range(2)]
    assert not names[0] & names[1]
