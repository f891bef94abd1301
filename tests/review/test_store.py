"""Decisions between two runs."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.results import Level
from migrate.review.decision import State
from migrate.review.document import to_json
from migrate.review.file import digest_of
from migrate.review.review import Review
from migrate.review.store import Resumed, Store, as_dict, project_directory, store_of
from migrate.review.verdict import Verdict
from migrate.settings import Settings
from tests.review.scripts import FLAGGED, HEAD, NATIVE, STAYING, exporting, items, path, reviewed

TWO = HEAD + exporting("a") + exporting("b")


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """A review of four files, with a decision of every kind, kept."""
    review = reviewed(tmp_path, one=TWO, two=NATIVE, three=NATIVE, four=FLAGGED)
    review.accept([items(review, "one")[0]])
    review.reject([items(review, "one")[1]])
    review.lower(items(review, "two")[0])
    review.edit(path(review, "three"), NATIVE + "# mine\n")
    store_of(review.paths).save(review)
    return review


def again(review: Review, **options: object) -> tuple[Review, Resumed]:
    """The same review in another run."""
    other = Review(review.paths, review.settings)
    for _ in other.read():
        pass
    other.settle()
    return other, Store(store_of(review.paths).path, **options).load(other)  # type: ignore[arg-type]


class TestResuming:
    def test_everything_is_as_it_was(self, review: Review):
        other, resumed = again(review)
        assert other.decisions() == review.decisions()
        assert other.edits() == review.edits()
        assert [other.items(file.path) for file in other.files] == [review.items(file.path) for file in review.files]
        assert other.outcome() == review.outcome()
        assert resumed == Resumed(sites=3)
        assert resumed.said == "3 sites decided before"
        assert other.undo() is None

    def test_without_anything_kept_there_is_nothing_to_say(self, tmp_path: Path):
        _, resumed = again(reviewed(tmp_path, one=NATIVE))
        assert resumed == Resumed()
        assert resumed.said == ""

    def test_a_file_that_changed_is_pending_again(self, review: Review):
        Path(path(review, "one")).write_text(TWO + "# new\n")
        other, resumed = again(review)
        assert {other.state(item) for item in items(other, "one")} == {State.PENDING}
        assert other.state(items(other, "three")[0]) is State.EDITED
        assert resumed.changed == (path(review, "one"),)
        assert resumed.said == f"1 site decided before; {path(review, 'one')} changed since: pending again"

    def test_only_whitespace_is_a_change_too_but_not_the_time(self, review: Review):
        os.utime(path(review, "one"), (0, 0))
        assert again(review)[1].changed == ()
        Path(path(review, "one")).write_text(TWO + "\n")
        assert again(review)[1].changed == (path(review, "one"),)

    def test_another_rewrite_than_the_accepted_one_is_pending_and_told(self, review: Review):
        other = Review(review.paths, Settings(level=Level.BRIDGED))
        for _ in other.read():
            pass
        other.settle()
        resumed = store_of(review.paths).load(other)
        assert resumed.proposals == (path(review, "one"), path(review, "three"))
        assert "2 files would be rewritten in another way now" in resumed.said
        assert not any(result.changed for result in other.outcome().results)

    def test_sites_that_are_counted_in_another_way_are_pending(self, review: Review):
        place = store_of(review.paths).path
        document = json.loads(place.read_text())
        for site in document["files"][0]["sites"]:
            site["line"] += 1
        place.write_text(json.dumps(document))
        other, _ = again(review)
        assert {other.state(item) for item in items(other, "one")} == {State.PENDING}

    def test_an_edit_that_is_no_python_is_not_taken(self, review: Review):
        place = store_of(review.paths).path
        place.write_text(place.read_text().replace("# mine", "mine("))
        other, _ = again(review)
        assert other.edits() == {}
        assert other.state(items(other, "three")[0]) is State.PENDING
        assert not any(result.changed and "mine" in result.after for result in other.outcome().results)

    def test_verdicts_are_kept_while_they_hold(self, review: Review):
        name = path(review, "one")
        review.verdicts[name] = Verdict(name, digest_of(review.preview(name)), True, "equal: 1 export")
        store_of(review.paths).save(review)
        other, _ = again(review)
        assert other.verdict(name) == review.verdicts[name]
        other.reopen([items(other, "one")[1]])
        assert other.verdict(name) is None


class TestFile:
    def test_it_holds_what_was_decided_relative_to_the_project(self, review: Review):
        document = json.loads((Path(str(review.paths[0])) / ".tf-migrate" / "review.json").read_text())
        assert document["version"] == 1
        assert [file["path"] for file in document["files"]] == ["one.py", "three.py", "two.py"]
        one, three, two = document["files"]
        assert [(site["ordinal"], site["line"], site["state"]) for site in one["sites"]] == [
            (0, 9, "accepted"),
            (1, 17, "rejected"),
        ]
        assert three["edit"] == {"text": NATIVE + "# mine\n", "mode": "eager"}
        assert [(site["state"], site["limit"]) for site in two["sites"]] == [("pending", "wrapped")]

    def test_nobody_and_nothing_of_this_machine_is_in_it(self, review: Review, tmp_path: Path):
        assert str(tmp_path) not in store_of(review.paths).path.read_text()

    def test_saving_twice_gives_the_same_file(self, review: Review):
        store = store_of(review.paths)
        before = store.path.read_bytes()
        other, _ = again(review)
        store.save(other)
        assert store.path.read_bytes() == before

    def test_what_is_kept_about_other_files_stays(self, review: Review, tmp_path: Path):
        part = Review([tmp_path / "two.py"], Settings())
        for _ in part.read():
            pass
        part.settle()
        store = store_of(part.paths)
        store.load(part)
        part.accept(part.items(path(review, "two")))
        store.save(part)
        names = [file["path"] for file in json.loads(store.path.read_text())["files"]]
        assert sorted(names) == ["one.py", "three.py", "two.py"]
        assert again(review)[1] == Resumed(sites=4)

    def test_so_it_does_where_nothing_was_loaded(self, review: Review, tmp_path: Path):
        part = Review([tmp_path / "two.py"], Settings())
        for _ in part.read():
            pass
        store_of(part.paths).save(part)
        names = [one.path for one in store_of(review.paths).kept()]
        assert names == ["one.py", "three.py"]

    def test_what_has_changed_or_gone_elsewhere_is_forgotten(self, review: Review):
        Path(path(review, "one")).unlink()
        Path(path(review, "three")).write_text("print()\n")
        other, _ = again(review)
        store = store_of(review.paths)
        store.load(other)
        store.save(other)
        assert [one.path for one in store.kept()] == ["two.py"]

    def test_what_was_carried_out_can_be_forgotten(self, review: Review):
        store = store_of(review.paths)
        store.load(review)
        store.forget(review, [path(review, "one")])
        assert [one.path for one in store.kept()] == ["three.py", "two.py"]
        assert store.decided(review.paths) == 1
        assert store.decided([path(review, "two")]) == 0

    def test_a_crash_while_writing_leaves_the_old_file(self, review: Review, monkeypatch: pytest.MonkeyPatch):
        store = store_of(review.paths)
        before = store.path.read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        review.undo()
        with pytest.raises(MigrateError, match=r"review.json: cannot be written: No space left"):
            store.save(review)
        assert store.path.read_bytes() == before
        assert [file.name for file in store.path.parent.iterdir()] == ["review.json"]

    def test_it_gets_the_mode_of_new_files_and_keeps_its_own(self, review: Review):
        store = store_of(review.paths)
        mask = os.umask(0o022)
        try:
            store.path.unlink()
            store.save(review)
            assert stat.S_IMODE(store.path.stat().st_mode) == 0o644
            store.path.chmod(0o600)
            store.save(review)
            assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
        finally:
            os.umask(mask)

    @pytest.mark.parametrize("text", ["{", '{"version": 2, "files": []}', '{"version": 1, "files": 1}'])
    def test_a_file_of_another_kind_is_not_written_over(self, review: Review, text: str):
        store = store_of(review.paths)
        store.path.write_text(text)
        for use in (lambda: store.load(review), lambda: store.save(review), lambda: store.decided(review.paths)):
            with pytest.raises(MigrateError, match=r"review\.json"):
                use()
        assert store.path.read_text() == text


class TestGivenDecisions:
    def test_they_come_before_what_is_kept(self, review: Review, tmp_path: Path):
        document = as_dict(review)
        for file in document["files"]:
            for site in file["sites"]:
                site["state"] = "rejected" if site["state"] == "accepted" else site["state"]
        given = tmp_path / "given.json"
        given.write_text(json.dumps(document))
        other, _ = again(review, decisions=given)
        assert [other.state(item) for item in items(other, "one")] == [State.REJECTED, State.REJECTED]
        assert other.state(items(other, "three")[0]) is State.EDITED

    def test_a_pending_site_whose_state_is_set_is_decided(self, tmp_path: Path):
        review = reviewed(tmp_path, one=TWO, two=FLAGGED)
        document = as_dict(review)
        assert [[site["state"] for site in file["sites"]] for file in document["files"]] == [
            ["pending"] * 2,
            ["pending"],
        ]
        document["files"][0]["sites"][1]["state"] = "accepted"
        given = tmp_path / "given.json"
        given.write_text(json.dumps(document))
        other, resumed = again(review, decisions=given)
        assert [other.state(item) for item in items(other, "one")] == [State.PENDING, State.ACCEPTED]
        assert resumed == Resumed(sites=1)

    def test_anew_forgets_what_is_kept_about_these_files(self, review: Review):
        other, resumed = again(review, anew=True)
        assert (other.decisions(), resumed) == ({}, Resumed())

    def test_files_that_are_not_under_review_are_passed_over(self, review: Review, tmp_path: Path):
        given = tmp_path / "given.json"
        given.write_text(to_json([{"path": "else.py", "digest": "", "sites": []}]))
        assert again(review, decisions=given)[1] == Resumed(sites=3)


class TestProject:
    def test_it_is_the_nearest_with_settings_a_folder_or_a_work_tree(self, tmp_path: Path):
        inner = tmp_path / "a" / "b" / "c"
        inner.mkdir(parents=True)
        assert project_directory([inner]) == inner
        (tmp_path / ".git").mkdir()
        assert project_directory([inner]) == tmp_path
        (tmp_path / "a" / "pyproject.toml").write_text("[tool.tf-migrate]\n")
        assert project_directory([inner]) == tmp_path / "a"
        (tmp_path / "a" / "b" / ".tf-migrate").mkdir()
        assert project_directory([inner / "x.py", inner]) == tmp_path / "a" / "b"

    def test_it_is_the_same_for_a_part(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        (tmp_path / ".git").mkdir()
        (tmp_path / "one.py").write_text(STAYING)
        monkeypatch.chdir(tmp_path)
        assert store_of(["one.py"]).path == store_of([tmp_path]).path == tmp_path / ".tf-migrate" / "review.json"
