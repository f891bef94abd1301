"""What the page shows of a review: files, items and sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.report.review_page.diff_html import Detail, Diff, diff_of
from migrate.report.review_page.signatures import Pair, signature_pairs
from migrate.review.decision import State
from migrate.rules import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrate.results import Site
    from migrate.review.file import ReviewedFile
    from migrate.review.item import Item
    from migrate.review.review import Review
    from migrate.rules import Rule

NOTHING_TO_DECIDE = "stays"
"""The state of a site that no rewrite is proposed for."""

NOT_RUN = "not verified"

_COLOURED = 60_000
_UNFOLDED = 250_000
"""Lines of all files and rewrites together; where there are more, the page has no colours, and no unchanged lines."""


@dataclass(frozen=True, slots=True)
class SitePart:
    """A site.

    Attributes:
        site: The site.
        rule: What decided its level.
        pairs: Its signatures before and after.
    """

    site: Site
    rule: Rule
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class ItemPart:
    """What is decided on as a whole.

    Attributes:
        anchor: Its id on the page.
        number: Which item of the page it is, from 0.
        item: The item.
        state: What was decided; `NOTHING_TO_DECIDE` where nothing is proposed.
        changed: Whether it was accepted, and is another one now.
        sites: Its sites.
        rules: The ids of all rules that say something about it.
        diff: What accepting it changes.
    """

    anchor: str
    number: int
    item: Item
    state: str
    changed: bool
    sites: tuple[SitePart, ...]
    rules: tuple[str, ...]
    diff: Diff | None


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file.

    Attributes:
        anchor: Its id on the page.
        path: The file, relative to its project.
        directory: The first part of the path, with the slash; may be empty.
        name: Its last part.
        error: Why it cannot be read.
        items: What is to be decided about it.
        verdict: Whether its new text was proved, in a word or two.
        said: The same as a sentence; may be empty.
        edited: The changes to the text that the reviewer wrote, where there is one.
        stays_because: What other file keeps it from TF2's behaviour; may be empty.
    """

    anchor: str
    path: str
    directory: str
    name: str
    error: str | None
    items: tuple[ItemPart, ...]
    verdict: str
    said: str
    edited: Diff | None
    stays_because: str

    @property
    def proposals(self) -> int:
        """How many rewrites are proposed."""
        return sum(part.item.proposal is not None for part in self.items)


def file_parts(review: Review, names: Sequence[str]) -> tuple[FilePart, ...]:
    """All files.

    Args:
        review: The review.
        names: What to call them, in the order of `review.files`.
    """
    detail = _detail(review)
    parts: list[FilePart] = []
    number = 0
    for index, (file, path) in enumerate(zip(review.files, names, strict=True)):
        items = tuple(_items(review, file, f"file{index}", number, detail))
        number += len(items)
        edit = review.standing_edit(file.path)
        verdict, said = _verdict(review, file.path)
        name = path.rpartition("/")[2]
        parts.append(
            FilePart(
                f"file{index}",
                path,
                path.removesuffix(name),
                name,
                file.result.error,
                items,
                verdict,
                said,
                None if edit is None else diff_of(file.result.before, edit.text, detail),
                file.stays_because,
            )
        )
    return tuple(parts)


def _items(review: Review, file: ReviewedFile, anchor: str, number: int, detail: Detail) -> Iterator[ItemPart]:
    before = file.result.before
    for index, item in enumerate(review.items(file.path)):
        after = None if item.proposal is None else item.proposal.after
        rules = [site.rule for site in item.sites]
        rules += [finding.rule for site in item.sites for finding in site.findings]
        rules += [refusal.rule for site in item.sites for refusal in site.refusals]
        yield ItemPart(
            f"{anchor}-{index}",
            number + index,
            item,
            _state(review, item),
            review.is_changed(item),
            tuple(SitePart(one, find_rule(one.rule), signature_pairs(one, before, after)) for one in item.sites),
            tuple(dict.fromkeys(rules)),
            None if after is None else diff_of(before, after, detail),
        )


def _state(review: Review, item: Item) -> str:
    state = review.state(item)
    return str(state) if item.proposal is not None or state is State.EDITED else NOTHING_TO_DECIDE


def _verdict(review: Review, path: str) -> tuple[str, str]:
    verdict = review.verdict(path)
    if verdict is None:
        return NOT_RUN, ""
    return {True: "equal", False: "different", None: "not proved"}[verdict.equal], verdict.said


def _detail(review: Review) -> Detail:
    """How much the page can hold: it is to open at once, and to go through a mail server."""
    lines = sum(
        file.result.before.count("\n") * max(1, len(file.planned.proposals))
        for file in review.files
        if file.planned.proposals
    )
    return Detail(colours=lines <= _COLOURED, unchanged=lines <= _UNFOLDED)
