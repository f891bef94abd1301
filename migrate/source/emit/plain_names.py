"""What do TensorFlow's plain names mean in a file: TF1's, or TF2's?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.api.data import table
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children

_V1 = "tensorflow.compat.v1"


def has_plain_tf1_names(symbols: Symbols) -> bool:
    """Whether TF1's names are spelled without `compat.v1`; else plain names may be TF2's.

    A file that says `tf.Session` runs under TF1 alone, whatever else it spells `tf.compat.v1.x`.
    """
    spelled = list(_qualified(symbols))
    if not any(name.startswith(f"{_V1}.") for name in spelled):
        return True
    known = table()
    only_tf1 = (known.legacy | known.gone) - known.modern
    return any(
        name.startswith("tensorflow.contrib.") or name.partition(".")[2] in only_tf1
        for name in spelled
        if not name.startswith("tensorflow.compat.")
    )


def _qualified(symbols: Symbols) -> Iterator[str]:
    """The dotted names that the code uses, as far as they start with an import of TensorFlow."""
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            scope = symbols.scope_of(node)
        if isinstance(node, ast.Attribute):
            name = symbols.qualified(node, scope)
            if name is not None and name.startswith("tensorflow."):
                yield name
                continue
        pending += [(child, scope) for child in children(node)]
