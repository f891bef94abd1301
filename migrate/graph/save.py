"""Writes prepared signatures and the state they need as a TF2 SavedModel."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate.errors import MigrateError
from migrate.graph.frames import Frames
from migrate.graph.handles import PASSING, RESOURCE_VARIABLES, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.lift import Lifted, lift_assets, lift_variables, make_initializer, make_module, make_table
from migrate.graph.prepare import prepare_table
from migrate.graph.signature_defs import restore_signature_defs, write_fingerprint
from migrate.graph.state import Variable, variable_name
from migrate.graph.tensors import parse_tensor
from migrate.graph.values import OldCheckpoint, Value, first_line, write_values
from migrate.graph.wrap import concrete_function, fill_tables_function, import_prepared, operations_function
from migrate.signatures.quiet import import_tensorflow, quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from migrate.graph.prepare import Prepared
    from migrate.graph.state import Table
    from migrate.graph.view import MetaGraphView


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        variables: The model's variables, with the places their values came from.
        tables: Its lookup tables.
        assets: How many asset files it has.
        notes: What a user should know about it, a sentence each.
    """

    variables: tuple[Variable, ...]
    tables: tuple[Table, ...]
    assets: int
    notes: tuple[str, ...]


def save_model(
    directory: Path,
    view: MetaGraphView,
    prepared: Sequence[Prepared],
    initialization: Prepared | None,
    *,
    requested: Iterable[str],
    keep_training: bool,
) -> Written:
    """Writes a SavedModel into an empty directory.

    Args:
        directory: The directory.
        view: The source's MetaGraph.
        prepared: Its signatures.
        initialization: What runs when the model is loaded, or None.
        requested: The keys of the signatures that the source did not have.
        keep_training: Whether all variables are kept, not only those that are needed.

    Raises:
        MigrateError: A value or an asset is missing, or TensorFlow refuses the graph.
    """
    everything = [*prepared, *([initialization] if initialization is not None else [])]
    used = {node.name for each in everything for node in each.graph_def.node}
    tables = tuple(table for table in view.state.tables.values() if table.name in used)
    old = OldCheckpoint(view.source.checkpoint) if view.source.checkpoint is not None else None
    set_by_init = _written(initialization, view) if initialization is not None else frozenset()
    variables = tuple(
        _located(view, variable, old, set_by_init) for variable in _variables(view, used, keep_training=keep_training)
    )
    lifted = Lifted()
    lift_variables(variables, lifted)
    contents = {table.name: _content(table) for table in tables if table.saved is not None}
    lift_variables([variable for pair in contents.values() for variable in pair], lifted)
    lift_assets(_asset_paths(view, everything), lifted)
    for table in tables:
        creation = prepare_table(view, table.name)
        lifted.tables[table.name] = make_table(table.key_dtype, table.value_dtype, _creator(creation, lifted))
    root = make_module(lifted.variables)
    root.tables = list(lifted.tables.values())
    root.asset_files = list({id(asset): asset for asset in lifted.assets.values()}.values())
    if steps := _initializer_steps(initialization, contents, lifted):
        root.initializer = make_initializer(lambda: [step() for step in steps])
    signatures = {each.key: concrete_function(each, lifted) for each in prepared}
    _save(root, directory, signatures, view)
    stored = [*variables, *(variable for pair in contents.values() for variable in pair)]
    if stored:
        write_values(directory / "variables" / "variables", [_value(variable) for variable in stored], old)
    _copy_extra(view, directory)
    restore_signature_defs(directory, view, [each.key for each in prepared], frozenset(requested))
    write_fingerprint(directory)
    return Written(variables, tables, len(root.asset_files), ())


def _kind(node: Any) -> tuple[bool, bytes]:
    """What tells variables of one name apart."""
    return node.op in RESOURCE_VARIABLES, bytes(node.attr["container"].s) if "container" in node.attr else b""


def _initializer_steps(
    initialization: Prepared | None, contents: Mapping[str, tuple[Variable, Variable]], lifted: Lifted
) -> list[Any]:
    """What runs when the model is loaded, in order: as in TF1, what was saved is restored before the init op runs."""
    steps = []
    if contents:
        imports = {name: (keys.name, values.name) for name, (keys, values) in contents.items()}
        steps.append(fill_tables_function(imports, lifted))
    if initialization is not None:
        steps.append(operations_function(initialization, lifted))
    return steps


def _variables(view: MetaGraphView, used: AbstractSet[str], *, keep_training: bool) -> list[Variable]:
    """The variables to keep, in the order of the graph."""
    kept = [
        variable
        for variable in view.state.variables.values()
        if not used.isdisjoint(variable.nodes) or (keep_training and not variable.is_local)
    ]
    for variable in kept:
        _check_same(view, variable)
    return kept


def _check_same(view: MetaGraphView, variable: Variable) -> None:
    """Raises where nodes of one name stand for different variables: references and resources, or containers."""
    first, *others = (view.index.nodes[name] for name in variable.nodes)
    for other in others:
        if _kind(other) != _kind(first):
            raise MigrateError(
                f"{view.source.path}: the nodes {first.name} and {other.name} are two variables of the same name, "
                f"{variable.name}; give them different names"
            )


def _written(initialization: Prepared, view: MetaGraphView) -> frozenset[str]:
    """The TF1 names of the variables that the initialisation sets, whatever they held before.

    For each of them there is an assignment that always runs, and what else is done with it comes after.
    """
    index = GraphIndex(initialization.graph_def, view.registry)
    handles, frames = Handles(index), Frames(index)
    takers: dict[str, set[str]] = defaultdict(set)
    for name in index.nodes:
        if index.op(name) not in PASSING:
            for maker in handles.reads(name):
                takers[maker].add(name)
    found: set[str] = set()
    for name in index.nodes:
        if index.op(name) != "AssignVariableOp" or frames.guards[name] or frames.of[name]:
            continue
        after = {name} | nx.descendants(index.graph, name)
        makers = handles.makers(index.data_inputs(name)[0])
        if len(makers) == 1 and takers[next(iter(makers))] <= after:
            found |= makers
    return frozenset(variable_name(index.nodes[maker]) for maker in found if index.op(maker) == "VarHandleOp")


def _located(
    view: MetaGraphView, variable: Variable, old: OldCheckpoint | None, set_by_init: AbstractSet[str]
) -> Variable:
    """The variable with the place its value comes from, which may be another than its graph says."""
    found = old.find(variable.name, variable.saved) if old is not None else None
    if found is None and variable.name not in set_by_init:
        if old is None:
            raise MigrateError(
                f"{view.source.path}: variable {variable.name} has no value: there is no checkpoint, and the "
                f"initialization does not set it for sure; name a checkpoint with --checkpoint"
            )
        raise MigrateError(
            f"{old.prefix}: this checkpoint lacks the variable {variable.name}, and the initialization does not set "
            f"it for sure"
        )
    return replace(variable, saved=found)


def _content(table: Table) -> tuple[Variable, Variable]:
    """Two variables for what a mutable table held when the model was saved: TF2 loads variables, not tables."""
    assert table.saved is not None
    keys, values = (
        Variable(
            f"{table.name}/{what}",
            (),
            is_ref=False,
            dtype=dtype,
            shape=None,
            trainable=False,
            is_local=False,
            saved=saved,
        )
        for what, dtype, saved in zip(
            ("keys", "values"), (table.key_dtype, table.value_dtype), table.saved, strict=True
        )
    )
    return keys, values


def _creator(creation: Prepared, lifted: Lifted) -> Callable[[], Any]:
    # Not with the tables: the one that is made here would be taken from outside.
    return lambda: import_prepared(creation, Lifted(assets=lifted.assets))


def _asset_paths(view: MetaGraphView, prepared: Iterable[Prepared]) -> dict[str, Path]:
    paths = {str(parse_tensor(asset.tensor)): asset.path for asset in view.assets if asset.path is not None}
    return {tensor: paths[tensor] for each in prepared for tensor, _ in each.assets}


def _value(variable: Variable) -> Value:
    return Value(variable.name, variable.dtype, variable.shape, variable.saved, variable.byte_size)


def _save(root: Any, directory: Path, signatures: dict[str, Any], view: MetaGraphView) -> None:
    tf = import_tensorflow()
    try:
        with quiet():
            tf.saved_model.save(root, str(directory), signatures=signatures)
    except Exception as error:
        raise MigrateError(
            f"{view.source.path}: TensorFlow {tf.__version__} cannot save it: {first_line(error)}"
        ) from error


def _copy_extra(view: MetaGraphView, directory: Path) -> None:
    """`assets.extra` is the user's: no loader looks at it, and it goes along as it is."""
    if view.source.directory is not None and (view.source.directory / "assets.extra").is_dir():
        shutil.copytree(view.source.directory / "assets.extra", directory / "assets.extra")
