from __future__ import annotations

import ast

import pytest

from migrate.source.python2 import convert
from migrate.source.python2.convert import looks_like_python2, modern, readable


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print 'a', b\n", "print('a', b)\n"),
        ("print\n", "print()\n"),
        ("print 'a',\n", "print('a', end=' ')\n"),
        ("print >>f, 'a'\n", "print('a', file=f)\n"),
        ("try:\n  f()\nexcept E, e:\n  pass\n", "try:\n  f()\nexcept E as e:\n  pass\n"),
        ("raise E, 'said'\n", "raise E('said')\n"),
        ("exec 'x'\n", "exec('x')\n"),
        ("x = `y`\n", "x = repr(y)\n"),
        ("if a <> b: pass\n", "if a != b: pass\n"),
        ("x = 0777 + 12L\n", "x = 0o777 + 12\n"),
        ("x = ur'a'; print x\n", "x = r'a'; print(x)\n"),
        ("print d.has_key(k)\n", "print(k in d)\n"),
        ("print range(3), xrange(3)\n", "print(list(range(3)), range(3))\n"),
        ("print d.keys()\n", "print(list(d.keys()))\n"),
        ("print map(f, x)\n", "print(list(map(f, x)))\n"),
        ("print 1; print(x.y)\n", "print(1); print(x.y)\n"),
        ("print 'é'; print (f(x)); print ('é %s' % x)\n", "print('é'); print(f(x)); print('é %s' % x)\n"),
        ("print (a.b, 1)\n", "print((a.b, 1))\n"),
        ("print (a.b) + (c.d)\n", "print((a.b) + (c.d))\n"),
        ("print 1; print(f(x),\n  2), 3\n", "print(1); print((f(x),\n  2), 3)\n"),
    ],
)
def test_python_2_becomes_python_3(old: str, new: str):
    found = modern(old)
    assert found is not None
    assert found.text == new
    assert found.uncertain is None


def test_what_is_not_python_2_alone_stays_byte_for_byte():
    old = "# -*- coding: utf-8 -*-\r\nx = u'\xe9'  # a  \r\n\r\ndef f( a,b ) :\r\n\tprint a\r\n\treturn  a"
    found = modern(old)
    assert found is not None
    assert readable(old) == found.text == old.replace("print a", "print(a)")
    assert found.changed == (5,)


def test_tabs_that_python_3_finds_ambiguous_become_spaces():
    old = "if a:\n\tx = '''\n\ty'''\n        z = 1\n\t# said\n\tw = (1,\n\t2)\n"
    found = modern(old)
    assert found is not None
    assert found.text == "if a:\n        x = '''\n\ty'''\n        z = 1\n        # said\n        w = (1,\n\t2)\n"
    ast.parse(found.text)


def test_lines_are_known_where_their_number_changes():
    found = modern("def f((a, b)):\n    print a\n\nf(1)\n")
    assert found is not None
    line = found.text.split("\n").index("f(1)") + 1
    assert line == 5
    assert found.old_line(line) == 4
    assert found.old_line(1) == 1


@pytest.mark.parametrize("text", ["x = = 1\n", "print 'a\n", "def f(:\n", "x = ???\n"])
def test_what_is_no_python_2_either_is_not_touched(text: str):
    assert modern(text) is None
    assert readable(text) == text


def test_code_that_has_no_python_3_is_not_guessed_about():
    found = modern("print map(None, a, b)\n")
    assert found is not None
    assert found.uncertain is not None
    assert found.uncertain[0].startswith("Python 2 code that Python 3 has not")


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("print 'a'\n", True),
        ("try:\n  f()\nexcept E, e:\n  pass\n", True),
        ("if a <> b:\n  pass\n", True),
        ("if a:\n\tx = 1\n        y = 2\n", True),
        ("x = (\n", False),
        ("h1 = # complete\n", False),
    ],
)
def test_a_look_tells_python_2(text: str, looks: bool):
    with pytest.raises(SyntaxError) as raised:
        ast.parse(text)
    assert looks_like_python2(text, raised.value) is looks


def test_without_fissix_nothing_is_converted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "fissix", None)
    monkeypatch.setitem(__import__("sys").modules, "fissix.pgen2.parse", None)
    assert not convert.can_convert()
    assert modern("print 'nobody has asked for this before'\n") is None
