"""The tree on the left: files, and their sites below them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree

from migrate.review.tui.labels import file_label, item_label
from migrate.review.tui.listing import Listing
from migrate.review.tui.views import Spot

if TYPE_CHECKING:
    from textual.widgets.tree import TreeNode

_BLANK = Text("-")
_FOLDS = Style.from_meta({"toggle": True})  # where a click folds and unfolds


class FileTree(Tree[Spot]):
    """Files with their sites, in the order of the listing. Only what is on the screen is made into text.

    Args:
        listing: What is listed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold", "Fold a file", show=False),
        Binding("right", "unfold", "Unfold a file", show=False),
        Binding("enter", "open", "Fold a file, or read a diff", show=False),
        Binding("space", "screen.page(1)", "Scroll the diff", show=False),
    ]

    class Opened(Message):
        """An item is to be read."""

    def __init__(self, listing: Listing, *, id: str) -> None:  # noqa: A002 - as Textual has it
        super().__init__(_BLANK, id=id)
        self._listing = listing
        self._by_spot: dict[Spot, TreeNode[Spot]] = {}
        self.show_root = False
        self._began: Spot | None = None
        self.show_guides = False
        self.guide_depth = 2
        self.auto_expand = False
        self.root.expand()

    # ---- what is in it ---------------------------------------------------------------------------------------

    def add_files(self, paths: Iterable[str]) -> None:
        """Adds files at the end."""
        for path in paths:
            if self._listing.shows(path):
                spot = Spot(path)
                self._by_spot[spot] = self.root.add(_BLANK, spot, expand=True)
                self._add_items(path)
        self.begin()

    def begin(self) -> None:
        """Where nobody has moved yet, selects the first item that waits for a decision; else the first item or file."""
        at = self._listing.view(self.selected)
        if self.cursor_node is not None and (self.selected != self._began or (at and self._listing.pending(at))):
            return
        first = self._listing.step(None, 1, pending=True) or self._listing.step(None, 1, pending=False)
        first = first or next(iter(self._listing.spots()), None)
        if first is not None and first != self.selected:
            self._began = first
            self.select(first)

    def rebuild(self) -> None:
        """Lists everything anew; what is selected stays selected."""
        selected = self.selected
        self.clear()
        self._by_spot.clear()
        self.move_cursor(None)
        self.root.expand()
        self.add_files(self._listing.files)
        if selected is not None:
            self.select(selected)

    def update_files(self, paths: Iterable[str]) -> None:
        """Shows files as they are now; their items may be others."""
        selected, moved = self.selected, False
        for path in paths:
            node = self._by_spot.get(Spot(path))
            if node is None:
                self.rebuild()
                return
            wanted = [view.spot for view in self._listing.items(path)]
            if [child.data for child in node.children] != wanted:
                for child in node.children:
                    self._by_spot.pop(child.data or Spot(path), None)
                node.remove_children()
                self._add_items(path)
                moved = True
        self.repaint()
        if selected is not None and moved:
            self.select(selected)

    def repaint(self) -> None:
        """Shows what was decided."""
        self._updates += 1
        self.refresh()

    def _add_items(self, path: str) -> None:
        node = self._by_spot[Spot(path)]
        for view in self._listing.items(path):
            self._by_spot[view.spot] = node.add_leaf(_BLANK, view.spot)
        node.allow_expand = bool(node.children)

    # ---- what is selected ------------------------------------------------------------------------------------

    @property
    def selected(self) -> Spot | None:
        """What is selected."""
        return self.cursor_node.data if self.cursor_node is not None else None

    def select(self, spot: Spot) -> None:
        """Selects something; the item that has one of its sites where there is no such item; else the file."""
        node = self._by_spot.get(spot) or self._by_spot.get(self._near(spot))
        if node is None:
            return
        if node.parent is not None:
            node.parent.expand()
        _ = self.last_line  # the lines of the nodes are counted when somebody asks
        self.move_cursor(node)

    def _near(self, spot: Spot) -> Spot:
        for view in self._listing.items(spot.path) if spot.path in self._listing.files else ():
            if not set(view.item.ordinals).isdisjoint(spot.ordinals or ()):
                return view.spot
        return Spot(spot.path)

    def action_fold(self) -> None:
        """Folds the file; from one of its items, goes to the file."""
        node = self.cursor_node
        if node is None:
            return
        if node.children:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    def action_unfold(self) -> None:
        """Unfolds the file."""
        if self.cursor_node is not None and self.cursor_node.children:
            self.cursor_node.expand()

    def action_open(self) -> None:
        """Folds or unfolds a file; of an item, tells that it is to be read."""
        node = self.cursor_node
        if node is not None and node.children:
            node.toggle()
        elif node is not None:
            self.post_message(self.Opened())

    # ---- how it looks ----------------------------------------------------------------------------------------

    def render_label(self, node: TreeNode[Spot], base_style: Style, style: Style) -> Text:  # noqa: ARG002 - Textual's
        """One line, made when it comes to the screen."""
        spot = node.data
        file = self._listing.files.get(spot.path) if spot is not None else None
        if file is None or spot is None:
            return Text()
        mark = ">" if node is self.cursor_node else " "
        if spot.ordinals is None:
            fold = "" if not node.children else "v " if node.is_expanded else "+ "
            label = Text.assemble(mark, (fold, _FOLDS), file_label(self._listing, file, width=self.size.width - 4))
        else:
            view = file.item(spot)
            label = Text(mark) if view is None else Text.assemble(mark, item_label(self._listing, view))
        label.stylize(style)
        return label

    def get_label_width(self, node: TreeNode[Spot]) -> int:  # noqa: ARG002 - Textual's
        """One line is as wide as there is room: what is longer is cut, and nothing scrolls sideways."""
        return 1
