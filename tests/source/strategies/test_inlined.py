"""Exports whose graph is built by helpers, or by the methods of a class."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from checks import check_native, check_not_native, rewrite
from running import check_equal

from migrate.results import Level

HEAD = """
import numpy as np
import tensorflow as tf


def weight(value, shape=(3, 2), name=None):
    return tf.Variable(tf.constant(value, tf.float32, shape), name=name)

"""
SAVE = "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})"


def script(code: str, main: str, *, save: str = SAVE) -> str:
    """A script whose `main` makes `x` and `y` and exports them."""
    lines = ["def main():", *(f"    {line}" for line in dedent(main).strip().splitlines())]
    lines += ["    with tf.Session() as sess:", "        sess.run(tf.global_variables_initializer())"]
    lines += [f"        {line}" for line in save.splitlines()]
    return f"{HEAD}\n{dedent(code).strip()}\n\n\n" + "\n".join(lines) + "\n\n\nif __name__ == '__main__':\n    main()\n"


INPUT = "x = tf.placeholder(tf.float32, [None, 3], name='x')\n"


def test_the_site_says_what_was_read_at_its_call():
    result = rewrite(script("def build(x):\n    return tf.matmul(x, weight(0.5))", INPUT + "y = build(x)"))
    (site,) = result.sites
    assert (site.rule, site.level) == ("TFM009", Level.NATIVE)
    assert site.message.startswith("'build', 'weight' and the export become a tf.Module")
    assert site.proved
    assert "def build" not in result.after


def test_the_class_keeps_its_name():
    code = """
        class Net(object):
            def __init__(self):
                self.x = tf.placeholder(tf.float32, [None, 3], name='x')
                self.y = tf.matmul(self.x, weight(0.5))

            def forgotten(self):
                return self.y
    """
    found = rewrite(script(code, "net = Net()\nx = net.x\ny = net.y"))
    assert "class Net(tf.Module):" in found.after
    assert [note.message for note in found.sites[0].findings] == [
        "nothing in the file calls Net.forgotten: gone with the class"
    ]


def test_an_exporter_does_not_name_the_module():
    code = """
        class Exporter(object):
            def __init__(self, path):
                self.path = path

            def run(self, sess, x, y):
                tf.saved_model.simple_save(sess, self.path, {'x': x}, {'y': y})
    """
    after = check_native(script(code, INPUT + "y = x * weight(0.5, (3,))", save="Exporter('out').run(sess, x, y)"))
    assert "class ScriptModel(tf.Module)" in after or "class ExportedModel(tf.Module)" in after


def test_two_exports_of_one_helper_call_are_one_unit():
    code = """
        def save(sess, x, y):
            tf.saved_model.simple_save(sess, 'one', {'x': x}, {'y': y})
            tf.saved_model.simple_save(sess, 'two', {'x': x}, {'twice': y * 2.0})
    """
    result = rewrite(script(code, INPUT + "y = tf.matmul(x, weight(0.5))", save="save(sess, x, y)"))
    assert [site.rule for site in result.sites] == ["TFM009", "TFM009"]
    assert result.after.count("tf.saved_model.save(") == 2


def test_a_reason_has_the_line_it_has_in_the_file():
    code = "def build(x):\n    return tf.matmul(x, weight(0.5)) + tf.metrics.mean(x)[0]"
    text = script(code, INPUT + "y = build(x)")
    site = check_not_native(text, "TFM104", "tf.metrics.mean")
    said = next(refusal.reason for refusal in site.refusals if refusal.strategy == "inlined")
    assert said.endswith(f"(line {text.split('metrics')[0].count(chr(10)) + 1})") or "(line" not in said


@pytest.mark.parametrize(
    ("code", "main", "save"),
    [
        # The export is called twice, and the session trains between.
        (
            "def save(sess, x, y, path):\n    tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})",
            INPUT + "w = weight(0.5, (3,))\ny = x * w\n"
            "step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w))",
            "save(sess, x, y, 'a')\nsess.run(step)\nsave(sess, x, y, 'b')",
        ),
        # A helper that makes the graph is also called by what stays.
        ("def build(x):\n    return x * tf.get_variable('w', [3])\n\n\ndef train():\n"
         "    x = tf.placeholder(tf.float32, [3])\n    return build(x)", INPUT + "y = build(x)", SAVE),
        # The class may be more than this file says.
        ("from nets import Base\n\n\nclass Net(Base):\n    def __init__(self, x):\n        self.y = x * weight(0.5, (3,))",
         INPUT + "y = Net(x).y", SAVE),
    ],
)  # fmt: skip
def test_not_native(code: str, main: str, save: str):
    (site,) = rewrite(script(code, main, save=save)).sites
    assert site.level is not Level.NATIVE


SAVES = "def save(sess, x, y, path):\n    tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})"


def test_a_helper_that_one_function_calls_twice(tmp_path: Path):
    main = INPUT + "w = weight(0.5, (3,))\ny = x * w"
    save = "save(sess, x, y, 'a')\nsess.run(w.assign_add([1.0, 2.0, 3.0]))\nsave(sess, x, y, 'b')"
    text = script(SAVES, main, save=save)
    after = check_equal(text, tmp_path, "a", "b")
    assert after.count("tf.saved_model.save(") == 2
    assert after.count("(tf.Module)") == 1


def test_helpers_that_restore_are_read_at_their_calls():
    code = "def restore(sess, path):\n    saver = tf.train.Saver()\n    saver.restore(sess, path)"
    save = "restore(sess, 'model.ckpt')\n" + SAVE
    text = script(code, INPUT + "y = x * tf.get_variable('w', [3])", save=save)
    after = check_native(text.replace("        sess.run(tf.global_variables_initializer())\n", ""))
    assert "tf.train.load_checkpoint('model.ckpt')" in after
    assert "Session" not in after
    assert "def restore" not in after


def test_an_object_that_holds_another():
    code = """
        class Net(object):
            def __init__(self):
                self.x = tf.placeholder(tf.float32, [None, 3], name='x')

            def output(self):
                return tf.matmul(self.x, weight(0.5))

        class Model(object):
            def __init__(self):
                self.net = Net()
                self.y = self.net.output()
    """
    check_native(script(code, "model = Model()\nx = model.net.x\ny = model.y"), without=("class Net(object)",))


def test_a_graph_of_the_module_that_a_function_without_arguments_exports():
    code = """
        import tensorflow as tf

        x = tf.placeholder(tf.float32, [None, 3], name='x')
        y = x * tf.get_variable('w', [3])


        def export():
            with tf.Session() as sess:
                tf.train.Saver().restore(sess, 'model.ckpt')
                tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})


        def main(_):
            export()


        if __name__ == '__main__':
            tf.app.run()
    """
    after = check_native(code, "def export():\n    model = ", "def main(_):\n    export()\n")
    assert "placeholder" not in after


def test_a_skipped_export_stays():
    code = "def save(sess, x, y):\n    tf.saved_model.simple_save(sess, 'a', {'x': x}, {'y': y})  # tf-migrate: skip"
    result = rewrite(script(code, INPUT + "y = tf.matmul(x, weight(0.5))", save=f"save(sess, x, y)\n{SAVE}"))
    assert "simple_save(sess, 'a'" in result.after


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("code", "main"),
    [
        # Two towers with variables of their own, one name.
        ("def tower(t, v):\n    w = weight(v, name='w')\n    return tf.matmul(t, w)",
         INPUT + "y = tower(x, 0.5) + 3.0 * tower(x * 2.0, 0.25)"),
        # Two towers that share.
        ("def tower(t, reuse):\n    with tf.variable_scope('t', reuse=reuse):\n"
         "        w = tf.get_variable('w', [3, 2], initializer=tf.constant_initializer(0.5))\n    return tf.matmul(t, w)",
         INPUT + "y = tower(x, False) + 3.0 * tower(x * 2.0, True)"),
        # Names that mean something else outside.
        ("def layer(x):\n    x = x * 2.0\n    w = weight(0.5)\n    x = tf.matmul(x, w)\n    return x",
         INPUT + "h = layer(x)\nw = 3.0\ny = h * w + tf.reduce_sum(x)"),
        # An attribute that is set again, and the value from before.
        ("class Net(object):\n    def __init__(self, x):\n        self.out = x\n        self.add(0.5)\n\n"
         "    def add(self, value):\n        self.out = tf.tanh(tf.matmul(self.out, weight(value, (3, 3))))",
         INPUT + "net = Net(x)\nfirst = net.out\nnet.add(0.25)\ny = net.out - 2.0 * first"),
        # A property makes its variable each time.
        ("class Net(object):\n    def __init__(self, x):\n        self.x = x\n\n    @property\n    def out(self):\n"
         "        w = weight(0.5, name='w')\n        return tf.matmul(self.x, w)",
         INPUT + "net = Net(x)\ny = net.out + 2.0 * net.out"),
    ],
)  # fmt: skip
def test_equal(code: str, main: str, tmp_path: Path):
    check_equal(script(code, main), tmp_path)


def test_what_nobody_reads_keeps_its_name():
    code = script(
        "def build(x):\n    for _ in range(2):\n        print('x')\n    return tf.matmul(x, weight(0.5))",
        INPUT + "for _ in range(3):\n    print('y')\ny = build(x)",
    )
    assert "for _ in range(2):" in rewrite(code).after
    assert "for __2 in range(2):" in rewrite(code.replace("print('y')", "print(_)")).after


def test_a_placeholder_of_another_graph_does_not_stay_behind():
    code = (
        "import tensorflow as tf\n\n"
        "def evaluate(rows):\n"
        "    tf.reset_default_graph()\n"
        "    x = tf.placeholder(tf.float32, [None])\n"
        "    with tf.Session() as sess:\n"
        "        print(sess.run(x * 2, {x: rows}))\n\n"
        "def export(path):\n"
        "    tf.reset_default_graph()\n"
        "    x = tf.placeholder(tf.float32, [None])\n"
        "    y = x * 2\n"
        "    with tf.Session() as sess:\n"
        "        tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})\n\n"
        "evaluate([1.0])\nexport('out')\n"
    )
    after = rewrite(code).after
    assert "reset_default_graph" not in after
    assert after.index("with tf.Graph().as_default():") < after.index("tf.compat.v1.placeholder(")


def test_a_file_that_would_become_many_times_as_long():
    code = "def build(x):\n    for _ in range({}):\n" + "        x = tf.layers.dense(x, 3)\n" * 3 + "    return x"
    (short,) = rewrite(script(code.format(2), INPUT + "y = build(x)")).sites
    assert short.level is Level.NATIVE
    (long,) = rewrite(script(code.format(8), INPUT + "y = build(x)")).sites
    assert long.level is Level.WRAPPED
    assert "written out, the file would grow from 27 to " in " ".join(r.reason for r in long.refusals)


def test_variables_that_a_helper_makes_several_times_are_called_after_their_scopes():
    code = """
        def dense(t, units, scope):
            with tf.variable_scope(scope):
                w = tf.get_variable('weights', [3, units], initializer=tf.ones_initializer())
                return tf.nn.tanh(tf.matmul(t, w))
    """
    main = INPUT + "y = dense(dense(x, 3, 'first'), 2, 'second')"
    after = check_native(script(code, main))
    assert "self.first_weights = tf.Variable(" in after
    assert 'name="second/weights"' in after
    assert "self.w_2" not in after


def test_variables_without_scopes_keep_the_names_of_the_code():
    after = check_native(
        script("", INPUT + "w_3 = weight(0.5, (3, 3))\nw_2 = weight(0.25)\ny = tf.matmul(tf.matmul(x, w_3), w_2)")
    )
    assert "self.w_3 = " in after
    assert "self.w_2 = " in after


TRAINED = """\
import tensorflow as tf


def net(x):
    return tf.matmul(x, tf.get_variable("w", [x.get_shape()[1].value, 1]))


def train():
    with tf.Graph().as_default(), tf.Session() as sess:
        loss = tf.reduce_sum(net(tf.ones([4, 3])))
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, "./model")


def export():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = net(x)
        tf.train.Saver().restore(sess, "./model")
        tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": y})


train()
export()
"""


def test_a_helper_that_other_code_calls_in_a_graph_of_its_own_stays_for_it():
    after = check_native(TRAINED)
    assert "def net(x):\n    return tf.matmul(x, tf.compat.v1.get_variable(" in after
    assert "[tf.compat.dimension_value(x.get_shape()[1]), 1]" in after
    assert "y = tf.matmul(x, self.w)" in after
    assert "    with tf.Graph().as_default(), tf.compat.v1.Session() as sess:\n        loss" in after


@pytest.mark.parametrize(
    "code",
    [
        TRAINED.replace(
            "tf.Graph().as_default(), tf.Session() as sess:\n        loss", "tf.Session() as sess:\n        loss"
        ),
        TRAINED + "nets = [net]\n",
        TRAINED + "print(net(tf.ones([4, 3])))\n",
    ],
)
def test_a_helper_that_other_code_may_call_in_the_default_graph(code: str):
    (site,) = rewrite(code).sites
    assert site.level is not Level.NATIVE


def test_a_default_that_is_a_function_of_the_file():
    code = (
        "def double(x):\n    return x * tf.Variable(2.0)\n\n"
        "def dense(x, act=double):\n    h = tf.matmul(x, weight(0.5))\n"
        "    if act is not None:\n        h = act(h)\n    return h"
    )
    after = check_native(script(code, INPUT + "y = dense(x)"))
    assert "def double" not in after
    assert "act" not in after.partition("class ")[2].partition("def main")[0].replace("exact", "")
    assert after.count("tf.Variable(") == 2


SETTINGS = """
    class Config(object):
        kind = 'wide'
        sizes = [2, 3]

        def __init__(self, depth):
            self.depth = depth

    class Net(object):
        def __init__(self, config):
            self.config = config
            self.x = tf.placeholder(tf.float32, [None, 3], name='x')
            self.build()

        def build(self):
            y = self.x
            if self.config.kind == 'wide':
                y = tf.concat([y, y], 1)
            made = [self.branch(y, size) for size in self.config.sizes]
            self.y = tf.concat(made, 1)

        def branch(self, y, size):
            with tf.variable_scope('branch_%d' % size):
                return tf.matmul(y, tf.get_variable('w', [6, size]))
"""


def test_settings_decide_loops_and_tests():
    after = check_native(script(SETTINGS, "net = Net(Config(4))\nx = net.x\ny = net.y"))
    assert 'name="branch_2/w"' in after
    assert 'name="branch_3/w"' in after
    assert "self.branch" not in after


def test_settings_that_change_decide_nothing():
    main = "config = Config(4)\nconfig.sizes = given()\nnet = Net(config)\nx = net.x\ny = net.y"
    check_not_native(script(SETTINGS, main), "TFM109", "only known at run time")


def test_a_list_of_a_class_that_code_changes_is_no_constant():
    changed = SETTINGS.replace("y = self.x\n", "y = self.x\n            self.config.sizes.append(4)\n")
    check_not_native(script(changed, "net = Net(Config(4))\nx = net.x\ny = net.y"), "TFM109", "only known at run time")


def test_a_static_method_behind_attributes_of_the_object():
    code = """
        class Net(object):
            def __init__(self):
                self.x = tf.placeholder(tf.float32, [None, 3], name='x')
                self.y = tf.add(self.x, Net.scaled(self.x))

            @staticmethod
            def scaled(x):
                return tf.matmul(x, tf.get_variable('w', [3, 3]))
    """
    assert 'name="w"' in check_native(script(code, "net = Net()\nx = net.x\ny = net.y"))


def test_a_property_behind_arguments_of_the_command_line():
    code = """
        class Net(object):
            def __init__(self):
                self._x = tf.placeholder(tf.float32, [None, 3], name='x')
                self._y = tf.matmul(self._x, weight(0.5))

            @property
            def y(self):
                return self._y
    """
    save = "tf.saved_model.simple_save(sess, args.path, {'x': net._x}, {'y': net.y})"
    main = "args = parser.parse_args()\nnet = Net()"
    check_native(script("import argparse\nparser = argparse.ArgumentParser()\n" + dedent(code), main, save=save))
    changed = dedent(code).replace("return self._y", "args.path = 'b'\n        return self._y")
    check_not_native(
        script("import argparse\nparser = argparse.ArgumentParser()\n" + changed, main, save=save),
        "TFM106",
        "behind other code",
    )
