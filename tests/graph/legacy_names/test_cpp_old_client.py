"""A C++ program that feeds and fetches by name, as programs did in the days of TensorFlow 1."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from cpp_program import compiled, needs_cpp
from model_fixtures import model_fixture
from test_cpp_client import array_of, words_of

from migrate.graph.convert import convert_model
from migrate.graph.legacy_names import Role
from migrate.signatures import read_meta_graph
from migrate.verify.compare import compare_arrays

SOURCE = Path(__file__).with_name("old_client.cc")

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    needs_cpp,
]


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """The program, compiled once."""
    return compiled(SOURCE, tmp_path_factory)


def run(client, model, tag, calls):
    """The answers of the program, by name, to feeds and fetches; None where a run failed."""
    lines = []
    for feeds, fetches in calls:
        lines += [f"feed {name} {words_of(value)}" for name, value in feeds.items()]
        lines += [*(f"fetch {name}" for name in fetches), "run"]
    done = subprocess.run(
        [client, model, tag],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        env={"TF_CPP_MIN_LOG_LEVEL": "2"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = [answer.splitlines() for answer in done.stdout.split("done\n")[:-1]]
    assert len(answers) == len(calls)
    return [
        None if answer == ["failed"] else {words[0]: array_of(words[1:]) for words in map(str.split, answer)}
        for answer in answers
    ]


@pytest.mark.parametrize(
    "name",
    [
        "text_saved_model",  # numbers and strings
        "lookup_assets",  # tables that the init operation fills from asset files
        "counter",  # signatures that change state, one after the other
        "examples_three_methods",  # one placeholder for all, and an output that is a parser's twelfth
        "odd_keys",  # signatures from and to the middle of a graph
    ],
)
def test_a_cpp_program_gets_the_answers_of_tensorflow_1_by_name(name, client, tmp_path, old):
    fixture = model_fixture(name)
    convert_model(fixture.path, tmp_path / "new", tags=fixture.tags, verify=False)
    said = old.put_back(tmp_path / "new", read_meta_graph(fixture.path, fixture.tags), tmp_path / "back")
    calls, expected = [], []
    for call in fixture.calls:
        mine = [name for name in said.put_back if name.signature == call.signature]
        feeds = {name.name: call.inputs[name.key] for name in mine if name.role is Role.FEED}
        outputs = {name.name: call.outputs[name.key] for name in mine if name.role is Role.FETCH}
        # A C++ session never could fetch what it is fed; Python's hands it back by itself.
        outputs = {name: value for name, value in outputs.items() if name not in feeds}
        if outputs:
            calls.append((feeds, list(outputs)))
            expected.append(outputs)
    for answers, values in zip(run(client, tmp_path / "back", fixture.tags[0], calls), expected, strict=True):
        assert answers is not None
        for name, value in values.items():
            comparison = compare_arrays(np.asarray(value), answers[name])
            assert comparison.equal, (name, comparison)


def test_feeds_that_are_not_the_first_output_reach_the_functions(client, tmp_path, old):
    import tensorflow as tf

    module = tf.Module()
    module.w = tf.Variable(2.0)
    module.f = tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])(lambda x: {"h": x * module.w})
    module.g = tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="h")])(lambda h: {"y": h + module.w})
    old.saved(tmp_path / "new", module, encode=module.f, decode=module.g)
    original = old.tf1_model(encode=({"x": "parse:1"}, {"h": "h:0"}), decode=({"h": "h:0"}, {"y": "y:0"}))
    assert not old.put_back(tmp_path / "new", original, tmp_path / "back").refused
    one = np.array([1.0], np.float32)
    calls = [({"parse:1": one}, ["h:0"]), ({"h:0": one}, ["y:0"]), ({"parse:1": one}, ["y:0"]), ({}, ["y:0"])]
    by_start, by_middle, through, unfed = run(client, tmp_path / "back", "serve", calls)
    assert by_start["h:0"].tolist() == [2.0]
    assert by_middle["y:0"].tolist() == [3.0]
    assert through["y:0"].tolist() == [4.0]
    assert unfed is None
