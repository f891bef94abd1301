"""How the script makes lookup tables: as `tf.lookup.StaticHashTable` where they are no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.graph.code.bodies import body_of, wanted_outside
from migrate.graph.code.layout import array, call
from migrate.graph.code.literals import bytes_literal, dtype_literal, number_literal, text_literal
from migrate.graph.prepare import prepare_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrate.graph.code.layout import Expression
    from migrate.graph.prepare import Prepared
    from migrate.graph.state import Table
    from migrate.graph.view import MetaGraphView

_MOST_KEYS = 64
"""Longer lists stay in the graph."""
_FROM_LISTS = frozenset({"InitializeTableV2", "LookupTableImportV2"})
_INTEGERS = frozenset({3, 9})
_INDICES = {-2: "tf.lookup.TextFileIndex.WHOLE_LINE", -1: "tf.lookup.TextFileIndex.LINE_NUMBER"}


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How a table is made.

    Attributes:
        table: The table.
        expression: Makes it.
        initializer: The node of the model's initialisation that it takes the place of, or None.
        asset: The tensor with the path of the file it reads, or None.
    """

    table: Table
    expression: Expression
    initializer: str | None = None
    asset: str | None = None


def plan_tables(
    view: MetaGraphView, tables: Sequence[Table], initialization: Prepared | None, asset: Callable[[str], str]
) -> tuple[TablePlan, ...]:
    """Decides how each table is made.

    Args:
        view: The MetaGraph.
        tables: Its tables.
        initialization: What runs when the model is loaded.
        asset: The expression for the path of an asset, by the tensor that holds it.

    Raises:
        MigrateError: A table is of a kind that the script cannot make.
    """
    plain = {}
    if initialization is not None:
        nodes = {node.name: node for node in initialization.graph_def.node}
        assets = {placeholder: tensor for tensor, placeholder in initialization.assets}
        for table in tables:
            if (found := _plain(table, nodes, assets, asset)) is not None:
                plain[table.name] = found
        # What else is done at loading may look something up: then its order matters, and stays as it is.
        rest = body_of(initialization, (), [str(each.initializer) for each in plain.values()])
        if wanted_outside(rest) & plain.keys():
            plain = {}
    return tuple(plain.get(table.name) or TablePlan(table, _made(view, table)) for table in tables)


def _plain(
    table: Table, nodes: Mapping[str, Any], assets: Mapping[str, str], asset: Callable[[str], str]
) -> TablePlan | None:
    if table.is_mutable or len(table.initializers) != 1 or table.initializers[0] not in nodes:
        return None
    name = table.initializers[0]
    node = nodes[name]
    inputs = [text for text in node.input if not text.startswith("^")]
    if len(inputs) < len(node.input) or inputs[0].partition(":")[0] != table.name:
        return None
    sources = [text.removesuffix(":0") for text in inputs[1:]]
    dtypes = [dtype_literal(table.key_dtype), dtype_literal(table.value_dtype)]
    initializer: Expression
    file = None
    if node.op == "InitializeTableFromTextFileV2" and sources[0] in assets and not node.attr["offset"].i:
        indices = [node.attr["key_index"].i, node.attr["value_index"].i]
        spelled = [_INDICES.get(index, str(index)) for index in indices]
        options: dict[str, Expression | str] = {}
        if node.attr["vocab_size"].i > 0:
            options["vocab_size"] = str(node.attr["vocab_size"].i)
        if node.attr["delimiter"].s not in (b"", b"\t"):
            options["delimiter"] = bytes_literal(node.attr["delimiter"].s)
        file = assets[sources[0]]
        initializer = call(
            "tf.lookup.TextFileInitializer",
            asset(file),
            dtypes[0],
            spelled[0],
            dtypes[1],
            spelled[1],
            **options,
        )
    elif node.op in _FROM_LISTS and all(lists := [_listed(nodes, source) for source in sources]):
        keys, values = (array(elements) for elements in lists)
        initializer = call("tf.lookup.KeyValueTensorInitializer", keys, values, dtypes[0], dtypes[1])
    else:
        return None
    # Each lookup in the graphs brings its own default.
    default = {"string": '""', "bool": "False"}.get(table.value_dtype, "-1")
    return TablePlan(table, call("tf.lookup.StaticHashTable", initializer, default_value=default), name, file)


def _listed(nodes: Mapping[str, Any], name: str) -> list[str]:
    """The elements of a short constant list, as source; empty where it is none."""
    node = nodes.get(name)
    if node is None:
        return []
    inputs = [text.removesuffix(":0") for text in node.input]
    if node.op == "Const":
        shape = node.attr["value"].tensor.tensor_shape
        return _elements(node) if len(shape.dim) == 1 and shape.dim[0].size <= _MOST_KEYS else []
    if node.op == "Cast" and node.attr["DstT"].type in _INTEGERS:
        return _listed(nodes, inputs[0])
    if node.op == "Range":  # index_table_from_tensor numbers its keys so.
        bounds = [nodes.get(text) for text in inputs]
        if all(bound is not None and bound.op == "Const" for bound in bounds):
            numbers = range(*(int(_elements(bound)[0]) for bound in bounds))
            return [str(number) for number in numbers] if len(numbers) <= _MOST_KEYS else []
    return []


def _elements(node: Any) -> list[str]:
    """The elements of a Const node, as source."""
    from migrate.signatures.quiet import import_tensorflow

    array_ = import_tensorflow().make_ndarray(node.attr["value"].tensor).reshape(-1)
    return [bytes_literal(value) if isinstance(value, bytes) else number_literal(value) for value in array_.tolist()]


def _made(view: MetaGraphView, table: Table) -> Expression:
    """A table by the raw operation that makes it."""
    prepared = prepare_table(view, table.name)
    nodes = {node.name: node for node in prepared.graph_def.node}
    node = nodes[table.name]
    arguments: dict[str, Expression | str] = {}
    for name, text in zip(("empty_key", "deleted_key"), node.input, strict=False):
        constant = nodes.get(text.removesuffix(":0"))
        if constant is None or constant.op != "Const":
            raise MigrateError(f"{view.source.path}: --code: table {table.name} ({table.op}) takes {text}, no constant")
        arguments[name] = _constant(constant, table.key_dtype)
    if not node.op.startswith("MutableDense"):
        arguments["key_dtype"] = dtype_literal(table.key_dtype)
    arguments["value_dtype"] = dtype_literal(table.value_dtype)
    if shape := [str(dim.size) for dim in node.attr["value_shape"].shape.dim]:
        arguments["value_shape"] = array(shape)
    # Tables that share nothing were kept apart by their nodes.
    arguments["shared_name"] = text_literal((node.attr["shared_name"].s or node.name.encode()).decode())
    return call("Table", call(f"lambda: tf.raw_ops.{node.op}", **arguments))


def _constant(node: Any, dtype: str) -> Expression:
    elements = _elements(node)
    shape = [str(dim.size) for dim in node.attr["value"].tensor.tensor_shape.dim]
    value: Expression | str = array(elements) if shape else elements[0]
    return call("tf.constant", value, dtype_literal(dtype), *([array(shape)] if len(shape) > 1 else []))
