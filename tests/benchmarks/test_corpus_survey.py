"""The corpus bench counts what it should; where it runs on, and how fast that is, depends on who runs it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from migrate.results import Level, Refusal, Site

pytestmark = pytest.mark.usefixtures("benchmarks")

SITE = Site("TFM001", "simple_save", 1, 1, Level.NATIVE, "exported")
FLAGGED = Site(
    "TFM900", "builder", 1, 1, Level.FLAGGED, "left", "no",
    refusals=(
        Refusal(Level.NATIVE, "native", "TFM101", "the input 'x' (x) is made elsewhere (line 31)"),
        Refusal(Level.NATIVE, "native", "TFM101", "the input 'y' (a.b) is made elsewhere (line 7)"),
    ),
)  # fmt: skip


@pytest.fixture
def benchmarks(monkeypatch):
    """Lets the benchmarks be imported."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")


@pytest.fixture
def tree(tmp_path):
    """Files of every kind."""
    files = {
        "native.py": "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 2], name='x')\n"
        "y = tf.multiply(x, 2.0)\nwith tf.Session() as sess:\n"
        "    tf.saved_model.simple_save(sess, '/tmp/model', inputs={'x': x}, outputs={'y': y})\n",
        "neither.py": "import tensorflow.saved_model\nprint 1 +\n",
        "other.py": "pass\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_survey_of_a_tree(tree):
    found = import_module("corpus_survey").survey(tree)
    assert (found.name, found.files, [site.level for site in found.sites]) == (tree.name, 3, [Level.NATIVE])
    assert found.changed == (str(tree / "native.py"),)
    assert not (found.crashes or found.broken or found.unstable)
    assert [said.split(":")[0] for said in found.unreadable] == [str(tree / "neither.py")]


@pytest.mark.usefixtures("toy_engine")
def test_crashes_and_unstable_files_are_told(tree, monkeypatch):
    module = import_module("corpus_survey")
    (tree / "crash.py").write_text("simple_save(CRASH)\n")
    (tree / "broken.py").write_text("simple_save(\n")
    monkeypatch.setattr(module, "rewrite_source", lambda *_: _Changed())
    found = module.survey(tree)
    assert [said.split(": ")[1:] for said in found.crashes] == [["internal error", "ZeroDivisionError", "first line"]]
    assert found.broken == (str(tree / "broken.py"),)
    assert found.unstable == (str(tree / "broken.py"), str(tree / "native.py"))


def test_sites_are_counted_by_rule_and_by_what_each_strategy_says():
    module = import_module("corpus_survey")
    one = module.Survey("a", 2, (SITE, FLAGGED), (), (), (), (), ())
    total = module.Survey.of("all", [one, one])
    assert (total.name, total.files) == ("all", 4)
    assert dict(total.by_rule()) == {
        (Level.NATIVE, "simple_save", "TFM001"): 2,
        (Level.FLAGGED, "builder", "TFM900"): 2,
    }
    assert dict(total.by_reason()) == {(Level.NATIVE, "native", "the input .. .. is made elsewhere"): 2}


@pytest.mark.parametrize(
    ("reason", "general"),
    [
        ("it writes the tags ['a', 'b'] (line 3)", "it writes the tags .."),
        ("the session K.get_session() comes from elsewhere", "the session .. comes from elsewhere"),
        ("the file says no on line 12", "the file says no"),
    ],
)
def test_reasons_lose_what_is_the_codes_own(reason, general):
    assert import_module("corpus_survey").general(reason) == general


def test_the_pinned_list():
    packages = import_module("corpus_packages").read_packages()
    assert len({package.name for package in packages}) == len(packages) >= 25
    assert all(len(package.sha256) == 64 for package in packages)


class _Changed:
    changed = True
    error = None
