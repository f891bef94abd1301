"""The bytes of Python files and notebooks: telling which may matter, and turning them into text and back without loss."""

from __future__ import annotations

import codecs
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrate.source.notebook.document import NotebookText

# Every spelling of an export names the package, the function or the class: `tf.saved_model.Builder`,
# `from tensorflow.saved_model import simple_save`, `from tensorflow.python.saved_model import builder`.
EXPORT_WORDS = (
    b"saved_model",
    b"simple_save",
    b"SavedModelBuilder",
    b"import_meta_graph",
    b"convert_variables_to_constants",
    b"freeze_graph",
    b"TransformGraph",
    b"import_graph_def",
    b"session_bundle",
)
"""One of these is in each file that can hold an export."""
_EXPORT_CALL = re.compile(
    rb"\b(?:\w*[Ee]xport\w*|\w*save_\w+|\w+_save)[ \t]*\([^()]*\bsess|(?<![\w.])(?:[A-Z]\w*)?Export\w*[ \t]*\("
)
"""A call that may hand a session to a function of another module, or a model to a class of it, which exports it."""
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n)?")
_ASCII = bytes(range(128)) + b"?" * 128


def may_export(data: bytes, declared: Iterable[str] = ()) -> bool:
    """Whether a file with these bytes can hold TensorFlow 1 export code; far cheaper than parsing it.

    Args:
        data: The content of the file.
        declared: Names of functions that export, besides those of TensorFlow.
    """
    # One after the other: that takes a third of the time of a regular expression.
    if any(word in data for word in EXPORT_WORDS) or any(word.encode() in data for word in declared):
        return True
    if b"tensorflow" not in data or not (b"xport" in data or b"save_" in data or b"_save" in data):
        return False
    return calls_export(code_lines(data))


def calls_export(data: bytes) -> bool:
    """Whether a file with these bytes may give a session to a function that is called like one that exports it.

    Args:
        data: The content of the file.
    """
    return _EXPORT_CALL.search(data) is not None


@dataclass(frozen=True, slots=True)
class SourceText:
    """A Python file as text, with all it takes to get its bytes back.

    Attributes:
        text: The text, with the line ends of the file and without byte order mark.
        encoding: The codec, by PEP 263.
        bom: Whether the file starts with a byte order mark.
    """

    text: str
    encoding: str
    bom: bool

    def encode(self, text: str) -> bytes:
        """Encodes `text` the way this file is.

        Args:
            text: The new text of the file.

        Returns:
            The bytes to write.

        Raises:
            MigrateError: The text has characters that the encoding has not, or it would be read back as
                another text, for instance because the coding cookie is gone.
        """
        try:
            body = text.encode(self.encoding)
        except (UnicodeError, LookupError) as error:
            raise MigrateError(f"the new text cannot be written in {self.encoding}: {_first_line(error)}") from error
        data = codecs.BOM_UTF8 + body if self.bom else body
        if text != self.text and decode(data).text != text:
            raise MigrateError(f"the new text would be read back differently in {self.encoding}")
        return data


def decode(data: bytes) -> SourceText | NotebookText:
    """Decodes a Python file as Python does: byte order mark, then coding cookie, then UTF-8; keeps line ends.

    Of a notebook the text is the code of its cells as one program.

    Args:
        data: The content of the file.

    Returns:
        The text; encoding it gives `data` again.

    Raises:
        MigrateError: The encoding is unknown, the bytes are not valid in it, or they would not survive the
            way to text and back. The message does not name the file.
    """
    if is_notebook(data):
        from migrate.source.notebook.document import read_notebook

        return read_notebook(data)
    encoding = _encoding(data)
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    try:
        text = body.decode(encoding)
        same = text.encode(encoding) == body
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", body[: error.start])) + 1
        raise MigrateError(f"line {line} is not valid {encoding}: {error.reason}") from error
    except (UnicodeError, LookupError, ValueError) as error:
        raise MigrateError(f"cannot be decoded as {encoding}: {_first_line(error)}") from error
    if not same:
        raise MigrateError(f"would not keep its bytes when decoded as {encoding} and written again")
    return SourceText(text, encoding, bom)


def is_notebook(data: bytes) -> bool:
    """Whether bytes look like those of a notebook, and not like a Python file.

    Args:
        data: The content of the file.
    """
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{" and b'"nbformat"' in data


def code_lines(data: bytes) -> bytes:
    """The bytes of a file with each line of code on a line, for looking at without reading it.

    Args:
        data: The content of the file. In a notebook, lines are texts of JSON, whole or up to their first quote.
    """
    return data.replace(rb"\n", b"\n").replace(b'"', b"\n") if is_notebook(data) else data


def _encoding(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(_two_lines(data).__next__)
    except SyntaxError as error:
        raise MigrateError(_first_line(error)) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _two_lines(data: bytes) -> Iterator[bytes]:
    """The lines that may hold a coding cookie, in ASCII: what else there is may be in the encoding they name.

    Python ends lines at a lone carriage return too.
    """
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    place = len(bom)
    for start in (bom, b""):
        line = _LINE.match(data, place)
        if line is None:
            return
        place = line.end()
        yield start + line.group(1).translate(_ASCII) + (b"\n" if line.group(2) else b"")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
