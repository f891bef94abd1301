"""Imports inside of a tree, and the file they name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from trees import write_tree

from migrate.source.tree import Made, Outside, Place, source_tree, tree_top


def meaning(directory: Path, code: str, expression: str, name: str = "export.py", root: str = ""):
    """What an expression at the end of a file means."""
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = f"{code}\n{expression}\n"
    file.write_text(text, "utf-8")
    found = source_tree(str(file), text, root)
    assert found is not None
    tree, module = found
    last = module.source.tree.body[-1]
    assert isinstance(last, ast.Expr)
    return tree.chain(module, last.value, module.source.symbols.module)


def place(directory: Path, code: str, expression: str, name: str = "export.py") -> str | None:
    """Where in a tree an expression is made."""
    found = meaning(directory, code, expression, name)
    if not isinstance(found, Made):
        return None
    return f"{found.module.path.relative_to(directory.resolve()).as_posix()}:{found.name}"


@pytest.mark.parametrize(
    ("code", "expression"),
    [
        ("from model import build", "build"),
        ("from model import build as b", "b"),
        ("import model", "model.build"),
        ("import model as m", "m.build"),
        ("from model import *", "build"),
        ("try:\n    from .model import build\nexcept ImportError:\n    from model import build", "build"),
    ],
)
def test_a_module_beside_the_file(tmp_path, code, expression):
    write_tree(tmp_path, model="def build():\n    pass\n")
    assert place(tmp_path, code, expression) == "model.py:build"


@pytest.mark.parametrize(
    ("code", "expression"),
    [
        ("import nets.lenet", "nets.lenet.build"),
        ("import nets.lenet as lenet", "lenet.build"),
        ("from nets import lenet", "lenet.build"),
        ("from nets.lenet import build", "build"),
        ("from nets import build", "build"),
        ("import nets", "nets.build"),
    ],
)
def test_a_module_of_a_package(tmp_path, code, expression):
    write_tree(tmp_path, nets__lenet="def build():\n    pass\n")
    (tmp_path / "nets" / "__init__.py").write_text("from .lenet import build\n", "utf-8")
    assert place(tmp_path, code, expression) == "nets/lenet.py:build"


def test_a_module_above_the_file(tmp_path):
    write_tree(tmp_path, model="def build():\n    pass\n", tools__other="")
    assert place(tmp_path, "from model import build", "build", "tools/export.py") == "model.py:build"


def test_relative_imports(tmp_path):
    write_tree(tmp_path, project__model="def build():\n    pass\n", project__tools__other="K = 1\n")
    assert place(tmp_path, "from ..model import build", "build", "project/tools/export.py") == "project/model.py:build"
    assert place(tmp_path, "from . import other", "other.K", "project/tools/export.py") == "project/tools/other.py:K"
    assert place(tmp_path, "from .... import a", "a", "project/tools/export.py") is None


def test_two_modules_of_one_name_are_neither(tmp_path):
    write_tree(tmp_path, model="def build():\n    pass\n", tools__model="def build():\n    pass\n")
    assert meaning(tmp_path, "from model import build", "build", "tools/export.py") is None


def test_a_module_and_a_package_of_one_name_are_neither(tmp_path):
    write_tree(tmp_path, model="def build():\n    pass\n", model__other="")
    (tmp_path / "model" / "__init__.py").write_text("def build():\n    pass\n", "utf-8")
    assert meaning(tmp_path, "from model import build", "build") is None


@pytest.mark.parametrize("name", ["json", "tensorflow", "numpy"])
def test_what_is_installed_is_not_looked_for(tmp_path, name):
    write_tree(tmp_path, **{name: "def build():\n    pass\n"})
    found = meaning(tmp_path, f"from {name} import build", "build")
    assert found == Outside(f"{name}.build")


def test_nothing_outside_of_the_tree(tmp_path):
    (tmp_path / "model.py").write_text("def build():\n    pass\n", "utf-8")
    top = tmp_path / "project"
    top.mkdir()
    write_tree(top)
    assert meaning(top, "from model import build", "build") == Outside("model.build")
    (top / "linked.py").symlink_to(tmp_path / "model.py")
    assert place(top, "from linked import build", "build") is None


def test_without_a_work_tree_the_package_is_the_tree(tmp_path):
    (tmp_path / "model.py").write_text("def build():\n    pass\n", "utf-8")
    found = meaning(tmp_path / "inner", "from model import build", "build")
    assert found == Outside("model.build")
    found = meaning(tmp_path / "inner", "from model import build", "build", root=str(tmp_path))
    assert isinstance(found, Made)
    (tmp_path / "inner" / "__init__.py").write_text("", "utf-8")
    assert isinstance(meaning(tmp_path / "inner", "from model import build", "build"), Made)


@pytest.mark.parametrize(
    "code",
    [
        "K = 1\nK = 2\n",
        "if x:\n    K = 1\n",
        "def f():\n    global K\n    K = 2\nK = 1\n",
        "K = 1\nK += 1\n",
        "for K in range(3):\n    pass\n",
        "from export import K\n",
        "this is not Python\n",
        "from other import *\n",
    ],
)
def test_a_name_that_may_be_several_things_is_none(tmp_path, code):
    write_tree(tmp_path, config=code)
    assert meaning(tmp_path, "from config import K", "K") is None


def test_imports_in_a_circle_end(tmp_path):
    write_tree(tmp_path, a="from b import K\n", b="from a import K\n")
    assert meaning(tmp_path, "from a import K", "K") is None


def test_a_module_itself_is_a_place(tmp_path):
    write_tree(tmp_path, config="K = 1\n")
    assert meaning(tmp_path, "import config", "config") == Place((tmp_path / "config.py").resolve())


def test_other_values_of_a_try_count(tmp_path):
    write_tree(tmp_path, model="def build():\n    pass\n")
    code = "try:\n    from model import build\nexcept ImportError:\n    build = None"
    assert meaning(tmp_path, code, "build") is None


def test_text_in_no_file_has_no_tree(tmp_path):
    assert source_tree("-", "import a\n") is None
    assert source_tree(str(tmp_path / "absent.py"), "import a\n") is None


def test_too_large_a_module_is_not_read(tmp_path):
    write_tree(tmp_path, config="K = 1\n" + "# a comment\n" * 50_000)
    assert meaning(tmp_path, "from config import K", "K") is None


def test_without_a_work_tree_the_directory_that_is_rewritten_is_the_tree(tmp_path):
    package = tmp_path / "repo" / "tools"
    package.mkdir(parents=True)
    assert tree_top(package, "") == package
    assert tree_top(package, str(tmp_path / "repo")) == tmp_path / "repo"
    assert tree_top(package, str(tmp_path / "other")) == package
    (package / "__init__.py").touch()
    # A package is whole, even if only a part of it is rewritten.
    assert tree_top(package, str(package)) == tmp_path / "repo"
    assert tree_top(package, str(tmp_path)) == tmp_path
    (tmp_path / "repo" / ".git").mkdir()
    assert tree_top(package, str(tmp_path)) == tmp_path / "repo"
