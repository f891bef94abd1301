"""The text of nodes: what `ast.get_source_segment` gives, which splits the whole source into lines every time."""

from __future__ import annotations

import ast
import re

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Segments:
    """A source, split once."""

    def __init__(self, text: str) -> None:
        """Takes the source."""
        # Only what Python takes for line ends: str.splitlines knows more of them.
        self._lines: list[str] = _LINES.findall(text)

    def of(self, node: ast.expr | ast.stmt) -> str | None:
        """The text of a node; None for one that was made by hand and has no place."""
        if getattr(node, "end_lineno", None) is None or getattr(node, "end_col_offset", None) is None:
            return None
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        # Columns of ast count bytes.
        lines = self._lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1].encode()[: node.end_col_offset].decode()
        lines[0] = lines[0].encode()[node.col_offset :].decode()
        return "".join(lines)
