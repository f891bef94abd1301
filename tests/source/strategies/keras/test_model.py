"""Keras models saved through the session of Keras."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level, Site
from migrate.settings import Settings
from migrate.source.strategies.keras.model import plan_keras
from migrate.source.unprovable import MODE, Unprovable
from migrate.source.view import ModuleView

HEAD = """\
    import tensorflow as tf
    from tensorflow.keras import backend as K
"""


def rewritten(code: str) -> tuple[str, tuple[Site, ...]]:
    """The new text and the sites; a second run must change nothing."""
    result = rewrite_source(dedent(code), "script.py")
    assert result.error is None
    compile(result.after, "script.py", "exec")
    assert rewrite_source(result.after, "script.py").after == result.after
    return result.after, result.sites


def check_keras(code: str, *parts: str, without: tuple[str, ...] = ()) -> str:
    """All sites become functions over their models; the text has these parts and not those."""
    after, sites = rewritten(code)
    assert sites
    assert [(site.level, site.rule) for site in sites] == [(Level.NATIVE, "TFM005")] * len(sites), sites
    for part in parts:
        assert part in after, after
    for part in ("get_session", "set_session", "set_learning_phase", "Session(", *without):
        assert part not in after, after
    return after


def check_refused(code: str, rule: str, part_of_reason: str) -> None:
    """The strategy does not apply, and says why; the output is no function over a model."""
    text = dedent(code)
    view = ModuleView(text, ast.parse(text), "script.py", Settings())
    with pytest.raises(Unprovable) as refused:
        plan_keras(view.candidates[0], view)
    assert (refused.value.rule, part_of_reason in refused.value.reason) == (rule, True), refused.value.reason
    after, sites = rewritten(code)
    assert all(site.rule != "TFM005" for site in sites)
    assert "training=False" not in after


def in_function(*statements: str, arguments: str = "model, out") -> str:
    return dedent(HEAD) + f"\n\ndef export({arguments}):\n" + "".join(f"    {line}\n" for line in statements)


SAVE = "tf.saved_model.simple_save(K.get_session(), out, {'x': model.input}, {'y': model.output})"


# ---- the session ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "imports",
    [
        "from keras import backend as K",
        "import keras.backend.tensorflow_backend as K",
        "from tensorflow.python.keras import backend as K",
        "from tensorflow.python.keras._impl.keras import backend as K",
        "from tensorflow.contrib.keras import backend as K",
        "import tensorflow.keras.backend as K",
        "K = tf.keras.backend",
        "K = tf.compat.v1.keras.backend",
    ],
)
def test_the_session_of_any_keras(imports: str):
    code = f"import tensorflow as tf\n{imports}\n\n\ndef export(model, out):\n    {SAVE}\n"
    after = check_keras(code, 'return {"y": model(x, training=False)}', "tf.saved_model.save(\n")
    assert after.startswith("import tensorflow as tf\n\n\ndef _weights(function):")


def test_the_whole_text_of_a_function():
    assert check_keras(in_function("# Serve it.", SAVE, "print('done')")) == dedent("""\
        import tensorflow as tf


        def _weights(function):
            \"\"\"The variables of a signature; no call may change them, as none did in TensorFlow 1.\"\"\"
            concrete = function.get_concrete_function()
            graph = concrete.graph.as_graph_def()
            nodes = [*graph.node, *(node for called in graph.library.function for node in called.node_def)]
            if any(node.op.startswith("Assign") and tf.as_dtype(node.attr["dtype"].type).is_floating for node in nodes):
                raise ValueError("A layer keeps its state from one call to the next, which TensorFlow 1 did not serve")
            return concrete.variables


        def export(model, out):
            # Serve it.
            if tf.io.gfile.exists(out) and tf.io.gfile.listdir(out):
                raise AssertionError(f"Export directory is not empty: {out}")

            @tf.function(
                input_signature=[
                    tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name="x"),
                ]
            )
            def serving_default(x):
                return {"y": model(x, training=False)}

            module = tf.Module()
            module.weights = _weights(serving_default)
            tf.saved_model.save(
                module,
                out,
                signatures={"serving_default": serving_default},
            )
            print('done')
    """)


@pytest.mark.parametrize(
    "statements",
    [
        ["sess = K.get_session()", SAVE.replace("K.get_session()", "sess")],
        ["with K.get_session() as sess:", "    " + SAVE.replace("K.get_session()", "sess")],
        ["sess = K.get_session()", "with sess.graph.as_default():", "    " + SAVE.replace("K.get_session()", "sess")],
        ["graph = tf.get_default_graph()", "with graph.as_default(), K.get_session().as_default():", "    " + SAVE],
    ],
)
def test_a_session_with_a_name_goes(statements: list[str]):
    after = check_keras(in_function(*statements))
    assert "sess" not in after
    assert "graph" not in after[after.index("def export") :]


def test_a_session_with_a_configuration_goes():
    code = in_function(
        "config = tf.ConfigProto(gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.5))",
        "config.gpu_options.allow_growth = True",
        "sess = tf.Session(config=config)",
        "sess.run(tf.global_variables_initializer())",
        "K.set_session(sess)",
        "model = tf.keras.models.load_model(path)",
        SAVE.replace("K.get_session()", "sess"),
        "sess.close()",
        arguments="path, out",
    )
    check_keras(code, without=("config", "sess", "initializer"))


def test_a_session_set_at_the_top_of_the_module_goes():
    code = (
        dedent(HEAD)
        + "\nK.set_session(tf.Session())\nK.set_learning_phase(0)\n\n\ndef export(model, out):\n    "
        + SAVE
    )
    check_keras(code)


@pytest.mark.parametrize(
    ("statements", "rule", "reason"),
    [
        (["sess = tf.Session()", SAVE.replace("K.get_session()", "sess")], "TFM101", "session of Keras"),
        (["K.set_session(tf.Session())", SAVE], "TFM101", "another than that which has the model's weights"),
        (["sess = K.get_session()", "sess.run(tf.global_variables_initializer())", SAVE], "TFM107", "more than"),
        (
            ["model = tf.keras.Sequential([])", "K.get_session().run(tf.global_variables_initializer())", SAVE],
            "TFM107",
            "uses the session of Keras",
        ),
        (["tf.train.Saver().save(K.get_session(), 'ckpt')", SAVE], "TFM111", "TF1 graph"),
        (["saver = tf.train.Saver()", SAVE], "TFM111", "TF1 graph"),
        (["y = tf.identity(model.output, name='y')", SAVE], "TFM101", "computes with a tensor of the model"),
        (["log(model.output.op.name)", SAVE], "TFM101", "part of a TF1 graph"),
    ],
)
def test_a_session_that_does_more(statements: list[str], rule: str, reason: str):
    check_refused(in_function(*statements), rule, reason)


# ---- the learning phase ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["1", "True", "phase", "K.learning_phase()"])
def test_a_learning_phase_that_may_be_training_is_refused(phase: str):
    check_refused(in_function(f"K.set_learning_phase({phase})", SAVE), "TFM104", "learning phase")


def test_a_learning_phase_that_is_only_printed_goes():
    after = check_keras(in_function("print(K.learning_phase())", "K.set_learning_phase(0)", SAVE))
    assert "print" not in after


def test_training_under_the_phase_of_inference_is_refused():
    model = "model = tf.keras.models.load_model(path)"
    phase = "K.set_learning_phase(0)"
    fit = "model.fit(data)"
    check_refused(in_function(phase, model, fit, SAVE, arguments="path, out, data"), "TFM104", "trained")
    check_keras(in_function(model, fit, phase, SAVE, arguments="path, out, data"), fit)


# ---- tensors and keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "outputs", "body"),
    [
        ("{'x': model.inputs[0]}", "{'y': model.output}", ['{"y": model(x, training=False)}']),
        ("{'x': model.input}", "{'y': model.outputs[0]}", ["tf.nest.flatten(model(x, training=False))", "results[0]"]),
        ("{'a': model.input[1], 'b': model.input[0]}", "{'y': model.output}", ["def serving_default(a, b)", "[b, a]"]),
        ("{'x': model.input}", "{'y': model.output[0], 'z': model.output[1]}", ["results = model(x", "results[1]"]),
        (
            "{'x': model.input}",
            "{'y': model.layers[-2].output}",
            ['{"y": model.layers[-2].output}', "serving_model([x]"],
        ),
        ("{'model': model.input}", "{'y': model.output}", ["(model_input)", 'name="model"', "model(model_input,"]),
        ("{'x-1': model.get_input_at(0)}", "{'y:0': model.get_output_at(0)}", ["(x_1)", 'name="x-1"', '"y:0": model']),
        ("dict(x=model.input)", "dict(y=model.output)", ['{"y": model(x, training=False)}']),
    ],
)
def test_tensors_of_the_model(inputs: str, outputs: str, body: list[str]):
    check_keras(in_function(f"tf.saved_model.simple_save(K.get_session(), out, {inputs}, {outputs})"), *body)


@pytest.mark.parametrize(
    ("inputs", "outputs", "rule", "reason"),
    [
        ("{'x': model.inputs[1]}", "{'y': model.output}", "TFM108", "does not feed all inputs"),
        ("{'x': model.input, 'z': model.input}", "{'y': model.output}", "TFM108", "feed the same input"),
        ("{'x': model.input}", "{'y': other.output}", "TFM101", "several models"),
        ("{'x': other}", "{'y': tf.argmax(model.output, 1)}", "TFM101", "no input or output of a Keras model"),
        ("{'x': model.input}", "{'y': tf.py_func(other, [model.output], tf.float32)}", "TFM104", "tf.py_func"),
        ("{'x': model.input}", "{'y': tf.image.resize_images(model.output, [2, 2])}", "TFM105", "half-pixel"),
        ("{'x': model.input}", "{'y': other(model.output)}", "TFM101", "other, which is not known"),
        (
            "{'x': model.input}",
            "{'y': model.output + tf.placeholder(tf.float32)}",
            "TFM108",
            "no input of the signature",
        ),
        ("{'x': model.input}", "{'y': model.output * tf.Variable(2.0)}", "TFM101", "more than an operation"),
        ("{'x': model.input}", "{'y': model.input}", "TFM101", "no input or output"),
        ("{t.name: t for t in model.inputs}", "{'y': model.output}", "TFM108", "names of TF1 tensors"),
        ("{'x': model.input}", "{t.name: t for t in model.outputs}", "TFM102", "names of TF1 tensors"),
        ("{'x': model.input, 'phase': K.learning_phase()}", "{'y': model.output}", "TFM101", "K.learning_phase()"),
    ],
)
def test_tensors_that_are_refused(inputs: str, outputs: str, rule: str, reason: str):
    code = in_function(
        f"tf.saved_model.simple_save(K.get_session(), out, {inputs}, {outputs})", arguments="model, other, out"
    )
    check_refused(code, rule, reason)


BY_NAME = "tf.saved_model.simple_save(K.get_session(), 'out', {'x': model.input}, {t.name: t for t in model.outputs})"


def script(*lines: str) -> str:
    return dedent(HEAD) + "L = tf.keras.layers\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("layers", "key"),
    [
        ("[L.Dense(2, input_shape=(3,)), L.Dense(2, activation='softmax')]", "dense_1/Softmax:0"),
        ("[L.Dense(2, input_shape=(3,)), L.Dense(2, name='out', activation='tanh')]", "out/Tanh:0"),
        ("[L.Conv2D(2, 3, input_shape=(9, 9, 1)), L.Flatten(), L.Dense(2, 'softmax')]", "dense/Softmax:0"),
        ("[L.Dense(2, input_shape=(3,)), L.Dense(2), L.Activation('sigmoid')]", "activation/Sigmoid:0"),
        ("[L.Dense(2, input_shape=(3,))]", "dense/BiasAdd:0"),
        ("[L.Flatten(input_shape=(3, 3)), L.Dense(2, activation=tf.nn.softmax, name='Softmax')]", "Softmax/Softmax:0"),
        ("[L.Dense(2, input_shape=(4, 3)), L.Dense(2, activation=tf.nn.softmax)]", "dense_1/Softmax:0"),
        ("[L.LSTM(2, input_shape=(4, 3)), L.Dense(2, activation='softmax')]", "dense/Softmax:0"),
        ("[L.Conv2D(2, 3, input_shape=(9, 9, 1)), L.MaxPool2D()]", "max_pooling2d/MaxPool:0"),
        ("[L.Dense(2, input_shape=(3, 4)), L.Dense(2, 'linear')]", "dense_1/BiasAdd:0"),
    ],
)
def test_the_name_of_an_output_is_told_from_its_layer(layers: str, key: str):
    check_keras(script(f"model = tf.keras.Sequential({layers})", BY_NAME), f'"{key}": model(x, training=False)')


@pytest.mark.parametrize(
    "lines",
    [
        ["model = tf.keras.Sequential([L.Dense(2, input_shape=(3,)), L.Dropout(0.5)])"],
        ["model = tf.keras.Sequential([L.Dense(2, input_shape=(3,)), L.Dense(2, activation=act)])"],
        ["model = tf.keras.Sequential([L.Dense(2, input_shape=(4, 3)), L.Dense(2, activation='softmax')])"],
        ["model = tf.keras.Sequential([L.Dense(2, activation='relu')])"],
        ["model = tf.keras.Sequential([L.RepeatVector(2, input_shape=(3,)), L.Dense(2, activation='softmax')])"],
        ["model = tf.keras.Sequential([L.Embedding(input_dim=9, output_dim=2), L.Dense(2, activation='softmax')])"],
        [
            "def build():",
            "    return tf.keras.Sequential([L.Dense(2, input_shape=(3,))])",
            "build()",
            "model = build()",
        ],
        ["for _ in range(2):", "    model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])"],
        ["L.Dense(3)", "K.clear_session()", "model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])"],
        ["with tf.name_scope('net'):", "    model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])"],
        ["one = tf.keras.models.load_model('a')", "model = tf.keras.models.load_model('b')"],
    ],
)
def test_the_name_of_an_output_that_cannot_be_told(lines: list[str]):
    check_refused(script(*lines, BY_NAME), "TFM102", "names of TF1 tensors")


def test_the_names_of_a_model_that_a_function_builds_are_told():
    build = ["def build(size):", "    x = L.Input(shape=(3,))", "    y = L.Dense(size, activation='tanh')(x)",
             "    return tf.keras.Model(x, y)", "model = build(2)"]  # fmt: skip
    check_keras(script(*build, BY_NAME), '"dense/Tanh:0": ')


@pytest.mark.parametrize(
    ("layers", "key"),
    [
        ("[Dense(2, input_shape=(3,)), Dense(2, activation='softmax')]", "dense_2/Softmax:0"),
        ("[Dense(2, input_shape=(3,))]", "dense_1/BiasAdd:0"),
        ("[Dense(2, input_shape=(4, 3))]", None),
    ],
)
def test_standalone_keras_counts_from_one(layers: str, key: str | None):
    code = f"""
        import tensorflow as tf
        from keras import backend as K
        from keras.layers import Dense
        from keras.models import Sequential
        model = Sequential({layers})
        {BY_NAME}
    """
    if key is None:
        check_refused(code, "TFM102", "names of TF1 tensors")
    else:
        check_keras(code, f'"{key}": model(x, training=False)')


INPUTS = "tf.saved_model.simple_save(K.get_session(), 'out', {t.name: t for t in model.inputs}, {'y': model.output})"


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (["model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])"],
         '"arg_dense_input_0": "dense_input:0",'),
        (["x = L.Input((3,))", "z = L.Input((2,), name='size')",
          "model = tf.keras.Model([x, z], L.Dense(2)(L.concatenate([x, z])))"],
         '"arg_input_1_0": "input_1:0",\n        "arg_size_0": "size:0",'),
    ],
)  # fmt: skip
def test_keys_of_inputs_that_are_names_are_put_back(model: list[str], keys: str):
    check_keras(
        script(*model, INPUTS), "_restore_input_keys(export_dir, {", f'    "serving_default": {{\n        {keys}'
    )


@pytest.mark.parametrize("key", ["model.input.name", "x.name"])
def test_the_key_of_the_input_of_a_loaded_model_is_asked_for(key: str):
    save = INPUTS.replace("{t.name: t for t in model.inputs}", f"{{{key}: x}}")
    after = check_keras(
        script("model = tf.keras.models.load_model('model.h5')", "x = model.input", save),
        "input_key = _input_key(model)",
        'name="arg_" + input_key.replace(":", "_"),',
        '"arg_" + input_key.replace(":", "_"): input_key,',
    )
    namespace: dict[str, object] = {}
    helper = after[after.index("def _input_key") : after.index('return f"{name}:0"\n') + 19]
    exec(helper, namespace)
    tell = namespace["_input_key"]

    class Tensor:
        name = "input_1"

    class MadeUp:
        name = "keras_tensor_3"

    class Sequential:
        inputs = (MadeUp,)
        layers = (type("Layer", (), {"name": "dense_4"}),)

    class Functional:
        inputs = (Tensor,)

    assert tell(Sequential()) == "dense_4_input:0"  # type: ignore[operator]
    assert tell(Functional()) == "input_1:0"  # type: ignore[operator]
    Sequential.inputs = (Tensor,)  # type: ignore[assignment]
    assert tell(Sequential()) == "input_1:0"  # type: ignore[operator]
    Functional.inputs = (Tensor, Tensor)  # type: ignore[assignment]
    with pytest.raises(ValueError, match="several inputs"):
        tell(Functional())  # type: ignore[operator]


def test_the_names_of_the_outputs_of_a_loaded_model_are_told_by_its_layers():
    after = check_keras(
        script("model = tf.keras.models.load_model('model.h5')", BY_NAME),
        "output_keys = _output_keys(model)",
        "return dict(zip(output_keys, results))",
    )
    namespace: dict[str, object] = {}
    helper = after[after.index("def _output_keys") : after.index("    return keys\n") + len("    return keys\n")]
    exec(helper, namespace)
    tell = namespace["_output_keys"]

    class Dense:
        name = "dense_7"
        use_bias = True

        def __init__(self, activation):
            self.activation = activation

    class Output:
        shape = (None, 2)

    class Model:
        outputs = (Output,)

        def __init__(self, layer):
            self.layers = [layer]

    def softmax():
        pass

    def swish():
        pass

    assert tell(Model(Dense(softmax))) == ["dense_7/Softmax:0"]  # type: ignore[operator]
    with pytest.raises(ValueError, match="dense_7"):
        tell(Model(Dense(swish)))  # type: ignore[operator]


# ---- the model -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "rule"),
    [
        ("L.LSTM(3, recurrent_activation=gate)", "TFM105"),
        ("L.SimpleRNN(3, stateful=True)", "TFM104"),
    ],
)
def test_layers_that_compute_otherwise_are_refused(layer: str, rule: str):
    check_refused(
        script(f"model = tf.keras.Sequential([L.Input((4, 2)), {layer}])", SAVE.replace("out", "'out'", 1)), rule, ""
    )


@pytest.mark.parametrize(
    ("layer", "after"),
    [
        ("L.LSTM(3)", "L.LSTM(3, recurrent_activation=_hard_sigmoid)"),
        ("L.Bidirectional(L.LSTM(3, recurrent_activation='hard_sigmoid'))",
         "L.Bidirectional(L.LSTM(3, recurrent_activation=_hard_sigmoid))"),
        ("L.GRU(3, recurrent_activation='sigmoid')", "L.GRU(3, recurrent_activation='sigmoid', reset_after=False)"),
        ("L.GRU(3, reset_after=True)", "L.GRU(3, reset_after=True, recurrent_activation=_hard_sigmoid)"),
        ("L.Dense(3, activation='hard_sigmoid')", "L.Dense(3, activation=_hard_sigmoid)"),
        ("L.Dense(3, activation=tf.keras.activations.hard_sigmoid)", "L.Dense(3, activation=_hard_sigmoid)"),
        ("L.Dense(3, activation=tf.nn.softmax)", "L.Dense(3, activation=tf.nn.softmax)"),
    ],
)  # fmt: skip
def test_layers_keep_the_functions_that_they_had(layer: str, after: str):
    code = check_keras(
        script(f"model = tf.keras.Sequential([L.Input((4, 2)), {layer}])", SAVE.replace("out", "'out'", 1)), after
    )
    assert code.count("def _hard_sigmoid(x):") == ("_hard_sigmoid" in after)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        ("LSTM(3)", "up to Keras 2.2"),
        ("UpSampling2D(interpolation='bilinear')", "interpolates in another way"),
    ],
)
def test_layers_of_standalone_keras_that_are_refused(layer: str, reason: str):
    code = f"""
        import keras
        import tensorflow as tf
        from keras.layers import *
        model = keras.models.Sequential([keras.layers.{layer}])
        tf.saved_model.simple_save(keras.backend.get_session(), 'out', {{'x': model.input}}, {{'y': model.output}})
    """
    check_refused(code, "TFM105", reason)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("L.Embedding(9, 2, input_length=5)", "input_length=5, input_shape=(5,))"),
        ("L.Embedding(9, 2, input_length=x.shape[1])", "input_shape=(x.shape[1],))"),
        ("L.Embedding(9, 2)", "L.Embedding(9, 2, input_shape=(None,))"),
    ],
)
def test_a_model_that_starts_with_an_embedding_is_told_the_shape_of_its_input(layer: str, shape: str):
    save = SAVE.replace("out", "'out'", 1)
    check_keras(
        script(f"model = tf.keras.Sequential([{layer}, L.Dense(1)])", "model.fit(data)", save),
        shape,
        "model.inputs[0].shape,",
    )


def test_an_embedding_whose_length_is_computed_is_refused():
    code = script("model = tf.keras.Sequential([L.Embedding(9, 2, input_length=next(n))])", SAVE)
    check_refused(code, "TFM108", "shape of the model's input")


def test_recurrent_layers_with_a_function_that_both_have_are_taken():
    layer = "L.LSTM(3, recurrent_activation='sigmoid')"
    check_keras(script(f"model = tf.keras.Sequential([L.Input((4, 2)), {layer}])", SAVE.replace("out", "'out'", 1)))


def test_the_batch_of_the_training_data_does_not_become_the_shape():
    layers = "[L.Flatten(), L.Dense(1)]"
    check_keras(
        script(f"model = tf.keras.Sequential({layers})", "model.fit(data)", SAVE.replace("out", "'out'", 1)),
        "[None, *model.inputs[0].shape[1:]]",
    )


@pytest.mark.parametrize(
    "statements",
    [
        ["x = model.input", "y = model.output", "model = other",
         SAVE.replace("model.input", "x").replace("model.output", "y")],
        ["builder = tf.saved_model.Builder(out)",
         "signature = tf.saved_model.predict_signature_def({'x': model.input}, {'y': model.output})",
         "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'a': signature})",
         "model.fit(other)", "builder.save()"],
        ["y = model.output", "model.layers.pop()", SAVE.replace("model.output", "y")],
    ],
)  # fmt: skip
def test_a_model_that_changes_is_refused(statements: list[str]):
    check_refused(in_function(*statements, arguments="model, other, out"), "TFM106", "")


def test_a_loaded_model_gets_a_note_about_files_of_tf1():
    _, (site,) = rewritten(script("model = tf.keras.models.load_model('m.h5')", SAVE.replace("out", "'out'", 1)))
    assert any("TF_USE_LEGACY_KERAS" in finding.message for finding in site.findings)


@pytest.mark.parametrize(
    ("optimizer", "after"),
    [
        ("tf.train.AdamOptimizer()", "tf.keras.optimizers.Adam(epsilon=1e-8)"),
        ("tf.train.AdamOptimizer(rate, beta1=0.5)",
         "tf.keras.optimizers.Adam(learning_rate=rate, beta_1=0.5, epsilon=1e-8)"),
        ("tf.train.GradientDescentOptimizer(learning_rate=0.1)", "tf.keras.optimizers.SGD(learning_rate=0.1)"),
        ("tf.train.MomentumOptimizer(0.1, 0.9)", "tf.keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)"),
        ("'adam'", "'adam'"),
    ],
)  # fmt: skip
def test_a_model_is_compiled_with_the_optimizer_of_keras_that_counts_the_same(optimizer: str, after: str):
    layers = "model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])"
    save = SAVE.replace("out", "'out'", 1)
    text, (site,) = rewritten(script("rate = 0.1", layers, f"model.compile(optimizer={optimizer}, loss='mse')", save))
    assert f"model.compile(optimizer={after}, loss='mse')" in text
    assert any("counts the same" in finding.message for finding in site.findings) == (after != "'adam'")
    named = [f"optimizer = {optimizer}", "model.compile(optimizer, 'mse')"]
    text, _ = rewritten(script("rate = 0.1", layers, *named, save))
    assert f"optimizer = {after}" in text


def test_adam_beside_an_embedding_gets_a_note_of_its_own():
    layers = "model = tf.keras.Sequential([tf.keras.layers.Embedding(9, 2), tf.keras.layers.Flatten()])"
    compiled = "model.compile(optimizer=tf.train.AdamOptimizer(), loss='mse')"
    _, (site,) = rewritten(script(layers, compiled, SAVE.replace("out", "'out'", 1)))
    assert any("rows of an Embedding" in finding.message for finding in site.findings)


@pytest.mark.parametrize("optimizer", ["tf.train.RMSPropOptimizer(0.1)", "tf.train.FtrlOptimizer(0.1)"])
def test_an_optimizer_that_keras_has_not_gets_a_note(optimizer: str):
    layers = "model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])"
    compiled = f"model.compile(optimizer={optimizer}, loss='mse')"
    _, (site,) = rewritten(script(layers, compiled, SAVE.replace("out", "'out'", 1)))
    assert any("optimizers of its own" in finding.message for finding in site.findings)


# ---- the builder -----------------------------------------------------------------------------------------------------

BUILDER = """
        builder = tf.saved_model.builder.SavedModelBuilder(out)
        info = tf.saved_model.utils.build_tensor_info(model.input)
        score = tf.saved_model.utils.build_tensor_info(model.output)
        signature = tf.saved_model.signature_def_utils.build_signature_def({'inputs': info}, {'scores': score}, METHOD)
        builder.add_meta_graph_and_variables(
            K.get_session(), [tf.saved_model.tag_constants.SERVING], {'one': signature, 'two': signature}, INIT)
        return builder.save(TEXT)
"""


def builder(method: str = "'tensorflow/serving/predict'", init: str = "None", text: str = "") -> str:
    body = BUILDER.replace("METHOD", method).replace("INIT", f"main_op={init}").replace("TEXT", text)
    return dedent(HEAD) + "\n\ndef export(model, out):" + dedent(body).replace("\n", "\n    ").rstrip() + "\n"


def test_a_builder_with_two_keys_for_one_signature():
    after = check_keras(builder(init="tf.tables_initializer()"), '{"one": one, "two": one}', "return tf.io.gfile.join(")
    assert after.count("@tf.function") == 1
    assert "tensor_info" not in after


def test_method_names_and_text_are_restored():
    after = check_keras(
        builder("tf.saved_model.signature_constants.CLASSIFY_METHOD_NAME", text="as_text=True"),
        "_restore_method_names(out, {",
        "_save_as_text(out)",
        'b"saved_model.pbtxt"',
    )
    assert after.count("def _restore_method_names") == 1


@pytest.mark.parametrize(
    ("method", "init", "rule"),
    [("None", "None", "TFM102"), ("'tensorflow/serving/predict'", "tf.global_variables_initializer()", "TFM110")],
)
def test_what_a_builder_cannot_keep(method: str, init: str, rule: str):
    check_refused(builder(method, init), rule, "")


def test_steps_in_different_branches_are_refused():
    code = (
        builder()
        .replace("        return", "    return")
        .replace("    builder.add", "    if model:\n        builder.add")
    )
    check_refused(code, "TFM106", "")


# ---- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        in_function("if out:", f"    {SAVE}"),
        in_function("try:", f"    {SAVE}", "except ValueError:", "    pass"),
        in_function("def save():", f"    {SAVE}", "save()"),
        in_function(SAVE).replace("def export", "async def export"),
        in_function(SAVE).replace("    ", "\t"),
        dedent(HEAD) + f"for out in ('a', 'b'):\n    model = tf.keras.models.load_model(out)\n    {SAVE}\n",
    ],
)
def test_it_stays_where_it_is(code: str):
    check_keras(code, "model(x, training=False)")


@pytest.mark.parametrize("line", ["if out: " + SAVE, "sess = K.get_session(); " + SAVE])
def test_a_statement_that_shares_its_line_is_left_to_a_lower_level(line: str):
    after, (site,) = rewritten(in_function(line))
    assert site.rule != "TFM005"
    assert "training=False" not in after


def test_two_exports_of_one_function_have_names_of_their_own():
    after = check_keras(in_function(SAVE, SAVE.replace("out", "out + '/2'", 1)))
    assert after.count("def serving_default(x):") == 1
    assert after.count("def serving_default_2(x):") == 1


def test_the_directory_is_that_which_the_builder_got():
    code = builder().replace("    return", "    out = 'other'\n    return")
    check_keras(code, "export_dir = out\n", "tf.saved_model.save(module, export_dir, ")


@pytest.mark.parametrize(
    ("before", "rule", "reason"),
    [
        ("class Net:\n    input = 1\n", "TFM101", "no Keras model"),
        ("class Net(tf.keras.Model):\n    def call(self, x):\n        return x\n", "TFM101", "subclassed"),
        ("def start():\n    global sess\n    sess = K.get_session()\n", "TFM101", "global"),
    ],
)
def test_what_the_file_says_elsewhere(before: str, rule: str, reason: str):
    save = SAVE.replace("K.get_session()", "sess") if "sess" in before else SAVE
    code = dedent(HEAD) + before + f"def export(out):\n    model = Net()\n    {save}\n"
    check_refused(code, rule, reason)


@pytest.mark.parametrize(
    "signatures", ["{model.name: signature}", "{'a': signature, name(): signature}", "{one: signature for one in name}"]
)
def test_a_signature_whose_key_only_running_the_code_tells_is_refused(signatures: str):
    code = in_function(
        "signature = tf.saved_model.predict_signature_def({'x': model.input}, {'y': model.output})",
        "builder = tf.saved_model.Builder(out)",
        f"builder.add_meta_graph_and_variables(K.get_session(), ['serve'], signature_def_map={signatures})",
        "builder.save()",
        arguments="model, out, name",
    )
    check_refused(code, "TFM102", "the key of a signature is only known at run time")


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ("{key: tensor for key, tensor in ys.items()}", "a dictionary of tensors is made in a helper function"),
        ("{key.lower(): {'a': ys}}", "the tensor for the key `key.lower()` cannot be seen here"),
    ],
)
def test_reasons_name_keys_that_only_running_the_code_tells(outputs: str, reason: str):
    save = SAVE.replace("{'y': model.output}", "made(key, model.output)")
    text = in_function(save, arguments="model, out, key") + f"\n\ndef made(key, ys):\n    return {outputs}\n"
    reasons = [refusal.reason for site in rewrite_source(text).sites for refusal in site.refusals]
    assert any(reason in one for one in reasons), reasons
    assert not any("\0" in one for one in reasons)


@pytest.mark.parametrize(
    "check",
    [
        ["valid = tf.saved_model.signature_def_utils.is_valid_signature(signature)", "if valid == False:",
         "    raise ValueError('no')"],
        ["if not tf.saved_model.signature_def_utils.is_valid_signature(signature):", "    raise ValueError('no')"],
        ["assert tf.saved_model.signature_def_utils.is_valid_signature(signature) is True"],
    ],
)  # fmt: skip
def test_the_check_of_a_signature_goes_with_it(check: list[str]):
    code = in_function(
        "builder = tf.saved_model.Builder(out)",
        "signature = tf.saved_model.predict_signature_def({'x': model.input}, {'y': model.output})",
        *check,
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'a': signature})",
        "builder.save()",
    )
    after = check_keras(code)
    assert "valid" not in after
    assert "'no'" not in after


def test_a_check_that_does_more_stays():
    code = in_function(
        "builder = tf.saved_model.Builder(out)",
        "signature = tf.saved_model.predict_signature_def({'x': model.input}, {'y': model.output})",
        "valid = tf.saved_model.signature_def_utils.is_valid_signature(signature)",
        "print(valid)",
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'a': signature})",
        "builder.save()",
    )
    _, (site,) = rewritten(code)
    assert site.level.value == "bridged"


def test_names_are_told_in_the_main_guard_of_a_program():
    lines = ["if __name__ == '__main__':", "    model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])"]
    check_keras(script(*lines, f"    {BY_NAME}"), '"dense/BiasAdd:0": ')


def test_an_initializer_above_the_model_goes_whatever_else_stands_there():
    code = script(
        "import argparse",
        "args = argparse.ArgumentParser().parse_args()",
        "print(args)",
        "sess = tf.Session()",
        "sess.run(tf.global_variables_initializer())",
        "K.set_session(sess)",
        "model = tf.keras.models.load_model(args.model)",
        SAVE.replace("K.get_session()", "sess").replace("out", "'out'", 1),
    )
    assert "initializer" not in check_keras(code)


@pytest.mark.parametrize(
    ("phase", "layers", "taken"),
    [
        (0, "[L.Dense(2, input_shape=(3,))]", True),
        (1, "[L.Dense(2, input_shape=(3,)), L.LSTM(2)]", True),
        (1, "[L.Dense(2, input_shape=(3,)), L.Dropout(0.5)]", False),
        (0, "[L.Dense(2, input_shape=(3,)), L.BatchNormalization()]", False),
        (0, "[L.LSTM(2, dropout=0.5, input_shape=(3, 2))]", False),
        (0, "[Own()]", False),
    ],
)
def test_a_phase_that_no_layer_asks_for_goes(phase: int, layers: str, taken: bool):
    save = SAVE.replace("out", "'out'", 1)
    own = ["class Own(L.Layer):", "    pass"] if "Own" in layers else []
    code = script(
        f"K.set_learning_phase({phase})", *own, f"model = tf.keras.Sequential({layers})", "model.fit(data)", save
    )
    if taken:
        check_keras(code)
    else:
        check_refused(code, "TFM104", "learning phase")


@pytest.mark.parametrize("value", ["0", "tf.constant(0)"])
def test_the_phase_of_inference_that_is_set_by_hand_goes(value: str) -> None:
    code = in_function(f"K._LEARNING_PHASE = {value}", "K.set_learning_phase(0)", SAVE)
    check_keras(code, without=("_LEARNING_PHASE",))


@pytest.mark.parametrize(
    "lines", [("K._LEARNING_PHASE = tf.constant(1)",), ("K._LEARNING_PHASE = tf.constant(0)", "model.fit(out)")]
)
def test_another_phase_that_is_set_by_hand(lines: tuple[str, ...]) -> None:
    check_refused(in_function(*lines, SAVE), "TFM104", "learning phase")


def test_names_of_ops_that_are_only_printed() -> None:
    code = in_function("print('in', model.input.op.name, model.outputs[0].op.name)", SAVE)
    check_keras(code, "print('in', model.input.name, model.outputs[0].name)")


@pytest.mark.parametrize("line", ["log(model.input.op.name)", "print(f(model.input.op.name))", "print(model.input.op)"])
def test_ops_that_are_more_than_printed(line: str) -> None:
    check_refused(in_function(line, SAVE), "TFM101", "part of a TF1 graph")


def test_a_comment_about_what_follows_the_phase_stays() -> None:
    code = dedent(HEAD) + (
        "# The export path has the name and the version.\n"
        "K.set_learning_phase(0)  # no dropout\n"
        "model = tf.keras.models.load_model('m.h5')\n"
        "export_path = 'models/1'\n"
    )
    code += SAVE.replace("out,", "export_path,") + "\n"
    after = check_keras(code, "\n# The export path has the name and the version.\nmodel = ", without=("no dropout",))
    assert after.count("version") == 1
    check_keras(code.replace("has the name", "and the learning phase"), without=("and the version",))
    check_keras(code.replace("export path has", "model's name"), "# The model's name")
    check_keras(code.replace("export path has", "next line has"), without=("next line has",))


def test_marks_of_cells_stay() -> None:
    code = dedent(HEAD) + "#%%\nK.set_learning_phase(0)\n# In[2]:\n# the session\nsess = K.get_session()\n\n#%%\n"
    code += "model = tf.keras.models.load_model('m.h5')\nout = 'x'\n" + SAVE + "\n"
    check_keras(code, "#%%\n# In[2]:\n\n#%%\nmodel = ", without=("the session",))


@pytest.mark.parametrize("condition", ["model.output.shape[0] is None", "str(model.output.shape[0]) == '?'"])
def test_dimensions_that_keras_tells_otherwise(condition: str):
    code = in_function(f"if {condition}:", "    print('open')", SAVE)
    check_refused(code, MODE, "dimension")


def test_two_keys_of_one_input():
    save = SAVE.replace("{'x': model.input}", "{'x': model.input, 'raw': model.inputs[0]}")
    check_refused(in_function(save), "TFM108", "'x' and 'raw' feed the same input of the model")
