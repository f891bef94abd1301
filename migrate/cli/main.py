"""The `tf-migrate` command: its subcommands, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from migrate.cli.output import err, error_line
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130
# Each is a function of that name in the module of that name.
_COMMANDS = (
    "rewrite", "scan", "review", "batch", "convert", "inspect", "check", "restore", "verify", "rules", "explain",
)  # fmt: skip


class _Commands(TyperGroup):
    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise typer.Exit(_INTERRUPTED) from error


def _version(wanted: bool) -> None:
    if wanted:
        from migrate import __version__

        print(f"tf-migrate {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def _application(args: Sequence[str]) -> typer.Typer:
    """The command line, without the other commands where one is named: typer takes its time to build them."""
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
    app.callback()(_options)
    for name in args[:1] if args and args[0] in _COMMANDS else _COMMANDS:
        command = getattr(import_module(f"migrate.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command()(command)
    return app


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        args: The arguments; those of the process where None.

    Returns:
        The exit code: 0 nothing to do or done, 1 something found, 2 usage, bad input or internal error.
    """
    args = sys.argv[1:] if args is None else args
    try:
        _application(args)(args=args, prog_name="tf-migrate")
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
