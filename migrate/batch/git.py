"""Git, such that nothing of a foreign repository runs: no hook, no filter, no monitor, no checkout at all.

What a repository holds is read object by object (`migrate.batch.objects`); no file of it is ever checked out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from migrate.errors import MigrateError

# Of the environment, these would point git at other repositories, or make it run other programs.
_DROPPED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_EXTERNAL_DIFF",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    # A window that asks for a password would wait for nobody. (GIT_ASKPASS is how a build server gives one.)
    "SSH_ASKPASS",
)
_CONFIG = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.alternateRefsCommand=",
    f"core.attributesFile={os.devnull}",
    "protocol.allow=never",
    "protocol.file.allow=always",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
    "advice.detachedHead=false",
    "safe.bareRepository=all",
    # A server that has sent nothing for a minute is given up.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
)
_FIXED = {
    "LC_ALL": "C",
    # The settings of a repository may allow protocols that run programs (`ext::`); this counts before them.
    "GIT_ALLOW_PROTOCOL": "file:https:ssh",
    # A password that is not known is an error and no question; so is a lazy fetch.
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}


def environment() -> dict[str, str]:
    """The environment that git runs in."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    return {**kept, **_FIXED}


def command(*args: str) -> list[str]:
    """A git command line with the settings that keep it harmless."""
    settings = [part for setting in _CONFIG for part in ("-c", setting)]
    return ["git", "--no-pager", "--literal-pathspecs", *settings, *args]


def git(
    directory: Path, *args: str, data: bytes | None = None, variables: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Runs git.

    Args:
        directory: Where.
        args: What.
        data: What it reads.
        variables: Variables to add to its environment.

    Returns:
        What it prints.

    Raises:
        MigrateError: It fails; the message is what it says, without the directory.
    """
    given: dict[str, object] = {"input": data} if data is not None else {"stdin": subprocess.DEVNULL}
    try:
        done = subprocess.run(
            command(*args), cwd=directory, env={**environment(), **variables}, capture_output=True, check=False, **given
        )  # type: ignore[call-overload]
    except OSError as error:
        raise MigrateError(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        raise MigrateError(_said(done.stderr, done.returncode))
    output: bytes = done.stdout
    return output


def _said(stderr: bytes, code: int) -> str:
    """The line of git's that tells what is wrong."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    fatal = next((line for line in lines if line.startswith(("fatal:", "error:"))), None)
    return (fatal or (lines[-1] if lines else f"git failed with exit code {code}")).removeprefix("fatal: ")
