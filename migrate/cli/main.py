"""The `tf-migrate` command: its subcommands, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from migrate.cli.check import check
from migrate.cli.convert import convert
from migrate.cli.explain import explain
from migrate.cli.inspect import inspect
from migrate.cli.output import err, error_line
from migrate.cli.restore import restore
from migrate.cli.rewrite import rewrite
from migrate.cli.rules import rules
from migrate.cli.verify import verify
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130


class _Commands(TyperGroup):
    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise typer.Exit(_INTERRUPTED) from error


app = typer.Typer(
    name="tf-migrate",
    cls=_Commands,
    help="Moves TensorFlow 1 export code to TensorFlow 2, and proves that nothing changed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich would double the time of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (rewrite, convert, inspect, check, restore, verify, rules, explain):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from migrate import __version__

        print(f"tf-migrate {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        args: The arguments; those of the process where None.

    Returns:
        The exit code: 0 nothing to do or done, 1 something found, 2 usage, bad input or internal error.
    """
    try:
        app(args=args, prog_name="tf-migrate")
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except MigrateError as error:
        error_line(str(error))
    except Exception as error:
        if os.environ.get("TF_MIGRATE_DEBUG") == "1":
            raise
        said = (str(error).splitlines() or [""])[0]
        error_line(f"internal error: {type(error).__name__}: {said}")
        err("Please report it with the output of the same command under TF_MIGRATE_DEBUG=1.\n")
    return 2


def run() -> NoReturn:
    """Runs the command line and ends the process: what the `tf-migrate` script calls."""
    sys.exit(main())
