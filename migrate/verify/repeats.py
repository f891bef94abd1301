"""Whether a model answers the same call in the same way every time.

That a graph draws random numbers does not make its outputs random: a dropout that keeps everything draws them, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.verify.compare import compare_arrays
from migrate.verify.models import Failure, part_names

if TYPE_CHECKING:
    from migrate.signatures import SignatureDef
    from migrate.verify.calls import Answers
    from migrate.verify.samples import Sample

_TIMES = 5


@dataclass(frozen=True, slots=True)
class Repeated:
    """What came of the same call, made several times.

    Attributes:
        values: The parts of outputs, as `Outputs` names them, whose values changed.
        shapes: Those whose shapes changed.
    """

    values: frozenset[str]
    shapes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Randomness:
    """What is random about an output.

    Attributes:
        operations: The random operations that it depends on, where its values change from call to call in both models.
        shape: Whether its shape does so, too.
        only_in: `first` or `second`, where its values change from call to call in that model only.
    """

    operations: tuple[str, ...] = ()
    shape: bool = False
    only_in: str = ""


class Repetition:
    """Calls both models again where an output differs and its graph draws random numbers.

    Args:
        models: Both.
        signatures: Their declarations of one key.
    """

    def __init__(self, models: tuple[Answers, Answers], signatures: tuple[SignatureDef, SignatureDef]) -> None:
        self._models, self._signatures = models, signatures
        self._repeated: dict[str, list[Repeated]] = {}

    def randomness(self, output: str, sample: Sample) -> Randomness:
        """What is random about an output that differed on a sample: found in the graphs first, then by calling."""
        both = list(zip(self._models, self._signatures, strict=True))
        operations = [model.random_operations(signature, output) for model, signature in both]
        if not any(operations):
            return Randomness()
        if sample.label not in self._repeated:
            self._repeated[sample.label] = [repeat(model, signature, sample) for model, signature in both]
        repeated = self._repeated[sample.label]
        info = self._signatures[0].output(output)
        parts = {output, *(() if info is None else part_names(info))}
        ours, theirs = (bool(parts & found.values) for found in repeated)
        if not (ours and theirs):
            return Randomness(only_in="first" if ours else "second" if theirs else "")
        listed = tuple(sorted({name for names in operations for name in names}))
        return Randomness(listed, shape=any(parts & found.shapes for found in repeated))


def repeat(model: Answers, signature: SignatureDef, sample: Sample) -> Repeated:
    """Calls a model several times with the same inputs."""
    answers = [model.run(signature, sample.inputs) for _ in range(_TIMES)]
    good = [answer.parts for answer in answers if not isinstance(answer, Failure)]
    values, shapes = set(), set()
    for part, first in good[0].items() if good else ():
        for other in good[1:]:
            found = compare_arrays(first, other[part])
            if not found.equal:
                values.add(part)
            if found.reason is not None:
                shapes.add(part)
    return Repeated(frozenset(values), frozenset(shapes))
