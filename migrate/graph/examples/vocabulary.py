"""Class names: the file that lists them, and what `--classes` means."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from migrate.errors import MigrateError

_BOM = b"\xef\xbb\xbf"


def parse_classes(text: str, outputs: Collection[str]) -> tuple[str | None, tuple[bytes, ...] | None]:
    """Reads `--classes X`: an output, a vocabulary file, or both as `OUTPUT=FILE`.

    Args:
        text: X.
        outputs: The keys of the signature's outputs. They go first: `X` is one wherever it can be.

    Returns:
        The output's key or None, and the file's classes or None.

    Raises:
        MigrateError: There is neither such an output nor such a file, or the file is no vocabulary.
    """
    if text in outputs:
        return text, None
    for key in sorted(outputs, key=len, reverse=True):
        if text.startswith(f"{key}="):
            return key, read_vocabulary(Path(text.removeprefix(f"{key}=")))
    if not Path(text).exists():
        listed = ", ".join(f"`{key}`" for key in sorted(outputs))
        raise MigrateError(f"--classes {text}: neither an output (there is {listed or 'none'}) nor a file")
    return None, read_vocabulary(Path(text))


def read_vocabulary(path: Path) -> tuple[bytes, ...]:
    """The classes of a vocabulary file, one a line, in order.

    Lines may end in CRLF, and a byte order mark at the start is no part of the first class.

    Raises:
        MigrateError: It cannot be read, or has an empty line, a class twice, or one that is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MigrateError(f"{path}: cannot read it: {error.strerror or error}") from error
    lines = data.removeprefix(_BOM).removesuffix(b"\n").split(b"\n")
    classes = tuple(line.removesuffix(b"\r") for line in lines)
    if classes == (b"",):
        raise MigrateError(f"{path}: there is no class in it; one a line is expected")
    first: dict[bytes, int] = {}
    for number, name in enumerate(classes, 1):
        if not name:
            raise MigrateError(f"{path}: line {number} is empty; one class a line is expected")
        if name in first:
            text = name.decode("utf-8", "replace")
            raise MigrateError(f"{path}: line {number} is `{text}`, as line {first[name]} is; each class is one line")
        # Labels are protobuf strings in a Classify response; gRPC refuses them where they are not UTF-8.
        try:
            name.decode("utf-8")
        except UnicodeDecodeError:
            raise MigrateError(f"{path}: line {number} is not UTF-8, which class labels have to be") from None
        first[name] = number
    return classes
