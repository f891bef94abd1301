"""The text with what a file imports from its tree, and back."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from trees import write_tree

from migrate.settings import Settings
from migrate.source.gathering.gather import gather
from migrate.source.gathering.items import Gathered
from migrate.source.gathering.put_back import put_back
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

MODEL = """
    import numpy as np

    N = 3

    def build(x, n=N):
        # Twice.
        return double(x) + np.ones(n) * N

    def double(x):
        return x + x
"""


def gathered(directory, code: str, name: str = "export.py", **modules: str) -> Gathered | None:
    """What is gathered for a file."""
    write_tree(directory, **({"model": MODEL} | modules))
    text = dedent(code).lstrip("\n")
    file = directory / name
    file.write_text(text, "utf-8")
    return gather(ModuleView(text, ast.parse(text), str(file), Settings()))


SPELLINGS = [
    "from model import build\n\nprint(build(1))\n",
    "from model import build as made, N  # both\n\nprint(made(1), N)\n",
    "import model\n\nprint(model.build(model.N))\n",
    "from model import (\n    N,\n    build,\n)\n\nprint(build(N))\n",
    "import os\nfrom model import *\n\nprint(build(N))\n",
    "def main():\n    x = 1\n    from model import build\n    return build(x)\n\nimport os\n",
]


@pytest.mark.parametrize("code", SPELLINGS[:-1])
def test_what_is_put_in_can_be_taken_out(tmp_path, code):
    found = gathered(tmp_path, code)
    assert found is not None
    assert "return double(x) + np.ones(n) * " in found.text
    assert put_back(found.text, found).text == code


def test_the_names_of_the_file_are_used(tmp_path):
    found = gathered(tmp_path, "import numpy\nfrom model import build as double\n\ndouble(1)\n")
    assert found is not None
    assert "def double(x, n=3):\n    # Twice.\n    return double_model(x) + numpy.ones(n) * N\n" in found.text
    assert "import numpy as np" not in found.text


def test_what_a_function_imports_stays_in_the_file(tmp_path):
    found = gathered(tmp_path, "import os\n\n" + SPELLINGS[-1])
    assert found is not None
    result = put_back(found.text, found)
    assert [item.ident for item in result.copied][:1] == ["build"]
    assert "from model import build" not in result.text
    compile(result.text, "export.py", "exec")


def test_what_is_not_used_any_more_is_not_imported(tmp_path):
    found = gathered(tmp_path, "import os\nfrom model import build, N\n\nprint(build(N))\n")
    assert found is not None
    assert put_back(found.text.replace("build(N)", "N"), found).text == "import os\nfrom model import N\n\nprint(N)\n"
    assert put_back(found.text.replace("build(N)", "1"), found).text == "import os\n\nprint(1)\n"


def test_a_definition_that_changed_stays(tmp_path):
    found = gathered(tmp_path, "from model import build\n\nprint(build(1))\n")
    assert found is not None
    result = put_back(found.text.replace("x + x", "2 * x"), found)
    assert "def double(x):\n    return 2 * x\n" in result.text
    assert "import numpy as np\n" in result.text
    compile(result.text, "export.py", "exec")


def test_a_name_with_two_values_is_refused(tmp_path):
    found = gathered(tmp_path, "from model import build\n\nprint(build(1))\n")
    assert found is not None
    with pytest.raises(Unprovable, match="another value"):
        put_back(found.text + "\nbuild = 1\n", found)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import os\n\nprint(os)\n", "export.py"),
        ("from model import build\n\nbuild(1)\n", "__init__.py"),
        ("from model import build\n\n__all__ = ['build']\nbuild(1)\n", "export.py"),
        ("from model import build\r\n\r\nbuild(1)\r\n", "export.py"),
        ("from model import absent\n\nabsent(1)\n", "export.py"),
        ("np = 1\nfrom model import build\n\nbuild(np)\n", "export.py"),
        ("from model import build\n\nprint(f'{build(1)}')\nbuild.x = 1\n", "export.py"),
    ],
)
def test_nothing_to_gather(tmp_path, code, name):
    assert gathered(tmp_path, code, name) is None
