from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.review.edit import check_text

BEFORE = "import os\nprint(os.sep, never_there)\n"


@pytest.mark.parametrize("text", ["print()\n", "import os\r\nprint(os.sep)\r\n", "print(never_there)\n", ""])
def test_what_could_be_written_and_run_is_taken(text: str):
    check_text(text, BEFORE, BEFORE.encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (\n", "not valid Python on line 1"),
        ("x = 1\n\n  y = 2\n", "not valid Python on line 3"),
        ("return\n", "not valid Python on line 1: 'return' outside function"),
        ("x = '\0'\n", "not valid Python"),
        ("(" * 5000, "not valid Python"),
        ("print(os.sep)\n", "'os' has no value in the new text"),
        ("# coding: nonsense\n", "read back differently|unknown"),
    ],
)
def test_what_could_not_is_refused(text: str, said: str):
    with pytest.raises(MigrateError, match=said):
        check_text(text, BEFORE, BEFORE.encode())
