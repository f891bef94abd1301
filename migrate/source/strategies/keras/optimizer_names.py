"""Optimizers that `compile` is given by name: `model.compile("adadelta", ...)` took the rates that Keras had then."""

from __future__ import annotations

import ast

from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.uses import Uses

ZEROS = "initial_accumulator_value=0.0"
"""What Adagrad of standalone Keras began with, and that of tf.keras where it was named; Keras 3 takes 0.1."""
_STANDALONE = {
    "adadelta": "Adadelta(learning_rate=1.0)",
    "adagrad": f"Adagrad(learning_rate=0.01, {ZEROS})",
    "adamax": "Adamax(learning_rate=0.002)",
    "nadam": "Nadam(learning_rate=0.002)",
}
_OF_TENSORFLOW = {"adagrad": f"Adagrad({ZEROS})"}


def optimizer_name(call: ast.Call) -> ast.Constant | None:
    """The name of an optimizer that `compile` is given; None for anything else.

    Args:
        call: A call.
    """
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "compile":
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    match call.args[0] if call.args else given.get("optimizer"):
        case ast.Constant(value=str()) as name:
            return name
    return None


def named_optimizer(name: str, uses: Uses) -> str | None:
    """The optimizer that counts as the named one did in TF1; None where its name still says that.

    Args:
        name: Its name, in any case.
        uses: The names of the module.

    Raises:
        LookupError: The file has models of both kinds of Keras, which took other rates.
    """
    standalone, of_tensorflow = _STANDALONE.get(name.lower()), _OF_TENSORFLOW.get(name.lower())
    kinds = _kinds(uses)
    if standalone != of_tensorflow and len(kinds) > 1:
        raise LookupError(name)
    text = standalone if kinds == {"keras"} else of_tensorflow
    return None if text is None else f"{uses.view.tf}.keras.optimizers.{text}"


def _kinds(uses: Uses) -> set[str]:
    """Which Keras a file takes its models from: `keras`, `tensorflow`, or both."""
    found: set[str] = set()
    for call in uses.nodes(ast.Call):
        assert isinstance(call, ast.Call)
        name = keras_name(call.func, uses.scopes[call], uses.view.symbols) or ""
        if name.startswith(("models.", "applications.", "layers.")) or name in ("Model", "Sequential"):
            qualified = uses.view.symbols.qualified(call.func, uses.scopes[call]) or ""
            found.add("keras" if qualified.partition(".")[0] == "keras" else "tensorflow")
    return found
