"""A new text of a file that the reviewer wrote, and what has to hold for it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.errors import MigrateError
from migrate.results import Mode
from migrate.source.files import decode
from migrate.source.notebook.cells import program_parts


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text of a file that the reviewer wrote. It stands for all sites of the file that were not rejected.

    Attributes:
        text: The text.
        ordinals: These sites.
        mode: How TensorFlow must behave for it: as it must for the rewrites that it takes the place of.
    """

    text: str = field(repr=False)
    ordinals: tuple[int, ...]
    mode: Mode | None


def check_text(text: str, before: str, data: bytes) -> None:
    """Refuses a text that could not be written, or not be run.

    Args:
        text: The new text of a file.
        before: Its text as it was read.
        data: What the file holds.

    Raises:
        MigrateError: It is no Python, cannot be written in the encoding of the file, or reads a name that has no value
            in it and had one before.
    """
    from migrate.source.emit.undefined import refuse_undefined
    from migrate.source.python2.convert import readable
    from migrate.source.symbols import Symbols
    from migrate.source.unprovable import Unprovable

    try:
        tree = ast.parse(text)
        for code in program_parts(text):
            compile(
                code, "edited", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if code is not text else 0, dont_inherit=True
            )
    except SyntaxError as error:
        where = f" on line {error.lineno}" if error.lineno else ""
        raise MigrateError(f"not valid Python{where}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise MigrateError(f"not valid Python: {error}") from error
    decode(data).encode(text)
    try:
        refuse_undefined(Symbols(ast.parse(readable(before))), Symbols(tree))
    except Unprovable as reason:
        raise MigrateError(f"{reason.reason.partition(' is used ')[0]} has no value in the new text") from reason
