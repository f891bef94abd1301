"""What Keras name does an expression mean, whichever Keras a module imports?"""

from __future__ import annotations

import ast
import re

from migrate.source.symbols import Imported, Scope, Symbols

NO_KERAS_MODEL = "it exports no Keras model with the session of Keras"
"""The reason for exports that have nothing to do with Keras."""
_ROOT = re.compile(
    r"(?:tensorflow\.(?:compat\.v[12]\.|_api\.v1\.|python\.|contrib\.)?keras|keras|tf_keras)\."
    r"(?:(?:_impl|api|python)\.(?:keras\.)?)*"
)
_BACKEND = re.compile(r"^backend\.(?:tensorflow_backend|load_backend)\.")


def keras_name(expression: ast.expr, scope: Scope, symbols: Symbols) -> str | None:
    """The name below `keras`, such as `backend.get_session`; None where an expression is not Keras'.

    Args:
        expression: A name or attribute.
        scope: Where it stands.
        symbols: The module's names.
    """
    qualified = symbols.qualified(expression, scope)
    if qualified is None:
        return None
    found = _ROOT.match(qualified)
    return _BACKEND.sub("backend.", qualified[found.end() :]) if found else None


def imports_standalone(symbols: Symbols) -> bool:
    """Whether a module imports the Keras that is no part of TensorFlow."""
    return any(
        isinstance(binding, Imported) and binding.qualified.partition(".")[0] == "keras"
        for scope in symbols.scopes()
        for bindings in scope.bindings.values()
        for binding in bindings
    )
