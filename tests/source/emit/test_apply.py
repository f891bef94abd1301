"""Blank lines and comments around new statements."""

from __future__ import annotations

from checks import rewrite
from wrapping_code import BUILD, HEAD, INIT, SAVE, wrapped


def test_a_comment_stays_with_the_statement_it_is_about():
    body = "".join(f"    {line}\n" for line in (BUILD + "with tf.Session() as sess:\n").splitlines())
    body += "".join(f"        {line}\n" for line in (INIT + SAVE).splitlines())
    after = wrapped(HEAD + "with tf.Graph().as_default():\n\n    # What is fed.\n" + body).after
    assert "\n    tf.compat.v1.disable_control_flow_v2()\n    # What is fed.\n    x = " in after


def test_a_function_that_takes_the_place_of_a_block_has_its_blank_lines():
    after = rewrite("""
        import tensorflow as tf
        from keras import backend as K
        from keras.models import load_model

        model = load_model('m.h5')
        builder = tf.saved_model.builder.SavedModelBuilder('out')
        s = tf.saved_model.signature_def_utils.predict_signature_def({'x': model.input}, {'y': model.output})
        with K.get_session() as sess:
            builder.add_meta_graph_and_variables(sess, ['serve'], {'serving_default': s})
            builder.save()
    """).after
    assert ")\n\n\n@tf.function(\n" in after
