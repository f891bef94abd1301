"""A window over the screen with a title, something to read, and the keys that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import ComposeResult

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A window.

    Args:
        title: Its title.
        body: What is to be read.
        keys: The line at its bottom.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup,b", "page(-1)", show=False),
    ]

    def __init__(self, title: str, body: RenderableType, keys: str = "Esc closes") -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The window."""
        with Vertical(id="window"):
            with VerticalScroll(id="reading"):
                yield Static(self._body, id="words", markup=False)
            yield Static(Text(self._keys), id="keys", markup=False)

    def on_mount(self) -> None:
        """Shows the title in the frame."""
        self.query_one("#window").border_title = Text(self._title).markup

    def write(self, body: RenderableType, keys: str) -> None:
        """Shows something else."""
        self.query_one("#words", Static).update(body)
        self.query_one("#keys", Static).update(Text(keys))

    def action_close(self) -> None:
        """Closes the window."""
        self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Scrolls by a line."""
        self.query_one("#reading").scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scrolls by a page."""
        reading = self.query_one("#reading")
        reading.scroll_relative(y=by * max(1, reading.size.height - 1), animate=False)
