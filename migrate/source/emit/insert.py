"""Puts new imports where a reader looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from migrate.source.emit.writer import Writer, blank, leading, with_leading


def with_imports(
    statements: Sequence[cst.BaseStatement], lines: Iterable[str], writer: Writer
) -> list[cst.BaseStatement]:
    """The statements of a module with further imports.

    Args:
        statements: Those of the module.
        lines: Such as `from migrate import bridge`; doubles count once.
        writer: In the module's style.
    """
    found = list(statements)
    for line in dict.fromkeys(lines):
        place = _import_place(found, line)
        new, rest = writer.statement(line), found[place:]
        if "tensorflow" not in line.split()[1] and rest and not _follows(found, place, line):
            # It takes the place of the group's first line.
            new, rest[0] = with_leading(new, leading(rest[0])), with_leading(rest[0], [])
        if rest and isinstance(rest[0], (cst.ClassDef, cst.FunctionDef)) and not leading(rest[0]):
            rest[0] = with_leading(rest[0], blank(2))
        found = [*found[:place], new, *rest]
    return found


def _import_place(statements: Sequence[cst.BaseStatement], line: str) -> int:
    """Where an import goes: behind TensorFlow's own, before them if it is another package's, else behind the last."""
    imports: list[int] = []
    tensorflow: list[int] = []
    for position, statement in enumerate(statements):
        if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
            break
        if isinstance(statement, cst.SimpleStatementLine) and isinstance(
            statement.body[0], (cst.Import, cst.ImportFrom)
        ):
            text = cst.Module([]).code_for_node(statement.body[0])
            imports.append(position)
            if text.split()[1].partition(".")[0] == "tensorflow":
                tensorflow.append(position)
    if tensorflow and _follows(statements, tensorflow[0] + 1, line):
        place = tensorflow[0] + 1
        while place in imports and _follows(statements, place + 1, line) and not leading(statements[place]):
            place += 1
        return place
    if tensorflow:
        return tensorflow[0] if "tensorflow" not in line.split()[1] else tensorflow[-1] + 1
    if imports:
        return imports[-1] + 1
    return 1 if statements and _is_docstring(statements[0]) else 0


def _follows(statements: Sequence[cst.BaseStatement], place: int, line: str) -> bool:
    """Whether a from-import would come behind a plain import, as sorted imports do."""
    if place == 0 or not line.startswith("from ") or "tensorflow" in line.split()[1]:
        return False
    match statements[place - 1]:
        case cst.SimpleStatementLine(body=[cst.Import()]):
            return True
    return False


def _is_docstring(statement: cst.BaseStatement) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
    return False
