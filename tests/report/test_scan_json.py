from __future__ import annotations

import json

from migrate.report.json import as_dict
from migrate.report.scan_json import inventory_json
from migrate.results import Level, Refusal, Result, Site

NATIVE = Site("TFM001", "builder", 3, 5, Level.NATIVE, "exported natively", proved=("one read",))
BRIDGED = Site(
    "TFM301", "builder", 9, 1, Level.BRIDGED, "by the bridge", "no graph",
    refusals=(Refusal(Level.NATIVE, "native", "TFM101", "no graph"),),
)  # fmt: skip


def test_it_is_the_document_of_a_rewrite_with_totals_by_rule():
    results = [Result("a.py", "x", "y", (BRIDGED, NATIVE, BRIDGED)), Result("b.py", "", "")]
    document = json.loads(inventory_json(results))
    assert document.pop("rules") == [
        {"level": "native", "kind": "builder", "rule": "TFM001", "sites": 1},
        {"level": "bridged", "kind": "builder", "rule": "TFM301", "sites": 2},
    ]
    assert document == json.loads(json.dumps(as_dict(results)))


def test_sites_tell_what_is_proved_and_what_each_strategy_says():
    (file,) = json.loads(inventory_json([Result("a.py", "x", "y", (BRIDGED, NATIVE))]))["files"]
    bridged, native = file["sites"]
    assert bridged["refusals"] == [{"level": "native", "strategy": "native", "rule": "TFM101", "reason": "no graph"}]
    assert (native["refusals"], native["proved"]) == ([], ["one read"])
