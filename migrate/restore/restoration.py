"""What `restore` has done, or would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.restore.edit import Broken
    from migrate.restore.originals import Match
    from migrate.signatures.model import MetaGraph, SignatureDef


_UNMATCHED = ("missing", "unservable")


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A signature before and after.

    Attributes:
        before: None where there was none: a copy of `copied_from`.
        after: None where it was removed.
        copied_from: The key of the signature that it is a copy of, or None.
    """

    before: SignatureDef | None
    after: SignatureDef | None
    copied_from: str | None = None

    @property
    def changed(self) -> bool:
        """Whether there is any difference."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class MetaGraphRestoration:
    """One MetaGraph before and after.

    Attributes:
        before: Its signatures as they were.
        after: Its signatures as they are.
        changes: All signatures of either.
        matches: What became of the original's signatures; empty where no original was given.
        notes: What the reader should know.
    """

    before: MetaGraph
    after: MetaGraph
    changes: tuple[SignatureChange, ...]
    matches: tuple[Match, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restoration:
    """The result of a `restore`.

    Attributes:
        model: The model's directory.
        out: The directory of the whole new model, or None where the model was changed in place.
        meta_graphs: Those that were asked for, in the order of the file.
        broken: Demands of the APIs that are not met, and were to be passed over (`force`).
        changed: Whether anything is another than it was.
        written: Whether it was written.
        undo: The file that undoes it; None where there is none.
    """

    model: Path
    out: Path | None
    meta_graphs: tuple[MetaGraphRestoration, ...]
    broken: tuple[Broken, ...] = ()
    changed: bool = False
    written: bool = False
    undo: Path | None = None

    @property
    def unmatched(self) -> tuple[Match, ...]:
        """The original's signatures that the model does not have, or not in a form that could serve."""
        return tuple(match for one in self.meta_graphs for match in one.matches if match.outcome in _UNMATCHED)
