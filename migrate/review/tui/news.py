"""What the working thread tells the screen."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.review.outcome import Outcome
from migrate.review.tui.views import FileView, Spot
from migrate.review.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Progress:
    """Files were read.

    Attributes:
        files: Those that are to be listed.
        read: How many files were read so far.
        total: Of how many that may hold a site.
    """

    files: tuple[FileView, ...]
    read: int
    total: int


@dataclass(frozen=True, slots=True)
class Ready:
    """All files were read, and the proposals fit together.

    Attributes:
        files: Those that are others now.
        said: What became of the decisions of an earlier review; may be empty.
    """

    files: tuple[FileView, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """An order was carried out.

    Attributes:
        number: The order.
        files: Those that are others now.
        said: What is to be known about it; may be empty.
        spot: Where to look; None to stay.
    """

    number: int
    files: tuple[FileView, ...]
    said: str = ""
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An order could not be carried out.

    Attributes:
        number: The order.
        said: Why, in one line.
        path: The file whose new text was not taken; empty where it was about something else.
    """

    number: int
    said: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Proving:
    """A file is being verified.

    Attributes:
        path: The file.
        said: What is done now, in one line.
    """

    path: str
    said: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A file was verified.

    Attributes:
        verdict: What came out.
        left: How many wait to be verified.
    """

    verdict: Verdict
    left: int


@dataclass(frozen=True, slots=True)
class Summed:
    """What would be written, were the review over.

    Attributes:
        outcome: All of it.
        pending: How many items wait for a decision.
    """

    outcome: Outcome
    pending: int


@dataclass(frozen=True, slots=True)
class Saved:
    """The decisions are kept, and the screen may go."""


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The decisions cannot be kept.

    Attributes:
        said: Why, in one line.
        leaving: Whether the reviewer wanted to leave.
    """

    said: str
    leaving: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """The review cannot go on.

    Attributes:
        error: Why.
    """

    error: Exception


News = Progress | Ready | Done | Refused | Proving | Proved | Summed | Saved | NotSaved | Broken
