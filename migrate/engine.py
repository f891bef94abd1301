"""The one engine: reads a module, proposes rewrites, and carries out those the caller accepts.

`propose` is a generator: it yields proposals and is sent the answers, so that a batch run, a review and a test are
callers of the same code. `rewrite_source` accepts every proposal.
"""

from __future__ import annotations

import ast
from collections.abc import Generator
from dataclasses import dataclass

from migrate.results import Result, Site
from migrate.settings import Settings
from migrate.source.module import Module, Unit


@dataclass(frozen=True, slots=True)
class Proposal:
    """One site and what would be done about it; accepted or rejected as a whole.

    Attributes:
        site: The site, with the level it would reach.
    """

    site: Site


Proposals = Generator[Proposal, bool, Result]


def rewrite_source(text: str, path: str = "-", settings: Settings = Settings()) -> Result:  # noqa: B008 - a frozen value
    """Rewrites the text of one module, accepting every proposal.

    Args:
        text: Python source.
        path: What to call it in the result.
        settings: What may be done.

    Returns:
        The result; with `error` set where the text is not Python that can be read.
    """
    proposals = propose(text, path, settings)
    try:
        next(proposals)
        while True:
            proposals.send(True)
    except StopIteration as stop:
        result = stop.value
        assert isinstance(result, Result)
        return result


def propose(text: str, path: str = "-", settings: Settings = Settings()) -> Proposals:  # noqa: B008 - a frozen value
    """Yields a proposal for every site that can be rewritten; the caller sends whether to do it.

    Returns:
        The result, with every site of the module and the text after the accepted proposals.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Result(path, text, text, error=_syntax_error(error))
    try:
        module = Module(text, tree, settings, path)
        units = module.units()
    except RecursionError:
        return Result(path, text, text, error="too deeply nested to be read")
    accepted: list[Unit] = []
    for unit in units:
        answers = []
        for site in unit.sites:
            answers.append((yield Proposal(site)))
        if all(answers):
            accepted.append(unit)
    return Result(path, text, module.carry_out(accepted), module.sites(), mode=module.mode(accepted))


def _syntax_error(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        where = f" on line {error.lineno}" if error.lineno else ""
        return f"not valid Python 3{where}: {error.msg}"
    return f"cannot be parsed: {error}"
