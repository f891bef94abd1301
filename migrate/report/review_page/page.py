"""Renders a review as one page that needs nothing but itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from migrate.report.amounts import count
from migrate.report.inlined import page_environment, script_json, source_hash
from migrate.report.review_page.overview import level_bars, rule_bars
from migrate.report.review_page.parts import NOT_RUN, NOTHING_TO_DECIDE, file_parts
from migrate.report.review_page.visible import visible
from migrate.results import Level
from migrate.review.decision import State
from migrate.rules import find_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.report.review_page.parts import FilePart
    from migrate.review.review import Review

_HERE = Path(__file__).parent
_FEW = 8
"""So many rules are in the picture at once."""

_VERDICTS = ("equal", "different", "not proved", NOT_RUN)


def render_review_page(review: Review) -> str:
    """The page.

    Args:
        review: The review, read and settled.

    Returns:
        HTML that loads nothing: its style sheet and its script are in it, and it allows no others. The decisions
        that are made in it are exported in the form of review.json.
    """
    from migrate import __version__
    from migrate.review.store import as_dict

    decisions = as_dict(review)
    files = file_parts(review, [file["path"] for file in decisions["files"]])
    items = [part for file in files for part in file.items]
    sites = [site for part in items for site in part.item.sites]
    css = (_HERE / "page.css").read_text("utf-8")
    script = (_HERE / "page.js").read_text("utf-8")
    environment = page_environment(_HERE, visible)
    environment.filters["counted"] = count
    return environment.get_template("page.html.jinja").render(
        files=files,
        items=items,
        sites=sites,
        paths=[_called(path) for path in review.paths],
        levels=level_bars(sites),
        rules=rule_bars(sites),
        few=_FEW,
        named=[find_rule(rule) for rule in sorted({rule for part in items for rule in part.rules})],
        states=[*State, NOTHING_TO_DECIDE],
        verdicts=_VERDICTS,
        stays=NOTHING_TO_DECIDE,
        not_run=NOT_RUN,
        flagged=Level.FLAGGED,
        native=Level.NATIVE,
        version=__version__,
        data=Markup(script_json(_data(files, decisions))),
        css=Markup(css),
        css_hash=source_hash(css),
        script=Markup(script),
        script_hash=source_hash(script),
    )


def _called(path: str | Path) -> str:
    """A path as it was given; the name of the directory where that is `.`, which says nothing in an e-mail."""
    return Path.cwd().name if str(path) == "." else str(path)


def _data(files: Sequence[FilePart], decisions: dict[str, Any]) -> dict[str, Any]:
    """What the script of the page starts from."""
    items = [
        {
            "file": index,
            "ordinals": part.item.ordinals,
            "level": part.item.level,
            "rewrite": part.item.digest,
            "state": part.state,
        }
        for index, file in enumerate(files)
        for part in file.items
    ]
    # A later page of other proposals does not take over what a browser kept of this one.
    known = hashlib.sha256(json.dumps([items, decisions]).encode("ascii")).hexdigest()[:32]
    return {"decisions": decisions, "items": items, "key": f"tf-migrate review {known}"}
