"""What remains of the exporting code: dead session code goes, everything else stays where and as it was."""

from __future__ import annotations

import pytest
from checks import check_native, check_transformed, script

from migrate.engine import rewrite_source

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"


def test_a_whole_script():
    check_transformed(
        """\
        '''Doubles.'''
        import sys

        import tensorflow as tf

        x = tf.placeholder(tf.float32, [None], name="x")
        # Found by hand.
        w = tf.Variable(2.0, name="w")
        y = x * w  # twice

        # The export.
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(sess, sys.argv[1], {"x": x}, {"y": y})

        print("done")
        """,
        """\
        '''Doubles.'''
        import sys

        import tensorflow as tf


        class ExportedModel(tf.Module):
            \"""The exported model.\"""

            def __init__(self):
                super().__init__()
                # Found by hand.
                self.w = tf.Variable(2.0, name="w")

            @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
            def serving_default(self, x):
                y = x * self.w  # twice
                return {"y": y}


        # The export.
        export_dir = sys.argv[1]
        if tf.io.gfile.exists(export_dir) and tf.io.gfile.listdir(export_dir):
            raise AssertionError(f"Export directory is not empty: {export_dir}")
        model = ExportedModel()
        tf.saved_model.save(
            model,
            export_dir,
            signatures={"serving_default": model.serving_default},
        )

        print("done")
        """,
    )


@pytest.mark.parametrize(
    "line",
    [
        "print('hello')",
        "import json",
        "CONFIG = {'a':1 , 'b' : [ 2,3 ] }   # odd",
        "os.makedirs('logs', exist_ok=True)",
        "def helper( a,b ):\n    return a  +  b",
        "class Other(object):\n    x = 1\n\n    def f(self): return self.x",
        "if len('a') > 3: print('x')",
        "'''a string alone'''",
        "for i in range(3):\n    print(i)",
        "assert True, 'fine'",
        "lines = [line for line in ('a', 'b')]",
        "x_unrelated = 3; y_unrelated = 4",
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle",
        "del os.environ['X']",
        "global_steps = 3  # tabs\tand\ttrailing   ",
    ],
)
@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_code_that_is_no_export_stays_byte_for_byte(line: str, place: str):
    graph = [W, "y = x * w"]
    if place == "between":
        graph.insert(1, line)
    code = script(*graph)
    if place == "before":
        code = code.replace("\nx = tf.pl", f"\n{line}\nx = tf.pl", 1)
    if place == "after":
        code += line + "\n"
    after = check_native("import os\n" + code)
    assert f"{line}\n" in after


@pytest.mark.parametrize("place", ["top", "end"])
def test_comments_at_the_ends_stay(place: str):
    code = script(W, "y = x * w")
    code = "# first\n\n" + code if place == "top" else code + "\n# last\n"
    after = check_native(code)
    assert after.startswith("# first\n\n") if place == "top" else after.endswith("\n# last\n")


def test_a_comment_above_a_placeholder_stays():
    code = script(W, "y = x * w").replace(
        "x = tf.pl", "# Weight (t), power (hp) and age.\n# Fitted in R.\nx = tf.pl", 1
    )
    check_native(code, "# Weight (t), power (hp) and age.\n", "# Fitted in R.\n")


def test_a_comment_above_the_export_stays_above_it():
    after = check_native(
        script(W, "y = x * w", session="# Now write it.").replace("    tf.saved", "\n    # Really.\n    tf.saved")
    )
    assert "# Really." in after


def test_tf_app_run_and_flags_still_work():
    code = """\
        import tensorflow as tf

        flags = tf.app.flags
        flags.DEFINE_string('out', 'o', 'Where.')
        FLAGS = flags.FLAGS

        def main(_):
          x = tf.placeholder(tf.float32, [None])
          with tf.Session() as sess:
            tf.saved_model.simple_save(sess, FLAGS.out, {'x': x}, {'y': x * 2.0})

        if __name__ == '__main__':
          tf.app.run()
    """
    check_native(code, "tf.compat.v1.app.run()", "FLAGS.out", "flags.DEFINE_string('out', 'o', 'Where.')")


def test_names_that_tf2_has_moved_get_their_new_name_elsewhere_in_the_file():
    code = script(W, "y = x * w") + "tf.logging.info('done')\nprint(tf.gfile.Exists('out'))\n"
    check_native(code, "tf.compat.v1.logging.info('done')\n", "print(tf.compat.v1.gfile.Exists('out'))\n")


SEEDED = """\
import tensorflow as tf

tf.set_random_seed(7)
{between}x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable(tf.random_normal([2, 1]), name="w")
y = tf.matmul(x, w)
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(y))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train, {{x: [[1.0, 2.0]]}})
    tf.saved_model.simple_save(sess, "out", inputs={{"x": x}}, outputs={{"y": y}})
"""


def test_the_seed_is_set_in_the_sessions_graph():
    after = rewrite_source(SEEDED.format(between="")).after
    assert "with tf.Graph().as_default():\n    tf.compat.v1.set_random_seed(7)\n    x = " in after


def test_no_function_moves_into_the_block_for_its_sake():
    function = "\n\ndef rate():\n    return 0.1\n\n\n"
    after = rewrite_source(SEEDED.format(between=function)).after
    assert f"tf.compat.v1.set_random_seed(7)\n{function}" in after
