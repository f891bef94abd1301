from __future__ import annotations

from pathlib import Path

from migrate.verify.scripts.runnable import runnable
from tests.notebooks import notebook


def test_scripts_run_as_they_are(tmp_path: Path):
    script = tmp_path / "a.py"
    script.write_bytes(b"x = 1\n")
    assert runnable(script, None) is None
    assert runnable(script, b"y = 2\n") == b"y = 2\n"
    assert runnable(tmp_path / "missing.py", None) is None
    assert runnable(script, b"x = = 1\n") == b"x = = 1\n"


def test_a_notebook_runs_from_top_to_bottom(tmp_path: Path):
    script = tmp_path / "a.ipynb"
    script.write_bytes(notebook("x = 1\n!ls\nif x:\n    %cd ..", "print(x)"))
    assert runnable(script, None) == b"#\nx = 1\n#\nif x:\n    pass\n#\nprint(x)\n"
    assert runnable(script, notebook("y")) == b"#\ny\n"


def test_python_2_runs_as_python_3():
    assert runnable(Path("a.py"), b"# coding: latin-1\nprint '\xe9'\n") == b"# coding: latin-1\nprint('\xe9')\n"
