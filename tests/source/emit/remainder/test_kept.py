"""Which statements stay: dead session code goes, and what only the graph used."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite, script

from migrate.engine import rewrite_source
from migrate.results import Level

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"


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


def test_what_a_condition_reads_that_stays_around_other_code_stays():
    code = script(
        W,
        "size = 2.0",
        "y = x * w",
        "if size > 2.0:\n  size = 3.0\n  y = y + 1.0",
        "size = 0.5",
        "steps = tf.Variable(size, name='steps')",
        session="sess.run(tf.assign_add(steps, 1.0))\nprint(sess.run(steps))",
    )
    after = check_native(code)
    rest = after[after.index("with tf.Graph()") :]
    assert rest.index("size = 2.0") < rest.index("if size > 2.0")


def test_a_variable_that_is_got_again_by_reuse_stays_where_it_is_made():
    code = script(
        "with tf.variable_scope('a'):\n  y = x * tf.get_variable('r', [3], initializer=tf.ones_initializer())",
        "with tf.variable_scope('a', reuse=True):\n  other = tf.get_variable('r', [3])",
        "steps = tf.Variable(1.0, name='steps')",
        session="print(sess.run([steps, other]))",
    )
    after = check_native(code)
    rest = after[after.index("with tf.Graph()") :]
    assert rest.count("get_variable('r'") == 2


def test_what_the_test_around_kept_code_reads_stays():
    code = """\
        import tensorflow as tf


        def export(values):
          x = tf.placeholder(tf.float32, [None], name='x')
          w = tf.get_variable('w', [1])
          skipped = ['b']
          y = x * w
          with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for name in values:
              if name not in skipped:
                with tf.variable_scope('', reuse=True):
                  sess.run(tf.get_variable(name).assign(values[name]))
            tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})


        export({'w': [2.0]})
    """
    check_native(code, "skipped = ['b']", "if name not in skipped:")


def test_the_reason_is_where_it_is_used_in_the_end():
    result = rewrite_source(GRAPH_IN_PYTHON.replace("{use}", "kept = info\nprint(kept)"), "script.py")
    line = result.before[: result.before.index("print(kept)")].count("\n") + 1
    assert f"is used by more than the export (line {line})" in str(result.sites[0].reason)
