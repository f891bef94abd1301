"""The one engine: reads a module, proposes rewrites, and carries out those the caller accepts.

`Planner` proposes for any choices of the caller, in any order, as a review needs it. `propose` asks one question
after the other, and `rewrite_source` accepts everything; both are made of it, so that a batch run, a review and a test
are callers of the same code.
"""

from __future__ import annotations

import ast
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from migrate.choices import Choices
from migrate.results import Level, Result, Site
from migrate.settings import Settings
from migrate.source.imports_told import with_imports_told
from migrate.source.module import Module
from migrate.source.python2.convert import Modern, can_convert, looks_like_python2, modern
from migrate.source.python2.said import of_python2
from migrate.source.strategies.signature_displays import with_lost_keys_told
from migrate.source.tf1.told import with_package_told
from migrate.source.units.unit import Unit
from migrate.source.view import ModuleView

_LEVELS = list(Level)


class Answer(StrEnum):
    """What a caller says to a proposal."""

    ACCEPT = "accept"
    REJECT = "reject"
    LOWER = "lower"
    """Neither: it wants the rewrite at the next lower level."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Sites that are rewritten together, and what becomes of the file; accepted or rejected as a whole.

    Attributes:
        sites: The sites, with the level they would reach; more than one where they export the same graph.
        after: The text of the file where nothing but this proposal is carried out.
    """

    sites: tuple[Site, ...]
    after: str = field(repr=False)

    @property
    def ordinals(self) -> tuple[int, ...]:
        """Which sites of the file they are."""
        return tuple(site.ordinal for site in self.sites)

    @property
    def level(self) -> Level:
        """The level they would reach."""
        return self.sites[0].level


@dataclass(frozen=True, slots=True)
class Planned:
    """What can be done about a file.

    Attributes:
        result: What becomes of it where all of the proposals are carried out together.
        proposals: In the order of the file.
    """

    result: Result
    proposals: tuple[Proposal, ...] = ()


class Planner:
    """Makes the proposals for one file, for any choices.

    Args:
        text: Python source.
        path: What to call it in the results.
        settings: What may be done.
    """

    def __init__(self, text: str, path: str = "-", settings: Settings = Settings()) -> None:  # noqa: B008 - frozen
        self._read = text
        # The files that Windows ends the lines of are planned with plain newlines, and get theirs back.
        self._windows = _ends_as_windows(text)
        text = text.replace("\r\n", "\n") if self._windows else text
        self._plain = text
        self._text = text
        self._path = path
        self._settings = settings
        self._error: str | None = None
        self._modern: Modern | None = None
        try:
            self._tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._error = self._syntax_error(error)

    def planned(self, choices: Choices = Choices()) -> Planned:  # noqa: B008 - a frozen value
        """The proposals for some choices.

        Args:
            choices: What was decided about single sites.

        Returns:
            The result with `error` set where the text is not Python that can be read.
        """
        module, units = self._units(choices)
        if module is None:
            return Planned(self._failed())
        result = self._result(module, units)
        if self._modern is not None and not result.changed:
            return Planned(result)
        # With the reasons for no better level, which the units do not know.
        sites = {site.ordinal: site for site in result.sites}
        proposals = [
            Proposal(tuple(sites[n] for n in unit.ordinals), self._ended(module.carry_out([unit]))) for unit in units
        ]
        return Planned(result, tuple(proposals))

    def result(self, choices: Choices = Choices()) -> Result:  # noqa: B008 - a frozen value
        """What becomes of the file where all proposals for some choices are carried out."""
        module, units = self._units(choices)
        return self._failed() if module is None else self._result(module, units)

    def _units(self, choices: Choices) -> tuple[Module | None, list[Unit]]:
        if self._error is not None:
            return None, []
        try:
            # A view hands out free names, each once: choices that are tried one after the other need one each.
            view = ModuleView(self._text, self._tree, self._path, self._settings)
            module = Module(view, self._settings, choices)
            return module, module.units()
        except RecursionError:
            self._error = "too deeply nested to be read"
            return None, []

    def _result(self, module: Module, units: list[Unit]) -> Result:
        after = module.carry_out(units)
        sites = with_lost_keys_told(module.sites(), module.view)
        sites = with_package_told(sites, self._text, after)
        sites = with_imports_told(sites, self._text, after)
        result = Result(self._path, self._text, after, sites, mode=module.mode(units))
        if self._modern is not None:
            result = of_python2(result, self._plain, self._modern)
        return replace(result, before=self._read, after=self._ended(result.after)) if self._windows else result

    def _ended(self, text: str) -> str:
        """A text with the line ends of the file."""
        return text.replace("\n", "\r\n") if self._windows else text

    def _failed(self) -> Result:
        return Result(self._path, self._read, self._read, error=self._error)

    def _syntax_error(self, error: BaseException) -> str | None:
        """What is wrong with a text that is no Python 3; None where it is Python 2 that does the same as Python 3."""
        if not isinstance(error, SyntaxError):
            return f"cannot be parsed: {error}"
        where = f" on line {error.lineno}" if error.lineno else ""
        said = f"not valid Python 3{where}: {error.msg}"
        if not looks_like_python2(self._plain, error):
            return said
        self._modern = modern(self._plain)
        if self._modern is not None:
            self._text = self._modern.text
            self._tree = ast.parse(self._text)
            return None
        return said if can_convert() else f"{said}; to read Python 2, pip install 'tf-migrate[python2]'"


def _ends_as_windows(text: str) -> bool:
    """Whether each line of a text ends as Windows ends lines."""
    count = text.count("\r")
    return count > 0 and count == text.count("\n") == text.count("\r\n")


Proposals = Generator[Proposal, Answer, Result]


def rewrite_source(text: str, path: str = "-", settings: Settings = Settings()) -> Result:  # noqa: B008 - a frozen value
    """Rewrites the text of one module, accepting every proposal.

    Args:
        text: Python source.
        path: What to call it in the result.
        settings: What may be done.

    Returns:
        The result; with `error` set where the text is not Python that can be read.
    """
    return Planner(text, path, settings).result()


def propose(text: str, path: str = "-", settings: Settings = Settings()) -> Proposals:  # noqa: B008 - a frozen value
    """Yields a proposal for every site that can be rewritten; the caller sends what it says to it.

    A proposal that was accepted comes again where a later answer changes it: where a session stays, for instance,
    because its site was rejected, others of the file cannot leave theirs.

    Args:
        text: Python source.
        path: What to call it in the result.
        settings: What may be done.

    Yields:
        Proposals, in the order of the file, one for each answer.

    Returns:
        The result, with every site of the module and the text after the accepted proposals.
    """
    planner = Planner(text, path, settings)
    choices = Choices()
    accepted: set[Proposal] = set()
    planned = planner.planned(choices)
    while True:
        proposal = next((one for one in planned.proposals if one not in accepted), None)
        if proposal is None:
            return planned.result
        match (yield proposal):
            case Answer.ACCEPT:
                accepted.add(proposal)
                continue
            case Answer.LOWER if proposal.level is not Level.BRIDGED:
                lower = _LEVELS[_LEVELS.index(proposal.level) + 1]
                choices = choices.limiting(proposal.ordinals, lower)
            case _:
                choices = choices.closing(proposal.ordinals)
        planned = planner.planned(choices)
