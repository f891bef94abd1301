"""The graphs that go into files beside the script, and which of their nodes come from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import text_format

from migrate import protos
from migrate.graph.state import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.prepare import Prepared

_TEXT_BYTES = 400_000
"""Up to this size a graph is written as text, which can be read and compared."""


@dataclass(frozen=True, slots=True)
class GraphFile:
    """A file beside the script.

    Attributes:
        name: Its name.
        data: Its content.
    """

    name: str
    data: bytes


def body_of(prepared: Prepared, variables: Iterable[str], without: Iterable[str] = ()) -> Any:
    """The nodes of a prepared graph that are its own: arguments, assets, variables and tables come from outside.

    Args:
        prepared: The graph.
        variables: The nodes that stand for variables.
        without: Operations that are done elsewhere, and what only they need.
    """
    given = {argument.placeholder for argument in prepared.arguments} | {node for _, node in prepared.assets}
    state = set(variables)
    outside = given | {
        node.name
        for node in prepared.graph_def.node
        if node.name in state or node.op in TABLES or node.op == "VarHandleOp"
    }
    dropped = outside | set(without)
    if without:
        dropped |= _unreached(prepared, dropped)
    body = protos.graph_def()
    body.versions.CopyFrom(prepared.graph_def.versions)
    body.library.CopyFrom(prepared.graph_def.library)
    for node in prepared.graph_def.node:
        if node.name not in dropped:
            copy = body.node.add()
            copy.CopyFrom(node)
            del copy.input[:]
            # What comes from outside is there before anything runs.
            copy.input.extend(text for text in node.input if not (text[0] == "^" and text[1:] in dropped))
    return body


def wanted_outside(body: Any) -> frozenset[str]:
    """The nodes that a body takes and does not have."""
    inner = {node.name for node in body.node}
    return frozenset({text.partition(":")[0].lstrip("^") for node in body.node for text in node.input} - inner)


def graph_file(stem: str, body: Any) -> GraphFile:
    """A body as a file, as text if it is small."""
    if body.ByteSize() <= _TEXT_BYTES:
        return GraphFile(f"{stem}.pbtxt", text_format.MessageToString(body).encode())
    return GraphFile(f"{stem}.pb", body.SerializeToString(deterministic=True))


def _unreached(prepared: Prepared, dropped: set[str]) -> set[str]:
    nodes = {node.name: node for node in prepared.graph_def.node}
    stack = [name for name in prepared.operations if name not in dropped]
    stack += [returned.tensor.node for returned in prepared.returned]
    reached: set[str] = set()
    while stack:
        name = stack.pop()
        if name in reached or name in dropped or name not in nodes:
            continue
        reached.add(name)
        stack.extend(text.partition(":")[0].lstrip("^") for text in nodes[name].input)
    return set(nodes) - reached
