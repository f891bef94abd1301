"""Sentences about names that are back, for those who test their clients."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrate.graph.legacy_names.results import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.legacy_names.answers import Answers
    from migrate.graph.legacy_names.feeds import Feed
    from migrate.graph.legacy_names.fetches import FetchPlan
    from migrate.graph.tensors import Tensor


def notes_on(plan: FetchPlan, feeds: Mapping[Tensor, Feed], answers: Answers) -> tuple[str, ...]:
    """What differs from TF1 for clients that do not use whole signatures, and what was joined.

    Args:
        plan: The decisions about outputs.
        feeds: Those about inputs.
        answers: Knows what a tensor needs.
    """
    notes = []
    idle: dict[str, list[str]] = defaultdict(list)
    for legacy, provider in plan.providers.items():
        if provider.role is Role.FETCH and (names := answers.idle(provider)):
            idle[names].append(str(legacy))
    for names, outputs in idle.items():
        notes.append(
            f"fetching {', '.join(outputs)} may need {names} fed, too: a TF2 function computes all its outputs together"
        )
    for legacy, provider in plan.providers.items():
        others = {match.signature for match in plan.answers if match.legacy == legacy and plan.answers[match].is_right}
        others -= {provider.signature}
        others -= set(feeds[legacy].shapes) if legacy in feeds else set()
        if others:
            listed = ", ".join(sorted(map(repr, others)))
            notes.append(f"{provider.name} of {listed} is computed by signature {provider.signature!r}")
        if legacy in feeds:
            notes.append(f"{legacy} may be fed or fetched: unfed, signature {provider.signature!r} computes it")
    return tuple(notes)
