from pathlib import Path

import numpy as np
import pytest

from migrate.verify.scripts.results import Export, ExportKind
from migrate.verify.scripts.weight_values import Weight, weights_of
from migrate.verify.scripts.weights import carry, changes, match_weights, suspects


def weight(name: str, *shape: int, dtype: str = "float32", key: str = "") -> Weight:
    return Weight(name, key or name, dtype, shape)


def matched(before: list[Weight], after: list[Weight]) -> list[tuple[str, str, bool]]:
    return [(match.before.name, match.after.name, match.by_name) for match in match_weights(before, after)]


def test_names_go_first():
    before = [weight("a", 2), weight("b", 2)]
    assert matched(before, [weight("b", 2), weight("a", 2)]) == [("b", "b", True), ("a", "a", True)]


def test_then_shape_and_order():
    before = [weight("w", 2, 3), weight("dense/kernel", 3, 3), weight("dense_1/kernel", 3, 3)]
    after = [weight("first", 3, 3), weight("w", 2, 3), weight("second", 3, 3)]
    assert matched(before, after) == [
        ("w", "w", True),
        ("dense/kernel", "first", False),
        ("dense_1/kernel", "second", False),
    ]


def test_where_the_numbers_differ_nothing_is_guessed():
    assert matched([weight("a", 3)], [weight("b", 3), weight("c", 3)]) == []
    assert matched([weight("a", 3)], [weight("b", 4)]) == []


def test_a_namesake_of_another_shape_or_type_is_no_match():
    assert matched([weight("w", 3)], [weight("w", 4)]) == []
    assert matched([weight("w", 3)], [weight("w", 3, dtype="float64")]) == []
    # Nor is anything else put in its place.
    assert matched([weight("w", 3), weight("v", 4)], [weight("w", 4)]) == []


def test_two_of_one_name():
    before = [weight("Variable", 2, key="0"), weight("Variable", 3, key="1")]
    after = [weight("Variable", 3, key="x"), weight("Variable", 2, key="y")]
    found = match_weights(before, after)
    assert {(match.before.key, match.after.key) for match in found} == {("0", "y"), ("1", "x")}


def frozen_export(path: Path, data: bytes) -> Export:
    path.write_bytes(data)
    return Export(ExportKind.FROZEN_GRAPH, path.name, path)


@pytest.mark.tensorflow
def test_constants_of_a_frozen_graph(tmp_path: Path, frozen):
    before = frozen_export(tmp_path / "a.pb", frozen(w=1.0, v=5.0))
    after = frozen_export(tmp_path / "b.pb", frozen(w=2.0, v=7.0))
    found = suspects(before, after)
    assert found is not None
    assert [match.after.name for match in found.matches] == ["w", "v"]
    carried, notes = carry(found, {"w": 0.5, "v": 0.0}, {"w": 0.5, "v": 0.5}, tmp_path / "c.pb")
    assert [(each.name, each.source, each.by_name) for each in carried] == [("w", "w", True)]
    assert notes == ("v has other values than in BEFORE, which are the same in every run: it was not carried",)
    written = weights_of(Export(ExportKind.FROZEN_GRAPH, "c.pb", tmp_path / "c.pb"))
    assert written is not None
    values = {each.name: written.read(each).tolist() for each in written.all}
    assert values == {"w": [1.0, 2.0], "v": [7.0, 8.0]}


@pytest.mark.tensorflow
def test_nothing_is_written_where_nothing_is_carried(tmp_path: Path, frozen):
    before = frozen_export(tmp_path / "a.pb", frozen(w=1.0))
    after = frozen_export(tmp_path / "b.pb", frozen(w=2.0))
    found = suspects(before, after)
    assert found is not None
    carried, notes = carry(found, {"w": 0.5}, {"w": 0.0}, tmp_path / "c.pb")
    assert carried == ()
    assert "BEFORE's change from run to run, AFTER's do not" in notes[0]
    assert not (tmp_path / "c.pb").exists()


@pytest.mark.tensorflow
def test_rounding_is_no_difference(tmp_path: Path, frozen):
    before = frozen_export(tmp_path / "a.pb", frozen(w=1.0))
    after = frozen_export(tmp_path / "b.pb", frozen(w=1.00001))
    assert suspects(before, after) is None
    assert changes(before, after) == {"w": pytest.approx(1e-5, rel=0.1)}
    assert changes(before, before) == {"w": 0.0}


@pytest.mark.tensorflow
def test_noise_does_not_explain_a_large_difference(tmp_path: Path, frozen):
    before = frozen_export(tmp_path / "a.pb", frozen(w=1.0))
    after = frozen_export(tmp_path / "b.pb", frozen(w=2.0))
    found = suspects(before, after)
    assert found is not None
    assert found.matches[0].distance == 1.0
    assert carry(found, {"w": 1e-6}, {"w": 0.5}, tmp_path / "c.pb")[0] == ()
    assert carry(found, {"w": 0.5}, {"w": 1e-6}, tmp_path / "c.pb")[0] == ()
    assert len(carry(found, {"w": 2e-3}, {"w": 2e-3}, tmp_path / "c.pb")[0]) == 1


@pytest.mark.tensorflow
def test_what_is_not_finite(tmp_path: Path, frozen):
    nan, infinite, one = (
        frozen_export(tmp_path / f"{name}.pb", frozen(w=value))
        for name, value in (("nan", float("nan")), ("inf", float("inf")), ("one", 1.0))
    )
    assert changes(nan, nan) == changes(infinite, infinite) == {"w": 0.0}
    assert changes(nan, one) == changes(infinite, one) == {"w": float("inf")}
    assert suspects(nan, nan) is suspects(infinite, infinite) is None
    assert suspects(infinite, one) is not None


@pytest.mark.tensorflow
def test_the_variables_of_both_kinds_of_saved_models(tmp_path: Path):
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    v1 = tf.compat.v1

    def first(path: Path, value: float) -> Export:
        with tf.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(tf.float32, [None], name="x")
            w = v1.get_variable("scope/w", initializer=[value, value], use_resource=False)
            v1.get_variable("not_read", initializer=[0.0, 0.0], use_resource=False)
            word = v1.get_variable("word", initializer=b"a\0", use_resource=True)
            session.run(v1.global_variables_initializer())
            y = tf.reduce_sum(w) * x
            v1.saved_model.simple_save(session, str(path), {"x": x}, {"y": y, "word": tf.identity(word)})
        return Export(ExportKind.SAVED_MODEL, path.name, path)

    module = tf.Module()
    module.w = tf.Variable([3.0, 4.0], name="scope/w")
    module.word = tf.Variable(b"b\0", name="word")
    module.mine = tf.Variable([9, 9, 9], name="mine")
    spec = [tf.TensorSpec([None], name="x")]
    function = tf.function(
        lambda x: {"y": tf.reduce_sum(module.w) * x, "word": tf.identity(module.word)}, input_signature=spec
    )
    tf.saved_model.save(module, str(tmp_path / "b"), {"serving_default": function})
    after = Export(ExportKind.SAVED_MODEL, "b", tmp_path / "b")
    before = first(tmp_path / "a", 1.0)
    weights = weights_of(before)
    assert weights is not None
    assert {each.name for each in weights.all} == {"scope/w", "word"}
    found = suspects(before, after)
    assert found is not None
    assert {(match.before.name, match.after.name) for match in found.matches} == {
        ("scope/w", "scope/w"),
        ("word", "word"),
    }
    random = {match.after.key: float("inf") for match in found.matches}
    carried, _ = carry(found, dict.fromkeys(("scope/w", "word"), float("inf")), random, tmp_path / "c")
    assert len(carried) == 2
    loaded = tf.saved_model.load(str(tmp_path / "c"))
    np.testing.assert_array_equal(loaded.w.numpy(), [1.0, 1.0])
    assert loaded.word.numpy() == b"a\0"
    np.testing.assert_array_equal(loaded.mine.numpy(), [9, 9, 9])
    assert sorted(file.name for file in (tmp_path / "c" / "variables").iterdir()) == sorted(
        file.name for file in (tmp_path / "b" / "variables").iterdir()
    )


def test_a_model_without_variables_has_no_weights(tmp_path: Path):
    assert weights_of(Export(ExportKind.SAVED_MODEL, "m", tmp_path)) is None
