"""Results as GitHub shows them: annotations at lines of a change, and a summary of the job.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from migrate.places import relative_to
from migrate.report.remarks import Remark, all_remarks
from migrate.report.text import sites_in_files
from migrate.results import Level, Result
from migrate.rules import load_rules

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_IN_MESSAGES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def workflow_commands(results: Iterable[Result], root: Path) -> str:
    """A workflow command for each remark, such as `::warning file=a.py,line=3,col=1,title=TFM101 flagged::said`.

    Args:
        results: The results.
        root: The directory that paths are relative to.

    Returns:
        A line each; empty where there is nothing to say.
    """
    return "".join(_command(result.path, remark, root) for result, remark in all_remarks(results))


def job_summary(results: Sequence[Result]) -> str:
    """What a job comes to, in Markdown: how many sites there are, by level and rule. It has no text of the sources.

    Args:
        results: The results.
    """
    order = list(Level)
    titles = {rule.id: rule.title for rule in load_rules()}
    counts = Counter((site.level, site.rule) for result in results for site in result.sites)
    rows = [
        f"| {level} | {rule} | {count} | {titles.get(rule, '')} |\n"
        for (level, rule), count in sorted(counts.items(), key=lambda row: (order.index(row[0][0]), row[0][1]))
    ]
    head = "\n| level | rule | sites | |\n|---|---|---|---|\n" if rows else ""
    failed = sum(result.error is not None for result in results)
    errors = f"; {failed} file{'s' * (failed != 1)} with an error" if failed else ""
    return f"### tf-migrate\n\n{sites_in_files(results)}{errors}\n{head}{''.join(rows)}\n"


def _command(path: str, remark: Remark, root: Path) -> str:
    title = remark.rule if remark.level is None else f"{remark.rule} {remark.level}"
    values = {"file": relative_to(path, root).as_posix(), "line": remark.line, "col": remark.column, "title": title}
    known = {name: value for name, value in values.items() if value is not None}
    named = ",".join(f"{name}={_escaped(str(value), _IN_PROPERTIES)}" for name, value in known.items())
    return f"::{_COMMANDS[remark.severity]} {named}::{_escaped(remark.text, _IN_MESSAGES)}\n"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
