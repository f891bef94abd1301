"""A graph of many conditionals is raised in seconds, without importing TensorFlow."""

from __future__ import annotations

from time import monotonic

from migrate import protos
from migrate.graph.functional import raise_control_flow
from migrate.graph.registry import OpRegistry, runtime_ops
from migrate.graph.tensors import Tensor

FLOAT, BOOL = 1, 10


def many_conditionals(count: int, length: int):
    graph = protos.graph_def()

    def add(name: str, op: str, dtype: int, *inputs: str) -> str:
        node = graph.node.add(name=name, op=op)
        node.input.extend(inputs)
        node.attr["dtype" if op == "Placeholder" else "T"].type = dtype
        if op == "Merge":
            node.attr["N"].i = 2
        return name

    value, predicate = add("x", "Placeholder", FLOAT), add("p", "Placeholder", BOOL)
    for number in range(count):
        identity = add(f"c{number}/pred_id", "Identity", BOOL, predicate)
        switch = add(f"c{number}/Switch", "Switch", FLOAT, value, identity)
        inside = f"{switch}:1"
        for step in range(length):
            inside = add(f"c{number}/in{step}", "Tanh", FLOAT, inside)
        value = add(f"c{number}/Merge", "Merge", FLOAT, switch, inside)
        for step in range(length):
            value = add(f"c{number}/out{step}", "Tanh", FLOAT, value)
    return graph, value


def test_time():
    graph, value = many_conditionals(100, 50)
    runtime_ops()
    feeds = frozenset({Tensor("x", 0), Tensor("p", 0)})
    start = monotonic()
    result = raise_control_flow(graph, OpRegistry(runtime_ops()), [Tensor(value, 0)], feeds)
    assert monotonic() - start < 20
    assert result.kept == ()
    assert sum(node.op == "StatelessIf" for node in result.graph_def.node) == 100
    assert len(result.graph_def.library.function) == 200
