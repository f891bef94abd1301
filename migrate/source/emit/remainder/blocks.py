"""Blocks of statements that are put together anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from migrate.source.emit.writer import leading, with_leading


@dataclass(slots=True)
class Rebuilt:
    """New statements for a block: those that stay in it, and those that must follow the graph's context."""

    inside: list[cst.BaseStatement] = field(default_factory=list)
    outside: list[cst.BaseStatement] = field(default_factory=list)
    footer: list[cst.EmptyLine] = field(default_factory=list)
    """Comments that stood at the end of a block which is gone."""


def filled(block: cst.BaseSuite, body: Sequence[cst.BaseStatement]) -> cst.BaseSuite:
    """A block with other statements; its indentation and comments at the end stay."""
    statements = list(body)
    if isinstance(block, cst.IndentedBlock):
        if len(block.body) == len(statements) and all(a is b for a, b in zip(block.body, statements, strict=True)):
            return block
        if statements and block.body and statements[0] is not block.body[0]:
            lines = list(leading(statements[0]))
            while lines and lines[0].comment is None:
                lines.pop(0)
            statements[0] = with_leading(statements[0], lines)
        return block.with_changes(body=statements)
    return cst.IndentedBlock(statements)


def footer(block: cst.BaseSuite) -> list[cst.EmptyLine]:
    """The comments at the end of a block."""
    return [line for line in block.footer if line.comment is not None] if isinstance(block, cst.IndentedBlock) else []
