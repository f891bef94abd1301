"""What remains of the exporting code: dead session code goes, everything else stays where and as it was."""

from __future__ import annotations

import pytest
from checks import check_native, check_transformed, rewrite, script

from migrate.engine import rewrite_source
from migrate.results import Level

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"
TRAIN = ("y = x * w", "train = tf.train.GradientDescentOptimizer(0.1).minimize(y)")


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


def test_no_dead_session_code_stays():
    code = script(
        W,
        "config = tf.ConfigProto(allow_soft_placement=True)",
        "y = x * w",
        "init = tf.global_variables_initializer()",
        "tables = tf.tables_initializer()",
        session="sess.run(init)\nsess.run(tables)",
    )
    check_native(code, without=("ConfigProto", "initializer", "Session", "sess"))


def test_values_that_only_the_graph_used_go_with_it():
    code = "import tensorflow as tf\n\ndef export(path):\n  n = 3\n" + "".join(
        f"  {line}\n" for line in script("w = tf.Variable(tf.ones([n]), name='w')", "y = x * w").splitlines()[2:]
    )
    after = check_native(code.replace("'out'", "path") + "\nexport('out')\n")
    assert after.count("n = 3") == 1


def test_a_value_that_is_used_elsewhere_stays():
    code = "import tensorflow as tf\n\ndef export(path):\n  n = 3\n" + "".join(
        f"  {line}\n" for line in script("w = tf.Variable(tf.ones([n]), name='w')", "y = x * w").splitlines()[2:]
    )
    after = check_native(code.replace("'out'", "path") + "  print(n)\n\nexport('out')\n")
    assert "  n = 3\n" in after
    assert "  print(n)\n" in after


def test_trained_values_are_read_once():
    after = check_native(script(W, *TRAIN, session="sess.run(train, {x: [[1., 2., 3.]]})"))
    assert "with tf.Graph().as_default():\n" in after
    assert "w_value = sess.run(w)\n" in after
    assert "model = ExportedModel(w_value)\n" in after
    graph = after[after.index("with tf.Graph()") :]
    export = graph[graph.index("export_dir = ") :]
    assert not export.startswith(" "), "the save stands outside the graph"
    assert "tf.compat.v1.placeholder" in graph


def test_many_trained_values_go_by_name():
    code = script(
        *[f"w{i} = tf.Variable({i}.0)" for i in range(5)],
        "y = x * w0 + w1 + w2 + w3 + w4",
        TRAIN[1],
        session="sess.run(train, {x: [[1., 2., 3.]]})",
    )
    check_native(code, '"w3": w3', "ExportedModel(**values)")


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


def test_the_path_that_the_builder_returned():
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        "{'k': tf.saved_model.predict_signature_def({'x': x}, {'y': y})})\n    path = b.save()\n    print(path)"
    )
    code = script(W, "y = x * w").replace("tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export)
    check_native(code, 'path = tf.io.gfile.join(tf.compat.as_bytes(export_dir), b"saved_model.pb")', "print(path)")


@pytest.mark.parametrize(("as_text", "file"), [("as_text=True", "pbtxt"), ("as_text=False", "pb"), ("", "pb")])
def test_as_text(as_text: str, file: str):
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        f"{{'k': tf.saved_model.predict_signature_def({{'x': x}}, {{'y': y}})}})\n    b.save({as_text})"
    )
    code = script(W, "y = x * w").replace("tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export)
    after = check_native(code)
    assert ("_save_as_text(export_dir)" in after) == (file == "pbtxt")


def test_method_names_are_restored_with_nothing_stale():
    export = (
        "b = tf.saved_model.Builder('o')\n    b.add_meta_graph_and_variables(sess, ['serve'], "
        "{'k': tf.saved_model.regression_signature_def(s, tf.string_to_number(s)),"
        " 'p': tf.saved_model.predict_signature_def({'x': x}, {'y': y})})\n    b.save()"
    )
    code = script(W, "y = x * w", "s = tf.placeholder(tf.string, [None])").replace(
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export
    )
    after = check_native(code, "tf.saved_model.REGRESS_METHOD_NAME", "fingerprint")
    restored = after[after.rindex("_restore_method_names(") :]
    assert '"k"' in restored
    assert '"p"' not in restored


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


# ---- what only the export needs goes, unless it is seen -------------------------------------------------------------

TRAINED = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None], name='x')
w = tf.Variable(1.0, name='w')
y = x * w
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
ABOVE
table = tf.contrib.lookup.index_to_string_table_from_tensor(tf.constant(['a', 'b']))
words = table.lookup(tf.to_int64(y))
BELOW
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train, {x: [1.0]})
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'words': words}, legacy_init_op=tf.tables_initializer())
"""


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", ""),
        ("writer = tf.summary.FileWriter('logs', graph=tf.get_default_graph())", ""),
        ("saver = tf.train.Saver()", "saver.export_meta_graph"),
        ("", "print(len(tf.trainable_variables()))"),
    ],
)
def test_a_table_that_only_the_export_needs_is_not_made_for_the_session(above: str, below: str):
    after = check_native(TRAINED.replace("ABOVE", above).replace("BELOW", below if "saver" not in below else ""))
    session = after[after.index("tf.Graph().as_default()") :]
    assert "table" not in session[: session.index("w_value")]


@pytest.mark.parametrize(
    "below", ["writer = tf.summary.FileWriter('logs', tf.get_default_graph())", "graph = tf.get_default_graph()"]
)
def test_a_table_that_is_seen_with_its_graph_stays(below: str):
    # TF2 does not have that table for the session, but another package does.
    result = rewrite(TRAINED.replace("ABOVE", "").replace("BELOW", below))
    assert [site.level for site in result.sites] == [Level.NATIVE]
    session = result.after[result.after.index("tf.Graph().as_default()") :]
    assert "tf1.contrib.lookup.index_to_string_table_from_tensor(" in session


GRAPH_IN_PYTHON = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable([[1.0], [2.0]], name="w")
y = tf.matmul(x, w)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
info = tf.saved_model.utils.build_tensor_info(x)
outputs = {"y": tf.saved_model.utils.build_tensor_info(y)}
signature = tf.saved_model.build_signature_def({"x": info}, outputs, "tensorflow/serving/predict")
{use}
builder = tf.saved_model.Builder("out")
builder.add_meta_graph_and_variables(sess, ["serve"], {"a": signature})
builder.save()
"""


@pytest.mark.parametrize("use", ["print(info.name)", "print(signature)", "def shape():\n    return x.shape"])
def test_what_only_a_graph_has_does_not_stay_without_one(use: str):
    result = rewrite_source(GRAPH_IN_PYTHON.replace("{use}", use), "script.py")
    assert [site.level is Level.NATIVE for site in result.sites] == [False]
    assert "is used by more than the export" in str(result.sites[0].reason)
