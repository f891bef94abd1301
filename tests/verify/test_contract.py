import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.signatures import SignatureDef, TensorInfo
from migrate.verify.contract import compare_signatures, merge_shapes, shape_text, shapes_agree

dims = st.one_of(st.none(), st.integers(0, 3))
shapes = st.one_of(st.none(), st.lists(dims, max_size=3).map(tuple))


def tensor(key="x", dtype="float32", shape=(None, 2), **more):
    return TensorInfo(key, f"{key}:0", dtype, shape, **more)


def signature(inputs=None, outputs=None, method="m", defaults=()):
    inputs = (tensor(),) if inputs is None else inputs
    outputs = (tensor("y"),) if outputs is None else outputs
    return SignatureDef("s", method, tuple(inputs), tuple(outputs), defaults)


def found(a, b):
    return [(difference.kind, difference.breaking) for difference in compare_signatures(a, b)]


def test_same():
    assert compare_signatures(signature(), signature()) == ()


def test_tensor_names_do_not_matter():
    renamed = TensorInfo("x", "serving_default_x:0", "float32", (None, 2))
    assert compare_signatures(signature(), signature([renamed])) == ()


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (signature(method="other"), "method_name"),
        (signature(method=""), "method_name"),
        (signature([tensor(dtype="float64")]), "dtype"),
        (signature(outputs=[tensor("y", "float64")]), "dtype"),
        (signature([tensor(shape=(None, 3))]), "shape"),
        (signature([tensor(shape=(None,))]), "shape"),
        (signature([TensorInfo("x", "", "float32", (None, 2), sparse=("a:0", "b:0", "c:0"))]), "kind"),
        (signature([TensorInfo("x", "", "float32", (None, 2), components=(tensor(),))]), "kind"),
        (signature([tensor(), tensor("z")]), "input"),
        (signature([]), "input"),
        (signature(outputs=[]), "output"),
    ],
)
def test_breaking(other, kind):
    assert found(signature(), other) == [(kind, True)]
    assert found(other, signature()) == [(kind, True)]


def test_renamed_output_is_two_differences():
    renamed = signature(outputs=[tensor("z")])
    messages = [difference.message for difference in compare_signatures(signature(), renamed)]
    assert messages == [
        "output 'y' is only in the first model",
        "output 'z' is only in the second model",
    ]


@pytest.mark.parametrize("shape", [None, (None, None), (1, 2)])
def test_compatible_shapes_are_said(shape):
    (difference,) = compare_signatures(signature(), signature([tensor(shape=shape)]))
    assert not difference.breaking
    assert "compatible, not the same" in difference.message
    assert shape_text(shape) in difference.message


def test_missing_signature():
    (difference,) = compare_signatures(signature(), None)
    assert difference.breaking
    assert "only in the first model" in difference.message
    assert "only in the second model" in compare_signatures(None, signature())[0].message
    with pytest.raises(ValueError, match="one of the two"):
        compare_signatures(None, None)


def test_defaults():
    with_default = signature(defaults=(("x", b"1"),))
    assert found(with_default, signature()) == [("default", True)]
    assert found(signature(), with_default) == [("default", False)]
    assert found(with_default, signature(defaults=(("x", b"2"),))) == [("default", True)]


def test_composite_components():
    def ragged(dtype, count=1):
        parts = tuple(TensorInfo(f"x.{i}", f"p{i}:0", dtype, None) for i in range(count))
        return signature([TensorInfo("x", "", "float32", None, components=parts)])

    assert found(ragged("float32"), ragged("float32")) == []
    assert found(ragged("float32"), ragged("int64")) == [("dtype", True)]
    assert found(ragged("float32"), ragged("float32", 2)) == [("kind", True)]


@given(shapes, shapes)
def test_agreement_is_symmetric(a, b):
    assert shapes_agree(a, b) == shapes_agree(b, a)
    assert shapes_agree(a, a)


@given(shapes, shapes)
def test_merged_shape_agrees_with_both(a, b):
    merged = merge_shapes(a, b)
    if shapes_agree(a, b):
        assert shapes_agree(merged, a)
        assert shapes_agree(merged, b)
        assert merge_shapes(merged, a) == merged
    else:
        assert merged == a


def test_shape_text():
    assert [shape_text(shape) for shape in (None, (), (None, 2))] == ["unknown rank", "[]", "[?, 2]"]
