"""Sizes, shapes and counts as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.graph.state import Variable
    from migrate.signatures.model import Shape

_UNITS = ("kB", "MB", "GB", "TB", "PB")


def byte_text(size: int | None) -> str:
    """A number of bytes in powers of 1000, `31.4 kB`; `?` where it is not known."""
    if size is None:
        return "?"
    if size < 1000:
        return f"{size} B"
    power = 1
    while size / 1000**power >= 999.5 and power < len(_UNITS):
        power += 1
    return f"{size / 1000**power:.3g} {_UNITS[power - 1]}"


def shape_text(shape: Shape) -> str:
    """A shape with `?` for open dimensions; `[...]` where not even the rank is known."""
    if shape is None:
        return "[...]"
    return f"[{', '.join('?' if size is None else str(size) for size in shape)}]"


def count(number: int, noun: str) -> str:
    """`1 variable`, `2 variables`, `1,024 variables`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def total_bytes(variables: Iterable[Variable]) -> tuple[int, bool]:
    """The bytes of the variables whose size is known, and whether that is all of them."""
    sizes = [variable.byte_size for variable in variables]
    return sum(size for size in sizes if size is not None), None not in sizes


def total_text(variables: Sequence[Variable]) -> str:
    """Their bytes together; `at least` where some are not known."""
    size, known = total_bytes(variables)
    return byte_text(size) if known else f"at least {byte_text(size)}"
