from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.review.diff import syntax
from migrate.review.diff.model import split
from migrate.review.diff.syntax import Kind, words_of


def kinds(text):
    lines = [line for line, _ in split(text)]
    return [[(line[w.start : w.end], w.kind) for w in words] for line, words in zip(lines, words_of(text), strict=True)]


def test_words_of_python():
    assert kinds("@once\ndef f(x):  # why\n    return len(x) + 2.5\n") == [
        [("@once", Kind.DECORATOR)],
        [("def", Kind.KEYWORD), ("f", Kind.DEFINITION), ("# why", Kind.COMMENT)],
        [("return", Kind.KEYWORD), ("len", Kind.BUILTIN), ("2.5", Kind.NUMBER)],
    ]


def test_strings_over_several_lines():
    assert kinds('x = """one\r\n\r\ntwo"""\r\n') == [
        [('"""one', Kind.STRING)],
        [],
        [('two"""', Kind.STRING)],
    ]


def test_self_has_no_colour():
    assert kinds("self.x = super()") == [[("super", Kind.BUILTIN)]]


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="a1 '\"#\n\r\\(\t{}f\x0c\u2028", max_size=60))
def test_words_lie_inside_their_lines(text):
    lines = [line for line, _ in split(text)]
    for line, words in zip(lines, words_of(text), strict=True):
        ends = [end for word in words for end in (word.start, word.end)]
        assert ends == sorted(ends)
        assert all(0 <= end <= len(line) for end in ends)


def test_long_lines_and_long_texts_have_no_colours(monkeypatch):
    assert kinds("x = 1\ny = [" + "1, " * 3000 + "]\nz = 2\n") == [[("1", Kind.NUMBER)], [], [("2", Kind.NUMBER)]]
    monkeypatch.setattr(syntax, "_LONGEST", 5)
    assert words_of("long = 1\n") == ((),)
