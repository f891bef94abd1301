"""A diff as HTML: side by side where there is room, else in one column, from the same elements.

The lines of a group stand in the order of the one-column form: first those of the left side, then those of the right
one. In the wide form a grid puts them into its two columns; empty elements keep the lines at their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from migrate.report.amounts import count
from migrate.report.review_page.colours import coloured_lines, pieces
from migrate.report.review_page.visible import visible
from migrate.review.diff.rows import Hunk, Line, Mark, Row, hunks, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.report.review_page.colours import Piece

_SHORT = 3
"""So many unchanged lines are not worth a click."""

_ENDINGS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR", "": "no newline"}


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of the diffs the page has room for.

    Attributes:
        colours: Whether the lines have syntax colours.
        unchanged: Whether the lines are there that a click unfolds.
    """

    colours: bool = True
    unchanged: bool = True


@dataclass(frozen=True, slots=True)
class Diff:
    """A diff.

    Attributes:
        html: Its lines.
        added: How many lines are new.
        removed: How many are gone.
        moved: How many are at another place.
    """

    html: Markup
    added: int
    removed: int
    moved: int


def diff_of(before: str, after: str, detail: Detail) -> Diff:
    """The diff of two texts."""
    all_rows = rows(before, after)
    colours = (coloured_lines(before), coloured_lines(after)) if detail.colours else ((), ())
    html = Markup("").join(_Maker(*colours, detail.unchanged).parts(all_rows))
    right = [row.right.mark for row in all_rows if row.right is not None]
    removed = sum(row.left is not None and row.left.mark is Mark.REMOVED for row in all_rows)
    return Diff(html, right.count(Mark.ADDED), removed, right.count(Mark.MOVED))


def _without_short_gaps(found: Sequence[Hunk], length: int) -> list[Hunk]:
    """The hunks, grown where what is left out between them is hardly longer than the words that say so."""
    grown: list[Hunk] = []
    for hunk in found:
        last = grown.pop() if grown and hunk.start - grown[-1].end <= _SHORT else None
        start = last.start if last is not None else 0 if hunk.start <= _SHORT and not grown else hunk.start
        grown.append(Hunk(start, length if length - hunk.end <= _SHORT else hunk.end))
    return grown


@dataclass(frozen=True, slots=True)
class _Maker:
    before: Sequence[tuple[Piece, ...]]
    after: Sequence[tuple[Piece, ...]]
    unchanged: bool

    def parts(self, all_rows: Sequence[Row]) -> Iterator[Markup]:
        at = 0
        for hunk in _without_short_gaps(hunks(all_rows), len(all_rows)):
            yield from self._folded(all_rows[at : hunk.start])
            for equal, rows_of in groupby(all_rows[hunk.start : hunk.end], key=lambda row: row.is_equal):
                group = list(rows_of)
                yield Markup('<div class="g">')
                yield from self._equal(group) if equal else self._changed(group)
                yield Markup("</div>\n")
            at = hunk.end
        if at:
            yield from self._folded(all_rows[at:])

    def _folded(self, unchanged: Sequence[Row]) -> Iterator[Markup]:
        first = unchanged[0].left if unchanged else None
        last = unchanged[-1].left if unchanged else None
        if first is None or last is None:
            return
        said = f"{count(len(unchanged), 'unchanged line')} ({first.number} to {last.number})"
        if not self.unchanged:
            yield Markup('<p class="fold">{}, left out to keep the page small</p>\n').format(said)
            return
        yield Markup('<details class="fold"><summary>{}</summary><div class="g once">').format(said)
        yield from self._equal(unchanged, twice=False)
        yield Markup("</div></details>\n")

    def _equal(self, group: Iterable[Row], *, twice: bool = True) -> Iterator[Markup]:
        """Unchanged lines; the script makes the second copies of those that are unfolded."""
        for row in group:
            if row.left is None or row.right is None:
                continue
            text = self._text(row.left, self.before)
            yield Markup("<div class=e data-n={} data-m={}>{}</div>").format(row.left.number, row.right.number, text)
            if twice:
                yield Markup("<div class=f data-n={} aria-hidden=true>{}</div>").format(row.right.number, text)

    def _changed(self, group: Sequence[Row]) -> Iterator[Markup]:
        for row in group:
            yield self._line(row.left, row.right, "del", self.before)
        for row in group:
            yield self._line(row.right, row.left, "ins", self.after)

    def _line(self, line: Line | None, other: Line | None, tag: str, colours: Sequence[tuple[Piece, ...]]) -> Markup:
        if line is None:
            return Markup("<u></u>" if tag == "ins" else "<s></s>")
        moved = Markup("")
        if line.mark is Mark.MOVED:
            where = "" if line.other is None else f" {'to' if tag == 'del' else 'from'} line {line.other}"
            moved = Markup(' class=m title="moved{}"').format(where)
        ending = Markup("")
        if other is not None and other.ending != line.ending:
            ending = Markup("<em>{}</em>").format(_ENDINGS.get(line.ending, "?"))
        text = self._text(line, colours)
        return Markup("<{0}{1} data-n={2}>{3}{4}</{0}>").format(Markup(tag), moved, line.number, text, ending)

    @staticmethod
    def _text(line: Line, colours: Sequence[tuple[Piece, ...]]) -> Markup:
        own = colours[line.number - 1] if line.number <= len(colours) else ()
        if not own and not line.spans:
            return escape(visible(line.text))
        words = tuple((span.start, span.end) for span in line.spans)
        parts = []
        for start, end, name, changed in pieces(own, words, len(line.text)):
            text = escape(visible(line.text[start:end]))
            tag = "b" if changed else "i"
            kind = f" class={name}" if name else ""
            parts.append(f"<{tag}{kind}>{text}</{tag}>" if kind or changed else text)
        return Markup("".join(parts))
