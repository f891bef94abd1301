"""Which outputs of which model are frozen under which names."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite
from freezing_scripts import function


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("[model.output.op.name]", "output_node_names(model)"),
        ("[model.output.name.split(':')[0]]", "output_node_names(model)"),
        ("[model.output.name[:-2]]", "output_node_names(model)"),
        ("[model.outputs[0].op.name]", "output_node_names(model)[:1]"),
        ("[t.op.name for t in model.outputs]", "output_node_names(model)"),
        ("[t.op.name for t in model.outputs][:2]", "output_node_names(model)[:2]"),
        ("[t.name.split(':')[0] for t in model.outputs]", "output_node_names(model)"),
    ],
)
def test_names_that_keras_made(names: str, text: str):
    check_native(function(names=names), f"freeze_model(model, {text})")


def test_names_in_a_variable_are_computed_there():
    code = function("names = [t.op.name for t in model.outputs]", "print(names)", names="names")
    check_native(code, "    names = output_node_names(model)\n    print(names)\n", "freeze_model(model, names)")


def test_one_name_in_a_variable():
    code = function("name = model.output.op.name", names="[name]")
    check_native(code, "    name = output_node_names(model)[0]\n", "freeze_model(model, [name])")


def test_a_name_that_the_source_gives_to_one_output():
    code = function("tf.identity(model.output, name='scores')", names="['scores']")
    check_native(code, "freeze_model(model, ['scores'])", without=("output_node_names", "name='scores'"))


@pytest.mark.parametrize("note", ["names.append('out_%d' % i)", "names[i] = 'out_%d' % i"])
def test_names_that_the_source_gives_in_a_loop(note: str):
    code = function(
        "names = [None] * 2",
        "for i in range(len(model.outputs)):",
        f"    {note}",
        "    tf.identity(model.outputs[i], name='out_%d' % i)",
        names="names",
    )
    check_native(code, f"        {note}\n    frozen = freeze_model(model, names)", "tf.nest.flatten(model(")


@pytest.mark.parametrize(
    ("turns", "tensor"),
    [
        ("for i in range(len(model.outputs)):", "model.outputs[i]"),
        ("for i, t in enumerate(model.outputs, 1):", "t"),
    ],
)
def test_a_name_of_the_loop_itself(turns: str, tensor: str):
    code = function(
        "names = []",
        turns,
        "    name = 'out_%d' % i",
        f"    tf.identity({tensor}, name=name)",
        "    names.append(name)",
        names="names",
    )
    check_native(code, "name = 'out_%d' % i\n        names.append(name)\n", "freeze_model(model, names)")


@pytest.mark.parametrize(
    "made",
    [
        "outs = [tf.identity(t, name=n) for t, n in zip(model.outputs, names)]",
        "[tf.identity(t, name=n) for n, t in zip(names, model.outputs)]",
        "[tf.identity(t, name=names[i]) for i, t in enumerate(model.outputs)]",
    ],
)
def test_names_that_a_list_gives_to_all_outputs(made: str):
    code = function("names = ['a', 'b']", made, names="names")
    check_native(code, "    names = ['a', 'b']\n    frozen = freeze_model(model, names)", without=("tf.identity(t",))


def test_rows_of_the_only_output_stay_rows():
    code = function(
        "names = []",
        "for i in range(1):",
        "    names.append('out')",
        "    tf.identity(model.output[i], 'out')",
        names="names",
    )
    check_native(code, "outputs = model(inputs, training=False)", without=("nest.flatten",))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ((), "['dense_1/Softmax']"),
        ((), "NAMES"),
        ((), "[t.op.name for t in model.inputs]"),
        ((), "[t.op.name for t in model.outputs if t.shape.ndims == 2]"),
        ((), "[t.op.name for t in make().outputs]"),
        (("tf.identity(model.output, name='scores')",), "['other']"),
        (("y = tf.identity(model.output, name='scores')", "print(y)"), "['scores']"),
        (
            ("names = ['a', 'b']", "y = [tf.identity(t, name=n) for t, n in zip(model.outputs, names)]", "print(y)"),
            "names",
        ),
        (("names = ['a', 'b']", "[tf.identity(t, name=n) for t, n in zip(model.inputs, names)]"), "names"),
        (("names = ['a', 'b']", "[tf.identity(t, name=n) for n, t in zip(model.outputs, names)]"), "names"),
        (
            ("names = []", "for i, t in enumerate(other.layers):", "    names.append('a')", "    tf.identity(t, 'a')"),
            "names",
        ),
        (
            ("names = []", "for t in model.outputs:", "    n = 'b'", "    names.append('a')", "    tf.identity(t, n)"),
            "names",
        ),
        (("tf.identity(model.output, name='a')", "tf.identity(model.output, name='b')"), "['a']"),
        (("names = ['a']", "names = [model.output.op.name]"), "names"),
        (("names = [model.output.op.name]", "model = model.layers[0]"), "names"),
        (("names = [model.output.op.name]", "names.append('more')"), "names"),
        (("names = [model.output.op.name]", "names[0] = 'other'"), "names"),
        (
            ("names = []", "for i in range(1):", "    names.append('a')", "    tf.identity(model.outputs[0], 'a')"),
            "names",
        ),
        (
            ("names = []", "for i in range(1):", "    names.append('a')", "    tf.identity(model.outputs[i], 'b')"),
            "names",
        ),
    ],
)
def test_names_that_may_be_those_of_other_nodes(body: tuple[str, ...], names: str):
    (site,) = rewrite(function(*body, names=names)).sites
    assert site.level == "flagged"
    assert site.refusals[0].strategy == "freeze_keras"
