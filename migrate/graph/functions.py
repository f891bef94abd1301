"""The function library of a graph: who calls what, and the part of it that some nodes need."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from migrate import protos

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrate.graph.index import GraphIndex


CALLS = frozenset(
    {
        *("PartitionedCall", "StatefulPartitionedCall", "If", "StatelessIf", "Case", "StatelessCase"),
        *("While", "StatelessWhile", "For", "RemoteCall", "SymbolicGradient"),
    }
)
"""Operations that call functions of the library (tensorflow/core/ops/functional_ops.cc)."""


def called_functions(node: Any, functions: Mapping[str, Any]) -> Iterator[str]:
    """The library functions that a node names: by its operation, or in its attributes (`f`, `body`, ...)."""
    if node.op in functions:
        yield node.op
    for value in node.attr.values():
        kind = value.WhichOneof("value")
        if kind == "func" and value.func.name in functions:
            yield value.func.name
        elif kind == "list":
            yield from (function.name for function in value.list.func if function.name in functions)
        elif kind == "s" and (name := value.s.decode("utf-8", "replace")) in functions:
            yield name  # SymbolicGradient and custom kernels name functions in plain strings.


def reachable(nodes: Iterable[Any], functions: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of all functions that nodes call, directly or from other functions, in a stable order."""
    found: dict[str, None] = {}
    stack = [name for node in nodes for name in called_functions(node, functions)]
    while stack:
        name = stack.pop()
        if name not in found:
            found[name] = None
            stack.extend(inner for node in functions[name].node_def for inner in called_functions(node, functions))
    return tuple(sorted(found))


def reachable_functions(graph_def: Any, index: GraphIndex) -> Any:
    """The part of the library that a graph needs, with the gradients declared for it (FunctionDefLibrary)."""
    library = protos.message_type("core.framework.function_pb2.FunctionDefLibrary")()
    library.function.extend(index.functions[name] for name in reachable(graph_def.node, index.functions))
    return library


def rename_by_content(graph_def: Any) -> None:
    """Gives each library function a name that tells what it does, in place: its own and a digest of its body.

    One process has one table of functions. `while_body_10` is a common name, and a second model's is another
    function. Equal functions keep equal names, so that the same model gives the same names every time.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    digests = {}
    for name, function in functions.items():
        content = hashlib.sha256(function.SerializeToString(deterministic=True))
        for called in reachable(function.node_def, functions):
            content.update(functions[called].SerializeToString(deterministic=True))
        digests[name] = f"{name}_{content.hexdigest()[:12]}"
    for function in functions.values():
        for node in function.node_def:
            _rename_calls(node, digests)
    for node in graph_def.node:
        _rename_calls(node, digests)
    for name, function in functions.items():
        function.signature.name = digests[name]


def _rename_calls(node: Any, names: Mapping[str, str]) -> None:
    node.op = names.get(node.op, node.op)
    for value in node.attr.values():
        kind = value.WhichOneof("value")
        if kind == "func":
            value.func.name = names.get(value.func.name, value.func.name)
        elif kind == "list":
            for function in value.list.func:
                function.name = names.get(function.name, function.name)
        elif kind == "s" and (name := value.s.decode("utf-8", "replace")) in names:
            value.s = names[name].encode()
