"""Short ways to say what is written out."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent

import pytest
from checks import kinds

from migrate.source.kinds import Kinds
from migrate.source.unprovable import Inapplicable
from migrate.source.unrolling.written_out import WrittenOut


def function(*lines: str) -> str:
    """The lines as the body of a function of a module."""
    return f"import tensorflow as tf\n\ndef build(x, n):\n{indent(dedent(chr(10).join(lines)), '    ')}\n"


def written(write: Callable[[str, Kinds], WrittenOut], *lines: str) -> str:
    """The new text of those lines."""
    text = function(*lines)
    return dedent(write(text, kinds(text, "build")).text.partition("def build(x, n):\n")[2])


def check_left(write: Callable[[str, Kinds], WrittenOut], *lines: str) -> None:
    """Nothing is written out."""
    text = function(*lines)
    with pytest.raises(Inapplicable):
        write(text, kinds(text, "build"))
