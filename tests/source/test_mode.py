"""Files that switch TF2's behaviour off."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, check_not_native, rewrite, script

from migrate.results import Level
from migrate.source.mode import means_tf2, switches_mode
from migrate.source.symbols import Symbols


@pytest.mark.parametrize(
    ("code", "switches"),
    [
        ("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\n", True),
        ("import tensorflow as tf\ntf.compat.v1.disable_eager_execution()\n", True),
        ("def main():\n  import tensorflow.compat.v1 as tf\n  tf.disable_v2_behavior()\n", True),
        ("import tensorflow.compat.v1 as tf\n", False),
        ("import tensorflow.compat.v1 as tf\nf = tf.disable_v2_behavior\n", False),
        ("import other as tf\ntf.disable_v2_behavior()\n", False),
    ],
)
def test_who_switches(code: str, switches: bool):
    assert switches_mode(Symbols(ast.parse(code))) is switches


@pytest.mark.parametrize(
    ("code", "means"),
    [
        (b"  @tf.function\ndef f(x): return x\n", True),
        (b"class A(tf.Module):\n  pass\n", True),
        (b"tf.saved_model.save(model, path)\n", True),
        (b"model = tf.saved_model.load(path, tags=['serve'])\n", True),
        (b"tf.compat.v1.wrap_function(f, [])\n", True),
        (b"tf.saved_model.load(sess, ['serve'], path)\n", False),
        (b"saver.save(sess, path)\ntf.saved_model.simple_save(sess, path, {}, {})\n", False),
        (b"function = my.tf.functional\n", False),
    ],
)
def test_who_means_tf2(code: bytes, means: bool):
    assert means_tf2(code) is means


SWITCH = "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\n"


def test_the_switch_goes_with_the_last_tf1_code():
    code = script("w = tf.Variable(2.0)", "y = x * w").replace("import tensorflow as tf\n", SWITCH)
    check_native(code, "import tensorflow as tf\n", without=("disable_v2_behavior", "compat"))


def test_a_switch_that_other_code_needs_stays_and_the_site_is_flagged():
    code = script("y = x * 2.0").replace("import tensorflow as tf\n", SWITCH)
    code += "\ndef other():\n  with tf.Session() as s:\n    return s.run(tf.constant(1.0))\n"
    check_not_native(code, "TFM111", "other code")


def test_a_switch_and_a_site_that_stays():
    code = script("y = x * 2.0").replace("import tensorflow as tf\n", SWITCH)
    code += "\ndef other(sess, x, y):\n  tf.saved_model.simple_save(sess, 'b', {'x': x}, {'y': y})\n"
    result = rewrite(code)
    assert [site.level for site in result.sites] == [Level.NATIVE, Level.BRIDGED]
    assert "disable_eager_execution" not in result.after


def test_a_switch_in_a_function_of_its_own():
    code = script("y = x * 2.0").replace("import tensorflow as tf\n", "import tensorflow.compat.v1 as tf\n")
    code += "\ndef setup():\n  tf.disable_eager_execution()\n"
    after = check_native(code)
    assert "disable_eager_execution" not in after
