"""`?`: all keys, made from the bindings, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType

from migrate.review.tui.dialog import Dialog

_SIGNS = (
    ("[ ]", "waits for a decision"),
    ("[y] [n] [e]", "accepted, rejected, edited"),
    ("[!]", "accepted, but its proposal is another one now: decide again"),
    (" - ", "flagged: the site stays as it is, and there is nothing to decide"),
    ("*", "the decision is being carried out"),
)


class Help(Dialog[None]):
    """The keys.

    Args:
        bindings: What they are made from.
    """

    def __init__(self, bindings: Iterable[BindingType]) -> None:
        keys = _table()
        for binding in bindings:
            if isinstance(binding, Binding) and binding.tooltip:
                keys.add_row(binding.key.replace(",", ", "), binding.tooltip)
        signs = _table()
        for sign, meaning in _SIGNS:
            signs.add_row(Text(sign), meaning)
        super().__init__("keys", Group(keys, Text("\nSigns", "bold"), signs))


def _table() -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    return table
