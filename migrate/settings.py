"""Settings of a rewrite: their defaults, and reading them from `[tool.tf-migrate]` of a pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.places import absolute, common_directory
from migrate.results import Level
from migrate.wrappers import Wrapper, read_wrappers

TABLE = "tf-migrate"
TARGET_LEVELS = (Level.NATIVE, Level.WRAPPED, Level.BRIDGED)
_DEPEND = "depend-on-migrate"
_WHOLE = "whole-program"
_SWITCHES = (_DEPEND, _WHOLE)
_LISTS = ("select", "ignore", "exclude", "rules")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rewrite may do.

    Attributes:
        level: The best level allowed; a site that could go higher is taken no further. None where nobody said one:
            native, but a session may stay for training.
        select: Ids of the only rules to apply; all where empty.
        ignore: Ids of rules not to apply.
        exclude: Globs, written as in a .gitignore file, of files and directories that a walk leaves out.
        depend_on_migrate: Whether new code may import `migrate`; else it needs TensorFlow alone.
        whole_program: Whether TF1 code without a site that runs with session code that stays gets TF1's names, too.
        rules: Files that declare wrappers, relative to the pyproject.toml.
        wrappers: What they declare.
        root: The directory that `exclude` is relative to; the current one where empty.
        given: The one directory that is rewritten: what is below it counts as one tree, where no git work tree is.
        stays_because: Why no site of a file can move to TF2's own behaviour, where another file of its tree is in the
            way.
    """

    level: Level | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    depend_on_migrate: bool = False
    whole_program: bool = False
    rules: tuple[str, ...] = ()
    wrappers: tuple[Wrapper, ...] = ()
    root: str = ""
    given: str = ""
    stays_because: str = ""

    @property
    def top(self) -> str:
        """The directory whose files belong together, where no git work tree says so."""
        return self.root or self.given

    @property
    def best(self) -> Level:
        """The best level allowed."""
        return self.level or Level.NATIVE


def read_settings(paths: Iterable[str | Path] = ()) -> Settings:
    """Reads the settings that apply to `paths`.

    They stand in the nearest pyproject.toml with a `[tool.tf-migrate]` table, looked for in the directory
    that holds all of the paths (the current one where there are none) and then upwards. Files without that
    table are passed over.

    Args:
        paths: Files and directories about to be read; they need not exist.

    Returns:
        The settings found, or the defaults.

    Raises:
        MigrateError: The file or one of its rule files cannot be read, or holds something unknown or of the wrong
            type.
    """
    paths = list(paths)
    start = common_directory(paths)
    for directory in (start, *start.parents):
        file = directory / "pyproject.toml"
        table = _read_table(file)
        if table is not None:
            settings = parse_settings(table, str(file))
            wrappers = read_wrappers(directory / rules for rules in settings.rules)
            return replace(settings, root=str(directory), wrappers=wrappers)
    return of_directory(Settings(), paths)


def of_directory(settings: Settings, paths: Sequence[str | Path]) -> Settings:
    """Settings that know the directory they are for, where that is one.

    Args:
        settings: The settings.
        paths: Files and directories about to be read.
    """
    if settings.top or len(paths) != 1 or not Path(paths[0]).is_dir():
        return settings
    return replace(settings, given=str(absolute(paths[0])))


def has_settings(directory: Path) -> bool:
    """Whether the pyproject.toml of a directory has a table of settings.

    Raises:
        MigrateError: It cannot be read.
    """
    return _read_table(directory / "pyproject.toml") is not None


def parse_settings(table: Mapping[str, Any], source: str) -> Settings:
    """Makes settings of a parsed `[tool.tf-migrate]` table.

    Args:
        table: The table.
        source: Where it comes from, for messages.

    Returns:
        The settings; defaults for the keys that the table does not have.

    Raises:
        MigrateError: A key is unknown, or a value is not of its type.
    """
    where = f"{source}: [tool.{TABLE}]"
    unknown = sorted(table.keys() - {"level", *_SWITCHES, *_LISTS})
    if unknown:
        known = ", ".join(("level", *_LISTS, *_SWITCHES))
        raise MigrateError(f"{where}: unknown key {unknown[0]!r}; known are {known}")
    level = table.get("level")
    if level is not None and level not in TARGET_LEVELS:
        raise MigrateError(f"{where}: level must be one of {', '.join(TARGET_LEVELS)}, not {level!r}")
    lists = {key: _strings(table.get(key, []), f"{where}: {key}") for key in _LISTS}
    for key in ("select", "ignore"):
        if lists[key]:
            lists[key] = _rule_ids(lists[key], f"{where}: {key}")
    switches = {key: table.get(key, False) for key in _SWITCHES}
    for key, value in switches.items():
        if not isinstance(value, bool):
            raise MigrateError(f"{where}: {key} must be true or false, not {value!r}")
    return Settings(
        Level(level) if level is not None else None,
        lists["select"],
        lists["ignore"],
        lists["exclude"],
        rules=lists["rules"],
        depend_on_migrate=switches[_DEPEND],
        whole_program=switches[_WHOLE],
    )


def _rule_ids(keys: Iterable[str], where: str) -> tuple[str, ...]:
    from migrate.rules import rule_ids

    try:
        return rule_ids(keys)
    except MigrateError as error:
        raise MigrateError(f"{where}: {error}") from error


def _strings(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MigrateError(f"{where} must be a list of strings")
    return tuple(value)


def _read_table(file: Path) -> Mapping[str, Any] | None:
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except OSError as error:
        raise MigrateError(f"{file}: {error.strerror or error}") from error
    if TABLE.encode() not in data:
        return None

    import tomllib

    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool", {})
    except ValueError as error:
        raise MigrateError(f"{file}: not valid TOML: {error}") from error
    table = tool.get(TABLE, {}) if isinstance(tool, Mapping) else None
    if not isinstance(table, Mapping):
        raise MigrateError(f"{file}: tool.{TABLE} must be a table")
    return table if TABLE in tool else None
