"""What a run gives and what to do next, in words that the terminal and the page share."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from migrate.batch.job import Form, Options
from migrate.batch.options_json import from_json
from migrate.batch.outputs import BUNDLES, PATCHES, RECORDS, TREES
from migrate.batch.state import State, Status
from migrate.places import absolute
from migrate.report.amounts import count
from migrate.report.batch_totals import Totals
from migrate.report.text import one_line

PAGE = "report.html"
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do.

    Attributes:
        text: Why.
        command: A command for a shell.
    """

    text: str
    command: str


def verdict(found: Totals) -> str:
    """How far the run is: `40 repositories: 38 done, 2 failed`."""
    parts = [f"{found.statuses[status]:,} {status}" for status in (Status.DONE, Status.FAILED, Status.WAITING)
             if found.statuses[status]]  # fmt: skip
    return f"{repositories(found.repositories)}: {', '.join(parts)}" if parts else "no repositories"


def repositories(number: int) -> str:
    """`1 repository`, `2 repositories`."""
    return "1 repository" if number == 1 else f"{number:,} repositories"


def next_steps(directory: Path, state: State, found: Totals) -> tuple[Step, ...]:
    """What to do with a run.

    Args:
        directory: That of the run.
        state: The state of the run.
        found: What it comes to.
    """
    steps = []
    where = _word(directory)
    if found.statuses[Status.WAITING]:
        steps.append(
            Step(f"go on: {repositories(found.statuses[Status.WAITING])} waiting",
                 f"tf-migrate batch --out {where} --resume")
        )  # fmt: skip
    if found.statuses[Status.FAILED]:
        steps.append(Step("try what failed once more", f"tf-migrate batch retry {where} --failed"))
    if found.patches:
        steps.append(_apply(directory, state, found))
    return tuple(steps)


def outputs(directory: Path) -> tuple[tuple[str, str], ...]:
    """What there is below the directory of a run, and what it is."""
    told = {
        PATCHES: "patches for git am",
        BUNDLES: "branches as git bundles",
        TREES: "the files that change, whole",
        RECORDS: "what is known of each repository",
    }
    found = [(f"{name}/", what) for name, what in told.items() if (directory / name).is_dir()]
    return (*found, (PAGE, "the report for people; report.json, report.sarif: for programs"))


def seconds_text(seconds: float) -> str:
    """A time as people say it: `3.2 s`, `12 min`, `3 h 20 min`."""
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes = round(seconds / _MINUTE)
    if minutes < 100:
        return f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60} min"


def _apply(directory: Path, state: State, found: Totals) -> Step:
    options = _options(state)
    changing = repositories(found.patches)
    if options.form is Form.BRANCH:
        branch = options.commit.branch
        bundle = _word(absolute(directory / BUNDLES), "/NAME.bundle")
        return Step(
            f"{changing} with a branch; get it where it was fetched from an address",
            f"git fetch {bundle} {branch}:{branch}",
        )
    if options.form is Form.TREE:
        return Step(
            f"{changing} with changes; put them over a checkout", f"cp -R {_word(directory / TREES)}/NAME/. REPO/"
        )
    patch = _word(absolute(directory / PATCHES), "/NAME.patch")
    return Step(f"{changing} with a patch; apply it in a checkout", f"git -C REPO am --keep-cr {patch}")


def _options(state: State) -> Options:
    """What was done; there are patches in any case, also where another version of this package says it otherwise."""
    try:
        return Options() if state.options is None else from_json(state.options)
    except ValueError:
        return Options()


def _word(path: str | Path, rest: str = "") -> str:
    """A path as a word for a shell, which no program takes for an option."""
    text = one_line(str(path))
    return shlex.quote((f"./{text}" if text.startswith("-") else text) + rest)


def files_text(found: Totals) -> str:
    """How many files change, and how many could not be rewritten."""
    broken = f", {count(found.broken_files, 'file')} with an error" if found.broken_files else ""
    proved = f", {found.proved:,} of {found.verified:,} proved" if found.verified else ""
    return f"{count(found.changed, 'file')} to change{proved}{broken}"
