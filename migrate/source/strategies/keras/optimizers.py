"""Optimizers of `tf.train` that a Keras model is compiled with, as those of Keras that count the same.

Keras 3 takes none of `tf.train`, so the model could not be compiled any more.
"""

from __future__ import annotations

import ast

from migrate.source.kinds import Kind, Kinds
from migrate.source.strategies.keras.uses import Uses
from migrate.source.strategies.training.optimizers import read_optimizer
from migrate.source.symbols import Assigned
from migrate.source.unprovable import Unprovable

CHANGED = "the optimizer that the model is compiled with is the one of Keras that counts the same"
ROWS = (
    "the optimizer that the model is compiled with is the like one of Keras 3, whose Adam counts rows of an Embedding that "
    "a batch does not look up in a way of its own; with TF_USE_LEGACY_KERAS=1 (package tf-keras) it counts as before"
)
_ADAM = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999}
LEFT = (
    "Keras 3 compiles a model with optimizers of its own only, not with those of tf.train: keras.optimizers has the "
    "like of them, or set TF_USE_LEGACY_KERAS=1 (package tf-keras)"
)


def optimizer_changes(uses: Uses) -> tuple[dict[ast.expr, str], bool]:
    """The new text of optimizers that models are compiled with, and whether one is left as it is.

    Args:
        uses: The names of the module.
    """
    found: dict[ast.expr, str] = {}
    left = False
    compiled = _compiled(uses)
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = uses.view.symbols.resolve(node.func, uses.scopes[node]) or ""
        if not compiled or not (name.startswith("train.") and name.endswith("Optimizer")):
            continue
        text = _text(node, uses) if node in compiled else None
        if text is None:
            left = True
        else:
            found[node] = text
    return found, left


def _compiled(uses: Uses) -> set[ast.expr]:
    """What `compile` gets as its optimizer, and nobody else."""
    found: set[ast.expr] = set()
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "compile":
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        optimizer = node.args[0] if node.args else given.get("optimizer")
        if isinstance(optimizer, ast.Name):
            variable = uses.variable(optimizer)
            bindings = variable[0].bindings[variable[1]] if variable is not None else []
            if variable is not None and len(uses.loads(variable)) == 1 and len(bindings) == 1:
                [binding] = bindings
                found.add(binding.value if isinstance(binding, Assigned) else optimizer)
                continue
        if optimizer is not None:
            found.add(optimizer)
    return found


def _text(call: ast.Call, uses: Uses) -> str | None:
    """The optimizer of Keras; None where none is known to count the same."""
    scope = uses.scopes[call]
    kinds: Kinds = uses.view.kinds(scope)
    step = next((one for one in kinds.region.steps if any(node is call for node in ast.walk(one.node))), None)
    if step is None:
        return None
    try:
        optimizer = read_optimizer(call, step, kinds, None)
    except Unprovable:
        return None
    if optimizer.ones or optimizer.decay or optimizer.tensor or kinds.of(optimizer.rate) is not Kind.PYTHON:
        return None
    arguments = [("learning_rate", optimizer.rate), *optimizer.arguments]
    arguments = [(key, value) for key, value in arguments if not _is_default(optimizer.name, key, value)]
    texts = [f"{key}={value if isinstance(value, str) else _value(value, uses)}" for key, value in arguments]
    return f"{uses.view.tf}.keras.optimizers.{optimizer.name}({', '.join(texts)})"


def _is_default(name: str, key: str, value: ast.expr | str) -> bool:
    """Whether the optimizer of Keras has an argument anyway."""
    return name == "Adam" and isinstance(value, ast.Constant) and _ADAM.get(key) == value.value


def _value(node: ast.expr, uses: Uses) -> str:
    """The text of an argument, which may be a default of TF1."""
    return uses.view.text_of(node) if node in uses.scopes else ast.unparse(node)
