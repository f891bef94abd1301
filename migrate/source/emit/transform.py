"""Changes nodes of a concrete tree. What nothing changes in stays the same node.

LibCST's own transformers make every node anew that they visit, white space too, and look for a method by the name of
each node and each of its attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import libcst as cst

from migrate.source.emit.unread import Unread

_LAYOUT = frozenset({"colon", "comma", "dot", "encoding", "equal", "footer", "header", "indent", "lbrace", "lbracket",
                     "leading_lines", "lines_after_decorators", "lpar", "newline", "rbrace", "rbracket", "rpar",
                     "semicolon", "trailing_whitespace"})  # fmt: skip
"""Fields that hold white space and punctuation."""


class _Fields(dict[type, tuple[str, ...] | None]):
    """By class, the fields that may hold code; None for what is no node."""

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        found: tuple[str, ...] | None = None
        if issubclass(kind, Unread):
            found = ()
        elif issubclass(kind, cst.CSTNode):
            names = (field.name for field in fields(kind))
            found = tuple(name for name in names if name not in _LAYOUT and "whitespace" not in name)
        self[kind] = found
        return found


_FIELDS = _Fields()


class Transformer:
    """Visits nodes with their code, from the inside out; statements that are not read yet stay unread."""

    def enters(self, node: cst.CSTNode) -> bool:
        """Whether the nodes inside of one are visited."""
        return True

    def left(self, original: cst.CSTNode, updated: cst.CSTNode) -> object:
        """What takes the place of a node, whose inside has been visited: a node, several, or nothing.

        Args:
            original: The node.
            updated: The node with what takes the place of those inside.
        """
        return updated

    def transformed(self, node: cst.CSTNode) -> object:
        """What takes the place of a node."""
        updated = node
        if self.enters(node):
            changes: dict[str, object] = {}
            for field in _FIELDS[node.__class__] or ():
                value = getattr(node, field)
                kind = value.__class__
                if kind is list or kind is tuple:
                    new: object = self._sequence(value)
                elif _FIELDS[kind] is not None:
                    new = self.transformed(value)
                    assert isinstance(new, cst.CSTNode), "a part that cannot go"
                else:
                    continue
                if new is not value:
                    changes[field] = new
            if changes:
                updated = node.with_changes(**changes)
        return self.left(node, updated)

    def _sequence(self, nodes: Sequence[cst.CSTNode]) -> Sequence[cst.CSTNode]:
        found: list[cst.CSTNode] = []
        same = True
        for node in nodes:
            new = self.transformed(node)
            same = same and new is node
            if isinstance(new, cst.FlattenSentinel):
                found += new
            elif not isinstance(new, cst.RemovalSentinel):
                assert isinstance(new, cst.CSTNode)
                found.append(new)
        return nodes if same else found
