"""What the new statements of one region share: how they are written, and the names in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.writer import Writer, leading, with_leading
from migrate.source.flow import Step
from migrate.source.sites import ExportSite
from migrate.source.strategies.plan import NativePlan

if TYPE_CHECKING:
    import libcst as cst


@dataclass(slots=True, eq=False)
class Target:
    """One region that is rebuilt.

    Attributes:
        plan: What is to become of it.
        respeller: Gives moved and kept code its names.
        writer: Writes new statements.
        directories: What the directory of each site is called.
    """

    plan: NativePlan
    respeller: Respeller
    writer: Writer
    directories: dict[ExportSite, str] = field(default_factory=dict)
    model: str = field(init=False)

    def __post_init__(self) -> None:
        self.model = self.free("model")

    @property
    def width(self) -> int:
        """Of the indentation of the region, in columns."""
        return len(self.writer.indent.expandtabs(8))

    @property
    def tensorflow(self) -> str:
        """What TensorFlow is called."""
        return self.respeller.spelling.tensorflow

    def text(self, node: ast.expr, names: Names) -> str:
        """An expression of the original, with other names in it."""
        return self.respeller.expression(node, names, self.plan.kinds)

    def with_comments(self, step: Step, made: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """Comments and blank lines above a replaced statement stay above what replaces it."""
        if not made:
            return made
        above = list(leading(self.respeller.index.statement(step.node)))
        return [with_leading(made[0], above), *made[1:]]

    def statement(self, text: str) -> cst.BaseStatement:
        """A new statement."""
        return self.writer.statement(text)

    def free(self, name: str) -> str:
        """A name that the region does not use."""
        region = self.plan.kinds.region
        taken = set(region.scope.bindings) | set(region.symbols.module.bindings) | set(self.directories.values())
        candidate, count = name, 2
        while candidate in taken:
            candidate = f"{name}_{count}" if count > 2 or name != "model" else "exported_model"
            count += 1
        return candidate
