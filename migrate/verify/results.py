"""What a comparison of two models found, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.verify.histogram import ErrorHistogram

Scalar = bool | int | float | str


class Status(StrEnum):
    """What is known about one output, one signature, or two models."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_PROVED = "not proved"


def worst(statuses: list[Status]) -> Status:
    """The status of a whole from its parts'; a whole without parts is not proved."""
    if Status.DIFFERENT in statuses:
        return Status.DIFFERENT
    if Status.NOT_PROVED in statuses or not statuses:
        return Status.NOT_PROVED
    return Status.EQUAL


@dataclass(frozen=True, slots=True)
class ContractDifference:
    """One thing about the signatures that differs, or that agrees without being the same.

    Attributes:
        signature: The signature's key; None where it is about the models as a whole.
        kind: `signature`, `method_name`, `input`, `output`, `dtype`, `shape`, `kind` or `default`.
        message: One sentence with both sides.
        breaking: False where the two are compatible and only not the same.
    """

    signature: str | None
    kind: str
    message: str
    breaking: bool = True


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """The first element, in C order, that differs.

    Attributes:
        sample: Label of the sample set.
        index: Its index in the output; empty for a scalar.
        a: Its value in the first model.
        b: Its value in the second.
        count: How many elements of this output differ in this sample set.
        of: How many elements it has there.
    """

    sample: str
    index: tuple[int, ...]
    a: Scalar
    b: Scalar
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Location:
    """The first place, in dataflow order, where the numbers of two models part.

    Attributes:
        a_node: The operation, variable, table or output in the first model; inside functions below the calls' names.
        b_node: What stands there in the second model.
        op_a: The first one's kind, for instance `MatMul`; empty for an output that has another one's values.
        op_b: The second one's kind.
        inputs_agree: Whether all that goes in was seen to be equal; what has no inputs has equal ones.
        a_value: The first element that differs there, as the first model has it; None where there is none to show.
        b_value: As the second has it.
        message: One sentence with all that is known, and no more.
    """

    a_node: str
    b_node: str
    op_a: str = ""
    op_b: str = ""
    inputs_agree: bool = False
    a_value: Scalar | None = None
    b_value: Scalar | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class OutputComparison:
    """One output of one signature over all samples.

    Attributes:
        name: The output's name in the signature.
        dtype: As the first model returned it; the declared one where it never did.
        status: Equal, different or not proved.
        elements: How many elements were compared.
        max_abs_error: Over all compared numbers; None where there were no numbers.
        max_rel_error: The same, relative to the larger of the two magnitudes.
        first_difference: Where the values differ first.
        reasons: Why it is different or not proved, one sentence each.
        histogram: All its errors by magnitude; None where there were no numbers.
        location: Where in the models it parts; None where it does not, or where no place could be proved.
    """

    name: str
    dtype: str
    status: Status
    elements: int = 0
    max_abs_error: float | None = None
    max_rel_error: float | None = None
    first_difference: FirstDifference | None = None
    reasons: tuple[str, ...] = ()
    histogram: ErrorHistogram | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class SignatureComparison:
    """One signature key over both models.

    Attributes:
        key: The signature's key.
        status: Equal, different or not proved.
        method_name: The first model's, or the second's where the first has no such signature.
        samples: Labels of the sample sets on which both models ran, in the order of the calls.
        outputs: One record an output that both have.
        contract: What differs between the two declarations.
        reasons: Why the whole signature is different or not proved, beyond its outputs and contract.
        notes: What else is good to know, for instance sample sets that both models refused.
    """

    key: str
    status: Status
    method_name: str
    samples: tuple[str, ...] = ()
    outputs: tuple[OutputComparison, ...] = ()
    contract: tuple[ContractDifference, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def max_abs_error(self) -> float | None:
        """The largest of its outputs', None where no numbers were compared."""
        errors = [output.max_abs_error for output in self.outputs if output.max_abs_error is not None]
        return max(errors, default=None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was found out about two models.

    Attributes:
        a: The first model, as it was given.
        b: The second.
        tags: Of the MetaGraphs that were compared.
        seed: From which the inputs were made.
        signatures: One record a signature key of either model, sorted.
        reasons: Why the models as a whole are not proved equal, beyond their signatures.
        notes: What else is good to know.
    """

    a: str
    b: str
    tags: tuple[str, ...]
    seed: int
    signatures: tuple[SignatureComparison, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Equal only where there is at least one signature and every one is equal."""
        statuses = [signature.status for signature in self.signatures]
        return worst([*statuses, Status.NOT_PROVED] if self.reasons else statuses)

    @property
    def equal(self) -> bool:
        """Whether the two were proved equal; False also where nothing speaks against it but the proof."""
        return self.status is Status.EQUAL
