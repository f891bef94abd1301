"""What is said after a decision: which other proposals it changed, and where to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from migrate.review.tui.views import FileView, ItemView, Spot


def note(before: Mapping[str, FileView], changed: Iterable[FileView], spots: Iterable[Spot]) -> tuple[str, Spot | None]:
    """What a decision did beside what it was about.

    Args:
        before: The files as they were.
        changed: Those that are others now, as they are now.
        spots: What was decided on.

    Returns:
        One line, which is empty where there is nothing to say; and where to look where nothing was decided on, as it is
        after something was taken back.
    """
    changed = list(changed)
    decided = {(spot.path, ordinal) for spot in spots for ordinal in spot.ordinals or ()}
    if not decided:
        return "", next((view.spot for view in _others(before, changed, decided, states=True)), None)
    others = list(_others(before, changed, decided, states=False))
    if not others:
        return "", None
    one = f"{before[others[0].item.path].name} {others[0].item.site.where}"
    number = f"1 other proposal changed ({one})" if len(others) == 1 else f"{len(others)} other proposals changed"
    again = sum(view.changed for view in others)
    if not again:
        return number, None
    return f"{number}; {again} of them had been accepted: decide again on what is marked [!]", None


def _others(
    before: Mapping[str, FileView], changed: Iterable[FileView], decided: set[tuple[str, int]], *, states: bool
) -> Iterator[ItemView]:
    """The items that are others now, without those that were decided on."""
    for file in changed:
        old = before.get(file.path)
        for view in file.items:
            if not decided.isdisjoint((file.path, ordinal) for ordinal in view.item.ordinals):
                continue
            was = old.item(view.spot) if old is not None else None
            if was is None or was.item.digest != view.item.digest or (states and was.state is not view.state):
                yield view
