"""Sums up a long list of variables by name scope."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.report.amounts import total_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.graph.state import Variable


@dataclass(frozen=True, slots=True)
class ScopeSummary:
    """Variables below one scope, or one variable.

    Attributes:
        name: The scope, with a slash in the end; a variable's name where it is only one.
        variables: In the order of the graph.
    """

    name: str
    variables: tuple[Variable, ...]

    @property
    def byte_size(self) -> int | None:
        """Their bytes together, None where one's are not known."""
        size, known = total_bytes(self.variables)
        return size if known else None

    @property
    def dtype(self) -> str:
        """The type of most of them."""
        return Counter(variable.dtype for variable in self.variables).most_common(1)[0][0]

    @property
    def trainable(self) -> int:
        """How many of them are trainable."""
        return sum(variable.trainable for variable in self.variables)


def summarize_scopes(variables: Sequence[Variable], most: int) -> tuple[ScopeSummary, ...]:
    """Groups variables by scope, the largest scopes opened first, in at most about `most` rows.

    Args:
        variables: The variables.
        most: How many rows; the top level alone may need more, then small scopes are put together.

    Returns:
        The groups in the order of the graph; a last one named `...` holds what was put together.
    """
    groups = _split("", variables)
    while len(groups) < most:
        opened = [(name, split) for name in groups if len(split := _split(name, groups[name])) > 1]
        fitting = [(name, split) for name, split in opened if len(groups) - 1 + len(split) <= most]
        if not fitting:
            break
        name, split = max(fitting, key=lambda item: len(groups[item[0]]))
        before = list(groups.items())
        groups = {}
        for other, found in before:
            groups.update(split if other == name else {other: found})
    if len(groups) > most:
        largest = sorted(groups, key=lambda name: -total_bytes(groups[name])[0])[: most - 1]
        rest = [variable for name, found in groups.items() if name not in largest for variable in found]
        groups = {**{name: found for name, found in groups.items() if name in largest}, "...": rest}
    return tuple(
        ScopeSummary(found[0].name if len(found) == 1 else name, tuple(found)) for name, found in groups.items()
    )


def _split(prefix: str, variables: Iterable[Variable]) -> dict[str, list[Variable]]:
    """The variables below a scope by the next part of their names; scopes with one scope inside are passed."""
    groups: dict[str, list[Variable]] = {}
    variables = list(variables)
    while True:
        for variable in variables:
            head, slash, _ = variable.name[len(prefix) :].partition("/")
            groups.setdefault(f"{prefix}{head}{slash}", []).append(variable)
        only = next(iter(groups), "")
        if len(groups) > 1 or not only.endswith("/"):
            return groups
        prefix, groups = only, {}
