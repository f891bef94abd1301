"""Twelve ways to get a migration wrong: each is caught, and where numbers differ the place is named.

A fixture's script is rewritten, one thing in it is made wrong, and what it then exports is compared with the model that
TensorFlow 1.15 made of the original.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.errors import MigrateError
from migrate.verify import Comparison, Status, verify_models
from tests.forked import run_forked

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


@dataclass(frozen=True)
class Mutation:
    """One mistake, and what is to be said about it.

    Attributes:
        name: What is wrong.
        fixture: The script.
        old: The text of the rewritten script that is replaced.
        new: What by.
        output: SIGNATURE/OUTPUT whose location is looked at; a signature alone where no numbers differ.
        ops: The kinds of the two operations of the location.
        nodes: What the names of the two end in.
        said: What its message, or the contract, says.
    """

    name: str
    fixture: str
    old: str
    new: str
    output: str
    ops: tuple[str, str] = ("", "")
    nodes: tuple[str, str] = ("", "")
    said: tuple[str, ...] = ()


NUMBERS = [
    Mutation(
        "wrong transpose",
        "digits_convnet",
        "tf.reshape(h_pool2, [-1, 2 * 2 * 6])",
        "tf.reshape(tf.transpose(h_pool2, [0, 2, 1, 3]), [-1, 2 * 2 * 6])",
        "serving_default/probabilities",
        ("Reshape", "Transpose"),
        ("Reshape_1", "/transpose"),
        ("the second model has Transpose (`transpose`) after `MaxPool_1`, the first has nothing there",),
    ),
    Mutation(
        "dropped activation",
        "digits_convnet",
        "tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h_pool1, self.W_conv2, [1, 1, 1, 1], 'SAME'), self.b_conv2))",
        "tf.nn.bias_add(tf.nn.conv2d(h_pool1, self.W_conv2, [1, 1, 1, 1], 'SAME'), self.b_conv2)",
        "serving_default/probabilities",
        ("Relu", "MaxPool"),
        ("Relu_1", "MaxPool2d_1"),
        ("the first model has Relu (`Relu_1`) after `BiasAdd`, the second has nothing there",),
    ),
    Mutation(
        "swapped outputs",
        "regress_houses",
        '{"price": raw_price, "log_price": tf.math.log(raw_price)}',
        '{"log_price": raw_price, "price": tf.math.log(raw_price)}',
        "predict/price",
        said=("the outputs 'price' and 'log_price' are exchanged",),
    ),
    Mutation(
        "wrong default",
        "regress_houses",
        "default_value=[0.0]",
        "default_value=[1.0]",
        "serving_default/outputs",
        ("ParseExample", "ParseExampleV2"),
        ("ParseExample", "ParseExampleV2"),
        ("the default of feature 'floor' is [0.0] in the first and [1.0] in the second",),
    ),
    Mutation(
        "stale variable",
        "digits_convnet",
        "self.W_conv2 = tf.Variable(W_conv2_init,",
        "self.W_conv2 = tf.Variable(0.5 * W_conv2_init,",
        "serving_default/probabilities",
        ("VariableV2", "VarHandleOp"),
        ("W_conv2", ""),
        ("variable 'W_conv2' has other values: first [0, 0, 0, 0]: ",),
    ),
    Mutation(
        "wrong axis",
        "vocabulary_asset",
        "tf.reduce_mean(vectors, axis=1,",
        "tf.reduce_mean(vectors, axis=0,",
        "serving_default/sentiment",
        ("Mean", "Mean"),
        ("sentiment", "sentiment"),
        ("its reduction_indices is not the same: ", "1 and 0"),
    ),
    Mutation(
        "training branch left on",
        "digits_convnet",
        "keep_prob = tf.constant(1.0)",
        "keep_prob = tf.constant(0.5)",
        "serving_default/probabilities",
        ("Sub", "Sub"),
        ("sub", "/sub"),
        ("its y is not the same: 1.0 and 0.5 (constant 'keep_prob/input' and constant 'Const')",),
    ),
    Mutation(
        "vocabulary off by one",
        "vocabulary_asset",
        'flags.DEFINE_string("vocabulary"',
        "words = open('vocabulary.txt').read()\nopen('vocabulary.txt', 'w').write('<pad>\\n' + words)\n"
        'flags.DEFINE_string("vocabulary"',
        "serving_default/ids",
        ("HashTableV2", "HashTableV2"),
        ("hash_table", ""),
        ("'awful' is 3 in the first and 4 in the second", "asset 'vocabulary.txt' differs first in line 1"),
    ),
]

CONTRACT = [
    Mutation(
        "wrong method name",
        "classify_examples",
        "tf.saved_model.CLASSIFY_METHOD_NAME,",
        "tf.saved_model.PREDICT_METHOD_NAME,",
        "serving_default",
        said=("method name: tensorflow/serving/classify and tensorflow/serving/predict",),
    ),
    Mutation(
        "dtype widened",
        "simple_save_linear",
        'return {"y": y}',
        'return {"y": tf.cast(y, tf.float64)}',
        "serving_default",
        said=("output 'y': dtype float32 and float64",),
    ),
    Mutation(
        "missing signature",
        "regress_houses",
        '            "predict": model.predict,\n',
        "",
        "predict",
        said=("signature 'predict' is only in the first model, not in the second",),
    ),
]

MISSING_ASSET = Mutation(
    "missing asset",
    "vocabulary_asset",
    'if __name__ == "__main__":\n',
    'if __name__ == "__main__":\n    import atexit, os\n    atexit.register(lambda: os.remove(FLAGS.export_dir + "/assets/vocabulary.txt"))\n',
    "",
)


def export(mutation: Mutation, tmp_path: Path) -> tuple[Path, Path]:
    """The golden, and what the mutated script exports."""
    folder = FIXTURES / mutation.fixture
    text = rewrite_source((folder / "export.py").read_bytes().decode("utf-8"), "export.py").after
    assert mutation.old in text
    work, out = tmp_path / "work", tmp_path / "out"
    shutil.copytree(folder, work, ignore=shutil.ignore_patterns("golden", "*.npz", "fixture.toml"))
    (work / "export.py").write_text(text.replace(mutation.old, mutation.new), "utf-8")
    settings = tomllib.loads((folder / "fixture.toml").read_text("utf-8"))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [argument.format(export_dir=out) for argument in settings["args"]]
    done = run_forked("export.py", arguments, work, environment)
    assert done.returncode == 0, done.stderr
    return folder / "golden" / settings["export"], out / settings["export"]


def in_signature(comparison: Comparison, key: str):
    return next(found for found in comparison.signatures if found.key == key)


@pytest.mark.parametrize("mutation", NUMBERS, ids=lambda mutation: mutation.name)
def test_the_place_where_the_numbers_part_is_named(mutation: Mutation, tmp_path: Path):
    comparison = verify_models(*export(mutation, tmp_path))
    assert comparison.status is Status.DIFFERENT
    key, _, name = mutation.output.partition("/")
    output = next(output for output in in_signature(comparison, key).outputs if output.name == name)
    assert output.status is Status.DIFFERENT
    location = output.location
    assert location is not None, in_signature(comparison, key).notes
    for text in mutation.said:
        assert text in location.message
    assert (location.op_a, location.op_b) == mutation.ops
    assert location.a_node.endswith(mutation.nodes[0])
    assert location.b_node.endswith(mutation.nodes[1])


@pytest.mark.parametrize("mutation", CONTRACT, ids=lambda mutation: mutation.name)
def test_a_broken_contract_is_said(mutation: Mutation, tmp_path: Path):
    comparison = verify_models(*export(mutation, tmp_path))
    assert comparison.status is Status.DIFFERENT
    signature = in_signature(comparison, mutation.output)
    assert [found.message for found in signature.contract if found.breaking] == list(mutation.said)
    # The numbers are the same: no place is made up.
    assert all(output.location is None for output in signature.outputs)


def test_a_missing_asset_is_an_error_that_names_it(tmp_path: Path):
    with pytest.raises(MigrateError, match=r"cannot load it: .*vocabulary\.txt"):
        verify_models(*export(MISSING_ASSET, tmp_path))


def test_there_are_twelve():
    assert len({mutation.name for mutation in [*NUMBERS, *CONTRACT, MISSING_ASSET]}) == 12
