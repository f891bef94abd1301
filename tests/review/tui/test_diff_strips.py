from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from migrate.review.diff.layout import Fold
from migrate.review.diff.model import Line, Mark, Side, Span
from migrate.review.diff.syntax import Kind, Word
from migrate.review.tui.diff_strips import beside, code, folded, margin
from migrate.review.tui.diff_style import PARTS, Palette

RED, BLUE = Style(bgcolor="red"), Style(color="blue")
PALETTE = Palette(
    dict.fromkeys(Mark, RED),
    dict.fromkeys(Mark, Style(bold=True)),
    dict.fromkeys(Mark, Style(italic=True)),
    dict.fromkeys(Kind, BLUE),
    {part: Style(link=part) for part in PARTS},
    plain=False,
)


def painted(line, words=(), matches=(), side=Side.RIGHT, endings=False, palette=PALETTE):
    return [(s.text, s.style) for s in code(line, side, words, matches, endings, palette)]


def test_words_and_changes_lie_on_top_of_the_line():
    line = Line(1, "def f(): return 1", Mark.ADDED, (Span(4, 16, Mark.ADDED),))
    words = [Word(0, 3, Kind.KEYWORD), Word(9, 15, Kind.KEYWORD)]
    assert painted(line, words) == [
        ("def", RED + BLUE),
        (" ", RED),
        ("f(): ", RED + Style(bold=True)),
        ("return", RED + BLUE + Style(bold=True)),
        (" ", RED + Style(bold=True)),
        ("1", RED),
    ]


def test_matches_lie_on_top_of_all():
    line = Line(1, "abc", Mark.EQUAL)
    assert painted(line, [Word(0, 3, Kind.STRING)], [(0, 1, False), (1, 2, True)]) == [
        ("a", RED + BLUE + Style(link="match")),
        ("b", RED + BLUE + Style(link="match-current")),
        ("c", RED + BLUE),
    ]


def test_places_follow_tabs_and_codes():
    line = Line(1, "\ta\x00bc", Mark.REMOVED, (Span(3, 4, Mark.REMOVED),))
    assert painted(line, [Word(1, 2, Kind.STRING)]) == [
        (" " * 8, RED),
        ("a", RED + BLUE),
        ("^@", RED + Style(link="code")),
        ("b", RED + Style(bold=True)),
        ("c", RED),
    ]


def test_where_colours_are_few_those_of_words_do_not_hide_those_of_changes():
    plain = Palette(PALETTE.line, PALETTE.word, PALETTE.sign, PALETTE.kind, PALETTE.part, plain=True)
    words = [Word(0, 1, Kind.NUMBER)]
    assert painted(Line(1, "1", Mark.ADDED), words, palette=plain) == [("1", RED)]
    assert painted(Line(1, "1", Mark.EQUAL), words, palette=plain) == [("1", RED + BLUE)]


def notes(line, **more):
    return "".join(text for text, style in painted(line, **more) if style.link == "note")


def test_what_is_said_behind_a_line():
    assert notes(Line(1, "x", Mark.MOVED, other=7)) == "  ← 7"
    assert notes(Line(1, "x", Mark.MOVED, other=7), side=Side.LEFT) == "  → 7"
    assert notes(Line(1, "x", Mark.ADDED, ending="")) == " (no newline at the end)"
    assert notes(Line(1, "x", Mark.EQUAL, ending="")) == ""
    assert notes(Line(1, "x", Mark.ADDED, ending="\r\n")) == ""
    assert notes(Line(1, "x", Mark.ADDED, ending="\r\n"), endings=True) == "␍"
    assert notes(Line(1, "x", Mark.ADDED), endings=True) == ""


def test_an_empty_line_is_empty():
    assert painted(Line(1, "", Mark.ADDED)) == []


def test_margins():
    def text(mark, numbers):
        return margin(Line(3, "x", mark), numbers, 4, False, PALETTE).text

    assert text(Mark.EQUAL, (3, 12)) == "   3   12   "
    assert text(Mark.ADDED, (None, 3)) == "        3 + "
    assert text(Mark.REMOVED, (3,)) == "   3 - "
    assert text(Mark.MOVED, (3,)) == "   3 ~ "


def test_the_current_change_has_another_margin():
    strips = [margin(Line(3, "x", Mark.ADDED), (3,), 2, current, PALETTE) for current in (False, True)]
    assert [next(iter(strip)).style.link for strip in strips] == ["line-number", "current"]


def test_a_line_that_goes_on_beyond_its_room_says_so():
    def text(line, at, width):
        strip = beside(Strip([Segment("1 + ")]), Strip([Segment(line)]), at, width, RED, PALETTE)
        assert strip.cell_length == width
        return strip.text

    assert text("abcdef", 0, 12) == "1 + abcdef  "
    assert text("abcdef", 0, 10) == "1 + abcdef"
    assert text("abcdef", 0, 9) == "1 + abcd…"
    assert text("abcdef", 1, 9) == "1 + bcdef"
    assert text("模型模型", 1, 9) == "1 +  型 …"
    assert [text("abcdef", 0, width) for width in (5, 4, 2)] == ["1 + …", "1 + ", "1 "]
    assert text("abcdef", 9, 9) == "1 +      "


def test_folds():
    assert folded(Fold(3, 12, "def f"), 3, 40, PALETTE).text == "    ⋯ 9 unchanged lines  def f          "
    assert folded(Fold(3, 12, ""), 3, 12, PALETTE).text == "    ⋯ 9 unch"
