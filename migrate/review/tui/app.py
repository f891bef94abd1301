"""The terminal application of `tf-migrate review`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.message import Message

from migrate.errors import MigrateError
from migrate.review.editor import edited, editor_command
from migrate.review.tui.desk import Desk
from migrate.review.tui.explain import Explain
from migrate.review.tui.help import Help
from migrate.review.tui.keys import BINDINGS
from migrate.review.tui.listing import Listing
from migrate.review.tui.main_screen import MainScreen
from migrate.review.tui.news import (
    Broken,
    Done,
    News,
    NotSaved,
    Progress,
    Proved,
    Proving,
    Ready,
    Refused,
    Saved,
    Summed,
)
from migrate.review.tui.prover import Prover
from migrate.review.tui.summary import Summary

if TYPE_CHECKING:
    from migrate.review.review import Review
    from migrate.review.store import Store


class ReviewApp(App[None]):
    """The application.

    Args:
        review: The review; nothing of it may have been read.
        store: Where decisions are kept.
        jobs: How many processes read files; 0 for one for every CPU.
        resume: Whether to go on with decisions that are kept there.
        verify_args: The arguments of scripts that are verified.
    """

    CSS_PATH = Path(__file__).with_name("review.tcss")
    TITLE = "tf-migrate review"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,ctrl+q", "leave_at_once", show=False, priority=True)]

    class Heard(Message):
        """The desk has news."""

        def __init__(self, news: News) -> None:
            super().__init__()
            self.news = news

    def __init__(
        self,
        review: Review,
        store: Store,
        *,
        jobs: int = 1,
        resume: bool = False,
        verify_args: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.listing = Listing()
        self.desk = Desk(review, store, lambda news: self.post_message(self.Heard(news)), jobs=jobs, resume=resume)
        self.error: Exception | None = None
        self.main = MainScreen(self.listing, self.desk)
        self.prover = Prover(lambda news: self.post_message(self.Heard(news)), verify_args)
        self._leaving = False
        self._drafts: dict[str, str] = {}

    def get_default_screen(self) -> MainScreen:
        """The screen."""
        return self.main

    def on_ready(self) -> None:
        """Starts to read, when there is something to see."""
        self.desk.start()

    # ---- news ------------------------------------------------------------------------------------------------

    def on_review_app_heard(self, heard: Heard) -> None:
        """Shows what the desk tells."""
        if not self.screen_stack:
            # The screen is gone already; what is told now came too late.
            return
        main = self.main
        match heard.news:
            case Progress(files, read, total):
                main.reading = f"reading {read:,} of {total:,} files"
                main.show_files(files, new=True)
            case Ready(files, said):
                main.reading = ""
                main.show_files(files, new=False)
                main.tree_pane.begin()
                main.say(said or ("" if self.listing.files else "no TensorFlow 1 export code found; q leaves"))
            case Done(number, files, said, spot):
                self.listing.carried_out(number)
                main.show_files(files, new=False)
                for file in files:
                    if self._drafts.pop(file.path, None) is not None and file.edited:
                        main.say("the new text is taken for all of the file")
                if said:
                    main.say(said)
                if spot is not None:
                    main.tree_pane.select(spot)
                else:
                    main.decided()
            case Refused(number, said, path):
                self.listing.carried_out(number)
                main.show_files((), new=False)
                main.say(f"not taken: {said}{'; e edits it again' if path in self._drafts else ''}")
            case Proving(path, said):
                main.begin_running(f"verifying {PurePath(path).name}")
                main.say(said.rstrip(":"))
            case Proved(verdict, left):
                main.begin_running(f"{left} more to verify" if left else "")
                main.say(f"{PurePath(verdict.path).name}: {verdict.said}")
                self.desk.note(verdict)
            case Summed() as summed:
                if isinstance(self.screen, Summary):
                    self.screen.show(summed)
            case NotSaved(said, leaving):
                main.say(f"not saved: {said}{'; ctrl+c leaves all the same' if leaving else ''}")
            case Saved():
                self.exit()
            case Broken(error):
                self.error = error
                self.exit()

    # ---- leaving ---------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Says what would be written, and leaves."""
        if not self.listing.decided_any():
            self.desk.leave(at_once=True)
            return
        waiting = "The decisions are carried out when all files are read." if self.main.reading else "One moment."

        def answered(leave: bool | None) -> None:
            if leave:
                self.desk.leave()

        self.push_screen(Summary(waiting), answered)
        self.desk.sum_up()

    def action_leave_at_once(self) -> None:
        """Saves and leaves; asked again, leaves."""
        if self._leaving:
            self.exit()
        self._leaving = True
        self.main.say("saving")
        self.desk.leave(at_once=True)

    # ---- windows ---------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Shows the keys."""
        self.push_screen(Help(BINDINGS))

    def action_explain(self, rule_id: str = "") -> None:
        """Shows a rule in full: the one that was clicked on, or that of what is selected."""
        view = self.main.item
        if not rule_id and view is None:
            self.main.say("select a site: its rule is meant")
        else:
            self.push_screen(Explain(rule_id or view.item.site.rule))  # type: ignore[union-attr]

    # ---- what takes longer -----------------------------------------------------------------------------------

    def action_verify(self) -> None:
        """Runs the file, old and new, and compares what both export."""
        file = self.main.file
        if file is None or file.preview == file.before:
            self.main.say("nothing to verify here: the file stays as it is")
            return
        waiting = self.prover.prove(file.path, file.before, file.preview)
        self.main.say(f"verified when {waiting} before it are done" if waiting else "starting both versions")

    def action_edit(self) -> None:
        """Lets the reviewer edit the new text of the file."""
        file = self.main.file
        if file is None or file.error is not None:
            self.main.say("nothing to edit here")
            return
        offered = self._drafts.get(file.path, file.preview)
        try:
            command = editor_command()
            with self.suspend():
                text = edited(offered, file.name, command)
        except SuspendNotSupported:
            self.main.say("this terminal cannot be handed to an editor")
        except MigrateError as error:
            self.main.say(str(error))
        else:
            if text == offered and file.path not in self._drafts:
                self.main.say("the text was not changed")
                return
            self._drafts[file.path] = text
            self.main.say("checking the new text")
            self.desk.edit(file.path, text)


def run_review(
    review: Review, store: Store, *, jobs: int = 1, resume: bool = False, verify_args: Sequence[str] = ()
) -> None:
    """Lets a reviewer decide in the terminal; returns when the decisions are saved.

    Args:
        review: The review; nothing of it may have been read.
        store: Where decisions are kept.
        jobs: How many processes read files; 0 for one for every CPU.
        resume: Whether to go on with decisions that are kept there.
        verify_args: The arguments of scripts that are verified; `{out}` in them is where to export.

    Raises:
        MigrateError: A setting is not valid, kept decisions cannot be read, or the screen fails.
    """
    app = ReviewApp(review, store, jobs=jobs, resume=resume, verify_args=verify_args)
    app.run()
    if app.error is not None:
        raise app.error
    if app.return_code:
        raise MigrateError("the screen cannot go on; what was decided before is kept")
