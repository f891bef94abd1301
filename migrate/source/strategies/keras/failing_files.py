"""What of the other files of a program does not run as before under Keras 3: it stays, and is told."""

from __future__ import annotations

import ast

from migrate.source.api.importable import failing_imports
from migrate.source.strategies.keras.moved import Moved, moved_import
from migrate.source.strategies.keras.other_files import OtherFile, OtherFiles

_FILES = 3
_LINES = 5


def failing_files(found: OtherFiles) -> str | None:
    """What is told of them; None where there is nothing.

    Args:
        found: The other files of the program.
    """
    places = [f"{file.name} ({_listed(lines)})" for file in found.files if (lines := _lines(file))]
    if not places:
        return None
    more = f" and {len(places) - _FILES} more" if len(places) > _FILES else ""
    return f"of other files, unless they are rewritten too, this does not run as before: {', '.join(places[:_FILES])}{more}"


def _lines(file: OtherFile) -> list[int]:
    uses = file.uses
    moved = Moved(uses)
    found = {line for lines in moved.failing.values() for line in lines}
    found |= {node.lineno for node in moved.expressions}
    found |= {node.lineno for _, node in failing_imports(uses.view.tree) if node in uses.scopes}
    imports = [node for node in uses.nodes(ast.ImportFrom) if isinstance(node, ast.ImportFrom)]
    return sorted(found | {node.lineno for node in imports if moved_import(node) is not None})


def _listed(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES])) + (" ..." if len(lines) > _LINES else "")
    return f"line{'s' if len(lines) > 1 else ''} {shown}"
