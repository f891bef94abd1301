"""Six small repositories, and what a run over them gives."""

from __future__ import annotations

from pathlib import Path

from migrate.batch.engines import Executor
from migrate.batch.job import Commit, Form, Job, Options
from migrate.batch.repository import Repository, Wanted, repositories
from migrate.batch.run import begun
from tests.batch.trees import SCRIPT, repository

BROKEN = "import tensorflow as tf\ntf.saved_model.simple_save(\n"


def six(directory: Path) -> tuple[Repository, ...]:
    """Six of them: some change, some do not, one cannot be fetched."""
    files = {
        "one": {"a.py": SCRIPT, "b.py": "print(1)\n"},
        "two": {"p/a.py": SCRIPT, "p/b.py": SCRIPT.replace('"out"', '"other"')},
        "three": {"c.py": "print(1)\n"},
        "four": {"broken.py": BROKEN, "a.py": SCRIPT},
        "five": {"a.py": SCRIPT.encode().replace(b"\n", b"\r\n")},
    }
    for name, content in files.items():
        repository(directory / name, content)
    addresses = [f"file://{directory / name}" for name in (*files, "missing")]
    return repositories(Wanted(address) for address in addresses)


def jobs(directory: Path, form: Form = Form.PATCH) -> list[Job]:
    """The work on them."""
    return [Job(one, options(form)) for one in six(directory)]


def options(form: Form) -> Options:
    """What is done."""
    return Options(form=form, commit=Commit(by_rule=True))


def outputs(out: Path, given: tuple[Repository, ...], executor: Executor, form: Form = Form.BRANCH) -> dict[str, bytes]:
    """Every file that a run gives for its repositories."""
    with begun(out, given, options(form)) as run:
        for _ in run.work(executor, lambda *_: None):
            pass
    kinds = ("patches", "records", "bundles", "trees")
    files = (path for kind in kinds for path in (out / kind).rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in files}
