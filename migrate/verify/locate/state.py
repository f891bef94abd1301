"""Signatures that change variables: their inner tensors are other ones in each call, so only variables are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.locate.align import Pair
from migrate.verify.locate.inline import CannotInlineError, Inliner
from migrate.verify.locate.operations import VARIABLES
from migrate.verify.locate.side import variable_name
from migrate.verify.results import Location

if TYPE_CHECKING:
    from migrate.verify.flatgraph import Node, Ref
    from migrate.verify.locate.side import Side
    from migrate.verify.locate.values import Values

_CHANGES = (
    "Apply",
    "Assign",
    "CountUpTo",
    "LookupTableImport",
    "LookupTableInsert",
    "Queue",
    "ResourceApply",
    "ResourceCountUpTo",
    "ResourceScatter",
    "ScatterAdd",
    "ScatterDiv",
    "ScatterMax",
    "ScatterMin",
    "ScatterMul",
    "ScatterNdAdd",
    "ScatterNdSub",
    "ScatterNdUpdate",
    "ScatterSub",
    "ScatterUpdate",
)


def changes_of(side: Side) -> tuple[str, ...]:
    """The kinds of operations of a signature that change variables, tables or queues."""
    return tuple(sorted({node.op for node in side.graph.nodes.values() if node.op.startswith(_CHANGES)}))


def others_change(side: Side) -> bool:
    """Whether another signature of the model, which was called as well, changes variables."""
    model = side.model
    for signature in model.meta_graph.signatures:
        inliner = Inliner(model.loaded.graph_def, side.registry)
        names = [name for info in signature.outputs for name in (info.name, *(info.sparse or ())) if name]
        try:
            inliner.add(name.partition(":")[0] for name in names)
        except CannotInlineError:
            return True  # Nobody knows.
        if any(node.op.startswith(_CHANGES) for node in inliner.graph_def.node):
            return True
    return False


def other_state(values: Values) -> Location | None:
    """The first variable of one name that the models hold other values of; None where they are the same.

    This is to be asked before anything is run again, since both models have had the same calls until then.
    """
    ours, theirs = _variables(values.a), _variables(values.b)
    pairs = [Pair(ours[name], theirs[name]) for name in sorted(ours.keys() & theirs.keys())]
    values.compare(pairs)
    for pair in pairs:
        nodes = values.a.node(pair.a), values.b.node(pair.b)
        found = values.known[pair]
        if nodes[0] is None or nodes[1] is None or found is None or found.equal:
            continue
        changed = ", ".join(dict.fromkeys((*changes_of(values.a), *changes_of(values.b))))
        where = f"first {list(found.index)}: " if found.index else ""
        shown = found.reason or f"{where}{found.a!r} and {found.b!r}"
        return Location(
            a_node=nodes[0].key[0],
            b_node=nodes[1].key[0],
            op_a=nodes[0].op,
            op_b=nodes[1].op,
            a_value=found.a,
            b_value=found.b,
            message=f"variable {variable_name(nodes[0])!r} has other values after the same calls: {shown};"
            f" the signature changes variables ({changed})",
        )
    return None


def _variables(side: Side) -> dict[str, Ref]:
    found: dict[str, Ref] = {}
    nodes: list[Node] = [node for node in side.graph.nodes.values() if node.op in VARIABLES]
    for node in nodes:
        found[variable_name(node)] = side.graph.output(node)
    return found
