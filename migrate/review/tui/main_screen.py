"""The screen: tree, diff and why, and what keys do there. It decides nothing itself, it sends orders to the desk."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Static, Tree

from migrate.review.decision import State
from migrate.review.tui.choose import Choose
from migrate.review.tui.desk import Desk
from migrate.review.tui.diff_pane import NARROW as SPLIT_WIDTH
from migrate.review.tui.diff_view import DiffView
from migrate.review.tui.file_tree import FileTree
from migrate.review.tui.keys import BINDINGS
from migrate.review.tui.labels import heading
from migrate.review.tui.listing import Listing
from migrate.review.tui.narrowing import Narrowing
from migrate.review.tui.status import status
from migrate.review.tui.views import FileView, ItemView, Spot
from migrate.review.tui.why import why

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize
    from textual.widget import Widget

_NARROW = 100


class MainScreen(Screen[None]):
    """The screen.

    Args:
        listing: What is listed.
        desk: Who decides.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(BINDINGS)

    def __init__(self, listing: Listing, desk: Desk) -> None:
        super().__init__()
        self.listing = listing
        self.desk = desk
        self.reading = "reading"
        self._beside = ("", 0.0)
        self._at_end: Spot | None = None

    def compose(self) -> ComposeResult:
        """The panes."""
        yield Static(id="status", markup=False)
        with Container(id="body"):
            yield FileTree(self.listing, id="tree")
            with Vertical(id="right"):
                yield DiffView(id="diff")
                with VerticalScroll(id="why"):
                    yield Static(id="because", markup=False)
        yield Static(id="note", markup=False)
        yield Input(id="search", placeholder="a text in paths, rules, messages or code; Enter keeps, Esc shows all")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Starts with the tree."""
        self.query_one("#why").border_title = "why"
        self.add_class("-empty")
        self.say("you can begin as soon as something is listed")
        self.tree_pane.focus()
        self.show_status()
        self.set_interval(1, self._tick)

    def on_resize(self, event: Resize) -> None:
        """Tree above instead of beside, where there is little room."""
        self.set_class(event.size.width < _NARROW, "-narrow")

    # ---- what is shown ---------------------------------------------------------------------------------------

    @property
    def tree_pane(self) -> FileTree:
        """The tree."""
        return self.query_one(FileTree)

    @property
    def diff_pane(self) -> DiffView:
        """The diff."""
        return self.query_one(DiffView)

    @property
    def file(self) -> FileView | None:
        """The file that is selected, or has what is selected."""
        spot = self.tree_pane.selected
        return self.listing.files.get(spot.path) if spot is not None else None

    @property
    def item(self) -> ItemView | None:
        """The item that is selected."""
        return self.listing.view(self.tree_pane.selected)

    def say(self, text: str) -> None:
        """Says something in the line above the keys."""
        self.query_one("#note", Static).update(Text(text, no_wrap=True, overflow="ellipsis"))

    def begin_running(self, what: str) -> None:
        """Says what is done beside the review, and how long; nothing where `what` is empty."""
        if what != self._beside[0]:
            self._beside = (what, time.monotonic())
        self.show_status()

    def show_status(self) -> None:
        """How far the review is."""
        what, since = self._beside
        running = f"{what} {time.monotonic() - since:.0f} s" if what else ""
        self.query_one("#status", Static).update(status(self.listing, reading=self.reading, running=running))

    def _tick(self) -> None:
        if self._beside[0]:
            self.show_status()

    def show_files(self, files: Sequence[FileView], *, new: bool) -> None:
        """Takes files as they are now."""
        self.listing.put(files)
        paths = [file.path for file in files]
        if new:
            self.tree_pane.add_files(paths)
        else:
            self.tree_pane.update_files(paths)
        if not new or (self.file is not None and self.file.path in paths):
            self.show_selected()
        self.show_status()

    @on(Tree.NodeHighlighted)
    def show_selected(self) -> None:
        """Shows what is selected: its diff, and why."""
        file, view = self.file, self.item
        self.set_class(file is None, "-empty")
        if file is None:
            return
        after = file.after(view)
        self.diff_pane.show(file.before, after, heading(file, view))
        if view is not None and after == file.before:
            self.diff_pane.reveal(view.item.site.line)
        if self.listing.narrowing.text:
            self.diff_pane.search(self.listing.narrowing.text)
        self.query_one("#because", Static).update(why(file, view))
        self.query_one("#why").scroll_home(animate=False)

    # ---- deciding --------------------------------------------------------------------------------------------

    def action_accept(self) -> None:
        """Accepts what is selected."""
        self._decide(State.ACCEPTED, self._selected())

    def action_reject(self) -> None:
        """Rejects what is selected."""
        self._decide(State.REJECTED, self._selected())

    def action_accept_file(self) -> None:
        """Accepts all of the file that is pending."""
        if self.file is not None:
            self._decide(State.ACCEPTED, self._pending(self.file))

    def action_accept_level(self) -> None:
        """Accepts all at the level of what is selected."""
        view = self.item
        if view is None:
            self.say("select a site: its level is meant")
            return
        same = [one for one in self.listing.all_items() if one.level is view.level and self.listing.pending(one)]
        self._decide(State.ACCEPTED, same)

    def _selected(self) -> list[ItemView]:
        if self.item is not None:
            return [self.item]
        return self._pending(self.file) if self.file is not None else []

    def _pending(self, file: FileView) -> list[ItemView]:
        return [view for view in self.listing.items(file.path) if self.listing.pending(view)]

    def _decide(self, state: State, views: Iterable[ItemView]) -> None:
        views = [view for view in views if view.decidable]
        if views:
            items = tuple(view.item for view in views)
            number = self.desk.accept(items) if state is State.ACCEPTED else self.desk.reject(items)
            self.listing.press((view.spot for view in views), state, number)
            self.say(f"{len(views)} {state}" if len(views) > 1 else "")
        else:
            self.say("nothing to decide here; below is why" if self.item is not None else "nothing is pending here")
        self.tree_pane.repaint()
        self.show_status()
        if not self._go_on() and views:
            self._at_end = self.tree_pane.selected
            self.say("all is decided; q saves and leaves")

    def _go_on(self) -> bool:
        """Goes to the next item that is pending; tells whether there is one."""
        following = self.listing.step(self.tree_pane.selected, 1, pending=True)
        if following is not None:
            self.tree_pane.select(following)
        return following is not None

    def decided(self) -> None:
        """A decision was carried out: what it opened again is next, if the reviewer was at the end and is still there."""
        if self._at_end is not None and self._at_end == self.tree_pane.selected and self._go_on():
            self._at_end = None

    def action_undo(self) -> None:
        """Takes the last decision back."""
        self.desk.undo()
        self.say("undone")

    def action_lower(self) -> None:
        """Asks for the next lower level's rewrite."""
        view = self.item
        if view is None:
            self.say("select a site: its rewrite is meant")
            return
        self.say("looking for the next lower level's rewrite")
        self.listing.press([view.spot], State.PENDING, self.desk.lower(view.item))
        self.tree_pane.repaint()

    # ---- moving ----------------------------------------------------------------------------------------------

    def action_step(self, by: int, pending: bool) -> None:
        """Goes to another item."""
        spot = self.listing.step(self.tree_pane.selected, by, pending=pending)
        if spot is not None:
            self.tree_pane.select(spot)
        else:
            self.say("nothing else is pending" if pending else "no more")

    @on(FileTree.Opened)
    def read_diff(self) -> None:
        """Goes to the diff."""
        self._go_to(self.diff_pane)

    def action_hunk(self, by: int) -> None:
        """Goes to another change."""
        self.diff_pane.next_hunk() if by > 0 else self.diff_pane.previous_hunk()

    def action_page(self, by: int) -> None:
        """Scrolls the diff by a page."""
        self.diff_pane.scroll_relative(y=by * max(1, self.diff_pane.size.height - 2), animate=False)

    def action_split(self) -> None:
        """Side by side, or one below the other."""
        self.diff_pane.toggle_split()
        if self.diff_pane.split and self.diff_pane.size.width < SPLIT_WIDTH:
            self.say(f"side by side needs {SPLIT_WIDTH} columns here; z shows this pane alone")

    def action_pane(self, by: int) -> None:
        """Goes to another pane."""
        panes = self._panes()
        at = next((n for n, pane in enumerate(panes) if pane is self.focused), 0)
        self._go_to(panes[(at + by) % len(panes)])

    def action_zoom(self) -> None:
        """The pane alone, or all of them."""
        self.toggle_class("-zoomed")
        self._go_to(self.focused if self.focused in self._panes() else self.tree_pane)

    def _go_to(self, pane: Widget | None) -> None:
        for one in self._panes():
            one.set_class(one is pane, "-chosen")
        self.set_class(pane is self.tree_pane, "-tree-chosen")
        if pane is not None:
            self.set_focus(pane)

    def _panes(self) -> list[Widget]:
        return [self.tree_pane, self.diff_pane, self.query_one("#why")]

    # ---- narrowing -------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Asks for a text."""
        self.add_class("-searching")
        search = self.query_one("#search", Input)
        search.value = self.listing.narrowing.text
        search.focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        if self.has_class("-searching"):
            self._narrow(replace(self.listing.narrowing, text=event.value.strip()))

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self.remove_class("-searching")
        self._go_to(self.tree_pane)

    def action_back(self) -> None:
        """Back to the tree; from there, shows everything again."""
        if self.has_class("-searching"):
            self._searched()
            self._narrow(replace(self.listing.narrowing, text=""))
        elif self.focused is not self.tree_pane:
            self._go_to(self.tree_pane)
        elif not self.listing.narrowing.everything:
            self._narrow(Narrowing())

    def action_narrow(self) -> None:
        """Asks what is to be shown."""

        def chosen(narrowing: Narrowing | None) -> None:
            if narrowing is not None:
                self._narrow(narrowing)

        self.app.push_screen(Choose(self.listing.now(), self.listing.narrowing), chosen)

    def _narrow(self, narrowing: Narrowing) -> None:
        self.listing.narrow(narrowing)
        self.tree_pane.rebuild()
        self.show_selected()
        self.show_status()
        number = sum(1 for _ in self.listing.all_items())
        self.say("" if narrowing.everything else f"{number} shown" if number else "nothing is like that; Esc shows all")
