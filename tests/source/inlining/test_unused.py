"""What nothing uses any more."""

from __future__ import annotations

import pytest

from migrate.source.inlining.text import Source
from migrate.source.inlining.unused import is_script, without_unused


def test_functions_that_only_call_each_other_go_together():
    text = "# About g.\ndef g():\n    pass\n\n\ndef f():\n    g()\n\n\ndef main():\n    pass\n\n\nmain()\n"
    found, gone = without_unused(text, [("g",), ("f",)])
    assert (found, set(gone)) == ("def main():\n    pass\n\n\nmain()\n", {("f",), ("g",)})


@pytest.mark.parametrize("use", ["f()", "g = f", "__all__ = ['f']", "getattr(x, 'f')", "globals()['f']"])
def test_what_is_used_stays(use: str):
    text = f"def f():\n    pass\n\n\ndef main():\n    pass\n\n\n{use}\nmain()\n"
    assert without_unused(text, [("f",)]) == (text, ())


@pytest.mark.parametrize(
    ("code", "script"),
    [
        ("if __name__ == '__main__':\n    main()\n", True),
        ("def main(): pass\nmain()\n", True),
        ("import tensorflow as tf\ntf.app.run()\n", True),
        ("def main(): pass\n", False),
        ("import logging\nlogging.info('x')\n", False),
    ],
)
def test_scripts(code: str, script: bool):
    assert is_script(Source(code)) is script
