"""`# tf-migrate: skip`: lines and files that their authors want left alone."""

from __future__ import annotations

import io
import re
import tokenize

_SKIP = re.compile(r"#\s*tf-migrate:\s*skip(-file)?\b")


def skipped_lines(text: str) -> frozenset[int]:
    """The lines with a skip comment; 0 is among them where the whole file is to be skipped.

    A file is skipped by `# tf-migrate: skip-file` anywhere, or by `# tf-migrate: skip` on a line of its own above
    the first statement.
    """
    if "tf-migrate" not in text:
        return frozenset()
    found: set[int] = set()
    code = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                match = _SKIP.search(token.string)
                if match:
                    alone = not token.line[: token.start[1]].strip()
                    found.add(0 if match.group(1) or (alone and not code) else token.start[0])
            elif token.string.startswith('"%% [cell '):
                continue  # names a cell of a notebook (notebook/cells.py)
            elif token.type not in (
                tokenize.NL,
                tokenize.NEWLINE,
                tokenize.ENCODING,
                tokenize.INDENT,
                tokenize.DEDENT,
            ):
                code = True
    except (tokenize.TokenError, IndentationError):
        return frozenset()
    return frozenset(found)
