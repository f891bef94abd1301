"""What the proof of one file came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file's new text exports what the old one does.

    Attributes:
        path: The file.
        digest: Digest of the new text that was run; the verdict is about no other.
        equal: True where every export was proved equal, False where one is different; None where nothing could be shown.
        said: One line that says it.
    """

    path: str
    digest: str
    equal: bool | None
    said: str
