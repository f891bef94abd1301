"""Writes out the layers of one region: finds the calls, has each lowered, and edits the text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from migrate.source.flow import Definition, Region, Step
from migrate.source.kinds import Kinds, header
from migrate.source.layers import contrib, core, recurrent
from migrate.source.layers.call import LayerCall, is_plain
from migrate.source.layers.cells import PACKAGES, CellReader
from migrate.source.layers.constants import UNKNOWN_VALUE
from migrate.source.layers.edits import TextEdits
from migrate.source.layers.helpers import function_text
from migrate.source.layers.hidden import HiddenLayers
from migrate.source.layers.lowered import HOLE, Lowered
from migrate.source.layers.names import calls_in_order, is_layer
from migrate.source.layers.place import STATE_PARTS, SourcePlace, standing
from migrate.source.layers.scopes import ScopeNames
from migrate.source.layers.variables import Variables
from migrate.source.unprovable import NO_EQUAL, NOT_STATIC, VARIABLE, Unprovable
from migrate.source.unrolling.static_shapes import ShapeReads

_LONG = 76


@dataclass(frozen=True, slots=True, eq=False)
class LoweredRegion:
    """A region whose layers were written out.

    Attributes:
        text: The module's text.
        edits: What was changed.
        flags: Calls that make the flags of training that were taken for off.
        uses: Where their names were read for that: lines and columns.
    """

    text: str
    edits: TextEdits
    flags: tuple[ast.Call, ...]
    uses: frozenset[tuple[int, int]]


class RegionLowering:
    """Writes out the layers of one region."""

    def __init__(self, text: str, kinds: Kinds, free: Callable[[str], str]) -> None:
        """Reads nothing yet.

        Args:
            text: The module's source.
            kinds: The region.
            free: Gives names that nothing in the module uses.
        """
        self.kinds = kinds
        self.region: Region = kinds.region
        self._edits = TextEdits(text)
        self._place = SourcePlace(kinds, self._edits, free, _tensorflow(kinds.region, kinds))
        self._scopes = ScopeNames(kinds)
        self._variables = Variables(self._scopes, free, self._place)
        self._hidden = HiddenLayers(kinds, self._is_object)
        self._cells = CellReader(self.region, self._place)
        self._objects: dict[Definition, ast.Call] = {}

    def lower(self) -> LoweredRegion:
        """The module's text with the region's layers written out.

        Raises:
            Unprovable: Where one of them has no counterpart, or is not known well enough.
        """
        seen: set[tuple[int, int]] = set()
        sizes = list(ShapeReads(self.kinds).found())
        for step in self.region.steps:
            self._scopes.move(step)
            self._place.step = step
            self._scopes.unknown = self._scopes.unknown or self._hidden.first(step)
            position = (step.node.lineno, step.node.col_offset)
            if self._lower_step(step) and position in seen:
                raise Unprovable(VARIABLE, "a function that makes layers is called twice", step.node)
            seen.add(position)
            self._write_sizes(step, sizes)
        self._refuse_other_uses()
        self._drop_cells()
        self._drop_constants()
        self._index_states()
        self._add_helpers()
        return LoweredRegion(self._edits.text(), self._edits, tuple(self._place.flags), frozenset(self._place.uses))

    # ---- steps -----------------------------------------------------------------------------------------------

    def _lower_step(self, step: Step) -> bool:
        """Writes out the layers of one statement; whether it had any."""
        done: list[ast.Call] = []
        for part in header(step):
            for child in ast.walk(part):
                for inner in ast.iter_child_nodes(child):
                    self._place.parents[inner] = child
            for node in calls_in_order(part):
                result = self._lower_call(node)
                if result is not None:
                    self._place.results[node] = result
                    done.append(node)
        if not done:
            return False
        if isinstance(step.node, (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)):
            raise Unprovable(NO_EQUAL, "a layer is made in the head of a statement", step.node)
        inside = {id(child) for call in done for child in ast.walk(call) if child is not call}
        outermost = [call for call in done if id(call) not in inside]
        for call in outermost:
            self._replace(step, call)
        return True

    def _write_sizes(self, step: Step, reads: list[tuple[ast.expr, ast.expr, ast.expr | int]]) -> None:
        """Sizes of what layers gave, in the shapes of variables: the new code of a layer does not tell them."""
        if not isinstance(step.node, ast.Assign):
            return
        inside = set(ast.walk(step.node.value))
        for node, tensor, position in reads:
            if node not in inside or not any(isinstance(one, ast.Attribute) for one in ast.walk(node)):
                continue
            shape = self._place.shape(tensor)
            index = position if isinstance(position, int) else self._place.constants.value(position)
            if shape is None or shape.dimensions is None or not isinstance(index, int) or isinstance(index, bool):
                continue
            if -len(shape.dimensions) <= index < len(shape.dimensions):
                size = shape.dimensions[index]
                if size is not None and (isinstance(size, int) or is_plain(size)):
                    self._edits.replace(node, str(size) if isinstance(size, int) else self._place.atom(size))

    def _replace(self, step: Step, call: ast.Call) -> None:
        statement = step.node
        result = self._place.results[call]
        text = result.expression
        if call in self._objects.values():
            self._edits.remove(statement, alone=self._alone(statement))
            return
        lines, self._place.statements = self._place.statements, []
        self._edits.insert_above(statement, lines)
        if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id == text:
                self._edits.remove(statement, alone=not lines and self._alone(statement))
                return
        if self._place.target(call) is not None and statement.col_offset + len(text) > _LONG and result.rest != HOLE:
            name = str(self._place.target(call))
            self._edits.insert_above(statement, [f"{name} = {standing(result.first)}"])
            text = result.rest.replace(HOLE, name)
            self._edits.replace(call, standing(text))
            return
        self._edits.replace(call, self._place.placed(call))

    def _alone(self, statement: ast.stmt) -> bool:
        """Whether a statement is all of its block."""
        block = self._block(statement)
        return block is not None and len(block) == 1

    def _block(self, statement: ast.stmt) -> list[ast.stmt] | None:
        """The statements among which one stands."""
        for node in ast.walk(self.region.symbols.tree):
            for block in ("body", "orelse", "finalbody"):
                statements = getattr(node, block, None)
                if isinstance(statements, list) and statement in statements:
                    return statements
        return None

    def _lower_call(self, call: ast.Call) -> Lowered | None:
        symbol = self.kinds.symbol(call)
        if symbol is None:
            return self._object_call(call)
        if not is_layer(symbol):
            return None
        if symbol.startswith(PACKAGES) and symbol not in recurrent.SYMBOLS:
            # What is read where the cell runs.
            return None
        self._refuse_repeated(call)
        if symbol in recurrent.SYMBOLS:
            kind = recurrent.SYMBOLS[symbol]
            bound = LayerCall(call, f"tf.{symbol}", recurrent.PARAMETERS[kind], self._place)
            return self._tuple(call, recurrent.recurrent_layer(kind, bound, self._cells, self._variables))
        if symbol.startswith("contrib.slim"):
            raise Unprovable(NO_EQUAL, "its layers are TF-Slim's, whose arguments hide in arg_scopes", call)
        package, _, last = symbol.rpartition(".")
        if package == "layers":
            return self._core(call, last)
        last = contrib.ALIASES.get(last, last)
        if package == "contrib.layers" and last in contrib.PARAMETERS:
            if self._scopes.arguments_set:
                raise Unprovable(NO_EQUAL, "an arg_scope sets arguments of its layers", call)
            bound = LayerCall(call, f"tf.{symbol}", contrib.PARAMETERS[last], self._place)
            return contrib.contrib_layer(last, bound, self._variables)
        raise Unprovable(NO_EQUAL, f"tf.{symbol} is not a layer that can be written out", call)

    def _tuple(self, call: ast.Call, made: Lowered) -> Lowered:
        """In parentheses, unless a statement takes the tuple apart."""
        match self._place.parents.get(call):
            case ast.Assign(targets=[ast.Tuple()]):
                return made
        if not isinstance(ast.parse(f"({made.first})", mode="eval").body, ast.Tuple):
            return made
        return replace(made, first=f"({made.first})")

    def _drop_cells(self) -> None:
        """The statements that only made cells go; cells that are used in another way are refused."""
        cells = self._cells
        for name, value in self.region.value_of.items():
            if value in cells.definitions and (name.lineno, name.col_offset) not in cells.uses:
                raise Unprovable(NO_EQUAL, f"the cell '{name.id}' is used other than by a recurrent layer", name)
        gone = {definition.step.node for definition in cells.definitions}
        for definition in cells.definitions:
            if len(definition.step.writes) != 1:
                raise Unprovable(NO_EQUAL, f"the cell '{definition.name}' is made with others", definition.step.node)
            block = self._block(definition.step.node)
            empty = block is not None and all(statement in gone for statement in block)
            self._edits.remove(
                definition.step.node, alone=empty and block is not None and block[-1] is definition.step.node
            )

    def _drop_constants(self) -> None:
        """Constants of a function that only its layers read, such as `is_training = False`, go with them."""
        if isinstance(self.region.scope.node, ast.Module):
            return
        used = {node.id for node in ast.walk(ast.parse(self._edits.text())) if isinstance(node, ast.Name)
                and not isinstance(node.ctx, ast.Store)}  # fmt: skip
        used |= set(self.region.scope.globals) | set(self.region.scope.nonlocals)
        read = {value for name, value in self.region.value_of.items() if self._inside_result(name)}
        for step in self.region.steps:
            match step.node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in used and step.inlined is None:
                    known = self._place.constants.value(value) is not UNKNOWN_VALUE
                    if known and len(step.writes) == 1 and step.writes[0] in read:
                        self._edits.remove(step.node, alone=self._alone(step.node))

    def _index_states(self) -> None:
        """`state.h` is `state[1]`: the state is a plain tuple now."""
        for step in self.region.steps:
            for part in header(step):
                for node in ast.walk(part):
                    if isinstance(node, ast.Attribute) and node.attr in ("c", "h"):
                        if self._place.shapes.is_part(node.value) and not self._inside_result(node):
                            self._edits.replace_end(node, node.value, f"[{STATE_PARTS[node.attr]}]")

    def _inside_result(self, node: ast.AST) -> bool:
        """Whether a node is in a call that was written out, whose text is made already."""
        current: ast.AST | None = node
        while current is not None:
            if current in self._place.results:
                return True
            current = self._place.parents.get(current)
        return False

    def _add_helpers(self) -> None:
        if not self._place.helpers:
            return
        body = self.region.symbols.tree.body
        if isinstance(self.region.scope.node, ast.Module):
            # Behind the imports.
            place = next(statement for statement in body if not _is_head(statement))
        else:
            inside = self.region.scope.node
            place = next(top for top in body if any(child is inside for child in ast.walk(top)))
        for name, (cell, lengths) in self._place.helpers.items():
            self._edits.define_above(place, function_text(name, cell, self._place.tf, lengths=lengths))

    def _refuse_repeated(self, call: ast.Call) -> None:
        node: ast.AST | None = call
        while node is not None:
            if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                raise Unprovable(VARIABLE, "a layer is made in a lambda or comprehension", call)
            node = self._place.parents.get(node)

    def _core(self, call: ast.Call, last: str) -> Lowered:
        if last in core.PARAMETERS:
            bound = LayerCall(call, f"tf.layers.{last}", core.PARAMETERS[last], self._place)
            return core.core_layer(last, bound, self._variables)
        if last not in core.OBJECTS:
            raise Unprovable(NO_EQUAL, f"tf.layers.{last} is not a layer that can be written out", call)
        definition = self._defined(call)
        if definition is None:
            # `tf.layers.Dense(10)(x)`
            if isinstance(self._place.parents.get(call), ast.Call) and self._place.parents[call].func is call:  # type: ignore[attr-defined]
                return Lowered("", None, None)
            raise Unprovable(NO_EQUAL, f"the layer object tf.layers.{last} has no plain name", call)
        self._objects[definition] = call
        return Lowered("", None, None)

    def _defined(self, call: ast.Call) -> Definition | None:
        step = self._place.step
        assert step is not None
        if not isinstance(step.node, ast.Assign) or step.node.value is not call or len(step.writes) != 1:
            return None
        definition = step.writes[0]
        return definition if definition.known and not definition.path and definition.previous is None else None

    def _object_call(self, call: ast.Call) -> Lowered | None:
        """`layer(x)` and `layer.apply(x)`."""
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr in ("apply", "__call__"):
            function = function.value
        made: ast.Call | None = None
        if isinstance(function, ast.Name):
            value = self.region.value_of.get(function)
            made = self._objects.get(value) if isinstance(value, Definition) else None
        elif isinstance(function, ast.Call) and (self.kinds.symbol(function) or "").startswith("layers."):
            made = function
        if made is None:
            return None
        kind = core.OBJECTS[(self.kinds.symbol(made) or "").rpartition(".")[2]]
        parameters = core.PARAMETERS[kind]
        own = tuple(name for name in parameters if name not in ("inputs", "training", "reuse"))
        given = LayerCall(made, f"tf.{self.kinds.symbol(made)}", own, self._place)
        called = LayerCall(call, given.name, ("inputs", "training"), self._place)
        bound = LayerCall(ast.copy_location(ast.Call(call.func, [], []), call), given.name, parameters, self._place,
                          {**given.given, **called.given})  # fmt: skip
        bound.node = call
        self._variables.owner = made
        try:
            return core.core_layer(kind, bound, self._variables)
        finally:
            self._variables.owner = None

    # ---- what may be missed ----------------------------------------------------------------------------------

    def _is_object(self, function: ast.expr) -> bool:
        """Whether an expression is a layer object that is written out."""
        if isinstance(function, ast.Attribute):
            function = function.value
        if isinstance(function, ast.Call):
            return is_layer(self.kinds.symbol(function))
        return isinstance(function, ast.Name) and self.region.value_of.get(function) in self._objects

    def _refuse_other_uses(self) -> None:
        """A layer object may only be called; its weights and losses have other names now."""
        calls = {id(call.func) for call in self._place.results if isinstance(call, ast.Call)}
        calls |= {
            id(call.func.value)
            for call in self._place.results
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        }
        for name, value in self.region.value_of.items():
            if value in self._objects and id(name) not in calls:
                raise Unprovable(NO_EQUAL, f"the layer object '{name.id}' is used other than by a call", name)


def _is_head(statement: ast.stmt) -> bool:
    """Whether a statement is an import, or the docstring of a module."""
    return isinstance(statement, (ast.Import, ast.ImportFrom)) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _tensorflow(region: Region, kinds: Kinds) -> str:
    """How the source spells TensorFlow 1, at the first layer; any name of the module that means it elsewhere."""
    symbols = region.symbols
    for step in region.steps:
        for part in header(step):
            for call in calls_in_order(part):
                if is_layer(kinds.symbol(call)):
                    node: ast.expr = call.func
                    while isinstance(node, ast.Attribute):
                        node = node.value
                        if symbols.qualified(node, region.scope) in ("tensorflow", "tensorflow.compat.v1"):
                            return ast.unparse(node)
    for name in symbols.module.bindings:
        qualified = symbols.qualified(ast.Name(name, ast.Load()), symbols.module)
        if qualified in ("tensorflow", "tensorflow.compat.v1"):
            return name
    raise Unprovable(NOT_STATIC, "the module has no name for TensorFlow")
