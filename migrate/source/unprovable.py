"""Why a site does not reach a level."""

from __future__ import annotations

import ast


class Unprovable(Exception):
    """Something about a site cannot be proved safe.

    Attributes:
        rule: Id of the rule that tells more about the reason.
        reason: One clause, for the user.
        node: Where in the source.
        final: Whether no lower level can help either.
    """

    def __init__(self, rule: str, reason: str, node: ast.AST | None = None, *, final: bool = False) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
        self.node = node
        self.final = final

    @property
    def line(self) -> int | None:
        """1-based line of the reason, where it has one."""
        return getattr(self.node, "lineno", None)


class Inapplicable(Unprovable):
    """A strategy is for another shape of code: nothing that a user would want to read as a reason."""


ELSEWHERE = "TFM101"
"""The graph, a tensor or the session comes from elsewhere."""
NOT_STATIC = "TFM102"
"""The signatures are only known at run time."""
META_GRAPHS = "TFM103"
"""Several MetaGraphs, or tags that TF2 does not write."""
SIDE_EFFECTS = "TFM104"
"""A signature changes state, or runs what cannot be saved."""
NO_EQUAL = "TFM105"
"""TF2 has nothing with the same numbers."""
CONTROL_FLOW = "TFM106"
"""A loop, a try or a nested function stands between the graph and the export."""
SESSION_AFTER = "TFM107"
"""The session is used after the export."""
INPUT = "TFM108"
"""A signature input that TF2 cannot take as it is."""
VARIABLE = "TFM109"
"""A variable whose name or initial value cannot be carried over."""
INIT_OP = "TFM110"
"""An init op that does more than initialize."""
MODE = "TFM111"
"""The file switches TF2's behaviour off for code that stays."""
OLD_FORMAT = "TFM112"
"""The export writes a format older than the SavedModel."""
NOT_REWRITTEN = "TFM106"
"""Something else about the file, or the options, is in the way."""
