from graphs import BOOL, FLOAT, Graph
from told import hazards_of, only

from migrate.graph.hazards.context import Context
from migrate.graph.hazards.registry import all_families
from migrate.graph.inspection import HazardKind, Severity
from migrate.graph.source import Form


def innocent() -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", "MatMul", "x", g.variable("W"), T=FLOAT)
    g.saver("W")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    return g


def test_an_innocent_model_has_none() -> None:
    assert hazards_of(innocent()) == []


def test_every_module_of_families_registers_something() -> None:
    modules = {family.__module__ for family in all_families()}
    from pkgutil import iter_modules

    from migrate.graph.hazards import families

    assert modules == {f"{families.__name__}.{module.name}" for module in iter_modules(families.__path__)}


def test_many_alike_are_told_once_with_all_their_signatures() -> None:
    g = Graph()
    g.placeholder("x")
    for number in range(3):
        g.node(f"p{number}", "PyFunc", "x", Tin=[FLOAT], Tout=[FLOAT], token="t")
    g.signature("one", {"x": "x:0"}, {"y": "p0:0"})
    g.signature("two", {"x": "x:0"}, {"y": "p1:0"})
    hazards = hazards_of(g, HazardKind.PYTHON_FUNCTION)
    assert [(h.severity, h.count, h.signatures) for h in hazards] == [
        (Severity.BLOCKS, 1, ("one",)),
        (Severity.BLOCKS, 1, ("two",)),
        (Severity.NOTE, 1, ()),
    ]  # Each can be cut off at its own node, which the remedy names.
    g = Graph()
    g.placeholder("x")
    for number in range(3):
        g.node(f"r{number}", "RandomShuffle", "x", T=FLOAT)
    g.signature("one", {"x": "x:0"}, {"y": "r0:0"})
    g.signature("two", {"x": "x:0"}, {"y": "r1:0", "z": "r2:0"})
    hazard = only(g, HazardKind.RANDOM, Severity.CHANGES)
    assert (hazard.node, hazard.count, hazard.signatures) == ("r0", 3, ("one", "two"))


def test_what_no_signature_runs_is_at_most_a_note() -> None:
    g = innocent()
    g.node("queue", "FIFOQueueV2", component_types=[FLOAT])
    g.node("take", "QueueDequeueV2", "queue", component_types=[FLOAT])
    g.node("write", "WriteFile", "name", "name")
    g.const("name", b"f", 7)
    g.node("random", "RandomShuffle", "x", T=FLOAT)
    g.node("py", "PyFunc", "x", Tin=[FLOAT], Tout=[FLOAT], token="t")
    g.node("custom", "NobodyKnowsThis", "x")
    assert {(h.kind, h.severity) for h in hazards_of(g)} == {
        (HazardKind.PYTHON_FUNCTION, Severity.NOTE),
        (HazardKind.UNKNOWN_OP, Severity.NOTE),
    }


def test_what_a_branch_never_taken_does_is_no_hazard() -> None:
    g = Graph()
    g.placeholder("x")
    g.default("training", False, BOOL)
    g.node("switch", "Switch", "x", "training", T=FLOAT)
    g.node("py", "PyFunc", "switch:1", Tin=[FLOAT], Tout=[FLOAT], token="t")
    g.node("y", "Merge", "switch", "py", T=FLOAT, N=2)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    g.signature("chosen", {"x": "x:0", "training": "training:0"}, {"y": "y:0"})
    blocking = [h for h in hazards_of(g) if h.severity is Severity.BLOCKS]
    assert [(h.node, h.signatures) for h in blocking] == [("py", ("chosen",))]


def test_functions_that_are_called_count_for_their_callers() -> None:
    g = Graph()
    g.placeholder("x")
    g.function("inner", ("read", "ReadFile", ("a",), {}))
    g.function("outer", ("call", "inner", ("a",), {}))
    g.function("unused", ("write", "WriteFile", ("a", "a"), {}))
    g.node("y", "PartitionedCall", "x", f="outer", Tin=[FLOAT], Tout=[FLOAT])
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    hazard = only(g, HazardKind.READS_FILE, Severity.CHANGES)
    assert (hazard.node, hazard.op, hazard.signatures) == ("y", "ReadFile", ("serving_default",))
    assert "function inner" in hazard.message
    assert hazards_of(g, HazardKind.WRITES_FILE) == []


def test_what_blocks_at_the_start_concerns_the_model_as_a_whole() -> None:
    g = innocent()
    g.const("name", b"f", 7)
    g.node("write", "WriteFile", "name", "name")
    g.node("start", "NoOp", "^write")
    g.init("start")
    assert only(g, HazardKind.WRITES_FILE, Severity.BLOCKS).signatures == ()


def test_a_raw_graph_is_seen_through_its_likeliest_proposal() -> None:
    g = Graph()
    g.placeholder("input")
    g.node("logits", "MatMul", "input", g.variable("W"), T=FLOAT)
    g.node("noise", "RandomShuffle", "logits", T=FLOAT)
    g.node("predictions", "Softmax", "noise", T=FLOAT)
    view = g.view(Form.META_GRAPH)
    assert tuple(Context(view).slices) == ("serving_default",)
    assert only(view, HazardKind.RANDOM, Severity.CHANGES).signatures == ("serving_default",)
