"""Calls of helpers become their statements."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.source.inlining.expand import expand
from migrate.source.inlining.paths import definition_at, path_of
from migrate.source.inlining.text import Source
from migrate.source.unprovable import Inapplicable, Unprovable

IMPORT = "import tensorflow as tf\n\n\n"
GUARD = '\n\nif __name__ == "__main__":\n    main()\n'


def body(code: str) -> str:
    """The statements of `main` after all calls in it became statements."""
    text = expand(IMPORT + dedent(code).strip("\n") + GUARD, ("main",)).text
    main = definition_at(ast.parse(text), ("main",))
    assert isinstance(main, ast.FunctionDef)
    lines = text.split("\n")[main.lineno : main.end_lineno]
    return dedent("\n".join(lines)).strip()


def reason(code: str) -> str:
    with pytest.raises(Unprovable) as refused:
        body(code)
    return refused.value.reason


def test_a_tuple_of_tensors_gets_the_callers_names():
    assert (
        body("""
        def build(size):
            # The input.
            x = tf.placeholder(tf.float32, [None, size])
            return x, tf.nn.relu(x)

        def main():
            images, scores = build(3)  # the graph
            print(images, scores)
    """)
        == dedent("""
        # the graph
        # The input.
        images = tf.placeholder(tf.float32, [None, 3])
        scores = tf.nn.relu(images)
        print(images, scores)
    """).strip()
    )


def test_local_names_stay_apart():
    assert (
        body("""
        def layer(t, units):
            w = tf.Variable(tf.zeros([units]))
            return t * w

        def main():
            w = 5
            a = layer(1.0, w)
            b = layer(a, w)
            print(a, b, w)
    """)
        == dedent("""
        w = 5
        w_2 = tf.Variable(tf.zeros([w]))
        a = 1.0 * w_2
        w_3 = tf.Variable(tf.zeros([w]))
        b = a * w_3
        print(a, b, w)
    """).strip()
    )


def test_a_parameter_that_is_set_gets_a_name_of_its_own():
    assert "x_2 = x\nx_2 = x_2 + 1\n" in body("""
        def layer(x):
            x = x + 1
            return tf.Variable(x)

        def main():
            x = 1
            print(layer(x), x)
    """)


def test_a_function_that_keeps_a_parameter_keeps_its_value():
    found = body("""
        def layer(t):
            w = tf.Variable(1.0)
            return lambda s: t * w * s

        def main():
            z = 1
            f = layer(z)
            z = 2
            print(f(z))
    """)
    assert "t = z\n" in found
    assert "lambda s: t * w * s" in found


def test_a_call_inside_an_expression_is_evaluated_before_it():
    assert (
        body("""
        def weight(shape):
            return tf.Variable(tf.zeros(shape))

        def main():
            x = tf.nn.relu(tf.matmul(weight([3, 3]), weight([3, 2])))
            print(x)
    """)
        == dedent("""
        weight_value = tf.Variable(tf.zeros([3, 3]))
        weight_value_2 = tf.Variable(tf.zeros([3, 2]))
        x = tf.nn.relu(tf.matmul(weight_value, weight_value_2))
        print(x)
    """).strip()
    )


def test_arguments_decide_tests():
    code = """
        def layer(t, activation=None, training=False):
            w = tf.Variable(t)
            if training:
                w = tf.nn.dropout(w, 0.5)
            if activation is None:
                # Linear.
                return w
            elif activation == 'relu':
                return tf.nn.relu(w)
            return activation(w)

        def main():
            y = layer(CALL)
            print(y)
    """
    assert body(code.replace("CALL", "1.0")) == "w = tf.Variable(1.0)\n# Linear.\ny = w\nprint(y)"
    assert body(code.replace("CALL", "1.0, 'relu'")) == "w = tf.Variable(1.0)\ny = tf.nn.relu(w)\nprint(y)"
    assert "if tf.nn.tanh == 'relu':" in body(code.replace("CALL", "1.0, tf.nn.tanh"))
    assert "dropout" in body(code.replace("CALL", "1.0, training=True"))


def test_early_returns_become_branches():
    assert (
        body("""
        def layer(t, n):
            w = tf.Variable(t)
            if n > 3:
                return w

            # Small.
            w = w + n
            return w

        def main(n):
            y = layer(1.0, n)
            print(y)
    """)
        == dedent("""
        y = tf.Variable(1.0)
        if n > 3:
            pass

        else:
            # Small.
            y = y + n
        print(y)
    """).strip()
    )


def test_where_nothing_is_returned_the_value_is_none():
    found = body("""
        def layer(n):
            if n > 3:
                return tf.Variable(1.0)
            elif n > 2:
                return tf.Variable(2.0)

        def main(n):
            y = layer(n)
            print(y)
    """)
    assert found.endswith("else:\n    y = None\nprint(y)")
    assert body("def make():\n    tf.Variable(1.0)\n\ndef main():\n    v = make()").endswith("v = None")


def test_strings_over_several_lines_keep_their_text():
    text = 'def build():\n    text = """a\n  b\n    c"""\n    return tf.Variable(text)\n\n\ndef main():\n    if True:\n        y = build()\n'
    assert 'text = """a\n  b\n    c"""' in expand(IMPORT + text + GUARD, ("main",)).text


def test_tabs():
    text = "def build(n):\n\tif n:\n\t\treturn tf.Variable(1.0)\n\treturn tf.Variable(2.0)\n\n\ndef main(n):\n\ty = build(n)\n"
    found = expand(IMPORT + text + GUARD, ("main",)).text
    assert "def main(n):\n\tif n:\n\t\ty = tf.Variable(1.0)\n\telse:\n\t\ty = tf.Variable(2.0)\n" in found


def test_objects_become_names():
    assert (
        body("""
        class Base(object):
            scope = 'base'

            def __init__(self, size):
                self.size = size
                self.x = tf.placeholder(tf.float32, [None, size], name=self.scope)
                self._y = self.build(self.x)

            def build(self, x):
                return x

        class Net(Base):
            scope = 'net'

            def __init__(self, size=2):
                super().__init__(size)
                self.input = [self.double]

            def build(self, x):
                return Base.build(self, x) + 1.0

            @property
            def double(self):
                return self._y * 2.0

        def main():
            net = Net()
            print(net.x, net.input)
    """)
        == dedent("""
        x = tf.placeholder(tf.float32, [None, 2], name='net')
        build_value = x
        y = build_value + 1.0
        double_value = y * 2.0
        net_input = [double_value]
        print(x, net_input)
    """).strip()
    )


def test_an_object_without_a_name_gets_one():
    assert (
        body("""
        class Net(object):
            def __init__(self):
                self.w = tf.Variable(1.0)

        def show(net):
            print(net.w)

        def main():
            show(Net())
    """)
        == "w = tf.Variable(1.0)\nprint(w)"
    )


def test_named_tuples_and_dictionaries_of_helpers_become_names():
    assert (
        body("""
        import collections
        Ends = collections.namedtuple('Ends', 'x y')

        def build():
            x = tf.Variable(1.0)
            return Ends(x=x, y=x * 2.0)

        def more(x):
            w = tf.Variable(x)
            return {'w': w, 'twice': w * 2.0}

        def main():
            ends = build()
            made = more(3.0)
            print(ends.x, ends.y, made['twice'])
    """)
        == dedent("""
        x = tf.Variable(1.0)
        y = x * 2.0
        w = tf.Variable(3.0)
        twice = w * 2.0
        print(x, y, twice)
    """).strip()
    )


def test_what_only_computes_stays_a_function():
    code = "def double(x):\n    return x * 2.0\n\n\ndef main():\n    print(double(tf.Variable(1.0)))\n"
    with pytest.raises(Inapplicable):
        expand(IMPORT + code + GUARD, ("main",))


@pytest.mark.parametrize(
    ("helper", "said"),
    [
        ("def f(x):\n    return f(tf.Variable(x))", "calls itself"),
        ("def f(x):\n    yield tf.Variable(x)", "generator"),
        ("def f(x):\n    global n\n    n = tf.Variable(x)", "sets names of the module"),
        ("def f(x):\n    for i in x:\n        return tf.Variable(i)", "returns from the middle"),
        ("def f(x, seen=[]):\n    return tf.Variable(seen)", "evaluated when it is defined"),
        ("def f(*x):\n    return tf.Variable(x)", "any number of arguments"),
        ("import functools\n@functools.lru_cache\ndef f(x):\n    return tf.Variable(x)", "decorator"),
        ("n = 1\ndef f(x):\n    return tf.Variable(x * n)", "means something else"),
        ("def f(x): return tf.Variable(x)", "one line"),
        ("def f(x):\n    return tf.Variable(locals()['x'])", "locals()"),
        ("def f(x):\n    return [tf.Variable(f'{x_1}') for x_1 in x]\n", "f-string"),
    ],
)
def test_what_is_refused(helper: str, said: str):
    code = helper.replace("x_1", "m") + "\n\n\ndef main():\n    n, m = 2, 3\n    y = f(n)\n    print(y, m)\n"
    if said == "f-string":
        code = "def f(x):\n    m = tf.Variable(x)\n    print(f'{m}')\n    return m\n\n\ndef main():\n    m = 1\n    y = f(m)\n"
    assert said in reason(code)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ("    other = net", "handed on"),
        ("    print(net)", "handed on"),
        ("    print(net.step)", "a method"),
        ("    print(net.nothing)", "nothing that this file sets"),
        ("    print({net.step() for _ in range(2)})", "inside a larger expression"),
        ("    Net.scale = 3", "attribute of the class"),
    ],
)
def test_objects_that_are_more_than_names(use: str, said: str):
    code = """
        class Net(object):
            def __init__(self):
                self.w = tf.Variable(1.0)

            def step(self):
                return self.w + 1.0

        def main():
            net = Net()
    """
    assert said in reason(dedent(code) + use)


def test_what_nothing_uses_any_more_goes_from_a_script_only():
    code = "def build():\n    return tf.Variable(1.0)\n\n\ndef main():\n    y = build()\n    print(y)\n"
    script = expand(IMPORT + code + GUARD, ("main",))
    assert (script.gone, "def build" in script.text) == ((("build",),), False)
    library = expand(IMPORT + code, ("main",))
    assert (library.gone, "def build" in library.text) == ((), True)
    private = expand(IMPORT + code.replace("build", "_build"), ("main",))
    assert private.gone == (("_build",),)


def test_paths():
    source = Source("class A:\n    def f(self):\n        def g(): pass\n")
    function = definition_at(source.tree, ("A", "f", "g"))
    assert path_of(source, function) == ("A", "f", "g")
    assert definition_at(source.tree, ()) is source.tree
    with pytest.raises(Unprovable):
        definition_at(source.tree, ("B",))
