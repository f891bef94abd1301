import ast
from textwrap import dedent

import pytest

from migrate.source.inlining.comprehensions import one_expression
from migrate.source.inlining.expand import expand
from migrate.source.unprovable import Unprovable


def main_of(code: str) -> str:
    text = "import tensorflow as tf\n" + dedent(code)
    found = expand(text + "\n\nmain()\n", ("main",))
    tree = ast.parse(found.text)
    return next(ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")


def test_helpers_that_make_cells_are_read_in_the_comprehension():
    text = main_of("""
        def cell(size, keep):
            lstm = tf.nn.rnn_cell.BasicLSTMCell(size)
            return tf.nn.rnn_cell.DropoutWrapper(lstm, output_keep_prob=keep)

        def main():
            keep = tf.placeholder(tf.float32)
            cells = [cell(8, keep) for _ in range(2)]
            return tf.nn.rnn_cell.MultiRNNCell(cells)
    """)
    wanted = "DropoutWrapper(tf.nn.rnn_cell.BasicLSTMCell(8), output_keep_prob=keep) for _ in range(2)]"
    assert wanted in text


def test_helpers_that_make_variables_turn_the_comprehension_into_a_loop():
    text = main_of("""
        def weight(size):
            w = tf.get_variable("w%d" % size, [size])
            return tf.reduce_sum(w)

        def main():
            sums = [weight(size) for size in (2, 3)]
            return tf.add_n(sums)
    """)
    assert "sums = []\n    for size in (2, 3):\n" in text
    assert "sums.append(" in text
    assert "weight(" not in text.replace("weight_value", "")


def test_a_comprehension_within_a_statement_gets_a_name():
    text = main_of("""
        def weight(size):
            return tf.get_variable("w%d" % size, [size])

        def main():
            return tf.concat([weight(size) for size in (2, 3)], 0)
    """)
    assert "made = []" in text
    assert "tf.concat(made, 0)" in text


def test_the_target_of_the_loop_gets_a_name_of_its_own():
    text = main_of("""
        def weight(size):
            return tf.get_variable("w%d" % size, [size])

        def main():
            size = 5
            made = [weight(size) for size in (2, 3)]
            return made, size
    """)
    assert "for size_2 in (2, 3):" in text
    assert "return (made, size)" in text


def test_an_operator_keeps_to_itself():
    text = main_of("""
        class Net:
            def __init__(self):
                self.w = tf.Variable(1.0)

            def step(self):
                return self.w + 1.0

        def main():
            net = Net()
            return [net.step() * 2.0 for _ in range(2)]
    """)
    assert "(w + 1.0) * 2.0" in text


@pytest.mark.parametrize(
    "element",
    ["{weight(n) for n in (2, 3)}", "[weight(n) for n in (2, 3) if n > 2]", "[[weight(n)] for n in () for m in ()]"],
)
def test_other_comprehensions_are_refused(element: str):
    code = f"""
        import tensorflow as tf

        def weight(n):
            return tf.get_variable("w%d" % n, [n])

        def main():
            return {element}
    """
    with pytest.raises(Unprovable) as refused:
        expand(dedent(code), ("main",))
    assert "inside a larger expression" in refused.value.reason


def test_earlier_code_of_the_statement_keeps_a_comprehension_in_its_place():
    code = """
        import tensorflow as tf

        def weight(n):
            return tf.get_variable("w%d" % n, [n])

        def main():
            return len(input()), [weight(n) for n in (2, 3)]
    """
    with pytest.raises(Unprovable) as refused:
        expand(dedent(code), ("main",))
    assert "behind other code" in refused.value.reason


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        ("a = f()\nb = g(a)\nh(b, 1)", "h(g(f()), 1)"),
        ("h(1)", "h(1)"),
        ("a = f()\nh(a, a)", None),
        ("a = f()\nb = g()\nh(b, a)", None),
        ("a = f()\nh(g(), a)", None),
        ("a = f()\nh(1 if c else a)", None),
        ("a, b = f()\nh(a)", None),
        ("print(1)\nh(2)", None),
    ],
)
def test_one_expression(block: str, wanted: str | None):
    *statements, last = ast.parse(block).body
    assert isinstance(last, ast.Expr)
    found = one_expression(statements, last.value)
    assert (None if found is None else ast.unparse(found)) == wanted
