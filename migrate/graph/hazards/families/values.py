"""Variables, tables and files without what has to be in them."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.errors import MigrateError
from migrate.graph.checkpoint_keys import checkpoint_keys
from migrate.graph.checkpoints import check_shards
from migrate.graph.constants import constant_strings
from migrate.graph.hazards.context import Context
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.source import Form
from migrate.graph.state import Table, Variable
from migrate.graph.tensors import parse_tensor

_EXPORT = "Export the model again with tf.tables_initializer() as its main_op or legacy_init_op."
_WHOLE_ASSIGNMENTS = frozenset({"Assign", "AssignVariableOp"})


@family
def checkpoint(context: Context) -> Iterator[Hazard]:
    """A checkpoint that is not there, or lacks a file."""
    if context.is_tf2:
        return
    prefix = context.view.source.checkpoint
    if prefix is not None:
        try:
            check_shards(prefix)
        except MigrateError as error:
            message = str(error)
            yield Hazard(
                HazardKind.MISSING_CHECKPOINT,
                Severity.BLOCKS,
                "",
                "",
                f"The checkpoint is not complete: {message}.",
                "Copy all of its files, or name another checkpoint with --checkpoint PREFIX.",
            )
        return
    needed = [found for _, found in _without_value(context)]
    if needed:
        yield Hazard(
            HazardKind.MISSING_CHECKPOINT,
            Severity.BLOCKS,
            "",
            "",
            f"There is no checkpoint, and the values of {len(needed)} variables would be in one.",
            "Name it with --checkpoint PREFIX.",
            tuple(sorted({key for keys in needed for key in keys})),
        )


@family
def variables(context: Context) -> Iterator[Hazard]:
    """Variables that neither the checkpoint nor the initialisation sets."""
    prefix = context.view.source.checkpoint
    # Without a checkpoint, that is told of all of them; what is in an old one is not known without reading it.
    keys = checkpoint_keys(prefix) if prefix is not None and not context.is_tf2 else None
    if keys is None:
        return
    for variable, signatures in _without_value(context):
        if variable.name in keys or (variable.saved is not None and variable.saved.key in keys):
            continue
        yield Hazard(
            HazardKind.UNINITIALIZED,
            Severity.BLOCKS,
            variable.nodes[0],
            context.index.op(variable.nodes[0]),
            "The variable has no value: it is not in the checkpoint, and the initialisation does not set it.",
            "Name the checkpoint that has it with --checkpoint PREFIX, or choose outputs that do not need it "
            "(--output).",
            signatures,
        )


@family
def tables(context: Context) -> Iterator[Hazard]:
    """Lookup tables that nothing fills."""
    if context.is_tf2:
        return
    for table in context.view.state.tables.values():
        keys = tuple(key for key, live in context.live.items() if table.name in live.nodes)
        if not keys or table.saved is not None:
            continue
        if any(name in context.init_nodes for name in table.initializers):
            continue
        if any(name in live.nodes for name in table.initializers for live in context.live.values()):
            continue
        if table.initializers and context.view.source.form is Form.GRAPH:
            yield _unfilled(
                table,
                keys,
                "A bare GraphDef does not say that its initializer is to run.",
                "Convert the model's MetaGraphDef (.meta) or SavedModel instead, which says so.",
            )
        elif table.is_mutable:
            yield Hazard(
                HazardKind.UNINITIALIZED,
                Severity.CHANGES,
                table.name,
                table.op,
                "The table is empty when the model is loaded: nothing fills it, and the checkpoint does not have it.",
                "Leave it so if calls fill it, as in TF1; else export the model with its content in the checkpoint.",
                keys,
            )
        else:
            yield _unfilled(
                table,
                keys,
                "Its initializer is not part of what runs when the model is loaded."
                if table.initializers
                else "Nothing in the graph fills it.",
            )


def _unfilled(table: Table, keys: tuple[str, ...], why: str, remedy: str = _EXPORT) -> Hazard:
    return Hazard(
        HazardKind.UNINITIALIZED,
        Severity.BLOCKS,
        table.name,
        table.op,
        f"The lookup table is never filled. {why}",
        remedy,
        keys,
    )


@family
def assets(context: Context) -> Iterator[Hazard]:
    """Files of the model that are not there, and files of tables that are not the model's."""
    used = frozenset(context.init_nodes).union(*(live.nodes for live in context.live.values()))
    kept = {asset.tensor for asset in context.view.assets}
    for asset in context.view.assets:
        if asset.path is not None and not asset.path.exists():
            node = parse_tensor(asset.tensor).node
            yield Hazard(
                HazardKind.MISSING_ASSET,
                Severity.BLOCKS if node in used else Severity.NOTE,
                node,
                context.index.op(node) if node in context.index.nodes else "",
                f"The asset file {asset.filename} is missing.",
                f"Put it back at {asset.path}.",
            )
    for table in context.view.state.tables.values():
        keys = tuple(key for key, live in context.live.items() if table.name in live.nodes)
        for tensor in table.asset_tensors if keys else ():
            paths = constant_strings(context.index, parse_tensor(tensor))
            if tensor not in kept and paths:
                yield Hazard(
                    HazardKind.MISSING_ASSET,
                    Severity.CHANGES,
                    table.name,
                    table.op,
                    f"The table is filled from {paths[0].decode('utf-8', 'replace')}, which is not among the model's "
                    f"assets.",
                    "See to it that the file is there where the model is converted.",
                    keys,
                )


def _without_value(context: Context) -> list[tuple[Variable, tuple[str, ...]]]:
    """The variables that signatures use and neither they nor the initialisation set, with those signatures."""
    by_node = context.view.state.by_node
    at_start = _assigned(context, context.init_nodes)
    found: dict[str, tuple[Variable, list[str]]] = {}
    for key, live in context.live.items():
        own = _assigned(context, live.nodes)
        for name in context.index.nodes:
            if name not in live.nodes or name not in by_node:
                continue
            variable = by_node[name]
            if variable.name in at_start or (variable.name in own and variable.saved is None):
                continue
            keys = found.setdefault(variable.name, (variable, []))[1]
            if key not in keys:
                keys.append(key)
    return [(variable, tuple(keys)) for variable, keys in found.values()]


def _assigned(context: Context, nodes: frozenset[str]) -> frozenset[str]:
    """The names of the variables that some nodes assign as a whole."""
    state = context.view.state
    found = set()
    for name in nodes:
        if context.index.op(name) in _WHOLE_ASSIGNMENTS:
            found |= {state.by_node[maker].name for maker in state.handles.writes(name) if maker in state.by_node}
    return frozenset(found)
