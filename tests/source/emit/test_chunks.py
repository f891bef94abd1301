"""A module that is read in parts is the module that is read at once."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping

import libcst as cst
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from migrate.source.emit.chunks import ChunkedModule
from migrate.source.emit.positions import Span, positions
from migrate.source.emit.unread import BlockText, ClassText, FunctionText, LineText, Unread

TEXT = '''\
# head

"""Doc."""
import os

# above f
@deco(
    1)
@other
# between
async def f(a, b=2):
    """Text
  that is not indented."""
    if a:
        return b  # behind
        # inner end

    # end of f

  # still of f
# above g


def g(): return 1
class A(object):

    x = 1
    def m(self):
        return tf.square(self.x)
    # end of A
\t
x = f(1); y = 2
class B:
  def m(self):
    pass
def late():
    import json
    return json
def v1():
    tf = tf.compat.v1
if x:
    def inner():
        pass
class Last:
    def m(self): pass

    # end of Last
# end
'''
TEXTS = {
    "plain": TEXT,
    "windows": TEXT.replace("\n", "\r\n"),
    "mixed": TEXT.replace("\n", "\r\n", 3),
    "mixed, the other way": TEXT.replace("\n", "\r\n").replace("\r\n", "\n", 3),
    "no last newline": TEXT.removesuffix("\n"),
    "ends in a definition": TEXT[: TEXT.index("\n\n    # end of Last")],
    "ends in a comment of a definition": TEXT.removesuffix("\n# end\n"),
    "starts with a definition": TEXT[TEXT.index("@deco") :],
    "two spaces first": "def z():\n  return 1\n" + TEXT,
    "tabs": TEXT.replace("\n  def m(self):", "\n    def m(self):")
    .replace("\n    pass", "\n        pass")
    .replace("    ", "\t"),
    "form feed": TEXT.replace("# above f", "\f"),
    "wide": TEXT.replace("inner end", "äöü€🐍"),
    "empty": "",
}


def _read_all(module: ChunkedModule, seed: int, text: str) -> dict[cst.CSTNode, Span]:
    lines = list(range(1, text.count("\n") + 2))
    random.Random(seed).shuffle(lines)
    spans = dict(module.spans)
    for line in lines:
        spans |= module.read(line) or {}
        assert module.module.code == text
    return spans


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_same_tree(text: str):
    module = ChunkedModule(text, ast.parse(text))
    assert module.module.code == text
    _read_all(module, 1, text)
    assert not module.chunks
    assert module.module.deep_equals(cst.parse_module(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_same_comments_above_what_is_not_read(text: str):
    whole = cst.parse_module(text)
    module = ChunkedModule(text, ast.parse(text)).module
    assert len(module.body) == len(whole.body)
    for mine, other in zip(module.body, whole.body, strict=True):
        assert isinstance(mine, cst.FunctionDef) == isinstance(other, cst.FunctionDef)
        assert isinstance(mine, cst.ClassDef) == isinstance(other, cst.ClassDef)
        above = zip(mine.leading_lines, other.leading_lines, strict=True)
        assert all(line.deep_equals(known) for line, known in above)


def test_what_is_not_read_is_text():
    module = ChunkedModule(TEXT, ast.parse(TEXT))
    texts = [node.name.value for node in module.module.body if isinstance(node, (FunctionText, ClassText))]
    # One-liners are short enough, imports and other names for TF1 are looked for everywhere.
    assert texts == ["f", "A", "B", "Last"]
    assert any(isinstance(node, BlockText) for node in module.module.body)


def test_of_what_is_read_the_rest_stays_text():
    text = "def f():\n    a = 1\n    with b:\n        c = 2\n        d = 3\n    e = 4\n"
    module = ChunkedModule(text, ast.parse(text))
    module.read(4)
    assert [chunk.first for chunk in module.chunks] == [2, 5, 6]
    function = module.module.body[0]
    assert isinstance(function, cst.FunctionDef)
    inner = function.body.body[1]
    assert isinstance(inner, cst.With)
    assert [type(one) for one in inner.body.body] == [cst.SimpleStatementLine, LineText]
    assert module.read(4) is None


def test_all_of_it_at_once():
    text = "def f():\n    a = 1\n    with b:\n        c = 2\n"
    module = ChunkedModule(text, ast.parse(text))
    module.read(1, whole=True)
    assert not module.chunks
    assert module.module.deep_equals(cst.parse_module(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_spans_are_those_of_the_whole_text(text: str):
    found = _read_all(ChunkedModule(text, ast.parse(text)), 2, text)
    known, _ = positions(cst.parse_module(text))
    assert _places(found) == _places(known)


def _places(spans: Mapping[cst.CSTNode, Span]) -> list[tuple[str, tuple[int, ...]]]:
    """Of statements without the last column, which nobody asks for."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for node, span in spans.items():
        if isinstance(node, (cst.BaseExpression, cst.BaseSmallStatement)):
            found.append((type(node).__name__, span))
        elif isinstance(node, cst.BaseStatement) and not isinstance(node, Unread):
            found.append((type(node).__name__, span[:3]))
    return sorted(found)


def test_code_that_moves_is_indented_like_the_code_around_it():
    text = (
        "with a:\n    if b:\n        # c\n        d(1,\n          2)\n        e = '''\n  f'''\n    else:\n        g()\n"
    )
    whole = cst.parse_module(text)
    for line in (0, 1, 2, 4, 8):
        chunked = ChunkedModule(text, ast.parse(text))
        chunked.read(line)
        for depth in range(3):
            assert _deeper(chunked.module, depth).code == _deeper(whole, depth).code


def _deeper(module: cst.Module, depth: int) -> cst.Module:
    body: list[cst.BaseStatement] = [one for one in module.body if isinstance(one, cst.BaseStatement)]
    for _ in range(depth):
        shell = cst.parse_statement("if x:\n    pass\n")
        body = [shell.with_changes(body=cst.IndentedBlock(body))]
    return module.with_changes(body=body)


SIMPLE = (
    "a = 1",
    "b = f(1,  # inner\n  2)",
    "c = 1; d = 2",
    "e = 1 + \\\n  2  # behind",
    "if g: h = 1",
    "for g in h: pass",
    "pass",
    "'''text\n  in two lines'''",
    "import i",
    "x = 'äöü' ;",
    "@deco\n# between\n@ deco(\n  1)\ndef j(k=1): return 2",
    "y = 3; \\\n  z = 4",
)
AROUND = ("# comment", "  # comment further right", "", "   ")
HEADS = (
    ("def l(m):",),
    ("class N(o):",),
    ("if p:", "elif q:", "else :"),
    ("if p:", "else:  # why"),
    ("for q in r:", "else:"),
    ("while s:",),
    ("with t as u:",),
    ("@v\nasync def w():",),
    ("try:", "except A:", "else:", "finally:"),
    ("try:", "except (A, B) as c:", "except:"),
    ("match x:\n case 1:", " case _:"),
)


@st.composite
def modules(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """The lines of a block."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(st.lists(st.sampled_from(AROUND), max_size=2))
        if depth == 2 or draw(st.booleans()):
            lines += draw(st.sampled_from(SIMPLE)).split("\n")
            continue
        for head in draw(st.sampled_from(HEADS)):
            indent = draw(st.sampled_from(["  ", "    ", "\t"]))
            lines += [*head.split("\n"), *(indent + line if line else "" for line in draw(modules(depth + 1)))]
    return [*lines, *draw(st.lists(st.sampled_from(AROUND), max_size=2))]


class _Renamed(cst.CSTTransformer):
    """Gives names on some lines other names."""

    def __init__(self, spans: Mapping[cst.CSTNode, Span], lines: set[int]) -> None:
        super().__init__()
        self._names = {node for node, span in spans.items() if isinstance(node, cst.Name) and span[0] in lines}

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:
        return updated_node.with_changes(value="renamed") if original_node in self._names else updated_node


@settings(derandomize=True, deadline=None, max_examples=20)
@given(modules(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_any_edits_of_any_module(block: list[str], newline: str, ends: bool, data: st.DataObject):
    text = newline.join(block) + newline * ends
    try:
        tree = ast.parse(text)
        whole = cst.parse_module(text)
    except (SyntaxError, cst.ParserSyntaxError):
        assume(False)
    spans, _ = positions(whole)
    lines = data.draw(st.sets(st.integers(1, len(block)), max_size=4))
    module = ChunkedModule(text, tree)
    assert module.module.code == whole.code
    read = dict(module.spans)
    for line in lines:
        read |= module.read(line) or {}
    assert module.module.visit(_Renamed(read, lines)).code == whole.visit(_Renamed(spans, lines)).code
    assert _deeper(module.module, 1).code == _deeper(whole, 1).code
    for line in range(1, len(block) + 1):
        read |= module.read(line) or {}
    assert module.module.deep_equals(whole)
    assert _places(read) == _places(spans)


def test_a_transformer_does_not_look_into_text():
    class Names(cst.CSTTransformer):
        def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:
            return updated_node.with_changes(value="n") if isinstance(original_node, cst.Name) else updated_node

    module = ChunkedModule("def f(a):\n    return a\nx = 1\n", ast.parse("def f(a):\n    return a\nx = 1\n"))
    module.read(3)
    assert module.module.visit(Names()).code == "def f(a):\n    return a\nn = 1\n"
