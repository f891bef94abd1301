"""Users' own functions that export models: rule files that say which TF1 call each of them stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from pathlib import Path

SIMPLE_SAVE = "simple_save"
BUILDER = "builder"
TARGETS = {
    SIMPLE_SAVE: ("session", "export_dir", "inputs", "outputs", "legacy_init_op"),
    BUILDER: ("export_dir",),
}
"""What a wrapper can stand for, and the parameters of that; all but `legacy_init_op` are required."""

_OPTIONAL = frozenset({"legacy_init_op"})
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A function that stands for a TF1 call.

    Attributes:
        name: Its dotted name, as an importing file would spell it in full.
        target: A key of `TARGETS`.
        parameters: Its parameters, in their order.
        arguments: Pairs of a parameter of the target and the wrapper's parameter that holds it.
        ignore: Parameters that say nothing about the model.
    """

    name: str
    target: str
    parameters: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    ignore: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word that every file which uses it holds."""
        return self.name.rpartition(".")[2]


def read_wrappers(files: Iterable[Path]) -> tuple[Wrapper, ...]:
    """Reads rule files.

    Args:
        files: TOML files with `[[wrapper]]` tables.

    Returns:
        What they declare, in their order.

    Raises:
        MigrateError: A file cannot be read or says something that is not understood, or two declare one name.
    """
    found: dict[str, Wrapper] = {}
    for file in files:
        for number, table in enumerate(_tables(file), 1):
            where = f"{file}: wrapper {number}"
            if not isinstance(table, Mapping):
                raise MigrateError(f"{where} must be a table")
            wrapper = _wrapper(table, where)
            if wrapper.name in found:
                raise MigrateError(f"{where}: {wrapper.name} is declared already")
            found[wrapper.name] = wrapper
    return tuple(found.values())


def _tables(file: Path) -> list[Any]:
    import tomllib

    try:
        table = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise MigrateError(f"{file}: {error.strerror or error}") from error
    except ValueError as error:
        raise MigrateError(f"{file}: not valid TOML: {str(error).splitlines()[0]}") from error
    unknown = sorted(table.keys() - {"wrapper"})
    if unknown:
        raise MigrateError(f"{file}: unknown key {unknown[0]!r}; wrappers are written as [[wrapper]] tables")
    tables = table.get("wrapper", [])
    if not isinstance(tables, list):
        raise MigrateError(f"{file}: wrapper: wrappers are written as [[wrapper]] tables")
    return tables


def _wrapper(table: Mapping[str, Any], where: str) -> Wrapper:
    target = _string(table, "is", where)
    if target not in TARGETS:
        raise MigrateError(f"{where}: is must be one of {', '.join(TARGETS)}, not {target!r}")
    known = ("name", "is", "parameters", "ignore", *TARGETS[target])
    unknown = sorted(table.keys() - set(known))
    if unknown:
        raise MigrateError(f"{where}: unknown key {unknown[0]!r}; known for a {target} are {', '.join(known)}")
    name = _string(table, "name", where)
    if not _NAME.fullmatch(name):
        raise MigrateError(f"{where}: name must be a dotted name such as mycompany.export.save_model, not {name!r}")
    parameters = _strings(table, "parameters", where)
    if len(set(parameters)) != len(parameters) or not parameters:
        raise MigrateError(f"{where}: parameters must name every parameter once, in their order")
    ignore = _strings(table, "ignore", where)
    arguments: list[tuple[str, str]] = []
    for key in TARGETS[target]:
        if key in _OPTIONAL and key not in table:
            continue
        arguments.append((key, _string(table, key, where)))
    for key, parameter in [*arguments, *(("ignore", parameter) for parameter in ignore)]:
        if parameter not in parameters:
            raise MigrateError(f"{where}: {key}: {parameter!r} is none of its parameters")
    used = [parameter for _, parameter in arguments] + list(ignore)
    for parameter in parameters:
        if used.count(parameter) != 1:
            what = "said to be nothing" if parameter not in used else "said to be several things"
            raise MigrateError(
                f"{where}: parameters: {parameter!r} is {what}; list it under ignore if it does not matter"
            )
    return Wrapper(name, target, parameters, tuple(arguments), ignore)


def _string(table: Mapping[str, Any], key: str, where: str) -> str:
    if key not in table:
        raise MigrateError(f"{where}: {key} is missing")
    value = table[key]
    if not isinstance(value, str):
        raise MigrateError(f"{where}: {key} must be a string")
    return value


def _strings(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MigrateError(f"{where}: {key} must be a list of strings")
    return tuple(value)
