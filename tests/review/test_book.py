from __future__ import annotations

import pytest

from migrate.review.book import Book
from migrate.review.decision import PENDING, Decision, State
from migrate.review.edit import Edit

YES = Decision(State.ACCEPTED, rewrite="1")
NO = Decision(State.REJECTED)
EDIT = Edit("pass\n", (0,), None)


@pytest.fixture
def book() -> Book:
    book = Book()
    book.begin()
    book.put("a", 0, YES)
    book.put("b", 1, NO)
    book.begin()
    book.put("a", 0, NO)
    book.put_edit("a", EDIT)
    return book


def test_the_last_word_counts(book: Book):
    assert (book.at("a", 0), book.at("b", 1), book.at("a", 7)) == (NO, NO, PENDING)
    assert (book.of("a"), book.of("c")) == ({0: NO}, {})
    assert dict(book.decisions()) == {("a", 0): NO, ("b", 1): NO}
    assert (book.edit("a"), book.edit("b"), book.edits()) == (EDIT, None, {"a": EDIT})


def test_all_of_one_call_is_taken_back_together(book: Book):
    assert book.back() == {"a"}
    assert (book.at("a", 0), book.edit("a")) == (YES, None)
    assert book.back() == {"a", "b"}
    assert dict(book.decisions()) == {}
    assert book.back() is None


def test_what_was_put_twice_goes_back_to_what_was_first(book: Book):
    book.put("a", 0, YES)
    book.put_edit("a", None)
    book.back()
    assert (book.at("a", 0), book.edit("a")) == (YES, None)


def test_a_call_that_changed_nothing_is_no_step(book: Book):
    book.begin()
    book.put("a", 0, NO)
    book.put("c", 0, PENDING)
    book.put_edit("a", EDIT)
    book.begin()
    assert book.back() == {"a"}
    assert book.at("a", 0) == YES


def test_what_was_begun_can_be_cancelled(book: Book):
    book.begin()
    book.put("b", 1, YES)
    book.cancel()
    assert book.at("b", 1) == NO
    assert book.back() == {"a"}


def test_what_is_put_before_anything_is_begun_stays():
    book = Book()
    book.put("a", 0, YES)
    assert book.back() is None
    assert book.at("a", 0) == YES
