from __future__ import annotations

from graphs import FLOAT, INT64, Graph

from migrate.graph.legacy_names.matching import Place, matches_of
from migrate.graph.legacy_names.results import Role
from migrate.graph.tensors import Tensor
from migrate.signatures.model import TensorInfo


def new_model(inputs, outputs, dtypes=None):
    """A model whose signature takes placeholders and has one call."""
    g = Graph()
    for name in inputs.values():
        g.placeholder(name.partition(":")[0])
    g.node("call", "StatefulPartitionedCall", *(name.partition(":")[0] for name in inputs.values()))
    g.signature("s", inputs, outputs)
    for key, dtype in (dtypes or {}).items():
        g.meta.signature_def["s"].inputs[key].dtype = dtype
    return g


def matched(graph, original):
    return {(match.key, match.name): match for match in matches_of(graph.meta, original)}


def test_inputs_and_outputs_by_key(old):
    g = new_model({"x": "s_x:0"}, {"y": "call:1"})
    found = matches_of(g.meta, old.tf1_model(s=({"x": "x:0"}, {"y": "split:2"})))
    assert [(m.role, m.legacy, m.new, m.place) for m in found] == [
        (Role.FEED, Tensor("x", 0), Tensor("s_x", 0), Place("x", 0)),
        (Role.FETCH, Tensor("split", 2), Tensor("call", 1), Place("y", 0)),
    ]


def test_the_default_signature_comes_first(old):
    original = old.tf1_model(a=({}, {"y": "y:0"}), serving_default=({}, {"y": "y:0"}))
    assert [match.signature for match in matches_of(Graph().meta, original)] == ["serving_default", "a"]


def test_keys_that_tf2_does_not_take(old):
    g = new_model({"arg_x_0": "s_x:0"}, {"y": "call:0"})
    original = old.tf1_model(s=({"x:0": "x:0"}, {"y": "y:0"}))
    assert matched(g, original)["x:0", "x:0"].new == Tensor("s_x", 0)


def sparse(key="docs"):
    return TensorInfo(key, "", "float32", (None, 3), ("docs/i:0", "docs/v:0", "docs/s:0"))


def test_sparse_inputs_by_component_names(old):
    g = new_model({"docs_indices": "a:0", "docs_values": "b:0", "docs_dense_shape": "c:0"}, {"y": "call:0"})
    for key in ("docs_indices", "docs_dense_shape"):
        g.meta.signature_def["s"].inputs[key].dtype = INT64
    found = matched(g, old.tf1_model(s=({"docs": sparse()}, {"y": "y:0"})))
    assert found["docs (indices)", "docs/i:0"].new == Tensor("a", 0)
    assert found["docs (dense_shape)", "docs/s:0"].new == Tensor("c", 0)
    assert not [match for match in found.values() if match.reason]


def test_numbered_inputs_are_a_sparse_one_only_by_their_dtypes(old):
    names = {"docs": "a:0", "docs_1": "b:0", "docs_2": "c:0"}
    original = old.tf1_model(s=({"docs": sparse()}, {"y": "y:0"}))
    right = matched(new_model(names, {"y": "call:0"}, {"docs": INT64, "docs_2": INT64}), original)
    assert right["docs (values)", "docs/v:0"].new == Tensor("b", 0)
    wrong = matched(new_model(names, {"y": "call:0"}), original)
    assert "has no input 'docs'" in wrong["docs (values)", "docs/v:0"].reason


def test_what_is_not_there_has_a_reason(old):
    g = new_model({"x": "s_x:0"}, {"y": "gone:0"})
    original = old.tf1_model(
        s=({"x": ("x:0", "int64"), "z": "z:0"}, {"y": "y:0", "op": "_no"}), t=({"x": "x:0"}, {"y": "y:0"})
    )
    found = matches_of(g.meta, original)
    reasons = [match.reason for match in found]
    assert reasons[0] == "it was int64, and is float32 in the new model"
    assert "--rename-input" in reasons[1]
    assert "has no tensor 'gone:0'" in reasons[2]
    assert "no name that a graph can have" in reasons[3]
    assert reasons[4:] == ["the new model has no signature 't'"] * 2


def test_an_operation_is_what_runs_the_signature(old):
    g = new_model({"x": "s_x:0"}, {"y": "call:0"})
    original = old.tf1_model(s=({}, {"op": "train/op"}))
    (match,) = matches_of(g.meta, original)
    assert (match.role, match.new, match.reason) == (Role.RUN, Tensor("call", -1), "")
    # A converted model's signature has the old name, which a variable may have in the new graph.
    g.node("train/op", "VarHandleOp")
    g.meta.signature_def["s"].outputs["op"].name = "train/op"
    assert matches_of(g.meta, original)[0].new == Tensor("call", -1)


def test_an_operation_of_a_signature_that_only_takes(old):
    g = new_model({"x": "s_x:0"}, {})
    assert matches_of(g.meta, old.tf1_model(s=({}, {"op": "train"})))[0].new == Tensor("call", -1)
    g.node("other", "Tanh", "s_x", T=FLOAT)
    assert matches_of(g.meta, old.tf1_model(s=({}, {"op": "train"})))[0].new == Tensor("call", -1)


def test_an_operation_of_which_nobody_knows_what_runs_it(old):
    (match,) = matches_of(new_model({}, {}).meta, old.tf1_model(s=({}, {"op": "train"})))
    assert "no one operation" in match.reason
