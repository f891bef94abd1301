"""What the engine says about the code it read: sites, findings, and one result a file.

Everything here is a frozen value: it may be pickled to another process, compared, and turned into JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How far a site got; the order is from the best down (docs/levels.md)."""

    NATIVE = "native"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"
    FLAGGED = "flagged"


class Mode(StrEnum):
    """How TensorFlow 2 must behave while rewritten code runs."""

    EAGER = "eager"
    """As it does by itself."""
    GRAPH = "graph"
    """As TensorFlow 1, for the session code that stays."""
    ANY = "any"
    """Either way: the code builds no graph of its own."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A SignatureDef as the source code spells it.

    Attributes:
        key: Its key in the `signature_def_map`.
        method_name: For instance `tensorflow/serving/predict`; empty where the code sets none.
        inputs: The input keys, in the order of the source.
        outputs: The output keys, in the order of the source.
    """

    key: str
    method_name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a notebook.

    Attributes:
        cell: Which of all its cells, from 1.
        line: Which line of the cell, from 1.
        file_line: On which line of the file that is, from 1.
    """

    cell: int
    line: int
    file_line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about one place: what was done there and why, or why nothing was done.

    Attributes:
        rule: Its rule id, `TFM` and three digits.
        line: 1-based line in the file as it was read.
        column: 1-based column, in characters.
        message: One sentence.
        level: The level the site got.
        reason: Why it got no better level; None where it got the best.
        place: Where the line is in a notebook; None elsewhere.
    """

    rule: str
    line: int
    column: int
    message: str
    level: Level
    reason: str | None = None
    place: Place | None = None

    @property
    def position(self) -> str:
        """`line:column`, or `cell 3:line:column` in a notebook."""
        return _position(self)

    @property
    def where(self) -> str:
        """`line 5`, or `cell 3, line 5` in a notebook."""
        return _where(self)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a site did not reach a level in one way.

    Attributes:
        level: The level.
        strategy: The strategy that would have reached it.
        rule: Id of the rule that tells more about the reason.
        reason: One clause, with the line where it is not that of the site.
    """

    level: Level
    strategy: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Site:
    """One place that exports a model: its level, and all that was found out about it.

    Attributes:
        rule: Id of the rule that decided the level.
        kind: What it does, such as `builder`, `simple_save` or `frozen_graph` (docs/json.md lists all).
        line: 1-based line of the export call.
        column: 1-based column of the export call, in characters.
        level: The level reached.
        message: One sentence: what is (or would be) done, or that it is left as it is.
        reason: Why not a better level; None at level native.
        signatures: The signatures the site exports, as far as they are known.
        findings: Further findings, such as method names that are restored after the save.
        refusals: Why it got nothing better: what every strategy that comes before says.
        proved: What was shown to hold for the rewrite, one sentence each.
        ordinal: Which of the file's sites it is, in the order of the source, from 0.
        place: Where the line is in a notebook; None elsewhere.
    """

    rule: str
    kind: str
    line: int
    column: int
    level: Level
    message: str
    reason: str | None = None
    signatures: tuple[Signature, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    proved: tuple[str, ...] = ()
    ordinal: int = 0
    place: Place | None = None

    @property
    def position(self) -> str:
        """`line:column`, or `cell 3:line:column` in a notebook."""
        return _position(self)

    @property
    def where(self) -> str:
        """`line 5`, or `cell 3, line 5` in a notebook."""
        return _where(self)

    @property
    def short(self) -> str:
        """`5`, or `cell 3:5` in a notebook."""
        return str(self.line) if self.place is None else f"cell {self.place.cell}:{self.place.line}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file.

    Attributes:
        path: As it was given; `-` for standard input.
        before: The text as read. Of a notebook it is the code of its cells as one program, each below a line
            `"%% [cell 3]"`; so is the new text (`migrate.write.bytes_of` has what the file is to hold).
        after: The text after the accepted proposals; equal to `before` where nothing is changed.
        sites: Every site, in the order of the file.
        because: Why the text changes without a site, where it does.
        mode: How TensorFlow must behave for the new text; None where nothing is changed.
        error: One line that says why the file could not be read, parsed or rewritten; then `after == before`.
    """

    path: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    sites: tuple[Site, ...] = ()
    error: str | None = None
    mode: Mode | None = None
    because: str = ""

    @property
    def changed(self) -> bool:
        """Whether the rewrite changes the text."""
        return self.after != self.before


def _position(one: Site | Finding) -> str:
    return f"{one.line}:{one.column}" if one.place is None else f"cell {one.place.cell}:{one.place.line}:{one.column}"


def _where(one: Site | Finding) -> str:
    return f"line {one.line}" if one.place is None else f"cell {one.place.cell}, line {one.place.line}"
