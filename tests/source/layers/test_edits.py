from __future__ import annotations

import ast

import pytest

from migrate.source.layers.edits import TextEdits
from migrate.source.unprovable import Unprovable


def statements(text: str) -> tuple[TextEdits, list[ast.stmt]]:
    return TextEdits(text), [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]


def test_what_is_inserted_stands_above_the_comment_of_a_statement():
    edits, (_, made) = statements("def f():\n    # one\n    x = 1\n")
    edits.insert_above(made, ["a = 1", "b = 2"])
    edits.insert_above(made, ["c = 3"])
    assert edits.text() == "def f():\n    a = 1\n    b = 2\n    c = 3\n    # one\n    x = 1\n"


def test_line_ends_and_other_characters_stay():
    edits, (first, second) = statements("s = 'é'\r\nt = s + 'ü'\r\n")
    assert isinstance(second, ast.Assign)
    edits.insert_above(second, ["u = 1"])
    edits.replace(second.value, "v")
    assert edits.text() == "s = 'é'\r\nu = 1\r\nt = v\r\n"
    del first


def test_a_block_keeps_a_statement():
    edits, (_, made) = statements("if a:\n    x = 1  # one\n")
    edits.remove(made, alone=True)
    assert edits.text() == "if a:\n    pass\n"


def test_a_shared_line_is_refused():
    edits, (_, made) = statements("x = 1; y = 2\n")
    with pytest.raises(Unprovable):
        edits.insert_above(made, ["a = 1"])
    edits, (made, _) = statements("x = 1; y = 2\n")
    with pytest.raises(Unprovable):
        edits.remove(made, alone=False)


def test_functions_go_above_the_comments_of_a_definition():
    edits, (_, function, _) = statements("import os\n# about f\ndef f():\n    pass\n")
    edits.define_above(function, ["def g():", "    pass"])
    assert edits.text() == "import os\n\n\ndef g():\n    pass\n\n\n# about f\ndef f():\n    pass\n"


def test_lines_are_found_again():
    edits, (one, two, three) = statements("x = 1\ny = 2\nz = 3\n")
    edits.insert_above(two, ["a = 1", "b = 2"])
    edits.remove(one, alone=False)
    assert edits.text().split("\n") == ["a = 1", "b = 2", "y = 2", "z = 3", ""]
    assert [edits.line_before(line) for line in (3, 4)] == [2, 3]
    del three
