from __future__ import annotations

import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.spec import parse_feature_specs
from migrate.graph.examples.wrap import wrap_with_examples
from migrate.graph.examples.wrapping import Feature, Wrapping
from migrate.signatures import read_meta_graph
from migrate.signatures.contract import Api, Severity, violations

pytestmark = pytest.mark.tensorflow

CLASSIFY, REGRESS = Api.CLASSIFY, Api.REGRESS
ROWS = [[1.0, 2.0, 3.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
VALUES = {
    "int8": -5,
    "int16": -300,
    "int32": -70000,
    "int64": -(2**40),
    "uint8": 200,
    "uint16": 60000,
    "uint32": 2**31,
    "uint64": 2**60,
    "bool": 1,
    "float16": 1.5,
    "bfloat16": 3.25,
    "float64": 0.5,
    "string": "b",
}
DTYPES = ",".join(VALUES)


def request(meta_graph, key="predict", api=CLASSIFY, spec="x", **more):
    return wrap_with_examples(meta_graph, Wrapping(key, api, parse_feature_specs(spec), **more))


@pytest.fixture
def examples(example):
    return [example(x=row) for row in ROWS]


@pytest.mark.parametrize(
    ("options", "outputs"),
    [
        ({"scores": "probabilities"}, {"scores": "probabilities"}),
        ({"scores": "half"}, {"scores": "half"}),
        ({"scores": "first"}, {"scores": "first"}),
        ({"classes": "words"}, {"classes": "words"}),
        ({"scores": "first", "classes": "words"}, {"scores": "first", "classes": "words"}),
    ],
)
def test_classify(options, outputs, wrap, call, tf2_model, examples):
    directory = wrap("predict", CLASSIFY, "x", **options)
    expected = call(tf2_model, "predict", x=np.float32(ROWS))
    found = call(directory, "predict", inputs=examples)
    assert found.keys() == outputs.keys()
    for name, source in outputs.items():
        assert found[name].dtype == (object if name == "classes" else np.float32)
        np.testing.assert_array_equal(found[name], expected[source].reshape(len(ROWS), -1))
    signature = read_meta_graph(directory).by_key["predict"]
    assert signature.method_name == "tensorflow/serving/classify"
    assert violations(signature, CLASSIFY) == ()


def test_classes_by_id(wrap, call, tf2_model, examples):
    ids = call(tf2_model, "predict", x=np.float32(ROWS))["ids"].tolist()
    assert set(ids) == {0, 1}
    digits = call(wrap("predict", CLASSIFY, "x", classes="ids"), "predict", inputs=examples)
    assert digits["classes"].tolist() == [[str(number).encode()] for number in ids]
    vocabulary = (b"nein", "já".encode())
    words = call(wrap("predict", CLASSIFY, "x", classes="ids", vocabulary=vocabulary), "predict", inputs=examples)
    assert words["classes"].tolist() == [[vocabulary[number]] for number in ids]


def test_the_whole_vocabulary_for_each_example(wrap, call, tf2_model, examples):
    directory = wrap("predict", CLASSIFY, "x", scores="probabilities", vocabulary=(b"no", b"yes"))
    found = call(directory, "predict", inputs=examples)
    assert found["classes"].tolist() == [[b"no", b"yes"]] * len(ROWS)
    expected = call(tf2_model, "predict", x=np.float32(ROWS))["probabilities"]
    np.testing.assert_array_equal(found["scores"], expected)
    assert call(directory, "predict", inputs=np.array([], object))["classes"].shape == (0, 2)


@pytest.mark.parametrize("output", ["first", "half"])
def test_regress(output, wrap, call, tf2_model, examples, meta_graph):
    if output == "half":
        with pytest.raises(MigrateError, match="`half` has 2 values an example"):
            request(meta_graph, api=REGRESS, outputs="half")
        return
    found = call(wrap("predict", REGRESS, "x", outputs=output), "predict", inputs=examples)
    expected = call(tf2_model, "predict", x=np.float32(ROWS))[output]
    np.testing.assert_array_equal(found["outputs"], expected)


def test_the_result(meta_graph):
    before = {key: value.SerializeToString(deterministic=True) for key, value in meta_graph.signature_def.items()}
    result = request(meta_graph, spec="x=int64[3]=7", scores="probabilities")
    assert result.features == (Feature("x", "int64", (3,), False, "x", "float32"),)
    assert result.defaulted == ()
    assert [(info.key, info.name, info.shape) for info in result.signature.inputs] == [
        ("inputs", "predict_inputs:0", (None,))
    ]
    assert [(info.key, info.dtype, info.shape) for info in result.signature.outputs] == [
        ("scores", "float32", (None, 2))
    ]
    after = {key: value.SerializeToString(deterministic=True) for key, value in meta_graph.signature_def.items()}
    assert {key for key in after if after[key] != before[key]} == {"predict"}


def test_what_the_old_signature_had_for_itself_goes(meta_graph):
    old = {node.name for node in meta_graph.graph_def.node}
    call = meta_graph.signature_def["counter"].outputs["calls"].name.split(":")[0]
    request(meta_graph, "counter", REGRESS, outputs="calls")
    nodes = [node.name for node in meta_graph.graph_def.node]
    assert len(set(nodes)) == len(nodes)
    assert "counter_x" not in nodes
    assert set(nodes) - old == {"counter_inputs"}
    # The place of the old call is free for the new one, if that is its name.
    assert call not in nodes or meta_graph.signature_def["counter"].outputs["outputs"].name == f"{call}:0"


def test_signatures_that_share_a_call(edited, wrap, call, tf2_model, examples):
    """Whoever wants to keep the old signature copies it."""
    copied = edited(
        tf2_model, lambda graph: graph.signature_def["copy"].CopyFrom(graph.signature_def["serving_default"])
    )
    directory = wrap("serving_default", CLASSIFY, "x", model=copied, scores="probabilities")
    signatures = read_meta_graph(directory).by_key
    assert signatures["copy"] == read_meta_graph(copied).by_key["copy"]
    both = wrap("copy", REGRESS, "x", model=directory, outputs="first")
    expected = call(tf2_model, "serving_default", x=np.float32(ROWS))
    np.testing.assert_array_equal(call(both, "serving_default", inputs=examples)["scores"], expected["probabilities"])
    np.testing.assert_array_equal(call(both, "copy", inputs=examples)["outputs"], expected["first"])
    np.testing.assert_array_equal(call(both, "predict", x=np.float32(ROWS))["first"], expected["first"])


def test_a_key_of_any_text(edited, wrap, call, tf2_model, examples):
    key = "my key: é"
    renamed = edited(tf2_model, lambda graph: graph.signature_def[key].CopyFrom(graph.signature_def["predict"]))
    directory = wrap(key, REGRESS, "x", model=renamed, outputs="first")
    expected = call(tf2_model, "predict", x=np.float32(ROWS))["first"]
    np.testing.assert_array_equal(call(directory, key, inputs=examples)["outputs"], expected)


def test_every_dtype(wrap, call, example):
    found = call(wrap("dtypes", CLASSIFY, DTYPES, scores="columns"), "dtypes", inputs=[example(**VALUES)])
    assert found["scores"].tolist() == [[float(value) if name != "string" else 2.0 for name, value in VALUES.items()]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int8", 300),
        ("int16", 40000),
        ("int32", 2**40),
        ("uint8", -1),
        ("uint16", 2**16),
        ("uint32", -1),
        ("uint64", -1),
        ("bool", 2),
        ("float16", 7e4),
    ],
)
def test_values_that_an_input_cannot_hold_are_an_error(name, value, tf, wrap, example):
    directory = wrap("dtypes", CLASSIFY, DTYPES, scores="columns")
    signature = tf.saved_model.load(str(directory)).signatures["dtypes"]
    good, bad = example(**VALUES), example(**{**VALUES, name: value})
    message = f"signature dtypes: feature {name} has values that its input {name} \\({name}\\) cannot hold"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        signature(inputs=tf.constant([good, bad]))


def test_whole_numbers_for_other_floats(wrap, call, example):
    spec = DTYPES.replace("float16,", "float16=int64[],", 1).replace("bfloat16,", "bfloat16=int64[],")
    spec = spec.replace("float64", "float64=int64[]")
    values = {**VALUES, "float16": 7, "bfloat16": -3, "float64": 2**53}
    found = call(wrap("dtypes", CLASSIFY, spec, scores="columns"), "dtypes", inputs=[example(**values)])
    assert found["scores"].tolist()[0][-4:-1] == [7.0, -3.0, float(2**53)]


@pytest.mark.parametrize("output", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])
def test_ids_of_every_dtype(output, wrap, call, example):
    """They are the inputs, passed on."""
    ids = dict.fromkeys(VALUES, 1) | {name: VALUES[name] for name in ("float16", "bfloat16", "float64", "string")}
    row = example(**ids)
    digits = wrap("dtypes", CLASSIFY, DTYPES, classes=f"id_{output}")
    assert call(digits, "dtypes", inputs=[row])["classes"].tolist() == [[b"1"]]
    words = wrap("dtypes", CLASSIFY, DTYPES, classes=f"id_{output}", vocabulary=(b"zero", b"one"))
    assert call(words, "dtypes", inputs=[row])["classes"].tolist() == [[b"one"]]


def test_whole_numbers_for_a_float(tf, wrap, example):
    directory = wrap("counter", REGRESS, "x=int64[]", outputs="calls")
    signature = tf.saved_model.load(str(directory)).signatures["counter"]
    assert signature(inputs=tf.constant([example(x=2**24)]))["outputs"].numpy().tolist() == [1.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot hold"):
        signature(inputs=tf.constant([example(x=2**24 + 1)]))


def test_a_call_changes_state_once(tf, wrap, example):
    directory = wrap("counter", REGRESS, "x", outputs="calls")
    signature = tf.saved_model.load(str(directory)).signatures["counter"]
    calls = [signature(inputs=tf.constant([example(x=1.0)]))["outputs"].numpy().tolist() for _ in range(3)]
    assert calls == [[1.0], [2.0], [3.0]]


def test_an_input_keeps_its_default(wrap, call, example):
    directory = wrap("scaled", REGRESS, "x", outputs="y")
    assert call(directory, "scaled", inputs=[example(x=[1.0, 2.0, 3.0])])["outputs"].tolist() == [3.0]


def test_defaults_and_lengths(wrap, call, example, tf2_model):
    spec = 'ids:ids=int64[?]=-1,names=string[2,2]=[["ä","b"],["c","d"]]'
    directory = wrap("text", REGRESS, spec, outputs="sum")
    rows = [
        example(ids=[1, 2, 3], names=["one", "two", "", "x"]),
        example(ids=[4]),
        example(names=["", "", "", ""]),
    ]
    default = [["ä", "b"], ["c", "d"]]
    names = [[["one", "two"], ["", "x"]], default, [["", ""], ["", ""]]]
    expected = call(
        tf2_model,
        "text",
        ids=np.array([[1, 2, 3], [4, -1, -1], [-1, -1, -1]]),
        names=np.array([[[word.encode() for word in row] for row in rows] for rows in names], object),
    )
    np.testing.assert_array_equal(call(directory, "text", inputs=rows)["outputs"], expected["sum"])


def test_a_batch_of_fixed_size(wrap, call, example):
    directory = wrap("fixed", CLASSIFY, "x", scores="scores")
    signature = read_meta_graph(directory).by_key["fixed"]
    assert (signature.inputs[0].shape, signature.outputs[0].shape) == ((2,), (2, 3))
    assert {found.severity for found in violations(signature, CLASSIFY)} == {Severity.WARNING}
    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert call(directory, "fixed", inputs=[example(x=row) for row in rows])["scores"].tolist() == rows


def test_shapes_that_are_known_only_when_it_runs(wrap, call, example):
    rows = [example(x=[1.0, 2.0]), example(), example(x=[5.0, 6.0, 7.0])]
    found = call(wrap("unknown", CLASSIFY, "x=float32[?]=-1", scores="x"), "unknown", inputs=rows)
    assert found["scores"].tolist() == [[1.0, 2.0, -1.0], [-1.0, -1.0, -1.0], [5.0, 6.0, 7.0]]
    directory = wrap("unknown", REGRESS, "x=float32[1]", outputs="squeezed")
    assert call(directory, "unknown", inputs=[example(x=1.0), example(x=2.0)])["outputs"].tolist() == [1.0, 2.0]
    assert violations(read_meta_graph(directory).by_key["unknown"], REGRESS) == ()


@pytest.mark.parametrize(
    ("key", "api", "spec", "options", "features"),
    [
        ("predict", CLASSIFY, "x", {"scores": "half"}, [{}]),  # a required feature is missing
        ("predict", CLASSIFY, "x", {"scores": "half"}, [{"x": [1.0]}]),  # too few values
        ("predict", CLASSIFY, "x", {"scores": "half"}, [{"x": [1, 2, 3]}]),  # of another type
        ("unknown", CLASSIFY, "x=float32[2]", {"scores": "x", "vocabulary": (b"a",)}, [{"x": [1.0, 2.0]}]),
        ("unknown", REGRESS, "x=float32[2]", {"outputs": "squeezed"}, [{"x": [1.0, 2.0]}] * 2),
        ("unknown", CLASSIFY, "x=float32[2]", {"scores": "squeezed"}, [{"x": [1.0, 2.0]}]),  # rank 1
        ("text", CLASSIFY, "ids=int64[1],names=string[2,2]=", {"classes": "ids", "vocabulary": (b"a",)}, [{"ids": 1}]),
        ("text", CLASSIFY, "ids=int64[1],names=string[2,2]=", {"classes": "ids", "vocabulary": (b"a",)}, [{"ids": -1}]),
    ],
)
def test_what_does_not_fit_is_an_error_when_it_runs(key, api, spec, options, features, tf, wrap, example):
    signature = tf.saved_model.load(str(wrap(key, api, spec, **options))).signatures[key]
    with pytest.raises(tf.errors.InvalidArgumentError):
        signature(inputs=tf.constant([example(**row) for row in features]))


def test_what_tensorflow_saves_again(tf, wrap, call, examples, tmp_path):
    directory = wrap("predict", CLASSIFY, "x", scores="probabilities", vocabulary=(b"no", b"yes"))
    loaded = tf.saved_model.load(str(directory))
    tf.saved_model.save(loaded, str(tmp_path / "again"), signatures=loaded.signatures)
    found, again = (call(path, "predict", inputs=examples) for path in (directory, tmp_path / "again"))
    for name, value in found.items():
        np.testing.assert_array_equal(again[name], value)


def test_gradients(tf, wrap, examples, tf2_model):
    loaded, original = (
        tf.saved_model.load(str(path)) for path in (wrap("predict", REGRESS, "x", outputs="first"), tf2_model)
    )
    found = []
    for model, given, name in (
        (loaded, {"inputs": tf.constant(examples)}, "outputs"),
        (original, {"x": tf.constant(ROWS)}, "first"),
    ):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(model.signatures["predict"](**given)[name])
        found.append(tape.gradient(total, model.weights).numpy())
    np.testing.assert_array_equal(*found)


def test_new_operations_are_listed(meta_graph):
    listed = meta_graph.meta_info_def.stripped_op_list.op
    assert "BroadcastTo" not in {op.name for op in listed}
    request(meta_graph, scores="probabilities", vocabulary=(b"no", b"yes"))
    names = [op.name for op in listed]
    used = {node.op for node in meta_graph.graph_def.library.function[-1].node_def}
    assert used - set(names) == set()
    assert len(names) == len(set(names))
    assert not any(op.description or op.summary for op in listed)


def test_names_of_functions_are_numbered(meta_graph):
    """TensorFlow's fingerprints order functions by their numbers."""
    for key in ("predict", "serving_default"):
        request(meta_graph, key, scores="probabilities")
    names = [function.signature.name for function in meta_graph.graph_def.library.function]
    numbers = [int(name.rpartition("_")[2]) for name in names]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"key": "none", "scores": "x"}, "signature `none`: there is none of that name"),
        ({"key": "__saved_model_init_op", "scores": "x"}, "there is none of that name"),
        ({"scores": "none"}, "`predict`: --scores `none`: there is no such output"),
        ({"scores": "total"}, r"shape \[\]"),
        ({"scores": "cube"}, r"shape \[\?,2,2\]"),
        ({"spec": "y", "scores": "first"}, "the feature `y` feeds no input"),
        ({"key": "scaled", "spec": "x,t", "api": REGRESS, "outputs": "y"}, "`t` is a scalar"),
        ({"key": "fixed", "api": REGRESS, "outputs": "columns"}, "its first dimension is not the batch"),
        ({"key": "classify", "spec": "inputs", "scores": "scores"}, "`inputs` is parsed as tf.Examples already"),
    ],
)
def test_refusals_change_nothing(asked, message, meta_graph):
    before = meta_graph.SerializeToString(deterministic=True)
    with pytest.raises(MigrateError, match=message):
        request(meta_graph, **asked)
    assert meta_graph.SerializeToString(deterministic=True) == before


def test_twice_is_refused(meta_graph):
    request(meta_graph, scores="probabilities")
    with pytest.raises(MigrateError, match="Examples already; restore its method name without --examples"):
        request(meta_graph, spec="inputs", scores="scores")


def test_no_features(meta_graph):
    with pytest.raises(MigrateError, match="names no feature"):
        wrap_with_examples(meta_graph, Wrapping("predict", CLASSIFY, (), scores="half"))
