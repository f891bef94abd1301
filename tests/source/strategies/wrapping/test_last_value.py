"""What a name was given last."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import view_of

from migrate.source.strategies.wrapping.last_value import last_value


def value_of(body: str) -> str | None:
    """What `a` is where `use(a)` stands."""
    view = view_of("def f(p):\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    [function] = [node for node in ast.walk(view.tree) if isinstance(node, ast.FunctionDef) and node.name == "f"]
    [use] = [node for node in ast.walk(view.tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "use"]
    [name] = use.args
    assert isinstance(name, ast.Name)
    found = last_value(name, view.symbols.scope_of(function), view)
    return None if found is None else ast.unparse(found)


@pytest.mark.parametrize(
    "body",
    [
        "a = 1\nuse(a)",
        "a = 2\na = 1\nuse(a)",
        "a = 2\nif p:\n    a = 1\n    use(a)",
        "a = 1\nif p:\n    use(a)\nelse:\n    a = 2",
        "a = 1\nwith p:\n    use(a)\na = 2",
        "for _ in p:\n    a = 2\n    a = 1\n    use(a)",
        "a = 2\ntry:\n    a = 1\n    use(a)\nfinally:\n    pass",
    ],
)
def test_the_last_one_before_it_counts(body: str):
    assert value_of(body) == "1"


@pytest.mark.parametrize(
    "body",
    [
        "a = 1\nif p:\n    a = 2\nuse(a)",
        "a = 1\nfor _ in p:\n    use(a)\n    a = 2",
        "try:\n    a = 1\n    a = 2\nexcept E:\n    use(a)",
        "a = 1\ndef a(): pass\nuse(a)",
        "a = 1\nimport a\nuse(a)",
        "global a\na = 1\na = 2\nuse(a)",
        "a = 1\nfor a in p:\n    use(a)",
    ],
)
def test_where_it_is_not_sure_there_is_none(body: str):
    assert value_of(body) is None
