from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from migrate.signatures.rope import Rope, Span, difference, rope


@st.composite
def edits(draw) -> tuple[bytes, list[Span | bytes], bytes]:
    """Old content, pieces of a new one in it, and the new one."""
    old = draw(st.binary(max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(old)), max_size=8)))
    pieces: list[Span | bytes] = []
    new = b""
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        inserted = draw(st.binary(max_size=6))
        pieces += [inserted, Span(start, end)]
        new += inserted + old[start:end]
    tail = draw(st.binary(max_size=6))
    return old, [*pieces, tail], new + tail


@given(edits())
def test_the_new_content(edit):
    old, pieces, new = edit
    made = rope(*pieces)
    assert made.bytes_from(old) == new
    assert made.bytes_from(memoryview(old)) == new
    assert len(made) == len(new)
    assert made == rope(*made.pieces)


@given(edits())
def test_neighbours_are_one_piece_and_none_is_empty(edit):
    pieces = rope(*edit[1]).pieces
    assert all(piece.end > piece.start if isinstance(piece, Span) else piece for piece in pieces)
    for one, other in pairwise(pieces):
        assert isinstance(one, Span) or isinstance(other, Span)
        assert not (isinstance(one, Span) and isinstance(other, Span) and one.end == other.start)


@given(edits())
def test_the_inverse_brings_the_old_content_back(edit):
    old, pieces, new = edit
    made = rope(*pieces)
    inverse = made.inverse(old)
    assert inverse.bytes_from(new) == old
    assert inverse.inverse(new).bytes_from(old) == new


@given(edits())
def test_the_inverse_holds_no_more_than_what_is_gone(edit):
    old, pieces, _ = edit
    made = rope(*pieces)
    kept = sum(piece.end - piece.start for piece in made.pieces if isinstance(piece, Span))
    inverse = made.inverse(old)
    assert sum(len(piece) for piece in inverse.pieces if isinstance(piece, bytes)) == len(old) - kept


@given(st.binary(max_size=50), st.binary(max_size=50), st.binary(max_size=20), st.binary(max_size=20))
def test_the_difference_of_two_contents(start, end, old, new):
    one, other = start + old + end, start + new + end
    made = difference(one, other)
    assert made.bytes_from(one) == other
    # What is the same at both ends is not written down.
    assert sum(len(piece) for piece in made.pieces if isinstance(piece, bytes)) <= len(new)


@given(st.binary(max_size=50))
def test_no_difference_is_one_span(data):
    assert difference(data, data) == rope(Span(0, len(data)))


def test_a_difference_does_not_use_a_byte_twice():
    for old, new in ((b"aaa", b"aaaaa"), (b"aaaaa", b"aaa"), (b"abab", b"ab"), (b"", b"x"), (b"x", b"")):
        assert difference(old, new).bytes_from(old) == new


@given(edits(), edits())
def test_ropes_side_by_side(one, other):
    old = one[0] + other[0]
    both = rope(*one[1]) + rope(*other[1]).shifted(len(one[0]))
    assert both.bytes_from(old) == one[2] + other[2]
    assert both.inverse(old).bytes_from(one[2] + other[2]) == old


def test_nothing_at_all():
    assert rope() == rope(b"", Span(3, 3)) == Rope(())
    assert len(rope()) == 0
    assert rope().bytes_from(b"abc") == b""
    assert rope().inverse(b"abc") == rope(b"abc")
