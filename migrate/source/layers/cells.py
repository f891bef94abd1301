"""Recurrent cells: what a cell object in the source is made of."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from migrate.source.flow import Definition, Region
from migrate.source.layers.call import LayerCall, Place
from migrate.source.layers.constants import UNKNOWN_VALUE
from migrate.source.layers.pieces import initializer
from migrate.source.specs import Dimension
from migrate.source.syntax import children
from migrate.source.unprovable import NO_EQUAL, Unprovable

PACKAGES = ("nn.rnn_cell.", "contrib.rnn.")
_LSTM = ("num_units", "forget_bias", "state_is_tuple", "activation", "reuse", "name", "dtype")
_FULL_LSTM = (
    "num_units", "use_peepholes", "cell_clip", "initializer", "num_proj", "proj_clip", "num_unit_shards",
    "num_proj_shards", "forget_bias", "state_is_tuple", "activation", "reuse", "name", "dtype",
)  # fmt: skip
_GRU = ("num_units", "activation", "reuse", "kernel_initializer", "bias_initializer", "name", "dtype")
_RNN = ("num_units", "activation", "reuse", "name", "dtype")
_WRAPPER = (
    "cell", "input_keep_prob", "output_keep_prob", "state_keep_prob", "variational_recurrent", "input_size", "dtype",
    "seed", "dropout_state_filter_visitor",
)  # fmt: skip
_CELLS = {
    "BasicLSTMCell": ("lstm", "basic_lstm_cell", _LSTM),
    "LSTMCell": ("lstm", "lstm_cell", _FULL_LSTM),
    "GRUCell": ("gru", "gru_cell", _GRU),
    "BasicRNNCell": ("rnn", "basic_rnn_cell", _RNN),
}


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One layer of cells.

    Attributes:
        kind: `lstm`, `gru` or `rnn`.
        scope: Its scope below that of the recurrent layer.
        units: The text of its size.
        size: What is known of its size.
        forget_bias: The text of an LSTM's forget bias.
        kernel: The text of its kernels' initializer.
        bias: That of a GRU's gates' bias.
        candidate_bias: That of its other bias.
        keep_input: The text of how much of its input is kept, where only a run tells whether that is all.
        keep_output: The same for its output.
    """

    kind: str
    scope: str
    units: str
    size: Dimension
    forget_bias: str = "1.0"
    kernel: str | None = None
    bias: str | None = None
    candidate_bias: str | None = None
    keep_input: str | None = None
    keep_output: str | None = None


@dataclass(slots=True, eq=False)
class CellReader:
    """Reads cells, and notes the names that only stand for them."""

    region: Region
    place: Place
    definitions: dict[Definition, None] = field(default_factory=dict)
    uses: set[tuple[int, int]] = field(default_factory=set)
    _made: set[ast.Call] = field(default_factory=set)

    def read(self, node: ast.expr) -> list[Cell]:
        """The layers of a cell, the first first.

        Raises:
            Unprovable: Where it is no cell that can be written out.
        """
        source = self._source(node)
        symbol = self.place.symbol(source.func) if isinstance(source, ast.Call) else None
        if not isinstance(source, ast.Call) or symbol is None or not symbol.startswith(PACKAGES):
            raise Unprovable(NO_EQUAL, f"the cell {ast.unparse(node)} is not known here", node)
        last = symbol.rpartition(".")[2]
        if last == "MultiRNNCell":
            return self._several(source)
        if last == "DropoutWrapper":
            return self._wrapped(LayerCall(source, f"tf.{symbol}", _WRAPPER, self.place))
        if last not in _CELLS:
            raise Unprovable(NO_EQUAL, f"tf.{symbol} is not a cell that can be written out", source)
        if source in self._made:
            raise Unprovable(NO_EQUAL, "one cell object is used twice", source)
        self._made.add(source)
        kind, base, parameters = _CELLS[last]
        return [self._cell(LayerCall(source, f"tf.{symbol}", parameters, self.place), kind, base)]

    def _wrapped(self, given: LayerCall) -> list[Cell]:
        """Cells between which values are dropped, if the probabilities that a run has are below one."""
        kept = {name: self._kept(given, name) for name in ("input_keep_prob", "output_keep_prob", "state_keep_prob")}
        if kept["state_keep_prob"] is not None:
            raise given.refuse("it drops parts of the state at random, unless state_keep_prob is 1.0")
        drops = any(text is not None for text in kept.values())
        if drops and not (given.is_none("seed") and given.is_none("variational_recurrent")):
            if not given.is_none("seed") or given.boolean("variational_recurrent", False):
                raise given.refuse("what it drops at random depends on its seed, or is the same at each step")
        given.finish("cell", "seed", "input_size", "dtype", "variational_recurrent")
        cells = self.read(given.tensor("cell"))
        if (kept["input_keep_prob"] and cells[0].keep_input) or (kept["output_keep_prob"] and cells[-1].keep_output):
            raise given.refuse("it wraps another one")
        if kept["input_keep_prob"] is not None:
            cells[0] = replace(cells[0], keep_input=kept["input_keep_prob"])
        if kept["output_keep_prob"] is not None:
            cells[-1] = replace(cells[-1], keep_output=kept["output_keep_prob"])
        return cells

    def _kept(self, given: LayerCall, name: str) -> str | None:
        """The text of a probability; None where it is one.

        Raises:
            Unprovable: Where it is surely below.
        """
        kept = given.expression(name)
        if kept is None or _is_one(self.place.constants.value(kept)):
            return None
        if not self._is_fed(kept) and self.place.switched_off(kept, 1.0):
            return None
        if self.place.constants.value(kept) is not UNKNOWN_VALUE or not isinstance(kept, ast.Name | ast.Attribute):
            raise given.refuse(f"it drops values at random, unless {name} is 1.0")
        return self.place.text(kept)

    def _is_fed(self, kept: ast.expr) -> bool:
        """Whether a run or a signature may feed a probability that has a default."""
        value = self.region.value_of.get(kept) if isinstance(kept, ast.Name) else None
        if value is None:
            return False
        for around in ast.walk(self.region.symbols.tree):
            if isinstance(around, ast.Dict | ast.Subscript) or (
                isinstance(around, ast.Call) and (self.place.symbol(around.func) or "").endswith("build_tensor_info")
            ):
                if any(self.region.value_of.get(one) is value for one in children(around) if isinstance(one, ast.Name)):
                    return True
        return False

    def is_zero_state(self, node: ast.expr) -> bool:
        """Whether an initial state is `cell.zero_state(...)`, which is what a layer starts from anyway."""
        match self._source(node):
            case ast.Call(func=ast.Attribute(value=base, attr="zero_state"), args=positional, keywords=keywords):
                given = dict(zip(("batch_size", "dtype"), positional, strict=False))
                given |= {keyword.arg: keyword.value for keyword in keywords if keyword.arg is not None}
                if set(given) != {"batch_size", "dtype"} or len(positional) + len(keywords) != len(given):
                    return False
                self._source(base)
                return (self.place.symbol(given["dtype"]) or "").rpartition(".")[2] == "float32"
        return False

    def _cell(self, call: LayerCall, kind: str, base: str) -> Cell:
        units, size = call.units("num_units")
        name = call.string("name", None)
        activation = call.expression("activation")
        if activation is not None and not call.is_none("activation"):
            if (call.place.symbol(activation) or "").rpartition(".")[2] != "tanh":
                raise call.refuse("its activation is not tanh")
        if not call.boolean("state_is_tuple", True):
            raise call.refuse("its state is one tensor (state_is_tuple)")
        if call.boolean("use_peepholes", False):
            raise call.refuse("it has peepholes")
        forget = call.expression("forget_bias")
        made = Cell(
            kind,
            name or base,
            units,
            size,
            "1.0" if forget is None else call.place.text(forget),
            initializer(call, "initializer" if kind == "lstm" else "kernel_initializer", None, (None, None)),
            initializer(call, "bias_initializer", None, (None,)) if kind == "gru" else None,
            initializer(call, "bias_initializer", None, (None,)) if kind == "gru" else None,
        )
        call.finish("reuse", "num_unit_shards", "num_proj_shards")
        return made

    def _several(self, call: ast.Call) -> list[Cell]:
        given = LayerCall(call, "tf.nn.rnn_cell.MultiRNNCell", ("cells", "state_is_tuple"), self.place)
        cells = given.tensor("cells")
        if not given.boolean("state_is_tuple", True):
            raise given.refuse("its state is one tensor (state_is_tuple)")
        source = self._source(cells)
        found: list[Cell] = []
        for position, element in enumerate(self._elements(source, given)):
            inner = self.read(element)
            if len(inner) != 1:
                raise given.refuse("it holds cells of several layers")
            scope = f"multi_rnn_cell/cell_{position}/{inner[0].scope}"
            found.append(replace(inner[0], scope=scope))
        return found

    def _elements(self, source: ast.expr, given: LayerCall) -> list[ast.expr]:
        match source:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return elements
            case ast.ListComp(elt=element, generators=[ast.comprehension(iter=iterable, ifs=[], target=ast.Name())]):
                repeated = self._range(iterable)
                if repeated is not None:
                    # Every turn makes a cell of its own.
                    return [self._copy(element) for _ in range(repeated)]
                constants = self.place.constants.value(iterable)
                target = source.generators[0].target
                if isinstance(constants, tuple) and isinstance(target, ast.Name):
                    return [self._copy(element, target.id, value) for value in constants]
        raise given.refuse("its cells are not listed here")

    def _copy(self, element: ast.expr, name: str | None = None, value: object = None) -> ast.expr:
        """The element of a comprehension, once more; with a constant for the comprehension's name."""
        return _Copier(self.region, name, value).visit(element)  # type: ignore[no-any-return]

    def _range(self, node: ast.expr) -> int | None:
        match node:
            case ast.Call(func=ast.Name(id="range" | "xrange"), args=[count]):
                value = self.place.constants.value(count)
                return value if isinstance(value, int) else None
        return None

    def _source(self, node: ast.expr) -> ast.expr:
        """What a name stands for, or a call of a function that makes a cell; the names are noted."""
        for _ in range(20):
            match node:
                case ast.Name():
                    value = self.region.value_of.get(node)
                    if not isinstance(value, Definition) or not value.known or value.previous is not None or value.path:
                        return node
                    if value.expression is None:
                        return node
                    self.definitions[value] = None
                    self.uses.add((node.lineno, node.col_offset))
                    node = value.expression
                case _:
                    return node
        return node


def _is_one(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == 1


class _Copier(ast.NodeTransformer):
    """Copies an expression, and what its names mean."""

    def __init__(self, region: Region, name: str | None, value: object) -> None:
        self._region = region
        self._name = name
        self._value = value

    def generic_visit(self, node: ast.AST) -> ast.AST:
        made = type(node)(**{field: self._copied(value) for field, value in ast.iter_fields(node)})
        return ast.copy_location(made, node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A name, or the constant it stands for in this turn."""
        if node.id == self._name:
            constant = ast.Constant(self._value)  # type: ignore[arg-type]
            return ast.copy_location(constant, node)
        made = ast.copy_location(ast.Name(node.id, node.ctx), node)
        if node in self._region.value_of:
            self._region.value_of[made] = self._region.value_of[node]
        if node in self._region.scopes:
            self._region.scopes[made] = self._region.scopes[node]
        return made

    def _copied(self, value: object) -> object:
        if isinstance(value, list):
            return [self._copied(item) for item in value]
        return self.visit(value) if isinstance(value, ast.AST) else value
