"""Writes and reads a proof: FILE.json for people and programs, and beside it FILE.npz with its arrays."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.verify.record.arrays import ArrayReader, ArrayWriter
from migrate.verify.record.document import from_json, to_json

if TYPE_CHECKING:
    from os import PathLike

    from migrate.verify.record.proof import Proof

VERSION = 1
MOST_BYTES = 64 * 1024 * 1024
"""Of arrays, before they are compressed: a proof is kept in a repository."""

_WIDTH = 110
_MARK = "tf_migrate_proof"


def check_target(path: str | PathLike[str]) -> Path:
    """The file that a proof is to be written to; what is wrong with it is said before the work begins.

    Raises:
        MigrateError: It has another suffix than .json, or nothing can be written there.
    """
    target = Path(path)
    if target.suffix != ".json":
        raise MigrateError(f"{target}: a proof is a .json file (its arrays get the suffix .npz); name it so")
    if target.is_dir():
        raise MigrateError(f"{target}: is a directory; name a file for the proof")
    if not os.access(target.parent, os.W_OK):
        why = "cannot be written to" if target.parent.is_dir() else "is no directory"
        raise MigrateError(f"{target}: {target.parent} {why}; choose another place for the proof")
    return target


def write_proof(path: Path, proof: Proof) -> int:
    """Writes a proof; an older one is replaced. The two files know each other by checksums.

    Args:
        path: The .json file.
        proof: The proof.

    Returns:
        The bytes of both files.

    Raises:
        MigrateError: It is too large, or cannot be written.
    """
    arrays = ArrayWriter()
    try:
        body = to_json(proof, arrays)
    except MigrateError as error:
        raise MigrateError(f"{path}: equal, but not recorded: {error}") from error
    if arrays.size > MOST_BYTES:
        weights = sum(weight.value.nbytes for export in proof.exports for weight in export.weights)
        raise MigrateError(
            f"{path}: equal, but not recorded: it would hold {_megabytes(arrays.size)} ({_megabytes(weights)} of them "
            f"weights that start from random numbers), more than {_megabytes(MOST_BYTES)}; compare smaller models, or "
            f"give smaller --samples"
        )
    content = arrays.content()
    body = {"arrays_sha256": _sha256(content), **body}
    text = _laid_out({_MARK: VERSION, "sha256": _checksum(body), **body}) + "\n"
    try:
        # A proof whose arrays are newer than its text is refused when it is read.
        _put(path.with_suffix(".npz"), content)
        _put(path, text.encode())
    except OSError as error:
        raise MigrateError(f"{path}: cannot write the proof: {error.strerror or error}") from error
    return len(content) + len(text)


def read_proof(path: str | PathLike[str]) -> Proof:
    """Reads a proof and checks that it is whole.

    Raises:
        MigrateError: One of its two files cannot be read, is no part of a proof, was changed, or belongs to another.
    """
    file = Path(path)
    data = _document(file)
    beside = file.with_suffix(".npz")
    content = _bytes(beside)
    if _sha256(content) != data.get("arrays_sha256"):
        raise MigrateError(f"{beside}: not the arrays that belong to {file}; restore both files, or record them anew")
    try:
        return from_json(data, ArrayReader(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MigrateError(f"{file}: not a whole proof ({type(error).__name__}: {error}); record it anew") from error


def _document(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(_bytes(file))
    except (ValueError, RecursionError) as error:
        raise MigrateError(f"{file}: not a proof: no JSON ({str(error).splitlines()[0]})") from error
    if not isinstance(data, dict) or _MARK not in data:
        raise MigrateError(f"{file}: not a proof: tf-migrate verify --record writes proofs")
    if data[_MARK] != VERSION:
        raise MigrateError(f"{file}: a proof of version {data[_MARK]}; this tf-migrate reads version {VERSION}")
    body = {key: value for key, value in data.items() if key not in (_MARK, "sha256")}
    if data.get("sha256") != _checksum(body):
        raise MigrateError(f"{file}: was changed after it was recorded: its checksum does not fit; record it anew")
    return data


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MigrateError(f"{file}: cannot read the proof: {error.strerror or error}") from error


def _put(target: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _checksum(body: dict[str, Any]) -> str:
    """Of the values, not of the text: how the lines of the file are broken does not matter."""
    return _sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _laid_out(value: Any, indent: int = 0) -> str:
    """JSON in which what fits on a line is on one, so that a diff can be read."""
    flat = json.dumps(value)
    if not isinstance(value, (dict, list)) or not value or (indent > 0 and indent + len(flat) <= _WIDTH):
        return flat
    inner, end = "\n" + " " * (indent + 1), "\n" + " " * indent
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {_laid_out(item, indent + 1)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{end}}}"
    return f"[{inner}{f',{inner}'.join(_laid_out(item, indent + 1) for item in value)}{end}]"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"
