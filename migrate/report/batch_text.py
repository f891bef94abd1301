"""A run as tables for people: lines that are aligned, and on a terminal coloured ones with rules between them."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from migrate.batch.state import State, Status
from migrate.report.amounts import byte_text, count
from migrate.report.batch_totals import Totals, totals
from migrate.report.batch_words import files_text, next_steps, outputs, seconds_text, verdict
from migrate.report.text import one_line
from migrate.results import Level

_MOST_FAILED = 10
_MOST_RULES = 12
_MOST_REASONS = 8
_MOST_SLOW = 3
_WORTH_TELLING = 1.0
_WIDTH = 80
_NARROWEST = 50
_COLOURS = {Level.NATIVE: "green", Level.WRAPPED: "cyan", Level.BRIDGED: "magenta", Level.FLAGGED: "yellow"}


@dataclass(frozen=True, slots=True)
class _Table:
    """A part of what is printed.

    Attributes:
        title: What it is about.
        rows: Its cells; the last one of a row may be long.
        style: How a terminal shows the title.
        right: The columns with numbers.
        levels: The column that names a level; -1 for none.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    style: str = "bold"
    right: tuple[int, ...] = ()
    levels: int = -1


def run_table(directory: Path, state: State, *, terminal: bool = False) -> str:
    """What a run comes to by now, and what to do next.

    Args:
        directory: That of the run.
        state: The state of the run.
        terminal: Whether it is for a terminal that shows colours.

    Returns:
        The lines, with a newline in the end.
    """
    found = totals(state)
    tables = [table for table in _tables(directory, found) if table.rows]
    width = max(shutil.get_terminal_size((_WIDTH, 24)).columns, _NARROWEST) if terminal else _WIDTH
    shown = _on_terminal(tables, min(width, 120)) if terminal else _plain(tables)
    steps = "".join(f"\n{step.text}:\n  {step.command}\n" for step in next_steps(directory, state, found))
    return f"{shown}\n{_sum(found)}\n{steps}"


def _sum(found: Totals) -> str:
    read = f"{count(found.python_files, 'Python file')} ({byte_text(found.python_bytes)})"
    return (
        f"{verdict(found)}\n{count(found.sites, 'site')} in {count(found.files, 'file')}; {files_text(found)}\n"
        f"{read} in {seconds_text(found.seconds)} of work"
    )


def _tables(directory: Path, found: Totals) -> Iterator[_Table]:
    failed = tuple(_failed(found))
    yield _Table("Failed", failed, style="bold red", right=(0,) if failed and len(failed[0]) > 1 else ())
    yield _Table(
        "Sites by level", tuple((level, f"{found.levels[level]:,}") for level in Level) if found.sites else (),
        right=(1,), levels=0,
    )  # fmt: skip
    yield _Table("Sites by rule", tuple(_by_rule(found)), right=(2,), levels=1)
    reasons = [(f"{cause.count:,}", reason.rule, reason.text) for reason, cause in found.why[:_MOST_REASONS]]
    left = len(found.why) - len(reasons)
    reasons += [("", "", f"and {left:,} other reasons: see report.html")] if left > 0 else []
    yield _Table("Most frequent reasons for less than native", tuple(reasons), right=(0,))
    slow = [slow for slow in found.slowest[:_MOST_SLOW] if slow.seconds >= _WORTH_TELLING]
    yield _Table("Slowest", tuple((seconds_text(one.seconds), one.name) for one in slow), right=(0,))
    yield _Table(f"Written to {directory}", outputs(directory))


def _failed(found: Totals) -> Iterator[tuple[str, ...]]:
    """The repositories that failed, or where there are many, why they did."""
    if found.statuses[Status.FAILED] <= _MOST_FAILED:
        yield from ((f"{failure.repository}: {failure.error}",) for failure in found.failed)
        return
    causes = sorted(found.failures.items(), key=lambda pair: (-pair[1].count, pair[0]))
    for text, cause in causes[:_MOST_FAILED]:
        yield f"{cause.count:,}", f"{text} ({'' if cause.count == 1 else 'such as '}{cause.example})"
    if len(causes) > _MOST_FAILED:
        yield "", f"and {len(causes) - _MOST_FAILED:,} other reasons: see report.html"


def _by_rule(found: Totals) -> Iterator[tuple[str, ...]]:
    from migrate.rules import load_rules

    titles = {rule.id: rule.title for rule in load_rules()}
    rows: dict[tuple[str, str], int] = {}
    for level, _, rule, sites in found.by_rule:
        rows[rule, level] = rows.get((rule, level), 0) + sites
    for (rule, level), sites in list(rows.items())[:_MOST_RULES]:
        yield rule, level, f"{sites:,}", titles.get(rule, "")
    if len(rows) > _MOST_RULES:
        yield "", "", "", f"and {len(rows) - _MOST_RULES} more: see report.html"


def _plain(tables: list[_Table]) -> str:
    return "\n".join("".join(_plain_lines(table)) for table in tables)


def _plain_lines(table: _Table) -> Iterator[str]:
    yield f"{one_line(table.title)}\n"
    rows = [[one_line(cell) for cell in row] for row in table.rows]
    last = len(rows[0]) - 1
    widths = [min(max(len(row[column]) for row in rows), _WIDTH // 2) for column in range(last)]
    for row in rows:
        head = "".join(
            f"{cell:>{width}}  " if column in table.right else f"{cell:<{width}}  "
            for column, (cell, width) in enumerate(zip(row[:-1], widths, strict=True))
        )
        room = max(_WIDTH - 2 - len(head), _WIDTH // 3)
        text = row[-1]
        if last in table.right:
            text = text.rjust(max(len(other[-1]) for other in rows))
        first, *others = textwrap.wrap(text, room - 2 * (not head)) if len(text) > room else [text]
        yield f"  {head}{first}".rstrip() + "\n"
        indent = " " * (2 + len(head) if head else 4)
        yield from (f"{indent}{other}\n" for other in others)


def _on_terminal(tables: list[_Table], width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    text = StringIO()
    console = Console(
        file=text, force_terminal=True, width=width, highlight=False, markup=False, color_system="standard"
    )
    for table in tables:
        console.print(Text(one_line(table.title), style=table.style))
        console.rule(style="dim", characters="─")
        grid = Table.grid(padding=(0, 2, 0, 0))
        last = len(table.rows[0]) - 1
        for column in range(last + 1):
            grid.add_column(
                justify="right" if column in table.right else "left",
                overflow="fold",
                no_wrap=column != last and column > 0,
            )
        for row in table.rows:
            style = _COLOURS[Level(row[table.levels])] if table.levels >= 0 and row[table.levels] else ""
            grid.add_row(
                *(
                    Text(one_line(cell), style=style if column == table.levels else "")
                    for column, cell in enumerate(row)
                )
            )
        console.print(grid)
        console.print()
    return text.getvalue().removesuffix("\n")
