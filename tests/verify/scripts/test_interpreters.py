import os
import sys
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.verify.scripts import interpreters
from migrate.verify.scripts.interpreters import own_interpreter, probe, tensorflow1


def fake_python(path: Path, version: str, tensorflow: str | None, *, package: bool = True) -> Path:
    """A Python of another version: this one, with other answers and other site-packages."""
    site = path.parent.parent / "lib" / f"python{version.rpartition('.')[0]}" / "site-packages"
    site.mkdir(parents=True)
    if tensorflow is not None:
        (site / f"tensorflow_gpu-{tensorflow}.dist-info").mkdir()
        if package:
            (site / "tensorflow").mkdir()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable} -IS\n"
        "import sys\n"
        f"sys.executable, sys.path = {str(path)!r}, [{str(site)!r}] + [p for p in sys.path if 'site-packages' not in p]\n"
        f"sys.version_info = {tuple(map(int, version.split('.')))!r}\n"
        "exec(sys.argv[2])\n"
    )
    path.chmod(0o755)
    return path


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(tmp_path / "none"), "HOME": str(tmp_path / "home"), **more}


def test_this_interpreter_has_tensorflow_2():
    found = own_interpreter()
    assert found.path == Path(sys.executable)
    assert found.tensorflow.startswith("2.")
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert str(found) == f"TensorFlow {found.tensorflow} (Python {found.python}, {sys.executable})"


def test_probing_says_which_tensorflow_there_is(tmp_path: Path):
    found = probe(fake_python(tmp_path / "a" / "bin" / "python", "3.7.9", "1.15.5"))
    assert found is not None
    assert (found.python, found.tensorflow, found.as_v1) == ("3.7.9", "1.15.5", False)
    assert probe(fake_python(tmp_path / "b" / "bin" / "python", "3.7.9", None)) is None
    # Metadata that an uninstallation has left behind.
    assert probe(fake_python(tmp_path / "c" / "bin" / "python", "3.7.9", "1.15.5", package=False)) is None
    assert probe(tmp_path / "none") is None


def test_the_named_one_goes_first(tmp_path: Path):
    named = fake_python(tmp_path / "a" / "bin" / "python", "3.6.1", "1.12.0")
    other = fake_python(tmp_path / "b" / "bin" / "python", "3.7.9", "1.15.5")
    found = tensorflow1(named, environment(tmp_path, TF1_PYTHON=str(other)))
    assert found is not None
    assert found.tensorflow == "1.12.0"
    found = tensorflow1(None, environment(tmp_path, TF1_PYTHON=str(other)))
    assert found is not None
    assert found.tensorflow == "1.15.5"


@pytest.mark.parametrize(
    ("version", "tensorflow", "said"),
    [
        ("3.7.9", None, "TensorFlow is not installed in this Python; correct --tf1-python"),
        ("2.7.18", "1.15.5", r"Python 2\.7\.18 is too old; --tf1-python needs 3\.5 or later"),
    ],
)
def test_a_named_one_that_will_not_do(tmp_path: Path, version: str, tensorflow: str | None, said: str):
    python = fake_python(tmp_path / "bin" / "python", version, tensorflow)
    with pytest.raises(MigrateError, match=said):
        tensorflow1(python)
    with pytest.raises(MigrateError, match="this Python does not run; correct TF1_PYTHON"):
        tensorflow1(None, {"TF1_PYTHON": str(tmp_path / "none")})


def test_on_path(tmp_path: Path):
    fake_python(tmp_path / "new" / "bin" / "python3", "3.12.0", "2.17.0")
    fake_python(tmp_path / "old" / "bin" / "python3.7", "3.7.9", "1.14.0")
    path = os.pathsep.join(["", str(tmp_path / "new" / "bin"), str(tmp_path / "old" / "bin")])
    found = tensorflow1(None, environment(tmp_path, PATH=path))
    assert found is not None
    assert found.tensorflow == "1.14.0"


@pytest.mark.parametrize(
    "prefix",
    ["home/.pyenv/versions/tf1", "home/.virtualenvs/tf1", "home/miniconda3/envs/tf1", "home/tf1", "work/.venv"],
)
def test_in_environments(tmp_path: Path, prefix: str, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    python = fake_python(tmp_path / prefix / "bin" / "python", "3.7.9", "1.15.0")
    found = tensorflow1(None, environment(tmp_path))
    assert found is not None
    assert found.path == python


def test_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(interpreters, "_glob", lambda _: [])
    assert tensorflow1(None, environment(tmp_path)) is None
