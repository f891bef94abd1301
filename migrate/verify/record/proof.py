"""A proof that was recorded: what the original declares and answers, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.signatures import MetaGraph
    from migrate.verify.calls import Call
    from migrate.verify.scripts.results import Carried


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the two scripts, or models, that were compared.

    Attributes:
        path: From the proof's directory, with `/`.
        sha256: Of the script, or of the model's saved_model.pb.
        python: The version of Python that ran the script; empty for a model.
        tensorflow: The version of TensorFlow that did.
        as_v1: Whether it did so as compat.v1.
        seconds: How long that took.
    """

    path: str
    sha256: str
    python: str = ""
    tensorflow: str = ""
    as_v1: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ProvedOutput:
    """How equal an output was: for people, nothing is decided by it.

    Attributes:
        name: The output.
        dtype: Its type.
        elements: How many were compared.
        max_abs_error: The largest; None where there were no numbers.
        max_rel_error: The same, relative.
    """

    name: str
    dtype: str
    elements: int
    max_abs_error: float | None
    max_rel_error: float | None


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """One MetaGraph of one export of the original.

    Attributes:
        meta_graph: What it declares.
        calls: What it was called with and what it answered, in the order of the calls.
        proved: By signature, how equal its outputs were.
    """

    meta_graph: MetaGraph
    calls: tuple[Call, ...]
    proved: tuple[tuple[str, tuple[ProvedOutput, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedWeight:
    """A variable that started from random numbers, with its value in the original's export.

    Attributes:
        carried: Its names on both sides.
        value: The value.
        changes: By how much it changes from run to run of the original; infinite for what is no number.
    """

    carried: Carried
    value: NDArray[Any]
    changes: float = inf


@dataclass(frozen=True, slots=True)
class RecordedExport:
    """An export of the original and the one that was equal to it.

    Attributes:
        name: Of the original's export, as the script knows it; of a model its path.
        kind: `SavedModel` or `frozen GraphDef`.
        models: Its MetaGraphs.
        weights: The values to carry into what is compared with it.
    """

    name: str
    kind: str
    models: tuple[RecordedModel, ...]
    weights: tuple[RecordedWeight, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that two models, or what two scripts exported, were equal.

    Attributes:
        scripts: Whether two scripts were compared; else two models.
        date: When, in UTC and ISO 8601.
        version: Of tf-migrate.
        tensorflow: The version of TensorFlow that ran the exports of both.
        seed: From which the inputs were made.
        before: The original.
        after: What was equal to it.
        exports: Of models one.
        args: Of both scripts.
        environment: The names of the variables that were added to their environment; never the values.
        isolation: How they were kept from the network, as `Isolation` names it; empty for models.
    """

    scripts: bool
    date: str
    version: str
    tensorflow: str
    seed: int
    before: Subject
    after: Subject
    exports: tuple[RecordedExport, ...]
    args: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    isolation: str = ""
