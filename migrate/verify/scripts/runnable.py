"""What is run of a file that Python 3 does not run as it is: the code of a notebook, and Python 2 as Python 3."""

from __future__ import annotations

import ast
from pathlib import Path

from migrate.errors import MigrateError
from migrate.source.files import decode, is_notebook
from migrate.source.notebook.cells import as_script
from migrate.source.python2.convert import readable


def runnable(path: Path, text: bytes | None) -> bytes | None:
    """The Python that is run in the place of a script.

    Args:
        path: The script.
        text: What it is to hold; None for what the file holds.

    Returns:
        Its text; None where that is what the file holds. A notebook runs from top to bottom, without what only IPython
        understands.
    """
    try:
        data = path.read_bytes() if text is None else text
    except OSError:
        return text
    try:
        if is_notebook(data):
            return as_script(decode(data).text).encode()
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            source = decode(data)
            return source.encode(readable(source.text))
    except (MigrateError, RecursionError, MemoryError):
        pass
    return text
