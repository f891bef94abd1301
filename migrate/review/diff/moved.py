"""Lines that left one place and appear at another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from migrate.review.diff.similar import likeness, words

_LETTERS = 10
"""Letters and digits that a moved block has at least: `return x` at two places is no move."""
_COMMON = 20
"""A line that appears more often than that says nothing about where it came from."""
_ALIKE = 0.7
"""The share of words that two lines have in common, where one is taken for the other at another place."""
_NEXT_TO = 0.5
"""The same where the lines before or after them moved between the same places."""
_LIMIT = 100_000
"""Pairs of changed lines that are compared at most."""

Pair = tuple[int, int]


def moved(left: Mapping[int, str], right: Mapping[int, str]) -> dict[int, int]:
    """Finds the lines that are at another place now, whatever their indentation.

    Args:
        left: The lines that are gone, by index.
        right: The lines that are new, by index.

    Returns:
        Where each moved line is now, by its index on the left side.
    """
    gone = {index: line.strip() for index, line in left.items()}
    new = {index: line.strip() for index, line in right.items()}
    found: dict[int, int] = {}
    taken: set[int] = set()
    # The largest block first; what a larger one has taken is no longer there for the others.
    for run in sorted(_runs(gone, new), key=lambda run: -_letters(gone, run)):
        free = [(i, j) for i, j in run if i not in found and j not in taken]
        if _letters(gone, free) >= _LETTERS:
            found.update(free)
            taken.update(j for _, j in free)
    return found


def moved_and_changed(left: Mapping[int, str], right: Mapping[int, str], already: Mapping[int, int]) -> dict[int, int]:
    """Finds the lines that are at another place now, with a few words changed.

    Args:
        left: The lines that are gone and not yet found elsewhere, by index.
        right: The lines that are new and not from elsewhere, by index.
        already: What moved as it was.

    Returns:
        Where each of the lines is now, by its index on the left side.
    """
    scored = sorted(_scored(left, right), key=lambda one: (-one[0], one[1]))
    found = dict(already)
    taken = set(already.values())
    ours: dict[int, int] = {}
    while True:
        before = len(ours)
        for score, (i, j) in scored:
            if i in found or j in taken:
                continue
            if score >= _ALIKE or found.get(i - 1) == j - 1 or found.get(i + 1) == j + 1:
                ours[i] = found[i] = j
                taken.add(j)
        if len(ours) == before:
            return ours


def _runs(gone: Mapping[int, str], new: Mapping[int, str]) -> Iterator[list[Pair]]:
    """The longest blocks of the same lines."""
    places = defaultdict(list)
    for j, line in new.items():
        places[line].append(j)
    for i, line in gone.items():
        if len(places.get(line, ())) > _COMMON:
            continue
        for j in places.get(line, ()):
            if line and not (gone.get(i - 1) == new.get(j - 1) and gone.get(i - 1)):
                yield _run(gone, new, i, j)


def _run(gone: Mapping[int, str], new: Mapping[int, str], i: int, j: int) -> list[Pair]:
    run = []
    while i in gone and j in new and gone[i] == new[j]:
        run.append((i, j))
        i, j = i + 1, j + 1
    while not gone[run[-1][0]]:
        run.pop()
    return run


def _letters(lines: Mapping[int, str], pairs: Iterable[Pair]) -> int:
    return sum(sum(map(str.isalnum, lines[i])) for i, _ in pairs)


def _scored(left: Mapping[int, str], right: Mapping[int, str]) -> Iterator[tuple[float, Pair]]:
    """Pairs of lines that are alike; looked for among those with a word in common that few lines have."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j, line in right.items():
        for word in words(line):
            places[word].append(j)
    looked_at = 0
    for i, line in left.items():
        if sum(map(str.isalnum, line)) < _LETTERS:
            continue
        candidates = _candidates(words(line), places)
        looked_at += len(candidates)
        if looked_at > _LIMIT:
            return
        for j in candidates:
            score = likeness(line, right[j])
            if score >= _NEXT_TO and len(words(line) & words(right[j])) > 2:
                yield score, (i, j)


def _candidates(some: Iterable[str], places: Mapping[str, Sequence[int]]) -> set[int]:
    return {j for word in some if len(places.get(word, ())) <= _COMMON for j in places.get(word, ())}
