"""Reads the table once."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """The content of `symbols.json`; remake.py says how each part is made.

    Attributes:
        aliases: Spellings of TF1 names that are not the canonical one, and the canonical one.
        same: TF1 names whose TF2 namesake is the very same object.
        moved: TF1 names of objects that TF2 exports under another name, and that name.
        legacy: TF1 names that TF 2 exports below `tf.compat.v1` only.
        gone: Public names of TF 1.15 that TF 2 has no longer.
        modern: TF2 names that TF1 has not, or has for another object.
        packages: TF1 names of modules.
        homes: Attributes of private modules, by the module's path below `tensorflow.python`.
        displaced: Those of them that TF2 has not there, and public, by the module's path.
        constants: Values of the string constants.
        adapted: Calls whose arguments change; compiling.py says how an entry looks.
        refused: Reasons for what is refused, by name or by prefix (ending in a dot).
    """

    aliases: dict[str, str]
    same: frozenset[str]
    moved: dict[str, str]
    legacy: frozenset[str]
    gone: frozenset[str]
    modern: frozenset[str]
    packages: frozenset[str]
    homes: dict[str, str]
    displaced: dict[str, str]
    constants: dict[str, str]
    adapted: dict[str, dict[str, Any]]
    refused: dict[str, str]


@cache
def table() -> Table:
    """The table, read at first use."""
    raw: dict[str, Any] = json.loads((Path(__file__).parent / "symbols.json").read_bytes())
    for part in fields(Table):
        if isinstance(raw[part.name], str):
            raw[part.name] = frozenset(raw[part.name].split())
    return Table(**{part.name: raw[part.name] for part in fields(Table)})


@cache
def home(module: str) -> dict[str, str]:
    """Canonical TF1 names of what a private module holds, by attribute; empty for a module not known."""
    pairs = (entry.partition(">") for entry in table().homes.get(module, "").split())
    return {attribute: public or attribute for attribute, _, public in pairs}


@cache
def displaced(module: str) -> frozenset[str]:
    """What a private module of TF1 held, and TF2's has not, though it is public."""
    return frozenset(table().displaced.get(module, "").split())
