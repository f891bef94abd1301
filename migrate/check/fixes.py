"""The `tf-migrate restore` command that mends what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from migrate.check.results import Finding

_RENAMES_OF_KEYS = ("--rename-input", "--rename-output")
_OF_SIGNATURES = ("--classify", "--regress", "--predict")


def restore_commands(
    path: Path, findings: Iterable[Finding], tag_sets: Sequence[tuple[str, ...]], several: bool
) -> tuple[tuple[str, ...], ...]:
    """The commands, as arguments: one, unless MetaGraphs need different options.

    Args:
        path: The model.
        findings: What was found.
        tag_sets: The tags of the MetaGraphs that were checked.
        several: Whether the model has more MetaGraphs than one, so that a command has to name its own.
    """
    by_tags: dict[tuple[str, ...], list[tuple[str, str]]] = {tags: [] for tags in tag_sets}
    for finding in findings:
        if finding.options and finding.tags is not None and finding.counts:
            by_tags[finding.tags] += list(zip(finding.options[::2], finding.options[1::2], strict=True))
    commands: dict[tuple[str, ...], None] = {}
    for tags, options in by_tags.items():
        if options:
            chosen = ("--tags", ",".join(tags)) if several else ()
            words = [word for option in _ordered(options) for word in option]
            commands[("tf-migrate", "restore", str(path), *chosen, *words)] = None
    return tuple(commands)


def _ordered(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each option once, with the keys that signatures have after their renames: restore renames them first."""
    renames = dict(value.split("=", 1) for option, value in options if option == "--rename" and value.count("=") == 1)
    unique = dict.fromkeys((option, _after(option, value, renames)) for option, value in options)
    return sorted(unique, key=lambda option: (option[0] != "--rename", option[0] in _OF_SIGNATURES))


def _after(option: str, value: str, renames: Mapping[str, str]) -> str:
    if option in _OF_SIGNATURES:
        return renames.get(value, value)
    if option in _RENAMES_OF_KEYS:
        # A key may have colons itself.
        for end in [index for index, letter in enumerate(value) if letter == ":"]:
            if value[:end] in renames:
                return renames[value[:end]] + value[end:]
    return value
