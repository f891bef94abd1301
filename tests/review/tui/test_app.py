"""The application: every key, the mouse, leaving, and what it keeps."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.results import Level
from migrate.review.review import Review
from migrate.review.store import Store
from migrate.review.tui.app import ReviewApp
from migrate.review.tui.explain import Explain
from migrate.review.tui.help import Help
from migrate.review.tui.keys import BINDINGS
from migrate.review.tui.summary import Summary
from migrate.review.verdict import Verdict
from migrate.settings import Settings
from tests.review.scripts import FLAGGED, NATIVE
from tests.review.tui.driving import IN_ONE_FUNCTION, opened, project, run, store


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return project(tmp_path)


def kept(place: Path) -> dict[str, list[str]]:
    """The states that were saved, by file."""
    document = json.loads((place / ".tf-migrate/review.json").read_text())
    return {Path(file["path"]).stem: [site["state"] for site in file["sites"]] for file in document["files"]}


class TestDeciding:
    def test_it_begins_at_the_first_item_with_its_diff_and_its_reasons(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                assert it.at == ("apart", (0,))
                assert "0 of 5 decided" in it.text("#status")
                assert "5 native" in it.text("#status")
                assert "1 flagged" in it.text("#status")
                assert it.app.main.diff_pane.changes

        run(test())

    def test_y_accepts_and_n_rejects_and_both_go_on(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("y")
                assert it.at == ("apart", (1,))
                await it.press("n")
                assert it.at == ("native", (0,))  # past what is flagged
                assert it.states["apart"] == ["accepted", "rejected"]
                assert [line[:9] for line in it.tree[:3]] == [" v apart.", "   [y] na", "   [n] na"]
                assert "2 of 5 decided" in it.text("#status")

        run(test())

    def test_what_was_pressed_is_shown_before_it_is_carried_out(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                it.app.main.action_accept()
                assert "[y]*" in it.tree[1]
                assert it.states["apart"] == ["pending", "pending"]
                await it.settle()
                assert "[y] " in it.tree[1]

        run(test())

    def test_keys_pressed_fast_are_carried_out_in_their_order(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("y", "n", "u", "u", "n", "y", "n")
                assert it.states["apart"] == ["rejected", "accepted"] or it.states["apart"][0] == "pending"
                # Undo moves the cursor only when it is done, so the later keys are about later items.
                assert it.all_states.count("pending") == 6 - 3

        run(test())

    def test_a_file_is_decided_as_a_whole(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("up")
                assert it.at == ("apart", None)
                await it.press("n")
                assert it.states["apart"] == ["rejected", "rejected"]
                await it.press("u")
                assert it.states["apart"] == ["pending", "pending"]
                await it.press("K", "up", "y")
                assert it.states["apart"] == ["accepted", "accepted"]

        run(test())

    def test_a_accepts_what_is_pending_in_the_file(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("n", "a")
                assert it.states["apart"] == ["rejected", "accepted"]
                assert it.states["native"] == ["pending"]

        run(test())

    def test_capital_a_accepts_the_level_as_far_as_it_is_shown(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("slash", *"native.py", "enter", "j", "A")
                assert it.states["native"] == ["accepted"]
                assert it.states["apart"] == ["pending", "pending"]
                await it.press("escape", "j", "A")
                assert it.all_states == ["accepted"] * 2 + ["pending"] + ["accepted"] * 3
                assert "all is decided" in it.note

        run(test())

    def test_capital_a_needs_a_site(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("up", "A")
                assert "select a site" in it.note
                assert "accepted" not in it.all_states

        run(test())

    def test_what_is_flagged_is_not_decided(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("J", "J")
                assert it.at == ("flagged", (0,))
                assert " - " in it.line
                await it.press("y")
                assert it.states["flagged"] == ["pending"]
                assert "nothing to decide" in it.note

        run(test())

    def test_undo_goes_back_to_what_it_is_about(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("y", "y", "y", "u")
                assert it.at == ("native", (0,))
                assert it.states["native"] == ["pending"]
                await it.press("u", "u")
                assert it.at == ("apart", (0,))
                await it.press("u")
                assert it.note == "nothing to undo"

        run(test())

    def test_l_shows_lower_rewrites_and_the_best_after_the_lowest(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("J", "J", "J")
                seen = []
                while "native" not in seen:
                    await it.press("l")
                    seen.append(str(it.app.main.item.level))
                    assert f"[ ] {seen[-1]}" in it.line
                # Which levels there are is a matter of the rules; the lowest comes last before the best.
                assert seen[-2:] == ["bridged", "native"]
                assert len(seen) == len(set(seen))

        run(test())

    def test_l_says_where_there_is_no_lower_rewrite(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("J", "J", "l")
                assert it.note == "no lower rewrite can be proved here"
                await it.press("up", "l")
                assert "select a site" in it.note

        run(test())

    def test_a_decision_that_changes_others_says_so(self, tmp_path: Path):
        async def test():
            async with opened(project(tmp_path, {"together": IN_ONE_FUNCTION})) as it:
                await it.press("y", "n")
                assert "1 other proposal changed (together.py line 8)" in it.note
                assert "decide again" in it.note
                assert "[!] bridged" in it.tree[1]
                assert it.at == ("together", (0,))

        run(test())


class TestMoving:
    def test_j_and_k_go_to_what_is_pending_and_around_the_end(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("j", "j")
                assert it.at == ("native", (0,))
                await it.press("y", "k")
                assert it.at == ("apart", (1,))
                await it.press("k", "k")
                assert it.at == ("together", (1,))
                await it.press("j")
                assert it.at == ("apart", (0,))

        run(test())

    def test_arrows_fold_and_unfold(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("left")
                assert it.at == ("apart", None)
                await it.press("left")
                assert it.tree[0].startswith(">+ apart.py")
                assert "flagged.py" in it.tree[1]
                await it.press("right")
                assert it.tree[0].startswith(">v apart.py")
                await it.press("enter")
                assert it.tree[0].startswith(">+ apart.py")
                await it.press("j")  # what is folded is opened
                assert it.at == ("apart", (0,))

        run(test())

    def test_a_file_shows_all_that_is_not_rejected(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("n", "K", "up")
                pane = it.app.main.diff_pane
                assert pane._texts == (it.app.main.file.before, it.app.main.file.preview)
                assert "all of the file" in pane._title

        run(test())

    def test_tab_goes_from_pane_to_pane_and_escape_to_the_tree(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                seen = []
                for key in ("tab", "tab", "tab", "shift+tab", "escape", "enter"):
                    await it.press(key)
                    seen.append(it.app.focused.id)
                assert seen == ["diff", "why", "tree", "why", "tree", "diff"]

        run(test())

    def test_z_shows_one_pane_alone(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("tab", "z")
                main = it.app.main
                assert not main.tree_pane.region
                assert main.diff_pane.size.width > 100
                await it.press("tab")
                assert not main.diff_pane.region
                await it.press("tab")
                assert main.tree_pane.size.width > 100
                await it.press("z")
                assert main.diff_pane.region
                assert main.tree_pane.size.width < 50

        run(test())

    def test_hunks_pages_and_the_two_forms_of_a_diff(self, tree: Path):
        async def test():
            async with opened(tree, size=(170, 20)) as it:
                pane = it.app.main.diff_pane
                assert pane.is_split
                await it.press("s")
                assert not pane.is_split
                assert pane.current == 0
                await it.press("right_square_bracket")
                assert pane.current == 1
                await it.press("left_square_bracket")
                assert pane.current == 0
                await it.press("space")
                assert pane.scroll_offset.y > 0
                await it.press("b")
                assert pane.scroll_offset.y == 0

        run(test())

    def test_s_says_where_there_is_no_room_for_two(self, tree: Path):
        async def test():
            async with opened(tree, size=(90, 30)) as it:
                await it.press("s", "s")
                assert "needs 100 columns" in it.note

        run(test())


class TestNarrowing:
    def test_a_search_shows_what_has_the_text_while_it_is_typed(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("slash", *"gpu")
                assert ["flagged.py" in line for line in it.tree if ".py" in line] == [True]
                await it.press("enter", "y")  # keys are keys again
                assert "nothing to decide" in it.note
                await it.press("escape")
                assert len([line for line in it.tree if ".py" in line]) == 4

        run(test())

    def test_escape_in_the_search_shows_all_again(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("slash", *"no such text")
                assert it.tree == []
                assert "nothing is like that" in it.note
                await it.press("escape")
                assert len(it.tree) == 10
                assert it.app.focused.id == "tree"

        run(test())

    def test_f_shows_some_levels_or_states_only(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("y", "f", "down", "space", "enter")
                assert len(it.tree) == 2
                assert "flagged.py" in it.tree[0]
                assert "only flagged" in it.text("#status")
                await it.press("f", "c")
                assert len(it.tree) == 10

        run(test())

    def test_escape_in_the_filter_changes_nothing(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("f", "space", "escape")
                assert it.app.listing.narrowing.everything

        run(test())

    def test_what_was_decided_stays_while_it_is_shown_by_its_state(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("f", "down", "down", "space", "enter", "y", "n")
                assert it.states["apart"] == ["accepted", "rejected"]
                assert "[y]" in it.tree[1]

        run(test())


class TestEditing:
    @pytest.fixture(autouse=True)
    def no_terminal(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(ReviewApp, "suspend", lambda _: nullcontext())
        monkeypatch.delenv("VISUAL", raising=False)

    def editor(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        """Makes an editor: a few lines of Python about `file`."""
        script = tmp_path / "editor"
        script.write_text(f"import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n{code}\n")
        monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}'")

    def test_a_new_text_is_taken_for_all_of_the_file(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        self.editor(tree, monkeypatch, "file.write_text(file.read_text() + '# mine\\n')")

        async def test():
            async with opened(tree, paths=[str(tree / "apart.py")]) as it:
                await it.press("e")
                assert it.states == {"apart": ["edited", "edited"]}, it.note
                assert "[e]" in it.line
                assert it.app.main.file.preview.endswith("# mine\n")
                assert "You wrote this text" in rendered(it)
                await it.press("u")
                assert it.states == {"apart": ["pending", "pending"]}

        run(test())

    def test_what_is_no_python_is_offered_again(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        self.editor(
            tree,
            monkeypatch,
            "text = file.read_text()\nfile.write_text(text.replace('(((', '# (') if '(((' in text else text + '(((\\n')",
        )

        async def test():
            async with opened(tree, paths=[str(tree / "native.py")]) as it:
                await it.press("e")
                assert it.note.startswith("not taken: ")
                assert "e edits it again" in it.note
                assert it.states == {"native": ["pending"]}
                await it.press("e")
                assert it.states == {"native": ["edited"]}
                assert it.app.main.file.preview.endswith("# (\n")

        run(test())

    def test_an_editor_that_fails_or_changes_nothing_decides_nothing(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        async def test():
            async with opened(tree, paths=[str(tree / "native.py")]) as it:
                self.editor(tree, monkeypatch, "sys.exit(3)")
                await it.press("e")
                assert "ended with exit code 3" in it.note
                self.editor(tree, monkeypatch, "")
                await it.press("e")
                assert it.note == "the text was not changed"
                monkeypatch.setenv("EDITOR", "/no/such/editor")
                await it.press("e")
                assert "no such file" in it.note
                assert it.states == {"native": ["pending"]}

        run(test())

    def test_a_terminal_that_cannot_be_handed_over_is_said(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.undo()
        monkeypatch.setenv("EDITOR", "true")

        async def test():
            async with opened(tree) as it:
                await it.press("e")
                assert "cannot be handed" in it.note

        run(test())


class TestVerifying:
    def test_the_verdict_is_shown_and_kept_until_the_text_is_another(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        from migrate.review.file import digest_of

        def prove(path, before, after, args, *, announce):
            announce("running it")
            assert args == ("--out", "{out}")
            return Verdict(path, digest_of(after), True, "equal: 1 export")

        monkeypatch.setattr("migrate.review.proving.prove_text", prove)

        async def test():
            async with opened(tree, verify_args=("--out", "{out}")) as it:
                await it.press("j", "j", "v")
                for _ in range(100):
                    if it.app.main.file.verdict is not None:
                        break
                    await it.pilot.pause(0.02)
                assert it.note == "native.py: equal: 1 export"
                assert any("native.py 0/1 equal" in line for line in it.tree)
                assert "verify: equal: 1 export" in rendered(it)
                await it.press("l")
                assert not any("native.py 0/1 equal" in line for line in it.tree)

        run(test())

    def test_what_goes_wrong_is_a_verdict(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        def prove(*args, **options):
            raise ValueError("no luck")

        monkeypatch.setattr("migrate.review.proving.prove_text", prove)

        async def test():
            async with opened(tree) as it:
                await it.press("v")
                for _ in range(100):
                    if it.app.main.file.verdict is not None:
                        break
                    await it.pilot.pause(0.02)
                assert "not proved: ValueError: no luck" in it.note

        run(test())

    def test_a_file_that_stays_is_not_run(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("J", "J", "v")
                assert "nothing to verify" in it.note

        run(test())


class TestWindows:
    def test_help_has_every_key(self, tree: Path):
        async def test():
            async with opened(tree, size=(120, 60)) as it:
                await it.press("question_mark")
                assert isinstance(it.app.screen, Help)
                shown = it.app.export_screenshot(simplify=False).replace("&#160;", " ")
                for binding in BINDINGS:
                    assert binding.tooltip, binding
                    assert binding.tooltip.split(",")[0].split(":")[0][:20] in shown
                await it.press("escape")
                assert it.app.screen is it.app.main

        run(test())

    def test_x_and_a_click_on_the_rule_explain_it(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("x")
                assert isinstance(it.app.screen, Explain)
                await it.press("q")
                await it.app.run_action("app.explain('TFM301')")
                await it.settle()
                assert "TFM301" in it.app.screen.query_one("#window").border_title
                await it.press("escape", "up", "x")
                assert "select a site" in it.note

        run(test())


class TestMouse:
    def test_a_click_selects_and_another_one_folds(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.pilot.click("#tree", offset=(10, 2))
                assert it.at == ("apart", (1,))
                await it.pilot.click("#tree", offset=(1, 0))
                assert "flagged.py" in it.tree[1]

        run(test())

    def test_the_keys_at_the_bottom_are_buttons(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.pilot.click("FooterKey")
                await it.settle()
                assert it.states["apart"][0] == "accepted"

        run(test())


class TestSizes:
    @pytest.mark.parametrize("size", [(80, 24), (50, 16)])
    def test_all_panes_are_there_in_small_terminals(self, tree: Path, size: tuple[int, int]):
        async def test():
            async with opened(tree, size=size) as it:
                main = it.app.main
                assert main.tree_pane.size.width >= size[0] - 1
                assert main.diff_pane.region.y > main.tree_pane.region.y
                assert min(pane.size.height for pane in main._panes()) >= 1
                await it.press("y", "question_mark", "escape", "f", "escape", "q", "escape")
                assert it.states["apart"][0] == "accepted"

        run(test())

    def test_a_resize_moves_the_tree(self, tree: Path):
        async def test():
            async with opened(tree, size=(140, 40)) as it:
                main = it.app.main
                assert main.diff_pane.region.y == main.tree_pane.region.y or main.diff_pane.region.x > 20
                await it.pilot.resize_terminal(70, 20)
                await it.settle()
                assert main.diff_pane.region.x == 0
                await it.press("y")
                await it.pilot.resize_terminal(140, 40)
                await it.settle()
                assert main.diff_pane.region.x > 20
                assert it.at == ("apart", (1,))

        run(test())


class TestReading:
    def test_files_are_listed_while_others_are_read_and_keys_wait_for_the_end(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ):
        import threading

        gate = threading.Event()
        read = Review.read

        def slowly(self, *, jobs=1):
            for number, file in enumerate(read(self, jobs=jobs)):
                if number == 1:
                    assert gate.wait(30)
                yield file

        monkeypatch.setattr(Review, "read", slowly)

        async def test():
            app = ReviewApp(Review([tree], Settings()), store(tree))
            async with app.run_test(size=(120, 40)) as pilot:
                for _ in range(500):
                    if app.listing.files:
                        break
                    await pilot.pause(0.01)
                assert [file.name for file in app.listing.files.values()] == ["apart.py"]
                assert app.main.reading == "reading 1 of 4 files"
                await pilot.press("y")
                await pilot.press("q")
                assert isinstance(app.screen, Summary)
                await pilot.press("enter")  # not yet: nothing was summed up
                assert isinstance(app.screen, Summary)
                await pilot.press("escape")
                gate.set()
                while app.main.reading:
                    await pilot.pause(0.01)
                assert len(app.listing.files) == 4
            assert app.error is None

        run(test())

    def test_an_error_in_a_file_is_listed(self, tmp_path: Path):
        place = project(
            tmp_path, {"broken": "import tensorflow as tf\ntf.saved_model.simple_save(\n", "native": NATIVE}
        )

        async def test():
            async with opened(place) as it:
                assert "broken.py error" in it.tree[0]
                await it.press("up")
                await it.press("up")
                assert it.at == ("broken", None)
                assert "not valid Python" in rendered(it)
                await it.press("e")
                assert it.note == "nothing to edit here"

        run(test())

    def test_a_tree_without_exports(self, tmp_path: Path):
        async def test():
            async with opened(project(tmp_path, {"plain": "x = 1\n"})) as it:
                assert "no TensorFlow 1 export code" in it.note
                await it.press(
                    "y", "n", "a", "A", "l", "v", "e", "x", "j", "K", "right_square_bracket", "s", "z", "enter"
                )
                await it.press("q")
            assert not (tmp_path / ".tf-migrate").exists()

        run(test())

    def test_what_stops_the_review_is_raised(self, tree: Path, monkeypatch: pytest.MonkeyPatch):
        def refuse(self, review):
            raise MigrateError("review.json: not what this version writes")

        monkeypatch.setattr(Store, "load", refuse)

        async def test():
            with pytest.raises(MigrateError, match="not what this version writes"):
                async with opened(tree, resume=True):
                    pass

        run(test())


class TestLeaving:
    def test_the_summary_says_what_would_be_written_and_what_is_held_back(self, tmp_path: Path):
        place = project(tmp_path, {"together": IN_ONE_FUNCTION, "native": NATIVE, "flagged": FLAGGED})

        async def test():
            async with opened(place) as it:
                await it.press("y", "y", "q")
                assert isinstance(it.app.screen, Summary)
                said = summary(it)
                assert f"  {place / 'native.py'}" in said
                assert "held back" in said
                assert "together.py:8: " in said
                assert "1 proposal waits" in said
                await it.press("escape")
                assert it.app.screen is it.app.main
                await it.press("q")
                await it.settle()
                await it.press("enter")
                assert not it.app.is_running or it.app._exit
            assert kept(place) == {"native": ["accepted"], "together": ["accepted"]}
            assert (place / "native.py").read_text() == NATIVE

        run(test())

    @pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
    def test_it_can_be_left_at_once_with_all_decisions(self, tree: Path, key: str):
        async def test():
            async with opened(tree) as it:
                await it.pilot.press("y", "n", "question_mark", key)
                for _ in range(300):
                    if it.app._exit:
                        break
                    await it.pilot.pause(0.02)
                assert it.app._exit
            assert kept(tree)["apart"] == ["accepted", "rejected"]

        run(test())

    def test_decisions_are_kept_as_they_are_made_and_taken_up_again(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("n")
                assert kept(tree)["apart"] == ["rejected"]
                await it.press("ctrl+c")
            async with opened(tree, resume=True) as it:
                assert it.states["apart"] == ["rejected", "pending"]
                assert "1 site decided before" in it.note

        run(test())

    def test_without_a_decision_nothing_is_written_at_all(self, tree: Path):
        async def test():
            async with opened(tree) as it:
                await it.press("q")
                for _ in range(100):
                    if it.app._exit:
                        break
                    await it.pilot.pause(0.02)
                assert it.app._exit

        run(test())
        assert sorted(path.name for path in tree.iterdir()) == ["apart.py", "flagged.py", "native.py", "together.py"]

    def test_where_it_cannot_save_it_stays_and_says_so(self, tree: Path):
        (tree / ".tf-migrate").write_text("in the way")

        async def test():
            async with opened(tree) as it:
                await it.press("y")
                assert "not saved: " in it.note
                await it.press("ctrl+c")
                assert not it.app._exit
                assert "ctrl+c leaves all the same" in it.note
                await it.pilot.press("ctrl+c")
                assert it.app._exit

        run(test())


def rendered(it) -> str:
    """What stands below the diff, as text."""
    from rich.console import Console

    from migrate.review.tui.why import why

    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(why(it.app.main.file, it.app.main.item))
    return capture.get()


def summary(it) -> str:
    """What the summary says, as text."""
    words = it.app.screen.query_one("#words")
    return "\n".join(strip.text.rstrip() for strip in words.render_lines(words.size.region))


def test_levels_have_words_of_equal_width_in_the_tree():
    assert max(map(len, Level)) == 7
