"""New content for a file as pieces of the old one and new bytes: what stays is never read into memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from migrate.signatures.wire import Buffer


class Span(NamedTuple):
    """Bytes `start` to `end` of the old content."""

    start: int
    end: int


Piece = Span | bytes


@dataclass(frozen=True, slots=True)
class Rope:
    """Pieces in the order of the new content; the spans among them ascend and do not overlap.

    Attributes:
        pieces: Spans of the old content, and new bytes.
    """

    pieces: tuple[Piece, ...]

    def __len__(self) -> int:
        return sum(_length(piece) for piece in self.pieces)

    def __add__(self, other: Rope) -> Rope:
        return Rope(tuple(_joined((*self.pieces, *other.pieces))))

    def bytes_from(self, buffer: Buffer) -> bytes:
        """The new content as one piece of memory."""
        return b"".join(buffer[piece.start : piece.end] if isinstance(piece, Span) else piece for piece in self.pieces)

    def shifted(self, by: int) -> Rope:
        """The same where the old content starts `by` bytes later."""
        return Rope(
            tuple(Span(piece.start + by, piece.end + by) if isinstance(piece, Span) else piece for piece in self.pieces)
        )

    def inverse(self, buffer: Buffer) -> Rope:
        """What makes the old content out of the new one.

        Args:
            buffer: The old content.

        Returns:
            A rope whose spans are those of the new content, with the bytes that are no longer there.
        """
        pieces: list[Piece] = []
        old = new = 0
        for piece in self.pieces:
            if isinstance(piece, Span):
                if piece.start > old:
                    pieces.append(bytes(buffer[old : piece.start]))
                pieces.append(Span(new, new + _length(piece)))
                old = piece.end
            new += _length(piece)
        if len(buffer) > old:
            pieces.append(bytes(buffer[old:]))
        return Rope(tuple(pieces))


def rope(*pieces: Piece) -> Rope:
    """A rope of these pieces."""
    return Rope(tuple(_joined(pieces)))


def difference(old: bytes, new: bytes) -> Rope:
    """The new content with what it has in common with the old one, at the start and at the end, as spans of it."""
    shorter = min(len(old), len(new))
    start = _common(shorter, lambda length: old[:length] == new[:length])
    end = _common(shorter - start, lambda length: old[len(old) - length :] == new[len(new) - length :])
    return rope(Span(0, start), new[start : len(new) - end], Span(len(old) - end, len(old)))


def _common(most: int, same: Callable[[int], bool]) -> int:
    """The largest length for which it is the same; what is the same up to a length is so up to each shorter one."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low


def _length(piece: Piece) -> int:
    return piece.end - piece.start if isinstance(piece, Span) else len(piece)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces with neighbours made one, and no empty ones."""
    last: Piece | None = None
    for piece in pieces:
        if not _length(piece):
            continue
        if isinstance(last, Span) and isinstance(piece, Span) and last.end == piece.start:
            last = Span(last.start, piece.end)
        elif isinstance(last, bytes) and isinstance(piece, bytes):
            last += piece
        else:
            if last is not None:
                yield last
            last = piece
    if last is not None:
        yield last
