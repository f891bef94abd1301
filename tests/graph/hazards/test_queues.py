import pytest
from graphs import FLOAT, INT64, STRING, Graph
from told import hazards_of, only

from migrate.graph.inspection import HazardKind, Severity


def test_a_signature_that_takes_from_a_queue() -> None:
    g = Graph()
    g.node("queue", "FIFOQueueV2", component_types=[FLOAT])
    g.const("n", 8, 3)
    g.node("batch", "QueueDequeueManyV2", "queue", "n", component_types=[FLOAT])
    g.node("y", "Tanh", "batch", T=FLOAT)
    g.signature("serving_default", {}, {"y": "y:0"})
    g.signature("fed", {"x": "batch:0"}, {"y": "y:0"})
    hazard = only(g, HazardKind.QUEUE, Severity.BLOCKS)
    assert (hazard.node, hazard.signatures) == ("batch", ("serving_default",))
    assert "--input NAME=batch:0" in hazard.remedy


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("Unstage", {"dtypes": [FLOAT]}),
        ("QueueDequeue", {"component_types": [FLOAT]}),
        ("ReaderReadV2", {}),
        ("BarrierTakeMany", {"component_types": [FLOAT]}),
    ],
)
def test_readers_stagers_and_the_old_queues(op: str, attributes: dict) -> None:
    g = Graph()
    g.placeholder("handle", 20 if op.endswith("V2") else STRING, ())
    g.node("take", op, "handle", "handle", **attributes)
    g.signature("serving_default", {"h": "handle:0"}, {"y": "take:0"})
    assert only(g, HazardKind.QUEUE, Severity.BLOCKS).op == op
    assert hazards_of(g, HazardKind.REFERENCE) == [], "told once"


def test_one_that_only_puts_in() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("queue", "FIFOQueueV2", component_types=[FLOAT])
    g.node("size", "QueueSizeV2", "queue")
    g.signature("serving_default", {}, {"n": "size:0"})
    assert {h.op for h in hazards_of(g, HazardKind.QUEUE)} == {"FIFOQueueV2", "QueueSizeV2"}


def test_iterators() -> None:
    g = Graph()
    g.node("iterator", "IteratorV2", output_types=[FLOAT, INT64], shared_name="", container="")
    g.node("next", "IteratorGetNext", "iterator", output_types=[FLOAT, INT64])
    g.node("y", "Tanh", "next", T=FLOAT)
    g.signature("serving_default", {}, {"y": "y:0"})
    hazard = only(g, HazardKind.ITERATOR, Severity.BLOCKS)
    assert (hazard.node, hazard.op) == ("next", "IteratorGetNext")


def test_a_queue_behind_an_input_is_no_hazard() -> None:
    g = Graph()
    g.node("queue", "FIFOQueueV2", component_types=[FLOAT])
    g.node("batch", "QueueDequeueV2", "queue", component_types=[FLOAT])
    g.node("y", "Tanh", "batch", T=FLOAT)
    g.signature("serving_default", {"x": "batch:0"}, {"y": "y:0"})
    assert hazards_of(g) == []
