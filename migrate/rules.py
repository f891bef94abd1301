"""The rules: what each does, why, and its examples, read from the TOML files in `rules/`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.results import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ID = re.compile(r"TFM\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RULE_KEYS = ("id", "name", "title", "strategy", "level", "symbols", "why", "example")
_EXAMPLE_KEYS = ("title", "before", "after", "note", "module", "asked")
_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Example:
    """Code before and after a rule; run as a test and printed by `tf-migrate explain`.

    Attributes:
        title: What it shows, in a few words; may be empty.
        before: TensorFlow 1 code.
        after: What becomes of it; None where the rule is a reason for a lower level, or for leaving it as it is.
        note: A remark below it; may be empty.
        module: What stands in a model.py beside the code; may be empty.
        asked: The level that is asked for; may be empty.
    """

    title: str
    before: str
    after: str | None
    note: str = ""
    module: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: `TFM` and three digits.
        name: Words joined by hyphens.
        title: One line.
        strategy: The strategy that carries it out; empty for a rule that only flags.
        level: The level that its sites get.
        symbols: The TensorFlow names it is about.
        why: Why, in Markdown.
        examples: Examples, each of them a test.
    """

    id: str
    name: str
    title: str
    strategy: str
    level: Level
    symbols: tuple[str, ...]
    why: str
    examples: tuple[Example, ...]


def rules_directory() -> Path:
    """Where the rules are: inside an installed package, beside the package in a checkout."""
    inside = _PACKAGE / "rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


@cache
def load_rules(directory: Path | None = None) -> tuple[Rule, ...]:
    """Loads the rules.

    Args:
        directory: Where their files are; those of tf-migrate itself where None.

    Returns:
        The rules, sorted by id.

    Raises:
        MigrateError: A file is not a valid rule, or two rules share an id or a name.
    """
    place = directory or rules_directory()
    rules: dict[str, tuple[Rule, Path]] = {}
    for file in sorted(place.glob("*.toml")):
        rule = _load_rule(file)
        for key in (rule.id, rule.name):
            if key in rules:
                raise MigrateError(f"{file}: {key} is taken by {rules[key][1].name}")
            rules[key] = (rule, file)
    return tuple(sorted({rule for rule, _ in rules.values()}, key=lambda rule: rule.id))


def find_rule(key: str, rules: Sequence[Rule] | None = None) -> Rule:
    """Finds a rule by its id, in any case, or by its name.

    Args:
        key: For instance `TFM001`.
        rules: Where to look; all rules where None.

    Returns:
        The rule.

    Raises:
        MigrateError: There is none; the message proposes what may have been meant.
    """
    rules = load_rules() if rules is None else rules
    for rule in rules:
        if key.upper() == rule.id or key.lower() == rule.name:
            return rule
    import difflib

    known = [word for rule in rules for word in (rule.id, rule.name)]
    near = difflib.get_close_matches(key, known, n=1) or difflib.get_close_matches(key.upper(), known, n=1)
    hint = f"did you mean {near[0]}?" if near else "`tf-migrate rules` lists them"
    raise MigrateError(f"there is no rule {key!r}; {hint}")


def rule_ids(keys: Iterable[str]) -> tuple[str, ...]:
    """The ids of the rules called `keys`, which are ids or names.

    Args:
        keys: Ids or names.

    Returns:
        Their ids, in the same order.

    Raises:
        MigrateError: One of them is no rule.
    """
    return tuple(find_rule(key).id for key in keys)


def _load_rule(file: Path) -> Rule:
    import tomllib

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MigrateError(f"{file}: not valid TOML: {error}") from error
    except OSError as error:
        raise MigrateError(f"{file}: {error.strerror or error}") from error
    _check_keys(table, _RULE_KEYS, str(file))
    rule_id = _text(table, "id", file)
    if not _ID.fullmatch(rule_id):
        raise MigrateError(f"{file}: id must be TFM and three digits, not {rule_id!r}")
    name = _text(table, "name", file)
    if not _NAME.fullmatch(name):
        raise MigrateError(f"{file}: name must be lower-case words joined by hyphens, not {name!r}")
    level = _text(table, "level", file)
    if level not in set(Level):
        raise MigrateError(f"{file}: level must be one of {', '.join(Level)}, not {level!r}")
    symbols = table.get("symbols", [])
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        raise MigrateError(f"{file}: symbols must be a list of strings")
    examples = table.get("example", [])
    if not isinstance(examples, list) or not all(isinstance(example, dict) for example in examples):
        raise MigrateError(f"{file}: examples are written as [[example]] tables")
    return Rule(
        id=rule_id,
        name=name,
        title=_text(table, "title", file),
        strategy=_text(table, "strategy", file, default=""),
        level=Level(level),
        symbols=tuple(symbols),
        why=_text(table, "why", file).strip(),
        examples=tuple(_example(example, number, file) for number, example in enumerate(examples, 1)),
    )


def _example(table: Mapping[str, Any], number: int, file: Path) -> Example:
    where = f"{file}: example {number}"
    _check_keys(table, _EXAMPLE_KEYS, where)
    before = _text(table, "before", where)
    after = _text(table, "after", where) if "after" in table else None
    if after == before:
        raise MigrateError(f"{where}: before and after are the same; leave `after` out where the code is flagged")
    title = _text(table, "title", where, default="")
    note = _text(table, "note", where, default="").strip()
    module, asked = (_text(table, key, where, default="") for key in ("module", "asked"))
    return Example(title, before, after, note, module, asked)


def _check_keys(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = sorted(table.keys() - set(known))
    if unknown:
        raise MigrateError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}")


def _text(table: Mapping[str, Any], key: str, where: str | Path, default: str | None = None) -> str:
    value = table.get(key, default)
    if value is None:
        raise MigrateError(f"{where}: {key} is missing")
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise MigrateError(f"{where}: {key} must be a text that is not empty")
    return value
