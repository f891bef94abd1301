"""Exports in loops and try statements, and sessions under the condition of the export."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest
from checks import check_native, check_not_native
from running import check_equal

HEAD = """\
import os
import tensorflow as tf
def main(out):
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable({value}, name='w')
    y = tf.matmul(x, w)
    saver = tf.train.Saver()
    up = w.assign_add([[1.0], [1.0]])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
"""
SAVE = """\
builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(out, name))
signature = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y})
builder.add_meta_graph_and_variables(sess, ['serve'], {'serving_default': signature})
builder.save()"""


def script(code: str, value: str = "[[1.0], [2.0]]") -> str:
    """Code in a session; SAVE in it is an export to `name`."""
    lines = []
    for line in dedent(code).strip().split("\n"):
        margin = line[: len(line) - len(line.lstrip())]
        lines.append(indent(SAVE, margin) if line.strip() == "SAVE" else line)
    return HEAD.format(value=value) + indent("\n".join(lines), " " * 8) + "\n"


@pytest.mark.parametrize(
    "code",
    [
        "for name in ['a', 'b']:\n    SAVE",
        "name = 'a'\nwhile True:\n    SAVE\n    break",
        "for name in ['a', 'b']:\n    if os.path.exists(name):\n        continue\n    SAVE",
        "name = 'a'\ntry:\n    SAVE\nexcept Exception as error:\n    print(error)",
        "name = 'a'\ntry:\n    SAVE\nexcept AssertionError:\n    raise\nelse:\n    print('saved')\nfinally:\n    print('end')",
        "for name in ['a', 'b']:\n    try:\n        SAVE\n    except AssertionError:\n        break",
    ],
)
def test_the_save_takes_the_place_of_the_export(code: str):
    after = check_native(script(code), "model = ExportedModel()", without=("Session", "compat.v1"))
    assert len(after.split("model = ExportedModel()\n")[0].split("\n")[-1]) >= 8, after


def test_a_checkpoint_after_the_other():
    code = script("for name in ['a', 'b']:\n    saver.restore(sess, name)\n    SAVE")
    check_native(code, "    for name in ['a', 'b']:\n        model = ExportedModel()\n        checkpoint = ")


def test_values_that_were_set_before_a_loop_are_set_once():
    after = check_native(script("w.load([[5.0], [1.0]], sess)\nfor name in ['a', 'b']:\n    SAVE"))
    assert "model.w.assign([[5.0], [1.0]])\n    for name in" in after


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("for name in ['a', 'b']:\n    sess.run(up)\n    SAVE", "in a loop with session code"),
        (
            "for name in ['a', 'b']:\n    w.load([[len(name) * 2.0], [1.0]], sess)\n    print(sess.run(up))\n    SAVE",
            "session",
        ),
        ("for name in ['a', 'b']:\n    SAVE\n    sess.run(up)", "after the export"),
        (
            "for name in ['a', 'b']:\n    if name == 'a':\n        saver.restore(sess, name)\n    SAVE",
            "set in some turns of the loop",
        ),
        (
            "name = 'a'\ntry:\n    sess.run(up)\n    SAVE\nexcept OSError:\n    pass",
            "in a try statement with session code",
        ),
        ("name = 'a'\ntry:\n    print(name)\nexcept OSError:\n    SAVE", "in a branch of a try statement"),
        ("name = 'a'\ntry:\n    print(name)\nfinally:\n    SAVE", "in a branch of a try statement"),
        ("for name in ['a']:\n    print(name)\nelse:\n    SAVE", "in a branch of a loop"),
        (
            "name = 'a'\nbuilder = tf.saved_model.Builder(out)\nfor name in ['a', 'b']:\n"
            "    builder.add_meta_graph_and_variables(sess, ['serve'], {'k':\n"
            "        tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y})})\nbuilder.save()",
            "only a part of the export stands in a loop",
        ),
    ],
)
def test_what_would_not_be_the_same_in_each_turn(code: str, reason: str):
    check_not_native(script(code), "TFM106" if "after" not in reason else "TFM107", reason)


def test_random_values_that_are_drawn_before_a_loop():
    code = script("for name in ['a', 'b']:\n    SAVE", "tf.random_normal([2, 1])")
    check_not_native(code, "TFM106", "its random values are drawn before")


def test_a_loop_that_adds_to_one_graph():
    code = """\
        import tensorflow as tf
        def main(out):
            for size in [2, 3]:
                with tf.Session() as sess:
                    x = tf.placeholder(tf.float32, [None, size], name='x')
                    tf.saved_model.simple_save(sess, out + str(size), {'x': x}, {'y': x * 2.0})
        """
    check_not_native(code, "TFM106", "loop")


@pytest.mark.slow
def test_the_numbers_are_the_same(tmp_path: Path):
    code = script(
        "for name in ['a', 'b', 'a']:\n    try:\n        SAVE\n    except AssertionError:\n        print('twice')"
    )
    check_equal(code + "main('out')\n", tmp_path, "out/a", "out/b")


# ---- the session's part under the condition of the export -----------------------------------------------------------

TRAINED = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 1], name='x')
w = tf.Variable([[1.0]], name='w')
y = tf.matmul(x, w)
up = w.assign_add([[1.0]])
flag = True
{before}
if {test}:
    # Train it.
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(3):
            print(sess.run(up))
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})
        {end}
"""


@pytest.mark.parametrize("test", ["__name__ == '__main__'", "flag", "not flag or flag"])
def test_a_condition_is_asked_twice(test: str):
    after = check_native(TRAINED.format(before="", test=test, end="print('done')"))
    assert after.count(f"if {test}:\n") == 2
    assert after.index("w_value = sess.run(w)") < after.rindex(f"\nif {test}:\n") < after.index("tf.saved_model.save(")
    assert after.index("tf.saved_model.save(") < after.index("print('done')")
    assert after.count("# Train it.") == 1


@pytest.mark.parametrize(
    ("before", "test", "end", "reason"),
    [
        ("", "len(out) > 1", "pass", "in a condition with session code"),
        ("", "args.train", "pass", "in a condition with session code"),
        ("", "flag", "flag = False", "in a condition with session code"),
        ("def stop():\n    global flag\n    flag = False", "flag", "stop()", "in a condition with session code"),
        ("", "flag", "print(sess.run(w))", "the session is used after the export"),
        ("", "flag", "pass\nelse:\n    print('no')", "in a condition with session code"),
    ],
)
def test_a_condition_that_may_turn_out_otherwise(before: str, test: str, end: str, reason: str):
    rule = "TFM107" if "after" in reason else "TFM106"
    check_not_native(TRAINED.format(before=before, test=test, end=end), rule, reason)
