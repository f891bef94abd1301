"""Reads `OLD=NEW` and `SIGNATURE:OLD=NEW` where any of the names may hold colons, equal signs and spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from migrate.errors import MigrateError
from migrate.restore.changes import KeyRename, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrate.signatures.model import MetaGraph


def pair(option: str, text: str, meta_graphs: Iterable[MetaGraph]) -> Pair:
    """`OLD=NEW`, where OLD is a signature's key.

    Args:
        option: For the message, for instance `--rename`.
        text: What was given.
        meta_graphs: Where the signatures are.

    Raises:
        MigrateError: It has not this form, or OLD is no signature, or may be two.
    """
    keys = {key for meta_graph in meta_graphs for key in meta_graph.by_key}
    halves = [(old, new) for old, new in _splits(text, "=") if new]
    if not halves:
        raise MigrateError(f"{option} {text}: give OLD=NEW")
    known = [(old, new) for old, new in halves if old in keys]
    if not known:
        there = ", ".join(f"`{key}`" for key in sorted(keys)) or "none"
        raise MigrateError(f"{option} {text}: no signature `{halves[0][0]}`; there is: {there}")
    if len(known) > 1:
        raise MigrateError(f"{option} {text}: this may mean two signatures; use migrate.restore_signatures")
    return Pair(*known[0])


def key_rename(
    what: Literal["input", "output"], text: str, meta_graphs: Iterable[MetaGraph], moved: Iterable[Pair]
) -> KeyRename:
    """`SIGNATURE:OLD=NEW`, where OLD is the key of one of the signature's inputs or outputs.

    Args:
        what: Which of them.
        text: What was given.
        meta_graphs: Where the signatures are.
        moved: Renames and copies, whose new keys are meant as well.

    Raises:
        MigrateError: It has not this form, or there is no such signature or key, or the text may mean two.
    """
    option = f"--rename-{what}"
    signatures = _keys(what, meta_graphs, tuple(moved))
    forms = [
        (signature, old, new)
        for signature, rest in _splits(text, ":")
        for old, new in _splits(rest, "=")
        if signature and old and new
    ]
    if not forms:
        raise MigrateError(f"{option} {text}: give SIGNATURE:OLD=NEW")
    known = [form for form in forms if form[0] in signatures]
    if not known:
        there = ", ".join(f"`{key}`" for key in sorted(signatures)) or "none"
        raise MigrateError(f"{option} {text}: no signature `{forms[0][0]}`; there is: {there}")
    fitting = [form for form in known if form[1] in signatures[form[0]]]
    if not fitting:
        key = known[0][0]
        there = ", ".join(f"`{one}`" for one in sorted(signatures[key])) or "none"
        raise MigrateError(f"{option} {text}: signature `{key}` has no {what} `{known[0][1]}`; it has: {there}")
    if len(fitting) > 1:
        raise MigrateError(f"{option} {text}: this may mean two {what}s; use migrate.restore_signatures")
    signature, old, new = fitting[0]
    return KeyRename(signature, what, old, new)


def _keys(
    what: Literal["input", "output"], meta_graphs: Iterable[MetaGraph], moved: tuple[Pair, ...]
) -> dict[str, set[str]]:
    """The keys of inputs or outputs by signature, in whichever MetaGraph they are."""
    found: dict[str, set[str]] = {}
    for meta_graph in meta_graphs:
        by_key = dict(meta_graph.by_key)
        by_key |= {one.new: by_key[one.old] for one in moved if one.old in by_key}
        for key, signature in by_key.items():
            infos = signature.inputs if what == "input" else signature.outputs
            found.setdefault(key, set()).update(info.key for info in infos)
    return found


def _splits(text: str, at: str) -> Iterator[tuple[str, str]]:
    """All ways to cut a text in two at this character."""
    for place, character in enumerate(text):
        if character == at:
            yield text[:place], text[place + 1 :]
