"""The strategies, in the order they are tried: best level first, and within a level the most particular first.

The native strategy for graphs built in the exporting function comes before all of them. It is not in the list,
because it plans all the exports of one graph together (migrate.source.strategies.native).
"""

from __future__ import annotations

from migrate.source.strategies.bridged import BRIDGED
from migrate.source.strategies.site_plan import Strategy

STRATEGIES: tuple[Strategy, ...] = (BRIDGED,)
