"""The review as plain prompts, a line each, as `git add -p` has them: for ssh, screen readers and dumb terminals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Protocol

from migrate.errors import MigrateError
from migrate.report.text import one_line
from migrate.results import Level
from migrate.review.decision import State
from migrate.review.item import Item
from migrate.review.proving import prove
from migrate.review.review import Review
from migrate.review.shown import shown
from migrate.review.store import Store

KEYS = "y,n,a,A,d,j,k,u,e,l,v,/,g,q,?"
HELP = """\
y - accept this rewrite
n - reject it: the code stays as it is
a - accept it and all others of this file that are not decided
A - accept it and all others at this level that are not decided, in all files
d - reject it and all later ones of this file
j - leave it undecided and go on
k - go back to the one before
u - undo the last decision
e - edit the new text of the file in $EDITOR; it is taken for all of the file's rewrites
l - the rewrite of the next lower level instead (native, wrapped, bridged); after the last one the best again
v - verify this file now: run it as it is and as it would be, and compare what both export
/ - search: / and a regular expression; goes to the next rewrite that has it
g - go to: g and a number; g alone lists all
q - leave; what was accepted is carried out then
? - this help
"""


class Talk(Protocol):
    """Whom the prompts talk to."""

    def say(self, text: str) -> None:
        """Shows some lines."""

    def ask(self, prompt: str) -> str | None:
        """Asks for a line; None where there will be none any more."""

    def edited(self, text: str, name: str) -> str:
        """Lets somebody edit a text.

        Raises:
            MigrateError: That cannot be done.
        """


class Prompts:
    """Asks about each rewrite of a review that was read and settled, and keeps every decision as soon as it is made.

    Args:
        review: The review.
        store: Where decisions are kept.
        talk: Whom to ask.
        args: The arguments of scripts that are verified.
        colour: Whether the terminal shows colours.
    """

    def __init__(
        self, review: Review, store: Store, talk: Talk, *, args: Sequence[str] = (), colour: bool = False
    ) -> None:
        self._review = review
        self._store = store
        self._talk = talk
        self._args = args
        self._colour = colour
        self._here: Item | None = None
        self._passed: set[tuple[str, str]] = set()
        self._drafts: dict[str, str] = {}
        self._unkept = ""

    def run(self) -> None:
        """Asks until everything is decided, or the reviewer leaves."""
        self._talk.say(self._overview())
        self._go_on()
        while self._here is not None:
            line = self._talk.ask(self._prompt(self._here))
            if line is None or line.strip() == "q":
                return
            self._answer(line.strip(), self._here)

    def _answer(self, line: str, item: Item) -> None:
        accept, reject = self._review.accept, self._review.reject
        match line[:1], line[1:].strip():
            case "y", "":
                self._decide(lambda: accept([item]))
            case "n", "":
                self._decide(lambda: reject([item]))
            case "a", "":
                self._decide(lambda: accept([item, *self._pending(lambda one: one.path == item.path)]))
            case "A", "":
                self._decide(lambda: accept([item, *self._pending(lambda one: one.level is item.level)]))
            case "d", "":
                self._decide(lambda: reject(one for one in self._of_file(item) if one.ordinals >= item.ordinals))
            case "j", "":
                self._passed.add((item.path, item.digest))
                self._go_on()
            case "k", "":
                self._back(item)
            case "u", "":
                self._undo()
            case "e", "":
                self._edit(item)
            case "l", "":
                self._lower(item)
            case "v", "":
                self._verify(item)
            case "/", words:
                self._search(item, words or self._talk.ask("Search for: ") or "")
            case "g", number:
                self._go_to(number)
            case "", _:
                pass
            case _:
                self._talk.say(HELP)

    def _overview(self) -> str:
        items = self._all()
        flagged = sum(site.level is Level.FLAGGED for file in self._review.files for site in file.result.sites)
        flagged -= sum(self._review.state(item) is State.REJECTED for item in items for _ in item.sites)
        pending = sum(self._review.state(item) is State.PENDING for item in items)
        said = f"{pending} of " if pending < len(items) else ""
        said += f"{len(items)} rewrite{'s' * (len(items) != 1)} to decide on"
        if flagged:
            said += f"; {flagged} site{'s' * (flagged != 1)} cannot be rewritten (`tf-migrate scan` tells why)"
        return f"{said}\n"

    # ---- what is asked about ---------------------------------------------------------------------------------

    def _all(self) -> list[Item]:
        """What there is to decide, in order."""
        files = self._review.files
        return [item for file in files for item in self._review.items(file.path) if item.proposal is not None]

    def _of_file(self, item: Item) -> list[Item]:
        return [one for one in self._review.items(item.path) if one.proposal is not None]

    def _pending(self, wanted: Callable[[Item], bool]) -> list[Item]:
        return [item for item in self._all() if wanted(item) and self._review.state(item) is State.PENDING]

    def _index(self, items: Sequence[Item], item: Item) -> int:
        """Where an item is among others, or would be: it may have been split, or be gone."""
        order = {file.path: number for number, file in enumerate(self._review.files)}
        here = (order[item.path], item.ordinals)
        return sum((order[one.path], one.ordinals) < here for one in items)

    def _go(self, item: Item | None) -> None:
        self._here = item
        if item is not None:
            self._talk.say("\n" + shown(item, self._review.file(item.path).result.before, colour=self._colour))

    def _go_on(self) -> None:
        """Goes to the next item without a decision, and to the first again after the last."""
        items = self._all()
        at = 0 if self._here is None else self._index(items, self._here)
        todo = [item for item in [*items[at:], *items[:at]] if self._review.state(item) is State.PENDING]
        self._go(next((item for item in todo if (item.path, item.digest) not in self._passed), None))

    def _back(self, item: Item) -> None:
        items = self._all()
        at = self._index(items, item)
        if at == 0:
            self._talk.say("This is the first one.\n")
        else:
            self._go(items[at - 1])

    def _search(self, item: Item, words: str) -> None:
        try:
            wanted = re.compile(words)
        except re.error as error:
            self._talk.say(f"{one_line(words)}: not a regular expression: {error}\n")
            return
        items = self._all()
        at = self._index(items, item) + 1
        found = next((one for one in [*items[at:], *items[:at]] if words and wanted.search(self._text(one))), None)
        if found is None:
            self._talk.say(f"{one_line(words)}: not found\n")
        else:
            self._go(found)

    def _text(self, item: Item) -> str:
        return shown(item, self._review.file(item.path).result.before, colour=False)

    def _go_to(self, number: str) -> None:
        items = self._all()
        if not number:
            lines = [f"{at}: {self._place(item)} {item.level} {self._said(item)}\n" for at, item in enumerate(items, 1)]
            self._talk.say("".join(lines))
        elif number.isdecimal() and 0 < int(number) <= len(items):
            self._go(items[int(number) - 1])
        else:
            self._talk.say(f"There is no rewrite {one_line(number)}; they go from 1 to {len(items)}.\n")

    def _prompt(self, item: Item) -> str:
        items = self._all()
        state = self._said(item)
        place = f"{self._index(items, item) + 1}/{len(items)}" + (f", {state}" if state != State.PENDING else "")
        return f"({place}) Accept this rewrite [{KEYS}]? "

    def _said(self, item: Item) -> str:
        return "accepted, and another one now" if self._review.is_changed(item) else str(self._review.state(item))

    def _place(self, item: Item) -> str:
        return one_line(f"{item.path}:{item.site.short}")

    # ---- deciding --------------------------------------------------------------------------------------------

    def _decide(self, decide: Callable[[], object]) -> None:
        self._carry_out(decide)
        self._go_on()

    def _carry_out(self, decide: Callable[[], object]) -> None:
        """Decides something, keeps it, and says what has to be decided again by that."""
        changed = {(one.path, one.ordinals) for one in self._all() if self._review.is_changed(one)}
        decide()
        for item in self._all():
            if self._review.is_changed(item) and (item.path, item.ordinals) not in changed:
                self._talk.say(f"{self._place(item)}: accepted before, and another rewrite now: it is asked again\n")
        self._keep()

    def _keep(self) -> None:
        try:
            self._store.save(self._review)
        except MigrateError as error:
            if str(error) != self._unkept:
                self._talk.say(f"The decisions cannot be kept: {one_line(str(error))}\n")
            self._unkept = str(error)

    def _undo(self) -> None:
        before = {(item.path, item.ordinals, item.digest): self._review.state(item) for item in self._all()}
        if self._review.undo() is None:
            self._talk.say("There is nothing to undo.\n")
            return
        self._keep()
        items = self._all()
        other = [one for one in items if before.get((one.path, one.ordinals, one.digest)) != self._review.state(one)]
        self._go((other or items)[0])

    def _lower(self, item: Item) -> None:
        changed: frozenset[str] = frozenset()

        def decide() -> None:
            nonlocal changed
            changed = self._review.lower(item)

        self._carry_out(decide)
        if not changed:
            self._talk.say("There is no other rewrite of it.\n")
            return
        self._go(next(one for one in self._of_file(item) if set(one.ordinals) & set(item.ordinals)))

    def _edit(self, item: Item) -> None:
        text = self._drafts.get(item.path, self._review.preview(item.path))
        try:
            new = self._talk.edited(text, PurePath(item.path).name)
        except MigrateError as error:
            self._talk.say(f"Not edited: {one_line(str(error))}\n")
            return
        try:
            self._decide(lambda: self._review.edit(item.path, new))
            self._drafts.pop(item.path, None)
        except MigrateError as error:
            self._drafts[item.path] = new
            self._talk.say(f"Not taken: {one_line(str(error))}; e edits it again.\n")

    def _verify(self, item: Item) -> None:
        try:
            verdict = prove(self._review, item.path, self._args, announce=lambda line: self._talk.say(f"{line}\n"))
        except KeyboardInterrupt:
            self._talk.say("\nNot finished.\n")
            return
        self._keep()
        self._talk.say(f"{one_line(f'{item.path}: {verdict.said}')}\n")
