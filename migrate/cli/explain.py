"""`tf-migrate explain RULE`: says what a rule does, why, and on which examples."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from migrate.cli.output import out, wants_colour


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id or name, as `tf-migrate rules` lists them.")],
) -> None:
    """Explain a rule: what it does, why, with examples."""
    from migrate.report.rules import rule_text
    from migrate.rules import find_rule

    out(rule_text(find_rule(rule), colour=wants_colour(sys.stdout)))
