from __future__ import annotations

import ast

import pytest

from migrate.source.notebook.magics import masked


def shown(source: str) -> str:
    return "".join(masked(source).lines)


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("%matplotlib inline", "'%matplotlib inline'  #%"),
        ("!pip install a b", "get_ipython().system('!pip install a b')  #%"),
        ("tf.Variable?", "'tf.Variable?'  #%"),
        ("?len", "'?len'  #%"),
        ("pip install tensorflow==1.15", "'pip install tensorflow==1.15'  #%"),
        ("files = !ls *.py", "files = get_ipython().getoutput('!ls *.py')  #%"),
        ("a, b = %some thing", "a, b = get_ipython().getoutput('%some thing')  #%"),
        ("%run other.py -x", "get_ipython().run_line_magic('run', 'other.py -x')  #%"),
        ("%time sess.run(train)", "sess.run(train)  #%"),
        ("%timeit -n 10 f(x)", "f(x)  #%"),
        ("%timeit -o", "'%timeit -o'  #%"),
    ],
)
def test_what_python_does_not_know_has_a_line_in_its_place(line: str, stands: str):
    found = masked(f"x = 1\n{line}\ny = 2\n")
    assert found.lines == ("x = 1\n", f"{stands}\n", "y = 2\n")
    assert found.standing == ((stands, line),)
    assert not found.opaque


@pytest.mark.parametrize(
    "source",
    [
        "print('%d'\n      % x)\n",
        "s = '''\n%matplotlib inline\n!ls\n'''\n",
        "x = y \\\n    % z\n",
        "n = 7\n# !ls\n",
        "git = 1\nls = [2]\nls [0]\n",
        "await x\n",
    ],
)
def test_python_stays(source: str):
    assert shown(source) == source
    assert masked(source).standing == ()


def test_only_statements_are_taken_for_magics():
    source = "t = '''\n%not one\n'''\nv = (1\n  % 2)\n!ls\n"
    assert shown(source) == source.replace("!ls", "get_ipython().system('!ls')  #%")


def test_a_block_keeps_its_indentation():
    source = "if a:\n    !rm -r {path}\nelse:\n\t%cd ..\n"
    assert shown(source) == "if a:\n    get_ipython().system('!rm -r {path}')  #%\nelse:\n\t'%cd ..'  #%\n"
    ast.parse(shown(source))


def test_a_command_may_go_on_over_lines():
    source = "!saved_model_cli run --dir d \\\n  --all \\\n\nx = 1\n"
    found = masked(source)
    assert len(found.lines) == 4
    assert found.lines[3] == "x = 1\n"
    assert [own for _, own in found.standing] == ["!saved_model_cli run --dir d \\", "  --all \\"]
    ast.parse("".join(found.lines))


@pytest.mark.parametrize("head", ["%%bash --bg", "%%writefile a.py", "%%javascript", "%%html"])
def test_a_cell_of_another_language_has_no_python(head: str):
    found = masked(head + "\nimport x\n\nif (a {\n")
    assert found.opaque
    assert ast.parse("".join(found.lines)).body
    assert [own for _, own in found.standing] == [head, "import x", "if (a {"]


def test_a_cell_that_is_timed_is_python():
    found = masked("%%time\nx = f()\n!ls\n")
    assert not found.opaque
    assert "".join(found.lines) == "'%%time'  #%\nx = f()\nget_ipython().system('!ls')  #%\n"


def test_line_ends_stay():
    assert masked("!ls\r\nx = 1\r\n").lines == ("get_ipython().system('!ls')  #%\r\n", "x = 1\r\n")


def test_code_that_is_wrong_stays_wrong():
    assert shown("x = = 1\n") == "x = = 1\n"
