"""Rewrites a SavedModel that TensorFlow 2 wrote so that an older runtime loads and runs it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.ports import RESOURCE
from migrate.graph.runtime.attributes import arguments_of, fit_attributes
from migrate.graph.runtime.body import Body
from migrate.graph.runtime.problems import Problem, raise_problems
from migrate.graph.runtime.replacements import ATTRIBUTES, DROPPED, OPERATIONS
from migrate.graph.runtime.table import minors, newest, runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrate.graph.runtime.table import Runtime

WITHOUT_COMPOSITE = frozenset({"1.13", "1.14", "2.0"})

LOWERING = "_lower_using_switch_merge"
LOWERED = {"1.13": frozenset({"If", "While"}), "1.14": frozenset({"If", "While"})}
"""Old runtimes that raise an error where others than these have the attribute (lower_functional_ops.cc)."""


def lower_to(directory: Path, version: str) -> tuple[str, ...]:
    """Rewrites a SavedModel in place.

    Args:
        directory: It, as `tf.saved_model.save` of TensorFlow 2 wrote it.
        version: The runtime's, `1.15` or `1.15.5` for instance.

    Returns:
        What was changed that a user may want to know, a sentence each.

    Raises:
        MigrateError: The version is not known, or the model cannot be expressed in it: the message names the
            operations and attributes, and nodes that have them. Nothing is written then.
    """
    from migrate.graph.signature_defs import write_fingerprint

    target = runtime(version)
    file = directory / "saved_model.pb"
    model = protos.saved_model()
    model.ParseFromString(file.read_bytes())
    notes: dict[str, None] = {}
    for meta_graph in model.meta_graphs:
        notes.update(dict.fromkeys(lower_meta_graph(meta_graph, target, str(directory))))
    file.write_bytes(model.SerializeToString())
    write_fingerprint(directory)
    return tuple(notes)


def lower_meta_graph(meta_graph: Any, target: Runtime, where: str) -> tuple[str, ...]:
    """Rewrites a MetaGraphDef.

    Args:
        meta_graph: The message, which is changed.
        target: The runtime that has to run it.
        where: What an error message starts with.

    Returns:
        Notes, as `lower_to`.

    Raises:
        MigrateError: It cannot be expressed.
    """
    problems: list[Problem] = []
    counts: Counter[str] = Counter()
    custom: set[str] = set()
    functions = frozenset(function.signature.name for function in meta_graph.graph_def.library.function)
    for body in _bodies(meta_graph.graph_def):
        body.remove({name for name, node in body.nodes.items() if node.op in DROPPED and node.op not in target.ops})
        for node in list(body.nodes.values()):
            if node.op not in functions:
                _replace(node, body, target, counts)
                problems += _fit(node, body, target, custom)
    problems += _signature_problems(meta_graph, target)
    raise_problems(where, target.minor, problems)
    if target.minor != minors()[-1]:
        for function in meta_graph.graph_def.library.function:
            _forget_handle_shapes(function)
        _keep_custom_ops(meta_graph)
    notes = [f"for TensorFlow {target.minor}, {count} {names}" for names, count in sorted(counts.items())]
    if custom:
        notes.append(
            f"TensorFlow {target.minor} needs the libraries of these custom operations: {', '.join(sorted(custom))}"
        )
    return tuple(notes)


def _bodies(graph_def: Any) -> Iterator[Body]:
    yield Body(graph=graph_def)
    for function in graph_def.library.function:
        yield Body(function=function)


def _replace(node: Any, body: Body, target: Runtime, counts: Counter[str]) -> None:
    """Follows replacements until there is an operation that the runtime has, or none more."""
    while node.op not in target.ops and node.op in OPERATIONS:
        older = OPERATIONS[node.op](node, body)
        if older is None:
            return
        counts[f"{node.op} became {older}"] += 1
        node.op = older
    for (op, attribute), (replace, needed) in ATTRIBUTES.items():
        there = target.ops.get(node.op)
        if op == node.op and attribute in node.attr and there is not None and attribute not in there.attributes:
            if needed <= target.ops.keys():
                replace(node, body)


def _fit(node: Any, body: Body, target: Runtime, custom: set[str]) -> Iterator[Problem]:
    old, new = target.ops.get(node.op), newest().ops.get(node.op)
    where = body.where(node)
    if LOWERING in node.attr and node.op not in LOWERED.get(target.minor, (node.op,)):
        del node.attr[LOWERING]  # Its kernel then runs the function.
    if old is None and new is None:
        custom.add(node.op)
    elif old is None:
        yield Problem(f"{node.op}, which it does not have", where)
    elif new is not None:
        yield from (Problem(text, where) for text in fit_attributes(node, old, new))
        if arguments_of(old, new) != old.arguments:
            yield Problem(f"{node.op}, which takes or gives something else there", where)


def _signature_problems(meta_graph: Any, target: Runtime) -> Iterator[Problem]:
    """`TensorInfo.composite_tensor` (tensorflow/core/protobuf/meta_graph.proto) came with 1.15 and 2.1."""
    if target.minor not in WITHOUT_COMPOSITE:
        return
    for key, signature in sorted(meta_graph.signature_def.items()):
        for name, info in [*signature.inputs.items(), *signature.outputs.items()]:
            if info.WhichOneof("encoding") == "composite_tensor":
                yield Problem("a ragged or other composite tensor in a signature", f"{key}/{name}")


def _forget_handle_shapes(function: Any) -> None:
    """Leaves open what shape the handles have that a function takes, as TensorFlow did up to 2.3.

    Without handle data, which older runtimes do not read, shape functions take a handle's own shape, that of a
    scalar, for the shape of the variable (`ShapeOrHandleShape` in tensorflow/core/ops/training_ops.cc of 1.15).
    """
    shapes = function.attr["_input_shapes"].list.shape if "_input_shapes" in function.attr else []
    for shape, argument in zip(shapes, function.signature.input_arg, strict=False):
        if argument.type == RESOURCE:
            shape.Clear()
            shape.unknown_rank = True


def _keep_custom_ops(meta_graph: Any) -> None:
    """Takes TensorFlow's own OpDefs out of the MetaGraphDef.

    Old importers look there for the defaults of attributes that they do not know, and at the operation of every
    node for its own (`_RemoveDefaultAttrs` in tensorflow/python/framework/importer.py of 1.15).
    """
    listed = meta_graph.meta_info_def.stripped_op_list.op
    custom = [definition for definition in listed if definition.name not in newest().ops]
    del listed[:]
    listed.extend(custom)
