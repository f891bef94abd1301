import pytest
from parting import Opened, W, v1_model

from migrate.verify.locate.align import Alignment, Pair
from migrate.verify.locate.bisect import first_difference
from migrate.verify.locate.values import Values

pytestmark = pytest.mark.tensorflow

LENGTH = 200


def chain(tf, wrong: int | None):
    """A long row of operations, of which one adds something else."""

    def function(x):
        for number in range(LENGTH):
            x = tf.add(x, 0.75 if number == wrong else 0.5, name=f"step{number}")
        return x

    return function


@pytest.mark.parametrize("wrong", [0, 1, 77, LENGTH - 1])
def test_the_first_one_is_found_in_few_runs(wrong, tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", chain(tf, None))
    b = v1_model(tf, tmp_path / "b", chain(tf, wrong))
    with Opened(a, {"x": W}) as ours, Opened(b, {"x": W}) as theirs:
        values = Values(ours, theirs, {})
        alignment = Alignment(ours, theirs, Pair(ours.outputs["y"], theirs.outputs["y"]))
        found = first_difference(alignment, values)
        assert found is not None
        assert found.a.node == (f"step{wrong}/y",)
        assert len(values.known) < 40


def test_equal_models_have_none(tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", chain(tf, None))
    with Opened(a, {"x": W}) as ours, Opened(a, {"x": W}) as theirs:
        alignment = Alignment(ours, theirs, Pair(ours.outputs["y"], theirs.outputs["y"]))
        assert first_difference(alignment, Values(ours, theirs, {})) is None


def test_a_difference_that_is_lost_on_another_way_does_not_mislead(tf, tmp_path):
    def model(path, factor):
        def function(x):
            big = tf.multiply(x, factor, name="cause")
            lost = tf.sign(big, name="lost")  # The same again.
            return lost + tf.reduce_sum(big)

        return v1_model(tf, path, function)

    with Opened(model(tmp_path / "a", 2.0), {"x": W}) as ours, Opened(model(tmp_path / "b", 3.0), {"x": W}) as theirs:
        alignment = Alignment(ours, theirs, Pair(ours.outputs["y"], theirs.outputs["y"]))
        found = first_difference(alignment, Values(ours, theirs, {}))
        assert found is not None
        assert found.a.node == ("cause/y",)
