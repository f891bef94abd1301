"""Plain prompts: every key, with the answers in a row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.review import prompts
from migrate.review.decision import State
from migrate.review.prompts import HELP, KEYS, Prompts
from migrate.review.review import Review
from migrate.review.store import store_of
from migrate.review.verdict import Verdict
from tests.review.scripts import FLAGGED, HEAD, NATIVE, STAYING, TWO_OF_ONE_GRAPH, exporting, graph, path, reviewed

TWO = HEAD + exporting("a") + exporting("b")


class Talk:
    """Gives some answers, and keeps what was said."""

    def __init__(self, answers: Sequence[str], edits: Sequence[str | MigrateError] = ()) -> None:
        self.answers = list(answers)
        self.edits = list(edits)
        self.given: list[str] = []
        self.said = ""
        self.asked: list[str] = []

    def say(self, text: str) -> None:
        self.said += text

    def ask(self, prompt: str) -> str | None:
        self.asked.append(prompt.partition(" [")[0])
        return self.answers.pop(0) if self.answers else None

    def edited(self, text: str, name: str) -> str:
        self.given += [name, text]
        new = self.edits.pop(0)
        if isinstance(new, MigrateError):
            raise new
        return new


def talked(review: Review, *answers: str, edits: Sequence[str | MigrateError] = ()) -> Talk:
    talk = Talk(answers, edits)
    Prompts(review, store_of(review.paths), talk).run()
    return talk


def states(review: Review) -> dict[str, list[str]]:
    """The decisions, by file."""
    return {
        Path(file.path).stem: [str(review.state(item)) for item in review.items(file.path)] for file in review.files
    }


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Two files with two rewrites and with one."""
    return reviewed(tmp_path, one=TWO, two=NATIVE)


def test_what_is_asked_about_is_shown_with_place_reason_signatures_and_patch(review: Review):
    talk = talked(review, "q")
    assert talk.said.startswith("3 rewrites to decide on\n\n")
    assert f"{path(review, 'one')}:9:5: TFM002 native becomes a tf.Module" in talk.said
    assert "    signature serving_default (tensorflow/serving/predict): x -> y\n" in talk.said
    assert "\n+  tf.saved_model.save(" in talk.said
    assert "\x1b" not in talk.said
    assert talk.asked == ["(1/3) Accept this rewrite"]


def test_each_is_asked_about_until_all_is_decided(review: Review):
    talk = talked(review, "y", "n", " y ", "never asked")
    assert states(review) == {"one": ["accepted", "rejected"], "two": ["accepted"]}
    assert talk.asked == ["(1/3) Accept this rewrite", "(2/3) Accept this rewrite", "(3/3) Accept this rewrite"]
    assert talk.answers == ["never asked"]


@pytest.mark.parametrize("answers", [["y", "q"], ["y"]])
def test_leaving_keeps_what_was_decided(review: Review, answers: list[str]):
    talked(review, *answers)
    other = Review(review.paths, review.settings)
    assert list(other.read()) != []
    store_of(review.paths).load(other)
    assert states(other) == {"one": ["accepted", "pending"], "two": ["pending"]}


def test_what_was_decided_before_is_not_asked_about(review: Review):
    review.accept(review.items(path(review, "one")))
    talk = talked(review, "y")
    assert talk.said.startswith("1 of 3 rewrites to decide on\n")
    assert talk.asked == ["(3/3) Accept this rewrite"]


def test_every_decision_is_kept_at_once(review: Review):
    class Interrupted(Talk):
        def ask(self, prompt: str) -> str | None:
            if not self.answers:
                raise KeyboardInterrupt
            return super().ask(prompt)

    with pytest.raises(KeyboardInterrupt):
        Prompts(review, store_of(review.paths), Interrupted(["y", "n"])).run()
    (kept,) = store_of(review.paths).kept()
    assert [site.decision.state for site in kept.sites] == [State.ACCEPTED, State.REJECTED]


@pytest.mark.parametrize(
    ("answers", "one", "two"),
    [
        (["a"], ["accepted", "accepted"], ["pending"]),
        (["n", "a"], ["rejected", "accepted"], ["pending"]),
        (["A"], ["accepted", "accepted"], ["accepted"]),
        (["d"], ["rejected", "rejected"], ["pending"]),
        (["y", "d"], ["accepted", "rejected"], ["pending"]),
        (["j", "y"], ["pending", "accepted"], ["pending"]),
        (["y", "k", "n"], ["rejected", "pending"], ["pending"]),
        (["g 3", "y"], ["pending", "pending"], ["accepted"]),
        (["g3", "y"], ["pending", "pending"], ["accepted"]),
        (["y", "u", "n"], ["rejected", "pending"], ["pending"]),
        (["A", "never asked"], ["accepted", "accepted"], ["accepted"]),
        (["/two\\.py", "y"], ["pending", "pending"], ["accepted"]),
        (["/", "export_b", "y"], ["pending", "accepted"], ["pending"]),
        (["", "x", "yes", "y"], ["accepted", "pending"], ["pending"]),
    ],
)
def test_keys(review: Review, answers: list[str], one: list[str], two: list[str]):
    talked(review, *answers)
    assert states(review) == {"one": one, "two": two}


def test_what_is_left_undecided_is_not_asked_about_again(review: Review):
    talk = talked(review, "j", "j", "j", "never asked")
    assert talk.answers == ["never asked"]


def test_keys_that_have_nothing_to_do_say_so(review: Review):
    talk = talked(review, "k", "u", "g 9", "g x", "/(", "/nowhere", "?")
    for said in (
        "This is the first one.\n",
        "There is nothing to undo.\n",
        "There is no rewrite 9; they go from 1 to 3.\n",
        "There is no rewrite x; they go from 1 to 3.\n",
        "(: not a regular expression: ",
        "nowhere: not found\n",
        HELP,
    ):
        assert said in talk.said
    assert [line[0] for line in HELP.splitlines()] == KEYS.split(",")


def test_all_can_be_listed(review: Review):
    talk = talked(review, "y", "g")
    assert f"1: {path(review, 'one')}:9 native accepted\n2: {path(review, 'one')}:17 native pending\n" in talk.said


def test_a_decision_is_told_where_one_comes_back_to_it(review: Review):
    assert talked(review, "n", "g 1").asked[-1] == "(1/3, rejected) Accept this rewrite"


def test_a_lower_rewrite_is_shown_instead(tmp_path: Path):
    review = reviewed(tmp_path, one=TWO_OF_ONE_GRAPH, two=STAYING.replace("import one", ""))
    talk = talked(review, "l", "l", "y", "y", "l")
    assert talk.asked == [
        "(1/2) Accept this rewrite",
        "(1/2) Accept this rewrite",
        "(1/3) Accept this rewrite",
        "(2/3) Accept this rewrite",
        "(3/3) Accept this rewrite",
        "(3/3) Accept this rewrite",
    ]
    assert "TFM206 wrapped" in talk.said
    assert "TFM301 bridged" in talk.said
    assert talk.said.endswith("There is no other rewrite of it.\n")
    assert states(review)["one"] == ["accepted", "accepted"]


def test_what_a_decision_changes_is_told_and_asked_about_again(tmp_path: Path):
    body = "".join(f"  {line}\n" for line in (graph("a") + graph("b")).splitlines())
    review = reviewed(tmp_path, one=HEAD + "def main():\n" + body)
    talk = talked(review, "y", "n", "y")
    assert "one.py:8: accepted before, and another rewrite now: it is asked again\n" in talk.said
    assert talk.asked[2] == "(1/2, accepted, and another one now) Accept this rewrite"
    assert states(review) == {"one": ["accepted", "rejected"]}
    assert [str(item.level) for item in review.items(path(review, "one"))] == ["bridged", "native"]


def test_what_cannot_be_rewritten_is_counted_and_not_asked_about(tmp_path: Path):
    review = reviewed(tmp_path, one=FLAGGED)
    talk = talked(review, "y")
    assert talk.said == "0 rewrites to decide on; 1 site cannot be rewritten (`tf-migrate scan` tells why)\n"
    assert talk.asked == []


class TestEditing:
    def test_the_new_text_is_taken_for_the_file(self, review: Review):
        mine = TWO + "# mine\n"
        talk = talked(review, "e", edits=[mine])
        assert talk.given == ["one.py", review.file(path(review, "one")).result.after]
        assert states(review) == {"one": ["edited", "edited"], "two": ["pending"]}
        assert talk.asked[-1] == "(3/3) Accept this rewrite"

    def test_a_text_that_is_not_taken_is_not_lost(self, review: Review):
        broken, mine = TWO + "mine(\n", TWO + "# mine\n"
        talk = talked(review, "e", "e", edits=[broken, mine])
        assert "Not taken: not valid Python on line" in talk.said
        assert talk.given[3] == broken
        assert states(review)["one"] == ["edited", "edited"]

    def test_an_editor_that_fails_decides_nothing(self, review: Review):
        talk = talked(review, "e", edits=[MigrateError("no editor")])
        assert "Not edited: no editor\n" in talk.said
        assert states(review)["one"] == ["pending", "pending"]


class TestVerifying:
    def test_the_verdict_is_said_and_kept(self, review: Review, monkeypatch: pytest.MonkeyPatch):
        def prove(review: Review, path: str, args: Sequence[str], *, announce: object) -> Verdict:
            return Verdict(path, "", True, f"equal: {args}")

        monkeypatch.setattr(prompts, "prove", prove)
        talk = Talk(["v"])
        Prompts(review, store_of(review.paths), talk, args=["{out}"]).run()
        assert talk.said.endswith(f"{path(review, 'one')}: equal: ['{{out}}']\n")
        assert states(review)["one"] == ["pending", "pending"]

    def test_it_can_be_broken_off(self, review: Review, monkeypatch: pytest.MonkeyPatch):
        def prove(*_: object, **__: object) -> Verdict:
            raise KeyboardInterrupt

        monkeypatch.setattr(prompts, "prove", prove)
        assert talked(review, "v", "y").said.count("Not finished.\n") == 1
        assert states(review)["one"] == ["accepted", "pending"]


def test_decisions_that_cannot_be_kept_are_told_once(review: Review):
    Path(str(review.paths[0]), ".tf-migrate").write_text("a file")
    talk = talked(review, "y", "y")
    assert talk.said.count("The decisions cannot be kept: ") == 1
    assert states(review)["one"] == ["accepted", "accepted"]
