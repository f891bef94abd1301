"""`tf-migrate rules`: lists the rules."""

from __future__ import annotations

import sys

from migrate.cli.output import out, wants_colour


def rules() -> None:
    """List the rules: id, level, name and title."""
    from migrate.report.rules import rules_table
    from migrate.rules import load_rules

    out(rules_table(load_rules(), colour=wants_colour(sys.stdout)))
