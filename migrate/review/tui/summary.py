"""`q`: what would be written, what is held back, and what is left to decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual.binding import Binding, BindingType

from migrate.report.text import one_line
from migrate.review.tui.dialog import Dialog
from migrate.review.tui.news import Summed

_KEYS = "Enter saves the decisions and leaves   Esc goes back"


class Summary(Dialog[bool]):
    """What the review comes to; dismissed with whether to leave.

    Args:
        waiting: What there is to be done before it can be said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "leave", "Save and leave", show=False)]

    def __init__(self, waiting: str) -> None:
        super().__init__("leave the review", Text(waiting), "Esc goes back")
        self._summed = False

    def show(self, summed: Summed) -> None:
        """Says it."""
        self._summed = True
        self.write(Group(*_lines(summed)), _KEYS)

    def action_leave(self) -> None:
        """Leaves, once everything was said."""
        if self._summed:
            self.dismiss(True)

    def action_close(self) -> None:
        """Goes back."""
        self.dismiss(False)


def _lines(summed: Summed) -> Iterator[Text]:
    written = [result for result in summed.outcome.results if result.changed]
    if written:
        yield Text("`tf-migrate review --accepted-only --write` would write:", "bold")
        for result in written:
            because = f"  (it {one_line(result.because)})" if result.because else ""
            yield Text(f"  {one_line(result.path)}{because}")
    else:
        why = "" if summed.outcome.held else ": no rewrite was accepted"
        yield Text(f"Nothing would be written{why}.", "bold")
    failed = [result for result in summed.outcome.results if result.error is not None]
    for result in failed:
        yield Text(f"  not {one_line(result.path)}: {one_line(result.error or '')}", "red")
    if summed.outcome.held:
        yield Text("\nAccepted, but held back:", "bold yellow")
        for held in summed.outcome.held:
            yield Text(f"  {one_line(held.path)}:{held.site.short}: {one_line(held.reason)}")
    if summed.pending:
        sites = "1 proposal waits" if summed.pending == 1 else f"{summed.pending} proposals wait"
        yield Text(f"\n{sites} for a decision; `tf-migrate review --resume` goes on.")
    yield Text("\nYour sources are as they were: only the decisions are saved.", "dim")
