"""Which items are shown: by level, state, verdict and rule, and by a text that is searched for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from migrate.results import Level
from migrate.review.decision import State
from migrate.review.tui.views import FileView, ItemView


class Proved(StrEnum):
    """What is known about a file's exports after it was run, old and new."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNPROVED = "not proved"
    NOT_RUN = "not verified"


def proved(file: FileView) -> Proved:
    """What is known about the exports of a file."""
    if file.verdict is None:
        return Proved.NOT_RUN
    if file.verdict.equal is None:
        return Proved.UNPROVED
    return Proved.EQUAL if file.verdict.equal else Proved.DIFFERENT


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an item has to be to be shown. In each group, nothing chosen is everything.

    Attributes:
        levels: Its level is one of these.
        states: What was decided about it is one of these.
        verdicts: What is known about its file is one of these.
        rules: One of its rules is one of these.
        text: Stands in its path, its messages or one of the two texts, in any case of letters.
    """

    levels: frozenset[Level] = frozenset()
    states: frozenset[State] = frozenset()
    verdicts: frozenset[Proved] = frozenset()
    rules: frozenset[str] = frozenset()
    text: str = ""

    @property
    def everything(self) -> bool:
        """Whether all is shown."""
        return not any(getattr(self, one.name) for one in fields(self))

    def shows(self, file: FileView, view: ItemView) -> bool:
        """Whether an item is shown."""
        return (
            (not self.levels or view.level in self.levels)
            and (not self.states or view.state in self.states)
            and (not self.verdicts or proved(file) in self.verdicts)
            and (not self.rules or not self.rules.isdisjoint(rules_of(view)))
            and (not self.text or _stands_in(self.text.casefold(), file, view))
        )

    def shows_file(self, file: FileView) -> bool:
        """Whether a file without items, which could not be read, is shown."""
        others = self.levels or self.states or self.verdicts or self.rules
        return not others and self.text.casefold() in f"{file.path}\n{file.error}".casefold()

    def said(self) -> str:
        """What is shown, in a few words."""
        words = [*self.levels, *self.states, *self.verdicts, *self.rules]
        parts = [", ".join(sorted(words)), f"/{self.text}" if self.text else ""]
        return " ".join(part for part in parts if part)


def rules_of(view: ItemView) -> frozenset[str]:
    """The rules that say something about an item."""
    sites = view.item.sites
    return frozenset(site.rule for site in sites).union(one.rule for site in sites for one in site.findings)


def _stands_in(text: str, file: FileView, view: ItemView) -> bool:
    return any(text in one.casefold() for one in _texts(file, view))


def _texts(file: FileView, view: ItemView) -> Iterator[str]:
    yield file.path
    for site in view.item.sites:
        yield f"{site.rule} {site.level} {site.kind} {site.message} {site.reason or ''}"
        for finding in site.findings:
            yield f"{finding.rule} {finding.message} {finding.reason or ''}"
        for refusal in site.refusals:
            yield f"{refusal.rule} {refusal.strategy} {refusal.reason}"
        yield from site.proved
        for signature in site.signatures:
            yield " ".join((signature.key, signature.method_name, *signature.inputs, *signature.outputs))
    yield file.before
    if view.item.proposal is not None:
        yield view.item.proposal.after
    if file.edited:
        yield file.preview
