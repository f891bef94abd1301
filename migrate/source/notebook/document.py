"""A notebook as a program in one text, and the bytes of the notebook for another text of that program."""

from __future__ import annotations

import codecs
import json
import warnings
from dataclasses import dataclass, field
from typing import Any

from migrate.errors import MigrateError
from migrate.results import Place
from migrate.source.notebook.cells import chunks, head
from migrate.source.notebook.json_text import Span, elements, load, members, spelled_lines
from migrate.source.notebook.magics import LINE, Masked, masked
from migrate.source.notebook.restoring import beside, restored, trimmed
from migrate.source.notebook.speller import Speller

_PYTHON = frozenset({"python", "ipython", "python2", "python3"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell.

    Attributes:
        number: Which of all cells of the notebook it is, from 1.
        source: Its source.
        span: Where that is in the document.
        literals: The texts of the document that it is put together of.
        masked: The source as Python.
        line: On which line of the program its first line is.
    """

    number: int
    source: str
    span: Span
    literals: tuple[Span, ...]
    masked: Masked
    line: int


@dataclass(frozen=True, slots=True)
class NotebookText:
    """A notebook, with all it takes to get its bytes back.

    Attributes:
        text: The program: its code cells, from top to bottom.
        document: The notebook itself.
        cells: The code cells.
        bom: Whether the file starts with a byte order mark.
        encoding: That of the file.
    """

    text: str
    document: str = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    bom: bool = False
    encoding: str = "utf-8"

    def place(self, line: int) -> Place:
        """Where a line of the program is in the notebook."""
        cell = next((cell for cell in reversed(self.cells) if cell.line <= line + 1), self.cells[0])
        within = max(1, min(line - cell.line + 1, len(cell.masked.lines)))
        return Place(cell.number, within, self._file_line(cell, within))

    def sources(self, text: str) -> dict[int, str]:
        """The new sources of the cells that change, by their numbers.

        Args:
            text: Another text of the program.

        Raises:
            MigrateError: The text cannot be put back into the cells.
        """
        new = chunks(text)
        if [number for number, _ in new] != [cell.number for cell in self.cells]:
            raise MigrateError('its cells cannot be told apart in the new text: lines such as "%% [cell 1]" must stay')
        old = chunks(self.text)
        found: dict[int, str] = {}
        moved = ""
        for cell, (_, before), (_, after) in zip(self.cells, old, new, strict=True):
            if trimmed(before) == trimmed(after) and not moved:
                continue
            if cell.masked.opaque:
                # Nothing of Python can be in it: what is new there goes to the next cell.
                moved += beside(cell, after)
                continue
            source = restored(cell, moved + after)
            moved = ""
            if source != cell.source:
                found[cell.number] = source
        if moved:
            last = next((cell for cell in reversed(self.cells) if not cell.masked.opaque), None)
            if last is None:
                raise MigrateError("none of its cells can hold the new code")
            found[last.number] = f"{found.get(last.number, last.source)}\n{trimmed(moved)}"
        return found

    def encode(self, text: str) -> bytes:
        """The bytes of the notebook for another text of its program. Nothing but the sources of changed cells changes.

        Args:
            text: The new text.

        Raises:
            MigrateError: The text cannot be put back into the cells, or the notebook would not be valid any more.
        """
        if text == self.text:
            return self._bytes(self.document)
        sources = self.sources(text)
        speller = Speller(self.document, [(cell.span, cell.literals) for cell in self.cells])
        document = self.document
        for cell in reversed(self.cells):
            if cell.number in sources:
                new = speller.spelled(cell.span, cell.literals, sources[cell.number])
                document = document[: cell.span.start] + new + document[cell.span.end :]
        if not _is_valid(document) and _is_valid(self.document):
            raise MigrateError("internal error: the new notebook would not be valid")
        data = self._bytes(document)
        again = read_notebook(data)
        pairs = zip(again.cells, self.cells, strict=True)
        if any(cell.source != sources.get(cell.number, old.source) for cell, old in pairs):
            raise MigrateError("internal error: the new notebook would be read back differently")
        return data

    def _bytes(self, document: str) -> bytes:
        data = document.encode("utf-8", "surrogatepass")
        return codecs.BOM_UTF8 + data if self.bom else data

    def _file_line(self, cell: Cell, within: int) -> int:
        """On which line of the document a line of a cell is."""
        at = cell.span.start
        left = within
        for span in cell.literals:
            at = span.start
            left -= max(1, len(spelled_lines(self.document[span.start : span.end])))
            if left <= 0:
                break
        return self.document.count("\n", 0, at) + 1


def read_notebook(data: bytes) -> NotebookText:
    """Reads a notebook of Python code.

    Args:
        data: The content of the file.

    Raises:
        MigrateError: It is none that can be read, or of another language. The message does not name the file.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    try:
        document = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        values = load(document)
    except UnicodeDecodeError as error:
        raise MigrateError(f"not a notebook: byte {error.start} is not valid utf-8") from error
    except json.JSONDecodeError as error:
        raise MigrateError(f"not a notebook: line {error.lineno} is not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise MigrateError("not a notebook: too deeply nested to be read") from error
    if not isinstance(values, dict) or not isinstance(values.get("nbformat"), int):
        raise MigrateError("not a notebook: has no nbformat")
    if values["nbformat"] < 4:
        said = f"a notebook of format {values['nbformat']}, which is not read"
        raise MigrateError(f"{said}; jupyter nbconvert --to notebook makes a new one of it")
    language = _language(values)
    if language.lower() not in _PYTHON:
        raise MigrateError(f"a notebook of {language}, not of Python")
    if not isinstance(values.get("cells"), list):
        raise MigrateError("not a notebook: has no cells")
    return _joined(document, values["cells"], bom=bom)


def _language(values: dict[str, Any]) -> str:
    metadata = values.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        about = said.get(key)
        if isinstance(about, dict) and isinstance(about.get(name), str) and about[name]:
            return str(about[name])
    return "python"


def _joined(document: str, values: list[Any], *, bom: bool) -> NotebookText:
    spans = [span for key, span in members(document, document.index("{")) if key == "cells"][-1]
    cells: list[Cell] = []
    program = ""
    line = 1
    for number, (value, span) in enumerate(zip(values, elements(document, spans.start), strict=True), 1):
        if not isinstance(value, dict) or not isinstance(value.get("cell_type"), str):
            raise MigrateError(f"not a notebook: cell {number} has no type")
        if value["cell_type"] != "code":
            continue
        source = value.get("source")
        if isinstance(source, list) and all(isinstance(part, str) for part in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise MigrateError(f"not a notebook: cell {number} has no source")
        place = [inner for key, inner in members(document, span.start) if key == "source"][-1]
        literals = (place,) if document[place.start] == '"' else tuple(elements(document, place.start))
        shown = masked(source)
        cells.append(Cell(number, source, place, literals, shown, line + 1))
        end = _line_end(program or source)
        code = "".join(shown.lines)
        if code and not code.endswith(("\n", "\r")):
            code += end
        program += head(number) + end + code
        line = len(LINE.findall(program)) + 1 if cells else 1
    return NotebookText(program, document, tuple(cells), bom)


def _line_end(text: str) -> str:
    first = LINE.match(text)
    ends = first.group()[len(first.group().rstrip("\r\n")) :] if first else ""
    return ends if ends in ("\n", "\r\n") else "\n"


def _is_valid(document: str) -> bool:
    """Whether a notebook is what its format asks for."""
    try:
        import nbformat.validator
    except ImportError:
        # A second look: what is needed of its form has been read already.
        return True
    with warnings.catch_warnings():
        # What it would do about missing ids is not done here.
        warnings.simplefilter("ignore")
        valid = nbformat.validator.isvalid(json.loads(document, strict=False))  # type: ignore[no-untyped-call]
        return bool(valid)
