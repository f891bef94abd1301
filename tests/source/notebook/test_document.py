from __future__ import annotations

import codecs
import json

import pytest

from migrate.errors import MigrateError
from migrate.results import Place
from migrate.source.notebook.document import read_notebook
from tests.notebooks import code, notebook, sources, text


def test_the_program_is_the_code_from_top_to_bottom():
    read = read_notebook(notebook("import a", text("# Title"), "%cd x\nb()\n", ""))
    assert read.text == ('"%% [cell 1]"\nimport a\n"%% [cell 3]"\n\'%cd x\'  #%\nb()\n"%% [cell 4]"\n')
    assert [cell.number for cell in read.cells] == [1, 3, 4]
    assert read.encode(read.text) == notebook("import a", text("# Title"), "%cd x\nb()\n", "")


def test_lines_have_places():
    data = notebook("a\nb", text("t"), "c\nd")
    read = read_notebook(data)
    lines = data.decode().split("\n")
    for line, cell, within, what in ((2, 1, 1, "a"), (3, 1, 2, "b"), (4, 3, 1, "c"), (5, 3, 1, "c"), (6, 3, 2, "d")):
        place = read.place(line)
        assert (place.cell, place.line) == (cell, within)
        assert lines[place.file_line - 1].strip().startswith(f'"{what}')
    assert read.place(1) == read.place(2)
    assert read.place(99) == read.place(6)


def test_a_notebook_on_one_line_has_places():
    assert read_notebook(notebook("a\nb", indent=None)).place(3) == Place(1, 2, 1)


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
def test_only_the_sources_of_changed_cells_change(indent: int | None):
    outputs = [{"name": "stdout", "output_type": "stream", "text": ["é \\u00e9 x = 1\n"]}]
    data = notebook("x = 1\ny = 2", code("z = 'é'", outputs=outputs), "x = 1", indent=indent, nbformat_minor=4)
    read = read_notebook(data)
    new = read.encode(read.text.replace("y = 2", "y = 3\nw = 4"))
    first = read.cells[0].span
    assert new.decode()[: first.start] == data.decode()[: first.start]
    assert new.decode().endswith(data.decode()[first.end :])
    assert sources(new) == ["x = 1\ny = 3\nw = 4", "z = 'é'", "x = 1"]


def test_other_forms_stay():
    document = json.loads(notebook("a = 1\nb = 2", "c = 3"))
    document["cells"][0]["source"] = "a = 1\nb = 2\n"
    data = codecs.BOM_UTF8 + json.dumps(document, indent="\t").replace("\n", "\r\n").encode()
    read = read_notebook(data)
    new = read.encode(read.text.replace("b = 2", "b = 5"))
    assert new == data.replace(b"b = 2", b"b = 5")


def test_blank_lines_around_the_code_of_a_cell_are_not_its_own():
    data = notebook("a = 1", "b = 2", "\nc = 3\n\n")
    read = read_notebook(data)
    assert read.encode(read.text.replace('"%% [cell 2]"', '\n\n"%% [cell 2]"\n')) == data
    new = read.text.replace("b = 2", "\n\nclass A:\n  pass\n\n\n").replace("c = 3", "c = 4")
    assert sources(read.encode(new)) == ["a = 1", "class A:\n  pass", "\nc = 4\n\n"]


def test_a_cell_may_lose_all_of_its_code():
    read = read_notebook(notebook("a = 1", "b = 2"))
    assert sources(read.encode(read.text.replace("b = 2\n", ""))) == ["a = 1", ""]


def test_what_only_ipython_understands_is_put_back():
    read = read_notebook(notebook("%matplotlib inline\nif a:\n    %ls\n    b = 1"))
    new = read.text.replace("if a:\n", "if c:\n").replace("b = 1", "b = 2")
    assert sources(read.encode(new)) == ["%matplotlib inline\nif c:\n    %ls\n    b = 2"]
    outside = read.text.replace("if a:\n    '%ls'", "'%ls'").replace("    b = 1", "b = 1")
    assert sources(read.encode(outside)) == ["%matplotlib inline\n%ls\nb = 1"]


def test_new_code_does_not_go_into_a_cell_of_another_language():
    read = read_notebook(notebook("a = 1", "%%bash\nls\n", "b = 2"))
    before = read.text.replace('"%% [cell 2]"\n', '"%% [cell 2]"\nimport c\n')
    assert sources(read.encode(before)) == ["a = 1", "%%bash\nls\n", "import c\nb = 2"]
    last = read_notebook(notebook("a = 1", "%%bash\nls\n"))
    assert sources(last.encode(last.text + "import c\n")) == ["a = 1\nimport c", "%%bash\nls\n"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"%% [cell 2]"\n', ""), "cells cannot be told apart"),
        (("get_ipython().system('!ls')  #%\n", ""), "no place for '!ls' of cell 1"),
    ],
)
def test_a_text_that_cannot_be_put_back_is_refused(change: tuple[str, str], said: str):
    read = read_notebook(notebook("!ls", "b = 2"))
    with pytest.raises(MigrateError, match=said):
        read.encode(read.text.replace(*change))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"cells": [], "nbformat": 4', "not a notebook: line 1 is not valid JSON"),
        (b'{"nbformat": 4, \xff', "not valid utf-8"),
        (b'{"nbformat": "4"}', "has no nbformat"),
        (b'{"nbformat": 4}', "has no cells"),
        (b'{"nbformat": 3, "worksheets": []}', "format 3"),
        (b'{"nbformat": 4, "cells": [1]}', "cell 1 has no type"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "cell 1 has no source"),
        (notebook("a", language="R"), "a notebook of R, not of Python"),
    ],
)
def test_what_is_no_notebook_of_python_is_one_clear_line(data: bytes, said: str):
    with pytest.raises(MigrateError, match=said) as raised:
        read_notebook(data)
    assert "\n" not in str(raised.value)
