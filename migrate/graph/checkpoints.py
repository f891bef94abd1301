"""Finds a checkpoint's files by its prefix, whatever format wrote them."""

from __future__ import annotations

import re
from pathlib import Path

from migrate.errors import MigrateError

_STATE = re.compile(r'^model_checkpoint_path:\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)
_SHARD = re.compile(r"\.data-(\d{5})-of-(\d{5})\Z")


def checkpoint_prefix(path: Path) -> Path:
    """What the user named, as a prefix that TensorFlow takes.

    A directory stands for the latest checkpoint that its `checkpoint` file names; a checkpoint's own file
    (`.index`, `.meta`, `.data-00000-of-00001`) stands for its prefix.

    Raises:
        MigrateError: There is no checkpoint, or one of its shards is missing.
    """
    if path.is_dir():
        path = _latest(path)
    elif path.is_file() and (stripped := re.sub(r"\.(?:index|meta|data-\d{5}-of-\d{5})\Z", "", path.name)) != path.name:
        path = path.with_name(stripped)
    check_shards(path)
    return path


def adjacent_checkpoint(meta_file: Path) -> Path | None:
    """The checkpoint that a Saver wrote together with a `.meta` file, where it is there."""
    prefix = meta_file.with_suffix("")
    if meta_file.suffix != ".meta" or not is_checkpoint(prefix):
        return None
    check_shards(prefix)
    return prefix


def is_checkpoint(prefix: Path) -> bool:
    """Whether there are files of a V2 checkpoint, or of a V1 checkpoint in one or several shards."""
    if prefix.with_name(f"{prefix.name}.index").is_file() or prefix.is_file():
        return True
    return any(prefix.parent.glob(f"{prefix.name}-?????-of-?????"))


def check_shards(prefix: Path) -> None:
    """Looks for the files of every shard.

    Raises:
        MigrateError: There is no such checkpoint, or one of its data files is missing.
    """
    if not is_checkpoint(prefix):
        raise MigrateError(f"{prefix}: no checkpoint with this prefix (neither {prefix.name}.index nor a V1 file)")
    if not prefix.with_name(f"{prefix.name}.index").is_file():
        return
    shards = [match for file in prefix.parent.glob(f"{prefix.name}.data-*") if (match := _SHARD.search(file.name))]
    total = int(shards[0].group(2)) if shards else 1
    there = {int(match.group(1)) for match in shards}
    for shard in range(total):
        if shard not in there:
            raise MigrateError(f"{prefix}.data-{shard:05}-of-{total:05}: this shard of the checkpoint is missing")


def _latest(directory: Path) -> Path:
    try:
        text = (directory / "checkpoint").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MigrateError(f"{directory}: no `checkpoint` file in it says which checkpoint is the latest") from error
    match = _STATE.search(text)
    if match is None:
        raise MigrateError(f"{directory / 'checkpoint'}: it names no model_checkpoint_path")
    named = Path(match.group(1).encode("latin-1", "backslashreplace").decode("unicode_escape"))
    moved = directory / named.name
    # A directory that was moved still names the old place.
    return moved if is_checkpoint(moved) else directory / named
