"""What `rewrite` and `review` share: options that say what may be done, and the settings that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from migrate.settings import Settings


class Target(StrEnum):
    """The levels that can be asked for."""

    NATIVE = "native"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"


LevelOption = Annotated[Target | None, typer.Option("--level", help="The best level to go for.  [default: native]")]
SelectOption = Annotated[
    list[str] | None, typer.Option("--select", metavar="RULE", help="Apply only this rule (repeatable).")
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="RULE", help="Do not apply this rule (repeatable).")
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave these out, as in a .gitignore (repeatable)."),
]
DependOption = Annotated[
    bool, typer.Option("--depend-on-migrate", help="Let the new code import migrate instead of bringing helpers.")
]
WholeProgramOption = Annotated[
    bool,
    typer.Option(
        "--whole-program",
        help="Give code without an export TF1's names where it runs with session code that stays.",
    ),
]
JobsOption = Annotated[
    int, typer.Option("--jobs", metavar="N", min=0, help="Processes to use; 0 is one for every CPU.")
]
AllowDirtyOption = Annotated[bool, typer.Option("--allow-dirty", help="Write also where git has uncommitted changes.")]
PatchOption = Annotated[
    Path | None,
    typer.Option("--patch", metavar="FILE", help="Write all changes as one mail for `git am`; `-` is stdout."),
]
VerifyArgsOption = Annotated[
    str,
    typer.Option("--verify-args", metavar="ARGS", help="Arguments of these scripts; {out} is where to export."),
]


def settings_of(
    paths: Sequence[str],
    level: Target | None,
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    exclude: Sequence[str] | None,
    *,
    depend_on_migrate: bool,
    whole_program: bool,
) -> Settings:
    """The settings of the nearest pyproject.toml, and over them what the command line says."""
    from migrate.results import Level
    from migrate.rules import rule_ids
    from migrate.settings import read_settings

    settings = read_settings(path for path in paths if path != "-")
    if level is not None:
        settings = replace(settings, level=Level(level))
    if depend_on_migrate:
        settings = replace(settings, depend_on_migrate=True)
    if whole_program:
        settings = replace(settings, whole_program=True)
    if exclude:
        settings = replace(settings, exclude=tuple(exclude), root="")
    if select:
        settings = replace(settings, select=rule_ids(select))
    if ignore:
        settings = replace(settings, ignore=rule_ids(ignore))
    return settings


def script_args(text: str) -> list[str]:
    """The words of `--verify-args`, as a shell would split them.

    Raises:
        BadParameter: A quotation mark is missing.
    """
    import shlex

    try:
        return shlex.split(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text}: {error}", param_hint="--verify-args") from error
