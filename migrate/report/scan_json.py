"""An inventory as JSON: that of a rewrite, with every strategy's reason at each site and totals by rule."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from migrate.report.json import as_dict
from migrate.results import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.results import Result


def inventory_json(results: Sequence[Result]) -> str:
    """Makes one JSON document of an inventory.

    Args:
        results: The results.

    Returns:
        The document, in ASCII, with a newline in the end.
    """
    document = as_dict(results)
    order = list(Level)
    counts = Counter((site.level, site.kind, site.rule) for result in results for site in result.sites)
    document["rules"] = [
        {"level": level, "kind": kind, "rule": rule, "sites": count}
        for (level, kind, rule), count in sorted(counts.items(), key=lambda row: (order.index(row[0][0]), row[0][1:]))
    ]
    return json.dumps(document, indent=2) + "\n"
