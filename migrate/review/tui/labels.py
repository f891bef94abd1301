"""The lines of the tree. What a colour says, a sign or a word says as well."""

from __future__ import annotations

from pathlib import PurePath

from rich.text import Text

from migrate.report.text import one_line
from migrate.results import Level
from migrate.review.decision import State
from migrate.review.tui.listing import Listing
from migrate.review.tui.narrowing import Proved, proved
from migrate.review.tui.views import FileView, ItemView

LEVEL_STYLES = {Level.NATIVE: "green", Level.WRAPPED: "cyan", Level.BRIDGED: "magenta", Level.FLAGGED: "yellow"}
STATE_STYLES = {State.PENDING: "", State.ACCEPTED: "bold green", State.REJECTED: "bold red", State.EDITED: "bold blue"}
PROVED_STYLES = {Proved.EQUAL: "green", Proved.DIFFERENT: "bold red", Proved.UNPROVED: "yellow", Proved.NOT_RUN: ""}
# The letters are the keys.
_SIGNS = {State.PENDING: "[ ]", State.ACCEPTED: "[y]", State.REJECTED: "[n]", State.EDITED: "[e]"}
_AGAIN = ("[!]", "bold yellow")
_NOTHING = (" - ", "dim")


def sign(view: ItemView, state: State) -> tuple[str, str]:
    """What was decided, in three characters, and their style."""
    if not view.decidable and state is not State.EDITED:
        return _NOTHING
    if view.changed and state is State.PENDING:
        return _AGAIN
    return _SIGNS[state], STATE_STYLES[state]


def lines_of(view: ItemView) -> str:
    """The lines of its sites, for instance `12, 40`."""
    return ", ".join(site.short for site in view.item.sites)


def item_label(listing: Listing, view: ItemView) -> Text:
    """One item: `[y] native  TFM001 :12  a sentence`."""
    state = listing.state(view)
    site = view.item.site
    return Text.assemble(
        sign(view, state),
        "*" if listing.is_pressed(view) else " ",
        (f"{view.level:<7}", LEVEL_STYLES[view.level]),
        f" {site.rule} ",
        (f":{lines_of(view)}", "bold"),
        f"  {one_line(site.message)}",
    )


def file_label(listing: Listing, file: FileView, *, width: int) -> Text:
    """One file: `export.py 1/2  models/flowers`: how many of its items were decided on.

    Args:
        listing: What is listed.
        file: The file.
        width: How much room there is; a long directory loses its beginning.
    """
    label = Text.assemble((one_line(file.name), "bold"))
    decidable = file.decidable
    if file.error is not None:
        label.append(" error", "bold red")
    elif decidable:
        left = sum(listing.pending(view) for view in decidable)
        label.append(f" {len(decidable) - left}/{len(decidable)}", "green" if not left else "")
    what = proved(file)
    if what is not Proved.NOT_RUN:
        label.append(f" {what}", PROVED_STYLES[what])
    directory = one_line(str(PurePath(file.path).parent))
    room = width - label.cell_len - 2
    short = _shortened(directory, room)
    if short:
        label.append(f"  {short}", "dim")
    return label


def _shortened(directory: str, room: int) -> str:
    """As many of the last parts of a directory as there is room for; empty where there is none."""
    if directory == "." or len(directory) <= room:
        return "" if directory == "." else directory
    parts = PurePath(directory).parts
    ends = ["/".join(("..", *parts[at:])) for at in range(1, len(parts))]
    return next((end for end in ends if len(end) <= room), "")


def heading(file: FileView, view: ItemView | None) -> str:
    """The line above the diff: what is shown there."""
    if view is None:
        return f"{file.path}  all of the file" if file.items else file.path
    return f"{file.path}:{lines_of(view)}  {view.level}"
