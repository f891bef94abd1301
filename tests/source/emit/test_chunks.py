"""A module that is read in parts is the module that is read at once."""

from __future__ import annotations

import ast
import random

import libcst as cst
import pytest

from migrate.source.emit.chunks import ChunkedModule, ClassText, FunctionText

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


def _read_all(module: ChunkedModule, seed: int) -> None:
    order = list(module.chunks)
    random.Random(seed).shuffle(order)
    for chunk in order:
        module.read(chunk)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_same_tree(text: str):
    whole = cst.parse_module(text)
    module = ChunkedModule(text, ast.parse(text))
    assert module.module.code == text
    _read_all(module, 1)
    assert not module.chunks
    assert module.module.code == text
    assert module.module.deep_equals(whole)


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


def test_spans_are_those_of_the_whole_text():
    module = ChunkedModule(TEXT, ast.parse(TEXT))
    lines = TEXT.split("\n")
    spans = dict(module.spans)
    for chunk in list(module.chunks):
        spans |= module.read(chunk)
    names = [(node, span) for node, span in spans.items() if isinstance(node, cst.Name)]
    assert len(names) > 30
    for node, (line, start, _, end) in names:
        assert lines[line - 1][start:end] == node.value


def test_a_transformer_does_not_look_into_text():
    class Names(cst.CSTTransformer):
        def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:
            return updated_node.with_changes(value="n") if isinstance(original_node, cst.Name) else updated_node

    module = ChunkedModule("def f(a):\n    return a\nx = 1\n", ast.parse("def f(a):\n    return a\nx = 1\n"))
    assert module.module.visit(Names()).code == "def f(a):\n    return a\nn = 1\n"
