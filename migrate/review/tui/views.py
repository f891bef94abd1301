"""What the screen shows of a review: values that the working thread makes, and the screen only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from migrate.results import Level
from migrate.review.decision import State

if TYPE_CHECKING:
    from migrate.review.item import Item
    from migrate.review.review import Review
    from migrate.review.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Spot:
    """What can be selected: a file, or some of its sites.

    Attributes:
        path: The file.
        ordinals: The sites that are decided on as a whole; None for the file.
    """

    path: str
    ordinals: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item, and what was decided about it.

    Attributes:
        item: The item.
        state: What was decided.
        changed: Whether it was accepted, and has another proposal now.
    """

    item: Item
    state: State
    changed: bool = False

    @property
    def spot(self) -> Spot:
        """Where it is selected."""
        return Spot(self.item.path, self.item.ordinals)

    @property
    def decidable(self) -> bool:
        """Whether there is something to accept or reject."""
        return self.item.proposal is not None

    @property
    def pending(self) -> bool:
        """Whether it waits for a decision."""
        return self.decidable and self.state is State.PENDING

    @property
    def level(self) -> Level:
        """The level that it would reach."""
        return self.item.level


@dataclass(frozen=True, slots=True)
class FileView:
    """A file, and all that is shown of it.

    Attributes:
        path: The file.
        before: Its text as it was read.
        preview: Its text where all is carried out that was not rejected.
        items: Its items, in its order.
        error: Why it could not be read, where it could not.
        stays_because: Why none of its sites can move to TF2's own behaviour, where another file is in the way.
        verdict: What came out when it was verified; None before.
    """

    path: str
    before: str = field(repr=False)
    preview: str = field(repr=False)
    items: tuple[ItemView, ...] = ()
    error: str | None = None
    stays_because: str = ""
    verdict: Verdict | None = None

    @property
    def name(self) -> str:
        """The name of the file, without its directory."""
        return PurePath(self.path).name

    @property
    def edited(self) -> bool:
        """Whether the reviewer wrote its text."""
        return any(view.state is State.EDITED for view in self.items)

    @property
    def decidable(self) -> tuple[ItemView, ...]:
        """The items about which there is something to decide."""
        return tuple(view for view in self.items if view.decidable)

    def after(self, view: ItemView | None) -> str:
        """The text that is shown as the new one.

        Args:
            view: The item that is selected; None where the file itself is.
        """
        if view is None or view.state is State.EDITED:
            return self.preview
        return self.before if view.item.proposal is None else view.item.proposal.after

    def item(self, spot: Spot) -> ItemView | None:
        """The item that is selected there; None where the file is, or where the item is another one by now."""
        return next((view for view in self.items if view.item.ordinals == spot.ordinals), None)


def view_of(review: Review, path: str) -> FileView:
    """What is shown of a file."""
    file = review.file(path)
    items = tuple(ItemView(item, review.state(item), review.is_changed(item)) for item in review.items(path))
    return FileView(
        path,
        file.result.before,
        review.preview(path),
        items,
        file.result.error,
        file.stays_because,
        review.verdict(path),
    )
