"""The results in the order of the page: what differs first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from migrate.report.amounts import count as amount
from migrate.report.proof_page.histogram import histogram_pictures
from migrate.report.proof_page.wording import largest, worst_first
from migrate.report.script_verification import pair_title
from migrate.verify.results import Comparison, Status
from migrate.verify.scripts.results import ExportPair, ScriptComparison

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from migrate.verify.results import OutputComparison, SignatureComparison

_FEW = 4
"""So many signatures are all open."""

_SHORT = 24
"""So many rows are shown before the signatures themselves."""


@dataclass(frozen=True, slots=True)
class OutputPart:
    """An output and the pictures of its absolute and relative errors; None where no numbers were compared."""

    found: OutputComparison
    pictures: tuple[Markup, Markup] | None


@dataclass(frozen=True, slots=True)
class SignaturePart:
    """A signature.

    Attributes:
        anchor: Its id on the page.
        found: What was found out about it.
        outputs: Its outputs, those that differ first.
        absolute: The largest absolute error; None where no numbers were compared.
        relative: The largest relative error.
        open: Whether it is shown without a click.
    """

    anchor: str
    found: SignatureComparison
    outputs: tuple[OutputPart, ...]
    absolute: float | None
    relative: float | None
    open: bool


@dataclass(frozen=True, slots=True)
class ModelsPart:
    """A MetaGraph of two models, its signatures with those that differ first."""

    found: Comparison
    signatures: tuple[SignaturePart, ...]

    @property
    def counts(self) -> str:
        """How many signatures there are of each status."""
        statuses = [part.found.status for part in self.signatures]
        each = [f"{statuses.count(status)} {status}" for status in sorted(set(statuses), key=worst_first)]
        return f"{amount(len(statuses), 'signature')}: {', '.join(each)}"

    @property
    def short(self) -> bool:
        """Whether their list leaves what differs in sight."""
        return len(self.signatures) <= _SHORT


@dataclass(frozen=True, slots=True)
class ExportPart:
    """An export of two scripts.

    Attributes:
        anchor: Its id on the page.
        number: Its place in the order of writing, from 1.
        title: The names of both sides' exports.
        pair: What was found out about it.
        models: Its MetaGraphs, those that differ first.
    """

    anchor: str
    number: int
    title: str
    pair: ExportPair
    models: tuple[ModelsPart, ...]


def models_part(comparison: Comparison) -> ModelsPart:
    """Two models."""
    return _Maker(len(comparison.signatures)).models(comparison)


def export_parts(comparison: ScriptComparison) -> tuple[ExportPart, ...]:
    """All exports of two scripts, those that differ first."""
    maker = _Maker(sum(len(models.signatures) for pair in comparison.pairs for models in pair.comparisons))
    numbered = sorted(enumerate(comparison.pairs, 1), key=lambda item: worst_first(item[1].status))
    return tuple(
        ExportPart(
            f"export{number}",
            number,
            pair_title(pair),
            pair,
            tuple(map(maker.models, sorted(pair.comparisons, key=lambda models: worst_first(models.status)))),
        )
        for number, pair in numbered
    )


def all_outputs(comparison: Comparison | ScriptComparison) -> Iterator[OutputComparison]:
    """The outputs of all models."""
    models = (comparison,) if isinstance(comparison, Comparison) else _all_models(comparison)
    return (output for each in models for signature in each.signatures for output in signature.outputs)


def _all_models(comparison: ScriptComparison) -> Iterator[Comparison]:
    return (models for pair in comparison.pairs for models in pair.comparisons)


class _Maker:
    """Numbers the parts of one page.

    Args:
        signatures: How many there are on the page.
    """

    def __init__(self, signatures: int) -> None:
        self._all_open = signatures <= _FEW
        self._numbers = count(1)

    def models(self, comparison: Comparison) -> ModelsPart:
        ordered = sorted(comparison.signatures, key=lambda signature: worst_first(signature.status))
        return ModelsPart(comparison, tuple(map(self._signature, ordered)))

    def _signature(self, found: SignatureComparison) -> SignaturePart:
        return SignaturePart(
            f"signature{next(self._numbers)}",
            found,
            tuple(map(self._output, sorted(found.outputs, key=lambda output: worst_first(output.status)))),
            found.max_abs_error,
            largest(output.max_rel_error for output in found.outputs),
            self._all_open or found.status is not Status.EQUAL,
        )

    def _output(self, found: OutputComparison) -> OutputPart:
        key = f"histogram{next(self._numbers)}"
        pictures = None if found.histogram is None else histogram_pictures(found.histogram, found.name, key)
        return OutputPart(found, pictures)
