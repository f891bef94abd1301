"""Tags other than the one tag serve: set after the save, by the expression that the source has."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native

MODEL = """\
import sys
import tensorflow as tf
from tensorflow.saved_model import tag_constants
TRAINING = 'train'
def main(out, tags=('cpu',), config=None):
    x = tf.placeholder(tf.float32, [None], name='x')
    y = x * 2.0
    with tf.Session() as sess:
        {before}
        b = tf.saved_model.builder.SavedModelBuilder(out)
        b.add_meta_graph_and_variables(sess, {tags}, {{'k': tf.saved_model.signature_def_utils.predict_signature_def(
            {{'x': x}}, {{'y': y}})}})
        {between}
        b.save()
"""


def model(tags: str, before: str = "pass", between: str = "pass") -> str:
    return MODEL.format(tags=tags, before=before, between=between)


@pytest.mark.parametrize(
    ("tags", "new"),
    [
        ("['serve', 'gpu']", "['serve', 'gpu']"),
        ("[tf.saved_model.tag_constants.TRAINING]", "[tf.saved_model.TRAINING]"),
        ("[tag_constants.SERVING, tag_constants.GPU]", "[tf.saved_model.SERVING, tf.saved_model.GPU]"),
        ("{'gpu'}", "{'gpu'}"),
        ("[TRAINING]", "[TRAINING]"),
        ("[]", "[]"),
        ("tags", "tags"),
        ("list(tags) + sys.argv[1:]", "list(tags) + sys.argv[1:]"),
        ("config.tags.split(',')", "config.tags.split(',')"),
    ],
)
def test_they_are_set_after_the_save(tags: str, new: str):
    check_native(model(tags), f"    _restore_tags(out, {new})\n", "def _restore_tags(export_dir, tags):")


@pytest.mark.parametrize("tags", ["['serve']", "(tag_constants.SERVING,)", "mine"])
def test_the_one_tag_serve_needs_nothing(tags: str):
    check_native(model(tags, "mine = ['serve']"), without=("_restore_tags", "saved_model_pb2"))


def test_tags_of_a_name_are_kept_with_it():
    check_native(model("mine", "mine = ['a', 'b']"), "mine = ['a', 'b']", "_restore_tags(out, mine)")


@pytest.mark.parametrize(
    ("tags", "between", "rule", "reason"),
    [
        ("'serve'", "pass", "TFM103", "one text"),
        ("pick_tags()", "pass", "TFM103", "made by a call"),
        ("[tags.pop()]", "pass", "TFM103", "made by a call"),
        ("[str(x.name)]", "pass", "TFM103", "taken from a graph"),
        ("mine", "mine.append('more')", "TFM106", "something else where the model is saved"),
        ("mine", "mine = ['more']", "TFM106", "something else where the model is saved"),
        ("mine", "mine[0] = 'more'", "TFM106", "something else where the model is saved"),
        ("config.tags", "config.tags.append('more')", "TFM106", "may be changed"),
        ("config.tags", "config.tags = ['more']", "TFM106", "may be changed"),
        ("mine", "other = mine; other.append('more')", "TFM106", "may be changed"),
    ],
)
def test_what_cannot_be_said_later_is_not_rewritten(tags: str, between: str, rule: str, reason: str):
    check_not_native(model(tags, "mine = ['a']", between), rule, reason)


def test_branches_with_different_tags():
    first = "b.add_meta_graph_and_variables(sess, ['a'], sig)"
    code = f"""\
import tensorflow as tf
def main(out, flag):
    x = tf.placeholder(tf.float32, [None], name='x')
    sig = {{'k': tf.saved_model.signature_def_utils.predict_signature_def({{'x': x}}, {{'y': x * 2.0}})}}
    with tf.Session() as sess:
        b = tf.saved_model.builder.SavedModelBuilder(out)
        if flag:
            {first}
        else:
            {first.replace("'a'", "'b'")}
        b.save()
"""
    check_not_native(code, "TFM103", "different tags")
    check_native(code.replace("'b'", "'a'"), "_restore_tags(out, ['a'])")


def test_those_of_a_keras_model():
    code = """\
        import tensorflow as tf
        from tensorflow.keras import backend as K
        def save(model, out, tags):
            b = tf.saved_model.builder.SavedModelBuilder(out)
            b.add_meta_graph_and_variables(K.get_session(), tags, {'k':
                tf.saved_model.signature_def_utils.predict_signature_def({'x': model.input}, {'y': model.output})})
            b.save(as_text=True)
        """
    after = check_native(code, "_restore_tags(out, tags)\n    _save_as_text(out)")
    assert after.count("import saved_model_pb2") == 1
