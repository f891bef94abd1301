"""`x`: a rule in full, as `tf-migrate explain` prints it."""

from __future__ import annotations

from rich.text import Text

from migrate.report.rules import rule_text
from migrate.review.tui.dialog import Dialog
from migrate.rules import find_rule


class Explain(Dialog[None]):
    """A rule.

    Args:
        rule_id: Its id.
    """

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"rule {rule_id}", Text(rule_text(find_rule(rule_id))))
