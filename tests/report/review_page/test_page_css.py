"""Everything on the page can be read, in both of its dresses: the contrast that WCAG 2 asks for at level AA."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrate.report import review_page

_PAIR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)")


def palette(css: str) -> dict[str, tuple[str, str]]:
    """The colours of a style sheet by name: the light one, the dark one."""
    return {name: (light, dark) for name, light, dark in _PAIR.findall(css)}


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:]
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


COLOURS = palette((Path(review_page.__file__).parent / "page.css").read_text("utf-8"))
CODE = [
    (text, paper)
    for text in ("ink", "k", "s", "c", "n", "d", "b", "a")
    for paper in ("paper", "ins", "del", "move", "ins-word", "del-word", "move-word")
]
SIGNS = [(text, paper) for text in ("dim", "link", "green", "red", "blue") for paper in ("paper", "soft")]
BADGES = [(name, f"{name}-bg") for name in ("green", "red", "amber", "blue", "violet")]
OTHERS = [("dim", "ins"), ("dim", "del"), ("dim", "move"), ("dim", "blue-bg"), ("ink", "amber-bg"), ("paper", "link")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read(dark):
    pairs = [*CODE, *SIGNS, *BADGES, *OTHERS]
    found = {(text, paper): contrast(COLOURS[text][dark], COLOURS[paper][dark]) for text, paper in pairs}
    assert {pair: value for pair, value in found.items() if value < 4.5} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_bars_and_the_focus_can_be_seen(dark):
    for name in ("green", "blue", "violet", "amber"):
        assert contrast(COLOURS[name][dark], COLOURS["faint"][dark]) >= 3
    assert contrast(COLOURS["focus"][dark], COLOURS["paper"][dark]) >= 3
