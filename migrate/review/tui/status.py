"""The line at the top: how far the review is."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from migrate.results import Level
from migrate.review.tui.labels import LEVEL_STYLES
from migrate.review.tui.listing import Listing


def status(listing: Listing, *, reading: str, running: str) -> Text:
    """How many are decided, how many there are of each level, what is shown, and what is under way.

    Args:
        listing: What is listed.
        reading: How far reading is; empty when it is over.
        running: What is being verified; may be empty.
    """
    views = [view for file in listing.files.values() for view in file.items]
    decidable = [view for view in views if view.decidable]
    decided = sum(not listing.pending(view) for view in decidable)
    parts = [Text(reading, "bold")] if reading else []
    if views or not reading:
        parts.append(Text(f"{decided} of {len(decidable)} decided", "bold" if not reading else ""))
    levels = Counter(view.level for view in views)
    parts += [Text(f"{levels[level]} {level}", LEVEL_STYLES[level]) for level in Level if levels[level]]
    if not listing.narrowing.everything:
        parts.append(Text(f"only {listing.narrowing.said()} (Esc: all)", "bold yellow"))
    if running:
        parts.append(Text(running, "bold"))
    line = Text("  ", no_wrap=True, overflow="ellipsis").join(parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line
