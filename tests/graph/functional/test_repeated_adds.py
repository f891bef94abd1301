"""Sums that take an argument twice."""

from __future__ import annotations

import pytest

from migrate.graph.functional.repeated_adds import part_repeated_terms
from migrate.protos import message_type


def function(*nodes: tuple[str, str, list[str]]):
    made = message_type("core.framework.function_pb2.FunctionDef")()
    for name in ("x", "b"):
        made.signature.input_arg.add(name=name, type=1)
    for name, op, inputs in nodes:
        node = made.node_def.add(name=name, op=op)
        node.input.extend(inputs)
        node.attr["T"].type = 1
    return made


def inputs(made) -> dict[str, list[str]]:
    return {node.name: list(node.input) for node in made.node_def}


@pytest.mark.parametrize(
    "nodes",
    [
        [("one", "AddV2", ["x", "b"]), ("two", "AddV2", ["one:z:0", "b"])],
        [("two", "AddV2", ["one:z:0", "same:output:0"]), ("one", "Add", ["x", "b"]), ("same", "Identity", ["b"])],
        [("one", "AddN", ["x", "b"]), ("two", "AddV2", ["one:sum:0", "b", "^one"])],
    ],
)
def test_the_second_use_is_hidden(nodes):
    made = function(*nodes)
    part_repeated_terms(made)
    found = inputs(made)
    assert found["two"][1] == "two/again:output:0"
    assert found["one"] == ["x", "b"]
    (hidden,) = [node for node in made.node_def if node.op == "PlaceholderWithDefault"]
    assert (hidden.attr["dtype"].type, hidden.attr["shape"].shape.unknown_rank) == (1, True)


@pytest.mark.parametrize(
    "nodes",
    [
        [("one", "AddV2", ["x", "b"]), ("two", "Mul", ["one:z:0", "b"])],
        [("one", "AddV2", ["x", "b"]), ("two", "AddV2", ["one:z:0", "tanh:y:0"]), ("tanh", "Tanh", ["b"])],
    ],
)
def test_other_sums_stay(nodes):
    made = function(*nodes)
    before = made.SerializeToString(deterministic=True)
    part_repeated_terms(made)
    assert made.SerializeToString(deterministic=True) == before
