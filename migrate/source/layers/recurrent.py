"""`dynamic_rnn`, `static_rnn` and their two-way twins: loops over a cell, with the cell's variables by name."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.layers.call import LayerCall
from migrate.source.layers.cells import Cell, CellReader
from migrate.source.layers.helpers import function_name
from migrate.source.layers.lowered import Lowered, Structure, VariableText
from migrate.source.layers.variables import Variables
from migrate.source.specs import Dimension, Shape

_LONG = 60
_LOOP = ("parallel_iterations", "swap_memory", "time_major", "scope")
PARAMETERS: dict[str, tuple[str, ...]] = {
    "dynamic_rnn": ("cell", "inputs", "sequence_length", "initial_state", "dtype", *_LOOP),
    "bidirectional_dynamic_rnn": ("cell_fw", "cell_bw", "inputs", "sequence_length", "initial_state_fw",
                                  "initial_state_bw", "dtype", *_LOOP),
    "static_rnn": ("cell", "inputs", "initial_state", "dtype", "sequence_length", "scope"),
    "static_bidirectional_rnn": ("cell_fw", "cell_bw", "inputs", "initial_state_fw", "initial_state_bw", "dtype",
                                 "sequence_length", "scope"),
}  # fmt: skip
"""The functions that are written out, with their parameters."""

SYMBOLS = {
    **{f"nn.{name}": name for name in PARAMETERS},
    "contrib.rnn.static_rnn": "static_rnn",
    "contrib.rnn.static_bidirectional_rnn": "static_bidirectional_rnn",
}


@dataclass(frozen=True, slots=True)
class _Run:
    """What a loop over cells gives: texts of the outputs and the state; with no state, one text of both."""

    outputs: str
    state: str
    state_shapes: Structure
    size: Dimension


def recurrent_layer(kind: str, call: LayerCall, cells: CellReader, variables: Variables) -> Lowered:
    """Writes out a recurrent layer.

    Raises:
        Unprovable: Where something about it has no counterpart, or is not known.
    """
    static = kind.startswith("static")
    inputs = call.tensor("inputs")
    place, tf = call.place, call.place.tf
    for name in ("initial_state", "initial_state_fw", "initial_state_bw"):
        state = call.expression(name)
        if state is not None and not call.is_none(name) and not cells.is_zero_state(state):
            raise call.refuse(f"the argument {name} is not a zero_state")
    lengths = call.expression("sequence_length")
    if lengths is not None and call.is_none("sequence_length"):
        lengths = None
    time_major = call.boolean("time_major", False)
    if static:
        if lengths is not None:
            raise call.refuse("the argument sequence_length has no counterpart")
        dimensions, steps = _listed(call, inputs)
        text = place.temporary(f"{tf}.stack({place.text(inputs)}, 1)", "steps")
    else:
        dimensions, steps = call.dimensions(inputs, 3), None
        if call.dtype(inputs) != "float32":
            raise call.refuse("its input is not of dtype float32")
        text = place.operand(inputs)
        if time_major:
            text = place.temporary(f"{tf}.transpose({text}, [1, 0, 2])", "steps")
    ends = place.operand(lengths) if lengths is not None else None
    scope = variables.claim(call, "bidirectional_rnn" if "bidirectional" in kind else "rnn", default_is_name=True)
    make = _Maker(call, variables, ends)
    depth = dimensions[-1]
    if "bidirectional" in kind:
        result = _both_ways(call, cells, make, text, ends, scope, dimensions, steps, time_major=time_major)
    else:
        run = make.run(cells.read(call.tensor("cell")), text, depth, scope, direct=steps is None and not time_major)
        outputs = Shape((dimensions[0], dimensions[1], run.size))
        if not run.state:
            result = Lowered(run.outputs, None, "float32", structure=(outputs, run.state_shapes))
        elif steps is not None:
            listed = f"{tf}.unstack({run.outputs}, {steps}, 1)"
            each = Shape((dimensions[0], run.size))
            result = Lowered(f"{listed}, {run.state}", None, "float32", structure=((each,), run.state_shapes))
        else:
            back = f"{tf}.transpose({run.outputs}, [1, 0, 2])" if time_major else run.outputs
            result = Lowered(f"{back}, {run.state}", None, "float32", structure=(outputs, run.state_shapes))
    call.finish("scope", "dtype", "parallel_iterations", "swap_memory")
    return result


def _both_ways(
    call: LayerCall,
    cells: CellReader,
    make: _Maker,
    text: str,
    ends: str | None,
    scope: str,
    dimensions: tuple[Dimension, ...],
    steps: str | None,
    *,
    time_major: bool,
) -> Lowered:
    place, tf = call.place, call.place.tf
    turn = f"{tf}.reverse_sequence({{}}, {ends}, 1)" if ends else f"{tf}.reverse({{}}, [1])"
    forward = make.run(cells.read(call.tensor("cell_fw")), text, dimensions[-1], f"{scope}/fw")
    turned = place.temporary(turn.replace("{}", text), "reversed_steps")
    backward = make.run(cells.read(call.tensor("cell_bw")), turned, dimensions[-1], f"{scope}/bw")
    there = Shape((dimensions[0], dimensions[1], forward.size))
    back = Shape((dimensions[0], dimensions[1], backward.size))
    again = turn.replace("{}", backward.outputs)
    states = (forward.state_shapes, backward.state_shapes)
    if steps is not None:
        if not isinstance(forward.size, int) or not isinstance(backward.size, int):
            raise call.refuse("the sizes of its cells are not known here")
        joined = f"{tf}.unstack({tf}.concat([{forward.outputs}, {again}], 2), {steps}, 1)"
        each = Shape((dimensions[0], forward.size + backward.size))
        structure: Structure = ((each,), *states)
        return Lowered(f"{joined}, {forward.state}, {backward.state}", None, "float32", structure=structure)
    first, second = forward.outputs, again
    if time_major:
        first, second = f"{tf}.transpose({first}, [1, 0, 2])", f"{tf}.transpose({second}, [1, 0, 2])"
    expression = f"({first}, {second}), ({forward.state}, {backward.state})"
    return Lowered(expression, None, "float32", structure=((there, back), states))


def _listed(call: LayerCall, inputs: ast.expr) -> tuple[tuple[Dimension, ...], str]:
    """The shape of a list of steps that `tf.unstack` made, and the text of how many they are."""
    source = call.place.constants.source(inputs)
    if not isinstance(source, ast.Call) or call.place.symbol(source.func) != "unstack":
        raise call.refuse("its list of inputs is not one that tf.unstack makes")
    given = LayerCall(source, "tf.unstack", ("value", "num", "axis", "name"), call.place)
    value, count, axis = given.tensor("value"), given.expression("num"), given.integer("axis", 0)
    shape = given.dimensions(value, 3)
    if given.dtype(value) != "float32" or axis not in (0, 1):
        raise call.refuse("its list of inputs is unusual")
    batch, size = (shape[0], shape[1]) if axis == 1 else (shape[1], shape[0])
    text = call.place.text(count) if count is not None else call.size_text(size)
    return (batch, size, shape[2]), text


class _Maker:
    """Makes the variables of cells, and the calls that run them."""

    def __init__(self, call: LayerCall, variables: Variables, ends: str | None) -> None:
        self._call = call
        self._variables = variables
        self._ends = ends

    def run(self, cells: list[Cell], text: str, depth: Dimension, scope: str, *, direct: bool = False) -> _Run:
        """Runs layers of cells one after the other: the steps of one need those of the one below only."""
        place = self._call.place
        states: list[str] = []
        shapes: list[Structure] = []
        for cell in cells:
            if cell.keep_input is not None:
                text = place.temporary(self._dropped(text, cell.keep_input), "kept_steps")
            arguments = [text, cell.units, *self._weights(cell, depth, f"{scope}/{cell.scope}")]
            if self._ends is not None:
                arguments.append(self._ends)
            function = place.helper(function_name(cell.kind, lengths=self._ends is not None), cell.kind,
                                    lengths=self._ends is not None)  # fmt: skip
            one = Shape((None, cell.size))
            shapes.append((one, one) if cell.kind == "lstm" else one)
            if direct and "/" not in cell.scope and cell.keep_output is None:
                return _Run(_call(function, arguments, place.indent), "", shapes[0], cell.size)
            outputs, state = place.fresh("outputs"), place.fresh("state")
            place.before(f"{outputs}, {state} = {_call(function, arguments)}")
            if cell.keep_output is not None:
                place.before(f"{outputs} = {self._dropped(outputs, cell.keep_output)}")
            states.append(state)
            text, depth = outputs, cell.size
        several = "/" in cells[0].scope
        return _Run(
            text,
            f"({', '.join(states)}{',' if len(states) == 1 else ''})" if several else states[0],
            tuple(shapes) if several else shapes[0],
            depth,
        )

    def _dropped(self, text: str, keep: str) -> str:
        """What a wrapper of a cell drops at each step; of steps behind the end of a sequence nothing is seen."""
        return f"{self._call.place.tf}.nn.dropout({text}, {keep})"

    def _weights(self, cell: Cell, depth: Dimension, scope: str) -> list[str]:
        """The texts of a cell's variables, and of its forget bias."""
        call, units = self._call, cell.units
        rows = _sum(call.size_text(depth), units)
        zeros, ones = f"{call.place.tf}.zeros_initializer()", f"{call.place.tf}.constant_initializer(1.0)"

        def make(*wanted: VariableText) -> list[str]:
            made = self._variables.make_in(scope, call, wanted, "float32")
            return [made[variable.suffix] for variable in wanted]

        match cell.kind:
            case "lstm":
                kernel = VariableText("kernel", f"[{rows}, {_times(4, units)}]", cell.kernel)
                return [*make(kernel, VariableText("bias", f"[{_times(4, units)}]", zeros)), cell.forget_bias]
            case "gru":
                return make(
                    VariableText("gates/kernel", f"[{rows}, {_times(2, units)}]", cell.kernel),
                    VariableText("gates/bias", f"[{_times(2, units)}]", cell.bias or ones),
                    VariableText("candidate/kernel", f"[{rows}, {units}]", cell.kernel),
                    VariableText("candidate/bias", f"[{units}]", cell.candidate_bias or zeros),
                )
        return make(VariableText("kernel", f"[{rows}, {units}]"), VariableText("bias", f"[{units}]", zeros))


def _call(function: str, arguments: list[str], indent: int = 0) -> str:
    """A call, one argument a line where it is long."""
    if sum(len(argument) + 2 for argument in arguments) < _LONG:
        return f"{function}({', '.join(arguments)})"
    space = " " * indent
    return "\n".join([f"{function}(", *(f"{space}    {argument}," for argument in arguments), f"{space})"])


def _sum(one: str, other: str) -> str:
    return str(int(one) + int(other)) if one.isdigit() and other.isdigit() else f"{one} + {other}"


def _times(factor: int, text: str) -> str:
    if text.isdigit():
        return str(factor * int(text))
    return f"{factor} * {text}" if text.replace(".", "").isidentifier() else f"{factor} * ({text})"
