"""Rules as text for people: a table of all, and one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.report.diff import coloured, unified_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.rules import Example, Rule


def rules_table(rules: Sequence[Rule], *, colour: bool = False) -> str:
    """Lists rules in columns: id, level, name, title.

    Args:
        rules: The rules.
        colour: Whether to colour it for a terminal.

    Returns:
        A line for each rule.
    """
    level = max((len(rule.level) for rule in rules), default=0)
    name = max((len(rule.name) for rule in rules), default=0)
    return "".join(
        f"{_bold(rule.id, colour)}  {rule.level:<{level}}  {rule.name:<{name}}  {rule.title}\n" for rule in rules
    )


def rule_text(rule: Rule, *, colour: bool = False) -> str:
    """Explains one rule.

    Args:
        rule: The rule.
        colour: Whether to colour it for a terminal; the reasons, which are Markdown, are then rendered.

    Returns:
        What it does, why, and its examples as diffs.
    """
    facts = [("level", rule.level), ("strategy", rule.strategy), ("symbols", ", ".join(rule.symbols))]
    blocks = [
        f"{_bold(f'{rule.id} {rule.name}', colour)}\n{rule.title}\n",
        "".join(f"{name + ':':<10}{value}\n" for name, value in facts if value),
        _rendered(rule.why) if colour else f"{rule.why}\n",
        *(_example(example, colour) for example in rule.examples),
    ]
    return "\n".join(blocks)


def _example(example: Example, colour: bool) -> str:
    heading = f"Example: {example.title}" if example.title else "Example"
    if example.after is None:
        heading += " (left as it is, and flagged)"
        body = _indented(example.before.rstrip("\n").split("\n"))
    else:
        diff = unified_diff(example.before.encode(), example.after.encode(), "example.py")
        text = coloured(diff) if colour else diff.decode()
        body = _indented(text.rstrip("\n").split("\n")[2:])  # without the names of files
    note = f"\n{example.note}\n" if example.note else ""
    if example.module:
        note += f"\nwith a module model.py:\n\n{_indented(example.module.strip(chr(10)).split(chr(10)))}"
    return f"{_bold(heading, colour)}\n{body}{note}"


def _indented(lines: Iterable[str]) -> str:
    def indent() -> Iterator[str]:
        for line in lines:
            yield f"    {line}".rstrip() + "\n"

    return "".join(indent())


def _rendered(markdown: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True)
    with console.capture() as capture:
        console.print(Markdown(markdown))
    return capture.get()


def _bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text
