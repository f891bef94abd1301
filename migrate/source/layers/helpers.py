"""Functions that written-out recurrent layers call: a file gets those it needs.

They are TF1 code that TF2 runs alike. A sequence that has ended keeps its state and gives zeros, as `dynamic_rnn`
has it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Cell:
    title: str
    parameters: str
    state: tuple[str, ...]
    body: tuple[str, ...]
    """Statements; the new state has the names of the old one with `new_` before it."""


_CELLS = {
    "lstm": _Cell(
        "An LSTM with TF 1's order of gates",
        "kernel, bias, forget_bias",
        ("c", "h"),
        (
            "gates = TF.nn.bias_add(TF.matmul(TF.concat([step_inputs, h], 1), kernel), bias)",
            "i, j, f, o = TF.split(gates, 4, 1)",
            "new_c = c * TF.sigmoid(f + forget_bias) + TF.sigmoid(i) * TF.tanh(j)",
            "new_h = TF.tanh(new_c) * TF.sigmoid(o)",
        ),
    ),
    "gru": _Cell(
        "TF 1's GRU",
        "gates_kernel, gates_bias, candidate_kernel, candidate_bias",
        ("h",),
        (
            "gates = TF.nn.bias_add(TF.matmul(TF.concat([step_inputs, h], 1), gates_kernel), gates_bias)",
            "r, u = TF.split(TF.sigmoid(gates), 2, 1)",
            "candidate = TF.matmul(TF.concat([step_inputs, r * h], 1), candidate_kernel)",
            "new_h = u * h + (1.0 - u) * TF.tanh(TF.nn.bias_add(candidate, candidate_bias))",
        ),
    ),
    "rnn": _Cell(
        "TF 1's basic recurrent layer",
        "kernel, bias",
        ("h",),
        ("new_h = TF.tanh(TF.nn.bias_add(TF.matmul(TF.concat([step_inputs, h], 1), kernel), bias))",),
    ),
}


def function_name(cell: str, *, lengths: bool) -> str:
    """The name of the function for a kind of cell."""
    return f"{cell}_layer_with_lengths" if lengths else f"{cell}_layer"


def function_text(name: str, cell: str, tensorflow: str, *, lengths: bool) -> list[str]:
    """The lines of a function that runs a cell over all steps of its input.

    Args:
        name: What to call it.
        cell: `lstm`, `gru` or `rnn`.
        tensorflow: The name of TensorFlow.
        lengths: Whether each sequence has a length of its own.
    """
    made = _CELLS[cell]
    state = ", ".join(made.state)
    new = ", ".join(f"TF.where_v2(alive, new_{part}, {part})" if lengths else f"new_{part}" for part in made.state)
    more = ", lengths" if lengths else ""
    last = "the last c and h" if cell == "lstm" else "the last state"
    single = len(made.state) == 1
    zeros = "zeros" if single else f"({', '.join('zeros' for _ in made.state)})"
    time_major = "TF.transpose(inputs, [1, 0, 2])"
    elements = f"({time_major}, TF.transpose(alive, [1, 0, 2]))" if lengths else time_major
    outputs = "TF.transpose(h, [1, 0, 2])"
    lines = [
        f"def {name}(inputs, units, {made.parameters}{more}):",
        f'    """{made.title}, over [batch, time, features]: all outputs, and {last}."""',
        "",
        f"    def step({state if single else 'state'}, {'elements' if lengths else 'step_inputs'}):",
        *([] if single else [f"        {state} = state"]),
        *(["        step_inputs, alive = elements"] if lengths else []),
        *(f"        {line}" for line in made.body),
        f"        return {new}",
        "",
        *(["    alive = TF.sequence_mask(lengths, TF.shape(inputs)[1])[:, :, TF.newaxis]"] if lengths else []),
        "    zeros = TF.zeros([TF.shape(inputs)[0], units], inputs.dtype)",
        f"    {state} = TF.scan(step, {elements}, {zeros})",
        *([f"    outputs = TF.where_v2(alive, {outputs}, 0.0)"] if lengths else []),
        f"    return {'outputs' if lengths else outputs}, "
        + ("h[-1]" if single else f"({', '.join(f'{part}[-1]' for part in made.state)})"),
    ]
    return [line.replace("TF.", f"{tensorflow}.") for line in lines]
