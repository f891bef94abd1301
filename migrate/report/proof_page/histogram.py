"""The errors of one output by magnitude, as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from migrate.report.amounts import count
from migrate.report.picture.svg import escape
from migrate.verify.histogram import EDGES, bin_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.verify.histogram import ErrorHistogram

_BIN, _END, _GAP, _MARGIN = 24.0, 62.0, 14.0, 6.0
"""Widths: of a bin of the scale, of a bin at the ends, of what is between, and of what is around."""

_TOP, _HIGHEST, _BELOW = 18.0, 96.0, 34.0
_BASE = _TOP + _HIGHEST
_SCALE = _MARGIN + _END + _GAP
"""Where the scale begins."""

_BINS = len(EDGES) + 1
_WIDTH = _SCALE + _BINS * _BIN + _GAP + _END + _MARGIN
_HEIGHT = _BASE + _BELOW
_LABELLED = 3
"""Every third edge has its number below."""

_GREEN, _BLUE, _RED, _INK, _DIM = "#2c7a43", "#3c6fa6", "#b3161b", "#1b2733", "#4d5b69"


def histogram_pictures(histogram: ErrorHistogram, name: str, key: str) -> tuple[Markup, Markup]:
    """The absolute and the relative errors, an `<svg>` element each; `shared_shapes` must be on the same page.

    Args:
        histogram: The counts.
        name: Of the output, for those who hear the page.
        key: An id that nothing else on the page begins with.
    """
    return (
        _picture(histogram.absolute, f"absolute errors of {name}", f"{key}a"),
        _picture(histogram.relative, f"relative errors of {name}", f"{key}r"),
    )


def shared_shapes() -> Markup:
    """What all pictures of a page have in common: it must stand once on the page, and shows nothing by itself."""
    return Markup(
        '<svg class="shared" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="{_RED}"/></pattern>'
        f'<g id="axis" class="axis">{"".join(_axis())}</g></defs></svg>'
    )


def short_count(number: int) -> str:
    """A count in few characters: `999`, `12k`, `3M`; the picture's titles have all digits."""
    for power, unit in enumerate(("", "k", "M", "G", "T")):
        if number < 999.5 * 1000**power:
            return f"{number / 1000**power:.0f}{unit}"
    return "many"


def _picture(counts: tuple[int, ...], title: str, key: str) -> Markup:
    labels = bin_labels()
    said = "; ".join(f"{label}: {number:,}" for label, number in zip(labels, counts, strict=True) if number)
    parts = [
        f'<svg class="histogram" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" '
        f'role="img" aria-labelledby="{key}t {key}d">',
        f'<title id="{key}t">{escape(title)}</title>',
        f'<desc id="{key}d">Elements by magnitude of the error. {escape(said or "No elements")}.</desc>',
        '<use href="#axis"/>',
    ]
    most = max(counts, default=0)
    for position, (number, label) in enumerate(zip(counts, labels, strict=True)):
        if number:
            parts += _bar(position, number, most, f"{label}: {count(number, 'element')}")
    return Markup("".join([*parts, "</svg>"]))


def _axis() -> Iterator[str]:
    """The lines below the bars and what they mean: exact zeros, the scale of powers of ten, what is not finite."""
    ends = _SCALE + _BINS * _BIN
    for start, width in ((_MARGIN, _END), (_SCALE, _BINS * _BIN), (ends + _GAP, _END)):
        yield f'<path d="M{start:g} {_BASE + 0.5:g}h{width:g}" stroke="{_INK}" fill="none"/>'
    yield _text(_MARGIN + _END / 2, _BASE + 16, "exactly 0", _INK)
    yield _text(ends + _GAP + _END / 2, _BASE + 16, "not finite", _INK)
    for position, edge in enumerate(EDGES):
        x = _SCALE + (position + 1) * _BIN
        labelled = position % _LABELLED == 0
        yield f'<path d="M{x:g} {_BASE + 1:g}v{5 if labelled else 3}" stroke="{_INK}" fill="none"/>'
        if labelled:
            yield _text(x, _BASE + 16, f"{edge:g}".replace("e-0", "e-"), _INK)
    yield _text(_SCALE + _BINS * _BIN / 2, _BASE + 30, "error, in powers of ten", _DIM)


def _bar(position: int, number: int, most: int, title: str) -> Iterator[str]:
    """A bar as high as the logarithm of its count: one element among a million is still seen."""
    if position == 0:
        x, width, fill, stroke = _MARGIN + 10, _END - 20, _GREEN, _GREEN
    elif position <= _BINS:
        x, width, fill, stroke = _SCALE + (position - 1) * _BIN + 1.5, _BIN - 3, _BLUE, _BLUE
    else:
        x, width, fill, stroke = _SCALE + _BINS * _BIN + _GAP + 10, _END - 20, "url(#hatched)", _RED
    height = _HIGHEST * math.log1p(number) / math.log1p(most)
    yield f"<g><title>{escape(title)}</title>"
    yield (
        f'<rect x="{x:g}" y="{_BASE - height:.1f}" width="{width:g}" height="{height:.1f}" fill="{fill}" '
        f'stroke="{stroke}"/>'
    )
    yield f"{_text(x + width / 2, _BASE - height - 4, short_count(number), _INK)}</g>"


def _text(x: float, y: float, text: str, fill: str) -> str:
    return f'<text x="{x:g}" y="{y:.1f}" text-anchor="middle" fill="{fill}">{escape(text)}</text>'
