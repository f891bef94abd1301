"""Converted golden models, used by their old names: what TensorFlow 1.15 answered, or an error; nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from converted import arguments, check_outputs
from model_fixtures import MODELS

from migrate.graph.convert import convert_model
from migrate.graph.legacy_names import Role
from migrate.signatures import read_meta_graph
from migrate.verify.compare import compare_arrays
from migrate.verify.samples import SparseValue

pytestmark = pytest.mark.tensorflow

SAVED = [fixture for fixture in MODELS if fixture.form == "saved_model" and fixture.calls]

REFUSED = {
    # `steps` has a default value that `settle_four` uses; the tensor can belong to one of both functions.
    "dynamic_rnn": {("settle_four", "settle/while/Exit_1:0")},
    # Four trainers have one loss in common, and each function that gives it trains.
    "optimizer_inside": {(key, "loss:0") for key in ("train_adam", "train_descent", "train_ftrl", "train_momentum")},
    # Signatures from and to the middle of one graph.
    "odd_keys": {
        ("from hidden", "halves:0"),
        ("from hidden", "top:0"),
        ("from hidden", "total:0"),
        ("from/right", "hidden:0"),
        ("résumé", "hidden:0"),
        ("serving_default", "halves:1"),
        ("serving_default", "ratio:0"),
    },
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A converted model and the same with its old names, made once for each fixture."""
    from functools import cache

    @cache
    def make(fixture):
        folder = tmp_path_factory.mktemp("model")
        convert_model(fixture.path, folder / "new", tags=fixture.tags, verify=False, trust=True)
        return folder / "new", folder / "back"

    return make


def parts(value):
    """The arrays of a value, in the order of its tensors."""
    if isinstance(value, SparseValue):
        return [value.indices, value.values, value.dense_shape]
    return list(value) if isinstance(value, tuple) else [value]


def key_of(name):
    return name.key.partition(" (")[0] if name.key.endswith(")") else name.key


def golden(values, names):
    """The value of each legacy name, from those by key."""
    left = {key: parts(value) for key, value in values.items()}
    return [(name, left[key_of(name)].pop(0)) for name in names]


def same(expected, got) -> bool:
    expected = np.asarray(expected)
    return compare_arrays(expected, np.asarray(got, dtype=expected.dtype)).equal


@pytest.mark.parametrize("fixture", SAVED, ids=str)
def test_old_clients_get_the_answers_of_tensorflow_1(fixture, made, old):
    import tensorflow as tf

    new, back = made(fixture)
    said = old.put_back(new, read_meta_graph(fixture.path, fixture.tags), back)
    assert set(old.reasons(said)) == REFUSED.get(fixture.name, set())
    with old.client(back, fixture.tags) as run:
        for call in fixture.calls:
            mine = [name for name in said.names if name.signature == call.signature]
            feeds = golden(call.inputs, [name for name in mine if name.role is Role.FEED])
            feeds = {name.name: value for name, value in feeds}
            outputs = golden(call.outputs, [name for name in mine if name.role is Role.FETCH])
            right = [(name, value) for name, value in outputs if name.put_back]
            answers = run([name.name for name, _ in right], feeds)
            for (name, value), answer in zip(right, answers, strict=True):
                assert same(value, answer), name
            for name, value in outputs:
                if name.put_back:
                    continue
                # Nobody gets another value than in TensorFlow 1.
                try:
                    answer = run(name.name, feeds)
                except (KeyError, ValueError, tf.errors.InvalidArgumentError):
                    continue
                assert same(value, answer), name


@pytest.mark.parametrize("fixture", SAVED, ids=str)
def test_signatures_compute_what_they_did(fixture, made, old, tmp_path):
    import tensorflow as tf

    new, _ = made(fixture)
    old.put_back(new, read_meta_graph(fixture.path, fixture.tags), tmp_path / "back")
    model = tf.saved_model.load(str(tmp_path / "back"))
    for call in fixture.calls:
        check_outputs(call, model.signatures[call.signature](**arguments(fixture, call)))
    with old.client(tmp_path / "back", fixture.tags) as run:
        infos = read_meta_graph(tmp_path / "back", fixture.tags).by_key
        for call in fixture.calls:
            feeds = {
                name: part
                for key, value in call.inputs.items()
                for name, part in zip(tensors(infos[call.signature].input(key)), parts(value), strict=True)
            }
            for_each = [(key, infos[call.signature].output(key)) for key in call.outputs]
            answers = run({key: tensors(info) for key, info in for_each}, feeds)
            for key, value in call.outputs.items():
                assert all(map(same, parts(value), answers[key])), key


def tensors(info):
    if info.sparse:
        return list(info.sparse)
    return [part.name for part in info.components] or [info.name]
