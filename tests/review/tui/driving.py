"""Drives the application in tests: opened on a small tree, with every file read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.widgets import Static

from migrate.review.review import Review
from migrate.review.store import Store
from migrate.review.tui.app import ReviewApp
from migrate.settings import Settings
from tests.review.scripts import FLAGGED, HEAD, NATIVE, exporting, graph

IN_ONE_FUNCTION = HEAD + "def both():\n" + "".join(f"  {line}\n" for n in "ab" for line in graph(n).splitlines())
"""Two exports; where one stays, the other is held back, or bridged."""
APART = HEAD + exporting("one") + exporting("two")
FILES = {"apart": APART, "flagged": FLAGGED, "native": NATIVE, "together": IN_ONE_FUNCTION}


def run(test: Coroutine[Any, Any, None]) -> None:
    """Runs a test that drives the application."""
    asyncio.run(asyncio.wait_for(test, 60))


def project(place: Path, files: dict[str, str] | None = None) -> Path:
    """Writes a tree."""
    for name, text in (FILES if files is None else files).items():
        (place / f"{name}.py").write_bytes(text.encode())
    return place


def store(place: Path) -> Store:
    """Where the decisions about the tree are kept."""
    return Store(place / ".tf-migrate" / "review.json")


class Driver:
    """The application and a pilot, with shorter words for what tests do all the time."""

    def __init__(self, app: ReviewApp, pilot: Any) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Presses keys, and waits until what they order is done and shown."""
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def settle(self) -> None:
        """Waits until all orders are carried out and shown."""
        await self.pilot.pause()
        done = threading.Event()
        self.app.desk._orders.put(done.set)
        while not done.is_set() and self.app.error is None and self.app.is_running:
            await asyncio.sleep(0.005)
        await self.pilot.pause()
        await self.pilot.pause()

    def text(self, selector: str) -> str:
        """What a line of words says."""
        return str(self.app.screen.query_one(selector, Static).render())

    @property
    def note(self) -> str:
        """The line above the keys."""
        return str(self.app.main.query_one("#note", Static).render())

    @property
    def tree(self) -> list[str]:
        """The lines of the tree."""
        tree = self.app.main.tree_pane
        return [
            tree._render_line(y, 0, tree.size.width, tree.rich_style).text.rstrip() for y in range(tree.last_line + 1)
        ]

    @property
    def line(self) -> str:
        """The line of the tree that is selected."""
        return next(line for line in self.tree if line.lstrip().startswith(">"))

    @property
    def states(self) -> dict[str, list[str]]:
        """What was decided, by file."""
        files = self.app.listing.files.values()
        return {Path(file.path).stem: [str(view.state) for view in file.items] for file in files}

    @property
    def all_states(self) -> list[str]:
        """The same, of all files."""
        return [state for states in self.states.values() for state in states]

    @property
    def at(self) -> tuple[str, tuple[int, ...] | None]:
        """What is selected."""
        spot = self.app.main.tree_pane.selected
        assert spot is not None
        return Path(spot.path).stem, spot.ordinals


@asynccontextmanager
async def opened(
    place: Path, *, size: tuple[int, int] = (120, 40), paths: list[str] | None = None, **options: Any
) -> AsyncIterator[Driver]:
    """Opens the application on a tree, and waits until it is read."""
    app = ReviewApp(Review(paths or [place], Settings()), store(place), **options)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        yield driver
    if app.error is not None:
        raise app.error
