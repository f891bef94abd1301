"""Keys of Keras exports that only the running program knows."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level, Result

CODE = """\
import tensorflow as tf
from tensorflow.keras import backend as K


def export(model, out, params, key='x', inputs=None):
{lines}
    signature = tf.saved_model.signature_def_utils.predict_signature_def(
        inputs={{{given}: model.input}}, outputs={{{returned}: model.output}})
    builder = tf.saved_model.builder.SavedModelBuilder(out)
    builder.add_meta_graph_and_variables(
        K.get_session(), [tf.saved_model.tag_constants.SERVING], signature_def_map={{{signature}: signature}})
{between}
    builder.save()
"""


def rewritten(
    given: str = "'x'", returned: str = "'y'", signature: str = "'s'", lines: str = "pass", between: str = "pass"
) -> Result:
    code = CODE.format(
        given=given,
        returned=returned,
        signature=signature,
        lines=indent(dedent(lines), "    "),
        between=indent(between, "    "),
    )
    result = rewrite_source(code, "script.py")
    assert result.error is None
    compile(result.after, "script.py", "exec")
    assert rewrite_source(result.after, "script.py").after == result.after
    return result


@pytest.mark.parametrize(
    "key",
    ["key", "params.input_key", "params['key']", "params.keys[0]", "'%s_1' % key", "key + '_in'", "f'{key}_in'",
     "'{}_{}'.format(params.model_name, 1)", "str(params.number)"],
)  # fmt: skip
def test_they_are_asked_for_where_the_model_is_saved(key: str):
    result = rewritten(key, key, key)
    (site,) = result.sites
    assert (site.rule, site.level) == ("TFM005", Level.NATIVE), site.refusals
    assert f"model.inputs[0].dtype, name={key})" in " ".join(result.after.split()).replace("( ", "(").replace(
        ", )", ")"
    )
    assert f"return {{{key}: model(" in result.after
    assert f"signatures={{{key}: serve}}" in result.after
    assert [each.key for each in site.signatures] == [key]


def test_what_makes_a_key_stays():
    after = rewritten("made", lines="made = params.prefix + '_x'").after
    assert "    made = params.prefix + '_x'\n" in after
    assert "name=made" in after


def test_no_argument_of_the_function_hides_them():
    assert "def s(inputs_input):" in rewritten("inputs.key", "inputs.other").after


@pytest.mark.parametrize(
    ("key", "lines", "between"),
    [
        ("model.input.name", "pass", "pass"),
        ("model.input_names[0]", "pass", "pass"),
        ("made", "made = model.input.op.name", "pass"),
        ("made", "made = str(model.layers[0].name)", "pass"),
        ("made", "for made in model.input_names:\n    break", "pass"),
        ("key", "pass", "key = 'other'"),
        ("results", "results = params.key", "pass"),
        ("params.next()", "pass", "pass"),
    ],
)
def test_names_that_keras_gives_are_refused(key: str, lines: str, between: str):
    (site,) = rewritten(key, lines=lines, between=between).sites
    assert site.level is not Level.NATIVE


def test_a_key_of_a_helper_is_not_the_functions_own():
    code = """
        import tensorflow as tf
        from tensorflow.keras import backend as K

        def make(t, u, key):
            return tf.saved_model.signature_def_utils.predict_signature_def({key: t}, {'y': u})

        def export(model, out, key, name):
            sig = make(model.input, model.output, name)
            b = tf.saved_model.builder.SavedModelBuilder(out)
            b.add_meta_graph_and_variables(K.get_session(), ['serve'], {'s': sig})
            b.save()
        """
    result = rewrite_source(dedent(code), "script.py")
    assert "name=key" not in result.after
