"""Computation that several signatures need becomes a method, not a copy."""

from __future__ import annotations

import ast

from checks import check_native

HEAD = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 3], name='x')
w = tf.Variable([1.0, 2.0, 3.0], name='w')
"""


def exported(graph: str, **signatures: tuple[str, str]) -> str:
    """A script whose signatures have these inputs and outputs."""
    entries = "".join(
        f"    '{key}': tf.saved_model.predict_signature_def({inputs}, {outputs}),\n"
        for key, (inputs, outputs) in signatures.items()
    )
    return (
        f"{HEAD}{graph}with tf.Session() as sess:\n  sess.run(tf.global_variables_initializer())\n"
        f"  b = tf.saved_model.Builder('out')\n  b.add_meta_graph_and_variables(sess, ['serve'], {{\n{entries}  }})\n  b.save()\n"
    )


def methods(after: str) -> dict[str, ast.FunctionDef]:
    """The methods of the one class."""
    (model,) = (node for node in ast.parse(after).body if isinstance(node, ast.ClassDef))
    return {node.name: node for node in model.body if isinstance(node, ast.FunctionDef)}


def test_what_two_signatures_need_is_a_method():
    after = check_native(
        exported(
            "h = tf.nn.relu(x * w)\na = h + 1.0\nb_ = tf.reduce_sum(h, 1)\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'x': x}", "{'b': b_}"),
        )
    )
    made = methods(after)
    (shared,) = set(made) - {"__init__", "first", "second"}
    assert after.count("tf.nn.relu(") == 1
    assert "tf.nn.relu" in ast.unparse(made[shared])
    assert f"self.{shared}(x)" in ast.unparse(made["first"])
    assert f"self.{shared}(x)" in ast.unparse(made["second"])
    assert made["first"].decorator_list
    assert not made[shared].decorator_list


def test_signatures_that_share_nothing_have_no_method():
    after = check_native(
        exported("a = x + 1.0\nb_ = x * 2.0\n", first=("{'x': x}", "{'a': a}"), second=("{'x': x}", "{'b': b_}"))
    )
    assert set(methods(after)) - {"__init__"} == {"first", "second"}


def test_equal_signatures_share_one_function():
    after = check_native(exported("a = x * w\n", first=("{'x': x}", "{'a': a}"), second=("{'x': x}", "{'a': a}")))
    assert set(methods(after)) - {"__init__"} == {"first"}
    assert after.count("model.first") == 2


def test_variables_are_shared_not_computation():
    after = check_native(
        exported(
            "z = tf.placeholder(tf.float32, [None, 3])\na = x * w\nb_ = z * w\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'z': z}", "{'b': b_}"),
        )
    )
    assert after.count("tf.Variable(") == 1


def test_a_signature_fed_in_the_middle_does_not_compute_what_is_fed():
    after = check_native(
        exported(
            "h = tf.reshape(x * w, [-1, 3])\na = h + 1.0\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'h': h}", "{'a': a}"),
        )
    )
    made = methods(after)
    assert "tf.reshape" in after
    assert "reshape" not in ast.unparse(made["second"])
    assert "self.w" not in ast.unparse(made["second"])


def test_a_shared_condition_moves_as_a_whole():
    after = check_native(
        exported(
            "import sys\nif len(sys.argv) > 50:\n  h = x * w\nelse:\n  h = x + w\na = h + 1.0\nb_ = h * 2.0\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'x': x}", "{'b': b_}"),
        )
    )
    assert after.count("x + self.w") == 1


def test_three_signatures_with_two_kinds_of_shared_work():
    after = check_native(
        exported(
            "g = tf.nn.relu(x * w)\nh = tf.nn.tanh(g)\na = g + 1.0\nb_ = h * 2.0\nc = h * 3.0\n",
            one=("{'x': x}", "{'a': a}"),
            two=("{'x': x}", "{'b': b_}"),
            three=("{'x': x}", "{'c': c}"),
        )
    )
    assert after.count("tf.nn.relu(") == 1
    assert after.count("tf.nn.tanh(") == 1


def test_a_result_that_a_caller_does_not_read_is_dropped_there():
    after = check_native(
        exported(
            "g = tf.nn.relu(x * w)\nm, v = tf.nn.moments(g, [0])\na = m + 1.0\nb_ = m * v\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'x': x}", "{'b': b_}"),
        )
    )
    first = ast.unparse(methods(after)["first"])
    assert "v = " not in first.replace("_, v", "")


def test_a_result_that_a_branch_may_leave_as_it_is_is_read():
    after = check_native(
        exported(
            "h = tf.nn.relu(x * w)\nout = tf.nn.relu(h)\nd = {'a': out + 1.0}\nif LIMIT > 3.0:\n  out = d['a'] * 2.0\n",
            first=("{'x': x}", "{'a': tf.identity(d['a'])}"),
            second=("{'x': x}", "{'out': out}"),
        ).replace("import tensorflow as tf\n", "import tensorflow as tf\nLIMIT = 2.0\n")
    )
    second = ast.unparse(methods(after)["second"])
    assert "out, d = self.compute_outputs(x)" in second
    assert "if LIMIT > 3.0:\n        out = d['a'] * 2.0" in second


def test_a_method_whose_result_would_replace_a_later_value_of_the_name_is_a_copy():
    after = check_native(
        exported(
            "h = x * w\ng = tf.nn.relu(h)\nh = x - 1.0\nk = g + 1.0\na = k * 2.0\nb_ = k + h\n",
            first=("{'x': x}", "{'a': a}"),
            second=("{'x': x}", "{'b': b_}"),
        )
    )
    second = ast.unparse(methods(after)["second"])
    assert second.rindex("h = x - 1.0") > second.rfind("h = x * self.w")


def test_a_loop_does_not_give_back_the_modules_it_calls():
    after = check_native(
        "import tensorflow as tf\n\ndef main():\n"
        "    x = tf.placeholder(tf.float32, [None], name='x')\n    k = tf.constant(-1.5)\n"
        "    for step in range(2):\n        k *= 2.0\n        unused = tf.identity(k + x)\n"
        "    with tf.Session() as sess:\n"
        "        tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': tf.negative(k)})\n"
        "        tf.saved_model.simple_save(sess, 'other', {'x': x}, {'y': tf.negative(k - x)})\n\nmain()\n",
        "        return k\n",
        without=("k, tf",),
    )
    assert "compute_k" in methods(after)
