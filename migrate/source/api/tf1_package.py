"""What `migrate.tf1` has: names of TensorFlow 1 that TF2 has no longer, for graph code that stays.

The table is `tf1_package.json`; `remake_tf1` makes it from the package itself, and from a survey of which names of
`tf.contrib` are the same object in TensorFlow 1.15.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from migrate.source.api.data import displaced, home
from migrate.source.api.names import canonical

PACKAGE = "migrate.tf1"
_GONE = (
    "contrib",
    "examples",
    "layers",
    "nn.rnn_cell",
    "python.layers",
    "python.ops.rnn_cell",
    "python.ops.rnn_cell_impl",
)
"""Modules of TF1 that TF2 has not, or has for Keras 2 alone."""
_PRIVATE = "python."


@dataclass(frozen=True, slots=True)
class Home:
    """Where something of TF1 is now.

    Attributes:
        path: Its path below the package.
        package: `migrate.tf1`, or `tensorflow`, where only the name is another one.
    """

    path: str
    package: str = PACKAGE

    @property
    def parent(self) -> Home:
        """The module that has it."""
        return Home(self.path.rpartition(".")[0], self.package)

    @property
    def full(self) -> str:
        """The dotted name."""
        return f"{self.package}.{self.path}" if self.path else self.package


@dataclass(frozen=True, slots=True)
class _Table:
    names: frozenset[str]
    modules: frozenset[str]
    spellings: dict[str, str]
    renamed: dict[str, str]


@cache
def _table() -> _Table:
    raw: dict[str, Any] = json.loads((Path(__file__).parent / "tf1_package.json").read_bytes())
    names = frozenset(f"{path}.{name}" for path, listed in raw["names"].items() for name in listed.split())
    spellings = {
        f"{path}.{name}": target
        for path, entries in raw["spellings"].items()
        for name, _, target in (entry.partition(">") for entry in entries.split())
    }
    return _Table(names, frozenset(raw["modules"].split()), spellings, raw["renamed"])


def below_tensorflow(qualified: str) -> str | None:
    """The name below `tensorflow` as it is spelled, without `compat.v1`; None for what is not TensorFlow's."""
    top, _, name = qualified.partition(".")
    if top not in ("tensorflow", "tensorflow_core"):
        return None
    while name == "compat.v1" or name.startswith("compat.v1."):
        name = name[len("compat.v1.") :]
    return name


def is_gone(name: str) -> bool:
    """Whether something is in a module that TF2 has not, or is one, or went from a private module to another.

    Args:
        name: Any spelling below `tensorflow`.
    """
    return any(name == one or name.startswith(f"{one}.") for one in _GONE) or _displaced_part(name) is not None


def public_name(name: str) -> str | None:
    """The public name below `tensorflow.compat.v1` of what a private module of TF2 has no longer; None for all else.

    Args:
        name: Any spelling below `tensorflow`, such as `python.framework.ops.Tensor`.
    """
    module, _, attribute = name.removeprefix(_PRIVATE).rpartition(".")
    if not name.startswith(_PRIVATE) or attribute not in displaced(module):
        return None
    return home(module)[attribute]


def _displaced_part(name: str) -> str | None:
    """What a name begins with that a private module has no longer."""
    if not name.startswith(_PRIVATE):
        return None
    parts = name.split(".")
    return next(
        (one for end in range(3, len(parts) + 1) if public_name(one := ".".join(parts[:end])) is not None), None
    )


def is_module(name: str) -> bool:
    """Whether `migrate.tf1` has a module of that path."""
    return name in _table().modules


def module_home(name: str) -> Home | None:
    """The module that has what a private one had; None where there is none.

    Args:
        name: Any spelling of a module below `tensorflow`.
    """
    found = [target for spelling, target in _table().spellings.items() if spelling.rpartition(".")[0] == name]
    return Home(found[0]).parent if found else None


def homes(name: str) -> tuple[Home, ...]:
    """Where something of a module that is gone can be had now, the best place first; none where it cannot.

    Args:
        name: Any spelling below `tensorflow`, such as `contrib.layers.python.layers.layers.conv2d`.
    """
    if not is_gone(name):
        return ()
    public = public_name(name)
    if public is not None:
        return (Home(f"compat.v1.{public}", "tensorflow"),)
    known = _table()
    spelled = [name, known.spellings.get(name, name)]
    shared = canonical(f"tensorflow.{name}") or name
    found = [Home(one) for one in dict.fromkeys([*spelled, shared]) if one in known.names]
    if name in known.renamed:
        found.append(Home(known.renamed[name], "tensorflow"))
    return tuple(found)
