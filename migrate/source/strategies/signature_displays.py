"""Dictionaries of signatures as they are written out, and what is wrong with them under any TensorFlow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from migrate.results import Finding, Site
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import INPUT, Unprovable
from migrate.source.view import ModuleView

_FIRST = {"predict_signature_def": 0, "build_signature_def": 0, "simple_save": 2}
"""The place of the inputs among the arguments; the outputs follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """The inputs or the outputs of a signature, written out.

    Attributes:
        what: `inputs` or `outputs`.
        node: The dictionary.
        scope: Where it stands.
    """

    what: str
    node: ast.Dict
    scope: Scope

    def repeated(self) -> list[tuple[ast.expr, ast.expr]]:
        """The keys that stand in it twice: of each the first, whose value is lost, and the one that follows."""
        seen: dict[str, ast.expr] = {}
        found: list[tuple[ast.expr, ast.expr]] = []
        for key in self.node.keys:
            if key is None:
                continue
            text = ast.unparse(key)
            if text in seen and not _calls(key):
                found.append((seen[text], key))
            seen[text] = key
        return found


def displays(symbols: Symbols) -> list[Display]:
    """The dictionaries of a module's signatures that are written out."""
    return symbols.once(displays, lambda: list(_displays(symbols)))


def _displays(symbols: Symbols) -> Iterator[Display]:
    for scope, node in nodes_of(symbols.module, symbols, inner=True):
        if not isinstance(node, ast.Call):
            continue
        first = _FIRST.get((symbols.resolve(node.func, scope) or "").rpartition(".")[2])
        if first is None:
            continue
        given = dict(zip(("inputs", "outputs"), node.args[first : first + 2], strict=False))
        given |= {one.arg: one.value for one in node.keywords if one.arg in ("inputs", "outputs")}
        for what, value in given.items():
            if isinstance(value, ast.Name):
                value = only_value(value.id, scope) or value
            if isinstance(value, ast.Dict):
                yield Display(what, value, scope)


def refuse_one_tensor_twice(candidate: Candidate, view: ModuleView) -> None:
    """Checks that no two inputs of a signature feed the same tensor, which neither the bridge nor TF2 takes.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: Two do.
    """
    for display in displays(view.symbols):
        if display.what != "inputs" or _function(display.scope) is not _function(candidate.scope):
            continue
        fed: set[str] = set()
        last = {ast.unparse(key): value for key, value in _entries(display.node)}
        for value in last.values():
            tensor = _tensor(value, display.scope, view.symbols)
            text = ast.unparse(tensor)
            if text in fed and not _calls(tensor):
                reason = (
                    f"two inputs of a signature feed the same tensor, {text}, which TF2 does not take: leave one out"
                )
                raise Unprovable(INPUT, reason, value)
            fed.add(text)


def _entries(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield key, value


def _tensor(value: ast.expr, scope: Scope, symbols: Symbols) -> ast.expr:
    """The tensor of a TensorInfo that is made in place, or by the one assignment of a name."""
    given = only_value(value.id, scope) if isinstance(value, ast.Name) else value
    match given:
        case ast.Call(args=[tensor], keywords=[]) | ast.Call(args=[], keywords=[ast.keyword(value=tensor)]):
            if (symbols.resolve(given.func, scope) or "").endswith("build_tensor_info"):
                return tensor
    return value


def _calls(node: ast.expr) -> bool:
    return any(isinstance(one, (ast.Call, ast.NamedExpr, ast.Await)) for one in ast.walk(node))


def _function(scope: Scope) -> ast.AST:
    while scope.parent is not None and not isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        scope = scope.parent
    return scope.node


def with_lost_keys_told(sites: tuple[Site, ...], view: ModuleView) -> tuple[Site, ...]:
    """The sites of a module, with findings about keys that stand twice in the dictionaries of their signatures.

    Args:
        sites: What is said about the module.
        view: The module.
    """
    lost = [(display, pair) for display in displays(view.symbols) for pair in display.repeated()]
    if not lost:
        return sites
    exports = [one for one in view.candidates if one.kind in EXPORTS]
    found: list[Site] = []
    for site in sites:
        candidate = view.candidates[site.ordinal]
        mine = [
            one
            for one in lost
            if candidate in exports and (len(exports) == 1 or _function(one[0].scope) is _function(candidate.scope))
        ]
        notes = tuple(
            Finding(site.rule, site.line, site.column, _text(display, *pair), site.level) for display, pair in mine
        )
        found.append(replace(site, findings=(*site.findings, *notes)))
    return tuple(found)


def _text(display: Display, first: ast.expr, second: ast.expr) -> str:
    what = "input" if display.what == "inputs" else "output"
    lines = f"line {first.lineno}" if first.lineno == second.lineno else f"lines {first.lineno} and {second.lineno}"
    needed = " Where the outputs need it, no request can get them." if what == "input" else ""
    return (
        f"the key {ast.unparse(second)} stands twice among the {what}s of a signature ({lines}): the first {what} is no "
        f"part of it, in any TensorFlow.{needed} Give each a key of its own"
    )
