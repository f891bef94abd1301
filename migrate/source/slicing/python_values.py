"""Plain Python that a signature needs: what it asks of tensors and of the graph must have the same answer under TF2."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from migrate.source.flow import Definition, Merge, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, header
from migrate.source.slicing.dimensions import refuse_dimensions
from migrate.source.slicing.reads import is_static, refuse_version_tests
from migrate.source.syntax import walk
from migrate.source.unprovable import NO_EQUAL, Unprovable

_PLAIN = (Kind.PYTHON, Kind.CONFIG)
_OF_GRAPHS = frozenset({"get_collection", "get_collection_ref", "trainable_variables", "global_variables", "all_variables",
                        "local_variables", "model_variables", "moving_average_variables", "get_default_graph",
                        "get_variable_scope", "losses.get_losses", "losses.get_regularization_losses",
                        "contrib.framework.get_variables", "contrib.framework.get_trainable_variables",
                        "contrib.framework.get_model_variables", "contrib.slim.get_variables",
                        "contrib.slim.get_model_variables", "contrib.slim.get_trainable_variables",
                        "report_uninitialized_variables", "train.get_global_step"})  # fmt: skip
"""Functions that tell of the graph that is built, which TF2 has not."""
_BY_EQUALITY = frozenset({"index", "remove", "count"})
"""Methods of lists that compare."""


def refuse_questions(value: Value, kinds: Kinds, around: Collection[Step]) -> None:
    """Refuses plain Python that depends on what TF2 answers otherwise.

    Args:
        value: A value of plain Python that a signature needs.
        kinds: The region.
        around: The compound statements that the export stands in, too.

    Raises:
        Unprovable: It does.
    """
    for step in _behind(value, kinds, around):
        for part in header(step):
            refuse_dimensions(part, kinds.region.scope, kinds.region)
            for node in walk(part):
                refuse_version_tests(node, kinds.region)
                refuse_identity(node, kinds)
                _refuse_graph(node, kinds)


def refuse_identity(node: ast.AST, kinds: Kinds) -> None:
    """Refuses what compares tensors, which TF1 does by identity, or takes them for keys.

    Raises:
        Unprovable: The node does that.
    """
    match node:
        case ast.Compare(left=left, ops=operators, comparators=others):
            parts = (left, *others)
            contained = any(isinstance(operator, (ast.In, ast.NotIn)) for operator in operators)
            if contained and any(kinds.of(part) in IN_GRAPH for part in parts):
                raise Unprovable(NO_EQUAL, "tensors are looked for in a container, which TF1 does by identity", node)
            equal = any(isinstance(operator, (ast.Eq, ast.NotEq)) for operator in operators)
            if equal and any(kinds.of(part) in IN_GRAPH and not is_static(part) for part in parts):
                raise Unprovable(NO_EQUAL, "== compares tensors by identity in TF1, by value in TF2", node)
        case ast.Dict(keys=keys) if any(key is not None and kinds.of(key) in IN_GRAPH for key in keys):
            raise Unprovable(NO_EQUAL, "tensors are keys of a dictionary, which TF2's cannot be", node)
        case ast.DictComp(key=key) if kinds.of(key) in IN_GRAPH:
            raise Unprovable(NO_EQUAL, "tensors are keys of a dictionary, which TF2's cannot be", node)
        case ast.Set(elts=elements) if any(kinds.of(element) in IN_GRAPH for element in elements):
            raise Unprovable(NO_EQUAL, "tensors are elements of a set, which TF2's cannot be", node)
        case ast.Subscript(slice=index, ctx=ast.Store() | ast.Del()) if kinds.of(index) in IN_GRAPH:
            raise Unprovable(NO_EQUAL, "tensors are keys of a dictionary, which TF2's cannot be", node)
        case ast.Call(func=ast.Attribute(attr=method), args=[first, *_]) if method in _BY_EQUALITY:
            if kinds.symbol(node) is None and kinds.of(first) in IN_GRAPH and not is_static(first):
                reason = f"{method}() looks for a tensor in a list, which TF1 does by identity"
                raise Unprovable(NO_EQUAL, reason, node)


def _refuse_graph(node: ast.AST, kinds: Kinds) -> None:
    match node:
        case ast.Call():
            name = kinds.symbol(node)
            if name in _OF_GRAPHS:
                raise Unprovable(NO_EQUAL, f"tf.{name} tells of the graph that is built, which TF2 has not", node)
        case ast.Attribute(value=owner, attr="name" | "op") if kinds.of(owner) in IN_GRAPH:
            text = ast.unparse(node)
            raise Unprovable(NO_EQUAL, f"the name of a tensor ({text}) is used; TF2 gives others", node)
        case ast.Attribute(value=owner, attr="dtype") if kinds.of(owner) is Kind.VARIABLE:
            raise Unprovable(NO_EQUAL, "the dtype of a variable is used, which is a reference's in TF1", node)


def _behind(value: Value, kinds: Kinds, around: Collection[Step]) -> Iterator[Step]:
    """The steps that a value of plain Python comes from."""
    seen: set[Value] = {value}
    steps: set[Step] = set()
    pending = [value]
    while pending:
        current = pending.pop()
        found: list[Step] = []
        others: list[Value] = []
        match current:
            case Definition():
                found = [current.step, *(branch.step for branch in current.step.branches)]
                others = [current.previous] if current.previous is not None else []
            case Merge():
                found = [current.step]
                others = list(current.inputs)
            case _:
                continue
        for step in found:
            if step not in steps and step not in around:
                steps.add(step)
                others += step.reads
                yield step
        for other in others:
            if other not in seen and kinds.value(other) in _PLAIN:
                seen.add(other)
                pending.append(other)
