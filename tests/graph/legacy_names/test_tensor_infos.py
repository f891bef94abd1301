from __future__ import annotations

import pytest

from migrate.graph.legacy_names.tensor_infos import covers, named_tensors, set_tensor_name
from migrate.protos import message_type


def info():
    return message_type("core.protobuf.meta_graph_pb2.TensorInfo")()


def test_a_dense_tensor_with_its_shape():
    dense = info()
    dense.name, dense.dtype = "x:0", 101
    dense.tensor_shape.dim.add(size=-1)
    dense.tensor_shape.dim.add(size=3)
    assert named_tensors(dense) == (("", "x:0", 1, (None, 3)),)


def test_a_sparse_tensor_is_three():
    sparse = info()
    sparse.dtype = 1
    sparse.coo_sparse.values_tensor_name = "v:0"
    sparse.coo_sparse.indices_tensor_name = "i:0"
    sparse.coo_sparse.dense_shape_tensor_name = "s:0"
    assert [(part.part, part.name, part.dtype) for part in named_tensors(sparse)] == [
        ("indices", "i:0", 9),
        ("values", "v:0", 1),
        ("dense_shape", "s:0", 9),
    ]
    set_tensor_name(sparse, 2, "new:0")
    assert sparse.coo_sparse.dense_shape_tensor_name == "new:0"
    assert sparse.coo_sparse.values_tensor_name == "v:0"


def test_the_leaves_of_a_composite_tensor():
    whole = info()
    inner = whole.composite_tensor.components.add()
    inner.composite_tensor.components.add(name="a:0", dtype=1)
    inner.composite_tensor.components.add(name="b:0", dtype=9)
    whole.composite_tensor.components.add(name="c:0", dtype=9)
    assert [part.name for part in named_tensors(whole)] == ["a:0", "b:0", "c:0"]
    set_tensor_name(whole, 1, "new:0")
    assert [part.name for part in named_tensors(whole)] == ["a:0", "new:0", "c:0"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, None, True),
        (None, (1, 2), True),
        ((1, 2), None, False),
        ((None, 2), (3, 2), True),
        ((3, 2), (None, 2), False),
        ((None,), (None, 2), False),
        ((), (), True),
    ],
)
def test_what_a_shape_covers(one, other, expected):
    assert covers(one, other) is expected
