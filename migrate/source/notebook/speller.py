"""New sources of cells, spelled the way a notebook spells those that it has."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from migrate.source.notebook.json_text import Span, spelled_lines
from migrate.source.notebook.magics import LINE

_PLAIN_KEY = re.compile(r'\n([ \t]*)"')


class Speller:
    """Spells the sources of one notebook.

    Args:
        document: The notebook.
        sources: Where its sources are, each with the texts that it is put together of.
    """

    def __init__(self, document: str, sources: Sequence[tuple[Span, Sequence[Span]]]) -> None:
        self._document = document
        self._escaped = document.isascii() and re.search(r"(?<!\\)(?:\\\\)*\\u", document) is not None
        self._known: dict[str, str] = {}
        self._around: tuple[str, str, str] | None = None
        for span, literals in sources:
            for literal in literals:
                for line, spelled in spelled_lines(document[literal.start : literal.end]):
                    self._known.setdefault(line, spelled)
            if self._around is None and len(literals) > 1:
                self._around = self._between(span, literals)

    def spelled(self, span: Span, literals: Sequence[Span], source: str) -> str:
        """A new source: a list of lines where the cell has a list, else one text.

        Args:
            span: Where the old source is.
            literals: The texts that is put together of.
            source: The new one.
        """
        lines = [self._line(line) for line in LINE.findall(source)]
        is_list = self._document[span.start] == "["
        if not is_list:
            return f'"{"".join(lines)}"'
        if not lines:
            return "[]"
        if len(literals) == 1 and len(spelled_lines(self._document[literals[0].start : literals[0].end])) > 1:
            # A list, but of one text for all lines.
            lines = ["".join(lines)]
        start, between, end = self._style(span, literals)
        quoted = between.join(f'"{line}"' for line in lines)
        return f"[{start}{quoted}{end}]"

    def _line(self, line: str) -> str:
        known = self._known.get(line)
        if known is not None:
            return known
        # The last line of a source has no end, and may have one now; or the other way round.
        bare = line.removesuffix("\n")
        if bare != line and bare in self._known:
            return self._known[bare] + "\\n"
        if bare == line and f"{line}\n" in self._known:
            return self._known[f"{line}\n"].removesuffix("\\n")
        return json.dumps(line, ensure_ascii=self._escaped)[1:-1]

    def _style(self, span: Span, literals: Sequence[Span]) -> tuple[str, str, str]:
        """What is before the first line of a list, between two, and behind the last."""
        if len(literals) > 1:
            return self._between(span, literals)
        if literals:
            start = self._document[span.start + 1 : literals[0].start]
            return start, "," + (start or self._gap()), self._document[literals[0].end : span.end - 1]
        if self._around is not None:
            return self._around
        # The key of the list stands on a line of its own, indented.
        line = self._document.rfind("\n", 0, span.start)
        key = _PLAIN_KEY.match(self._document, line) if line >= 0 else None
        if key is None:
            return "", "," + self._gap(), ""
        indent = key.group(1)
        first = _PLAIN_KEY.search(self._document)
        inner = indent + (first.group(1) if first is not None else " ")
        return f"\n{inner}", f",\n{inner}", f"\n{indent}"

    def _between(self, span: Span, literals: Sequence[Span]) -> tuple[str, str, str]:
        text = self._document
        return (
            text[span.start + 1 : literals[0].start],
            text[literals[0].end : literals[1].start],
            text[literals[-1].end : span.end - 1],
        )

    def _gap(self) -> str:
        """What stands behind the commas of a document that has one line."""
        return " " if ", " in self._document[:1000] else ""
