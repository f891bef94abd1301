"""Where things are in the text of a JSON document, for changes that leave every other character as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_PIECE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the document.

    Attributes:
        start: Where it starts.
        end: Behind its last character.
    """

    start: int
    end: int


def members(text: str, start: int) -> Iterator[tuple[str, Span]]:
    """The members of an object, in their order.

    Args:
        text: A valid document.
        start: Where the object starts.
    """
    at = _after_space(text, start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        value = _after_space(text, _after_space(text, at) + 1)
        end = _end(text, value)
        yield key, Span(value, end)
        at = _next(text, end)


def elements(text: str, start: int) -> Iterator[Span]:
    """The elements of an array, in their order.

    Args:
        text: A valid document.
        start: Where the array starts.
    """
    at = _after_space(text, start + 1)
    while text[at] != "]":
        end = _end(text, at)
        yield Span(at, end)
        at = _next(text, end)


def spelled_lines(literal: str) -> list[tuple[str, str]]:
    """The lines of a text, each as it is and as the document spells it.

    Args:
        literal: The text in the document, with its quotes.
    """
    found: list[tuple[str, str]] = []
    spelled = ""
    for piece in _PIECE.findall(literal[1:-1]):
        spelled += piece
        if piece in ("\\n", "\n"):
            found.append((_meaning(spelled), spelled))
            spelled = ""
    return [*found, (_meaning(spelled), spelled)] if spelled else found


def load(text: str) -> object:
    """The document as Python values.

    Raises:
        ValueError: It is not valid.
    """
    return _DECODER.decode(text)


def _meaning(spelled: str) -> str:
    found, _ = _DECODER.raw_decode(f'"{spelled}"')
    assert isinstance(found, str)
    return found


def _end(text: str, start: int) -> int:
    _, end = _DECODER.raw_decode(text, start)
    return end


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _next(text: str, at: int) -> int:
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at
