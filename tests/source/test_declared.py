"""Calls of users' own functions, read as the exports that they declared them to be."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from migrate.engine import rewrite_source
from migrate.paths import rewrite_paths
from migrate.results import Level, Result
from migrate.settings import Settings
from migrate.source.declared import read_declared
from migrate.source.symbols import Symbols
from migrate.wrappers import Wrapper, read_wrappers

DOCS = Path(__file__).parents[2] / "docs" / "wrappers.md"
SAVE = Wrapper(
    "company.export.save_model",
    "simple_save",
    ("sess", "path", "ins", "outs", "version"),
    (("session", "sess"), ("export_dir", "path"), ("inputs", "ins"), ("outputs", "outs")),
    ("version",),
)
BUILDER = Wrapper("company.export.Builder", "builder", ("path",), (("export_dir", "path"),))
SETTINGS = Settings(wrappers=(SAVE, BUILDER))

GRAPH = """\
import tensorflow as tf
{imports}

x = tf.placeholder(tf.float32, [None, 3], name='x')
y = tf.reduce_sum(x, 1)
with tf.Session() as sess:
    {call}
"""


def rewrite(code: str, path: str = "company/train.py") -> Result:
    """The result, after which nothing more is to do."""
    result = rewrite_source(code, path, SETTINGS)
    assert result.error is None
    assert rewrite_source(result.after, path, SETTINGS).after == result.after
    return result


def declared(code: str, path: str = "repository/company/train.py") -> list[str]:
    """The declared names whose calls are found in some code."""
    found = read_declared(Symbols(ast.parse(code)), path, SETTINGS.wrappers)
    return [call.wrapper.name for call in found.values()]


@pytest.mark.parametrize(
    "code",
    [
        "from company.export import save_model\nsave_model(s, d, i, o)",
        "from company.export import save_model as save\nsave(s, d, i, o)",
        "from company import export\nexport.save_model(s, d, i, o)",
        "import company.export\ncompany.export.save_model(s, d, i, o)",
        "import company.export as e\ndef f():\n    g = e.save_model\n    g(s, d, i, o)",
        "from .export import save_model\nsave_model(s, d, i, o)",
        "from . import export\nexport.save_model(s, d, i, o)",
        "from ..company import export as e\ne.save_model(s, d, i, o)",
    ],
)
def test_ways_to_import_it(code: str):
    assert declared(code) == ["company.export.save_model"]


@pytest.mark.parametrize(
    "code",
    [
        "from company.other import save_model\nsave_model(s, d, i, o)",
        "from mycompany.export import save_model\nsave_model(s, d, i, o)",
        "from other.company.export import save_model\nsave_model(s, d, i, o)",
        "from .other import save_model\nsave_model(s, d, i, o)",
        "def save_model(*a): pass\nsave_model(s, d, i, o)",
        "def f(save_model):\n    save_model(s, d, i, o)",
        "from company.export import save_model\nsave_model = print\nsave_model(s, d, i, o)",
        "save_model(s, d, i, o)",
    ],
)
def test_other_functions_of_that_name(code: str):
    assert declared(code) == []


def test_its_own_file():
    code = "def save_model(sess, path, ins, outs, version=1): pass\nsave_model(s, d, i, o)"
    assert declared(code, "repository/company/export.py") == ["company.export.save_model"]
    assert declared(code, "-") == []


def test_the_init_file_of_a_package():
    code = "from .export import save_model\nsave_model(s, d, i, o)"
    assert declared(code, "repository/company/__init__.py") == ["company.export.save_model"]
    assert declared(code, "repository/company/export/__init__.py") == []


def test_it_becomes_native_as_a_simple_save_does():
    call = "save_model(sess, 'out', {'x': x}, outs={'y': y}, version=3)"
    code = GRAPH.format(imports="from company.export import save_model", call=call)
    result = rewrite(code)
    (site,) = result.sites
    assert (site.level, site.kind, site.rule, site.column) == (Level.NATIVE, "simple_save", "TFM002", 5)
    assert [signature.inputs for signature in site.signatures] == [("x",)]
    plain = GRAPH.format(imports="", call="tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})")
    assert ast.dump(ast.parse(result.after)) == ast.dump(ast.parse(rewrite_source(plain, "company/train.py").after))


def test_an_import_that_is_used_otherwise_stays():
    code = GRAPH.format(imports="from company import export", call="export.save_model(sess, 'o', {'x': x}, {'y': y})")
    assert "import export" not in rewrite(code).after
    assert "from company import export\n" in rewrite(code + "print(export.VERSION)\n").after


@pytest.mark.parametrize(
    ("call", "bridged"),
    [
        ("save_model(s, d, i, o)", "bridge.simple_save(s, d, i, o)"),
        ("save_model(s, d, i, outs=o, version=2)", "bridge.simple_save(s, d, i, o)"),
        ("save_model(s, outs=o(), ins=i(), path=d)", "bridge.simple_save(s, outputs=o(), inputs=i(), export_dir=d)"),
    ],
)
def test_it_is_bridged_with_its_arguments_in_their_order(call: str, bridged: str):
    result = rewrite(f"from company.export import save_model\n\n\ndef f(s, d, i, o):\n    {call}\n")
    assert [site.level for site in result.sites] == [Level.BRIDGED]
    assert result.after == f"from migrate import bridge\n\n\ndef f(s, d, i, o):\n    {bridged}\n"


def test_a_builder():
    code = (
        "from company import export\n\ndef f(s, m):\n    b = export.Builder(path='out')\n"
        "    b.add_meta_graph_and_variables(s, ['serve'], m)\n    b.save()\n"
    )
    result = rewrite(code)
    assert [(site.level, site.kind) for site in result.sites] == [(Level.BRIDGED, "builder")]
    assert "b = bridge.SavedModelBuilder('out')\n" in result.after


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("s, d, **more", "the arguments of save_model are passed on with * or **"),
        ("s, d, i", "outs is not given to save_model"),
        ("s, d, i, o, 1, 2", "save_model has more arguments than were declared"),
        ("s, d, i, o, name=1", "save_model was declared without the parameter name"),
        ("s, d, i, o, version=next(n)", "version is given what a call returns"),
    ],
)
def test_arguments_that_cannot_be_read(arguments: str, reason: str):
    code = f"from company.export import save_model\n\ndef f(s, d, i, o, n, more):\n    save_model({arguments})\n"
    result = rewrite(code)
    (site,) = result.sites
    assert site.level is Level.FLAGGED
    assert site.reason is not None
    assert reason in site.reason
    assert not result.changed


def test_worker_processes_know_the_wrappers(tmp_path: Path):
    code = GRAPH.format(
        imports="from company.export import save_model", call="save_model(sess, 'o', {'x': x}, {'y': y})"
    )
    for number in range(8):
        (tmp_path / f"m{number}.py").write_text(code, "utf-8")
    results = list(rewrite_paths([tmp_path], SETTINGS, jobs=2))
    assert [str(site.level) for result in results for site in result.sites] == ["native"] * 8


def test_the_rule_files_of_the_docs():
    blocks = re.findall(r"```toml\n(\[\[wrapper.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    with TemporaryDirectory() as directory:
        files = [Path(directory, f"{number}.toml") for number in range(2)]
        for file, block in zip(files, blocks, strict=True):
            file.write_text(block, "utf-8")
        assert [wrapper.target for wrapper in read_wrappers(files)] == ["simple_save", "builder"]
