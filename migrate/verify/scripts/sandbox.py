"""A place of its own for each script: a copy of its directory, HOME, TMPDIR and outputs, a clean environment."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OUT = "{out}"
"""What stands for a side's output directory in the arguments."""

_KEPT = frozenset(
    {
        *("PATH", "LANG", "LANGUAGE", "TZ", "TERM", "USER", "LOGNAME", "SHELL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR"),
    }
)
_SET = {
    # Hash order, kernels and devices may otherwise change the numbers from one run to the next.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
_LEFT = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".tox", ".nox", ".venv", "venv", "node_modules"),
        *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints"),
    }
)
_MOST_FILES = 5_000
_MOST_BYTES = 500_000_000
_LARGE = 64_000_000


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The directories of one run; all are below `root`.

    Attributes:
        root: Holds the others, the job and the record.
        work: The copy of the script's directory, and the current directory of the run.
        script: The script in it.
        out: What `{out}` stands for; it does not exist before the run. It has a folder of its own, for a script may
            put something beside it (`{out}.pb`).
        home: HOME.
        tmp: TMPDIR.
        moved: Where what was written outside is put after the run.
        notes: What was not copied.
    """

    root: Path
    work: Path
    script: Path
    out: Path
    home: Path
    tmp: Path
    moved: Path
    notes: tuple[str, ...] = ()

    @property
    def record(self) -> Path:
        """What the script wrote, a JSON object a line."""
        return self.root / "record.jsonl"


def make_sandbox(root: Path, script: Path, text: bytes | None = None) -> Sandbox:
    """Copies a script's directory.

    Args:
        root: A directory that does not exist yet.
        script: The script.
        text: What the copy of the script is to hold, where not what the file holds.

    Raises:
        MigrateError: There is no such file, or it or the directory cannot be copied.
    """
    if not script.is_file():
        raise MigrateError(f"{script}: no such file; name a Python script")
    root = Path(os.path.realpath(root.parent)) / root.name
    work, home, tmp, moved, outputs = (root / name for name in ("work", "home", "tmp", "moved", "outputs"))
    try:
        for directory in (work, home, tmp, moved, outputs):
            directory.mkdir(parents=True)
        notes = _copy(script.resolve().parent, work, root)
        copy = work / script.resolve().name
        if text is not None:
            copy.unlink(missing_ok=True)
            copy.write_bytes(text)
    except OSError as error:
        raise MigrateError(f"{script}: cannot copy its directory: {error.strerror or error}") from error
    return Sandbox(root, work, copy, outputs / "out", home, tmp, moved, tuple(notes))


def arguments(sandbox: Sandbox, args: Sequence[str]) -> list[str]:
    """The arguments with the side's own output directory in the place of `{out}`."""
    return [argument.replace(OUT, str(sandbox.out)) for argument in args]


def environment(sandbox: Sandbox, added: Mapping[str, str], base: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the script sees: nothing that changes what Python or TensorFlow do, no proxies, a HOME of its own.

    Args:
        sandbox: Where it runs.
        added: What the user wants it to have.
        base: In place of this process's environment.
    """
    base = os.environ if base is None else base
    kept = {name: value for name, value in base.items() if name.upper() in _KEPT or name.startswith("LC_")}
    kept.setdefault("LANG", "C.UTF-8")
    # Packages that were installed for one user only lie below the real HOME.
    if "HOME" in base:
        kept["PYTHONUSERBASE"] = base.get("PYTHONUSERBASE") or f"{base['HOME']}/.local"
    own = {"HOME": str(sandbox.home), "USERPROFILE": str(sandbox.home)}
    own |= dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(sandbox.tmp))
    return {**kept, **_SET, **own, **added}


def _copy(source: Path, target: Path, root: Path) -> list[str]:
    """Copies a directory; of a very large one only its own files, and links to its folders."""
    folders = _is_small(source)
    large = 0
    for entry in _entries(source):
        if root.is_relative_to(entry):
            continue  # The sandbox itself may lie there.
        if entry.is_dir() and not entry.is_symlink():
            if folders:
                large += _copy_folder(entry, target / entry.name)
            else:
                (target / entry.name).symlink_to(entry)
        elif entry.is_file():
            large += _copy_file(entry, target / entry.name)
        elif entry.is_symlink():
            (target / entry.name).symlink_to(entry.readlink())
    notes = []
    if not folders:
        notes.append(f"{source} is large: its folders were linked, not copied; what is in them cannot be changed")
    if large:
        notes.append(f"{source}: {large} large files were linked, not copied; they cannot be changed")
    return notes


def _copy_folder(source: Path, target: Path) -> int:
    target.mkdir()
    large = 0
    for entry in _entries(source):
        if entry.is_dir() and not entry.is_symlink():
            large += _copy_folder(entry, target / entry.name)
        elif entry.is_symlink():
            (target / entry.name).symlink_to(entry.readlink())
        elif entry.is_file():
            large += _copy_file(entry, target / entry.name)
    return large


def _copy_file(source: Path, target: Path) -> bool:
    if source.stat().st_size > _LARGE:
        target.symlink_to(source.resolve())
        return True
    shutil.copy2(source, target)
    return False


def _entries(folder: Path) -> Iterator[Path]:
    return (entry for entry in sorted(folder.iterdir()) if entry.name not in _LEFT)


def _is_small(source: Path) -> bool:
    files = size = 0
    for folder, names, inside in os.walk(source):
        names[:] = [name for name in names if name not in _LEFT]
        for name in inside:
            files += 1
            try:
                bytes_ = (Path(folder) / name).lstat().st_size
            except OSError:
                continue
            size += bytes_ if bytes_ <= _LARGE else 0
        if files > _MOST_FILES or size > _MOST_BYTES:
            return False
    return True
