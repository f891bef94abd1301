"""Translates a call of a TF1 symbol, or a symbol used as a value, to the TF2 one that computes the same."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from migrate.source.api import guards
from migrate.source.api.answers import Argument, Refusal, Translation
from migrate.source.api.binding import Given, bind
from migrate.source.api.data import table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NO_FACTS: Mapping[int | str, Collection[str]] = {}
_NO_LITERALS: Mapping[int | str, str] = {}


def translate_call(
    name: str,
    positional: int,
    keywords: tuple[str, ...],
    *,
    literals: Mapping[int | str, str] = _NO_LITERALS,
    starred: bool = False,
    facts: Mapping[int | str, Collection[str]] = _NO_FACTS,
) -> Translation | Refusal:
    """The TF2 call that computes exactly what a TF1 call in graph-building code does.

    Args:
        name: A TF1 name below `tf.`. The canonical one, or the spelling of the source: it is kept where TF2
            has it.
        positional: How many positional arguments the call has.
        keywords: Its keywords, in order.
        literals: Source texts of arguments, by position or keyword. Only those of literals are needed
            (`None`, `"SAME"`); displays such as `[a, b]`, lambdas and calls help too, and any may be given.
        starred: Whether the call has a `*args` or `**kwargs`.
        facts: What the caller knows about arguments, by position or keyword; a `Refusal` names the facts that
            would have helped (`needs`), guards.py says what they mean.
    """
    known = table()
    canonical = known.aliases.get(name, name)
    entry = known.adapted.get(canonical)
    if entry is None or (entry.get("identical") and (starred or _refused(name) is not None)):
        return _same(name) or Refusal(_reason(name))
    if starred:
        if entry.get("value") and "drop" not in entry:
            return Translation(_spelled(name, entry), None)
        return Refusal(f"tf.{name} is called with * or ** arguments, which cannot be matched with its parameters")
    given = bind(name, [_bare(parameter) for parameter in entry["from"]], positional, keywords, literals, facts)
    if isinstance(given, Refusal):
        return given
    verdict = guards.apply(entry.get("guard"), given)
    if isinstance(verdict, Refusal):
        return verdict
    if verdict is not None:
        entry = {**entry, **verdict}
    return _adapted(name, entry, given)


def translate_name(name: str) -> Translation | Refusal:
    """The TF2 spelling of a TF1 symbol used as a value, such as `tf.float32` or `activation=tf.nn.relu`.

    Args:
        name: A TF1 name below `tf.`, canonical or not.
    """
    known = table()
    entry = known.adapted.get(known.aliases.get(name, name))
    if entry is None or entry.get("identical"):
        return _same(name) or Refusal(_reason(name))
    if entry.get("value"):
        return Translation(_spelled(name, entry), None)
    return Refusal(f"tf.{name} is passed as a value, and TF2's tf.{entry['v2']} takes other arguments")


def _adapted(name: str, entry: dict[str, Any], given: Given) -> Translation | Refusal:
    """Builds the argument list of the TF2 call."""
    targets: dict[str, tuple[str, int | str]] = {}
    merged: dict[str, str] = entry.get("merge", {})
    used = {parameter for text in merged.values() for parameter in given.sources if f"{{{parameter}}}" in text}
    for parameter, source in given.sources.items():
        target = entry.get("map", {}).get(parameter, parameter)
        if parameter in used:
            continue
        if _droppable(entry.get("drop", {}).get(parameter), given.literals.get(source)):
            continue
        if target not in entry["to"]:
            return Refusal(f"the argument {parameter} of tf.{name} has no counterpart in TF2's tf.{entry['v2']}")
        if target in targets:
            if given.literals.get(source) == "None":
                continue
            if given.literals.get(targets[target][1]) != "None":
                return Refusal(f"tf.{name} is given both {targets[target][0]} and {parameter}")
        targets[target] = (parameter, source)

    arguments: list[Argument] = []
    templates: dict[str, str] = entry.get("template", {})
    for target, (parameter, source) in _ordered(entry["to"], targets, merged).items():
        bare = not entry.get("keywords") and not any(argument.keyword for argument in arguments)
        position = entry["to"].index(target)
        by_position = bare and position == len(arguments) and (isinstance(source, int) or target in merged)
        keyword = None if by_position else target
        if target in merged:
            arguments.append(_merge(keyword, merged[target], given))
        else:
            arguments.append(Argument(keyword, source, None, templates.get(parameter, "{}")))
    arguments += [
        Argument(target, None, text) for target, text in entry.get("add", {}).items() if target not in targets
    ]
    arguments = _positional_literals(arguments, entry)
    wrap = entry.get("wrap", "{}")
    v2 = _spelled(name, entry)
    if _unchanged(arguments, given):
        return Translation(v2, None, wrap)
    return Translation(v2, tuple(arguments), wrap)


def _ordered(
    parameters: list[str], targets: dict[str, tuple[str, int | str]], merged: dict[str, str]
) -> dict[str, tuple[str, int | str]]:
    """Targets as they are written: positional ones by new position, then keywords as the author had them."""
    rows = {**dict.fromkeys(merged, ("", -1)), **targets}
    first = [target for target in parameters if target in rows and isinstance(rows[target][1], int)]
    return {target: rows[target] for target in [*first, *(target for target in rows if target not in first)]}


def _merge(keyword: str | None, text: str, given: Given) -> Argument:
    names = [parameter for parameter in given.sources if f"{{{parameter}}}" in text]
    template = text
    for index, parameter in enumerate(names):
        template = template.replace(f"{{{parameter}}}", f"{{{index}}}")
    sources = [given.sources[parameter] for parameter in names]
    return Argument(keyword, sources[0], None, template, tuple(sources[1:]))


def _positional_literals(arguments: list[Argument], entry: dict[str, Any]) -> list[Argument]:
    """Writes added arguments without their keyword where they come next, as in `tf.cast(x, tf.float32)`."""
    if entry.get("keywords"):
        return arguments
    plain = [argument for argument in arguments if argument.keyword is None]
    rest = [argument for argument in arguments if argument.keyword is not None]
    for argument in list(rest):
        if argument.source is None and entry["to"].index(argument.keyword) == len(plain):
            plain.append(Argument(None, None, argument.literal))
            rest.remove(argument)
    return plain + rest


def _unchanged(arguments: list[Argument], given: Given) -> bool:
    """Whether the arguments are the original ones, in their order, under their names."""
    if any(argument.template != "{}" or argument.source is None for argument in arguments):
        return False
    shown = [argument.source if argument.keyword is None else argument.keyword for argument in arguments]
    return shown == list(given.sources.values()) and all(
        argument.keyword is None or argument.keyword == argument.source for argument in arguments
    )


def _droppable(values: Any, literal: str | None) -> bool:
    if values == "any":
        return True
    return values is not None and literal is not None and _plain(literal) in values


def _plain(literal: str) -> str:
    """A literal in the spelling that Python gives it."""
    try:
        return repr(ast.literal_eval(literal))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return literal.strip()


def _bare(parameter: str) -> str:
    return parameter.partition("=")[0]


def _spelled(name: str, entry: dict[str, Any]) -> str:
    """The author's spelling where TF2 has the same symbol under it, else the table's."""
    return name if name in entry.get("also", ()) else cast(str, entry["v2"])


def _is_same(name: str) -> bool:
    known = table()
    canonical = known.aliases.get(name, name)
    return any(spelling in known.same or spelling in known.moved for spelling in (name, canonical))


def _same(name: str) -> Translation | None:
    """The TF2 name of a symbol that is the very same object there."""
    known = table()
    if name.startswith("compat.v2."):
        return Translation(name, None)
    if _refused(name) is not None:
        return None
    for spelling in (name, known.aliases.get(name, name)):
        if spelling in known.same:
            return Translation(spelling, None)
    for spelling in (name, known.aliases.get(name, name)):
        if spelling in known.moved:
            return Translation(known.moved[spelling], None)
    owner, _, attribute = name.rpartition(".")
    own = known.adapted.get(known.aliases.get(owner, owner), {"identical": True})
    if owner and attribute.isidentifier() and owner not in known.packages and own.get("identical"):
        found = _same(owner)
        return Translation(f"{found.name}.{attribute}", None) if found else None
    return None


def _refused(name: str) -> str | None:
    """The reason given for a name, or for the names that begin as it does and are not the same objects."""
    known = table()
    canonical = known.aliases.get(name, name)
    for whole in _owners(canonical):
        if whole in known.refused:
            return known.refused[whole]
    prefixes = (prefix for prefix in known.refused if prefix.endswith(".") and canonical.startswith(prefix))
    best = max(prefixes, key=len, default=None)
    if best is None or (not known.refused[best].startswith("!") and any(map(_is_same, _owners(canonical)))):
        return None
    return known.refused[best].removeprefix("!")


def _owners(name: str) -> list[str]:
    """A name, and those of the objects that it is an attribute of, as far as they are not modules."""
    parts = name.split(".")
    names = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
    return [owner for owner in names if owner == name or owner not in table().packages]


def _reason(name: str) -> str:
    known = table()
    said = _refused(name)
    if said is not None:
        return said.replace("{}", f"tf.{name}")
    for owner in _owners(known.aliases.get(name, name)):
        if owner in known.gone:
            return f"tf.{name} is gone since TF 2"
        if owner in known.legacy:
            return f"tf.{name} is not known to be the same in TF2"
    return f"tf.{name} is no symbol of TF 1.15 or TF2 that is known"
