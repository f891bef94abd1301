from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from migrate.review.diff.model import Mark
from migrate.review.tui.diff_style import palette
from migrate.review.tui.diff_view import DiffView

BEFORE = "logits = tf.log(x) + bias\nold = call()\n"
AFTER = "logits = tf.math.log(x) + bias\n"


class Screen(App):
    def compose(self):
        yield DiffView()


def styles(theme="textual-dark"):
    """The palette, and the segments of the first line on the right after all filters of the application."""
    got = []

    async def main():
        app = Screen()
        async with app.run_test(size=(120, 10)) as pilot:
            app.theme = theme
            view = app.query_one(DiffView)
            view.show(BEFORE, AFTER, "file.py")
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            line = strips[1]
            for line_filter in app._filters:
                line = line.apply_filter(line_filter, view.background_colors[1])
            got.extend([palette(view), list(line)])

    asyncio.run(main())
    return got


def marked(segments):
    return [segment for segment in segments if segment.text in {"math", ".", "math."}]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "gruvbox", "solarized-light"])
def test_every_mark_has_its_colour(theme):
    colours, _ = styles(theme)
    lines = [colours.line[mark].bgcolor for mark in Mark]
    words = [colours.word[mark].bgcolor for mark in Mark if mark is not Mark.EQUAL]
    assert len(set(lines)) == 4
    assert len({*lines, *words}) == 7
    assert not colours.plain


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
def test_sixteen_colours(theme):
    colours, line = styles(theme)
    assert colours.plain
    texts = {mark: colours.line[mark].color.name for mark in Mark}
    assert len(set(texts.values())) == 4
    assert {colours.line[mark].bgcolor.name for mark in Mark} == {"default"}
    assert all(segment.style.reverse for segment in marked(line)[:1])


def test_no_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    _, line = styles()
    assert "".join(segment.text for segment in line).count("logits") == 2
    assert any(segment.style.underline and segment.style.bold for segment in line if "math" in segment.text)
    for segment in line:
        for colour in (segment.style.color, segment.style.bgcolor):
            assert colour is None or colour.triplet is None or len(set(colour.triplet)) == 1
