"""Keys that stand twice, and tensors that are fed twice."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level

CODE = """\
import tensorflow as tf
su = tf.saved_model.signature_def_utils
info = tf.saved_model.utils.build_tensor_info

def export(sess, x, y, model, path):
    rate = info(model.rate)
    a = info(x)
    SIGNATURE
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    builder.add_meta_graph_and_variables(sess, ['serve'], signature_def_map={'k': sig})
    builder.save()
"""
SIMPLE = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name='x')
w = tf.Variable([[1.0], [2.0]])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, 'out', {'x': x, 'x': x}, {'y': tf.matmul(x, w)})
"""


def said(signature: str) -> tuple[set[Level], list[str]]:
    (site,) = rewrite(CODE.replace("SIGNATURE", signature)).sites
    messages = [one.message for one in site.findings if "stands twice" in one.message]
    return {site.level}, messages + ([site.reason] if site.reason and "same tensor" in site.reason else [])


@pytest.mark.parametrize(
    ("signature", "what"),
    [
        ("sig = su.predict_signature_def({'x': x, 'x': y}, {'y': y})", "the key 'x' stands twice among the inputs"),
        ("sig = su.predict_signature_def({'x': x}, {'y': y, 'y': x})", "the key 'y' stands twice among the outputs"),
        ("sig = su.build_signature_def(inputs={'x': a,\n        'x': rate}, outputs={'y': a})", "(lines 8 and 9)"),
        ("i = {su.K: a, su.K: rate}\n    sig = su.build_signature_def(i, {'y': a}, 'm')", "the key su.K stands twice"),
    ],
)
def test_a_key_that_stands_twice_is_told(signature: str, what: str):
    levels, messages = said(signature)
    assert levels == {Level.BRIDGED}
    assert len(messages) == 1
    assert what in messages[0]


def test_a_native_export_is_told_of_it_too():
    (site,) = rewrite(SIMPLE).sites
    assert any("stands twice among the inputs of a signature (line 7)" in one.message for one in site.findings)


@pytest.mark.parametrize(
    "signature",
    [
        "sig = su.predict_signature_def({'x': x, 'y': y}, {'y': y})",
        "sig = su.predict_signature_def({'x': x}, {'y': y, 'z': y})",
        "d = {'x': 1, 'x': 2}\n    sig = su.predict_signature_def({'x': x}, {'y': y})",
        "sig = su.predict_signature_def({k(): x, k(): y}, {'y': y})",
        "sig = su.predict_signature_def({'x': f(), 'y': f()}, {'y': y})",
        "sig = su.predict_signature_def({'x': model.inputs[0], 'y': model.inputs[1]}, {'y': y})",
    ],
)
def test_what_is_in_order(signature: str):
    assert said(signature) == ({Level.BRIDGED}, [])


@pytest.mark.parametrize(
    "signature",
    [
        "sig = su.predict_signature_def({'x': x, 'z': x}, {'y': y})",
        "sig = su.predict_signature_def({'x': model.inputs[0], 'z': model.inputs[0]}, {'y': y})",
        "sig = su.build_signature_def({'x': a, 'z': a}, {'y': a}, 'm')",
        "sig = su.build_signature_def({'x': info(x), 'z': a}, {'y': a}, 'm')",
    ],
)
def test_one_tensor_under_two_keys_is_flagged(signature: str):
    levels, messages = said(signature)
    assert levels == {Level.FLAGGED}
    assert "feed the same tensor" in messages[-1]
