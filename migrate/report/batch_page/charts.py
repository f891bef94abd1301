"""Counts as pictures: bars that are divided, and classes side by side. Colours are classes of the page's style sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from migrate.report.picture.svg import escape

_WIDTH, _HEIGHT, _GAP = 1000.0, 34.0, 2.0
_SMALL_WIDTH, _SMALL_HEIGHT = 220.0, 12.0
_BIN, _HIGHEST, _TOP, _BELOW = 86.0, 110.0, 20.0, 24.0
_THINNEST = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar.

    Attributes:
        kind: Its class in the style sheet.
        label: What it is.
        count: How many.
    """

    kind: str
    label: str
    count: int


def parts(kinds: Mapping[str, str], counts: Mapping[str, int]) -> tuple[Part, ...]:
    """The parts of a bar, in the order of their kinds; those of which there are none are left out.

    Args:
        kinds: The label of each kind.
        counts: How many there are of each.
    """
    return tuple(Part(kind, label, counts.get(kind, 0)) for kind, label in kinds.items() if counts.get(kind, 0))


def divided_bar(title: str, shown: Sequence[Part]) -> Markup:
    """One bar as wide as the page, divided by its parts, as an `<svg>` element.

    Args:
        title: What it shows, for those who hear the page.
        shown: The parts.
    """
    said = "; ".join(f"{part.label}: {part.count:,}" for part in shown) or "nothing"
    bar = "".join(_pieces(shown, _WIDTH, _HEIGHT, sum(part.count for part in shown), texts=True))
    return Markup(
        f'<svg class="bar" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(f"{title}: {said}")}">{bar}</svg>'
    )


def small_bar(shown: Sequence[Part], most: int) -> Markup:
    """A bar for a cell of a table, as an `<svg>` element.

    Args:
        shown: The parts.
        most: What the longest bar of the table stands for.
    """
    said = "; ".join(f"{part.label}: {part.count:,}" for part in shown)
    bar = "".join(_pieces(shown, _SMALL_WIDTH, _SMALL_HEIGHT, most, texts=False))
    return Markup(
        f'<svg class="small" viewBox="0 0 {_SMALL_WIDTH:g} {_SMALL_HEIGHT:g}" width="{_SMALL_WIDTH:g}" '
        f'height="{_SMALL_HEIGHT:g}" role="img" aria-label="{escape(said)}">{bar}</svg>'
    )


def columns(title: str, labels: Sequence[str], counts: Sequence[int]) -> Markup:
    """Classes side by side, each a column with its count, as an `<svg>` element.

    Args:
        title: What it shows, for those who hear the page.
        labels: What the classes are called.
        counts: How many are in each.
    """
    most = max(counts, default=0) or 1
    width, base = len(counts) * _BIN, _TOP + _HIGHEST
    drawn = [f'<path class="axis" d="M0 {base:g}h{width:g}"/>']
    for position, (label, count) in enumerate(zip(labels, counts, strict=True)):
        middle = (position + 0.5) * _BIN
        drawn.append(f'<text class="dim" x="{middle:g}" y="{base + 16:g}" text-anchor="middle">{escape(label)}</text>')
        if count:
            height = max(count / most * _HIGHEST, _THINNEST)
            drawn.append(
                f'<g><title>{escape(f"{label}: {count:,}")}</title><rect class="plain" x="{middle - _BIN * 0.4:g}" '
                f'y="{base - height:.1f}" width="{_BIN * 0.8:g}" height="{height:.1f}"/><text x="{middle:g}" '
                f'y="{base - height - 5:.1f}" text-anchor="middle">{count:,}</text></g>'
            )
    said = "; ".join(f"{label}: {count:,}" for label, count in zip(labels, counts, strict=True) if count)
    return Markup(
        f'<svg class="columns" viewBox="0 0 {width:g} {base + _BELOW:g}" width="{width:g}" height="{base + _BELOW:g}" '
        f'role="img" aria-label="{escape(f"{title}: {said}")}">{"".join(drawn)}</svg>'
    )


def _pieces(shown: Sequence[Part], width: float, height: float, whole: int, *, texts: bool) -> Iterator[str]:
    """The parts from left to right; the smallest one is still seen."""
    room = width - (_GAP * (len(shown) - 1) if texts else 0)
    widths = [max(part.count / max(whole, 1) * room, _THINNEST) for part in shown]
    over = sum(widths) - room
    if over > 0 and widths:
        widths[widths.index(max(widths))] -= over
    x = 0.0
    for part, wide in zip(shown, widths, strict=True):
        yield (
            f"<g><title>{escape(f'{part.label}: {part.count:,}')}</title>"
            f'<rect class="{escape(part.kind)}" x="{x:.1f}" y="0" width="{wide:.1f}" height="{height:g}"/></g>'
        )
        x += wide + (_GAP if texts else 0)
