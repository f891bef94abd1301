"""Times of the diff of `tf-migrate review`, on a long file with many changes.

    python benchmarks/review_diff.py [--lines N] [--changes N] [--size COLUMNSxLINES]

The screen is Textual's own, without a terminal: what a terminal needs to draw comes on top.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App, ComposeResult

from migrate.review.diff.rows import hunks, rows
from migrate.review.diff.syntax import words_of
from migrate.review.tui.diff_view import DiffView

Figures = dict[str, list[tuple[float, float]]]
"""Seconds of wall clock and of CPU, by what was measured."""


class Screen(App[None]):
    """Nothing but a diff."""

    def compose(self) -> ComposeResult:
        """The diff."""
        yield DiffView()


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--size", default="160x48")
    options = parser.parse_args()
    before, after = texts(options.lines, options.changes)
    columns, lines = map(int, options.size.split("x"))
    figures: Figures = {}
    with measured("rows()", figures):
        made = rows(before, after)
    with measured("words of one text", figures):
        words_of(before)
    words_of.cache_clear()
    asyncio.run(on_screen(before, after, (columns, lines), figures))
    print(f"{options.lines} lines, {len(hunks(made, 0))} changes, {columns} columns, {lines} lines on the screen\n")
    print("| what | median | most | CPU, median | of |\n|---|---:|---:|---:|---:|")
    for name, runs in figures.items():
        wall, cpu = zip(*runs, strict=True)
        shown = (statistics.median(wall), max(wall), statistics.median(cpu))
        print(f"| {name} | {' | '.join(f'{1e3 * seconds:.1f} ms' for seconds in shown)} | {len(runs)} |")
    print(json.dumps({"version": 1, "load": os.getloadavg()[0], "seconds": figures}))


@contextmanager
def measured(name: str, figures: Figures) -> Iterator[None]:
    """Adds the wall clock and the CPU time of this thread."""
    wall, cpu = time.perf_counter(), time.thread_time()
    yield
    figures.setdefault(name, []).append((time.perf_counter() - wall, time.thread_time() - cpu))


async def on_screen(before: str, after: str, size: tuple[int, int], figures: Figures) -> None:
    """Times from a call to the end of the refresh that follows it."""
    app = Screen()
    async with app.run_test(size=size) as pilot:
        view = app.query_one(DiffView)
        await pilot.pause()

        async def measure(name: str, call, *given) -> None:
            painted = asyncio.Event()
            with measured(name, figures):
                call(*given)
                view.call_after_refresh(painted.set)
                await painted.wait()

        await measure("first paint", view.show, before, after, "large.py")
        for _ in range(10):
            await measure("page down while words are found", down, view)
        await app.workers.wait_for_complete()
        view.show("", "")
        await measure("show it again, words known", view.show, before, after, "large.py")
        await measure("open all folds", view.action_toggle_folds)
        while view.scroll_offset.y < view.max_scroll_y:
            await measure("page down", down, view)
        while view.scroll_offset.y > 0:
            await measure("page up, painted before", up, view)
        await measure("unified", view.action_toggle_split)
        await measure("side by side", view.action_toggle_split)
        for _ in range(40):
            await measure("next change", view.next_hunk)
        await measure("search", view.search, "value_1")
        await measure("next match", view.action_next_match)


def down(view: DiffView) -> None:
    """One page down."""
    view.scroll_to(y=view.scroll_offset.y + view.size.height, animate=False)


def up(view: DiffView) -> None:
    """One page up."""
    view.scroll_to(y=view.scroll_offset.y - view.size.height, animate=False)


def texts(lines: int, changes: int) -> tuple[str, str]:
    """Python that looks like a model, and the same with changes of some lines each."""
    chance = random.Random(7)
    before = [_line(chance, number) for number in range(lines)]
    after = list(before)
    for place in sorted(chance.sample(range(0, lines - 9, 9), changes), reverse=True):
        changed = [line.replace("tf.", "tf.math.").replace("=", "= self.") for line in after[place : place + 3]]
        after[place : place + chance.randint(1, 4)] = [*changed, f"added_{place} = tf.function(value_{place})"]
    return "\n".join(before) + "\n", "\n".join(after) + "\n"


def _line(chance: random.Random, number: int) -> str:
    if number % 40 == 0:
        return f"def step_{number}(x, training=False):"
    return "    " * chance.randint(1, 3) + chance.choice(
        (
            f"value_{number} = tf.matmul(x_{chance.randint(0, 99)}, w, name='matmul_{number}') + 0.5",
            f"# What value_{number} stands for, and why.",
            f"print('step %d of %s' % (value_{number}, {number}))",
            f"if value_{number} is None: return tf.nn.relu(x[{number}:, ..., None])",
            "",
            ")",
        )
    )


if __name__ == "__main__":
    main()
