"""What of other files of a program is read for a Keras model."""

from __future__ import annotations

import ast
from pathlib import Path

from trees import write_tree

from migrate.settings import Settings
from migrate.source.strategies.keras.other_files import OtherFiles, other_files
from migrate.source.view import ModuleView


def read(directory: Path, code: str, name: str = "export.py", **modules: str) -> OtherFiles:
    write_tree(directory, **modules)
    (directory / name).write_text(code, "utf-8")
    return other_files(ModuleView(code, ast.parse(code), str(directory / name), Settings()))


def layers(found: OtherFiles) -> dict[str, list[str]]:
    """The names of what each file calls."""
    return {
        file.name: [ast.unparse(node.func) for node in file.uses.nodes(ast.Call)]  # type: ignore[attr-defined]
        for file in found.files
    }


def test_what_is_imported_is_read_through_other_modules(tmp_path: Path):
    found = read(
        tmp_path,
        "def run():\n    from nets import make\n    return make()\n",
        nets__make="from nets import parts\ndef make():\n    return parts.dense()\n",
        nets__parts="import keras\nkeras.backend.clear_session()\ndef dense():\n    return keras.layers.Dense(1)\n",
    )
    assert layers(found) == {"nets/parts.py": ["keras.backend.clear_session", "keras.layers.Dense"]}
    assert [file.imported for file in found.files] == [True]
    assert not found.called
    assert {"nets", "make", "parts"} <= found.names


def test_functions_that_nobody_names_are_passed_over(tmp_path: Path):
    net = "import keras\ndef one():\n    return two()\ndef two():\n    return keras.Input()\ndef other():\n    keras.x()\n"
    assert layers(read(tmp_path, "import net\nnet.one()\n", net=net)) == {"net.py": ["two", "keras.Input"]}


def test_decorated_functions_are_read_in_any_case(tmp_path: Path):
    net = "import keras\n@register\ndef other():\n    keras.x()\n"
    assert layers(read(tmp_path, "import net\n", net=net)) == {"net.py": ["keras.x"]}


def test_files_that_import_the_file_are_read_as_a_whole(tmp_path: Path):
    main = "import keras\nimport export\nimport phase\ndef main():\n    export.run(keras.Input())\n"
    found = read(tmp_path, "def run(model):\n    pass\n", main=main, phase="import keras\nkeras.backend.x(1)\n")
    assert layers(found) == {"main.py": ["export.run", "keras.Input"], "phase.py": ["keras.backend.x"]}
    assert found.called
    assert not any(file.imported for file in found.files)


def test_files_of_other_programs_are_not_read(tmp_path: Path):
    found = read(tmp_path, "import net\n", net="import keras\n", other="import net, more\n", more="import keras\n")
    assert [file.name for file in found.files] == ["net.py"]


def test_python_2_and_what_nobody_can_read(tmp_path: Path):
    found = read(tmp_path, "import net, odd\n", net="import keras\nprint 1\n", odd="import keras\nthis it\n")
    assert [file.name for file in found.files] == ["net.py"]


def test_text_that_is_in_no_file(tmp_path: Path):
    assert other_files(ModuleView("import net\n", ast.parse("import net\n"), "-", Settings())) == OtherFiles()


def test_a_file_that_changes_is_read_again(tmp_path: Path):
    assert layers(read(tmp_path, "import net\n", net="import keras\n")) == {"net.py": []}
    assert layers(read(tmp_path, "import net\n", net="import keras\nkeras.x()\n")) == {"net.py": ["keras.x"]}


def test_a_copy_of_an_installed_package_is_not_read(tmp_path: Path):
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").touch()
    code = "import keras.net\nimport net\n"
    found = read(tmp_path, code, net="import keras\n", keras__net="import keras\n")
    assert [file.name for file in found.files] == ["net.py"]
    # A directory of scripts is no package.
    inside = read(tmp_path, "import near\n", "scripts/numpy/export.py", scripts__numpy__near="import keras\n")
    assert [file.name for file in inside.files] == ["scripts/numpy/near.py"]
