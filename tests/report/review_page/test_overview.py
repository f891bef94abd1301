from __future__ import annotations

from migrate.report.review_page.overview import Piece, level_bars, rule_bars
from migrate.results import Level, Site


def site(rule: str, level: Level) -> Site:
    return Site(rule, "builder", 1, 1, level, "")


SITES = [
    site("TFM301", Level.BRIDGED),
    site("TFM001", Level.NATIVE),
    site("TFM105", Level.FLAGGED),
    site("TFM105", Level.FLAGGED),
    site("TFM105", Level.BRIDGED),
    site("TFM105", Level.FLAGGED),
]


def test_all_levels_are_there_the_best_first():
    assert [(bar.name, bar.count) for bar in level_bars(SITES)] == [
        ("native", 1),
        ("wrapped", 0),
        ("bridged", 2),
        ("flagged", 3),
    ]
    assert [(piece.start, piece.width) for bar in level_bars(SITES) for piece in bar.pieces] == [
        (0.0, 33.33),
        (0.0, 66.67),
        (0.0, 100.0),
    ]


def test_rules_are_there_by_count_with_a_piece_for_each_level():
    bars = rule_bars(SITES)
    assert [(bar.name, bar.count) for bar in bars] == [("TFM105", 4), ("TFM001", 1), ("TFM301", 1)]
    assert bars[0].pieces == (Piece(Level.BRIDGED, 1, 0.0, 25.0), Piece(Level.FLAGGED, 3, 25.0, 75.0))
    assert bars[0].title == "TF2 has nothing with the same numbers"


def test_no_sites_have_empty_bars():
    assert [bar.pieces for bar in level_bars([])] == [()] * 4
    assert rule_bars([]) == ()
