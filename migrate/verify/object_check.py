"""Compares what a TF2 model answers when it is loaded as objects with what its graph answers in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.compare import compare_arrays
from migrate.verify.models import Failure, Outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.signatures import SignatureDef
    from migrate.verify.objects import ObjectModel
    from migrate.verify.samples import Sample


class ObjectCheck:
    """Calls the loaded objects whenever the graph was called, so that both have the same state.

    Args:
        model: The model as TF2 loads it.
    """

    def __init__(self, model: ObjectModel) -> None:
        self._model = model
        self._in_step = True
        self._said = False

    def check(
        self, signature: SignatureDef, sample: Sample, answer: Outputs | Failure, outputs: Sequence[str]
    ) -> list[str]:
        """What is wrong, a sentence each; said once.

        Args:
            signature: The one that was called.
            sample: With these inputs.
            answer: What the graph answered.
            outputs: The outputs to compare; those that are random cannot be.
        """
        if isinstance(answer, Failure):
            # A call that was refused for its shapes did nothing; one that failed half-way may have.
            self._in_step &= answer.error in ("ValueError", "TypeError")
            return []
        if not self._in_step or self._said:
            return []
        found = self._model.run(signature, sample.inputs)
        reasons = self._compare(sample, answer, found, outputs)
        self._said = bool(reasons)
        return reasons

    def _compare(self, sample: Sample, answer: Outputs, found: Outputs | Failure, outputs: Sequence[str]) -> list[str]:
        loaded = "loaded by tf.saved_model.load, the second model"
        if isinstance(found, Failure):
            return [f"{loaded} raises {found.error} on the sample set {sample.label!r}: {found.message}"]
        for part, value in answer.parts.items():
            key = part if part in outputs else part.rpartition("/")[0]
            if key in outputs and part in found.parts and not compare_arrays(value, found.parts[part]).equal:
                return [f"{loaded} gives another {part!r} than its graph does, on the sample set {sample.label!r}"]
        return []
