"""Runs commands that are written in documents and settings, with this checkout as the installed tf-migrate."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]


def shell(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command as a job does.

    Args:
        command: One or more lines for bash.
        directory: Where to run it; the `tf-migrate` that it finds is put beside that.
    """
    tools = directory.parent / f"{directory.name}-tools"
    tools.mkdir(exist_ok=True)
    script = tools / "tf-migrate"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m migrate "$@"\n')
    script.chmod(0o755)
    who = {f"GIT_{role}_{key}": "tester" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {
        **who,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(TOP),
        "HOME": str(tools),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
