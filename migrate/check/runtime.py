"""What of a model an older TensorFlow does not know: operations, attributes, encodings.

A runtime refuses a node whose operation it lacks, with an attribute that its OpDef does not name or with a value that
it does not allow (`ValidateNodeDef` in tensorflow/core/framework/node_def_util.cc). The tables are those of
`convert --runtime`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.check.results import Finding, Severity
from migrate.graph.runtime.attributes import arguments_of, fit_attributes
from migrate.graph.runtime.lower import LOWERED, LOWERING, WITHOUT_COMPOSITE
from migrate.graph.runtime.table import newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.check.stored import Stored
    from migrate.graph.runtime.table import Operation, Runtime

_REMEDY = (
    "export it with TensorFlow {minor}, or make it of a TF1 model: `tf-migrate convert MODEL OUT --runtime {minor}`"
)


@dataclass(slots=True)
class _Met:
    """Where something was met, and how often."""

    node: str
    count: int = 0


def runtime_findings(stored: Stored, target: Runtime) -> tuple[Finding, ...]:
    """What a runtime does not know, one finding for each operation or attribute.

    Args:
        stored: The MetaGraph; its parsed graph is changed.
        target: The runtime that has to load it.

    Raises:
        MigrateError: The graph cannot be parsed.
    """
    met: dict[tuple[str, Severity, str], _Met] = {}
    graph = stored.message.graph_def
    functions = {function.signature.name for function in graph.library.function}
    for name, nodes in (("", graph.node), *((f.signature.name, f.node_def) for f in graph.library.function)):
        for node in nodes:
            if node.op in functions:
                continue
            for problem in _problems(node, target):
                where = f"{name}/{node.name}" if name else node.name
                met.setdefault(problem, _Met(where)).count += 1
    tags = stored.meta_graph.tags
    return tuple(
        Finding(rule, severity, f"{text}: {_places(place)}", tags, remedy=_remedy(rule, target))
        for (rule, severity, text), place in sorted(met.items())
    ) + tuple(_encodings(stored, target))


def _problems(node: Any, target: Runtime) -> Iterator[tuple[str, Severity, str]]:
    op, known = node.op, target.ops.get(node.op)
    latest = newest().ops.get(op)
    name = f"TensorFlow {target.minor}"
    if known is None and latest is None:
        text = f"the operation {op} is not TensorFlow's; {name} needs the library that has it"
        yield "runtime-custom-op", Severity.WARNING, text
        return
    if known is None:
        yield "runtime-op", Severity.ERROR, f"{name} has no operation {op}"
        return
    if LOWERING in node.attr and op not in LOWERED.get(target.minor, (op,)):
        yield "runtime-attribute", Severity.ERROR, f"{name} refuses {op} with the attribute {LOWERING}"
    for text in _attributes(node, known, latest):
        yield "runtime-attribute", Severity.ERROR, f"{name} {text}"
    if latest is not None and arguments_of(known, latest) != known.arguments:
        yield "runtime-op", Severity.ERROR, f"{name} has another {op}, which takes or gives something else"


def _attributes(node: Any, known: Operation, latest: Operation | None) -> Iterator[str]:
    for attribute in [name for name in node.attr if not name.startswith("_") and name not in known.attributes]:
        # Also with its default value: only Python's loader drops it then, a C++ server refuses it.
        yield f"knows no attribute {attribute} of {node.op}"
        del node.attr[attribute]
    if latest is None:
        return
    for attribute, there in known.attributes.items():
        if attribute in node.attr or attribute not in latest.attributes:
            continue
        ours = latest.attributes[attribute].default
        if ours is not None and there.default != ours:
            # It may be left out since it has this default, which the runtime does not know.
            yield f"has to be told the attribute {attribute} of {node.op}, which is left out"
    # What is left to say after that: values that are not allowed, attributes that nobody has a default for.
    for text in fit_attributes(node, known, latest):
        yield f"refuses {text}"


def _encodings(stored: Stored, target: Runtime) -> Iterator[Finding]:
    if target.minor not in WITHOUT_COMPOSITE:
        return
    for signature in stored.meta_graph.signatures:
        for info in (*signature.inputs, *signature.outputs):
            if info.kind == "composite":
                message = f"TensorFlow {target.minor} cannot read `{info.key}`, a ragged or other composite tensor"
                remedy = "export its components as dense tensors"
                tags = stored.meta_graph.tags
                yield Finding("runtime-encoding", Severity.ERROR, message, tags, signature.key, remedy)


def _places(met: _Met) -> str:
    return f"{met.count} nodes, {met.node} the first" if met.count > 1 else f"node {met.node}"


def _remedy(rule: str, target: Runtime) -> str:
    return "" if rule == "runtime-custom-op" else _REMEDY.format(minor=target.minor)
