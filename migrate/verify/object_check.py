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

_NOT_RUN = ("ValueError", "TypeError")
"""Python's errors: a session raises them before it runs anything, for instance for a shape that cannot be fed."""


class ObjectCheck:
    """Calls the loaded objects whenever the graph was called, so that both have the same state.

    Args:
        model: The model as TF2 loads it.
    """

    def __init__(self, model: ObjectModel) -> None:
        self._model = model
        self._in_step = True
        self._said: set[str] = set()

    def check(
        self, signature: SignatureDef, sample: Sample, answer: Outputs | Failure, outputs: Sequence[str]
    ) -> list[str]:
        """What is wrong, a sentence each; said once a signature.

        Args:
            signature: The one that was called.
            sample: With these inputs.
            answer: What the graph answered.
            outputs: The outputs to compare; those that are random cannot be.
        """
        if isinstance(answer, Failure) and answer.error in _NOT_RUN:
            return []
        # A call that was stopped may have done anything; and objects cannot be stopped.
        self._in_step &= not (isinstance(answer, Failure) and answer.timed_out)
        if not self._in_step or signature.key in self._said:
            return []
        # What fails half-way has to fail half-way here, too: both may have changed a variable before.
        found = self._model.run(signature, sample.inputs)
        reasons = self._compare(sample, answer, found, outputs)
        if reasons:
            self._said.add(signature.key)
        return reasons

    def _compare(
        self, sample: Sample, answer: Outputs | Failure, found: Outputs | Failure, outputs: Sequence[str]
    ) -> list[str]:
        loaded = "loaded by tf.saved_model.load, the second model"
        if isinstance(answer, Failure):
            if isinstance(found, Failure):
                return []
            return [
                f"{loaded} takes the sample set {sample.label!r}, its graph raises {answer.error}: {answer.message}"
            ]
        if isinstance(found, Failure):
            return [f"{loaded} raises {found.error} on the sample set {sample.label!r}: {found.message}"]
        for part, value in answer.parts.items():
            key = part if part in outputs else part.rpartition("/")[0]
            if key in outputs and part in found.parts and not compare_arrays(value, found.parts[part]).equal:
                return [f"{loaded} gives another {part!r} than its graph does, on the sample set {sample.label!r}"]
        return []
