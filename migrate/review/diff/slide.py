"""Where an inserted or removed block may begin one line earlier or later, the place where it reads best.

A function inserted between two others could as well begin with the end of the first one; nobody wrote it like that.
"""

from __future__ import annotations

from collections.abc import Sequence

_FURTHEST = 100
"""Lines that a block slides at most, each way."""


def slid(left: Sequence[str], right: Sequence[str], pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Slides blocks that only one side has to where they read best.

    Args:
        left: The lines before.
        right: The lines after.
        pairs: Which of them are matched, in order.

    Returns:
        As many pairs.
    """
    inserted = _slid(right, list(pairs), len(left), len(right))
    removed = _slid(left, [(j, i) for i, j in inserted], len(right), len(left))
    return [(i, j) for j, i in removed]


def _slid(lines: Sequence[str], pairs: list[tuple[int, int]], others: int, end: int) -> list[tuple[int, int]]:
    """Slides the blocks of the second side."""
    for index in range(len(pairs) + 1):
        i, start = (pairs[index - 1][0] + 1, pairs[index - 1][1] + 1) if index else (0, 0)
        i_next, stop = pairs[index] if index < len(pairs) else (others, end)
        if i != i_next or start == stop:
            continue
        up = _steps(lines, start, stop, _run(pairs, index - 1, -1), -1)
        down = _steps(lines, start, stop, _run(pairs, index, 1), 1)
        best = max(range(-up, down + 1), key=lambda by: _score(lines, start + by, stop + by))
        for step in range(abs(best)):
            at = index + step if best > 0 else index - 1 - step
            one, two = pairs[at]
            pairs[at] = (one, two - (stop - start) if best > 0 else two + (stop - start))
    return pairs


def _run(pairs: Sequence[tuple[int, int]], index: int, way: int) -> int:
    """How many matches follow each other without a gap, from one match on."""
    count = 0
    while 0 <= index < len(pairs) and count < _FURTHEST:
        if count and pairs[index] != (pairs[index - way][0] + way, pairs[index - way][1] + way):
            break
        count += 1
        index += way
    return count


def _steps(lines: Sequence[str], start: int, stop: int, limit: int, way: int) -> int:
    """How far the block can go."""
    steps = 0
    while steps < limit:
        enters, leaves = (stop + steps, start + steps) if way > 0 else (start - 1 - steps, stop - 1 - steps)
        if lines[enters] != lines[leaves]:
            break
        steps += 1
    return steps


def _score(lines: Sequence[str], start: int, stop: int) -> tuple[int, int, int, int]:
    """The block should be a whole: what begins it is indented least, and an empty line parts it from what is before."""
    block = lines[start:stop]
    first = next((line for line in block if line.strip()), "")
    indent = len(first) - len(first.lstrip())
    starts = bool(block[0].strip())
    parted = start == 0 or not lines[start - 1].strip()
    # Else as far down as it goes, as other tools show it.
    return (-indent, starts, parted, start)
