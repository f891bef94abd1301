"""The native strategy, judged by numbers: each script is run as TF1 code, its rewrite as TF2 code.

`EQUAL` must be rewritten. `NEVER_WRONG` may be left alone, but not be rewritten into something else.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import check_native, check_not_native, rewrite, script
from running import check_equal, check_never_wrong

from migrate.results import Level

W = "w = tf.Variable([1.0, 2.0, 3.0], name='w')"
NUMPY = "import numpy as np"
TRAIN = (
    "y = x * w",
    "loss = tf.reduce_mean(tf.square(y - 1.0))",
    "train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)",
)
RUN = "for i in range(3):\n  _, l = sess.run([train, loss], {x: [[1., 2., 3.]]})\nprint(l)"

EQUAL = {
    "one variable": script(W, "y = x * w"),
    "a list of tensors": script("l = [x, x * 2.0]", "y = l[0] + l[1] * float(len(l))"),
    "a dictionary of variables": script(
        "p = {'a': tf.Variable(1.5), 'b': tf.Variable(2.5)}", "y = x * p['a'] + p['b']"
    ),
    "a list of variables": script("p = [tf.Variable(1.5), tf.Variable(2.5)]", "y = x * p[0] + p[1]"),
    "a name used again": script("y = x * 2.0", "y = y + 1.0", "y = tf.nn.relu(y)", "y += x"),
    "a tensor taken apart": script("a, b, c = tf.split(x, 3, axis=1)", "y = a + b * c"),
    "a comprehension": script("y = tf.add_n([x * float(i) for i in range(4)])"),
    "a condition": script("import sys", "if len(sys.argv) > 50:", "  y = x", "else:", "  y = x * 3.0"),
    "nested conditions": script(
        "big = len('ab') > 1",
        "if big:",
        "  if not big:",
        "    y = x",
        "  else:",
        "    y = x * 2.0",
        "else:",
        "  y = x * 3.0",
    ),
    "a helper": script("def double(t):", "  return t * 2.0", "y = double(x)"),
    "a helper with a name scope": script(
        "def double(t):", "  with tf.name_scope('l'):", "    return t * 2.0", "y = double(x)"
    ),
    "a helper that returns two": script("def two(t):", "  return t * 2.0, t * 3.0", "a, b = two(x)", "y = a + b"),
    "a recursive helper": script("def f(t, n):", "  return t if n == 0 else f(t * 2.0, n - 1)", "y = f(x, 3)"),
    "numpy on the left": script(NUMPY, "y = np.array([1., 2., 3.], 'f') * x"),
    "random numbers in order": script(
        NUMPY,
        "rng = np.random.RandomState(0)",
        "a = tf.Variable(rng.rand(3).astype('f'))",
        "skipped = rng.rand(3)",
        "b = tf.Variable(rng.rand(3).astype('f'))",
        "y = x * a + b",
    ),
    "an iterator": script("it = iter([2.0, 3.0])", "y = x * next(it) + next(it)"),
    "a file that changes later": script(
        "open('k.txt', 'w').write('3')", "k = float(open('k.txt').read())", "y = x * k", "open('k.txt', 'w').write('4')"
    ),
    "tf.cond": script("y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * 2.0, lambda: x * 3.0)"),
    "tf.while_loop": script(
        "i, y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [tf.constant(0), x])"
    ),
    "a default outside the signature": script("k = tf.placeholder_with_default(2.0, [])", "y = x * k"),
    "a default in the signature": script(
        "k = tf.placeholder_with_default(2.0, [])", "y = x * k", inputs="{'x': x, 'k': k}"
    ),
    "fed in the middle": script("z = x * 2.0", "y = z + 1.0", inputs="{'z': z}"),
    "fed in the middle and at the start": script("z = x * 2.0", "y = z + x", inputs="{'x': x, 'z': z}"),
    "an input passed on": script("y = tf.identity(x)", outputs="{'y': y, 'x': x}"),
    "an input that nothing reads": script(W, "y = w * 2.0"),
    "an output that is a variable": script(W, "y = x * w", outputs="{'y': y, 'w': w}"),
    "one output under two keys": script("y = x * 2.0", outputs="{'a': y, 'b': y}"),
    "keys that are no names": script("y = x * 2.0", inputs="{'a-b/c.d': x}", outputs="{'y y': y, 'é:0': y}"),
    "an unknown rank": script("z = tf.placeholder(tf.float32)", "y = z * 2.0", inputs="{'z': z}"),
    "integers divided": script(
        "i = tf.placeholder(tf.int32, [None])",
        "y = i / 2",
        "z = i // 2 + i % 3",
        inputs="{'i': i}",
        outputs="{'y': y, 'z': z}",
    ),
    "names of tf.Module": script("name = tf.Variable(2.0)", "variables = tf.Variable(3.0)", "y = x * name + variables"),
    "a scope's default initializer": script(
        "with tf.variable_scope('a', initializer=tf.ones_initializer()):",
        "  w = tf.get_variable('w', [3])",
        "y = x * w",
    ),
    "assigned": script(W, "y = x * w", session="sess.run(w.assign([4., 5., 6.]))"),
    "assigned from a placeholder": script(
        W,
        "p = tf.placeholder(tf.float32, [3])",
        "up = tf.assign(w, p)",
        "y = x * w",
        session="sess.run(up, {p: [4., 5., 6.]})",
    ),
    "assigned twice": script(W, "up = tf.assign(w, w * 2.0)", "y = x * w", session="sess.run(up)\nsess.run(up)"),
    "assigned in a loop": script(W, "y = x * w", session="for i in range(3):\n  sess.run(w.assign_add([1., 1., 1.]))"),
    "assigned and initialized again": script(
        W, "y = x * w", session="sess.run(w.assign([5., 5., 5.]))\nsess.run(tf.global_variables_initializer())"
    ),
    "assigned in a group": script(
        W,
        "b = tf.Variable(0.5)",
        "op = tf.group(w.assign([5., 5., 5.]), b.assign(3.0))",
        "y = x * w + b",
        session="sess.run(op)",
    ),
    "loaded": script(W, "y = x * w", session="v = sess.run(w)\nw.load(v * 2.0, sess)"),
    "read between": script(
        W,
        "y = x * w",
        "up = w.assign([9., 9., 9.])",
        session="assert sess.run(w)[0] == 1.0\nsess.run(up)\nassert w.eval()[0] == 9.0",
    ),
    "run before the export": script(
        W,
        "y = x * w",
        session="r = sess.run({'y': y}, feed_dict={x: [[1, 2, 3]]})\nassert r['y'].tolist() == [[1., 4., 9.]]",
    ),
    "run gives what TF1 gave": script(
        W,
        "y = tf.reduce_sum(x * w)",
        session="v = sess.run(y, {x: [[1., 2., 3.]]})\nassert '%.1f %s' % (v, v) == '14.0 14.0'",
    ),
    "trained": script(W, *TRAIN, session=RUN),
    "trained with slots": script(
        W, *[line.replace("GradientDescentOptimizer(0.1)", "AdamOptimizer(0.1)") for line in TRAIN], session=RUN
    ),
    "trained in a function": script(W, *TRAIN, "def go(s):", "  s.run(train, {x: [[1., 2., 3.]]})", session="go(sess)"),
    "trained, with a dictionary": script(
        "p = {'w': tf.Variable([1., 2., 3.]), 'b': tf.Variable(0.5)}",
        "y = x * p['w'] + p['b']",
        *TRAIN[1:],
        session=RUN,
    ),
    "trained, with awkward names": script(
        "values, model = tf.Variable(1.), tf.Variable(2.)", "y = x * values + model", *TRAIN[1:], session=RUN
    ),
    "trained, many variables": script(
        "a = tf.Variable(1.)",
        "b = tf.Variable(2.)",
        "c = tf.Variable(3.)",
        "d = tf.Variable(4.)",
        "y = x * a + b * c + d",
        *TRAIN[1:],
        session=RUN,
    ),
    "restored": script(
        W,
        "y = x * w",
        "saver = tf.train.Saver()",
        session="sess.run(w.assign([4., 4., 4.]))\nsaver.save(sess, './ck')\nsess.run(w.assign([0., 0., 0.]))\nsaver.restore(sess, './ck')",
    ),
    "summaries": script(
        W,
        "y = x * w",
        "tf.summary.scalar('s', tf.reduce_sum(y))",
        "m = tf.summary.merge_all()",
        session="sess.run(m, {x: [[1., 2., 3.]]})",
    ),
    "old argument names": script(
        "a = tf.reduce_sum(x, reduction_indices=[1], keep_dims=True)",
        "b = tf.argmax(x, dimension=1)",
        "c = tf.nn.softmax(x, dim=0)",
        "d = tf.squeeze(tf.expand_dims(x, 1), squeeze_dims=[1])",
        outputs="{'a': a, 'b': b, 'c': c, 'd': d}",
    ),
}

NEVER_WRONG = {
    "a list that grows": script("l = []", "for i in range(3):", "  l.append(x * float(i + 1))", "y = tf.add_n(l)"),
    "a grown list, then lists of its sum": script(
        "l = []",
        "for i in range(2):",
        "  l.append(x * float(i))",
        "y = tf.add_n(l)",
        "parts = [y, y * 2.0]",
        "y = parts[0] + parts[1]",
    ),
    "a dictionary that grows": script(
        "d = {}", "for k in ('a', 'b'):", "  d[k] = x * float(len(d) + 2)", "y = d['a'] + d['b']"
    ),
    "a loop with break": script(
        "y = x", "for i in range(5):", "  y = y * 2.0", "  if i == 2:", "    break", "  y = y + 1.0"
    ),
    "a loop with continue": script("y = x", "for i in range(5):", "  if i == 2:", "    continue", "  y = y * 2.0"),
    "a loop with else": script(
        "y = x", "for i in range(3):", "  y = y * 2.0", "  if i == 1:", "    break", "else:", "  y = y + 3.0"
    ),
    "a while": script("y = x", "i = 0", "while i < 4:", "  y = y * 2.0", "  i += 1"),
    "a number from a loop's else": script(
        "k = 1.0", "for i in range(3):", "  if i == 1:", "    break", "else:", "  k = 3.0", "y = x * k"
    ),
    "a walrus": script("k = 1.0", "if (k := 2.0) > 1:", "  pass", "y = x * k"),
    "a match": script("k = 1.0", "match len('ab'):", "  case 2:", "    k = 2.0", "y = x * k"),
    "a global that a function sets": script("k = 1.0", "def load():", "  global k", "  k = 2.0", "load()", "y = x * k"),
    "a number that changes later": script("k = [2.0]", "f = lambda t: t * k[0]", "y = f(x)", "k[0] = 3.0"),
    "a global that changes later": script("K = 2.0", "def f(t):", "  return t * K", "y = f(x)", "K = 5.0"),
    "a function that changes later": script(
        "def f(t):", "  return t * 3.0", "y = f(x)", "def f(t):", "  return t * 5.0"
    ),
    "a class attribute that changes later": script("class A:", "  k = 2.0", "y = x * A.k", "A.k = 3.0"),
    "a tensor on a class": script("class A: pass", "A.t = x * 3.0", "y = x + A.t"),
    "an array that changes later": script(NUMPY, "a = np.ones(3, 'f')", "y = x * a", "a[0] = 5.0"),
    "an array of a variable that changes later": script(
        NUMPY, "a = np.ones(3, 'f')", "w = tf.Variable(a)", "a[0] = 5.0", "y = x * w"
    ),
    "an array that was assigned": script(
        NUMPY, W, "y = x * w", session="a = np.ones(3, 'f')\nsess.run(w.assign(a))\na[0] = 5.0"
    ),
    "the environment": script(
        "import os", "os.environ['K'] = '3'", "k = float(os.environ['K'])", "y = x * k", "os.environ['K'] = '4'"
    ),
    "a test of an object's state": script(
        "import argparse",
        "args = argparse.Namespace(big=False)",
        "if args.big:",
        "  y = x",
        "else:",
        "  args.big = True",
        "  y = x * 2.0",
        "if args.big:",
        "  y = y + 1.0",
    ),
    "equality of tensors": script("y = x * (2.0 if x == 1.0 else 3.0)"),
    "a tensor as a key": script("d = {x: 2.0}", "y = x * d[x]"),
    "a mutable default": script(
        "def f(t, acc=[]):", "  acc.append(1)", "  return t * float(len(acc))", "f(x)", "y = f(x)"
    ),
    "an effect under control dependencies": script(
        W, "c = tf.Variable(0.0)", "with tf.control_dependencies([tf.assign_add(c, 1.0)]):", "  y = tf.identity(x * w)"
    ),
    "a variable named in a branch": script(
        "if len('ab') > 1:",
        "  w = tf.Variable(2.0, name='w')",
        "else:",
        "  w = tf.Variable(3.0, name='w')",
        "y = x * w",
    ),
    "assigned under a condition": script(
        "import sys", W, "y = x * w", session="if len(sys.argv) < 50:\n  sess.run(w.assign([5., 5., 5.]))"
    ),
    "assigned in a try": script(
        W, "y = x * w", session="try:\n  sess.run(w.assign([5., 5., 5.]))\nexcept ValueError:\n  pass"
    ),
    "assigned after the export": script(W, *TRAIN, session=RUN) + "    sess.run(w.assign([0., 0., 0.]))\n",
    "read after the export": script(W, *TRAIN, session=RUN) + "    print(sess.run(w))\n",
    "trained on after the export": script(W, *TRAIN, session=RUN) + "    sess.run(train, {x: [[1., 2., 3.]]})\n",
    "a tuple of fetches": script(
        W, "y = x * w", session="r = sess.run((y, y), {x: [[1., 2., 3.]]})\nassert isinstance(r, tuple)"
    ),
    "a wrong feed": script(
        NUMPY,
        W,
        "y = x * w",
        session="try:\n  sess.run(y, {x: np.ones((1, 4))})\n  assert False\nexcept ValueError:\n  pass",
    ),
    "dropout that is needed": script("k = tf.placeholder_with_default(1.0, [])", "y = tf.nn.dropout(x, k)"),
    "an average of a variable": script(
        W,
        "ema = tf.train.ExponentialMovingAverage(0.9)",
        "up = ema.apply([w])",
        "y = x * ema.average(w)",
        session="sess.run(up)",
    ),
    "an unknown initializer": script(
        "def mine(): return tf.ones_initializer()", "w = tf.get_variable('w', [3], initializer=mine())", "y = x * w"
    ),
    "a file looked for in a helper": script(
        "def k():", "  return 2.0 if tf.gfile.Exists('f.txt') else 3.0", "y = x * k()", "open('f.txt', 'w').close()"
    ),
    "a helper that changes its argument": script(
        "a = [1.0, 2.0, 5.0]", "def f(l):", "  del l[0]", "  return l[0]", "y = x * f(a) + f(a)"
    ),
    "a helper that assigns": script(
        W, "y = x * w", "def up(v):", "  return tf.assign(v, v * 3.0)", "c = up(w)", session="sess.run(c)"
    ),
    "all variables assigned": script(
        W, "y = x * w", "ups = [tf.assign(v, v * 2.0) for v in tf.global_variables()]", session="sess.run(ups)"
    ),
    "a session in a tuple": script(
        W, "y = x * w", "t = w.assign([7., 7., 7.])", "def fit(s): s.run(t)", session="keep = (sess, 1)\nfit(keep[0])"
    ),
    "a session in an object": script(
        W,
        "y = x * w",
        "t = w.assign([7., 7., 7.])",
        "class T:",
        "  def __init__(self, s): self.s = s",
        "  def fit(self): self.s.run(t)",
        session="T(sess).fit()",
    ),
    "the default session in a function": script(
        W, "y = x * w", "t = w.assign([7., 7., 7.])", "def fit(): t.eval()", session="fit()"
    ),
    "the default session by name": script(
        W, "y = x * w", "t = w.assign([7., 7., 7.])", "def fit(): tf.get_default_session().run(t)", session="fit()"
    ),
    "a session's method under another name": script(
        W, "y = x * w", "t = w.assign([7., 7., 7.])", session="run = sess.run\nrun(t)"
    ),
    "ops from a collection": script(
        W,
        "y = x * w",
        "tf.add_to_collection('ops', w.assign([7., 7., 7.]))",
        session="sess.run(tf.get_collection('ops'))",
    ),
    "a variable got again": script(
        "with tf.variable_scope('a'):",
        "  w = tf.get_variable('w', [3], initializer=tf.ones_initializer())",
        "with tf.variable_scope('a', reuse=True):",
        "  v = tf.get_variable('w', [3])",
        "y = x * w + v",
        session="sess.run(w.assign([2., 2., 2.]))",
    ),
    "a count of the graph's variables": script(W, "y = x * w * float(len(tf.trainable_variables()))"),
    "a shape printed in the session's part": script("print(x.shape[1])", "y = x * 2.0"),
}


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("code", EQUAL.values(), ids=EQUAL.keys())
def test_native_and_equal(code: str, tmp_path: Path):
    check_equal(code, tmp_path)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("code", NEVER_WRONG.values(), ids=NEVER_WRONG.keys())
def test_equal_or_left_alone(code: str, tmp_path: Path):
    check_never_wrong(code, tmp_path)


@pytest.mark.slow
@pytest.mark.tensorflow
def test_two_exports_of_a_trained_graph_have_the_values_of_their_time(tmp_path: Path):
    code = script(W, *TRAIN, session=RUN)
    code += "    tf.saved_model.simple_save(sess, 'second', {'x': x}, {'double': y * 2.0})\n"
    check_never_wrong(code, tmp_path, "out", "second")


# ---- what the class looks like --------------------------------------------------------------------------------------


def test_a_signature_function_has_the_name_of_its_key():
    check_native(script("y = x * 2.0"), "def serving_default(self, x):")


def test_the_input_signature_has_the_names_of_the_inputs():
    code = script(
        "k = tf.placeholder(tf.int32, [])", "y = x * tf.cast(k, tf.float32)", inputs="{'features': x, 'scale': k}"
    )
    check_native(
        code, 'tf.TensorSpec([None, 3], tf.float32, name="features")', 'tf.TensorSpec([], tf.int32, name="scale")'
    )


def test_the_class_is_named_after_the_function():
    code = "import tensorflow as tf\n\ndef export_thermostat():\n" + "".join(
        f"    {line}\n" for line in script("y = x * 2.0").splitlines()[2:]
    )
    check_native(code + "\nexport_thermostat()\n", "class ThermostatModel(tf.Module):")


def test_a_name_that_is_taken_is_not_given_to_the_class():
    code = (
        "class ExportedModel: pass\nmodel = 3\nexport_dir = 4\n" + script("y = x * 2.0") + "print(model, export_dir)\n"
    )
    after = check_native(code)
    assert after.count("class ExportedModel") == 1
    assert "model = 3\nexport_dir = 4\n" in after
    assert after.count("\nmodel = ") == 1
    assert after.count("\nexport_dir = ") == 1


def test_the_graph_goes_and_the_session_too():
    check_native(script(W, "y = x * w"), without=("Session", "placeholder", "initializer", "compat"))


def test_what_only_training_needs_is_not_in_the_module():
    after = check_native(script(W, *TRAIN, session=RUN))
    model = after[after.index("class ") : after.index("with tf.Graph()")]
    assert "loss" not in model
    assert "train" not in model
    assert "def __init__(self, w):" in model


def test_a_variable_made_from_another():
    """TensorFlow initializes the two in any order, so this one is not run."""
    after = check_native(script(W, "b = tf.Variable(w.initialized_value() * 2.0)", "y = x * w + b"))
    assert "self.b = tf.Variable(self.w" in after
    assert after.index("self.w = ") < after.index("self.b = ")


def test_nothing_is_exported_twice_into_one_directory_unnoticed():
    """The TF1 builder raises; TF2's save overwrites."""
    check_native(
        script("y = x * 2.0"),
        "if tf.io.gfile.exists(export_dir) and tf.io.gfile.listdir(export_dir):",
        "raise AssertionError(",
    )


@pytest.mark.parametrize(
    ("code", "rule", "reason"),
    [
        (script("y = tf.py_func(abs, [x], tf.float32)"), "TFM104", "py_func"),
        (script("z = tf.placeholder(tf.float32)", "y = x * z"), "TFM108", "no signature feeds it"),
        (
            script(
                "z = tf.sparse_placeholder(tf.float32)", "y = x * tf.sparse_reduce_sum(z)", inputs="{'x': x, 'z': z}"
            ),
            "TFM108",
            "sparse",
        ),
        (script("y = x * 2.0", inputs="{'x:0': x}"), "TFM108", "'x:0'"),
        (script("y = x * 2.0", inputs="{'my x': x}"), "TFM108", "'my x'"),
        (script("y = x * 2.0", inputs="{'lambda': x}"), "TFM108", "'lambda'"),
        (script("y = tf.image.resize_images(tf.reshape(x, [-1, 3, 1, 1]), [6, 2])"), "TFM105", "resize_images"),
        (script("y = tf.contrib.slim.fully_connected(x, 2)"), "TFM1", ""),
        (script(W, "y = w.assign_add([1., 1., 1.])"), "TFM104", "changes"),
        (
            script(W, "with tf.control_dependencies([w.assign_add([1., 1., 1.])]):", "  y = tf.identity(x)"),
            "TFM104",
            "changes",
        ),
        (script("from mylib import net", "y = net(x)"), "TFM101", "net"),
        (script("import mylib", "y = mylib.net(x)"), "TFM101", "another module"),
        (
            script(
                "def layer(t, n):",
                "  return layer(t * tf.Variable([1., 2., 3.]), n - 1) if n else t",
                "y = layer(x, 2)",
            ),
            "TFM101",
            "makes variables",
        ),
        (script("try:", "  y = x * 2.0", "except ValueError:", "  y = x"), "TFM106", "try"),
        (script("for i in range(len(x.name)):", "  w = tf.Variable(1.0)", "y = x * w"), "TFM1", ""),
        (script("y = x * 2.0", session="y = sess.graph.get_tensor_by_name('mul:0')"), "TFM101", ""),
        (script("y = 3.0"), "TFM101", "made elsewhere"),
        (script("y = tf.data.Dataset.range(3).make_one_shot_iterator().get_next()"), "TFM1", ""),
        (script("y = x + tf.metrics.mean(x)[0]"), "TFM104", ""),
    ],
)
def test_flagged(code: str, rule: str, reason: str):
    from checks import rewrite

    if rule == "TFM1":
        (site,) = rewrite(code).sites
        assert site.reason is not None
        return
    check_not_native(code, rule, reason)


def test_an_init_op_that_draws_random_numbers_is_flagged():
    code = script("w = tf.Variable(tf.random_normal([3]))", "y = x * w").replace(
        "{'y': y})", "{'y': y}, legacy_init_op=tf.global_variables_initializer())"
    )
    check_not_native(code, "TFM110", "random")


def test_an_init_op_that_does_more_is_flagged():
    code = script(W, "q = tf.FIFOQueue(3, tf.float32)", "e = q.enqueue(1.0)", "y = x * w").replace(
        "{'y': y})", "{'y': y}, legacy_init_op=e)"
    )
    check_not_native(code, "TFM110", "init op")


@pytest.mark.parametrize(
    ("drawn", "notes"),
    [
        ("tf.random_uniform(tf.shape(x), seed=3)", []),
        (
            "tf.random_uniform(tf.shape(x))",
            ["a signature draws random numbers by the seed of the graph, in TF2 others"],
        ),
        ("tf.zeros_like(x)", None),
    ],
)
def test_the_seed_of_the_graph_stays_for_what_a_signature_draws(drawn: str, notes: list[str] | None):
    result = rewrite(f"""
        import tensorflow as tf

        x = tf.placeholder(tf.float32, [None])
        tf.set_random_seed(1)
        y = x + {drawn}
        sess = tf.Session()
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})
    """)
    assert ("tf.compat.v1.set_random_seed(1)\n" in result.after) == (notes is not None)
    [site] = result.sites
    assert site.level is Level.NATIVE
    assert [finding.message for finding in site.findings] == (notes or [])


@pytest.mark.parametrize("made", ["make()", "kept.w", "tf.Variable([1.0, 2.0, 3.0])"])
def test_a_variable_that_the_module_made_is_not_one_of_the_function(made: str):
    code = f"""
        import tensorflow as tf

        class Kept(object):
            def __init__(self):
                self.w = tf.Variable([1.0, 2.0, 3.0])

        def make():
            return tf.Variable([1.0, 2.0, 3.0])

        kept = Kept()
        W = {made}

        def scaled(x):
            return x * W

        def main():
            x = tf.placeholder(tf.float32, [None, 3])
            y = HERE
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})
    """
    for used in ("scaled(x)", "x * W"):
        [site] = rewrite(code.replace("HERE", used)).sites
        assert site.level is not Level.NATIVE, used


def test_an_output_whose_name_means_another_value_in_the_end():
    code = script("y = tf.cast(x, tf.int32)", "z = y", "y = x * 2.0").replace("{'y': y}", "{'y': y, 'z': z}")
    assert "'z': z" in code
    check_not_native(code, "TFM102", "gets another one later")


def test_a_restored_session_whose_variables_are_set_anew_at_loading():
    code = """
import tensorflow as tf

def main():
    x = tf.placeholder(tf.float32, [None, 3])
    y = x * tf.Variable(2.0, name='w')
    sess = tf.Session()
    tf.train.Saver().restore(sess, 'ck/model')
    b = tf.saved_model.builder.SavedModelBuilder('out')
    sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y})
    b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, main_op=tf.saved_model.main_op.main_op())
    b.save()
"""
    (site,) = rewrite(code).sites
    assert site.level is Level.BRIDGED


def test_values_that_are_shown_where_the_graph_stays():
    graph = ("w = tf.Variable([1.0, 2.0, 3.0], name='w')", "y = x * w", "print(y.name)")
    after = rewrite(script(*graph, session="print(sess.run(w))")).after
    assert "print(sess.run(w))" in after
    assert "numpy()" not in after


def test_a_function_that_resets_the_graph_in_the_midst():
    head = "def clear():\n    if True:\n        tf.reset_default_graph()\nw = tf.Variable(1.0)\nclear()\n"
    code = script("y = x * tf.Variable(2.0)").replace("x =", f"{head}x =", 1)
    (site,) = rewrite(code).sites
    assert site.level is not Level.NATIVE
    assert "'clear' resets the default graph" in [refusal.reason.partition(" (line")[0] for refusal in site.refusals]
