"""Input pipelines inside a signature: queues, readers, stagers and iterators."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

_TAKES = ("QueueDequeue", "ReaderRead", "BarrierTakeMany", "Unstage", "MapUnstage", "OrderedMapUnstage", "RecordInput")
_OTHERS = ("Queue", "Reader", "Barrier", "Stage", "MapStage", "OrderedMapStage", "MapPeek", "StagePeek")
_MAKERS = (
    *("FIFOQueue", "PaddingFIFOQueue", "PriorityQueue", "RandomShuffleQueue", "FakeQueue", "Barrier"),
    *("WholeFileReader", "TextLineReader", "TFRecordReader", "FixedLengthRecordReader", "IdentityReader", "LMDBReader"),
)
_ITERATOR_TAKES = frozenset(
    {"IteratorGetNext", "IteratorGetNextSync", "IteratorGetNextAsOptional", "MultiDeviceIteratorGetNextFromShard"}
)
_ITERATORS = frozenset(
    {
        *("Iterator", "IteratorV2", "AnonymousIterator", "OneShotIterator", "MultiDeviceIterator"),
        *("IteratorFromStringHandle", "IteratorFromStringHandleV2", "IteratorToStringHandle", "MakeIterator"),
    }
)


def is_queue_op(op: str) -> bool:
    """Whether an operation works on a queue, reader or stager (tensorflow/core/ops/{data_flow,io}_ops.cc)."""
    return op.startswith((*_TAKES, *_OTHERS)) or op.removesuffix("V2") in _MAKERS


@family
def queues(context: Context) -> Iterator[Hazard]:
    """Operations on queues, readers and stagers; where something is taken out, only that is told."""
    ops = [op for op in context.places if is_queue_op(op)]
    yield from _pipeline(context, [op for op in ops if op.startswith(_TAKES)], ops, HazardKind.QUEUE, "queue")


@family
def iterators(context: Context) -> Iterator[Hazard]:
    """Iterators of tf.data; a function that iterates within itself, such as the body of a dataset, is none."""
    ops = [op for op in context.places if op in _ITERATORS | _ITERATOR_TAKES]
    takes = [op for op in ops if op in _ITERATOR_TAKES]
    yield from _pipeline(context, takes, ops, HazardKind.ITERATOR, "tf.data iterator")


def _pipeline(context: Context, takes: list[str], every: list[str], kind: HazardKind, what: str) -> Iterator[Hazard]:
    told: set[str] = set()
    for place in context.of(takes):
        if place.function or not place.signatures:
            continue
        told.update(place.signatures)
        yield hazard_at(
            place,
            kind,
            Severity.BLOCKS,
            f"The signature takes its data from a {what}, which nobody fills when it is called.",
            f"Feed what comes out of it instead: --input NAME={place.name}:0.",
        )
    for place in context.of(every):
        if place.op in takes or place.function or not _is_news(place, told):
            continue
        yield hazard_at(
            place,
            kind,
            Severity.BLOCKS,
            f"It works on a {what}, which is not carried over.",
            "Choose outputs that do not need it (--output).",
        )


def _is_news(place: Place, told: set[str]) -> bool:
    return any(key not in told for key in place.signatures)
