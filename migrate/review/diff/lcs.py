"""A longest common subsequence, with one bit of a large number for each line.

Python adds and masks numbers of thousands of bits as fast as small ones, so that this is quick where an algorithm that
looks at one pair of lines after the other is not.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

_LIMIT = 200_000_000
"""Bits that are kept at most; texts that differ more than that are not aligned."""


def common(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Finds a longest common subsequence.

    Args:
        left: One sequence.
        right: The other one.

    Returns:
        Index pairs of equal values, in order; none where the sequences are too long.
    """
    if not left or not right or len(left) * len(right) > _LIMIT:
        return []
    places: dict[Hashable, int] = {}
    for index, value in enumerate(left):
        places[value] = places.get(value, 0) | 1 << index
    every = (1 << len(left)) - 1
    # In the state after a value of the right side, bit i is 0 where left[i] makes the common subsequence one longer.
    state = every
    states = []
    for value in right:
        shared = state & places.get(value, 0)
        state = ((state + shared) | (state - shared)) & every
        states.append(state)
    return _walk_back(states, len(left))


def _walk_back(states: Sequence[int], i: int) -> list[tuple[int, int]]:
    pairs = []
    j = len(states)
    while i and j:
        if states[j - 1] >> (i - 1) & 1:
            i -= 1
            continue
        j -= 1
        if j and not states[j - 1] >> (i - 1) & 1:
            continue
        i -= 1
        pairs.append((i, j))
    pairs.reverse()
    return pairs
