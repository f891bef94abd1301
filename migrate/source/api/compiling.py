"""Turns `adapted.toml` and `refused.toml` into their part of `symbols.json`, checked against the signatures.

An entry of the table has these keys, of which only `v2` and `from` and `to` are always there:

    v2       the TF2 name
    from     parameters of the TF1 symbol, in order (TF 1.15's, else TF 2's `tf.compat.v1`)
    to       parameters of the TF2 symbol, in order
    map      TF1 parameter -> TF2 parameter, where the names differ
    drop     TF1 parameter -> texts of values that are the same as leaving it out, or "any"
    add      TF2 parameter -> text of a value that is added where the call does not give it
    template TF1 parameter -> what its text becomes
    merge    TF2 parameter -> text made of several TF1 parameters, in braces
    keywords true where the TF2 call takes keywords only
    wrap     what is put around the call
    guard    name of a function of guards.py that may refuse
    value    true where the TF2 symbol may stand for the TF1 one as a value
    also     further TF1 spellings that TF2 has for the TF2 object
    identical  true where the objects are the same, and the signature has changed since TF 1.15
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OPTIONS = ("template", "merge", "keywords", "wrap", "guard")
_CHECKED_BY_AUTHOR = ("examples", "v2", "map", "drop", "add", "same_default", "parameters", "note", "oracle")
# Defaults that differ in spelling only.
_EQUAL = ({"None", "False"}, {"0", "0.0"}, {"None", "0"}, {"tf.int32", "None"}, {"''", "None"})

Signatures = Mapping[str, "list[str] | None"]


class EntryError(ValueError):
    """An entry that does not fit the signatures."""


def read(name: str) -> dict[str, Any]:
    """The content of one of the TOML files here."""
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))


def bare(parameter: str) -> str:
    """A parameter without its default."""
    return parameter.partition("=")[0]


def compiled(
    before: Signatures,
    after: Signatures,
    identical: Mapping[str, str],
    aliases: Mapping[str, str],
    owners: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """The parts `adapted` and `refused` of the table.

    Args:
        before: Signatures by TF1 name.
        after: Signatures by TF2 name.
        identical: TF1 names of objects that are the same in TF2, and their TF2 name.
        aliases: TF1 spellings and the canonical one.
        owners: TF2 names, and what the names of one object share.

    Raises:
        EntryError: If an entry names a parameter that is not there, or leaves a difference unsaid.
    """
    adapted = {}
    for spelling, entry in read("adapted.toml").items():
        name = aliases.get(spelling, spelling)
        if name in adapted:
            raise EntryError(f"{spelling}: {name} has an entry already")
        made = adapted[name] = _entry(name, entry, before, after)
        spellings = [name, *(alias for alias, canonical in aliases.items() if canonical == name)]
        v2 = entry["v2"]
        also = sorted(other for other in spellings if other != v2 and other in owners and owners[other] == owners[v2])
        if also:
            made["also"] = also
    for name, v2 in identical.items():
        canonical = aliases.get(name, name)
        old, new = before.get(canonical), after.get(v2)
        if canonical not in adapted and old and new and not _prefix(old, new):
            to = [bare(parameter) for parameter in new]
            adapted[canonical] = {"v2": v2, "from": old, "to": to, "identical": True}
            adapted[canonical]["also"] = sorted(
                other for other, same in identical.items() if other == same and aliases.get(other, other) == canonical
            )
    refused = read("refused.toml")
    names = {aliases.get(name, name): reason for name, reason in refused["names"].items()}
    return {"adapted": dict(sorted(adapted.items())), "refused": {**names, **refused["prefixes"]}}


def _prefix(old: list[str], new: list[str]) -> bool:
    """Whether every call that fits the old parameters means the same with the new ones."""
    if any(parameter.startswith("*") for parameter in old):
        return True
    return [bare(parameter) for parameter in new][: len(old)] == [bare(parameter) for parameter in old]


def _entry(name: str, entry: dict[str, Any], before: Signatures, after: Signatures) -> dict[str, Any]:
    unknown = set(entry) - set(_OPTIONS) - set(_CHECKED_BY_AUTHOR) - {"value"}
    if unknown:
        raise EntryError(f"{name}: unknown keys {sorted(unknown)}")
    old = entry.get("parameters") or before.get(name)
    new = after.get(entry["v2"])
    if old is None or new is None:
        raise EntryError(f"{name}: no signature of {name if old is None else entry['v2']}")
    names = [bare(parameter) for parameter in new]
    defaults = dict(parameter.partition("=")[::2] for parameter in new)
    mapping = dict(entry.get("map", {}))
    drop = dict(entry.get("drop", {}))
    add = entry.get("add", {})
    merged = entry.get("merge", {})
    _known(name, "map", mapping, [bare(parameter) for parameter in old])
    _known(name, "drop", drop, [bare(parameter) for parameter in old])
    _known(name, "template", entry.get("template", {}), [bare(parameter) for parameter in old])
    _known(name, "map", mapping.values(), names)
    _known(name, "add", add, names)
    _known(name, "merge", merged, names)
    for parameter in old:
        own, _, default = parameter.partition("=")
        target = mapping.get(own, own)
        if target not in names:
            if default and own not in drop:
                drop[own] = [default]
            continue
        other = defaults[target]
        acknowledged = own in entry.get("same_default", []) or target in add or target in merged
        aliased = default == "None" and (own in mapping or own in mapping.values())
        if default and default != other and {default, other} not in _EQUAL and not acknowledged and not aliased:
            raise EntryError(f"{name}: default of {own} is {default}, of {target} {other or 'none'}")
    made = {"v2": entry["v2"], "from": old, "to": names}
    made |= {key: value for key, value in (("map", mapping), ("drop", drop), ("add", add)) if value}
    made |= {key: entry[key] for key in _OPTIONS if key in entry}
    simple = not (made.keys() - {"v2", "from", "to", "map", "drop"})
    kept = [bare(parameter) for parameter in old][: len(names)] == names
    if entry.get("value", simple and kept):
        made["value"] = True
    return made


def _known(name: str, key: str, used: Any, parameters: list[str]) -> None:
    missing = [parameter for parameter in used if parameter not in parameters]
    if missing:
        raise EntryError(f"{name}: {key} names {missing}, which is no parameter")
