"""Operations that call back into the Python process that built the graph."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.hazards.context import Context, hazard_at
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

PYTHON_FUNCTIONS = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
"""tensorflow/core/ops/script_ops.cc"""


@family
def python_functions(context: Context) -> Iterator[Hazard]:
    """Each is a token for a function that was never part of the model."""
    for place in context.of(PYTHON_FUNCTIONS):
        yield hazard_at(
            place,
            HazardKind.PYTHON_FUNCTION,
            Severity.BLOCKS,
            "It calls a Python function of the process that built the graph; the function is not in the model.",
            f"Feed what it gives instead (--input NAME={place.name}:0), or convert with --trust, knowing that it fails "
            f"when it runs."
            if not place.function and place.signatures
            else "Export the model without it, or convert with --trust, knowing that it fails when it runs.",
        )
    for place in context.outside(PYTHON_FUNCTIONS):
        yield hazard_at(
            place,
            HazardKind.PYTHON_FUNCTION,
            Severity.NOTE,
            "It calls a Python function that is not in the model; no signature needs it.",
            "The conversion leaves it out.",
        )
