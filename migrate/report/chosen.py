"""Narrows an Inspection to one signature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.graph.inspection import Severity

if TYPE_CHECKING:
    from migrate.graph.inspection import Hazard, Inspection, MetaGraphInspection


def choose_signature(inspection: Inspection, key: str) -> Inspection:
    """What there is to say about one signature: also of variables, tables, loops and hazards only its own.

    Raises:
        MigrateError: There is no such signature; the message lists those that there are.
    """
    chosen = tuple(
        narrowed for found in inspection.meta_graphs if (narrowed := _narrow_meta_graph(found, key)) is not None
    )
    if not chosen:
        there = sorted({key for found in inspection.meta_graphs for key in signature_keys(found)})
        said = f"there is: {', '.join(there)}" if there else "it has none"
        raise MigrateError(f"{inspection.path}: no signature {key!r}; {said}")
    return replace(inspection, meta_graphs=chosen)


def signature_keys(found: MetaGraphInspection) -> tuple[str, ...]:
    """The keys of a MetaGraph's signatures, else of those that are proposed for it."""
    if found.signatures:
        return tuple(signature.definition.key for signature in found.signatures)
    return tuple(proposal.key for proposal in found.proposals)


def _narrow_meta_graph(found: MetaGraphInspection, key: str) -> MetaGraphInspection | None:
    if key not in signature_keys(found):
        return None
    if not found.signatures:
        return replace(found, proposals=tuple(proposal for proposal in found.proposals if proposal.key == key))
    signature = next(signature for signature in found.signatures if signature.definition.key == key)
    return replace(
        found,
        signatures=(signature,),
        variables=tuple(variable for variable in found.variables if variable.name in signature.variables),
        tables=tuple(table for table in found.tables if table.name in signature.tables),
        loops=tuple(loop for loop in found.loops if key in loop.signatures),
        hazards=tuple(hazard for hazard in found.hazards if _concerns(hazard, key)),
    )


def _concerns(hazard: Hazard, key: str) -> bool:
    """Whether a hazard is about a signature, or about the model as a whole."""
    whole = not hazard.signatures and hazard.severity is Severity.BLOCKS
    return key in hazard.signatures or not hazard.node or whole
