"""The TF2 code that makes variables, tables and layers."""

from __future__ import annotations

import ast

from migrate.source.arguments import bind
from migrate.source.emit.writer import call as call_text
from migrate.source.kinds import VARIABLES, Kind, Kinds, calls, header
from migrate.source.state.arguments import Render, is_constant, is_none
from migrate.source.state.initializers import Initializers
from migrate.source.state.names import VariableNames
from migrate.source.state.tables import TableCode
from migrate.source.unprovable import NO_EQUAL, VARIABLE, Unprovable

_VARIABLE_PARAMETERS = ("initial_value", "trainable", "collections", "validate_shape", "caching_device", "name", "variable_def",
                        "dtype", "expected_shape", "import_scope", "constraint", "use_resource", "synchronization",
                        "aggregation", "shape")  # fmt: skip  # fmt: skip
_GET_VARIABLE_PARAMETERS = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "collections", "caching_device",
                            "partitioner", "validate_shape", "use_resource", "custom_getter", "constraint",
                            "synchronization", "aggregation")  # fmt: skip  # fmt: skip
_CONVOLUTION = frozenset(
    {"filters", "kernel_size", "strides", "padding", "activation", "use_bias", "name", "data_format"}
)
_LAYERS = {
    "Conv1D": _CONVOLUTION,
    "Conv2D": _CONVOLUTION,
    "Dense": frozenset({"units", "activation", "use_bias", "name"}),
    "Flatten": frozenset({"name"}),
}
"""Layers, and their arguments, that tf.keras of TF 1.15 and Keras 3 agree on."""
_GLOBAL_STEPS = frozenset({"train.get_or_create_global_step", "train.create_global_step"})


class StateCode:
    """Writes the TF2 calls that make what the graph's calls made."""

    def __init__(self, kinds: Kinds, names: VariableNames, tensorflow: str) -> None:
        self._kinds = kinds
        self._names = names
        self._initializers = Initializers(kinds, tensorflow)
        self._tables = TableCode(kinds, tensorflow)
        self._tf = tensorflow

    def take_prelude(self) -> list[str]:
        """Statements that the code made since the last call needs before it."""
        lines, self._tables.prelude = self._tables.prelude, []
        return lines

    def code(self, call: ast.Call, render: Render, value: str | None = None, used: int = 0) -> str:
        """The TF2 expression that makes a variable, table or layer.

        Args:
            call: The TF1 call.
            render: Gives the new text of its arguments.
            value: Text of the value a variable is to hold; its own initial value where None.
            used: How much of the line stands before it.

        Raises:
            Unprovable: Where there is nothing equal in TF2.
        """
        symbol = self._kinds.symbol(call) or ""
        if symbol in VARIABLES:
            return self._variable(symbol, call, render, value, used)
        if self._kinds.of(call) is Kind.TABLE:
            return self._tables.code(symbol, call, render)
        if symbol in _GLOBAL_STEPS:
            return self._global_step(symbol, call, value)
        if self._kinds.of(call) is Kind.VARIABLE:
            raise Unprovable(VARIABLE, f"the variable is made by tf.{symbol}", call)
        return self._layer(symbol, call, render)

    def _layer(self, symbol: str, call: ast.Call, render: Render) -> str:
        """A Keras layer that was never trained: the same layer, whose defaults Keras 3 left as they were."""
        allowed = _LAYERS.get(symbol.rpartition(".")[2])
        if allowed is None or any(keyword.arg not in allowed for keyword in call.keywords) or len(call.args) > 2:
            raise Unprovable(NO_EQUAL, f"the layer tf.{symbol} is not known to be the same in Keras 3", call)
        arguments = [render(argument) for argument in call.args]
        arguments += [f"{keyword.arg}={render(keyword.value)}" for keyword in call.keywords]
        return f"{self._tf}.{symbol}({', '.join(arguments)})"

    def _variable(self, symbol: str, call: ast.Call, render: Render, value: str | None, used: int) -> str:
        if symbol == "Variable":
            given = dict(zip(_VARIABLE_PARAMETERS, bind(call, _VARIABLE_PARAMETERS, required=0), strict=True))
            initial = given["initial_value"]
            if initial is None:
                raise Unprovable(VARIABLE, "the variable has no initial value", call)
            text = value if value is not None else render(initial)
            dtype = given["dtype"]
            unusual: tuple[str, ...] = ("variable_def", "expected_shape", "import_scope", "shape")
        elif symbol == "get_variable":
            given = dict(zip(_GET_VARIABLE_PARAMETERS, bind(call, _GET_VARIABLE_PARAMETERS, required=1), strict=True))
            dtype = (
                given["dtype"]
                if given["initializer"] is not None and not self._initializers.makes(given["initializer"])
                else None
            )
            text = value if value is not None else self._initializers.text(call, given, render)
            unusual = ("partitioner", "custom_getter")
        else:
            raise Unprovable(VARIABLE, f"tf.{symbol} has no TF2 counterpart", call)
        for name in unusual:
            if given[name] is not None and not is_none(given[name]):
                raise Unprovable(VARIABLE, f"the variable is made with {name}", call)
        if given["validate_shape"] is not None and not is_constant(given["validate_shape"], True):
            raise Unprovable(VARIABLE, "the variable's shape may change (validate_shape)", call)
        parts = [text]
        trainable = given["trainable"]
        if trainable is not None and not is_constant(trainable, True) and not is_none(trainable):
            parts.append(f"trainable={render(trainable)}")
        if dtype is not None and value is None and not is_none(dtype):
            parts.append(f"dtype={render(dtype)}")
        parts.append(f'name="{self._names.name(call)}"')
        return call_text(f"{self._tf}.Variable", parts, before=" " * used).lstrip(" ")

    def _global_step(self, symbol: str, call: ast.Call, value: str | None) -> str:
        """The graph's counter, where nothing else of the file names it, and no scope changes its name."""
        region = self._kinds.region
        texts = [ast.unparse(node.func) for node in ast.walk(region.symbols.tree) if isinstance(node, ast.Call)]
        step = next(s for s in region.steps if any(call is node for part in header(s) for node in calls(part)))
        scoped = any("variable_scope" in ast.unparse(b.step.node).split("\n")[0] for b in step.branches)
        if (
            sum(text.endswith(("create_global_step", "get_global_step")) for text in texts) != 1
            or call.args
            or call.keywords
            or scoped
        ):
            raise Unprovable(VARIABLE, f"the variable is made by tf.{symbol}", call)
        return f'{self._tf}.Variable({value or 0}, trainable=False, dtype={self._tf}.int64, name="global_step")'
