"""Which names of a module does a rewrite take away, and do other files use them?"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from migrate.source.python2.convert import readable
from migrate.source.symbols import Imported, Symbols
from migrate.source.syntax import statements


def taken_away(before: str, after: str) -> frozenset[str]:
    """The functions, classes and values that a module has before a rewrite, and not after it.

    Args:
        before: Its text.
        after: Its new text.
    """
    return _names(before) - _names(after)


def used_elsewhere(names: Collection[str], files: Iterable[Path]) -> str | None:
    """One of some names that stands in one of some files, which import the module; None where none does.

    Args:
        names: The names.
        files: The files; those that cannot be read use nothing.
    """
    if not names:
        return None
    words = re.compile(rb"\b(" + b"|".join(re.escape(name.encode()) for name in sorted(names)) + rb")\b")
    for file in files:
        try:
            found = words.search(file.read_bytes())
        except OSError:
            continue
        if found is not None:
            return found.group(1).decode()
    return None


def _names(text: str) -> frozenset[str]:
    tree = ast.parse(readable(text))
    if not any(isinstance(one, ast.Global) for one in statements(tree.body)):
        # Then what is inside of functions and classes gives the module no names.
        for one in statements(tree.body, inner=False):
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                one.body = []
    bindings = Symbols(tree).module.bindings
    return frozenset(
        name for name, bound in bindings.items() if not all(isinstance(binding, Imported) for binding in bound)
    )
