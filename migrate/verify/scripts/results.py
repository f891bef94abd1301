"""What became of two scripts and of what they exported, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from migrate.verify.results import Comparison, Status, worst


class Side(StrEnum):
    """Which of the two scripts."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


class Isolation(StrEnum):
    """How a script is kept from the network."""

    NAMESPACE = "no network (a network namespace of its own)"
    SOCKETS = "no network for Python's sockets (this platform has no more to offer)"
    NONE = "network allowed"


class ExportKind(StrEnum):
    """What was exported."""

    SAVED_MODEL = "SavedModel"
    FROZEN_GRAPH = "frozen GraphDef"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs a script.

    Attributes:
        path: Of the program.
        python: Its version, for instance `3.7.16`.
        tensorflow: The version of its TensorFlow.
        as_v1: Whether `tensorflow` is made to mean `tf.compat.v1` with v1 behaviour for the script.
    """

    path: Path
    python: str
    tensorflow: str
    as_v1: bool = False

    def __str__(self) -> str:
        meaning = " as compat.v1" if self.as_v1 else ""
        return f"TensorFlow {self.tensorflow}{meaning} (Python {self.python}, {self.path})"


@dataclass(frozen=True, slots=True)
class Export:
    """One model that a script wrote.

    Attributes:
        kind: What it is.
        name: The path as the script knows it, with `{out}`, `{tmp}` and `~` for what differs from run to run.
        path: Where it lies now: the SavedModel's directory, or the file.
        times: How often the script wrote it; the last one counts.
    """

    kind: ExportKind
    name: str
    path: Path
    times: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a script.

    Attributes:
        script: As it was given.
        interpreter: What ran it.
        isolation: How it was kept from the network.
        seconds: How long it took.
        exports: What it wrote, in the order of writing.
        notes: What else is good to know.
    """

    script: Path
    interpreter: Interpreter
    isolation: Isolation
    seconds: float
    exports: tuple[Export, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """A variable whose value was taken from BEFORE, because it comes from random numbers.

    Attributes:
        name: In AFTER's export.
        source: In BEFORE's export.
        by_name: False where the two were matched by shape and order.
    """

    name: str
    source: str
    by_name: bool


@dataclass(frozen=True, slots=True)
class ExportPair:
    """An export of BEFORE and the export of AFTER that stands for it.

    Attributes:
        before: None where AFTER has one more.
        after: None where BEFORE has one more.
        how: What made them a pair, for instance `the same path`.
        comparisons: One for each MetaGraph that both have.
        carried: The variables whose values were taken from BEFORE.
        differences: What differs beyond the comparisons, a sentence each.
        reasons: Why it is not proved, beyond the comparisons.
        notes: What else is good to know.
    """

    before: Export | None
    after: Export | None
    how: str
    comparisons: tuple[Comparison, ...] = ()
    carried: tuple[Carried, ...] = ()
    differences: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Equal only where every MetaGraph is proved equal and nothing else speaks against it."""
        statuses = [comparison.status for comparison in self.comparisons]
        statuses += [Status.DIFFERENT] * bool(self.differences) + [Status.NOT_PROVED] * bool(self.reasons)
        return worst(statuses)


@dataclass(frozen=True, slots=True)
class ScriptComparison:
    """All that was found out about two scripts.

    Attributes:
        before: The run of the original.
        after: The run of the migrated script.
        pairs: Their exports, in the order in which BEFORE wrote them.
        notes: What else is good to know.
    """

    before: Run
    after: Run
    pairs: tuple[ExportPair, ...]
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The worst of the pairs."""
        return worst([pair.status for pair in self.pairs])

    @property
    def equal(self) -> bool:
        """Whether everything that they exported was proved equal."""
        return self.status is Status.EQUAL

    @property
    def carried(self) -> tuple[Carried, ...]:
        """The variables of all pairs whose values were taken from BEFORE."""
        return tuple(carried for pair in self.pairs for carried in pair.carried)
