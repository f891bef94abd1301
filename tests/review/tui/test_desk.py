"""The one thread that works with the review."""

from __future__ import annotations

import queue
from pathlib import Path

from migrate.review.review import Review
from migrate.review.tui.desk import Desk
from migrate.review.tui.news import Done, NotSaved, Progress, Ready, Saved, Summed
from migrate.settings import Settings
from tests.review.scripts import NATIVE
from tests.review.tui.driving import project, store


class Told:
    """What the desk has told, in its order."""

    def __init__(self, place: Path, **options: object) -> None:
        self.news: queue.Queue[object] = queue.Queue()
        self.desk = Desk(Review([place], Settings()), store(place), self.news.put, **options)  # type: ignore[arg-type]
        self.before: list[object] = []

    def until(self, kind: type) -> object:
        """Waits for news of some kind."""
        while True:
            news = self.news.get(timeout=60)
            if isinstance(news, kind):
                return news
            self.before.append(news)


def items(told: Told) -> tuple:
    files = [file for news in told.before if isinstance(news, Progress) for file in news.files]
    return tuple(view.item for file in files for view in file.items)


def test_orders_wait_for_the_reading_and_are_carried_out_in_their_order(tmp_path: Path):
    told = Told(project(tmp_path, {"one": NATIVE, "two": NATIVE}))
    undo = told.desk.undo()
    told.desk.start()
    assert told.until(Ready).said == ""
    assert told.until(Done) == Done(undo, (), "nothing to undo")
    one, two = items(told)
    numbers = [told.desk.accept((one,)), told.desk.reject((one, two)), told.desk.undo(), told.desk.accept((two,))]
    told.desk.leave()
    told.until(Saved)
    done = [news for news in told.before if isinstance(news, Done)]
    assert [news.number for news in done] == numbers
    states = [[str(view.state) for file in news.files for view in file.items] for news in done]
    assert states == [["accepted"], ["rejected", "rejected"], ["accepted", "pending"], ["accepted"]]


def test_only_files_that_are_shown_in_another_way_are_told(tmp_path: Path):
    told = Told(project(tmp_path, {"one": NATIVE, "two": NATIVE}))
    told.desk.start()
    told.until(Ready)
    told.desk.accept(items(told)[:1])
    assert [file.name for file in told.until(Done).files] == ["one.py"]
    told.desk.accept(items(told)[:1])
    assert told.until(Done).files == ()


def test_reading_ends_where_one_wants_to_leave(tmp_path: Path):
    told = Told(project(tmp_path, {"one": NATIVE, "two": NATIVE, "three": NATIVE}))
    told.desk.leave(at_once=True)
    told.desk.start()
    told.until(Saved)
    assert sum(len(news.files) for news in told.before if isinstance(news, Progress)) == 1
    assert not (tmp_path / ".tf-migrate").exists()


def test_what_cannot_be_saved_is_told_and_saved_later(tmp_path: Path):
    told = Told(project(tmp_path, {"one": NATIVE}))
    (tmp_path / ".tf-migrate").write_text("in the way")
    told.desk.start()
    told.until(Ready)
    told.desk.accept(items(told))
    assert not told.until(NotSaved).leaving
    told.desk.leave()
    assert told.until(NotSaved).leaving
    (tmp_path / ".tf-migrate").unlink()
    told.desk.leave()
    told.until(Saved)
    assert (tmp_path / ".tf-migrate/review.json").exists()


def test_summing_up_counts_what_is_pending(tmp_path: Path):
    told = Told(project(tmp_path, {"one": NATIVE, "two": NATIVE}))
    told.desk.start()
    told.until(Ready)
    told.desk.accept(items(told)[:1])
    told.desk.sum_up()
    summed = told.until(Summed)
    assert summed.pending == 1
    assert [Path(result.path).name for result in summed.outcome.results if result.changed] == ["one.py"]
