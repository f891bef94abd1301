"""What a strategy plans for one site, and what a strategy is."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.results import Level, Mode
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.sites import SignatureSource

__all__ = ["Mode", "SitePlan", "Strategy"]

if TYPE_CHECKING:
    from migrate.source.view import ModuleView


@dataclass(frozen=True, slots=True, eq=False)
class SitePlan:
    """A way to rewrite one site.

    Attributes:
        rule: Id of the rule that tells more.
        level: The level it reaches.
        message: One sentence: what becomes of the site.
        changes: The edits.
        mode: How TensorFlow must behave for them; all sites of a file that are rewritten share it.
        proved: What was shown to hold, one sentence each.
        notes: Rule id and sentence of further findings.
        signatures: The signatures the site exports or uses, as far as they are known.
        regions: Functions and classes whose graph code is gone, or works under TF2, with this plan; the site's own
            function is among them anyway.
        covers: Other candidates that are rewritten with this one, as one unit.
    """

    rule: str
    level: Level
    message: str
    changes: Changes
    mode: Mode = Mode.EAGER
    proved: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    signatures: tuple[SignatureSource, ...] = ()
    regions: frozenset[ast.AST] = frozenset()
    covers: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to reach a level for one shape of code.

    Attributes:
        name: As rules name it.
        level: The level its plans reach.
        kinds: The sites it may apply to.
        plan: Makes the plan for a site. Raises Unprovable, with the reason, where it does not apply.
        gives_way: Whether its plans are dropped where they would keep other code from TF2's own behaviour.
    """

    name: str
    level: Level
    kinds: frozenset[SiteKind]
    plan: Callable[[Candidate, ModuleView], SitePlan]
    gives_way: bool = False
