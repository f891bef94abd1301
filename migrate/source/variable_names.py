"""Names of operations that graphs of TF1 have for their variables, and that graphs with TF2's variables have not.

The tensor `w:0` of a variable is its value in TF1, and a handle in TF2; `w/read:0` and operations of the type VariableV2
are not there at all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from migrate.source.symbols import SCOPES, Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import VARIABLE, Unprovable

_TENSOR = re.compile(r"[A-Za-z0-9.][\w.\\/>-]*:0")
_OPERATIONS = frozenset({"Variable", "VariableV2", "Assign", "AssignAdd", "AssignSub"})
_MADE = frozenset({"Variable", "VariableV1", "get_variable", "contrib.framework.variable", "get_local_variable",
                   "contrib.framework.model_variable", "contrib.slim.variable", "contrib.slim.model_variable"})  # fmt: skip
_LAYERS = ("layers.", "contrib.layers.", "contrib.slim.", "nn.rnn_cell.", "contrib.rnn.")
_OF_LAYERS = frozenset({"kernel", "bias", "weights", "biases", "gamma", "beta", "moving_mean", "moving_variance"})
_STEPS = frozenset({"train.get_or_create_global_step", "train.create_global_step"})
_FILES = frozenset({"import_graph_def", "graph_util.import_graph_def", "train.import_meta_graph", "saved_model.load",
                    "saved_model.loader.load"})  # fmt: skip


def refuse_names_of_variables(symbols: Symbols) -> None:
    """Refuses code that asks a graph with TF2's variables for what stands for TF1's.

    Args:
        symbols: The names of the module that builds the graph.

    Raises:
        Unprovable: It does.
    """
    spelled = [one for one in walk(symbols.tree) if isinstance(one, ast.Constant)]
    asked = [(one, one.value) for one in spelled if isinstance(one.value, str) and _is_asked(one.value)]
    if asked:
        made, imported = _made(symbols)
        for one, text in asked:
            name = text.removesuffix(":0").rpartition("/")
            # In a graph that comes from a file, they are what TensorFlow 1 made.
            if not imported and (name[2] in made or (name[2] == "read" and name[0])):
                reason = f"'{text}' is the value of a variable in TensorFlow 1, and no tensor of it in TensorFlow 2"
                raise Unprovable(VARIABLE, reason, one)
    for node in _without_written(symbols.tree):
        if isinstance(node, ast.Compare) and _asks_type(node):
            raise Unprovable(VARIABLE, "it looks for TensorFlow 1's operations for variables in its graph", node)


def _without_written(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes of a module without those of classes that wrap graphs by a rewrite of it."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ClassDef) and "wrap_function" in {
            one.attr for one in walk(node) if isinstance(one, ast.Attribute)
        }:
            continue
        yield node
        pending += children(node)


def _is_asked(text: str) -> bool:
    return text.endswith(":0") and _TENSOR.fullmatch(text) is not None


def _made(symbols: Symbols) -> tuple[set[str], bool]:
    """The last parts of the names of variables that a module makes, and whether it imports graphs from files."""
    found: set[str] = set()
    imported = False
    for scope, call in _calls(symbols):
        name = symbols.resolve(call.func, scope) or ""
        imported = imported or name in _FILES
        if name in _MADE:
            given = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "name")]
            texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            found |= {text.rpartition("/")[2] for text in texts}
            if name in ("Variable", "VariableV1") and not texts:
                found |= {"Variable", *(f"Variable_{number}" for number in range(1, 100))}
        elif name.startswith(_LAYERS):
            found |= _OF_LAYERS
        elif name in _STEPS:
            found.add("global_step")
    return found, imported


def _calls(symbols: Symbols) -> Iterator[tuple[Scope, ast.Call]]:
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, ast.Call):
            yield scope, node
        inner = symbols.scope_of(node) if isinstance(node, SCOPES) else scope
        pending += [(child, inner) for child in children(node)]


def _asks_type(node: ast.Compare) -> bool:
    """`op.type == "VariableV2"`, also in a list of types."""
    sides = [node.left, *node.comparators]
    asked = any(isinstance(side, ast.Attribute) and side.attr == "type" for side in sides)
    return asked and any(
        isinstance(one, ast.Constant) and one.value in _OPERATIONS for side in sides for one in ast.walk(side)
    )
