"""Rule files: what they may say, and what is said about mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.wrappers import Wrapper, read_wrappers

GOOD = """\
[[wrapper]]
name = "mycompany.export.save_model"
is = "simple_save"
parameters = ["sess", "path", "ins", "outs", "version"]
session = "sess"
export_dir = "path"
inputs = "ins"
outputs = "outs"
ignore = ["version"]
"""


def read(tmp_path: Path, text: str) -> tuple[Wrapper, ...]:
    file = tmp_path / "rules.toml"
    file.write_text(text, "utf-8")
    return read_wrappers([file])


def test_a_simple_save(tmp_path: Path):
    (wrapper,) = read(tmp_path, GOOD)
    assert wrapper == Wrapper(
        "mycompany.export.save_model",
        "simple_save",
        ("sess", "path", "ins", "outs", "version"),
        (("session", "sess"), ("export_dir", "path"), ("inputs", "ins"), ("outputs", "outs")),
        ("version",),
    )
    assert wrapper.word == "save_model"


def test_a_builder_and_an_init_op(tmp_path: Path):
    more = '[[wrapper]]\nname = "a.B"\nis = "builder"\nparameters = ["d"]\nexport_dir = "d"\n'
    text = GOOD.replace('ignore = ["version"]', 'legacy_init_op = "version"') + more
    first, second = read(tmp_path, text)
    assert ("legacy_init_op", "version") in first.arguments
    assert (second.target, second.arguments) == ("builder", (("export_dir", "d"),))


def test_no_wrappers(tmp_path: Path):
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('is = "simple_save"\n', "", "wrapper 1: is is missing"),
        ('"simple_save"', '"estimator"', "wrapper 1: is must be one of simple_save, builder, not 'estimator'"),
        ('"simple_save"', "3", "wrapper 1: is must be a string"),
        ("inputs =", "input =", "wrapper 1: unknown key 'input'; known for a simple_save are name, is, parameters"),
        ('inputs = "ins"', 'inputs = "in"', "wrapper 1: inputs: 'in' is none of its parameters"),
        (
            'inputs = "ins"',
            'inputs = "outs"',
            "wrapper 1: parameters: 'ins' is said to be nothing; list it under ignore",
        ),
        ('ignore = ["version"]', "", "wrapper 1: parameters: 'version' is said to be nothing"),
        ('["version"]', '["version", "ins"]', "wrapper 1: parameters: 'ins' is said to be several things"),
        ('ignore = ["version"]', 'ignore = "version"', "wrapper 1: ignore must be a list of strings"),
        ('["sess", ', '["sess", "sess", ', "wrapper 1: parameters must name every parameter once"),
        ("mycompany.export.save_model", "save_model", "wrapper 1: name must be a dotted name"),
        ("[[wrapper]]", "[wrapper]", "rules.toml: wrapper: wrappers are written as"),
        ("[[wrapper]]", "[[wrappers]]", "rules.toml: unknown key 'wrappers'"),
        ("[[wrapper]]", "wrapper = [1]\n[other]", "unknown key 'other'"),
        ("[[wrapper]]", "[[wrapper", "rules.toml: not valid TOML"),
        ("", GOOD, "wrapper 2: mycompany.export.save_model is declared already"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, old: str, new: str, message: str):
    text = GOOD + new if not old else GOOD.replace(old, new, 1)
    with pytest.raises(MigrateError) as error:
        read(tmp_path, text)
    assert message in str(error.value)
    assert str(tmp_path / "rules.toml") in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(MigrateError, match=r"none\.toml: No such file"):
        read_wrappers([tmp_path / "none.toml"])
