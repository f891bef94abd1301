"""A picture as values: boxes and the links between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BoxKind(StrEnum):
    """What a box stands for."""

    INPUT = "input"
    OUTPUT = "output"
    SCOPE = "scope"
    OPERATIONS = "operations"
    LOOP = "loop"
    VARIABLES = "variables"
    TABLE = "table"
    PLACEHOLDER = "placeholder"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a box.

    Attributes:
        name: On the left.
        detail: On the right.
        kind: `trainable`, `fixed` or `constant` for a variable's line, `end` for an input's or output's, `more`.
        tooltip: All there is to say.
    """

    name: str
    detail: str
    kind: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A hazard.

    Attributes:
        severity: `blocks`, `changes` or `note`.
        text: What it is and what can be done.
    """

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A box.

    Attributes:
        number: Its number in the picture.
        kind: What it stands for.
        title: Its name.
        caption: A line below the name.
        rows: Lines below that.
        tooltip: All there is to say.
        marks: Its hazards, the worst first.
    """

    number: int
    kind: BoxKind
    title: str
    caption: str = ""
    rows: tuple[Row, ...] = ()
    tooltip: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow.

    Attributes:
        start: The number of the box it leaves.
        end: The number of the box it goes to.
        label: What flows there, short; empty for order only.
        tensors: How many tensors flow there, 0 for order only.
        tooltip: Which ones.
    """

    start: int
    end: int
    label: str
    tensors: int
    tooltip: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and links.

    Attributes:
        title: What it is of.
        caption: How much of it is shown.
        boxes: By number.
        links: At most one between two boxes in each direction.
    """

    title: str
    caption: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
