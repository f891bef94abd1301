"""Says how the entries of two lookup tables differ, and which asset file is to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.compare import scalar

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.verify.locate.align import Pair
    from migrate.verify.locate.side import Side

_MOST_BYTES = 50_000_000


def table_difference(a: Side, b: Side, pair: Pair) -> str:
    """The first key, in sorted order, that the tables map to different values or that only one has."""
    ours, theirs = a.values([pair.a])[pair.a], b.values([pair.b])[pair.b]
    if ours is None or theirs is None:
        return "they cannot be read"
    first, second = dict(ours.array.tolist()), dict(theirs.array.tolist())
    parts = []
    differing = sorted((key for key in first.keys() & second.keys() if first[key] != second[key]), key=str)
    if differing:
        key = differing[0]
        parts.append(f"{_text(key)} is {_text(first[key])} in the first and {_text(second[key])} in the second")
    for which, mine, other in (("first", first, second), ("second", second, first)):
        alone = sorted(mine.keys() - other.keys(), key=str)
        if alone:
            more = f" and {len(alone) - 1} more are" if len(alone) > 1 else " is"
            parts.append(f"{_text(alone[0])}{more} only in the {which}")
    parts += asset_differences(a.model.assets, b.model.assets)
    return "; ".join(parts)


def asset_differences(ours: tuple[Path, ...], theirs: tuple[Path, ...]) -> list[str]:
    """The asset files of one name that are not the same, with the first line that differs."""
    by_name = {path.name: path for path in theirs}
    found = []
    for path in ours:
        other = by_name.get(path.name)
        if other is None or max(path.stat().st_size, other.stat().st_size) > _MOST_BYTES:
            continue
        first, second = path.read_bytes().splitlines(), other.read_bytes().splitlines()
        if first != second:
            same = zip(first, second, strict=False)
            line = next((i for i, (x, y) in enumerate(same) if x != y), min(len(first), len(second)))
            texts = [_text(lines[line]) if line < len(lines) else "nothing" for lines in (first, second)]
            found.append(f"asset {path.name!r} differs first in line {line + 1}: {texts[0]} and {texts[1]}")
    return found


def _text(value: object) -> str:
    text = repr(scalar(value))
    return text if len(text) <= 40 else f"{text[:37]}..."
