"""How a diff looks: by the colours of the theme, by the sixteen colours of the terminal, or by none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style

from migrate.review.diff.model import Mark
from migrate.review.diff.syntax import Kind

if TYPE_CHECKING:
    from textual.widget import Widget

_CHANGES = (Mark.REMOVED, Mark.ADDED, Mark.MOVED)

PARTS = ("line-number", "current", "fold", "absent", "note", "code", "match", "match-current")
CLASSES = {
    *(f"diff-view--{part}" for part in PARTS),
    *(f"diff-view--{mark}{kind}" for mark in _CHANGES for kind in ("", "-word", "-sign")),
    *(f"diff-view--{kind}" for kind in Kind),
}

CSS = """
DiffPane {
    background: $surface;
    color: $foreground;
    overflow-x: auto;
    overflow-y: scroll;
    scrollbar-size: 1 1;
    border-top: solid $border-blurred;
    border-title-color: $foreground;
    &:focus { border-top: solid $border; }
    & > .diff-view--removed { background: $error 16%; }
    & > .diff-view--removed-word { background: $error 50%; }
    & > .diff-view--removed-sign { color: $text-error; text-style: bold; }
    & > .diff-view--added { background: $success 14%; }
    & > .diff-view--added-word { background: $success 42%; }
    & > .diff-view--added-sign { color: $text-success; text-style: bold; }
    & > .diff-view--moved { background: $primary 22%; }
    & > .diff-view--moved-word { background: $primary 50%; }
    & > .diff-view--moved-sign { color: $text-primary; text-style: bold; }
    & > .diff-view--line-number { color: $text-disabled; }
    & > .diff-view--current { color: $text-warning; text-style: bold; }
    & > .diff-view--fold { color: $text-muted; background: $panel; }
    & > .diff-view--absent { background: $background; }
    & > .diff-view--note { color: $text-muted; text-style: italic; }
    & > .diff-view--code { text-style: reverse; }
    & > .diff-view--match { background: $warning 50%; }
    & > .diff-view--match-current { background: $warning; color: black; text-style: bold; }
    & > .diff-view--comment { color: $text-muted; text-style: italic; }
    & > .diff-view--keyword { color: $text-accent; }
    & > .diff-view--string { color: $text-success; }
    & > .diff-view--number { color: $text-warning; }
    & > .diff-view--definition { color: $text-primary; text-style: bold; }
    & > .diff-view--builtin { color: $text-primary; }
    & > .diff-view--decorator { color: $text-warning; }
    &:nocolor {
        & > .diff-view--removed-word { text-style: bold underline; }
        & > .diff-view--added-word { text-style: bold underline; }
        & > .diff-view--moved-word { text-style: bold underline; }
        & > .diff-view--current { text-style: reverse; }
        & > .diff-view--match { text-style: reverse; }
        & > .diff-view--match-current { text-style: bold reverse underline; }
    }
    &:ansi {
        & > .diff-view--removed { color: ansi_red; background: ansi_default; }
        & > .diff-view--removed-word { background: ansi_default; text-style: bold reverse; }
        & > .diff-view--added { color: ansi_green; background: ansi_default; }
        & > .diff-view--added-word { background: ansi_default; text-style: bold reverse; }
        & > .diff-view--moved { color: ansi_blue; background: ansi_default; }
        & > .diff-view--moved-word { background: ansi_default; text-style: bold reverse; }
        & > .diff-view--fold { color: ansi_cyan; background: ansi_default; }
        & > .diff-view--absent { background: ansi_default; }
        & > .diff-view--match { color: ansi_black; background: ansi_yellow; }
        & > .diff-view--match-current { color: ansi_black; background: ansi_bright_yellow; }
    }
}
"""


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a widget's parts.

    Attributes:
        line: Of whole lines, with their background.
        word: Of the words of a line that changed, on top of it.
        sign: Of the signs in the margin.
        kind: Of the words of the language.
        part: Of all else.
        plain: Whether a colour of a changed line is all there is to see it by, so that its words have none.
    """

    line: Mapping[Mark, Style]
    word: Mapping[Mark, Style]
    sign: Mapping[Mark, Style]
    kind: Mapping[Kind, Style]
    part: Mapping[str, Style]
    plain: bool


def palette(widget: Widget) -> Palette:
    """Reads the styles of a widget that has the component classes `CLASSES`."""

    def whole(name: str) -> Style:
        return widget.get_component_rich_style(f"diff-view--{name}")

    def above(name: str) -> Style:
        """A style that keeps the colour of the text where it has none itself; its background is opaque."""
        own, full = widget.get_component_rich_style(f"diff-view--{name}", partial=True), whole(name)
        # What shines through what is behind it is mixed with that in the whole style only.
        colour, behind = (full.color if own.color else None), (full.bgcolor if own.bgcolor else None)
        return own + Style(color=colour, bgcolor=behind)

    return Palette(
        {Mark.EQUAL: widget.rich_style, **{mark: whole(mark) for mark in _CHANGES}},
        {Mark.EQUAL: Style(), **{mark: above(f"{mark}-word") for mark in _CHANGES}},
        {Mark.EQUAL: Style(), **{mark: above(f"{mark}-sign") for mark in _CHANGES}},
        {kind: above(kind) for kind in Kind},
        {**{part: above(part) for part in PARTS}, "fold": whole("fold"), "absent": whole("absent")},
        widget.app.native_ansi_color,
    )
