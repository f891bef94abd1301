"""Operations and attributes that an older TensorFlow does not know."""

from __future__ import annotations

import pytest
from model_fixtures import MODELS

from migrate.check import check_model
from migrate.errors import MigrateError

PREDICT = {"serving_default": ("predict", {"x": "float32[?]"}, {"y": "float32[?]"})}


def with_nodes(*nodes, function=()):
    """Adds `(NAME, OP, {ATTRIBUTE: (FIELD, VALUE)})` to the graph and to a function of it."""

    def add(into, name, op, attributes=None):
        node = into.add(name=name, op=op)
        for attribute, (field, value) in (attributes or {}).items():
            setattr(node.attr[attribute], field, value)

    def change(saved):
        graph = saved.meta_graphs[0].graph_def
        for node in nodes:
            add(graph.node, *node)
        if function:
            made = graph.library.function.add()
            made.signature.name = "inner"
            for node in function:
                add(made.node_def, *node)

    return change


def found(saved_model, change, runtime, signatures=PREDICT):
    model = saved_model(signatures, change, name=f"for {runtime}")
    check = check_model(model, runtime=runtime)
    assert check.runtime == ".".join(runtime.split(".")[:2])
    return [(one.rule, str(one.severity), one.message) for one in check.findings]


def test_an_operation_is_told_once_with_its_number(saved_model):
    change = with_nodes(
        ("a", "DisableCopyOnRead"), ("call", "inner"), function=[("b", "DisableCopyOnRead"), ("c", "NoOp")]
    )
    assert found(saved_model, change, "1.15.5") == [
        ("runtime-op", "error", "TensorFlow 1.15 has no operation DisableCopyOnRead: 2 nodes, a the first")
    ]


def test_the_newest_runtime_knows_it(saved_model):
    assert found(saved_model, with_nodes(("a", "DisableCopyOnRead")), "2.21") == []


HANDLE = {"dtype": ("type", 1), "shape": ("s", b"")}


def test_an_attribute_that_it_does_not_know(saved_model):
    node = ("v", "VarHandleOp", {**HANDLE, "debug_name": ("s", b"w/"), "_class": ("s", b"passed over")})
    assert found(saved_model, with_nodes(("call", "inner"), function=[node]), "1.15") == [
        ("runtime-attribute", "error", "TensorFlow 1.15 knows no attribute debug_name of VarHandleOp: node inner/v")
    ]


def test_an_attribute_with_its_default_value_counts_too(saved_model):
    types = {"Taxis": ("type", 3), "Tindices": ("type", 3), "Tparams": ("type", 1), "batch_dims": ("i", 0)}
    assert found(saved_model, with_nodes(("g", "GatherV2", types)), "1.13") == [
        ("runtime-attribute", "error", "TensorFlow 1.13 knows no attribute batch_dims of GatherV2: node g")
    ]


def test_a_value_that_it_does_not_allow(saved_model):
    bytes_ = ("m", "Abs", {"T": ("type", 6)})
    (one,) = found(saved_model, with_nodes(bytes_), "1.13")
    assert one == ("runtime-attribute", "error", "TensorFlow 1.13 refuses Abs with T = int8: node m")


def test_an_attribute_that_only_later_got_a_default(saved_model):
    node = (
        "r",
        "RaggedTensorToVariant",
        {"RAGGED_RANK": ("i", 1), "Tvalues": ("type", 1), "batched_input": ("b", True)},
    )
    left_out = "has to be told the attribute Tsplits of RaggedTensorToVariant, which is left out: node r"
    assert found(saved_model, with_nodes(node), "1.15") == [
        ("runtime-attribute", "error", f"TensorFlow 1.15 {left_out}")
    ]
    assert found(saved_model, with_nodes(node), "2.4") == []


def test_an_operation_that_took_something_else(saved_model):
    types = {"element_dtype": ("type", 1)}
    (one,) = found(saved_model, with_nodes(("s", "TensorListStack", types)), "1.13")
    assert one[2] == "TensorFlow 1.13 has another TensorListStack, which takes or gives something else: node s"


def test_a_custom_operation_needs_its_library(saved_model):
    (one,) = found(saved_model, with_nodes(("a", "MyOwnOp")), "2.4")
    assert one[:2] == ("runtime-custom-op", "warning")


def test_ragged_signatures_in_runtimes_without_them(saved_model):
    signatures = {"serving_default": ("predict", {"x": "float32[?]"}, {"y": "ragged", "z": "float32[?]"})}
    rules = [rule for rule, *_ in found(saved_model, with_nodes(), "2.0", signatures)]
    assert rules == ["runtime-encoding", "output-encoding"]


def test_lowered_control_flow_in_old_runtimes(saved_model):
    node = ("p", "PartitionedCall", {"_lower_using_switch_merge": ("b", True)})
    assert "refuses PartitionedCall with the attribute _lower_using_switch_merge" in str(
        found(saved_model, with_nodes(node), "1.14")
    )


def test_an_unknown_runtime(saved_model):
    with pytest.raises(MigrateError, match="no table for the runtime 0"):
        check_model(saved_model(PREDICT), runtime="0.9")


def test_a_graph_that_cannot_be_parsed(saved_model):
    model = saved_model(PREDICT)
    data = bytearray((model / "saved_model.pb").read_bytes())
    # saved_model_schema_version takes two bytes; then comes the one MetaGraph with its length.
    meta_graph = bytes(data[4:] if data[3] < 128 else data[5:]) + b"\x12\x02\x0a\x09"
    header = bytes([0x12, len(meta_graph) & 127 | 128, len(meta_graph) >> 7])
    (model / "saved_model.pb").write_bytes(bytes(data[:2]) + header + meta_graph)
    assert check_model(model).findings == ()
    with pytest.raises(MigrateError, match="the MetaGraph serve is broken: its graph cannot be parsed"):
        check_model(model, runtime="1.15")


@pytest.mark.parametrize("version", ["1.15", "2.21"])
@pytest.mark.parametrize("fixture", [model for model in MODELS if model.form == "saved_model"], ids=str)
def test_what_tensorflow_1_15_wrote_it_knows_and_so_does_the_newest(fixture, version):
    findings = check_model(fixture.path, tags=fixture.tags, runtime=version).findings
    assert [finding for finding in findings if finding.rule.startswith("runtime")] == []
