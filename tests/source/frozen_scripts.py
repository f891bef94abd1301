"""Scripts that run a frozen graph, for the tests of its rewriting."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

from migrate.engine import rewrite_source
from migrate.results import Level, Result

PARSE = """\
graph_def = tf.GraphDef()
with open('m.pb', 'rb') as f:
    graph_def.ParseFromString(f.read())
"""


def frozen(code: str) -> str:
    """A script with `PARSE` in the place of a line that reads `parse`, however far it is indented."""
    lines = ["import numpy as np", "import tensorflow as tf", ""]
    for line in dedent(code).strip("\n").split("\n"):
        start = line[: len(line) - len(line.lstrip())]
        lines += indent(PARSE, start).rstrip("\n").split("\n") if line.strip() == "parse" else [line]
    return "\n".join(lines) + "\n"


def rewritten(code: str) -> str:
    """What stands behind the class in the new text; every site is wrapped, and a second run changes nothing."""
    result = rewrite_source(frozen(code), "script.py")
    assert result.error is None
    assert {site.level for site in result.sites} == {Level.WRAPPED}, [site.reason for site in result.sites]
    assert rewrite_source(result.after, "script.py").after == result.after
    tree = ast.parse(result.after)
    assert not any(isinstance(node, ast.Attribute) and node.attr == "Session" for node in ast.walk(tree))
    lines = result.after.split("\n")
    (made,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("FrozenGraph")]
    return "\n".join(lines[made.end_lineno :]).strip("\n")


def reason(code: str) -> str:
    """Why the session of a script stays, at best with TF1's names."""
    result: Result = rewrite_source(frozen(code), "script.py")
    assert result.error is None
    assert {site.level for site in result.sites} <= {Level.FLAGGED, Level.BRIDGED}
    assert "class FrozenGraph" not in result.after
    return result.sites[0].reason or ""


def check(code: str, after: str) -> None:
    """The code behind the class is this."""
    assert rewritten(code) == dedent(after).strip("\n")
