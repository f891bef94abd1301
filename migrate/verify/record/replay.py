"""The original of a recorded proof in the place of a loaded model: it answers what it answered then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.signatures import SignatureDef
    from migrate.verify.calls import Call
    from migrate.verify.hints import InputHints
    from migrate.verify.models import Failure, Outputs


class Replay:
    """What a model answered; the first one of a comparison (`migrate.verify.calls.Answers`).

    Only outputs that were proved equal are recorded. So none of them is random, and each has shown that it goes with
    its inputs: what is compared with it does so too where it gives the same numbers.

    Args:
        calls: As they were recorded.
    """

    def __init__(self, calls: Iterable[Call]) -> None:
        # Calls are told apart by the very objects: stateful signatures answer the same inputs in several ways.
        self._answers = {id(call.sample.inputs): call for call in calls}

    def run(self, signature: SignatureDef, inputs: Mapping[str, Any], *, hurry: bool = False) -> Outputs | Failure:
        """What it answered.

        Args:
            signature: The one that was called.
            inputs: Those of a recorded sample, the very object.
            hurry: Makes no difference.
        """
        del signature, hurry
        return self._answers[id(inputs)].answer

    def hints(self, signature: SignatureDef) -> dict[str, InputHints]:
        """Nothing: no inputs are made."""
        del signature
        return {}

    def dependent_parts(self, signature: SignatureDef, output: str) -> frozenset[str]:
        """None: that an output goes with the inputs was proved when it was recorded."""
        del signature, output
        return frozenset()

    def random_operations(self, signature: SignatureDef, output: str) -> tuple[str, ...]:
        """None: nothing that is random is recorded."""
        del signature, output
        return ()
