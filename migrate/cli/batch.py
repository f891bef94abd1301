"""`tf-migrate batch`: many repositories in one run; its state, and another try at what failed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NoReturn, Self

import typer
from typer.core import TyperGroup

from migrate.batch.job import Commit, Form, Limits, Options
from migrate.batch.listing import read_list
from migrate.batch.repository import Repository, Wanted, refuse_ref, repositories
from migrate.batch.run import Run, begun, looked_at, resumed
from migrate.batch.state import Status
from migrate.cli.batch_progress import opened_log, progress
from migrate.cli.options import Target, settings_of
from migrate.cli.output import err, out, wants_colour
from migrate.errors import MigrateError
from migrate.report.batch_text import run_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.batch.engines import Executor

_AUTHOR = re.compile(r"[^<>\n]*[^<>\s][^<>\n]* <[^<>\s]+>")
_WITH_RESUME = {"directory", "resume", "jobs", "scheduler", "quiet", "log"}


class _Group(TyperGroup):
    """`batch REPO...` is `batch run REPO...`; a repository called like a command is written `./status`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if not args or args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


batch = typer.Typer(name="batch", cls=_Group, help="Migrate many repositories in one run.", rich_markup_mode=None)


@batch.command()
def run(
    context: typer.Context,
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="REPO", help="Directories, and addresses that git can fetch from."),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A list of repositories: .json, .csv, or one a line."),
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the run, and what comes out of it, is kept.")
    ] = None,
    ref: Annotated[str, typer.Option(metavar="REF", help="The branch, tag or commit of each, if not its own.")] = "",
    patch: Annotated[bool, typer.Option("--patch", help="Give a patch for `git am` (the default).")] = False,
    branch: Annotated[
        str | None, typer.Option("--branch", metavar="NAME", help="Give a branch, made of what is committed.")
    ] = None,
    tree: Annotated[bool, typer.Option("--tree", help="Give the files that change, whole.")] = False,
    by_rule: Annotated[bool, typer.Option("--by-rule", help="One commit for each rule, not one for all.")] = False,
    author: Annotated[str | None, typer.Option(metavar="NAME <ADDRESS>", help="Whose the commits are.")] = None,
    message: Annotated[str | None, typer.Option(metavar="TEXT", help="The first line of their messages.")] = None,
    level: Annotated[Target | None, typer.Option(help="The best level to go for.  [default: native]")] = None,
    select: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Apply only this rule (repeatable).")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Do not apply this rule (repeatable).")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these out, as in a .gitignore (repeatable).")
    ] = None,
    whole_program: Annotated[
        bool,
        typer.Option("--whole-program", help="Give code without an export TF1's names where it runs with sessions."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Run each changed script, old and new, and compare what it exports.")
    ] = False,
    jobs: Annotated[int, typer.Option(metavar="N", min=0, help="Processes to use; 0 is one for every CPU.")] = 0,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster instead, such as tcp://host:8786.")
    ] = None,
    file_seconds: Annotated[float, typer.Option(metavar="S", min=0.1, help="The time one file may take.")] = 60,
    repository_seconds: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="The time one repository may take.")
    ] = 3600,
    memory: Annotated[int, typer.Option(metavar="MIB", min=64, help="The memory one process may take.")] = 4096,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in DIR.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no table.")] = False,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a line for each repository.")] = None,
) -> None:
    """Fetch, rewrite and report on many repositories; nothing is ever pushed.

    Ctrl-C stops, and --resume goes on. Exit codes: 0 done, 1 a repository failed, 2 an error.
    """
    if directory is None:
        raise typer.BadParameter("is needed: where to keep the run", param_hint="--out")
    if resume:
        _refuse_with_resume(context)
        means = _Means.of(scheduler, jobs, log, quiet=quiet)
        with resumed(directory) as one:
            _work(one, means)
    settings = settings_of((), level, select, ignore, exclude, depend_on_migrate=False, whole_program=whole_program)
    options = Options(
        settings=settings,
        form=_form(patch=patch, branch=branch, tree=tree),
        commit=_commit(branch, author, message, by_rule=by_rule),
        limits=Limits(file_seconds, repository_seconds, memory),
        verify=verify,
    )
    wanted = _repositories(named or (), from_, ref)
    means = _Means.of(scheduler, jobs, log, quiet=quiet)
    with begun(directory, wanted, options) as one:
        _work(one, means)


@batch.command()
def status(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The directory of a run.")],
) -> None:
    """Tell how far a run is, and what failed. Exit codes: 0 all is done, 1 something waits or failed, 2 an error."""
    with looked_at(directory) as state:
        counts = state.counts()
        out(run_table(directory, state, terminal=wants_colour(sys.stdout)))
    raise typer.Exit(int(counts[Status.WAITING] + counts[Status.FAILED] > 0))


@batch.command()
def retry(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The directory of a run.")],
    failed: Annotated[bool, typer.Option("--failed", help="Take the repositories that failed.")] = False,
    names: Annotated[
        list[str] | None, typer.Option("--name", metavar="NAME", help="Take this repository (repeatable).")
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=0, help="Processes to use; 0 is one for every CPU.")] = 0,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster instead, such as tcp://host:8786.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no table.")] = False,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a line for each repository.")] = None,
) -> None:
    """Work on repositories once more, with the options of their run."""
    if not failed and not names:
        raise typer.BadParameter("say which: --failed, or --name NAME", param_hint="--failed")
    means = _Means.of(scheduler, jobs, log, quiet=quiet)
    with resumed(directory) as one:
        one.reopen(names or (), failed=failed)
        _work(one, means)


@dataclass(frozen=True, slots=True)
class _Means:
    """What a run is worked on and told with; all of it is there before a run is begun.

    Attributes:
        executor: Where the work is done.
        log: Where every repository gets a line.
        quiet: Whether to show nothing.
    """

    executor: Executor
    log: IO[str] | None
    quiet: bool

    @classmethod
    def of(cls, scheduler: str | None, jobs: int, log: Path | None, *, quiet: bool) -> Self:
        """What the options say.

        Raises:
            MigrateError: There is no such scheduler, or the log cannot be written.
        """
        stream = opened_log(log)
        return cls(_executor(scheduler, jobs), stream, quiet)


def _work(run: Run, means: _Means) -> NoReturn:
    """Works on what waits, reports, and ends the program."""
    with progress(run, quiet=means.quiet, log=means.log) as shown:
        try:
            for repository, migrated in run.work(means.executor, shown.begins):
                shown.ends(repository, migrated)
        finally:
            means.executor.close()
            run.report()
    if not means.quiet:
        out(run_table(run.directory, run.state, terminal=wants_colour(sys.stdout)))
    raise typer.Exit(int(run.state.counts()[Status.FAILED] > 0))


def _executor(scheduler: str | None, jobs: int) -> Executor:
    if scheduler is None:
        from migrate.batch.engines.local import LocalExecutor

        return LocalExecutor(jobs or len(os.sched_getaffinity(0)))
    try:
        from migrate.batch.engines.dask import DaskExecutor
    except ImportError as error:
        raise MigrateError("--scheduler needs Dask: pip install 'tf-migrate[cluster]'") from error
    return DaskExecutor(scheduler, lambda line: err(f"tf-migrate: {line}\n"))


def _repositories(named: Sequence[str], list_: Path | None, ref: str) -> tuple[Repository, ...]:
    wanted = [Wanted(source) for source in named]
    wanted += read_list(list_) if list_ is not None else ()
    if not wanted:
        raise typer.BadParameter("name repositories, or a list of them with --from", param_hint="REPO")
    return repositories(replace(one, ref=one.ref or ref) for one in wanted)


def _form(*, patch: bool, branch: str | None, tree: bool) -> Form:
    asked = {Form.PATCH: patch, Form.BRANCH: branch is not None, Form.TREE: tree}
    forms = [form for form, given in asked.items() if given]
    if len(forms) > 1:
        raise typer.BadParameter(f"--{forms[0]} and --{forms[1]} exclude each other")
    return forms[0] if forms else Form.PATCH


def _commit(branch: str | None, author: str | None, message: str | None, *, by_rule: bool) -> Commit:
    commit = Commit(by_rule=by_rule)
    if branch is not None:
        refuse_ref(branch, "--branch")
        commit = replace(commit, branch=branch)
    if author is not None:
        if not _AUTHOR.fullmatch(author):
            raise typer.BadParameter(f"{author}: expected NAME <ADDRESS>", param_hint="--author")
        commit = replace(commit, author=author)
    if message is not None:
        if not message.strip() or "\n" in message:
            raise typer.BadParameter("must be one line", param_hint="--message")
        commit = replace(commit, message=message.strip())
    return commit


def _refuse_with_resume(context: typer.Context) -> None:
    """A run goes on with the options it was begun with."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name not in _WITH_RESUME and source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter("a run goes on with what it was begun with", param_hint=parameter.opts[0])
