"""Checkpoints that a session restores become values read by name; what is not understood keeps its session."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite

from migrate.results import Level

HEAD = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None], name='x')
w = tf.Variable(1.0, name='w')
b = tf.Variable(2.0, name='b')
y = x * w + b
"""
EXPORT = "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n"
ALL = 'for variable in model.variables:\n    variable.assign(checkpoint.get_tensor(variable.name.removesuffix(":0")))'


def script(saver: str = "saver = tf.train.Saver()", *body: str, after: str = "") -> str:
    lines = body or ("saver.restore(sess, 'm.ckpt')",)
    inside = "".join(f"    {line}\n" for text in lines for line in text.split("\n"))
    return f"{HEAD}{saver}\nwith tf.Session() as sess:\n{inside}    {EXPORT}{after}"


@pytest.mark.parametrize(
    "saver",
    [
        "saver = tf.train.Saver()",
        "saver = tf.train.Saver(None, max_to_keep=3)",
        "saver = tf.train.Saver(var_list=tf.global_variables(), name='s', reshape=False)",
        "variables = tf.global_variables()\nsaver = tf.train.Saver(variables)",
        "saver = tf.train.Saver(tf.trainable_variables())",
    ],
)
def test_a_saver_of_all_variables(saver: str):
    check_native(
        script(saver), "checkpoint = tf.train.load_checkpoint('m.ckpt')", ALL, without=("Session", "Saver", "Graph()")
    )


@pytest.mark.parametrize(
    ("saver", "set_"),
    [
        ("saver = tf.train.Saver([w])", {"w": "w"}),
        ("saver = tf.train.Saver((b, w))", {"b": "b", "w": "w"}),
        ("saver = tf.train.Saver({'old/w': w, 'b': b})", {"w": "old/w", "b": "b"}),
        ("names = {'v\"': w}\nsaver = tf.train.Saver(var_list=names)", {"w": 'v\\"'}),
    ],
)
def test_a_saver_of_some_variables(saver: str, set_: dict[str, str]):
    after = check_native(script(saver), without=("Session", ALL))
    for attribute, name in set_.items():
        assert f'model.{attribute}.assign(checkpoint.get_tensor("{name}"))' in after
    assert after.count(".assign(") == len(set_)


def test_moving_averages_take_the_place_of_trained_values():
    averages = "averages = tf.train.ExponentialMovingAverage(0.9, name='shadow')\n"
    after = check_native(script(averages + "saver = tf.train.Saver(averages.variables_to_restore())"))
    assert 'if variable.trainable:\n        name += "/shadow"\n' in after


def test_two_checkpoints_in_their_order():
    savers = "one = tf.train.Saver()\ntwo = tf.train.Saver([w])"
    after = check_native(script(savers, "one.restore(sess, 'a')", "two.restore(sess, 'b')"))
    assert after.index("load_checkpoint('a')") < after.index(ALL) < after.index("load_checkpoint('b')")


def test_a_value_set_after_the_restore_wins():
    after = check_native(script("saver = tf.train.Saver()", "saver.restore(sess, 'a')", "sess.run(w.assign(7.0))"))
    assert after.index(ALL) < after.index("model.w.assign(7.0)")


def test_the_path_is_worked_out_where_it_was():
    after = check_native(
        script("saver = tf.train.Saver()", "path = tf.train.latest_checkpoint('d')", "saver.restore(sess, path)")
    )
    assert "path = tf.train.latest_checkpoint('d')\n" in after
    assert "load_checkpoint(path)" in after


def test_names_that_are_taken():
    after = check_native(
        script(
            "saver = tf.train.Saver()",
            "checkpoint = 'a'",
            "variable = 1",
            "saver.restore(sess, checkpoint)",
            "print(variable, checkpoint)",
        )
    )
    assert "checkpoint = tf.train" not in after
    assert "for variable in" not in after


def test_a_saver_without_a_name():
    check_native(script("", "tf.train.Saver().restore(sess, 'm.ckpt')"), ALL, without=("Session", "Saver"))


FOUND = "state = tf.train.get_checkpoint_state('d')"
BRANCH = "if state and state.model_checkpoint_path:\n    saver.restore(sess, state.model_checkpoint_path)\nelse:\n    "


def test_a_checkpoint_that_is_looked_for():
    code = script("saver = tf.train.Saver()", FOUND, BRANCH + "raise ValueError('none')")
    after = check_native(code, without=("Session", "Graph()"))
    made, test, restored = (
        after.index(text) for text in ("model = Exported", "if state and", "load_checkpoint(state.")
    )
    assert made < test < restored
    assert "else:\n    raise ValueError('none')\n" in after


@pytest.mark.parametrize(("initial", "told"), [("[1.0]", False), ("tf.random_normal([1])", True)])
def test_random_values_are_told_where_there_may_be_no_checkpoint(initial: str, told: bool):
    code = script("saver = tf.train.Saver()", "if flag:\n    saver.restore(sess, 'a')").replace(
        "1.0, name", f"{initial}, name"
    )
    result = rewrite(code.replace("w =", "flag = len('ab') < 2\nw =", 1))
    (site,) = result.sites
    assert ("random numbers" in " ".join(finding.message for finding in site.findings)) is told
    assert "if flag:\n    checkpoint =" in result.after


# ---- traps: the session stays, and its values are read once ---------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        script("saver = tf.train.Saver(reshape=True)"),
        script("saver = tf.train.Saver(pick())").replace("w = tf", "def pick(): return None\nw = tf"),
        script("saver = tf.train.Saver({name(): w})").replace("w = tf", "def name(): return 'w'\nw = tf"),
        script("saver = tf.train.Saver()", "for path in ['a', 'b']:\n    saver.restore(sess, path)"),
        script("saver = tf.train.Saver()", "try:\n    saver.restore(sess, 'a')\nexcept ValueError:\n    pass"),
        script("saver = tf.train.Saver()", "saver.restore(sess, 'a')", "sess.run(tf.global_variables_initializer())"),
        script("saver = tf.train.Saver()", "saver.restore(sess, 'a')", "saver.save(sess, 'b')"),
        script("saver = tf.train.Saver([w])\nsaver = saver or None"),
    ],
    ids=["reshape", "helper", "key", "loop", "try", "initialized-after", "saved-again", "rebound"],
)
def test_what_is_not_understood_keeps_the_session(code: str):
    result = rewrite(code)
    (site,) = result.sites
    assert "load_checkpoint" not in result.after
    if site.level is Level.NATIVE:
        assert "saver.restore(sess, " in result.after
        assert "_value = sess.run([w, b])" in result.after


def test_a_variable_made_after_the_saver_is_not_restored():
    code = script().replace(
        "b = tf.Variable(2.0, name='b')\ny = x * w + b\nsaver = tf.train.Saver()",
        "saver = tf.train.Saver()\nb = tf.Variable(2.0, name='b')\ny = x * w + b",
    )
    assert "load_checkpoint" not in rewrite(code).after


def test_a_variable_made_after_the_list_is_not_restored():
    code = script("saver = tf.train.Saver(known)").replace("b = tf.V", "known = tf.global_variables()\nb = tf.V")
    assert "load_checkpoint" not in rewrite(code).after


def test_trainable_variables_are_not_all_where_one_is_fixed():
    code = script("saver = tf.train.Saver(tf.trainable_variables())").replace("2.0, name", "2.0, trainable=False, name")
    assert "load_checkpoint" not in rewrite(code).after


def test_another_session_has_other_values():
    code = f"{HEAD}saver = tf.train.Saver()\nwith tf.Session() as other:\n    saver.restore(other, 'a')\n"
    code += f"with tf.Session() as sess:\n    sess.run(tf.global_variables_initializer())\n    {EXPORT}"
    assert "load_checkpoint" not in rewrite(code).after


def test_a_restore_after_the_export_is_not_exported():
    code = script(
        "saver = tf.train.Saver()",
        "sess.run(tf.global_variables_initializer())",
        after="    saver.restore(sess, 'a')\n",
    )
    (site,) = rewrite(code).sites
    assert site.level is not Level.NATIVE


@pytest.mark.parametrize("call", ["tf.train.init_from_checkpoint('a', {'/': '/'})", "tf.train.warm_start('a')"])
def test_initializers_that_read_a_checkpoint_are_run(call: str):
    code = script(call, "sess.run(tf.global_variables_initializer())")
    check_native(code, f"tf.compat.v1.{call.removeprefix('tf.')}", "_value = sess.run([w, b])")


def test_values_assigned_in_a_session_that_stays_are_read_from_it():
    code = script(
        "z = y * 3.0",
        "sess.run(tf.global_variables_initializer())",
        "sess.run(w.assign(5.0))",
        "print(sess.run(z, {x: [1.0]}))",
    )
    assert "_value = sess.run([w, b])" in check_native(code)


def test_variables_that_nobody_sees_are_not_restored():
    code = script().replace(
        "w = tf.Variable(1.0, name='w')\nb = tf.Variable(2.0, name='b')\ny = x * w + b", "y = x * 2.0"
    )
    (site,) = rewrite(code).sites
    assert any("are made elsewhere" in refusal.reason for refusal in site.refusals)
