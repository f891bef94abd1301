"""Where the module is made, and how."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from migrate.source.emit.remainder.target import Target
from migrate.source.emit.remainder.values import Values
from migrate.source.emit.writer import call
from migrate.source.flow import LOOPS, Step
from migrate.source.kinds import header
from migrate.source.sites import ExportSite
from migrate.source.strategies.plan import Checkpoints
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

if TYPE_CHECKING:
    import libcst as cst


class Construction:
    """Writes the statements that make the module.

    Attributes:
        places: The steps in front of which it is made, with the sites that it is made for.

    Raises:
        Unprovable: There is no place from which all that uses it can see it.
    """

    def __init__(self, target: Target, values: Values) -> None:
        self.target = target
        self.plan = target.plan
        self.region = target.plan.kinds.region
        self.values = values
        self.saved = {site.saved: site for site in target.plan.sites}
        self.places = self._construction()

    def statements(self, sites: list[ExportSite] | None) -> list[cst.BaseStatement]:
        """The statements that make the module for some sites; none without sites.

        Raises:
            Unprovable: An argument of the module has another value there than the signatures need.
        """
        if not sites:
            return []
        where = min(self.places, key=lambda step: step.index)
        arguments: list[str] = []
        for value, name in self.plan.parameters.items():
            if where.env.get(name) is not value:
                raise Unprovable(CONTROL_FLOW, f"'{name}' has another value where the module is made", where.node)
            arguments.append(name)
        arguments += [capture.name for capture in self.plan.captures]
        handed = self.values.handed()
        if self.plan.handover and handed:
            arguments += self.values.value_names(handed) if len(handed) <= 3 else [f"**{self.values.values_name()}"]
        text = call(
            self.plan.class_name, arguments, before=f"{self.target.model} = ", depth=1, indent=self.target.width
        )
        return [self.target.statement(text), *map(self._saver, self.plan.checkpoints)]

    def _construction(self) -> dict[Step, list[ExportSite]]:
        """Where the module is made: before the first step that uses it, or at each save with values of its own."""
        plan = self.plan
        saves = sorted(self.saved, key=lambda step: step.index)
        users = [*plan.setters, *saves]
        saved = [save for saver in plan.checkpoints for save in saver.calls]
        for eager in (*plan.eager_runs, *saved, *plan.counts):
            users += [
                step
                for step in self.region.steps
                if step.inlined is None and any(eager in ast.walk(part) for part in header(step))
            ]
        first = min(users, key=lambda step: step.index)
        chain = self._solid(first)
        if any(self._solid(step)[: len(chain)] != chain for step in users):
            around = self._around(users, chain)
            if around is not None and plan.training is not None:
                return {around: [self.saved[step] for step in saves]}
            around = around if around is not None and isinstance(around.node, ast.If) else None
            if around is not None and plan.setters and not plan.eager_runs and not plan.handover:
                return {around: [self.saved[step] for step in saves]}
            if plan.setters or plan.eager_runs or plan.handover:
                raise Unprovable(CONTROL_FLOW, "the session is used in a branch before the export", first.node)
            return {step: [self.saved[step]] for step in saves}
        return {first: [self.saved[step] for step in saves]}

    def _around(self, users: Sequence[Step], chain: list[tuple[Step, str]]) -> Step | None:
        """The `if` or loop in front of which the module is made, where its first use stands in it."""
        common = 0
        while common < len(chain) and all(self._solid(step)[: common + 1] == chain[: common + 1] for step in users):
            common += 1
        around = chain[common][0]
        return around if isinstance(around.node, (ast.If, *LOOPS)) else None

    def _solid(self, step: Step) -> list[tuple[Step, str]]:
        """The compound statements around a step that stay, whatever becomes of contexts."""
        return [
            (branch.step, branch.name)
            for branch in step.branches
            if not isinstance(branch.step.node, (ast.With, ast.AsyncWith))
        ]

    def _saver(self, saver: Checkpoints) -> cst.BaseStatement:
        """The statement that makes a Saver of the module's variables."""
        which = "trainable_variables" if saver.trainable else "variables"
        named = f'{{variable.name.removesuffix(":0"): variable for variable in {self.target.model}.{which}}}'
        arguments = [named, *(f"{name}={value}" for name, value in saver.options)]
        before = f"{saver.made.name} = "
        return self.target.statement(
            call(
                f"{self.target.tensorflow}.compat.v1.train.Saver",
                arguments,
                before=before,
                depth=1,
                indent=self.target.width,
            )
        )
