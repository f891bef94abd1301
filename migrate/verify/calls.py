"""One call of a signature, and what has to be known of a model so that another one can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from migrate.verify.models import Failure, Outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.signatures import SignatureDef
    from migrate.verify.hints import InputHints
    from migrate.verify.samples import Sample


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the first model, on which the second one did not run out of time either.

    Attributes:
        signature: Its key.
        sample: The inputs.
        answer: What the first model returned.
    """

    signature: str
    sample: Sample
    answer: Outputs | Failure


def kept(answer: Outputs | Failure) -> Outputs | Failure:
    """An answer that stays as it is: what a session returns may share its memory with a variable."""
    if isinstance(answer, Failure):
        return answer
    return Outputs({part: value.copy() for part, value in answer.parts.items()})


class Answers(Protocol):
    """The first model of a comparison: loaded, or as far as it was recorded. `migrate.verify.models.Model` has more."""

    def run(self, signature: SignatureDef, inputs: Mapping[str, Any], *, hurry: bool = False) -> Outputs | Failure:
        """What it returns for these inputs."""

    def hints(self, signature: SignatureDef) -> dict[str, InputHints]:
        """What it says about each input."""

    def dependent_parts(self, signature: SignatureDef, output: str) -> frozenset[str]:
        """The parts of an output whose values depend on any input's."""

    def random_operations(self, signature: SignatureDef, output: str) -> tuple[str, ...]:
        """The operations an output depends on whose results are random."""
