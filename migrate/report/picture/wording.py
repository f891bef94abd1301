"""The words in boxes and on arrows."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from migrate.graph.ports import RESOURCE
from migrate.graph.tensors import Tensor
from migrate.report.amounts import byte_text, count, shape_text
from migrate.report.picture.boxes import Row
from migrate.report.picture.measure import MOST_CAPTION, columns
from migrate.report.picture.scopes import frame_scope
from migrate.report.picture.static import weight_of
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.graph.index import GraphIndex
    from migrate.graph.state import Table, Variable
    from migrate.report.picture.flow import Flow
    from migrate.report.picture.units import Unit

_PLUMBING = frozenset(
    {
        *("Reshape", "Cast", "ExpandDims", "Squeeze", "Pack", "Unpack", "Transpose", "StridedSlice", "Slice"),
        *("Identity", "IdentityN", "Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "Fill"),
        *("RefSwitch", "RefEnter", "RefIdentity", "ZerosLike", "OnesLike", "Pad", "Tile", "Assert"),
    }
)
_MOST_OPS = 3
TIMES = "\N{MULTIPLICATION SIGN}"
_NUMBERED = re.compile(r"_\d+\Z")
_MOST_TENSORS = 8


def unit_title(unit: Unit) -> str:
    """A name for a unit."""
    if unit.scope is not None:
        return scope_title(unit.scope.name, unit.is_loop)
    if len(unit.nodes) == 1:
        return unit.nodes[0]
    names = [scope_title(scope.name, scope.is_loop) for scope in unit.scopes] or list(unit.leaves)
    first, last = names[0], names[-1]
    common = _common_scope(first, last)
    return f"{common}{_base(first)} … {_base(last)}"


def scope_title(name: str, is_loop: bool) -> str:
    """A scope's name, or a loop's."""
    return frame_scope(name) if is_loop else name


def unit_caption(unit: Unit, flow: Flow) -> str:
    """How many operations a unit has, and which mainly."""
    index = flow.view.index
    if len(unit.nodes) == 1:
        op = index.op(unit.nodes[0])
        return "" if _NUMBERED.sub("", _base(unit.nodes[0])) == op else op
    chain = " → ".join(index.op(name) for name in unit.nodes[: _MOST_OPS + 1])
    if not unit.scopes and len(unit.nodes) <= _MOST_OPS + 1 and columns(chain) <= MOST_CAPTION:
        return chain
    parts = count(unit.size, "op")
    if len(unit.scopes) > 1:
        parts = f"{count(len(unit.scopes), 'scope')}, {parts}"
    return f"{parts}: {main_ops(unit.nodes, index, MOST_CAPTION - columns(parts) - 2)}"


def main_ops(nodes: Iterable[str], index: GraphIndex, room: int) -> str:
    """The operations there are most of, as many as there is room for; those that only reshape come last."""
    counted = Counter(index.op(name) for name in nodes)
    telling = Counter({op: number for op, number in counted.items() if op not in _PLUMBING}) or counted
    parts = [op if number == 1 else f"{op} {TIMES}{number:,}" for op, number in telling.most_common()]
    for most in range(min(_MOST_OPS, len(parts)), 0, -1):
        text = ", ".join(parts[:most]) + (", …" if len(parts) > most else "")
        if columns(text) <= room:
            return text
    return parts[0]


def tensor_text(tensor: Tensor, index: GraphIndex) -> str:
    """A tensor's type, and its shape where the graph tells (`_output_shapes`)."""
    port = index.port(tensor)
    dtype = dtype_name(port.dtype) if port is not None and port.dtype else "?"
    attributes = index.nodes[tensor.node].attr
    if "_output_shapes" not in attributes:
        return dtype
    shapes = attributes["_output_shapes"].list.shape
    if not 0 <= tensor.port < len(shapes):
        return dtype
    shape = shapes[tensor.port]
    sizes = None if shape.unknown_rank else tuple(None if dim.size < 0 else dim.size for dim in shape.dim)
    return f"{dtype} {shape_text(sizes)}" if sizes is not None else dtype


def tensors_label(tensors: Sequence[Tensor], index: GraphIndex) -> str:
    """What flows over an arrow, short."""
    if not tensors:
        return ""
    values = [tensor for tensor in tensors if not _is_handle(tensor, index)]
    if not values:
        return "resource" if len(tensors) == 1 else f"{len(tensors)}{TIMES} resource"
    texts = Counter(tensor_text(tensor, index) for tensor in values)
    first, number = max(texts.items(), key=lambda item: (item[1], len(item[0])))
    more = len(values) - number
    return (first if number == 1 else f"{number}{TIMES} {first}") + (f" + {more} more" if more else "")


def _is_handle(tensor: Tensor, index: GraphIndex) -> bool:
    port = index.port(tensor)
    return port is not None and port.dtype == RESOURCE


def tensors_tooltip(tensors: Sequence[Tensor], index: GraphIndex) -> str:
    """The tensors that flow over an arrow, by name."""
    lines = [f"{tensor}  {tensor_text(tensor, index)}" for tensor in sorted(tensors)[:_MOST_TENSORS]]
    if len(tensors) > _MOST_TENSORS:
        lines.append(f"and {len(tensors) - _MOST_TENSORS} more")
    return "\n".join(lines) or "runs before"


def variable_row(variable: Variable, below: str, written: bool) -> Row:
    """The line of a variable in a box."""
    kind = "trainable" if variable.trainable else "fixed"
    size = byte_text(variable.byte_size)
    state = "reference" if variable.is_ref else "resource"
    tooltip = (
        f"{variable.name}\n{state} variable, {variable.dtype} {shape_text(variable.shape)}, {size}, "
        f"{'trainable' if variable.trainable else 'not trainable'}{', changed here' if written else ''}"
    )
    detail = f"{variable.dtype} {shape_text(variable.shape)} · {size}{' · written' if written else ''}"
    return Row(_relative(variable.name, below), detail, kind, tooltip)


def constant_row(name: str, below: str, index: GraphIndex) -> Row:
    """The line of a large constant in a box: a weight of a frozen graph."""
    weight = weight_of(index, Tensor(name, 0))
    assert weight is not None
    detail = f"{weight.dtype} {shape_text(weight.shape)} · {byte_text(weight.byte_size)}"
    return Row(_relative(name, below), detail, "constant", f"{name}\nconstant, {detail}")


def table_row(table: Table, files: Sequence[str]) -> Row:
    """The line of a table's box that says where it is filled from."""
    filled = ", ".join(files) or ("the checkpoint" if table.saved else "constants" if table.initializers else "nothing")
    maps = f"{table.key_dtype} → {table.value_dtype}"
    return Row(maps, f"from {filled}", "end", f"{table.name}\n{table.op}, {maps}, filled from {filled}")


def shorten_rows(rows: Sequence[Row], sizes: Sequence[int | None], most: int) -> tuple[Row, ...]:
    """The largest rows, and one that sums up the others."""
    if len(rows) <= most:
        return tuple(rows)
    largest = sorted(range(len(rows)), key=lambda number: -(sizes[number] or 0))[: most - 1]
    rest = [number for number in range(len(rows)) if number not in set(largest)]
    known = [sizes[number] for number in rest if sizes[number] is not None]
    names = "\n".join(rows[number].tooltip.partition("\n")[0] for number in rest[:_MOST_TENSORS])
    size = byte_text(sum(size for size in known if size is not None)) if known else ""
    more = Row(f"and {len(rest):,} more", size, "more", names + ("\n…" if len(rest) > _MOST_TENSORS else ""))
    return (*(rows[number] for number in sorted(largest)), more)


def _relative(name: str, below: str) -> str:
    return name.removeprefix(f"{below}/") if below else name


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _common_scope(first: str, second: str) -> str:
    """The scope two names share, with its slash."""
    common = 0
    for position, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            break
        if a == "/":
            common = position + 1
    return first[:common]
