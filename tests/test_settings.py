from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.results import Level
from migrate.settings import Settings, read_settings


def write(directory, text):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text(text)


def test_defaults_without_a_file(cwd):
    assert read_settings(["nowhere/x.py"]) == Settings()
    assert read_settings() == Settings(None, (), (), (), depend_on_migrate=False, whole_program=False)
    assert read_settings().best is Level.NATIVE


def test_a_level_that_is_said_is_another_than_none(cwd):
    write(cwd, '[tool.tf-migrate]\nlevel = "native"\n')
    assert read_settings(["x.py"]).level is Level.NATIVE


def test_all_keys(cwd):
    lists = 'select = []\nexclude = ["old", "*_pb2.py"]\n'
    write(cwd, f'[tool.tf-migrate]\nlevel = "bridged"\n{lists}depend-on-migrate = true\n')
    assert read_settings(["x.py"]) == Settings(
        Level.BRIDGED, exclude=("old", "*_pb2.py"), depend_on_migrate=True, root=str(cwd)
    )


def test_depend_on_migrate_is_true_or_false(cwd):
    write(cwd, '[tool.tf-migrate]\ndepend-on-migrate = "yes"\n')
    with pytest.raises(MigrateError, match="depend-on-migrate must be true or false"):
        read_settings(["x.py"])


def test_the_nearest_file_with_the_table_counts(cwd):
    write(cwd, '[tool.tf-migrate]\nlevel = "wrapped"\n')
    write(cwd / "a", '[project]\nname = "tf-migrate-user"\n')
    write(cwd / "a/b", '[tool.tf-migrate]\nlevel = "bridged"\n')
    (cwd / "a/c").mkdir()
    assert read_settings(["a/b/x.py"]).level is Level.BRIDGED
    assert read_settings(["a/b"]).level is Level.BRIDGED
    assert read_settings(["a/x.py"]).level is Level.WRAPPED
    assert read_settings(["a/b/x.py", "a/c"]).level is Level.WRAPPED
    assert read_settings(["a/missing/x.py"]).level is Level.WRAPPED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.tf-migrate]\nlevels = "native"\n', r"\[tool.tf-migrate\]: unknown key 'levels'"),
        (
            '[tool.tf-migrate]\nlevel = "flagged"\n',
            "level must be one of native, wrapped, bridged, not 'flagged'",
        ),
        ("[tool.tf-migrate]\nlevel = 1\n", "level must be one of"),
        ("[tool.tf-migrate]\nlevel = []\n", "level must be one of"),
        ('[tool.tf-migrate]\nexclude = "old"\n', "exclude must be a list of strings"),
        ("[tool.tf-migrate]\nselect = [1]\n", "select must be a list of strings"),
        ('[tool.tf-migrate]\nignore = ["TFM998"]\n', "ignore: there is no rule 'TFM998'"),
        ("[tool.tf-migrate\n", "not valid TOML"),
        ("[tool]\ntf-migrate = 1\n", "tool.tf-migrate must be a table"),
        ("tool = 1 # tf-migrate\n", "must be a table"),
    ],
)
def test_mistakes_are_told_with_the_file(cwd, text, message):
    write(cwd, text)
    with pytest.raises(MigrateError, match=message) as caught:
        read_settings(["x.py"])
    assert str(caught.value).startswith(str(cwd / "pyproject.toml"))
    assert "\n" not in str(caught.value)


def test_a_broken_file_that_does_not_name_the_tool_is_not_our_business(cwd):
    write(cwd, "[broken\n")
    assert read_settings(["x.py"]) == Settings()


def test_rule_files_are_relative_to_the_file_that_names_them(cwd):
    wrapper = '[[wrapper]]\nname = "a.B"\nis = "builder"\nparameters = ["d"]\nexport_dir = "d"\n'
    write(cwd / "a", '[tool.tf-migrate]\nrules = ["rules/own.toml"]\n')
    (cwd / "a/rules").mkdir()
    (cwd / "a/rules/own.toml").write_text(wrapper)
    settings = read_settings(["a/b/x.py"])
    assert settings.rules == ("rules/own.toml",)
    assert [found.name for found in settings.wrappers] == ["a.B"]


def test_a_rule_file_that_is_not_there(cwd):
    write(cwd, '[tool.tf-migrate]\nrules = ["own.toml"]\n')
    with pytest.raises(MigrateError, match=r"own\.toml: No such file"):
        read_settings(["x.py"])


def test_one_directory_is_what_belongs_together(cwd):
    (cwd / "a").mkdir()
    assert read_settings(["a"]).top == str(cwd / "a")
    assert read_settings(["a", "b"]).top == ""
    (cwd / "x.py").touch()
    assert read_settings(["x.py"]).top == ""
    write(cwd, "[tool.tf-migrate]\n")
    assert read_settings(["a"]).top == str(cwd)
