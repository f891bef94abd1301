from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.signatures import SignatureDef, TensorInfo
from migrate.verify.example_spec import Feature
from migrate.verify.hints import InputHints
from migrate.verify.plans import default_plans, fallback_plans
from migrate.verify.samples import SparseValue, make_sample
from migrate.verify.specs import InputSpec, input_specs

WORDS = (b"red", b"green")


def samples(*specs, words=(), plans=default_plans):
    made = plans(specs, words) if plans is default_plans else plans(specs)
    return [make_sample("s", specs, plan, 0, words) for plan in made]


def test_the_first_unknown_dimension_is_shared():
    specs = (
        InputSpec("a", "float32", (None, 2)),
        InputSpec("b", "int32", (None, None)),
        InputSpec("c", "bool", (5,)),
    )
    shapes = [tuple(value.shape for value in sample.inputs.values()) for sample in samples(*specs)]
    assert shapes == [((1, 2), (1, 4), (5,)), ((3, 2), (3, 4), (5,))]


def test_known_shapes_get_two_different_sets():
    first, second = samples(InputSpec("a", "float32", ()))
    assert first.inputs["a"] != second.inputs["a"]
    assert [first.label, second.label] == ["set 1", "set 2"]


def test_without_inputs_it_is_called_twice():
    assert [sample.inputs for sample in samples()] == [{}, {}]
    assert fallback_plans(()) == ()


@given(st.integers(0, 2**40))
def test_the_seed_decides(seed):
    specs = (InputSpec("a", "float32", (None, 2)),)
    plan = default_plans(specs, ())[1]
    once, again = (make_sample("s", specs, plan, seed, ()) for _ in range(2))
    assert np.array_equal(once.inputs["a"], again.inputs["a"])
    other = make_sample("t", specs, plan, seed, ())
    assert not np.array_equal(once.inputs["a"], other.inputs["a"])


def test_every_word_and_id_is_tried():
    *_, covering = samples(InputSpec("a", "string", (None,)), words=WORDS)
    assert set(WORDS) < set(covering.inputs["a"].tolist())
    *_, covering = samples(InputSpec("a", "int64", (None,), hints=InputHints(id_limit=30)))
    assert sorted(covering.inputs["a"].tolist()) == list(range(30))


def test_every_id_is_tried_one_call_each_where_the_shape_is_fixed():
    made = samples(InputSpec("a", "int64", (), hints=InputHints(id_limit=5)))
    assert {int(sample.inputs["a"]) for sample in made if sample.label.startswith("covering")} == set(range(5))
    made = samples(InputSpec("a", "int64", (2,), hints=InputHints(id_limit=5)))
    assert {int(i) for sample in made[2:] for i in sample.inputs["a"]} == set(range(5))


def test_unknown_rank_is_guessed():
    spec = InputSpec("a", "float32", None)
    assert [sample.inputs["a"].shape for sample in samples(spec)] == [(1,), (3,)]
    shapes = {sample.inputs["a"].shape for sample in samples(spec, plans=fallback_plans)}
    assert {(), (3, 4)} <= shapes


def test_larger_dimensions_are_tried():
    shapes = {s.inputs["a"].shape for s in samples(InputSpec("a", "float32", (None, None)), plans=fallback_plans)}
    assert {(2, 1), (2, 32)} <= shapes


def test_sparse():
    for sample in samples(InputSpec("a", "float32", (None, 3), sparse=True)):
        value = sample.inputs["a"]
        assert isinstance(value, SparseValue)
        assert len(value.indices) == len(value.values)
        assert (value.indices < value.dense_shape).all()
        assert value.dense_shape[1] == 3


def ragged(dtype="int64", shape=(None,), splits=1, hints=None):
    parts = (
        TensorInfo("a.0", "v:0", dtype, shape),
        *(TensorInfo(f"a.{i}", f"s{i}:0", "int32", (None,)) for i in range(1, splits + 1)),
    )
    return InputSpec("a", dtype, (None,), hints=hints or InputHints(), components=parts)


def test_ragged():
    one, three = samples(ragged("float32", (None, 2), splits=2))
    assert (one.rows, three.rows) == (1, 3)
    values, outer, inner = three.inputs["a"]
    assert outer.dtype == inner.dtype == np.int32
    assert len(outer) == 4
    assert outer[-1] == len(inner) - 1
    assert inner[-1] == len(values)
    assert values.shape[1:] == (2,)
    assert len(set(np.diff(outer))) > 1
    assert three.shapes == (values.shape, outer.shape, inner.shape)


def test_every_id_of_a_ragged_input_is_tried():
    *_, covering = samples(ragged(hints=InputHints(id_limit=6)))
    assert set(covering.inputs["a"][0].tolist()) == set(range(6))


def test_sparse_of_unknown_rank_is_a_matrix_first():
    spec = InputSpec("a", "string", None, sparse=True)
    assert [sample.shapes[0] for sample in samples(spec)] == [(1, 4), (3, 4)]
    assert (3,) in {sample.shapes[0] for sample in samples(spec, plans=fallback_plans)}


def test_what_bounds_a_loop_is_positive():
    spec = InputSpec("a", "int32", (None, 50), hints=InputHints(loops=True))
    assert all((sample.inputs["a"] > 0).all() for sample in samples(spec))


def test_labels_are_unique():
    for shape in ((), (2,), (None, 3), (None, None), None):
        for specs in ([InputSpec("a", "float32", shape)], [InputSpec(n, "int64", shape) for n in "abc"]):
            labels = [plan.label for plan in (*default_plans(specs, ()), *fallback_plans(specs))]
            assert len(labels) == len(set(labels))


def test_one_input_at_a_time():
    specs = [InputSpec(name, "float32", (None,)) for name in "ab"]
    made = {plan.label: make_sample("s", specs, plan, 0, ()) for plan in fallback_plans(specs)}
    alone = made["8 rows, 'b' alone large"].inputs
    assert abs(alone["a"]).max() <= 1.0
    assert abs(alone["b"]).max() > 10.0


def test_fixed_shapes_get_two_of_each_kind():
    plans = fallback_plans([InputSpec("a", "float32", (2,))])
    assert [plan.name for plan in plans[:2]] == ["another row", "another row, again"]


def test_what_cannot_be_made():
    assert samples(InputSpec("a", "resource", ())) == [None, None]
    parts = tuple(TensorInfo(f"a.{i}", f"a{i}:0", "float32", (None,)) for i in range(2))
    assert samples(InputSpec("a", "float32", None, components=parts)) == [None, None]


def parsed(array):
    from tensorflow.core.example import example_pb2

    return [example_pb2.Example.FromString(item).features.feature for item in array.ravel()]


FEATURES = (
    Feature("x", "float32", (2,), required=True),
    Feature("d", "int64", ()),
    Feature("w", "string"),
    Feature("i", "int64", id_limit=4),
)


def test_examples_cover_the_spec():
    spec = InputSpec("a", "string", (None,), hints=InputHints(features=FEATURES))
    made = {sample.label: sample for sample in samples(spec, words=WORDS)}
    assert list(made) == ["1 row", "3 rows", "covering rows", "without feature 'x'"]
    rows = parsed(made["covering rows"].inputs["a"])
    assert set(rows[0]) == {"x", "d", "w", "i"}
    assert set(rows[1]) == {"x"}
    for name in ("d", "w", "i"):
        assert any(set(row) == {"x", "d", "w", "i"} - {name} for row in rows)
    assert all(len(row["x"].float_list.value) == 2 for row in rows)
    assert {v for row in rows for v in row["w"].bytes_list.value} > set(WORDS)
    assert {v for row in rows for v in row["i"].int64_list.value} == {0, 1, 2, 3}
    refused = made["without feature 'x'"]
    assert refused.refused
    assert all("x" not in row for row in parsed(refused.inputs["a"]))


def test_examples_one_by_one():
    spec = InputSpec("a", "string", (), hints=InputHints(features=FEATURES))
    rows = [parsed(s.inputs["a"])[0] for s in samples(spec) if s.label.startswith("covering")]
    assert any("d" not in row and "w" in row for row in rows)
    assert any(set(row) == {"x"} for row in rows)


@pytest.mark.parametrize("lengths", ["equal", "one"])
def test_features_of_equal_lengths(lengths):
    features = (Feature("ids", "int64"), Feature("weights", "float32"), Feature("x", "float32", (2,), required=True))
    spec = InputSpec("a", "string", (None,), hints=InputHints(features=features))
    plans = [replace(plan, lengths=lengths) for plan in default_plans([spec], WORDS)]
    for plan in plans:
        for row in parsed(make_sample("s", [spec], plan, 0, ()).inputs["a"]):
            ids = list(row["ids"].int64_list.value)
            assert len(ids) == len(row["weights"].float_list.value)
            assert ids == sorted(set(ids))
            assert ("ids" in row) == ("weights" in row)
            assert lengths == "equal" or len(ids) < 2
    assert len({plan.label for plan in (*plans, *default_plans([spec], WORDS))}) == 2 * len(plans)


def test_input_specs_merge_both_models():
    def signature(shape):
        return SignatureDef("s", "", (TensorInfo("x", "x:0", "float32", shape),), ())

    hints = {"x": InputHints(shape=(None, 7), id_limit=3)}
    (spec,) = input_specs(signature(None), signature((2, None)), hints)
    assert (spec.shape, spec.hints.id_limit) == ((2, 7), 3)
