"""What is said of sites, and why they got nothing better."""

from __future__ import annotations

import pytest
from unit_modules import GIVEN, HEAD, module, scaling

from migrate.results import Level
from migrate.source.units.said import Said
from migrate.source.unprovable import Unprovable


@pytest.fixture
def said() -> Said:
    """Of two sites, of which nothing is said yet."""
    return Said(module(HEAD + scaling() + GIVEN).view)


def told(said: Said, ordinal: int, level: Level) -> None:
    candidate = said._view.candidates[ordinal]
    said.tell(ordinal, said.site(candidate, "TFM001", level, "a sentence", None, ()))


def test_the_place_is_that_of_the_call_and_columns_are_characters():
    code = HEAD + "def f(sess, x):\n    é = 'é'; tf.saved_model.simple_save(sess, é, {'x': x}, {'y': x})\n"
    view = module(code).view
    site = Said(view).site(view.candidates[0], "TFM001", Level.NATIVE, "a sentence", None, ())
    assert (site.line, site.column, site.ordinal, site.kind) == (3, 14, 0, "simple_save")


def test_sites_come_in_the_order_of_the_source(said: Said):
    told(said, 1, Level.BRIDGED)
    told(said, 0, Level.BRIDGED)
    assert [site.ordinal for site in said.sites()] == [0, 1]


def test_the_first_reason_for_a_better_level_is_the_reason_and_all_are_kept(said: Said):
    said.refuse(0, Level.NATIVE, "native", Unprovable("TFM101", "first"))
    said.refuse(0, Level.WRAPPED, "graph_code", Unprovable("TFM102", "second"))
    said.refuse(0, Level.WRAPPED, "graph_code", Unprovable("TFM102", "second"))
    told(said, 0, Level.BRIDGED)
    [site] = said.sites()
    assert site.reason == "first"
    assert [(one.level, one.reason) for one in site.refusals] == [(Level.NATIVE, "first"), (Level.WRAPPED, "second")]


def test_reasons_against_its_own_level_do_not_count(said: Said):
    said.refuse(0, Level.BRIDGED, "one_bridge", Unprovable("TFM101", "another bridge was tried"))
    told(said, 0, Level.BRIDGED)
    assert (said.sites()[0].reason, said.sites()[0].refusals) == (None, ())


def test_a_native_site_needs_no_reasons(said: Said):
    said.refuse(0, Level.WRAPPED, "graph_code", Unprovable("TFM101", "whatever"))
    told(said, 0, Level.NATIVE)
    assert said.sites()[0].refusals == ()


def test_a_reason_elsewhere_names_its_line(said: Said):
    here = said._view.candidates[0].call
    elsewhere = said._view.tree.body[0]
    said.refuse(0, Level.NATIVE, "native", Unprovable("TFM101", "at the call", here))
    said.refuse(0, Level.WRAPPED, "graph_code", Unprovable("TFM101", "above", elsewhere))
    said.flag(0)
    assert [one.reason for one in said.sites()[0].refusals] == ["at the call", "above (line 1)"]


def test_a_flagged_site_tells_the_last_reason(said: Said):
    said.refuse(0, Level.NATIVE, "native", Unprovable("TFM101", "first"))
    said.refuse(0, Level.BRIDGED, "bridged", Unprovable("TFM110", "last"))
    said.flag(0)
    [site] = said.sites()
    assert (site.level, site.rule, site.reason) == (Level.FLAGGED, "TFM110", "last")


def test_what_was_not_wanted_is_not_told_about(said: Said):
    said.refuse(0, Level.NATIVE, "native", Unprovable("TFM101", "first"))
    said.pass_over([0])
    said.flag(0)
    said.flag(1)
    assert said.sites() == ()


def test_a_final_reason_ends_the_search(said: Said):
    assert not said.is_final(0)
    said.refuse(0, Level.NATIVE, "native", Unprovable("TFM101", "never", final=True))
    assert said.is_final(0)
    assert not said.is_final(1)


def test_without_a_reason_another_export_is_in_the_way(said: Said):
    assert "another export" in said.reason(0).reason
    assert said.reasons(0) == []
