"""A text in the editor of the reviewer's choice."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from migrate.errors import MigrateError

_USUAL = ("sensible-editor", "editor", "nano", "vi")


def editor_command() -> list[str]:
    """The editor: `$VISUAL`, `$EDITOR`, or one that is usually there.

    Raises:
        MigrateError: There is none, or what is named cannot be split into words.
    """
    for name in ("VISUAL", "EDITOR"):
        said = os.environ.get(name, "").strip()
        if said:
            try:
                return shlex.split(said)
            except ValueError as error:
                raise MigrateError(f"${name} is {said!r}: {error}") from error
    found = next((one for one in _USUAL if shutil.which(one)), None)
    if found is None:
        raise MigrateError("no editor: set $VISUAL or $EDITOR")
    return [found]


def edited(text: str, name: str, command: list[str]) -> str:
    """Lets the reviewer edit a text; waits until the editor has gone.

    Args:
        text: The text.
        name: What its file is called, so that the editor knows its language.
        command: The editor.

    Returns:
        What was saved.

    Raises:
        MigrateError: The editor cannot be started or failed, or what it saved is no UTF-8.
    """
    with tempfile.TemporaryDirectory(prefix="tf-migrate-") as place:
        file = Path(place, name)
        # As bytes: newlines stay as they are.
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            done = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            raise MigrateError(
                f"{command[0]}: {(error.strerror or str(error)).lower()}; set $VISUAL or $EDITOR"
            ) from error
        if done.returncode:
            raise MigrateError(f"{command[0]} ended with exit code {done.returncode}; nothing was taken")
        try:
            return file.read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as error:
            raise MigrateError(f"what {command[0]} saved cannot be read: {error}") from error
