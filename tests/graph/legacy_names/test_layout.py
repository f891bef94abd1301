from __future__ import annotations

from graphs import FLOAT

from migrate.graph.legacy_names.feeds import Feed
from migrate.graph.legacy_names.fetches import FetchPlan
from migrate.graph.legacy_names.layout import Source, layout_of
from migrate.graph.legacy_names.matching import Match
from migrate.graph.legacy_names.results import Role
from migrate.graph.tensors import parse_tensor


def feeds(**named):
    found = {}
    for tensor, name in named.items():
        legacy = parse_tensor(name)
        found[legacy] = Feed(legacy, parse_tensor(f"{tensor}:0"), FLOAT, [], {"s": None})
    return found


def plan(**named):
    made = FetchPlan()
    for number, name in enumerate(named.values()):
        legacy = parse_tensor(name)
        new = parse_tensor(f"call:{number}")
        made.providers[legacy] = Match(Role.FETCH, "s", "y", name, legacy, new, None, FLOAT)
    return made


def test_a_placeholder_is_renamed_and_an_identity_made():
    layout = layout_of(feeds(p="x:0"), plan(y="y:0"), [], ["p", "call"])
    assert layout.nodes == {"p": "x"}
    assert layout.made == {"y": {0: Source(parse_tensor("call:0"), FLOAT)}}
    assert not layout.room


def test_who_has_a_wanted_name_gets_a_free_one():
    layout = layout_of(feeds(p="x:0"), plan(y="y:0"), ["w"], ["p", "call", "x", "x_1", "y", "w"])
    assert layout.room == [("x", "x_2"), ("y", "y_1"), ("w", "w_1")]


def test_placeholders_that_swap_make_no_room():
    layout = layout_of(feeds(a="b:0", b="a:0"), FetchPlan(), [], ["a", "b"])
    assert layout.nodes == {"a": "b", "b": "a"}
    assert not layout.room


def test_what_has_its_name_is_left_alone():
    layout = layout_of(feeds(x="x:0"), plan(y="call:0", z="call:1"), ["x"], ["x", "call"])
    assert not layout.nodes
    assert not layout.made


def test_outputs_in_another_order_are_made_anew():
    layout = layout_of({}, plan(y="call:1", z="call:0"), [], ["call"])
    assert layout.room == [("call", "call_1")]
    assert layout.made["call"] == {
        0: Source(parse_tensor("call:1"), FLOAT),
        1: Source(parse_tensor("call:0"), FLOAT),
    }


def test_another_port_is_read_by_the_placeholder():
    layout = layout_of(feeds(p="parse:3"), FetchPlan(), [], ["p"])
    assert layout.made == {"parse": {3: Source(None, FLOAT)}}
    assert layout.readers == {"p": parse_tensor("parse:3")}
    assert layout.names == {parse_tensor("p:0"): parse_tensor("parse:3")}
    assert not layout.inputs
