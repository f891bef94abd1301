"""The diff on a screen: what its lines say, and what keys and the mouse do."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from textual.app import App
from textual.events import MouseScrollDown

from migrate.review.tui.diff_view import DiffView

BEFORE = """\
import sys
import tensorflow as tf


def train(data):
    '''Trains.'''
    return data


def export(path):
    features = tf.placeholder(tf.float32, [None], name="x")
    chance = tf.log(features)
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, path, {"x": features}, {"y": chance})


export(sys.argv[1])
"""
AFTER = """\
import sys
import tensorflow as tf


class Model(tf.Module):
    def serve(self, features):
        chance = tf.math.log(features)
        return {"chance": chance}


def train(data):
    '''Trains.'''
    return data


def export(path):
    tf.saved_model.save(Model(), path)


export(sys.argv[1])
"""
LONG = [f"value_{n} = call({n})" for n in range(400)]
LONG_AFTER = [line.replace("call", "other") if n in {40, 41, 200, 390} else line for n, line in enumerate(LONG)]
SNAPSHOT = Path(__file__).with_name("diff_view.svg")


class Screen(App):
    def compose(self):
        yield DiffView()


def on_screen(check, before, after, size=(120, 30), screen=Screen):
    async def main():
        app = screen()
        async with app.run_test(size=size) as pilot:
            view = app.query_one(DiffView)
            view.show(before, after, "some/file.py")
            await pilot.pause()
            await check(view, pilot)

    asyncio.run(main())


def lines(view):
    """What is on the screen."""
    return [view.render_line(y).text.rstrip() for y in range(view.scrollable_content_region.height)]


def long(check, **more):
    on_screen(check, "\n".join(LONG), "\n".join(LONG_AFTER), **more)


def test_side_by_side():
    async def check(view, pilot):
        shown = lines(view)
        assert shown[0].split() == ["1", "import", "sys", "│", "1", "import", "sys"]
        assert "│ 5 + class Model(tf.Module):" in shown[4]
        assert any(re.search(r"12 ~ +chance = tf.log\(features\)  → 7 +│", line) for line in shown)
        assert any(re.search(r"│ 7 ~ +chance = tf.math.log\(features\)  ← 12$", line) for line in shown)
        assert view.border_title == "some/file.py  [dim]change 1 of 2  -3 +6 ~1[/dim]"

    on_screen(check, BEFORE, AFTER)


def test_unified():
    async def check(view, pilot):
        view.split = False
        await pilot.pause()
        shown = lines(view)
        assert shown[0] == " 1  1   import sys"
        assert shown[4] == "    5 + class Model(tf.Module):"
        at = shown.index('11    -     features = tf.placeholder(tf.float32, [None], name="x")')
        assert [line[6:7] for line in shown[at : at + 5]] == ["-", "~", "-", "-", "+"]
        view.toggle_split()
        await pilot.pause()
        assert "│" in lines(view)[0]

    on_screen(check, BEFORE, AFTER)


def test_side_by_side_needs_room():
    async def check(view, pilot):
        assert not view.is_split
        await pilot.resize_terminal(100, 24)
        await pilot.pause()
        assert view.is_split
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not view.is_split
        assert all(len(line) <= 79 for line in lines(view))
        assert lines(view)[0] == " 1  1   import sys"

    on_screen(check, BEFORE, AFTER, size=(80, 24))


def test_the_line_at_the_top_stays_there():
    async def check(view, pilot):
        await pilot.press("o")
        view.scroll_to(y=300, animate=False)
        await pilot.pause()
        top = lines(view)[0].split()[0]
        await pilot.resize_terminal(90, 20)
        await pilot.pause()
        assert lines(view)[0].split()[0] == top

    long(check)


def test_unchanged_lines_are_folded_until_asked_for():
    async def check(view, pilot):
        assert lines(view)[0] == "    ⋯ 37 unchanged lines"
        await pilot.press("enter")
        assert lines(view)[0].split()[0] == "1"
        await pilot.press("o")
        assert not view.folds()
        assert view.virtual_size.height == 400
        await pilot.press("o")
        assert len(view.folds()) == 4
        assert view.virtual_size.height == 8 + 7 + 7 + 4

    long(check)


def test_a_click_opens_a_fold():
    async def check(view, pilot):
        at = next(n for n, line in enumerate(lines(view)) if "⋯" in line and n)
        await pilot.click(DiffView, offset=(10, at + 1))
        assert len(view.folds()) == 3
        assert lines(view)[at].split()[0] == "46"

    long(check)


def test_a_click_on_a_line_that_moved_goes_to_where_it_is_now():
    lost = "very_special = load_the_variables(checkpoint)"
    before, after = "\n".join([lost, *LONG, ""]), "\n".join([*LONG, lost, ""])

    async def check(view, pilot):
        assert lines(view)[0].split("│")[0].rstrip().endswith(f"{lost}  → 401")
        await pilot.click(DiffView, offset=(70, 1))  # the other side has nothing here
        assert view.scroll_offset.y == 0
        await pilot.press("o")
        assert not any(line.endswith(f"{lost}  ← 1") for line in lines(view))
        await pilot.click(DiffView, offset=(20, 1))
        await pilot.pause()
        assert any(line.endswith(f"{lost}  ← 1") for line in lines(view))

    on_screen(check, before, after, size=(150, 12))


def test_from_change_to_change():
    async def check(view, pilot):
        def numbers():
            return [n for n, change in enumerate(view.changes) if view._is_current(change.start)]

        await pilot.press("right_square_bracket")
        assert numbers() == [1]
        assert "change 2 of 3" in view.border_title
        assert view.next_hunk()
        assert view.scroll_offset.y <= view.place(390) < view.scroll_offset.y + 29
        assert not view.next_hunk()
        assert numbers() == [2]
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert numbers() == [0]
        assert not view.previous_hunk()

    long(check)


def test_the_next_change_is_looked_for_from_what_is_on_the_screen():
    async def check(view, pilot):
        await pilot.press("o")
        view.scroll_to(y=250, animate=False)
        assert view.next_hunk()
        assert view.current == 2
        view.scroll_to(y=250, animate=False)
        assert view.previous_hunk()
        assert view.current == 1
        assert view.scroll_offset.y == 200 - 3

    long(check)


def test_searching():
    async def check(view, pilot):
        assert view.search("VALUE_39") == 0
        # Both sides of the change on line 390 count, equal lines once.
        assert view.search("value_39") == 1 + 10 + 1
        assert len(view.folds()) == 4
        view.action_next_match()
        view.action_next_match()
        await pilot.pause()
        assert any("value_390" in line for line in lines(view))
        for _ in range(4):
            view.action_next_match()
        await pilot.pause()
        assert len(view.folds()) == 3  # it is in the last one, which opens
        assert any("value_394" in line for line in lines(view))
        view.action_previous_match()
        assert view.search("") == 0
        view.action_next_match()

    long(check)


def test_matches_are_marked():
    async def check(view, pilot):
        def marked():
            return [segment.text for y in range(28) for segment in view.render_line(y) if marks(segment)]

        def marks(segment):
            return segment.style.bgcolor in {view._palette.part[part].bgcolor for part in ("match", "match-current")}

        assert marked() == []
        view.search("tf.log")
        assert marked() == ["tf", ".", "log"] or "".join(marked()) == "tf.log"
        view.search("import")
        assert "".join(marked()) == "import" * 4
        view.show(BEFORE, AFTER + "\n", "some/file.py")
        assert marked() == []

    on_screen(check, BEFORE, AFTER)


def test_a_line_is_revealed():
    async def check(view, pilot):
        view.reveal(300)
        await pilot.pause()
        assert lines(view)[3].split()[:3] == ["300", "value_299", "="]
        numbers = [next(iter(view.render_line(y))) for y in range(8)]
        assert [n.text for n in numbers if n.style.bold] == ["300"]
        view.reveal(1000)
        view.next_hunk()
        await pilot.pause()
        numbers = [next(iter(view.render_line(y))) for y in range(29)]
        assert [n.text for n in numbers if n.style.bold] == ["391"]

    long(check)


def test_what_is_shown_already_stays_at_its_place():
    async def check(view, pilot):
        await pilot.press("o", "pagedown")
        view.scroll_to(y=100, animate=False)
        assert not view.show("\n".join(LONG), "\n".join(LONG_AFTER), "another title")
        assert view.scroll_offset.y == 100
        assert view.border_title.startswith("another title")
        assert view.show("\n".join(LONG), "\n".join(LONG), "some/file.py")
        assert view.scroll_offset.y == 0

    long(check)


def test_long_lines_are_scrolled_not_wrapped():
    long_line = "x = [" + ", ".join(map(str, range(500))) + "]"

    async def check(view, pilot):
        assert "│" in lines(view)[0]
        assert view.max_scroll_x > 1000
        view.scroll_to(x=view.max_scroll_x, animate=False)
        await pilot.pause()
        left, right = lines(view)[0].split("│")
        assert left.startswith(" 1 - ")
        assert left.rstrip().endswith("498, 499]")
        assert right.rstrip().endswith("498, 500]")

    on_screen(check, long_line + "\n", long_line.replace("499]", "500]") + "\n")


def test_lines_that_go_on_beyond_the_screen_say_so():
    text = "x = 1\ny = '" + "y" * 200 + "'\nz = 1\n"

    async def check(view, pilot):
        assert [[side.rstrip()[-1] for side in line.split("│")] for line in lines(view)[:2]] == [["1", "1"], ["…", "…"]]
        view.scroll_to(x=view.max_scroll_x, animate=False)
        await pilot.pause()
        assert lines(view)[1].endswith("y'")

    on_screen(check, text, text.replace("z = 1", "z = 2"))


def test_what_is_found_beyond_the_screen_is_scrolled_to():
    text = "x = 1\ny = '" + "y" * 200 + "found" + "y" * 200 + "'\nz = 1\n"

    async def check(view, pilot):
        view.search("found")
        await pilot.pause()
        assert [side.count("found") for side in lines(view)[1].split("│")] == [1, 1]
        view.search("x =")
        await pilot.pause()
        assert view.scroll_offset.x == 0

    on_screen(check, text, text.replace("z = 1", "z = 2"))


def test_the_mouse_wheel_scrolls():
    async def check(view, pilot):
        await pilot.press("o")
        await pilot._post_mouse_events([MouseScrollDown], DiffView, button=0)
        await pilot.pause(0.3)
        assert view.scroll_offset.y > 0

    long(check)


def test_wide_characters_tabs_and_what_cannot_be_seen():
    before = "name = '模型模型模型'\n\tx = 1\na\x1b[2Jb\u202ec\n"

    async def check(view, pilot):
        view.split = False
        await pilot.pause()
        assert lines(view)[:4] == [
            " 1    - name = '模型模型模型'",
            "    1 + name = '模型'",
            " 2  2           x = 1",
            " 3  3   a^[[2Jb\\u202ec",
        ]
        view.split = True
        await pilot.pause()
        assert [view.render_line(y).cell_length for y in range(3)] == [119, 119, 119]
        for x in range(12):
            view.scroll_to(x=x, animate=False)
            assert [view.render_line(y).cell_length for y in range(3)] == [119, 119, 119]

    on_screen(check, before, before.replace("模型模型模型", "模型"))


def test_line_ends():
    async def check(view, pilot):
        assert [line.split("│")[0].rstrip() for line in lines(view)[:2]] == [
            " 1 - one = 1␍",
            " 2 - two = 2 (no newline at the end)",
        ]
        assert [line.split("│")[1].rstrip() for line in lines(view)[:2]] == [" 1 + one = 1", " 2 + two = 2"]
        view.show("one = 1\r\n", "one = 2\r\n")
        await pilot.pause()
        assert "␍" not in lines(view)[0]

    on_screen(check, "one = 1\r\ntwo = 2", "one = 1\ntwo = 2\n")


def test_nothing_changes():
    async def check(view, pilot):
        assert lines(view)[:2] == [" 1  1   import sys", " 2  2   import tensorflow as tf"]
        assert "no change" in view.border_title
        assert view.folds() == []
        assert not view.next_hunk()
        assert not view.previous_hunk()
        await pilot.press("enter", "o", "end")

    on_screen(check, BEFORE, BEFORE)


@pytest.mark.parametrize(("before", "after"), [("", ""), ("", "x = 1\n"), ("x = 1\n", "")])
def test_empty_texts(before, after):
    async def check(view, pilot):
        shown = [line.replace("│", " ").split() for line in lines(view)]
        sign = "+" if after else "-"
        assert shown[0] == (["1", sign, "x", "=", "1"] if before or after else [])
        await pilot.press("right_square_bracket", "enter", "o", "pagedown", "end", "home")
        view.search("x")
        await pilot.click(DiffView, offset=(3, 10))

    on_screen(check, before, after)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (12, 4), (80, 24), (300, 90)])
def test_any_size(size):
    async def check(view, pilot):
        width = view.scrollable_content_region.width
        for y in range(view.scrollable_content_region.height):
            assert view.render_line(y).cell_length == width
        view.next_hunk()

    on_screen(check, BEFORE, AFTER, size=size)


def test_titles_are_taken_as_they_are():
    async def check(view, pilot):
        view.show(BEFORE, AFTER, "[red]a\n\x1b/[b].py")
        await pilot.pause()
        shown = "".join(segment.text for segment in view.screen._compositor.render_strips()[0])
        assert "─[red]a^J^[/[b].py  change" in shown

    on_screen(check, BEFORE, AFTER)


def test_texts_may_be_given_before_it_is_on_the_screen():
    class Early(App):
        def compose(self):
            view = DiffView()
            view.show("\n".join(LONG), "\n".join(LONG_AFTER), "early.py")
            yield view

    async def main():
        app = Early()
        async with app.run_test(size=(120, 30)) as pilot:
            await pilot.pause()
            view = app.query_one(DiffView)
            assert view.is_split
            assert "⋯ 37 unchanged lines" in lines(view)[0]

    asyncio.run(main())


def test_colours_of_a_long_text_come_later():
    text = "\n".join(f"def f_{n}(x): return 'string of some length' + {n}" for n in range(1000))

    async def check(view, pilot):
        for _ in range(200):
            if view._words:
                break
            await pilot.pause(0.05)
        assert lines(view)[1].split()[:3] == ["1", "-", "def"] or "def" in lines(view)[1]
        styles = {segment.style.color for y in range(6) for segment in view.render_line(y) if "def" in segment.text}
        assert view._palette.kind["keyword"].color in styles

    on_screen(check, text, text.replace("f_500(x)", "f_500(x, y)"))


def test_a_picture():
    """What it looks like, without a terminal's own colours; run the tests with UPDATE_SNAPSHOTS=1 to remake it."""
    before = "import tf\n\nchance = tf.log(features)\nwith tf.Session():  # old\n    export('a')\n" + "\n" * 9
    after = "import tf\n\nwith tf.Graph():  # old\n    export('a')\n    self.chance = tf.log(features)\n" + "\n" * 9
    seen = []

    async def check(view, pilot):
        view.search("log")
        await pilot.pause()
        seen.append(stable(pilot.app.export_screenshot(title="diff")))

    on_screen(check, before, after, size=(100, 11))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(seen[0], encoding="utf-8")
    assert seen[0] == SNAPSHOT.read_text(encoding="utf-8")


def stable(svg):
    """Without what differs from one picture to the next: ids, and fonts to fetch; and with short spaces."""
    svg = re.sub(r"terminal-\d+", "t", svg).replace("&#160;", "\N{NO-BREAK SPACE}")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).strip() + "\n"
