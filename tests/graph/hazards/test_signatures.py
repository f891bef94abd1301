from graphs import FLOAT, INT32, STRING, Graph
from told import hazards_of, only

from migrate import protos
from migrate.graph.inspection import HazardKind, Severity


def adding(other: str) -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", "Add", "x", other, T=FLOAT)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    return g


def test_a_placeholder_without_default_blocks_its_signature() -> None:
    g = adding("z")
    g.placeholder("z")
    g.signature("whole", {"x": "x:0", "z": "z:0"}, {"y": "y:0"})
    hazard = only(g, HazardKind.UNFED_PLACEHOLDER, Severity.BLOCKS)
    assert (hazard.node, hazard.signatures) == ("z", ("serving_default",))
    assert "float32" in hazard.message
    assert "--input NAME=z:0" in hazard.remedy


def test_one_with_a_default_is_a_note() -> None:
    g = adding("z")
    g.default("z", 0.5, FLOAT)
    assert "0.5" in only(g, HazardKind.UNFED_PLACEHOLDER, Severity.NOTE).message


def test_the_paths_of_assets_are_fed_by_the_loader() -> None:
    g = Graph()
    g.placeholder("path", STRING, ())
    g.node("table", "HashTableV2", key_dtype=STRING, value_dtype=9)
    g.node("fill", "InitializeTableFromTextFileV2", "table", "path", key_index=-2, value_index=-1)
    g.init("fill")
    definition = g.meta.asset_file_def.add()
    definition.tensor_info.name, definition.filename = "path:0", "words.txt"
    g.node("size", "LookupTableSizeV2", "table")
    g.signature("serving_default", {}, {"n": "size:0"})
    assert hazards_of(g) == []


def test_an_initialisation_that_wants_an_input() -> None:
    g = Graph()
    g.placeholder("x")
    g.placeholder("start")
    g.node("W/Assign", "Assign", "W", "start", T=FLOAT)
    g.node("y", "MatMul", "x", g.variable("W"), T=FLOAT)
    g.init("W/Assign")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    hazard = only(g, HazardKind.UNFED_PLACEHOLDER, Severity.BLOCKS)
    assert (hazard.node, hazard.signatures) == ("start", ())


def test_tensors_that_are_not_there() -> None:
    g = adding("x")
    g.signature("broken", {"x": "x:0"}, {"y": "y:1", "z": "nowhere:0"})
    hazards = hazards_of(g, HazardKind.MISSING_TENSOR)
    assert {(h.severity, h.signatures) for h in hazards} == {(Severity.BLOCKS, ("broken",))}
    assert "y:1" in hazards[0].message
    assert "nowhere:0" in hazards[1].message


def test_looking_does_not_change_the_graph() -> None:
    g = adding("z")
    g.node("z", "Placeholder", dtype=FLOAT)  # Without a shape, as TF 0.x wrote it.
    g.node("i", "ArgMax", "y", g.const("axis", 1, INT32), T=FLOAT)
    g.signature("i", {"x": "x:0", "z": "z:0"}, {"i": "i:0"})
    before = protos.graph_def()
    before.CopyFrom(g.graph)
    hazards_of(g)
    assert [sorted(node.attr) for node in g.graph.node if node.op == "Placeholder"] == [
        sorted(node.attr) for node in before.node if node.op == "Placeholder"
    ]
