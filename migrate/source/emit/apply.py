"""Carries out `Changes` on a concrete syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import libcst as cst

from migrate.source.changes import Changes, is_header
from migrate.source.emit.arguments import with_arguments
from migrate.source.emit.edits import Edit
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.insert import with_imports
from migrate.source.emit.transform import Transformer
from migrate.source.emit.writer import Writer, blank, leading, trimmed, with_leading
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

_CELL = re.compile(r"#\s?(?:%%|In\[|<codecell>)")
"""Marks of the cells of a notebook in a script."""
_Suite = cst.IndentedBlock | cst.Module
_CELL = re.compile(r"#\s?(?:%%|In\[|<codecell>)")
"""Marks of the cells of a notebook in a script."""


def apply_changes(
    changes: Changes, index: SourceIndex, writer: Writer, others: Mapping[cst.CSTNode, Edit]
) -> cst.Module:
    """The module after the changes.

    Args:
        changes: What to do.
        index: The module.
        writer: In its style.
        others: Further edits of single nodes; those inside of a node that changes are lost.

    Raises:
        Unprovable: A statement shares its line with others.
    """
    module = _Apply(changes, index, writer, others).transformed(index.module)
    assert isinstance(module, cst.Module)
    if not changes.imports:
        return module
    lines = [one for one in module.body if isinstance(one, cst.SimpleStatementLine)]
    there = {module.code_for_node(line).strip() for line in lines}
    wanted = [line for line in changes.imports if line not in there]
    statements = [statement for statement in module.body if isinstance(statement, cst.BaseStatement)]
    return module.with_changes(body=with_imports(statements, wanted, writer))


class _Apply(Transformer):
    def __init__(
        self, changes: Changes, index: SourceIndex, writer: Writer, others: Mapping[cst.CSTNode, Edit]
    ) -> None:
        self._others = others
        self._writer = writer
        self._module = index.module
        self._statements = {_whole(index, node): texts for node, texts in changes.statements.items()}
        self._above = {_whole(index, node): texts for node, texts in changes.above.items()}
        self._unwrapped = {_whole(index, node) for node in changes.unwrapped}
        self._expressions: dict[cst.CSTNode, str] = {}
        for node, text in changes.expressions.items():
            target = index.expression(node)
            if target is None:
                raise Unprovable(CONTROL_FLOW, "an expression is spelled in a way that is not understood", node)
            self._expressions[target] = text
        self._arguments: dict[cst.CSTNode, tuple[str, ...]] = {}
        for call, texts in changes.arguments.items():
            found = index.expression(call)
            if found is None:
                raise Unprovable(CONTROL_FLOW, "a call is spelled in a way that is not understood", call)
            self._arguments[found] = texts
        self._index = index
        changed = {
            *self._statements, *self._above, *self._unwrapped, *self._expressions, *self._arguments, *others
        }  # fmt: skip
        self._lines = index.lines(changed)
        # Blank lines above statements that are gone, by the statement that follows.
        self._spaced = _spaced(index.module, self._statements)
        self._kept = _kept(index.module, self._statements, {index.statement(node) for node in changes.commented})
        self._top = set(_top(index.module.body, self._unwrapped))
        self._loose = {node.body for node in self._unwrapped if isinstance(node, cst.BaseCompoundStatement)}
        # Comments at the end of a block that is gone, by the statement they follow.
        self._footers: dict[cst.CSTNode, Sequence[cst.EmptyLine]] = {}

    def enters(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.BaseStatement) or self._index.edited_inside(node, self._lines)

    def left(self, original: cst.CSTNode, updated: cst.CSTNode) -> object:
        if original in self._expressions:
            return cst.parse_expression(
                self._writer.expression(self._expressions[original]), config=self._writer.config
            )
        if isinstance(original, cst.BaseStatement):
            new = self._statement(original, updated)
            if original in self._spaced and isinstance(new, cst.BaseStatement) and not leading(new):
                new = with_leading(new, self._spaced[original])
            return _below(self._kept.get(original, ()), new)
        edit = self._others.get(original)
        if edit is not None:
            updated = edit(updated)
        if original in self._arguments and isinstance(updated, cst.Call):
            return with_arguments(updated, self._arguments[original])
        if isinstance(updated, (cst.IndentedBlock, cst.Module)):
            suite = self._suite(updated)
            if isinstance(suite, cst.IndentedBlock) and self._statements.get(original.body[0]) == ():  # type: ignore[attr-defined]
                loose = original in self._loose and isinstance(suite.body[0], (cst.FunctionDef, cst.ClassDef))
                return suite if loose else suite.with_changes(body=trimmed(suite.body))
            return suite
        return updated

    def _statement(self, original: cst.BaseStatement, updated: cst.CSTNode) -> object:
        edit = self._others.get(original)
        if original in self._statements:
            texts = self._statements[original]
            if is_header(texts):
                new = [self._header(texts[0], updated)]
            else:
                new = self._spread(self._new(texts, original), original)
        elif original in self._unwrapped:
            new = self._body(updated)
        else:
            result = edit(updated) if edit is not None else updated
            new = [result] if isinstance(result, cst.BaseStatement) else []
            if original not in self._above:
                return result
        if original in self._above:
            stays = original not in self._statements and original not in self._unwrapped
            new = self._with_above(self._above[original], new, top=original in self._module.body, stays=stays)
        if len(new) == 1:
            return new[0]
        return cst.FlattenSentinel(new) if new else cst.RemoveFromParent()

    def _header(self, text: str, updated: cst.CSTNode) -> cst.BaseStatement:
        """A `with` and the like with another header."""
        assert isinstance(updated, cst.BaseCompoundStatement)
        new = self._writer.statement(f"{text}\n\tpass")
        return with_leading(new.with_changes(body=updated.body), leading(updated))

    def _new(self, texts: Sequence[str], original: cst.BaseStatement) -> list[cst.BaseStatement]:
        """New statements in the place of an old one, whose comments they get."""
        new = [self._writer.statement(text) for text in texts]
        if not new:
            return []
        new[0] = with_leading(new[0], leading(original))
        last = new[-1]
        if isinstance(original, cst.SimpleStatementLine) and isinstance(last, cst.SimpleStatementLine):
            new[-1] = last.with_changes(trailing_whitespace=original.trailing_whitespace)
        return new

    def _spread(self, new: list[cst.BaseStatement], original: cst.BaseStatement) -> list[cst.BaseStatement]:
        """New statements with blank lines around functions and classes."""
        lines = blank(2 if original in self._top else 1)
        for position in range(1, len(new)):
            if any(isinstance(one, (cst.FunctionDef, cst.ClassDef)) for one in new[position - 1 : position + 1]):
                new[position] = with_leading(new[position], lines)
        if new and isinstance(new[0], (cst.FunctionDef, cst.ClassDef)):
            new[0] = with_leading(new[0], [*lines, *_comments(leading(new[0]))])
        return new

    def _body(self, updated: cst.CSTNode) -> list[cst.BaseStatement]:
        """The statements of a block whose header goes."""
        assert isinstance(updated, cst.BaseCompoundStatement)
        block = updated.body
        if not isinstance(block, cst.IndentedBlock):
            assert isinstance(block, cst.SimpleStatementSuite)
            return [cst.SimpleStatementLine(block.body, leading_lines=leading(updated))]
        body = [statement for statement in block.body if isinstance(statement, cst.BaseStatement)]
        if not body or _is_pass(body):
            return []
        above: Sequence[cst.EmptyLine] = leading(updated)
        if isinstance(body[0], (cst.FunctionDef, cst.ClassDef)):
            blanks = [line for line in leading(body[0]) if line.comment is None]
            above = [*blanks, *_comments(above)]
        body[0] = with_leading(body[0], [*above, *_comments(leading(body[0]))])
        if any(line.comment for line in block.footer):
            self._footers[body[-1]] = _comments(block.footer)
        return body

    def _with_above(
        self, texts: Sequence[str], new: list[cst.BaseStatement], *, top: bool, stays: bool
    ) -> list[cst.BaseStatement]:
        above = [self._writer.at_top(text) if top else self._writer.statement(text) for text in texts]
        definitions = [isinstance(statement, (cst.ClassDef, cst.FunctionDef)) for statement in above]
        if top and any(definitions):
            above = [
                with_leading(statement, blank(2)) if is_definition else statement
                for statement, is_definition in zip(above, definitions, strict=True)
            ]
            if new:
                lines = list(leading(new[0]))
                while lines and lines[0].comment is None:
                    lines.pop(0)
                new = [with_leading(new[0], [*blank(2), *lines]), *new[1:]]
        elif new:
            # Comments say something about the statement, as long as it stays.
            lines = list(leading(new[0]))
            start = len(lines)
            if stays:
                start = next((number for number, line in enumerate(lines) if line.comment is not None), start)
            above[0] = with_leading(above[0], lines[:start])
            new = [with_leading(new[0], lines[start:]), *new[1:]]
        return [*above, *new]

    def _suite(self, block: _Suite) -> _Suite:
        """A block with the comments of the blocks that dissolved in it, and never empty."""
        body = [statement for statement in block.body if isinstance(statement, cst.BaseStatement)]
        footer = list(block.footer)
        for position, statement in enumerate(body):
            lines = self._footers.pop(statement, None)
            if lines is None:
                continue
            if position + 1 < len(body):
                body[position + 1] = with_leading(body[position + 1], [*lines, *leading(body[position + 1])])
            else:
                footer = [*lines, *footer]
        if not body and isinstance(block, cst.IndentedBlock):
            body = [self._writer.statement("pass")]
        if list(block.body) == body and list(block.footer) == footer:
            return block
        return block.with_changes(body=body, footer=footer)


def _whole(index: SourceIndex, node: ast.stmt) -> cst.CSTNode:
    """The statement, which must have its lines for itself."""
    target = index.statement(node)
    if index.is_part(target) or not index.holds(target):
        raise Unprovable(CONTROL_FLOW, "a statement of the export shares its line with others", node)
    return target


def _spaced(
    module: cst.Module, statements: Mapping[cst.CSTNode, Sequence[str]]
) -> dict[cst.CSTNode, Sequence[cst.EmptyLine]]:
    """The blank lines above top-level statements that go, by the next statement that stays."""
    found: dict[cst.CSTNode, Sequence[cst.EmptyLine]] = {}
    lines: Sequence[cst.EmptyLine] = ()
    for statement in module.body:
        own = [line for line in leading(statement) if line.comment is None]
        if statements.get(statement) == ():
            lines = max(lines, own, key=len)
        else:
            if lines:
                found[statement] = lines
            lines = ()
    return found


def _kept(
    module: cst.Module, statements: Mapping[cst.CSTNode, Sequence[str]], commented: Collection[cst.CSTNode]
) -> dict[cst.CSTNode, Sequence[cst.EmptyLine]]:
    """Comments above top-level statements that go, but that say something else, by the next statement that stays."""
    found: dict[cst.CSTNode, Sequence[cst.EmptyLine]] = {}
    lines: list[cst.EmptyLine] = []
    for statement in module.body:
        if statements.get(statement) == ():
            above = list(leading(statement))
            if statement in commented:
                lines += above
            else:
                lines += [line for line in above if line.comment is not None and _CELL.match(line.comment.value)]
        else:
            if lines:
                found[statement] = lines
            lines = []
    return found


def _below(lines: Sequence[cst.EmptyLine], new: object) -> object:
    """New statements below comments."""
    if not lines:
        return new
    if isinstance(new, cst.BaseStatement):
        return with_leading(new, [*lines, *leading(new)])
    if isinstance(new, cst.FlattenSentinel):
        first, *rest = new.nodes
        return cst.FlattenSentinel([with_leading(first, [*lines, *leading(first)]), *rest])
    return new


def _top(body: Sequence[cst.CSTNode], unwrapped: Collection[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The statements that stand, or will stand, at the top level of a module."""
    for statement in body:
        yield statement
        if statement in unwrapped and isinstance(statement, cst.BaseCompoundStatement):
            yield from _top(statement.body.body, unwrapped)


def _comments(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return [line for line in lines if line.comment is not None]


def _is_pass(body: Sequence[cst.BaseStatement]) -> bool:
    match body:
        case [cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=lines)]:
            return not any(line.comment for line in lines)
    return False
