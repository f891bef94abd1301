"""A concrete tree of a module in which statements are text until somebody asks what is in them.

LibCST takes longer to read a file than everything else that happens to it, and of a long file a few lines change. So
statements are read as stubs, which then stand for their text; the tree is the same otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from migrate.source.emit.positions import Span, positions
from migrate.source.emit.stubs import Stub, Stubs, blocks
from migrate.source.emit.unread import Piece, Unread, unread


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A statement that is text.

    Attributes:
        node: The statement.
        first: Its first line.
        last: Its last line, with the comments that belong to its block.
        body: The statements among which it stands.
        position: Which of them it is.
    """

    node: ast.stmt
    first: int
    last: int
    body: list[cst.BaseStatement]
    position: int


class ChunkedModule:
    """A module, read as far as it was asked for.

    Attributes:
        module: The concrete tree; what is read later takes its place in it.
        spans: Where the nodes stand that are read from the first.
    """

    def __init__(self, text: str, tree: ast.Module) -> None:
        """Parses what is looked for everywhere.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
        """
        self._source = Stubs(text, tree)
        self._chunks: dict[int, Chunk] = {}
        stubs = list(self._source.of(tree.body))
        parsed = cst.parse_module(self._source.text(stubs, 1, len(self._source.lines)) if stubs else text)
        spans, _ = positions(parsed)
        self._usual = (parsed.default_indent, parsed.default_newline)
        body: list[cst.BaseStatement] = list(parsed.body)
        self.module = parsed.with_changes(body=body)
        self.spans: Mapping[cst.CSTNode, Span] = self._placed(stubs, spans, (1, 0), [body]) if stubs else spans

    @property
    def chunks(self) -> list[Chunk]:
        """The statements that are text, in the order of the source."""
        return list(dict.fromkeys(self._chunks[line] for line in sorted(self._chunks)))

    def read(self, line: int, *, whole: bool = False) -> Mapping[cst.CSTNode, Span] | None:
        """Parses the statement that has a line; the spans of its nodes, which stand in the module from now on.

        What else is in it stays text, if not the whole of it is wanted. None where the line is read already.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
            Unprovable: LibCST does not write what it has read.
        """
        chunk = self._chunks.get(line)
        if chunk is None:
            return None
        for one in range(chunk.first, chunk.last + 1):
            del self._chunks[one]
        old = chunk.body[chunk.position]
        assert isinstance(old, Unread)
        stubs = [] if whole else [stub for block in blocks(chunk.node) for stub in self._source.of(block, line)]
        node, spans, above = old.piece.placed(self._source.text(stubs, chunk.first, chunk.last))
        found = self._placed(stubs, spans, (chunk.first, above))
        statement = node.with_changes(leading_lines=old.leading_lines)
        found[statement] = found.pop(node)
        chunk.body[chunk.position] = statement
        return found

    def _placed(
        self,
        stubs: Sequence[Stub],
        spans: Mapping[cst.CSTNode, Span],
        start: tuple[int, int],
        bodies: Sequence[list[cst.BaseStatement]] = (),
    ) -> dict[cst.CSTNode, Span]:
        """Puts text in the places of stubs, and says where everything really stands.

        Args:
            stubs: The stubs, in the order of the source.
            spans: Where the nodes stand in what was parsed.
            start: The line of the module with which that starts, and how many other lines stand above it.
            bodies: Statements beside those in blocks.
        """
        lines = _Lines(stubs, start, max(last for _, _, last, _ in spans.values()))
        found = {
            node: (lines.first[first], column, lines.last[last], end)
            for node, (first, column, last, end) in spans.items()
            if lines.stub[first] is None or lines.stub[first] is not lines.stub[last]
        }
        if stubs:
            for body in [*bodies, *(_list(node) for node in spans if isinstance(node, cst.IndentedBlock))]:
                for position, statement in enumerate(body):
                    stub = lines.heads.get(spans[statement][0]) if statement in spans else None
                    if stub is not None:
                        chunk = self._chunk(stub, body, position)
                        found[body[position]] = (chunk.first, 0, chunk.last, 0)
        return found

    def _chunk(self, stub: Stub, body: list[cst.BaseStatement], position: int) -> Chunk:
        """Puts text in the place of one stub."""
        statement = body[position]
        block = getattr(statement, "body", None)
        comments = len(block.footer) if isinstance(block, cst.IndentedBlock) else 0
        chunk = Chunk(stub.node, stub.first, stub.last + comments, body, position)
        text = "".join(self._source.lines[chunk.first - 1 : chunk.last])
        body[position] = unread(statement, Piece(text, stub.indent, *self._usual))
        self._chunks |= dict.fromkeys(range(chunk.first, chunk.last + 1), chunk)
        return chunk


class _Lines:
    """For each line of what was parsed: the line of the module, and the stub of which it is one.

    Attributes:
        first: Where something starts that starts in the line.
        last: Where something ends that ends in it.
        stub: The stub of which it is a line.
        heads: The first lines of the stubs.
    """

    def __init__(self, stubs: Sequence[Stub], start: tuple[int, int], count: int) -> None:
        at, above = start
        self.first = [0] * (above + 1)
        self.last = [0] * (above + 1)
        self.stub: list[Stub | None] = [None] * (above + 1)
        self.heads: dict[int, Stub] = {}
        for stub in stubs:
            self._add(range(at, stub.first))
            self.heads[len(self.first)] = stub
            size = 1 if stub.block is None else 2
            self.first += [stub.first] * size
            self.last += [stub.last] * size
            self.stub += [stub] * size
            at = stub.last + 1
        self._add(range(at, at + max(count + 1 - len(self.first), 0)))

    def _add(self, lines: range) -> None:
        self.first += lines
        self.last += lines
        self.stub += [None] * len(lines)


def _list(block: cst.IndentedBlock) -> list[cst.BaseStatement]:
    """The statements of a block as a list, in which what is read can take the place of its text."""
    found: list[cst.BaseStatement] = list(block.body)
    # Nodes are frozen for those who share them; nobody has this one yet.
    object.__setattr__(block, "body", found)
    return found
