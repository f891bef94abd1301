"""`f`: which items are shown, by level, state, verdict and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from migrate.results import Level
from migrate.review.decision import State
from migrate.review.tui.narrowing import Narrowing, Proved, proved, rules_of
from migrate.review.tui.views import FileView

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Group(StrEnum):
    """What items are told apart by."""

    LEVEL = "level"
    STATE = "state"
    VERDICT = "verdict"
    RULE = "rule"


Choice = tuple[Group, str]
_KEYS = "Space chooses  Enter shows these\nc shows all    Esc goes back"


class Choose(ModalScreen[Narrowing | None]):
    """The window; dismissed with what is to be shown, None where that stays.

    Args:
        files: All files.
        narrowing: What is shown now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", show=False),
        Binding("enter", "apply", "Show these", show=False, priority=True),
        Binding("space", "choose", "Choose", show=False, priority=True),
        Binding("c", "clear", "Show all", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, files: Iterable[FileView], narrowing: Narrowing) -> None:
        super().__init__()
        self._narrowing = narrowing
        self._chosen = set(chosen_by(narrowing))
        self._numbers = {
            choice: number for choice, number in counted(files).items() if number or choice in self._chosen
        }

    def compose(self) -> ComposeResult:
        """The window."""
        with Vertical(id="window"):
            yield OptionList(*(self._prompt(choice) for choice in self._numbers), id="choices")
            yield Static(Text(_KEYS), id="keys")

    def on_mount(self) -> None:
        """Shows the title in the frame."""
        self.query_one("#window").border_title = "show only"

    def action_choose(self) -> None:
        """Chooses what the cursor is on, or no more."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._toggle(at)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chooses what is clicked on."""
        self._toggle(event.option_index)

    def _toggle(self, at: int) -> None:
        choice = list(self._numbers)[at]
        self._chosen ^= {choice}
        self.query_one(OptionList).replace_option_prompt_at_index(at, self._prompt(choice))

    def _prompt(self, choice: Choice) -> Text:
        group, word = choice
        sign = "[x]" if choice in self._chosen else "[ ]"
        return Text(f"{sign} {group:<8} {word:<14} {self._numbers[choice]:>5}")

    def action_apply(self) -> None:
        """Shows what is chosen."""
        self.dismiss(chosen_to(self._chosen, self._narrowing.text))

    def action_clear(self) -> None:
        """Shows everything."""
        self.dismiss(Narrowing())

    def action_move(self, by: int) -> None:
        """Moves to another choice."""
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if by > 0 else choices.action_cursor_up()


def counted(files: Iterable[FileView]) -> dict[Choice, int]:
    """What can be chosen, and how many items there are of each; rules only as far as there are any."""
    numbers: Counter[Choice] = Counter()
    for file in files:
        for view in file.items:
            numbers[Group.LEVEL, view.level] += 1
            numbers[Group.STATE, view.state] += 1
            numbers[Group.VERDICT, proved(file)] += 1
            numbers.update((Group.RULE, rule) for rule in rules_of(view))
    words = [
        *((Group.LEVEL, str(one)) for one in Level),
        *((Group.STATE, str(one)) for one in State),
        *((Group.VERDICT, str(one)) for one in Proved),
        *sorted(choice for choice in numbers if choice[0] is Group.RULE),
    ]
    return {choice: numbers[choice] for choice in words}


def chosen_by(narrowing: Narrowing) -> frozenset[Choice]:
    """The choices that make up what is shown."""
    return frozenset(
        [
            *((Group.LEVEL, str(one)) for one in narrowing.levels),
            *((Group.STATE, str(one)) for one in narrowing.states),
            *((Group.VERDICT, str(one)) for one in narrowing.verdicts),
            *((Group.RULE, one) for one in narrowing.rules),
        ]
    )


def chosen_to(choices: Iterable[Choice], text: str) -> Narrowing:
    """What is shown for some choices."""
    choices = list(choices)

    def words(group: Group) -> list[str]:
        return [word for one, word in choices if one is group]

    return replace(
        Narrowing(text=text),
        levels=frozenset(map(Level, words(Group.LEVEL))),
        states=frozenset(map(State, words(Group.STATE))),
        verdicts=frozenset(map(Proved, words(Group.VERDICT))),
        rules=frozenset(words(Group.RULE)),
    )
