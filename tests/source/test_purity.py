"""Plain Python that may be evaluated at another place, and what may not."""

from __future__ import annotations

import pytest
from checks import expression, kinds, value

from migrate.source.purity import Purity

HEAD = "import tensorflow as tf\nimport numpy as np\nimport os\nimport random\nimport time\nimport math\n"


def pure(text: str, before: str = "") -> bool:
    found = kinds(f"{HEAD}{before}\nuse({text})\n")
    return Purity(found).pure(expression(found.region, text))


def movable(code: str) -> bool:
    found = kinds(f"{HEAD}{code}\nprint(it)\n")
    return Purity(found).movable(value(found.region, "it"))


@pytest.mark.parametrize(
    "text",
    [
        "1 + 2",
        "'a' * 3",
        "[1, (2, 3), {'a': 4}]",
        "len('abc')",
        "max(1, 2)",
        "[i * 2 for i in range(3)]",
        "np.zeros([2], dtype=np.float32)",
        "np.array([1.0]).astype(np.float32)",
        "np.linspace(0.0, 1.0, 5)",
        "math.sqrt(2.0)",
        "os.path.join('a', 'b')",
        "'%d' % 3",
        "'{}'.format(3)",
        "tf.float32",
        "tf.FixedLenFeature([1], tf.float32)",
        "1 if True else 2",
    ],
)
def test_pure(text: str):
    assert pure(text)


@pytest.mark.parametrize(
    "text",
    [
        "input()",
        "open('f').read()",
        "print(1)",
        "next(it)",
        "np.random.rand(3)",
        "np.random.RandomState().rand(3)",
        "random.random()",
        "time.time()",
        "os.getcwd()",
        "os.path.exists('a')",
        "os.listdir('.')",
        "tf.gfile.Exists('a')",
        "tf.placeholder(tf.float32)",
        "mystery()",
        "mystery.method()",
        "[].append(1)",
        "[print(i) for i in range(3)]",
        "(a := 3)",
        "np.load('f')",
        "__import__('os')",
    ],
)
def test_not_pure(text: str):
    assert not pure(text, "it = iter([1])")


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        ("def f(a):\n  return a + 1\n", True),
        ("def f(a):\n  b = a * 2\n  return [b for i in range(3)]\n", True),
        ("def f(a):\n  print(a)\n  return a\n", False),
        ("def f(a):\n  global G\n  G = a\n  return a\n", False),
        ("def f(a):\n  a.x = 1\n  return a\n", False),
        ("def f(a):\n  a[0] = 1\n  return a\n", False),
        ("def f(a):\n  a.append(1)\n  return a\n", False),
        ("def f(a):\n  del a[0]\n  return a\n", False),
        ("def f(a):\n  yield a\n", False),
        ("def f(a):\n  return np.random.rand(a)\n", False),
        ("def f(a):\n  return g(a)\ndef g(a):\n  return a + 1\n", True),
        ("def f(a):\n  return g(a)\ndef g(a):\n  print(a)\n", False),
        ("def f(a):\n  return f(a - 1) if a else 0\n", False),
        ("def f(a):\n  return tf.square(a)\n", False),
        ("@deco\ndef f(a):\n  return a\n", False),
        ("def f(a):\n  raise ValueError(a)\n", False),
        ("def f(a):\n  a += [1]\n  return a\n", False),
    ],
)
def test_functions_of_the_file(function: str, answer: bool):
    found = kinds(f"{HEAD}{function}use(f(1))\n")
    node = found.region.function(expression(found.region, "f(1)").func)
    assert node is not None
    assert Purity(found).pure_function(node) is answer


@pytest.mark.parametrize(
    "code",
    [
        "it = 3",
        "a = 2\nit = a + 1",
        "it = np.zeros(3)",
        "it = [1, 2]",
        "with tf.name_scope('s'):\n  it = 3",
        "it: int = 3",
    ],
)
def test_values_that_may_move(code: str):
    assert movable(code)


@pytest.mark.parametrize(
    "code",
    [
        "it = input()",
        "a = input()\nit = a + 'b'",
        "it = []\nit.append(1)",
        "it = [1]\nother = 1\nit[0] = 2",
        "it = 1\nit += 1",
        "for it in range(3):\n  pass",
        "for i in range(3):\n  it = i",
        "try:\n  it = 1\nexcept E:\n  it = 2",
        "if c:\n  it = 1\nelse:\n  it = 2",
        "it, other = f()",
        "with open('f') as it:\n  pass",
        "def it(): pass",
        "it = tf.constant(1.0)",
    ],
)
def test_values_that_may_not(code: str):
    assert not movable(code)
