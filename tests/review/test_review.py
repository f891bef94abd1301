"""What a reviewer decides, and what becomes of the proposals."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.errors import MigrateError
from migrate.results import Level
from migrate.review.decision import State
from migrate.review.review import Review
from migrate.review.verdict import Verdict
from migrate.settings import Settings
from tests.review.scripts import (
    FLAGGED,
    HEAD,
    NATIVE,
    STAYING,
    TWO_OF_ONE_GRAPH,
    exporting,
    graph,
    items,
    path,
    reviewed,
    written,
)

TWO = HEAD + exporting("a") + exporting("b")
IN_ONE_FUNCTION = HEAD + "def main():\n" + "".join(f"  {line}\n" for line in (graph("a") + graph("b")).splitlines())


def states(review: Review, name: str) -> list[str]:
    return [str(review.state(item)) for item in items(review, name)]


def levels(review: Review, name: str) -> list[tuple[tuple[int, ...], str]]:
    return [(item.ordinals, str(item.level)) for item in items(review, name)]


class TestItems:
    def test_each_file_with_sites_has_items_and_others_have_none(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO, three="import tensorflow.saved_model\n")
        assert [file.path for file in review.files] == [path(review, "one")]
        assert levels(review, "one") == [((0,), "native"), ((1,), "native")]
        assert states(review, "one") == ["pending", "pending"]

    def test_exports_of_one_graph_are_one_item(self, tmp_path: Path):
        assert levels(reviewed(tmp_path, one=TWO_OF_ONE_GRAPH), "one") == [((0, 1), "native")]

    def test_what_is_flagged_has_no_proposal_and_is_not_accepted(self, tmp_path: Path):
        review = reviewed(tmp_path, one=FLAGGED)
        (item,) = items(review, "one")
        assert item.proposal is None
        assert review.accept([item]) == frozenset()
        assert states(review, "one") == ["pending"]
        assert review.undo() is None

    def test_a_file_that_cannot_be_read_is_shown_with_its_error(self, tmp_path: Path):
        review = reviewed(tmp_path, one="simple_save(\n", two=NATIVE)
        first = review.files[0]
        assert first.result.error is not None
        assert first.result.error.startswith("not valid Python 3")
        assert items(review, "one") == ()
        review.accept(items(review, "two"))
        assert set(written(review)) == {"two"}
        assert [result.error for result in review.outcome().results] == [first.result.error, None]

    def test_a_proposal_is_what_becomes_of_the_file_with_it_alone(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        first, second = (item.proposal for item in items(review, "one"))
        assert first is not None
        assert second is not None
        assert first.after.count("tf.saved_model.save(") == second.after.count("tf.saved_model.save(") == 1
        assert review.preview(path(review, "one")) == rewrite_source(TWO, "one.py").after

    def test_how_far_it_has_read_is_told(self, tmp_path: Path):
        for name in "abc":
            (tmp_path / f"{name}.py").write_text(NATIVE)
        review = Review([tmp_path], Settings())
        assert review.progress == (0, 0)
        assert [review.progress for _ in review.read()] == [(1, 3), (2, 3), (3, 3)]


class TestAccepting:
    def test_what_was_accepted_is_carried_out_and_nothing_else(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO, two=NATIVE)
        first, second = items(review, "one")
        assert review.accept([second]) == frozenset()
        assert states(review, "one") == ["pending", "accepted"]
        assert second.proposal is not None
        assert written(review) == {"one": second.proposal.after}
        review.accept([first])
        assert written(review) == {"one": review.preview(path(review, "one"))}

    def test_nothing_is_written_before_anything_was_accepted(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        assert written(review) == {}
        (result,) = review.outcome().results
        assert {(site.level, site.reason) for site in result.sites} == {
            (Level.FLAGGED, "its rewrite was not accepted"),
        }

    def test_what_the_engine_says_of_closed_sites_is_what_is_said_without_it(self, tmp_path: Path):
        from migrate.choices import Choices
        from migrate.engine import Planner

        review = reviewed(tmp_path, one=TWO)
        review.reject(items(review, "one"))
        engine = Planner(TWO, path(review, "one")).planned(Choices(frozenset({0, 1})))
        assert review.file(path(review, "one")).planned == engine
        assert review.outcome().results == (engine.result,)

    def test_it_is_taken_back_with_one_undo_for_each_call(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO, two=NATIVE)
        review.accept([*items(review, "one"), *items(review, "two")])
        review.reject(items(review, "two"))
        assert review.undo() == {path(review, "two")}
        assert (states(review, "one"), states(review, "two")) == (["accepted", "accepted"], ["accepted"])
        assert review.undo() == {path(review, "one"), path(review, "two")}
        assert (states(review, "one"), states(review, "two")) == (["pending", "pending"], ["pending"])
        assert review.undo() is None

    def test_what_changes_nothing_is_not_an_undo(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        review.accept(items(review, "one"))
        review.accept(items(review, "one"))
        review.accept([])
        review.undo()
        assert states(review, "one") == ["pending"]

    def test_it_can_be_reopened(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        review.accept(items(review, "one"))
        review.reopen(items(review, "one"))
        assert states(review, "one") == ["pending"]
        assert written(review) == {}


class TestRejecting:
    def test_it_stays_and_is_still_shown_with_what_was_offered(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        offered = items(review, "one")
        assert review.reject([offered[0]]) == {path(review, "one")}
        assert states(review, "one") == ["rejected", "pending"]
        assert items(review, "one") == offered
        assert review.preview(path(review, "one")) == offered[1].proposal.after

    def test_all_of_a_file(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        offered = items(review, "one")
        review.reject(offered)
        assert states(review, "one") == ["rejected", "rejected"]
        assert items(review, "one") == offered
        assert review.preview(path(review, "one")) == TWO

    def test_it_may_change_what_is_proposed_for_others_which_are_pending_again_then(self, tmp_path: Path):
        review = reviewed(tmp_path, one=IN_ONE_FUNCTION)
        first, second = items(review, "one")
        assert (first.level, second.level) == (Level.NATIVE, Level.NATIVE)
        review.accept([first])
        assert review.reject([second]) == {path(review, "one")}
        again = items(review, "one")[0]
        assert again.level is Level.BRIDGED
        assert review.state(again) is State.PENDING
        assert review.is_changed(again)
        assert not review.is_changed(items(review, "one")[1])
        review.undo()
        assert states(review, "one") == ["accepted", "pending"]

    def test_what_was_accepted_alone_is_held_back_where_the_rest_is_in_the_way(self, tmp_path: Path):
        review = reviewed(tmp_path, one=IN_ONE_FUNCTION)
        first, second = items(review, "one")
        review.accept([first])
        outcome = review.outcome()
        assert [(held.path, held.site) for held in outcome.held] == [(path(review, "one"), first.site)]
        assert "still builds a TF1 graph" in outcome.held[0].reason
        assert not any(result.changed for result in outcome.results)
        review.accept([second])
        assert review.outcome().held == ()
        assert set(written(review)) == {"one"}

    def test_rejecting_what_is_flagged_is_noted(self, tmp_path: Path):
        review = reviewed(tmp_path, one=FLAGGED)
        review.reject(items(review, "one"))
        assert states(review, "one") == ["rejected"]
        assert items(review, "one")[0].site.reason == reviewed(tmp_path, one=FLAGGED).files[0].result.sites[0].reason


class TestLowering:
    def test_the_next_lower_rewrite_and_then_the_best_again(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        (best,) = items(review, "one")
        for level in (Level.WRAPPED, Level.BRIDGED):
            assert review.lower(items(review, "one")[0]) == {path(review, "one")}
            (lower,) = items(review, "one")
            assert lower.level is level
            assert states(review, "one") == ["pending"]
            review.accept([lower])
            assert written(review) == {"one": lower.proposal.after}
        assert "disable_v2_behavior" in written(review)["one"]
        assert review.lower(lower) == {path(review, "one")}
        assert items(review, "one") == (best,)
        assert states(review, "one") == ["pending"]

    def test_what_was_one_proposal_may_be_two_below_and_is_one_again(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO_OF_ONE_GRAPH)
        review.lower(items(review, "one")[0])
        assert levels(review, "one") == [((0, 1), "wrapped")]
        review.lower(items(review, "one")[0])
        assert levels(review, "one") == [((0,), "bridged"), ((1,), "bridged")]
        review.lower(items(review, "one")[1])
        assert levels(review, "one") == [((0, 1), "native")]

    def test_where_there_is_no_other_nothing_is_decided(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE, two=STAYING, three=FLAGGED)
        review.accept(items(review, "one"))
        for name in ("two", "three"):
            assert review.lower(items(review, name)[0]) == frozenset()
        assert states(review, "one") == ["accepted"]
        review.undo()
        assert states(review, "one") == ["pending"]

    def test_it_opens_what_was_rejected(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        review.reject(items(review, "one"))
        review.lower(items(review, "one")[0])
        assert levels(review, "one") == [((0,), "wrapped")]
        assert states(review, "one") == ["pending"]

    def test_the_settings_limit_it_from_above(self, tmp_path: Path):
        review = reviewed(tmp_path, Settings(level=Level.BRIDGED), one=NATIVE)
        assert levels(review, "one") == [((0,), "bridged")]
        assert review.lower(items(review, "one")[0]) == frozenset()

    def test_undo_brings_the_better_one_back(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        review.accept(items(review, "one"))
        review.lower(items(review, "one")[0])
        assert review.undo() == {path(review, "one")}
        assert states(review, "one") == ["accepted"]


class TestPrograms:
    def test_a_file_that_runs_with_a_session_is_lowered_and_rises_where_that_is_rejected(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE, two=STAYING)
        assert "two.py runs in the same program" in review.file(path(review, "one")).stays_because
        assert levels(review, "one") == [((0,), "bridged")]
        review.accept(items(review, "one"))
        assert review.reject(items(review, "two")) == {path(review, "one"), path(review, "two")}
        assert levels(review, "one") == [((0,), "native")]
        assert review.is_changed(items(review, "one")[0])
        review.accept(items(review, "one"))
        assert "tf.saved_model.save(" in written(review)["one"]

    def test_lowering_one_lowers_what_runs_with_it(self, tmp_path: Path):
        native = NATIVE.replace("import tensorflow as tf", "import tensorflow as tf\nimport one")
        review = reviewed(tmp_path, one=NATIVE, two=native)
        assert levels(review, "two") == [((0,), "native")]
        # The wrapped graph needs nothing of its program; the bridge needs TF1's behaviour in all of it.
        assert review.lower(items(review, "one")[0]) == {path(review, "one")}
        assert levels(review, "two") == [((0,), "native")]
        assert review.lower(items(review, "one")[0]) == {path(review, "one"), path(review, "two")}
        assert levels(review, "two") == [((0,), "bridged")]
        review.lower(items(review, "one")[0])
        assert levels(review, "two") == [((0,), "native")]

    def test_what_was_accepted_for_a_session_stays_so_where_that_is_not_accepted(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE, two=STAYING)
        (item,) = items(review, "one")
        review.accept([item])
        assert written(review) == {"one": item.proposal.after}

    def test_files_without_a_site_that_follow_are_told(self, tmp_path: Path):
        helper = "import tensorflow as tf\n\ndef save(s, p, i, o):\n  tf.saved_model.simple_save(s, p, i, o)\n"
        caller = "import tensorflow as tf\nimport helper\n\nx = tf.placeholder(tf.float32)\nhelper.save(tf.Session(), 'o', {'x': x}, {})\n"
        review = reviewed(tmp_path, Settings(whole_program=True), helper=helper, main=caller)
        assert [file.path for file in review.files] == [path(review, "helper")]
        (follower,) = review.followers
        assert (follower.path, follower.because) == (path(review, "main"), f"runs with {path(review, 'helper')}")
        assert review.preview(path(review, "main")) == follower.after
        assert written(review) == {}
        review.accept(items(review, "helper"))
        assert set(written(review)) == {"helper", "main"}
        review.reject(items(review, "helper"))
        assert review.followers == ()


class TestEditing:
    def test_a_text_takes_the_place_of_all_rewrites_of_a_file(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        text = review.preview(path(review, "one")) + "# mine\n"
        assert review.edit(path(review, "one"), text) == {path(review, "one")}
        assert states(review, "one") == ["edited", "edited"]
        assert written(review) == {"one": text}
        assert review.preview(path(review, "one")) == text

    def test_accepting_keeps_it_and_another_decision_takes_it_away(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        text = TWO + "# mine\n"
        review.edit(path(review, "one"), text)
        review.accept(items(review, "one"))
        assert written(review) == {"one": text}
        assert path(review, "one") in review.reject([items(review, "one")[0]])
        assert states(review, "one") == ["rejected", "pending"]
        assert review.edits() == {}
        review.undo()
        assert states(review, "one") == ["edited", "edited"]
        assert written(review) == {"one": text}
        review.undo()
        assert states(review, "one") == ["pending", "pending"]

    def test_the_preview_itself_is_an_acceptance(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        review.edit(path(review, "one"), TWO + "# mine\n")
        review.edit(path(review, "one"), review.file(path(review, "one")).result.after)
        assert states(review, "one") == ["accepted", "accepted"]
        assert review.edits() == {}
        review.undo()
        assert states(review, "one") == ["edited", "edited"]

    def test_what_is_flagged_can_be_mended_by_hand(self, tmp_path: Path):
        review = reviewed(tmp_path, one=FLAGGED)
        review.edit(path(review, "one"), "print('mended')\n")
        assert states(review, "one") == ["edited"]
        assert written(review) == {"one": "print('mended')\n"}

    def test_it_does_not_stand_for_what_was_rejected(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        review.reject([items(review, "one")[0]])
        review.edit(path(review, "one"), TWO + "# mine\n")
        assert states(review, "one") == ["rejected", "edited"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("def\n", "not valid Python on line 1"),
            ("return 1\n", "not valid Python on line 1"),
            (TWO, "nothing was changed"),
            (TWO.replace("import tensorflow as tf\n", ""), "'tf' has no value"),
        ],
    )
    def test_a_text_that_could_not_run_is_refused_and_nothing_is_decided(self, tmp_path: Path, text: str, said: str):
        review = reviewed(tmp_path, one=TWO)
        with pytest.raises(MigrateError, match=said):
            review.edit(path(review, "one"), text)
        assert states(review, "one") == ["pending", "pending"]
        assert review.undo() is None

    def test_it_must_be_writable_in_the_encoding_of_the_file(self, tmp_path: Path):
        text = "# coding: latin-1\n" + NATIVE
        review = reviewed(tmp_path, one=text)
        with pytest.raises(MigrateError, match="cannot be written in iso-8859-1"):
            review.edit(path(review, "one"), text + "# \N{SNOWMAN}\n")

    def test_all_must_not_have_been_rejected(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE)
        review.reject(items(review, "one"))
        with pytest.raises(MigrateError, match="rejected"):
            review.edit(path(review, "one"), NATIVE + "# mine\n")

    def test_it_is_pending_again_where_another_file_changes_what_it_was_written_for(self, tmp_path: Path):
        review = reviewed(tmp_path, one=NATIVE, two=STAYING)
        review.reject(items(review, "two"))
        text = review.preview(path(review, "one")) + "# mine\n"
        review.edit(path(review, "one"), text)
        review.reopen(items(review, "two"))
        assert states(review, "one") == ["pending"]
        assert review.is_changed(items(review, "one")[0])
        assert review.preview(path(review, "one")) != text
        assert written(review) == {}
        review.reject(items(review, "two"))
        assert states(review, "one") == ["edited"]


class TestFilesThatChange:
    def test_the_review_goes_on_with_what_it_has_read(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        Path(path(review, "one")).write_text("print('other')\n")
        review.reject([items(review, "one")[0]])
        assert states(review, "one") == ["rejected", "pending"]
        review.accept([items(review, "one")[1]])
        (result,) = review.outcome().results
        assert result.before == TWO

    def test_also_where_it_is_gone(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO)
        Path(path(review, "one")).unlink()
        review.lower(items(review, "one")[0])
        assert [str(item.level) for item in items(review, "one")] == ["wrapped"]


def test_a_verdict_is_about_the_text_that_was_run(tmp_path: Path):
    from migrate.review.file import digest_of

    review = reviewed(tmp_path, one=TWO)
    name = path(review, "one")
    review.verdicts[name] = Verdict(name, digest_of(review.preview(name)), True, "equal: 2 exports")
    assert review.verdict(name) == review.verdicts[name]
    review.reject([items(review, "one")[0]])
    assert review.verdict(name) is None
    review.undo()
    assert review.verdict(name) is not None
