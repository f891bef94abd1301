"""What code of graphs that are frozen needs, and TensorFlow 2 has not."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.respelled import respelled_calls
from migrate.source.strategies.wrapping.limits import PACKAGES
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Scope, Symbols
from migrate.source.tf1.moves import moves_of
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL, SESSION_AFTER, Unprovable

_KERAS = ("keras.", "python.keras.")


def refuse_gone(scopes: Iterable[Scope], symbols: Symbols) -> None:
    """Refuses graph code that TensorFlow 2 has not, or that builds its graph elsewhere.

    Args:
        scopes: The functions, or the module.
        symbols: The module's names.

    Raises:
        Unprovable: There is such code.
    """
    moves = moves_of(symbols)
    respelled = {node for call in respelled_calls(symbols) for node in ast.walk(call.func)}
    for scope in scopes:
        for around, node in nodes_of(scope, symbols):
            if node in respelled:
                continue
            if isinstance(node, ast.Call) and symbols.resolve(node.func, around) == "InteractiveSession":
                if any(keyword.arg == "graph" for keyword in node.keywords):
                    # It would stay the default one when the graph around it ends.
                    raise Unprovable(SESSION_AFTER, "an InteractiveSession has a graph of its own", node)
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            name = symbols.resolve(node, around)
            gone = moves.lacking.get(node) or (name if name and node not in moves.covered else None) or ""
            if gone.startswith("contrib."):
                raise Unprovable(NO_EQUAL, f"the graph code uses tf.{gone}, which ended with TensorFlow 1", node)
            if name is not None and f"{name}.".startswith(_KERAS):
                raise Unprovable(ELSEWHERE, "the graph code uses Keras, which has sessions of its own", node)
            if name is not None and f"{name}.".startswith("estimator."):
                raise Unprovable(NO_EQUAL, "the graph code uses tf.estimator, which ended with TensorFlow 2.15", node)
            if isinstance(node, ast.Name):
                reason = PACKAGES.get((symbols.qualified(node, around) or "").partition(".")[0])
                if reason is not None:
                    raise Unprovable(ELSEWHERE, f"the graph code uses {reason}", node)
