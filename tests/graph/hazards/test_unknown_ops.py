import pytest
from graphs import FLOAT, INT32, Graph
from told import hazards_of, only

from migrate.graph.hazards.origins import origin_of
from migrate.graph.inspection import HazardKind, Severity
from migrate.graph.registry import runtime_ops


def using(op: str, **attributes: object) -> Graph:
    g = Graph()
    g.placeholder("x")
    g.node("y", op, "x", **attributes)
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    return g


def test_a_custom_operation() -> None:
    hazard = only(using("ZeroOut"), HazardKind.UNKNOWN_OP, Severity.BLOCKS)
    assert hazard.node == "y"
    assert "--op-library" in hazard.remedy


@pytest.mark.parametrize(
    ("op", "kind", "says"),
    [
        ("GatherTree", HazardKind.REMOVED_OP, "tf.contrib.seq2seq"),
        ("BoostedTreesPredict", HazardKind.REMOVED_OP, "boosted trees"),
        ("TreePredictionsV4", HazardKind.REMOVED_OP, "tensor_forest"),
        ("TRTEngineOp", HazardKind.REMOVED_OP, "TensorRT"),
        ("TPUPartitionedCall", HazardKind.REMOVED_OP, "TPU"),
        ("Addons>Resampler", HazardKind.UNKNOWN_OP, "TensorFlow Addons"),
        ("SentencepieceOp", HazardKind.UNKNOWN_OP, "TensorFlow Text"),
    ],
)
def test_known_families_say_what_to_do(op: str, kind: HazardKind, says: str) -> None:
    assert says in only(using(op, Tout=[FLOAT]), kind, Severity.BLOCKS).message


def test_what_the_installed_tensorflow_has_is_not_called_gone() -> None:
    gone = [op for op in runtime_ops() if (origin := origin_of(op)) is not None and origin.is_gone]
    assert all(op.startswith(("BoostedTrees", "IsBoostedTrees", "_Mkl")) for op in gone)


def test_a_function_of_the_graph_is_no_unknown_operation() -> None:
    g = using("my_function")
    g.function("my_function")
    assert hazards_of(g) == []


def test_deprecated_operations_are_refused_in_new_graphs() -> None:
    hazard = only(using("BatchMatrixInverse", T=FLOAT), HazardKind.REMOVED_OP, Severity.BLOCKS)
    assert "MatrixInverse" in hazard.remedy


def test_an_attribute_that_the_runtime_lacks() -> None:
    hazard = only(using("Tanh", T=FLOAT, novel=3), HazardKind.UNKNOWN_ATTRIBUTE, Severity.BLOCKS)
    assert "novel" in hazard.message


def test_an_attribute_at_the_default_of_its_writer_is_dropped() -> None:
    g = using("Tanh", T=FLOAT, novel=3)
    definition = g.meta.meta_info_def.stripped_op_list.op.add()
    definition.name = "Tanh"
    attribute = definition.attr.add()
    attribute.name, attribute.default_value.i = "novel", 3
    assert hazards_of(g) == []
    attribute.default_value.i = 4
    assert len(hazards_of(g, HazardKind.UNKNOWN_ATTRIBUTE)) == 1


def test_an_attribute_that_the_node_lacks() -> None:
    hazard = only(using("Tanh"), HazardKind.UNKNOWN_ATTRIBUTE, Severity.BLOCKS)
    assert "lacks the attribute T" in hazard.message


def test_internal_attributes_and_defaults_are_fine() -> None:
    g = Graph()
    g.placeholder("x")
    g.node("y", "ArgMax", "x", g.const("d", 1, INT32), T=FLOAT, _grappler="x")
    g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
    assert hazards_of(g) == []
