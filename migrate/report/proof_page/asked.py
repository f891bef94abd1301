"""What `verify` was asked for, and the command that asks for it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.verify.scripts.results import ScriptComparison

if TYPE_CHECKING:
    from migrate.verify.results import Comparison
    from migrate.verify.scripts.results import Run

_TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the results do not say about how they were made.

    Attributes:
        seed: From which inputs were generated.
        samples: The file with inputs in place of generated ones.
        args: The arguments of both scripts.
        timeout: The seconds that a script could take.
        network: Whether scripts could use the network.
        variables: The names of the environment variables that scripts were given; their values may be secrets.
        proof: The recorded proof that was checked again; None where both sides were run.
        after: What took the place of the recorded second side.
    """

    seed: int = 0
    samples: Path | None = None
    args: tuple[str, ...] = ()
    timeout: float = _TIMEOUT
    network: bool = False
    variables: tuple[str, ...] = ()
    proof: Path | None = None
    after: Path | None = None


def repeat_command(comparison: Comparison | ScriptComparison, asked: Asked) -> str:
    """The command that makes the proof again, quoted for a POSIX shell.

    The interpreter of the original is named also where it was found by itself: another day another one may be found.

    Args:
        comparison: What came out of it.
        asked: What it was made from.

    Returns:
        One line; `NAME=...` stands for each environment variable, without its value.
    """
    words = ["tf-migrate", "verify"]
    for_scripts = ["--timeout", f"{asked.timeout:g}"] if asked.timeout != _TIMEOUT else []
    for_scripts += ["--network"] if asked.network else []
    for_scripts += [word for name in asked.variables for word in ("--env", f"{name}=...")]
    if asked.proof is not None:
        words += ["--recheck", _path(asked.proof), *([] if asked.after is None else [_path(asked.after)])]
        return shlex.join([*words, *(for_scripts if isinstance(comparison, ScriptComparison) else [])])
    if isinstance(comparison, ScriptComparison):
        before, after = comparison.before, comparison.after
        words += ["--scripts", _path(before.script), _path(after.script)]
        words += ["--tf1-python", _path(before.interpreter.path), *for_scripts]
    else:
        words += [_path(comparison.a), _path(comparison.b)]
        words += ["--tags", ",".join(comparison.tags)] if comparison.tags != ("serve",) else []
    words += ["--seed", str(asked.seed)]
    words += ["--samples", _path(asked.samples)] if asked.samples is not None else []
    words += ["--", *asked.args] if asked.args else []
    return shlex.join(words)


def script_command(run: Run, asked: Asked) -> str:
    """What ran a script, in its own directory and environment; `{out}` is its output directory."""
    return shlex.join([str(run.interpreter.path), str(run.script), *asked.args])


def _path(path: str | Path) -> str:
    """A path as a word that no program takes for an option."""
    text = str(path)
    return f"./{text}" if text.startswith("-") else text
