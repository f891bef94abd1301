"""Says what a file is that is no SavedModel: another format, a download that failed, a file never written to its end."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING

from migrate.signatures.wire import LENGTH_DELIMITED, WireError, fields

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.signatures.wire import Buffer

_ENOUGH = 512
_SAVE = "export the model as a SavedModel (`model.export(DIR)` in Keras)"
_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"version https://git-lfs"), "a pointer of Git LFS, not the model; run `git lfs pull` first"),
    (re.compile(rb"PK\x03\x04"), f"a zip file, as .keras files are; {_SAVE}, or unpack it"),
    (re.compile(rb"\x89HDF\r\n"), f"an HDF5 file, as Keras' .h5 files are; {_SAVE}"),
    (re.compile(rb"(?s).{4}TFL3"), "a TensorFlow Lite model; take the SavedModel that it was made from"),
    (re.compile(rb"\x1f\x8b"), "a gzip file; unpack it first"),
    (re.compile(rb"(?i)\s*<(!doctype|html|\?xml)"), "an HTML or XML page, not the model; download it again"),
    (re.compile(rb"\s*(saved_model_schema_version\s*:|meta_graphs\s*\{)"), "in text form; call it saved_model.pbtxt"),
    (re.compile(rb"\0{64}"), "nothing but zeros where a SavedModel starts; copy or export the model again"),
)


def mistaken_for(content: Buffer) -> str | None:
    """What a content is that is no SavedModel, and what to do, where its first bytes tell.

    Args:
        content: Of the file.

    Returns:
        None where they do not tell.
    """
    start = bytes(content[:_ENOUGH])
    for pattern, words in _KINDS:
        if pattern.match(start):
            return words
    if _is_graph(content):
        return "a GraphDef or MetaGraphDef, not a SavedModel; `tf-migrate convert` makes one of it"
    return None


def mistaken_file(file: Path) -> str | None:
    """The same of a file that is given where a SavedModel directory should be.

    Raises:
        OSError: It cannot be read.
    """
    if not file.is_file() or not file.stat().st_size:
        return None
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return mistaken_for(content)


def _is_graph(content: Buffer) -> bool:
    """Both start with a message, its nodes or its MetaInfoDef, where a SavedModel has a number."""
    try:
        kinds = {(field.number, field.wire_type) for field in fields(content, 0, len(content))}
    except WireError:
        return False
    return (1, LENGTH_DELIMITED) in kinds
