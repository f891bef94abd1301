"""Dictionaries over all inputs or outputs of a model."""

from __future__ import annotations

import ast

import pytest

from migrate.source.flow import Region
from migrate.source.strategies.keras.pairs import Naming, naming_of, read_pairs
from migrate.source.symbols import Symbols

from .test_model import check_keras, check_refused, in_function

LOADED = "model = tf.keras.models.load_model('m.h5')"


def saved(inputs: str, outputs: str) -> str:
    return f"tf.saved_model.simple_save(K.get_session(), out, {inputs}, {outputs})"


@pytest.mark.parametrize(
    ("key", "naming"),
    [
        ("t.name", Naming.TENSOR),
        ("t.op.name", Naming.OP),
        ("t.name.split(':')[0]", Naming.OP),
        ("t.name.split('/')[0]", Naming.LAYER),
        ("t.name.split(':')[1]", None),
        ("model.output_names[0]", None),
        ("t.name + '_out'", None),
    ],
)
def test_the_name_that_a_key_is(key: str, naming: Naming | None) -> None:
    assert naming_of(ast.parse(key, mode="eval").body, ast.Name("t", ast.Load())) is naming


@pytest.mark.parametrize(("tensor", "naming"), [("model.output", Naming.LAYER), ("other.output", None)])
def test_the_name_of_the_only_layer(tensor: str, naming: Naming | None) -> None:
    key, made = (ast.parse(text, mode="eval").body for text in ("model.output_names[0]", tensor))
    assert naming_of(key, made) is naming


@pytest.mark.parametrize(
    "made",
    [
        "{t.name: t for t in model.outputs if t.name}",
        "{t.name: f(t) for t in model.outputs}",
        "{n: t for n, t in zip(model.input_names, model.outputs)}",
        "{n: t for n, t in zip(other.output_names, model.outputs)}",
        "{n: t for n, t in zip(['a', 'a'], model.outputs)}",
        "{n: t for n, t in zip(names(), model.outputs)}",
        "{n.upper(): t for n, t in zip(['a', 'b'], model.outputs)}",
        "{i: t for i, t in enumerate(model.outputs)}",
        "{'out': t for i, t in enumerate(model.outputs)}",
        "{'%s' % time(): t for i, t in enumerate(model.outputs)}",
        "{f'{i:02d}': t for i, t in enumerate(model.outputs)}",
        "{'y%d' % i: t for i, t in enumerate(model.outputs, first)}",
        "{'y%d' % i: model.outputs[i] for i in range(2)}",
        "{'y%d' % i: model.outputs[i] for i in range(len(model.inputs))}",
        "{model.output_names[i]: t for i, t in enumerate(model.outputs, 1)}",
        "{model.input_names[i]: model.outputs[i] for i in range(len(model.outputs))}",
    ],
)
def test_what_is_no_such_dictionary(made: str) -> None:
    tree = ast.parse(made)
    region = Region(Symbols(tree), Symbols(tree).module)
    (statement,) = tree.body
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.DictComp)
    assert read_pairs(statement.value, region) is None


@pytest.mark.parametrize(
    "outputs",
    ["dict(zip(['a', 'b'], model.outputs))", "{key: t for key, t in zip(('a', 'b'), model.outputs)}"],
)
def test_keys_that_the_code_lists(outputs: str) -> None:
    code = in_function("names = ['u', 'v']", saved("dict(zip(names, model.inputs))", outputs))
    check_keras(code, 'name="u"', 'name="v"', '{"a": results[0], "b": results[1]}', "model([u, v], training=False)")


@pytest.mark.parametrize("key", ["'out_%d' % i", "'out_' + str(i)", "f'out_{i}'", "'out_{}'.format(i)"])
def test_keys_that_count_the_outputs(key: str) -> None:
    code = in_function(saved("{'x': model.input}", f"{{{key}: t for i, t in enumerate(model.outputs)}}"))
    check_keras(
        code, f"return {{{key}: t for i, t in enumerate(results)}}", "tf.nest.flatten(model(x, training=False))"
    )


def test_counted_inputs_of_an_unknown_number_are_refused() -> None:
    code = in_function(saved("{'in_%d' % i: t for i, t in enumerate(model.inputs)}", "{'y': model.output}"))
    check_refused(code, "TFM108", "how many inputs")


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("{'in_%d' % i: t for i, t in enumerate(model.inputs)}", ("in_0", "in_1")),
        ("{f'in{i}': t for i, t in enumerate(model.inputs, 1)}", ("in1", "in2")),
        ("{'in' + str(i + 1): t for i, t in enumerate(model.inputs, start=2)}", ("in3", "in4")),
        ("{'x{}y'.format(i): model.inputs[i] for i in range(len(model.inputs))}", ("x0y", "x1y")),
    ],
)
def test_counted_inputs_of_a_model_that_is_seen(made: str, named: tuple[str, str]) -> None:
    code = in_function(
        "a = tf.keras.Input((3,))",
        "model = tf.keras.Model([a, tf.keras.Input((2,))], tf.keras.layers.Dense(1)(a))",
        saved(made, "{'y': model.output}"),
        arguments="out",
    )
    check_keras(code, *(f'name="{name}"' for name in named))


def test_the_number_of_inputs_of_a_model_that_a_function_makes() -> None:
    build = "def build():\n    a = tf.keras.Input((3,))\n    inputs = [a, tf.keras.Input((3,))]\n    return RESULT\n"
    code = in_function("model = build()", saved("{'x%d' % i: t for i, t in enumerate(model.inputs)}", "{'y': model.output}"),
                       arguments="out") + "\n\n" + build  # fmt: skip
    check_keras(code.replace("RESULT", "tf.keras.Model(inputs, a)"), 'name="x0"', 'name="x1"')
    check_keras(code.replace("RESULT", "tf.keras.Sequential([tf.keras.layers.Dense(1, input_dim=3)])"), 'name="x0"')
    check_refused(code.replace("RESULT", "tf.keras.Model([*inputs], a)"), "TFM108", "how many inputs")
    check_refused(code.replace("RESULT", "make(inputs)"), "TFM108", "how many inputs")


def test_the_first_number_of_counted_outputs() -> None:
    code = in_function(saved("{'x': model.input}", "{'y%d' % i: t for i, t in enumerate(model.outputs, 1)}"))
    check_keras(code, "return {'y%d' % i: t for i, t in enumerate(results, 1)}")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("'y%d' % i", "return {'y%d' % i: t for i, t in enumerate(results)}"),
        ("model.output_names[i]", "return dict(zip(output_keys, results))"),
        ("model.outputs[i].op.name", "return dict(zip(output_keys, results))"),
    ],
)
def test_a_loop_over_the_places(key: str, text: str) -> None:
    code = in_function(
        LOADED,
        "outputs = {}",
        "for i in range(len(model.outputs)):",
        f"    outputs[{key}] = tf.saved_model.build_tensor_info(model.outputs[i])",
        "info = tf.saved_model.build_tensor_info(model.input)",
        "signature = tf.saved_model.build_signature_def({'x': info}, outputs, 'tensorflow/serving/predict')",
        "builder = tf.saved_model.Builder(out)",
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'serving_default': signature})",
        "builder.save()",
        arguments="out",
    )
    check_keras(code, text, without=("range(len",))


def test_a_dictionary_that_is_made_anew_of_itself_goes_with_its_loop() -> None:
    code = in_function(
        "a = tf.keras.Input((3,), name='a')",
        "model = tf.keras.Model(a, tf.keras.layers.Dense(2, name='b')(a))",
        "inputs = {}",
        "for i in range(len(model.inputs)):",
        "    inputs[model.input_names[i]] = model.inputs[i]",
        "inputs = {k: tf.saved_model.build_tensor_info(t) for k, t in inputs.items()}",
        "outputs = {'y': tf.saved_model.build_tensor_info(model.output)}",
        "signature = tf.saved_model.build_signature_def(inputs, outputs, 'tensorflow/serving/predict')",
        "builder = tf.saved_model.Builder(out)",
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'serving_default': signature})",
        "builder.save()",
        arguments="out",
    )
    check_keras(code, 'name="a"', without=("inputs = {", "input_names", "build_tensor_info"))


def test_pairs_in_a_list_and_infos_of_them() -> None:
    code = in_function(
        LOADED,
        "tensors = dict([(t.op.name.split('/')[0], t) for t in model.outputs])",
        "outputs = {name: tf.saved_model.build_tensor_info(t) for name, t in tensors.items()}",
        "inputs = {'x': tf.saved_model.build_tensor_info(model.input)}",
        "signature = tf.saved_model.build_signature_def(inputs, outputs, 'tensorflow/serving/predict')",
        "builder = tf.saved_model.Builder(out)",
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'serving_default': signature})",
        "builder.save()",
        arguments="out",
    )
    check_keras(code, "output_keys = _output_names(model)")
    check_refused(code.replace("{name: tf", "{name.lower(): tf"), "TFM102", "only known at run time")


def test_names_of_layers_that_the_code_gives() -> None:
    code = in_function(
        "a, b = tf.keras.Input((3,), name='wide'), tf.keras.Input((2,), name='deep')",
        "wide = tf.keras.layers.Dense(2, name='hidden')(a)",
        "model = tf.keras.Model([a, b], [tf.keras.layers.Dense(1, name='ctr')(wide), tf.keras.layers.Dense(2)(b)])",
        saved(
            "{n: t for n, t in zip(model.input_names, model.inputs)}", "dict(zip(model.output_names, model.outputs))"
        ),
        arguments="out",
    )
    with pytest.raises(AssertionError):  # `a, b = ...` is not followed
        check_keras(code)
    code = code.replace("    a, b = ", "    a = ").replace(", tf.keras.Input((2,)", "\n    b = tf.keras.Input((2,)")
    check_keras(code, 'name="wide"', 'name="deep"', '{"ctr": results[0], "dense": results[1]}')


def test_names_of_layers_of_a_loaded_model() -> None:
    code = in_function(
        LOADED,
        saved("{model.input_names[0]: model.input}", "dict(zip(model.output_names, model.outputs))"),
        arguments="out",
    )
    check_keras(
        code,
        "input_key = _input_key(model)[:-2]",
        "output_keys = _output_names(model)",
        "return dict(zip(output_keys, results))",
    )


def test_names_of_layers_of_a_model_from_elsewhere_are_refused() -> None:
    code = in_function(saved("{'x': model.input}", "dict(zip(model.output_names, model.outputs))"))
    check_refused(code, "TFM102", "cannot be told from here")


def test_a_loop_that_fills_a_dictionary_goes_with_it() -> None:
    code = in_function(
        LOADED,
        "outputs = {}",
        "for t in model.outputs:",
        "    outputs[t.op.name] = tf.saved_model.utils.build_tensor_info(t)",
        "builder = tf.saved_model.Builder(out)",
        "info = tf.saved_model.build_tensor_info(model.input)",
        "signature = tf.saved_model.build_signature_def({'x': info}, outputs, 'tensorflow/serving/predict')",
        "builder.add_meta_graph_and_variables(K.get_session(), ['serve'], {'serving_default': signature})",
        "builder.save()",
        arguments="out",
    )
    check_keras(code, '[key.partition(":")[0] for key in _output_keys(model)]', without=("for t in", "outputs = {}"))


def test_a_loop_that_does_more_stays() -> None:
    code = in_function(
        LOADED,
        "outputs = {'z': model.outputs[0]}",
        "for t in model.outputs:",
        "    outputs[t.op.name] = t",
        saved("{'x': model.input}", "outputs"),
        arguments="out",
    )
    check_refused(code, "TFM102", "not written out")


def test_only_the_first_of_a_loaded_model() -> None:
    outputs = "{model.outputs[0].name: model.outputs[0]}"
    check_keras(in_function(LOADED, saved("{'x': model.input}", outputs), arguments="out"), "_output_keys(model)[:1]")
    outputs = outputs.replace(".name", ".op.name")
    check_keras(
        in_function(LOADED, saved("{'x': model.input}", outputs), arguments="out"),
        "for key in _output_keys(model)[:1]]",
    )
