"""What is taken from other modules, and the text of a file that has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.source.tree import Made, SourceTree

FIRST, LAST = "FIRST__of__tree", "LAST__of__tree"
"""Names that stand around what was put into the text."""
PLAIN, KEPT = "__plain", "__kept"
"""Ends of the names that imports get meanwhile: of `import x`, and of `import x as y`."""


@dataclass(slots=True, eq=False)
class Item:
    """A constant, function or class of another module.

    Attributes:
        made: It.
        ident: Its name in the text.
        constant: Whether it is a constant.
        alias: Whether the file imports it under that name at its top level.
        spelled: How the file spells it at its top level, or can; None where it cannot.
        statement: The import that is missing for that.
        lines: Its definition as it stands in the text.
        needs: The names of other items in it.
        imports: The names of added imports in it.
    """

    made: Made
    ident: str
    constant: bool
    alias: bool = False
    spelled: str | None = None
    statement: str | None = None
    lines: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A text that has what the file imports from other modules.

    Attributes:
        text: The text.
        before: The text of the file.
        tree: The tree.
        items: By name.
        imports: Added imports: name -> statement.
        roots: Names of imported modules that the file spelled items with.
    """

    text: str
    before: str
    tree: SourceTree
    items: dict[str, Item] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    roots: frozenset[str] = frozenset()
