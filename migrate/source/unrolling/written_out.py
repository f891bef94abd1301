"""A module in which something is written out, for the strategies to read in its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.symbols import Scope
from migrate.source.unprovable import Unprovable


@dataclass(frozen=True, slots=True, eq=False)
class WrittenOut:
    """A module of which some code of one region stands there as what it comes to.

    Attributes:
        scope: The region's scope, in the module as it was.
        text: The module's text.
        lines: For each of its lines, the line that it comes from.
    """

    scope: Scope
    text: str
    lines: tuple[int, ...]

    def placed(self, reason: Unprovable) -> Unprovable:
        """A reason found in the new text, with the line that its place had before."""
        if reason.line is None or not 0 < reason.line <= len(self.lines):
            return reason
        return Unprovable(reason.rule, reason.reason, ast.Pass(lineno=self.lines[reason.line - 1], col_offset=0))
