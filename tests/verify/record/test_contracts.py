import json

from hypothesis import given
from recorded import models

from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo
from migrate.verify.record.contracts import meta_graph_from_json, meta_graph_to_json


@given(models().map(lambda model: model.meta_graph))
def test_round_trip(meta_graph: MetaGraph):
    assert meta_graph_from_json(json.loads(json.dumps(meta_graph_to_json(meta_graph)))) == meta_graph


def test_what_a_reviewer_reads():
    info = TensorInfo("x", "x:0", "float32", (None, 3))
    found = meta_graph_to_json(MetaGraph(("serve",), (SignatureDef("k", "m", (info,), (info,)),)))
    assert found["signatures"] == {
        "k": {
            "method_name": "m",
            "inputs": {"x": {"dtype": "float32", "shape": [None, 3], "tensor": "x:0"}},
            "outputs": {"x": {"dtype": "float32", "shape": [None, 3], "tensor": "x:0"}},
        }
    }
