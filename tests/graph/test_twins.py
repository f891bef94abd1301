from __future__ import annotations

import pytest
from graphs import FLOAT, Graph

from migrate.graph.registry import OpRegistry, runtime_ops
from migrate.graph.twins import twin_attributes, twin_of

REGISTRY = OpRegistry(runtime_ops())
NO_TWIN = {
    *("Barrier", "BarrierClose", "BarrierIncompleteSize", "BarrierInsertMany", "BarrierReadySize", "BarrierTakeMany"),
    *("DebugGradientRefIdentity", "FakeQueue", "LMDBReader", "MutableDenseHashTable", "NegTrain", "SdcaShrinkL1"),
    *("SparseAccumulatorApplyGradient", "SparseAccumulatorTakeGradient", "SparseConditionalAccumulator"),
    *("Stack", "TemporaryVariable", "DestroyTemporaryVariable", "TensorArray", "TensorArrayGrad", "TensorArrayPack"),
    *("TensorArrayUnpack", "RefSelect", "Variable", "VariableV2"),
}


def takes_reference(definition):
    return any(argument.is_ref for argument in (*definition.input_arg, *definition.output_arg))


@pytest.mark.parametrize("op", sorted(op for op, definition in runtime_ops().items() if takes_reference(definition)))
def test_every_operation_on_references_has_a_twin_or_is_known_not_to(op):
    original, twin = runtime_ops()[op], twin_of(op, REGISTRY)
    assert (twin is None) == (op in NO_TWIN)
    if twin is None:
        return
    assert not takes_reference(twin)
    # The same arguments in the same order, but for the handle's.
    for ours, theirs in zip(original.input_arg, twin.input_arg, strict=True):
        assert ours.is_ref or ours.name == theirs.name
    plain = [argument.name for argument in original.output_arg if not argument.is_ref]
    if plain and not op.startswith("Ref"):
        assert plain == [argument.name for argument in twin.output_arg]


def test_attributes():
    g = Graph()
    g.node("a", "ScatterAdd", T=FLOAT, Tindices=3, use_locking=True)
    attributes = twin_attributes(g.graph.node[0], twin_of("ScatterAdd", REGISTRY), REGISTRY)
    assert set(attributes) == {"dtype", "Tindices"}
    assert attributes["dtype"].type == FLOAT
