"""What can be left out when a module is parsed, and what stands in its place."""

from __future__ import annotations

import ast

import pytest

from migrate.source.emit.stubs import Stubs, blocks


def stubbed(text: str, line: int = 0) -> str:
    tree = ast.parse(text)
    stubs = Stubs(text, tree)
    return stubs.text(list(stubs.of(tree.body, line)), 1, len(stubs.lines))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = f(1,\n  2)  # c\nb = 1\n", "...\n...\n"),
        ("a = 1", "..."),
        ("a = 1\r\nb = 2\r\n", "...\r\n...\r\n"),
        ("# above\na = 1\n  # right\n\nb = 2\n", "# above\n...\n  # right\n\n...\n"),
        ("@d\nasync def f(a):\n  # c\n\n  return a\n", "def f():\n  pass\n"),
        ("class A(B):\n\tx = 1\n", "class A:\n\tpass\n"),
        ("if a:\n  b\nelif c:\n  d\nelse:\n  e\n", "if 0:\n  pass\n"),
        ("for a in b: c()\n", "...\n"),
    ],
)
def test_what_stands_in_its_place(text, expected):
    assert stubbed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '"""Doc."""\n',
        "import a\n",
        "tf = tf.compat.v1\n",
        "pass\n",
        "a = 1; b = 2\n",
        "a = 1; \\\n b = 2\n",
        "def f(): return 1\n",
        "if a:\n    import b\n",
        "match a:\n  case 1:\n    pass\n",
        "a = 1\n\f\n",
    ],
)
def test_what_stays(text):
    assert stubbed(text) == text


def test_of_blocks_indented_differently_each_statement():
    assert stubbed("if a:\n    b\nelse:\n  c\n") == "if a:\n    ...\nelse:\n  ...\n"


def test_around_an_import():
    assert stubbed("def f():\n  a = 1\n  import b\n  c = 2\n") == "def f():\n  ...\n  import b\n  ...\n"


def test_what_has_a_line_is_kept():
    text = "with a:\n  b\n  if c:\n    d\nelse_ = 1\n"
    assert stubbed(text, 4) == "with a:\n  ...\n  if c:\n    d\n...\n"


def test_the_blocks_of_a_statement():
    node = ast.parse("try:\n  a\nexcept B:\n  b\nfinally:\n  c\n").body[0]
    assert [ast.unparse(block[0]) for block in blocks(node)] == ["a", "b", "c"]
    assert blocks(ast.parse("a = 1").body[0]) == []
