"""The keys, as people know them from `git add -p` and ast-grep. The help screen is made from their tooltips."""

from __future__ import annotations

from textual.binding import Binding

BINDINGS = (
    Binding("y", "accept", "yes", tooltip="accept this rewrite (of a file: all that is pending in it), and go on"),
    Binding("n", "reject", "no", tooltip="reject it: the site stays as it is, and go on"),
    Binding("a", "accept_file", "file", tooltip="accept all that is pending in this file"),
    Binding("A", "accept_level", "level", tooltip="accept all that is pending and shown at the level of this one"),
    Binding("u", "undo", "undo", tooltip="take the last decision back; again for the one before"),
    Binding("e", "app.edit", "edit", tooltip="edit the new text of the file in $VISUAL or $EDITOR"),
    Binding(
        "l", "lower", "lower", tooltip="show the rewrite of the next lower level instead; after the lowest, the best"
    ),
    Binding("v", "app.verify", "verify", tooltip="run this file, old and new, and compare what they export"),
    Binding("q", "app.leave", "quit", tooltip="save the decisions and leave; ctrl+c does so at once"),
    Binding("?", "app.help", "help", tooltip="these keys"),
    Binding("/", "search", "find", tooltip="show what has a text: in its path, rules, messages or in the code"),
    Binding("f", "narrow", "filter", tooltip="show only some levels, states, verdicts or rules"),
    Binding("s", "split", "split", tooltip="side by side, or one below the other"),
    Binding("x", "app.explain", "rule", tooltip="the rule of this site in full"),
    Binding("z", "zoom", show=False, tooltip="this pane alone, or all of them"),
    Binding("j", "step(1, True)", show=False, tooltip="next one that is pending"),
    Binding("k", "step(-1, True)", show=False, tooltip="the one before that is pending"),
    Binding("J", "step(1, False)", show=False, tooltip="next one, pending or not"),
    Binding("K", "step(-1, False)", show=False, tooltip="the one before, pending or not"),
    Binding("]", "hunk(1)", show=False, tooltip="next change in the diff"),
    Binding("[", "hunk(-1)", show=False, tooltip="the change before"),
    Binding("space", "page(1)", show=False, tooltip="scroll the diff down"),
    Binding("b", "page(-1)", show=False, tooltip="scroll the diff up"),
    Binding("tab", "pane(1)", show=False, tooltip="next pane: tree, diff, why", priority=True),
    Binding("shift+tab", "pane(-1)", show=False, tooltip="the pane before", priority=True),
    Binding("escape", "back", show=False, tooltip="back to the tree; there: show everything again"),
)
