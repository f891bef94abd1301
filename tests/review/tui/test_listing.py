"""What is listed, and which one is next."""

from __future__ import annotations

from migrate.engine import Proposal
from migrate.results import Level, Site
from migrate.review.decision import State
from migrate.review.item import Item
from migrate.review.tui.listing import Listing
from migrate.review.tui.narrowing import Narrowing
from migrate.review.tui.views import FileView, ItemView, Spot


def view(path: str, ordinal: int, *, level: Level = Level.NATIVE, state: State = State.PENDING) -> ItemView:
    site = Site("TFM001", "builder", ordinal + 1, 1, level, "becomes a module", ordinal=ordinal)
    proposal = Proposal((site,), "after\n") if level is not Level.FLAGGED else None
    return ItemView(Item(path, (site,), proposal), state)


def file(path: str, *views: ItemView) -> FileView:
    return FileView(path, "before\n", "after\n", views)


def listing() -> Listing:
    made = Listing()
    made.put(
        [
            file("a", view("a", 0), view("a", 1, level=Level.FLAGGED)),
            file("b", view("b", 0, state=State.ACCEPTED), view("b", 1, level=Level.BRIDGED)),
            FileView("c", "", "", error="broken"),
        ]
    )
    return made


def test_files_come_before_their_items():
    assert [(spot.path, spot.ordinals) for spot in listing().spots()] == [
        ("a", None),
        ("a", (0,)),
        ("a", (1,)),
        ("b", None),
        ("b", (0,)),
        ("b", (1,)),
        ("c", None),
    ]


def test_the_next_one_that_is_pending_may_be_behind_the_end():
    made = listing()
    first, last = Spot("a", (0,)), Spot("b", (1,))
    assert made.step(None, 1, pending=True) == first
    assert made.step(first, 1, pending=True) == last
    assert made.step(last, 1, pending=True) == first
    assert made.step(first, -1, pending=True) == last
    assert made.step(None, -1, pending=True) == last
    assert made.step(Spot("gone", (0,)), 1, pending=True) == first


def test_any_next_one_is_not_behind_the_end():
    made = listing()
    assert made.step(Spot("a", (0,)), 1, pending=False) == Spot("a", (1,))
    assert made.step(Spot("a", (1,)), 1, pending=False) == Spot("b", (0,))
    assert made.step(Spot("b", (1,)), 1, pending=False) is None
    assert made.step(Spot("a", (0,)), -1, pending=False) is None


def test_nothing_is_next_where_all_is_decided():
    made = Listing()
    made.put([file("a", view("a", 0, state=State.REJECTED))])
    assert made.step(Spot("a", (0,)), 1, pending=True) is None
    assert made.decided_any()


def test_what_was_pressed_counts_until_its_order_is_carried_out():
    made = listing()
    one = made.files["a"].items[0]
    made.press([one.spot], State.REJECTED, 7)
    assert made.state(one) is State.REJECTED
    assert not made.pending(one)
    assert made.now()[0].items[0].state is State.REJECTED
    made.narrow(Narrowing(states=frozenset([State.REJECTED])))
    assert [shown.spot for shown in made.all_items()] == [one.spot]
    made.carried_out(6)
    assert made.is_pressed(one)
    made.carried_out(7)
    assert not made.is_pressed(one)
    assert made.state(one) is State.PENDING


def test_what_is_narrowed_to_stays_when_its_state_changes():
    made = listing()
    made.narrow(Narrowing(states=frozenset([State.PENDING]), levels=frozenset([Level.NATIVE])))
    assert [one.spot for one in made.all_items()] == [Spot("a", (0,))]
    assert not made.shows("b")
    assert not made.shows("c")
    made.put([file("a", view("a", 0, state=State.ACCEPTED), view("a", 1, level=Level.FLAGGED))])
    assert [one.spot for one in made.all_items()] == [Spot("a", (0,))]
    made.narrow(made.narrowing)
    assert list(made.all_items()) == []


def test_sites_that_are_taken_together_now_stay_shown():
    made = listing()
    made.narrow(Narrowing(levels=frozenset([Level.BRIDGED])))
    both = tuple(view("b", ordinal).item.site for ordinal in (0, 1))
    made.put([file("b", ItemView(Item("b", both, Proposal(both, "after\n")), State.PENDING))])
    assert [one.spot for one in made.all_items()] == [Spot("b", (0, 1))]
