"""Values as Python source, spelled as `ruff format` spells them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from migrate.graph.code.layout import Atom, array

if TYPE_CHECKING:
    from migrate.graph.code.layout import Expression
    from migrate.signatures.model import Shape

_TYPES = frozenset(
    {
        *("float16", "float32", "float64", "bfloat16", "complex64", "complex128", "bool", "string"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("qint8", "qint16", "qint32", "quint8", "quint16"),
    }
)
_STRAY = re.compile(r"[\ud800-\udfff]")


def text_literal(text: str) -> str:
    """A string, in double quotes unless that takes more escapes."""
    return _quoted(repr(text), text.count('"'), text.count("'"))


def bytes_literal(data: bytes) -> str:
    """Bytes; as text where they are text in UTF-8, which TensorFlow takes as well."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "b" + _quoted(repr(data)[1:], data.count(b'"'), data.count(b"'"))
    return text_literal(text)


def number_literal(value: float) -> str:
    """A number."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def dtype_literal(name: str) -> str:
    """A TensorFlow type by its name."""
    return f"tf.{name}" if name in _TYPES else f'tf.as_dtype("{name}")'


def shape_literal(shape: Shape) -> Expression:
    """A shape: a list, or None where the rank is not known."""
    return Atom("None") if shape is None else array([str(dim) for dim in shape])


def comment_text(text: str) -> str:
    """Text that may stand in a comment or docstring: one line, no escapes or quotes that would end it."""
    printable = "".join(char if char.isprintable() else " " for char in _STRAY.sub("?", text))
    return printable.replace("\\", "/").replace('"', "'").strip()


def _quoted(single: str, doubles: int, singles: int) -> str:
    """A literal that repr() made, in the quotes that ruff chooses."""
    quote = "'" if doubles > singles else '"'
    body = single[1:-1]
    if single[0] == "'":
        body = body.replace("\\'", "'")
    # Now no quote is escaped; those that end the literal have to be.
    return quote + re.sub(re.escape(quote), f"\\\\{quote}", body) + quote
