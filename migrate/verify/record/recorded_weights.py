"""The recorded values of random variables, to be carried into what the migrated script exports now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migrate.verify.compare import dtype_text
from migrate.verify.scripts.pair_comparison import carried_note
from migrate.verify.scripts.results import Side
from migrate.verify.scripts.weight_values import Weight, weights_of
from migrate.verify.scripts.weights import carry, changes, copy_path, differing, match_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from migrate.verify.record.proof import RecordedWeight
    from migrate.verify.scripts.pair_comparison import SecondRuns
    from migrate.verify.scripts.results import Carried, Export


class RecordedWeights:
    """Recorded values as the weights of an export (`migrate.verify.scripts.weight_values.KnownWeights`).

    They have the names that they had in the migrated script's export, where they were carried to.

    Args:
        recorded: The values.

    Attributes:
        all: Them, without their values.
        changes: By how much each changes from run to run of the original, by key.
    """

    def __init__(self, recorded: Sequence[RecordedWeight]) -> None:
        self._values = {str(number): weight.value for number, weight in enumerate(recorded)}
        self.changes = {str(number): weight.changes for number, weight in enumerate(recorded)}
        self.all = tuple(
            Weight(weight.carried.name, str(number), dtype_text(weight.value), tuple(weight.value.shape))
            for number, weight in enumerate(recorded)
        )

    def read(self, weight: Weight) -> NDArray[Any]:
        """The value of one."""
        return self._values[weight.key]


def carry_recorded(
    recorded: Sequence[RecordedWeight], export: Export, work: Path, again: SecondRuns
) -> tuple[Export, tuple[Carried, ...], tuple[str, ...]]:
    """Carries recorded values to an export, for the variables that are random there, too.

    Args:
        recorded: The values.
        export: Of the migrated script.
        work: A directory for the copy.
        again: Runs the script again, to see which of its variables are random.

    Returns:
        The export or its copy, what was carried, and notes.

    Raises:
        MigrateError: A checkpoint cannot be read.
    """
    ours, theirs = RecordedWeights(recorded), weights_of(export)
    if not recorded:
        return export, (), ()
    matched = {match.before.key for match in match_weights(ours.all, () if theirs is None else theirs.all)}
    notes = tuple(
        f"the recorded value of {weight.name} was not carried: AFTER exports no such variable"
        for weight in ours.all
        if weight.key not in matched
    )
    found = differing(ours, theirs)
    if found is None:
        return export, (), notes
    second = again.export(Side.AFTER, export)
    random = changes(export, second) if second is not None else {}
    target = copy_path(export, work)
    carried, more = carry(found, ours.changes, random, target)
    if not carried:
        return export, (), (*notes, *more)
    return replace(export, path=target), carried, (carried_note(carried), *notes, *more)
