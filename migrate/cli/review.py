"""`tf-migrate review PATH...`: every rewrite is looked at, decided on, and carried out or left."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.delivery import STDOUT, WRITING, Mode, mode_of, print_errors, print_patch, write_patch
from migrate.cli.delivery import write as write_results
from migrate.cli.options import (
    AllowDirtyOption,
    DependOption,
    ExcludeOption,
    IgnoreOption,
    JobsOption,
    LevelOption,
    PatchOption,
    SelectOption,
    VerifyArgsOption,
    WholeProgramOption,
    script_args,
    settings_of,
)
from migrate.cli.output import err, out
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from migrate.review.store import Store
    from migrate.settings import Settings


def review(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Python files, notebooks and directories.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the decisions that were kept.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Forget the decisions that were kept.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page to decide in, and open no screen.")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", metavar="FILE", help="Take the decisions that such a page exported, too."),
    ] = None,
    accepted_only: Annotated[
        bool,
        typer.Option("--accepted-only", help="Carry out what was accepted and open no screen; with one of the next."),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print it as a patch (the default).")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files in place.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", metavar="DIR", help="Write the changed files under DIR."),
    ] = None,
    patch: PatchOption = None,
    level: LevelOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    exclude: ExcludeOption = None,
    depend_on_migrate: DependOption = False,
    whole_program: WholeProgramOption = False,
    verify_args: VerifyArgsOption = "",
    jobs: JobsOption = 0,
    allow_dirty: AllowDirtyOption = False,
) -> None:
    """Look at every rewrite, and decide on each.

    Nothing is written to your sources before you say so. Decisions are kept in .tf-migrate/review.json of the
    project as they are made; --accepted-only --write carries them out. Exit codes: 0 done, 1 something that was
    accepted could not be carried out (or --check), 2 an error.
    """
    from migrate.review.store import Store, store_of

    mode = mode_of(diff=diff, write=write, check=check, output_dir=output_dir, patch=patch)
    _refuse(mode, resume=resume, restart=restart, accepted_only=accepted_only, html=html, verify_args=verify_args)
    settings = settings_of(
        paths, level, select, ignore, exclude, depend_on_migrate=depend_on_migrate, whole_program=whole_program
    )
    # For a run without a screen, decisions that are named are all that count.
    store = Store(store_of(paths).path, decisions=decisions, anew=restart or (accepted_only and decisions is not None))
    if accepted_only:
        mode = mode or Mode.DIFF
        target = output_dir or patch
        raise typer.Exit(_carry_out(paths, settings, store, mode, decisions, jobs, target, allow_dirty=allow_dirty))
    if html is not None:
        raise typer.Exit(_page(paths, settings, store, html, jobs))
    _refuse_without_terminal()
    kept = store.decided(paths)
    if kept and not resume and not restart:
        files = "a file" if kept == 1 else f"{kept} files"
        raise MigrateError(
            f"{store.path}: has decisions about {files}; go on with --resume, or forget them with --restart"
        )
    _on_screen(paths, settings, store, jobs, script_args(verify_args), given=resume or decisions is not None)


def _refuse(
    mode: Mode | None, *, resume: bool, restart: bool, accepted_only: bool, html: Path | None, verify_args: str
) -> None:
    """Refuses options that do not go together."""
    pairs = [("--resume", resume, "--restart", restart), ("--accepted-only", accepted_only, "--html", html is not None)]
    pairs += [("--accepted-only", accepted_only, "--restart", restart)]
    for one, is_one, other, is_other in pairs:
        if is_one and is_other:
            raise typer.BadParameter(f"{one} and {other} exclude each other")
    if verify_args and (accepted_only or html is not None):
        raise typer.BadParameter("is for the screen, where v verifies a file", param_hint="--verify-args")
    if mode is not None and not accepted_only:
        raise typer.BadParameter(f"{mode} is for --accepted-only: nothing is written from the screen or the page")


def _refuse_without_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise MigrateError(
            "review needs a terminal that can draw: use --html FILE for a page, `tf-migrate rewrite --interactive` for "
            "plain prompts, or --accepted-only to carry out decisions"
        )


def _on_screen(
    paths: Sequence[str], settings: Settings, store: Store, jobs: int, verify_args: Sequence[str], *, given: bool
) -> None:
    from migrate.cli.decisions import count_decisions
    from migrate.review.review import Review
    from migrate.review.tui.app import run_review

    review = Review(paths, settings)
    run_review(review, store, jobs=jobs, resume=given, verify_args=verify_args)
    if not store.decided(paths):
        return
    again = shlex.join(["tf-migrate", "review", *paths, *_options(settings, paths), "--accepted-only", "--write"])
    err(f"{count_decisions(review)}; kept in {store.path}\nto write what was accepted: {again}\n")


def _options(settings: Settings, paths: Sequence[str]) -> list[str]:
    """The options that make other settings than the pyproject.toml does: with others, other rewrites are proposed."""
    from migrate.settings import read_settings

    base = read_settings(paths)
    made: list[str] = []
    if settings.level is not None and settings.level is not base.level:
        made += ["--level", settings.level]
    for name in ("select", "ignore", "exclude"):
        if getattr(settings, name) != getattr(base, name):
            made += [word for value in getattr(settings, name) for word in (f"--{name}", value)]
    for name in ("depend_on_migrate", "whole_program"):
        if getattr(settings, name) and not getattr(base, name):
            made.append(f"--{name.replace('_', '-')}")
    return made


def _page(paths: Sequence[str], settings: Settings, store: Store, html: Path, jobs: int) -> int:
    from migrate.cli.decisions import count_decisions, read_review
    from migrate.report.files import write_report
    from migrate.report.review_page.page import render_review_page
    from migrate.report.text import one_line, sites_in_files

    review, resumed = read_review(paths, settings, store, jobs)
    results = [file.result for file in review.files]
    print_errors(results)
    write_report(html, render_review_page(review))
    if resumed.said:
        err(f"{one_line(resumed.said)}\n")
    # With the levels that were offered: what was rejected is left as it is by now.
    offered = [
        replace(result, sites=tuple(site for item in review.items(result.path) for site in item.sites))
        for result in results
    ]
    parts = [sites_in_files(offered), *([count_decisions(review)] if review.decisions() else [])]
    out(f"{'; '.join(parts)}; {one_line(str(html))} written\n")
    return 2 if any(result.error is not None for result in results) else 0


def _carry_out(
    paths: Sequence[str],
    settings: Settings,
    store: Store,
    mode: Mode,
    decisions: Path | None,
    jobs: int,
    target: Path | None,
    *,
    allow_dirty: bool,
) -> int:
    from migrate.cli.decisions import accepted_only, read_review, tell_held
    from migrate.report.text import one_line, summary_line

    source = decisions or store.path
    if not source.exists():
        raise MigrateError(f"{source}: there are no decisions; make them with `tf-migrate review` or `review --html`")
    review, resumed = read_review(paths, settings, store, jobs)
    outcome = review.outcome()
    output_dir = target if mode is Mode.OUTPUT_DIR else None
    results = write_results(accepted_only(outcome.results), mode, paths, output_dir, allow_dirty=allow_dirty)
    if mode is Mode.DIFF:
        results = [print_patch(result) for result in results]
    elif mode is Mode.PATCH and target is not None:
        results = write_patch(results, target)
    print_errors(results)
    tell_held(outcome.held)
    for path in resumed.changed:
        err(f"{one_line(path)}: changed since it was decided on: review it again\n")
    for path in resumed.proposals:
        err(f"{one_line(path)}: a rewrite that was accepted is another one now: review it again\n")
    foreign = decisions is not None and not (resumed.sites or resumed.changed or resumed.proposals)
    if foreign:
        err(f"{one_line(str(decisions))}: it has none about these files, as they are now\n")
    if mode is Mode.WRITE and decisions is None:
        store.forget(review, (result.path for result in results if result.changed))
    changed = any(result.changed for result in results)
    echo = err if mode is Mode.DIFF or target == STDOUT else out
    echo(summary_line(results, done=mode in WRITING) if results else "nothing to carry out\n")
    if any(result.error is not None for result in results):
        return 2
    return int(
        bool(outcome.held or resumed.changed or resumed.proposals) or foreign or (mode is Mode.CHECK and changed)
    )
