"""A unit: sites of a module that are rewritten together, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrate.results import Site
from migrate.source.layers.rewrite import Layered
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import Unprovable
from migrate.source.unrolling.written_out import WrittenOut

NATIVE = "native"
"""The name of the native strategy."""


@dataclass(slots=True, eq=False)
class Unit:
    """Sites that are rewritten together, and how.

    Attributes:
        ordinals: Which candidates of the module.
        plan: What is done about them.
        sites: What is said about them.
        strategy: Whose plan it is; None for the native one.
        layered: The module with layers or loops of the sites' function written out, where the plan is for that.
    """

    ordinals: tuple[int, ...]
    plan: NativePlan | SitePlan
    sites: list[Site]
    strategy: Strategy | None = None
    layered: Layered | WrittenOut | None = None

    @property
    def name(self) -> str:
        """The name of its strategy."""
        return self.strategy.name if self.strategy is not None else NATIVE

    @property
    def mode(self) -> Mode:
        """How TensorFlow must behave for it."""
        return self.plan.mode if isinstance(self.plan, SitePlan) else Mode.EAGER


class Failed(Exception):
    """A unit of several cannot be carried out."""

    def __init__(self, position: int, reason: Unprovable) -> None:
        super().__init__(reason.reason)
        self.position = position
        self.reason = reason


def at_once(units: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The units that can be carried out at once, and those that must wait for another of their region."""
    natives = [unit for unit in units if isinstance(unit.plan, NativePlan)]
    if not natives:
        wholes = [unit for unit in units if isinstance(unit.plan, SitePlan) and unit.plan.changes.whole is not None]
        return (wholes[:1], [unit for unit in units if unit is not wholes[0]]) if wholes else (units, [])
    now: list[Unit] = []
    for unit in natives:
        region = unit.plan.kinds.region  # type: ignore[union-attr]
        if all(other.plan.kinds.region is not region for other in now):  # type: ignore[union-attr]
            now.append(unit)
    return now, [unit for unit in units if unit not in now]


def mode_of(units: Sequence[Unit]) -> Mode | None:
    """How TensorFlow must behave for the text after some units; None where there are none."""
    modes = {unit.mode for unit in units}
    return next((mode for mode in (Mode.EAGER, Mode.GRAPH, Mode.ANY) if mode in modes), None)
